"""The Virtual Observatory: commands, Python and scripts, parsed by the languages they are written in."""

from __future__ import annotations

import ast
import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mocpy import MOC

from catalogue.moc import region_of
from catalogue.record import Capability, Coverage, Distribution, Interface, Record, Sky, TableDescription
from mappings.fits_moc import region_of_fits
from tests.web.observatory import record
from tests.web.targets.test_files import hostile
from web.targets.base import Instance, Offer, Use, target_of
from web.targets.positions import centre, position_of

BASE = "https://data.example.org"
LITE = Instance(title="Aladin Lite", url="https://aladin.example.org")


def service(standard: str, url: str, **values: str) -> Record:
    one = Interface(type="vs:ParamHTTP", url=url, test_query=values.get("test"))
    capability = Capability(
        standard=f"ivo://ivoa.net/std/{standard}", version=values.get("version"), interfaces=(one,)
    )
    return record("service", "Service", kind="service", capabilities=(capability,))


def offers(target: str, one: Record, *instances: Instance) -> list[Offer]:
    use = Use(record=one, page="https://c.example.org/records/x", instances=instances)
    return list(target_of(target).offers(use))


@pytest.mark.parametrize(
    ("standard", "values", "curl", "python"),
    [
        ("TAP", {}, f"{BASE}/vo/sync", "TAPService"),
        ("ConeSearch", {}, f"{BASE}/vo?RA=10.6847&DEC=41.2688&SR=0.1", "SCSService"),
        ("SIA", {"version": "1.0"}, f"{BASE}/vo?POS=10.6847,41.2688&SIZE=0.1&FORMAT=ALL", "SIAService"),
        ("SIA#query-2.0", {}, f"{BASE}/vo?POS=CIRCLE+10.6847+41.2688+0.1", "SIA2Service"),
        ("SSA", {}, f"{BASE}/vo?REQUEST=queryData&POS=10.6847,41.2688&SIZE=0.1", "SSAService"),
        ("SLAP", {}, f"{BASE}/vo?REQUEST=queryData&WAVELENGTH=2.1e-07/2.2e-07", "SLAService"),
        (
            "DataLink#links-1.0",
            {"test": "ID=ivo%3A%2F%2Fx"},
            f"{BASE}/vo?ID=ivo%3A//x",
            "DatalinkResults",
        ),
    ],
)
def test_every_protocol_has_its_examples(
    standard: str, values: dict[str, str], curl: str, python: str
) -> None:
    found = offers("services", service(standard, f"{BASE}/vo", **values))
    commands = {offer.label.rpartition(": ")[2]: offer.command or offer.python or "" for offer in found}
    assert shlex.split(commands["curl"])[-1] == curl
    assert python in commands["pyvo"]
    ast.parse(commands["pyvo"])


def test_addresses_that_have_parameters_get_more() -> None:
    for url, expected in ((f"{BASE}/vo?", f"{BASE}/vo?RA="), (f"{BASE}/vo?x=1", f"{BASE}/vo?x=1&RA=")):
        (curl, *_) = offers("services", service("ConeSearch", url))
        assert curl.command is not None and shlex.split(curl.command)[-1].startswith(expected)


def test_a_named_table_is_asked_and_an_odd_one_is_not() -> None:
    asked = []
    for name in ("sky.sources", "x; DROP TABLE y"):
        one = record(
            "s",
            "S",
            capabilities=service("TAP", f"{BASE}/tap").capabilities,
            tables=(TableDescription(name=name),),
        )
        stilts = [offer.command for offer in offers("services", one) if "STILTS" in offer.label]
        asked.append(shlex.split(stilts[0] or "")[3])
    assert asked == [
        "adql=SELECT TOP 10 * FROM sky.sources",
        "adql=SELECT TOP 10 * FROM tap_schema.tables",
    ]


def test_what_people_open_is_no_service() -> None:
    one = Interface(type="vr:WebBrowser", url=BASE)
    page = Capability(standard="ivo://ivoa.net/std/TAP", interfaces=(one,))
    assert offers("services", record("s", "S", capabilities=(page,))) == []
    assert offers("services", service("TAP", "javascript:alert(1)")) == []
    assert offers("services", service("Registry", f"{BASE}/oai")) == []


@given(path=hostile, table=hostile, test=hostile, title=hostile)
def test_python_has_one_call_and_its_texts_are_texts(path: str, table: str, test: str, title: str) -> None:
    for standard in ("TAP", "ConeSearch", "DataLink"):
        url = f"{BASE}/{path}"
        capability = service(standard, url, test=f"ID={test}").capabilities
        one = record(
            "s", title or "S", capabilities=capability, tables=(TableDescription(name=table or "t"),)
        )
        for offer in offers("services", one):
            if offer.python is not None:
                imported, assigned, shown = ast.parse(offer.python).body
                assert isinstance(imported, ast.Import) and isinstance(shown, ast.Expr)
                assert isinstance(assigned, ast.Assign) and isinstance(assigned.value, ast.Call)
                texts = [node.value for node in ast.walk(assigned) if isinstance(node, ast.Constant)]
                assert any(isinstance(text, str) and text.startswith(url[:25]) for text in texts)


def sky(moc: str) -> Record:
    return record("sky", "Sky", kind="image", coverage=Coverage(sky=Sky(moc=moc)))


@given(order=st.integers(0, 6), share=st.floats(0, 1, exclude_max=True))
def test_the_middle_of_a_cell_lies_in_it(order: int, share: float) -> None:
    number = int(share * (12 << (2 * order)))
    position = position_of(sky(f"{order}/{number}"))
    assert position is not None
    inside = MOC.from_string(f"{order}/{number}").contains_lonlat
    import astropy.units as u

    assert inside([position.ra] * u.deg, [position.dec] * u.deg)[0]
    assert abs(sum(part * part for part in centre(order, number)) - 1) < 1e-12


def test_what_has_no_middle_has_no_position() -> None:
    assert position_of(sky("0/0-11")) is None
    assert position_of(sky("nonsense")) is None
    assert position_of(record("x", "X")) is None


def test_aladin_shows_the_coverage_and_loads_images() -> None:
    files = (
        Distribution(url=f"{BASE}/a.fits", media_type="image/fits"),
        Distribution(url=f"{BASE}/b.fits;rm", media_type="image/fits"),
    )
    one = record(
        "sky", "Sky", kind="image", coverage=Coverage(sky=Sky(moc="6/17-18 7/100")), distributions=files
    )
    lite, moc, sent, script = offers("aladin", one, LITE)
    assert lite.url is not None and lite.url.startswith("https://aladin.example.org/?survey=P%2FDSS2")
    use = Use(record=one, page="https://c.example.org/records/x")
    made = target_of("aladin").files
    assert json.loads(made[moc.made or ""].make(use)) == {"6": [17, 18], "7": [100]}
    assert region_of_fits(made[sent.made or ""].make(use)) == region_of("6/17-18 7/100")
    assert sent.send is not None and sent.send.mtype == "coverage.load.moc.fits"
    assert sent.send.url.endswith("/use/aladin/coverage.fits")
    lines = made[script.made or ""].make(use).decode().splitlines()
    assert "load https://c.example.org/records/x/use/aladin/coverage.json" in lines
    assert f"load {BASE}/a.fits" in lines and not any("rm" in line for line in lines)


def test_tables_are_opened_and_sent() -> None:
    files = (
        Distribution(url=f"{BASE}/t.vot"),
        Distribution(url=f"{BASE}/t", media_type="text/csv; header=present"),
        Distribution(url=f"{BASE}/readme.txt"),
    )
    found = offers("topcat", record("t", "T", distributions=files))
    assert [offer.command for offer in found if offer.label == "TOPCAT"] == [
        f"topcat -f votable {BASE}/t.vot",
        f"topcat -f csv {BASE}/t",
    ]
    assert [offer.send.mtype for offer in found if offer.send] == ["table.load.votable"]
