"""The page of a record shows every field, and never trusts one."""

from __future__ import annotations

import dataclasses
import json
import re

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.opening import Catalogue
from catalogue.record import Agent, Distribution, Parameter, Relation, Text, record_id
from tests.full_record import full_record, texts
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from tests.web.test_rest_records import counted
from web.app import create_app
from web.basket import Basket, Item
from web.pages_record import MAXIMUM_ROWS

SURVEY = record_id("observatory", "survey:1")
ATTACK = 'javascript:hacked=1//"\'><img src=x onerror="hacked=1"><script>hacked=1</script>'


def test_every_text_and_number_of_the_model_is_on_the_page(empty: Catalogue) -> None:
    given = full_record()
    harvest(empty, "lab", [given])
    id = record_id("lab", given.provenance.identifier)
    stored = empty.store.get(id)
    page = read_page(create_app(empty).test_client().get(f"/records/{id}").text)
    content = " ".join(" ".join(page.root.itertext()).split())
    # Times stand in attributes, with the day and the age as text.
    content += " ".join(node.get("title") or "" for node in page.all("time", tag=True))
    # The heading is of the main type, and its language is an attribute; the usual goes without saying.
    elsewhere = {"⟨record.titles.0.type⟩", "⟨record.titles.0.language⟩", "person", "own"}
    missing = [text for text in texts(stored) if text not in elsewhere and text not in content]
    assert missing == []
    shown = set(re.findall(r"\d+", content))
    numbers = set(re.findall(r"\b1\d\d\.?0?\b", repr(dataclasses.replace(stored, id=""))))
    lost = {number.removesuffix(".0") for number in numbers} - shown
    assert lost == set(), lost


def test_known_addresses_become_links(client: FlaskClient) -> None:
    page = read_page(client.get(f"/records/{SURVEY}").text)
    assert page.link("ORCID") == "https://orcid.org/0000-0002-1825-0097"
    assert page.link("10.5072/shear.3") == "https://doi.org/10.5072/shear.3"
    assert page.link("catalogue.fits") == "https://data.example.org/shear/3/catalogue.fits"
    assert page.link("UAT") == "http://astrothesaurus.org/uat/1797"
    for node in page.all("a", tag=True):
        if (node.get("href") or "").startswith("http") and "localhost" not in (node.get("href") or ""):
            assert node.get("rel") == "noopener noreferrer nofollow ugc"


def test_quantities_are_readable(client: FlaskClient) -> None:
    text = read_page(client.get(f"/records/{SURVEY}").text).root
    content = " ".join("".join(text.itertext()).split())
    assert "48\u202fGB" in content or "48 GB" in content
    assert "2016-08-01 – 2021-02-27" in content
    assert "1.373" in content and "eV" in content
    assert "2024-02-29, " in content and " ago" in content


def test_values_lead_to_the_search_for_them(client: FlaskClient) -> None:
    page = read_page(client.get(f"/records/{SURVEY}").text)
    for name in ("Okafor, Ngozi", "Southern Sky Data Centre", "Cosmology", "Photon", "WideCam"):
        found = read_page(client.get(page.link(name)).text)
        assert any("shear catalogue" in title for title in found.texts_in("card", "h2")), name


def test_the_page_and_the_forms_are_one_address(client: FlaskClient) -> None:
    url = f"/records/{SURVEY}"
    assert client.get(url).mimetype == "text/html"
    assert client.get(url, headers={"Accept": "application/json"}).mimetype == "application/json"
    assert "Accept" in client.get(url, headers={"Accept": "application/json"}).headers["Vary"].split(", ")
    assert client.get(url + ".json").json["id"] == SURVEY
    assert client.get(url + ".exe").status_code == 404
    assert client.get(url, headers={"Accept": "audio/midi"}).status_code == 406
    page = read_page(client.get(url).text)
    for node in page.all("link", tag=True):
        if node.get("rel") == "alternate describedby":
            assert client.get(node.get("href")).mimetype == (node.get("type") or "").split(";")[0]


def test_a_withdrawn_record_keeps_its_page(empty: Catalogue) -> None:
    successor = Relation(type="IsObsoletedBy", scheme="doi", value="10.5072/new")
    harvest(empty, "lab", [record("1", "Muon lifetime", relations=(successor,))])
    harvest(empty, "lab", [], deleted=["1"])
    client, id = create_app(empty).test_client(), record_id("lab", "1")
    answer = client.get(f"/records/{id}", headers={"Accept": "text/html"})
    assert answer.status_code == 410
    page = read_page(answer.text)
    assert page.errors == []
    assert page.first("h1").text_content() == "Muon lifetime"
    assert page.link("10.5072/new") == "https://doi.org/10.5072/new"
    assert client.get(page.link("What is like it")).status_code == 200
    assert empty.store.change(id).datestamp[:10] in page.text_of("sentence")
    problem = client.get(f"/records/{id}", headers={"Accept": "application/json"})
    assert (problem.status_code, problem.mimetype) == (410, "application/problem+json")


def test_a_record_withdrawn_before_it_was_read_has_a_page(empty: Catalogue) -> None:
    harvest(empty, "lab", [], deleted=["1"])
    answer = create_app(empty).test_client().get(f"/records/{record_id('lab', '1')}")
    assert answer.status_code == 410


def test_history_is_told(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    harvest(empty, "lab", [record("1", "Muon lifetime", version="2")])
    harvest(empty, "lab", [], deleted=["1"])
    harvest(empty, "lab", [record("1", "Muon lifetime", version="2")])
    page = read_page(create_app(empty).test_client().get(f"/records/{record_id('lab', '1')}").text)
    told = [line.split(": ", 1)[1] for line in page.texts_in("history", "li")]
    assert told == ["came back", "withdrawn", "changed: version", "first seen"]


def test_a_hostile_record_is_only_text(empty: Catalogue) -> None:
    hostile = full_record(lambda path: ATTACK)
    harvest(empty, "lab", [hostile])
    client = create_app(empty).test_client()
    id = record_id("lab", ATTACK)
    for url in (f"/records/{id}", "/", "/sources/lab"):
        page = read_page(client.get(url).text)
        assert page.errors == []
        scripts = page.all("script", tag=True)
        data = [node for node in scripts if node.get("type") == "application/ld+json"]
        run = [(node.get("src"), node.text_content()) for node in scripts if node not in data]
        assert run == [("/static/page.js", "")] and page.all("img", tag=True) == []
        # What is said to machines can end its element nowhere: all of it is one JSON document.
        assert all(json.loads(node.text_content())["@context"] == "https://schema.org/" for node in data)
        for node in page.all("a", tag=True):
            assert not (node.get("href") or "").lower().startswith(("javascript", "data", "vbscript"))
        assert not [name for part in page.root.iter() for name in part.attrib if name.startswith("on")]


def test_a_repository_has_links_and_languages_have_names(empty: Catalogue) -> None:
    site = (Distribution(url="https://lab.example.org/", title="Website"),)
    given = {"distributions": site, "languages": ("en", "deu")}
    harvest(empty, "lab", [record("1", "Lab", kind="repository", **given), record("2", "Muon", **given)])
    client = create_app(empty).test_client()
    repository, dataset = (client.get(f"/records/{record_id('lab', one)}").text for one in ("1", "2"))
    assert "1 link</caption>" in repository and "in English, German." in repository
    assert "1 file</caption>" in dataset


def test_a_page_costs_the_same_for_a_small_and_a_large_record(empty: Catalogue) -> None:
    many = tuple(Agent(name=f"Author {number}") for number in range(3000))
    files = tuple(Distribution(url=f"https://example.org/{number}", size=1) for number in range(3000))
    parameters = tuple(Parameter(name=f"p{number}", value=1.0) for number in range(3000))
    large = record("2", "Muon decay", creators=many, distributions=files, parameters=parameters)
    harvest(empty, "lab", [record("1", "Muon lifetime"), large])
    client = create_app(empty).test_client()
    costs = []
    for identifier in ("1", "2"):
        with counted(empty) as asked:
            answer = client.get(f"/records/{record_id('lab', identifier)}")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 5
    page = read_page(answer.text)
    assert len(page.texts_in("files", "tr")) == MAXIMUM_ROWS + 1
    plain = answer.text.replace("\u202f", " ").replace(
        f'<a href="/records/{record_id("lab", "2")}.json">unified JSON</a>', "unified JSON"
    )
    assert "The other 2 500 are in the unified JSON" in plain
    assert "1 – 500 of 3 000; all are in the unified JSON" in plain
    assert len(answer.data) < 1_000_000


def test_paragraphs_and_languages(empty: Catalogue) -> None:
    text = Text(value="Erster Absatz.\n\nZweiter\nAbsatz.", language="de", type="abstract")
    odd = Text(value="Third.", language='"><b>', type="other")
    harvest(empty, "lab", [record("1", "Muon lifetime", descriptions=(text, odd))])
    page = read_page(create_app(empty).test_client().get(f"/records/{record_id('lab', '1')}").text)
    first, second = page.all("text")
    assert first.get("lang") == "de" and second.get("lang") is None
    assert [part.text_content() for part in first if part.element.tag == "p"] == [
        "Erster Absatz.",
        "Zweiter Absatz.",
    ]


def test_citations_come_in_several_styles_and_as_files(client: FlaskClient) -> None:
    page = read_page(client.get(f"/records/{SURVEY}").text)
    assert page.errors == []
    said = [node.text_content() for node in page.all("citation")]
    assert [text[:40] for text in said] == [
        "Okafor, Ngozi; Lindqvist, Åsa (2023): We",
        "Okafor, N. and Lindqvist, Å. (2023). Wea",
        "N. Okafor and Å. Lindqvist, Weak lensing",
    ]
    for title, start in (("BibTeX", b"@dataset{"), ("RIS", b"TY  - DATA")):
        links = [
            node for node in page.all("a", tag=True) if node.get("download") and title in node.text_content()
        ]
        assert client.get(links[0].get("href")).data.lstrip().startswith(start), title


def test_formulas_in_title_and_abstract_are_mathematics(empty: Catalogue) -> None:
    text = Text(value=r"Measured at $\sqrt{s}=13~\mathrm{TeV}$, for $5 <b>a</b> piece.", type="abstract")
    harvest(empty, "lab", [record("1", r"The decay $\Lambda_b^0 \to p K^-$", descriptions=(text,))])
    page = read_page(create_app(empty).test_client().get(f"/records/{record_id('lab', '1')}").text)
    assert page.errors == []
    assert page.all("h1", tag=True)[0].text_content() == "The decay Λb0→pK−"
    assert page.first("text").text_content().strip() == "Measured at s=13 TeV, for $5 <b>a</b> piece."


def test_files_are_sorted_and_turned_over_without_script(empty: Catalogue) -> None:
    files = tuple(
        Distribution(url=f"https://a.example.org/{number:04}", size=number) for number in range(1200)
    )
    harvest(empty, "lab", [record("1", "Muon lifetime", distributions=files)])
    client, path = create_app(empty).test_client(), f"/records/{record_id('lab', '1')}"
    first = read_page(client.get(path).text)
    assert first.texts_in("files", "th")[4] == "https://a.example.org/0000"
    sorted_page = read_page(client.get(path + first.link("Size").partition("#")[0]).text)
    assert sorted_page.errors == []
    assert sorted_page.texts_in("files", "th")[4] == "https://a.example.org/1199"
    (sorted_head,) = [node for node in sorted_page.all("th", tag=True) if node.get("aria-sort")]
    assert (sorted_head.get("aria-sort"), sorted_head.text_content()) == ("descending", "Size")
    more = read_page(client.get(path + sorted_page.link("More files").partition("#")[0]).text)
    assert more.texts_in("files", "th")[4] == "https://a.example.org/0699"
    assert client.get(path + "?files=colour").status_code == 400
    assert client.get(path + "?from=1201").status_code == 400


def test_what_is_missing_is_told_with_what_to_do(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime", quality=("validation level 2",))])
    page = read_page(create_app(empty).test_client().get(f"/records/{record_id('lab', '1')}").text)
    hints = page.texts_in("hints", "dd")
    assert any("no licence" in hint and "SPDX" in hint for hint in hints)
    assert "validation level 2" in "".join(page.root.itertext())


HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80),
    st.lists(
        st.sampled_from(
            [ATTACK, "$", "$$", r"\text{<script>hacked=1</script>}", r"\href{javascript:hacked=1}{x}",
             "{{ 7*7 }}", "</title>", "</textarea>", "&lt;script&gt;", "javascript:hacked=1", "]]>", "<!--",
             "data:text/html,x", "\x00", "\u202e", "{", "}", "^2", "_a", "\n\n", "'", '"', "`",
             'https://a.example.org/"onclick="x']
        ),
        min_size=1,
        max_size=6,
    ).map("".join),
)  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=20,
)
@given(text=HOSTILE)
def test_whatever_a_record_says_its_pages_only_show_it(empty: Catalogue, text: str) -> None:
    hostile = full_record(lambda path: text)
    if not text.strip():
        return
    harvest(empty, "lab", [hostile])
    client, id = create_app(empty).test_client(), record_id("lab", text)
    addresses = (
        f"/records/{id}",
        f"/records/{id}?files=name",
        f"/records/{id}/use",
        f"/basket?items={Basket((Item(id),))}",
    )
    pages = [client.get(url) for url in addresses]
    harvest(empty, "lab", [], deleted=[text])
    pages.append(client.get(f"/records/{id}"))
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 410]
    for answer in pages:
        page = read_page(answer.text)
        scripts = page.all("script", tag=True)
        data = [node for node in scripts if node.get("type") == "application/ld+json"]
        assert all(isinstance(json.loads(node.text_content()), dict) for node in data)
        assert {node.get("src") for node in scripts if node not in data} <= {
            "/static/page.js",
            "/static/samp.js",
        }
        assert page.all("img", tag=True) == [] and page.all("iframe", tag=True) == []
        for node in page.all("a", tag=True):
            assert not (node.get("href") or "").strip().lower().startswith(("javascript", "data", "vbscript"))
        assert not [name for part in page.root.iter() for name in part.attrib if name.startswith("on")]
