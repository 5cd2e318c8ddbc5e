"""Records of the Virtual Observatory for round trips: what VOResource can hold, by type of resource."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from hypothesis import strategies as st

from catalogue.record import (
    Access,
    Agent,
    AgentIdentifier,
    Capability,
    Column,
    Coverage,
    Date,
    Distribution,
    Energy,
    Identifier,
    Interface,
    Interval,
    Parameter,
    Record,
    Reference,
    Relation,
    Sky,
    TableDescription,
    Term,
    Text,
    TimeCoverage,
)
from mappings.dates import OF_DESCRIPTION
from mappings.text import is_placeholder
from tests.mappings.strategies import BLOCKS, LINES, PROVENANCE, RIGHTS, TARGETS
from vocab.base import vocabulary

DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(2200, 1, 1)).map(date.isoformat)
IVOIDS = st.from_regex(r"ivo://[a-z0-9][a-z0-9.]{2,8}(/[a-z0-9_+-]{1,8}){0,2}", fullmatch=True)
NAMES = LINES.filter(lambda text: "@" not in text)
URLS = st.sampled_from(
    ["https://example.org/tap?", "http://example.org/a?b=1&c=<2>", "https://example.org/ä b"]
)


def _many(one: st.SearchStrategy[Any], at_most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=at_most, unique=True).map(tuple)


def _maybe(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | one


AGENT_IDENTIFIERS = _many(
    st.sampled_from(
        [
            AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),
            AgentIdentifier(scheme="ror", value="02mhbdp94"),
        ]
    ),
    2,
)
AGENTS = st.builds(Agent, name=NAMES, identifiers=AGENT_IDENTIFIERS)
NAMED = st.builds(Agent, name=NAMES, identifiers=AGENT_IDENTIFIERS.map(lambda found: found[:1]))
CONTACTS = st.builds(Agent, name=NAMES, identifiers=AGENT_IDENTIFIERS, role=st.just("ContactPerson"))
REFERENCES = st.builds(Reference, label=NAMES) | st.builds(
    Reference, label=NAMES, identifier=IVOIDS, scheme=st.just("ivoid")
)
STAMPS = DAYS.map(lambda day: f"{day}T01:02:03Z")


@st.composite
def _dates(draw: st.DrawFn) -> tuple[Date, ...]:
    created, updated = draw(STAMPS), draw(STAMPS)
    kinds = st.sampled_from(["issued", "available", "collected", "accepted", "valid"])
    others = draw(_many(st.tuples(kinds, DAYS | STAMPS)))
    return (
        *(Date(kind=kind, start=day, end=day) for kind, day in others),
        Date(kind="created", start=created, end=created, text=OF_DESCRIPTION),
        Date(kind="updated", start=updated, end=updated, text=OF_DESCRIPTION),
    )


RELATIONS = st.builds(
    lambda type, target, title: Relation(type=type, scheme=target[0], value=target[1], title=title),
    st.sampled_from(["IsServedBy", "IsServiceFor", "IsPartOf", "Cites", "IsIdenticalTo", "IsRelatedTo"]),
    TARGETS.filter(lambda target: "<" not in target[1]),
    _maybe(NAMES),
)
SOURCES = _maybe(
    st.builds(
        lambda target: Relation(
            type="IsDerivedFrom", scheme=target[0], value=target[1], target_kind="publication"
        ),
        st.sampled_from([("bibcode", "2018AGUFM.A24K..07S"), ("doi", "10.1234/a_b"), ("arxiv", "0706.0001")]),
    )
)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
_POSITIVE = st.floats(min_value=0, max_value=1e-5, allow_subnormal=False)


def _interval(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Interval]:
    pairs = st.tuples(numbers, numbers).map(sorted)
    return pairs.map(lambda pair: Interval(low=pair[0], high=pair[1]))


def _band(code: str) -> Term:
    concept = vocabulary("messengers")[code]
    return Term(label=concept.label, uri=concept.uri, scheme="messenger")


@st.composite
def _coverage(draw: st.DrawFn) -> dict[str, Any]:
    """Coverage, and the messengers that its bands say."""
    moc = draw(_maybe(st.sampled_from(["0/0-11", "3/5-7", "1/0 5/1000"])))
    times, energies = draw(_many(_interval(_NUMBERS), 2)), draw(_many(_interval(_POSITIVE), 2))
    bands = draw(_many(st.sampled_from(["Radio", "X-ray", "UV", "EUV"])))
    others = draw(st.sampled_from([(), ("Neutrino",)]))
    energy = Energy(intervals=energies, bands=tuple(_band(one) for one in bands))
    coverage = Coverage(
        sky=Sky(moc=moc, frame="ICRS") if moc else None,
        time=TimeCoverage(intervals=times, scale="TDB") if times else None,
        energy=energy if energies or bands else None,
    )
    messengers = (*((_band("Photon"),) if bands else ()), *(_band(one) for one in others))
    return {"coverage": coverage if coverage != Coverage() else None, "messengers": messengers}


COLUMNS = st.builds(
    Column,
    name=NAMES,
    ucd=st.sampled_from([None, "pos.eq.ra;meta.main"]),
    unit=st.sampled_from([None, "deg", "km/s"]),
    datatype=st.sampled_from([None, "double", "char[*]", "float[2x3]", "BIGINT", "VARCHAR[20]"]),
    utype=_maybe(NAMES),
    description=_maybe(NAMES),
)
TABLES = st.lists(
    st.builds(
        TableDescription,
        name=st.from_regex(r"[a-z]{1,4}(\.[a-z]{1,4})?", fullmatch=True).filter(
            lambda name: not is_placeholder(name)
        ),
        description=_maybe(NAMES),
        columns=_many(COLUMNS),
    ),
    max_size=3,
    unique_by=lambda table: table.name,
).map(tuple)
INTERFACES = st.builds(
    Interface,
    type=st.sampled_from(["ParamHTTP", "WebBrowser", "WebService"]),
    url=URLS.map(lambda url: url.replace("<2>", "%3C2%3E").replace("ä b", "b")),
    use=st.sampled_from([None, "base", "full"]),
    security=st.sampled_from([(), ("ivo://ivoa.net/sso#BasicAA",)]),
    test_query=_maybe(NAMES),
)
PLAIN = st.builds(
    Capability,
    standard=st.sampled_from([None, "ivo://ivoa.net/std/vosi#tables", "ivo://ivoa.net/std/tap"]),
    version=st.none(),
    description=_maybe(BLOCKS),
    interfaces=_many(INTERFACES, 2),
)


@st.composite
def _cone_search(draw: st.DrawFn) -> dict[str, Any]:
    """A cone search, whose properties are parameters, before other capabilities."""
    interface = draw(INTERFACES)
    cone = Capability(standard="ivo://ivoa.net/std/conesearch", version="1.03", interfaces=(interface,))
    numbers = {"maxSR": draw(_NUMBERS), "maxRecords": float(draw(st.integers(1, 10**9)))}
    test = {"ra": draw(_NUMBERS), "dec": draw(_NUMBERS), "sr": draw(_NUMBERS)}
    path = "capability[1]/ConeSearch"
    parameters = [Parameter(name=name, value=value, path=path) for name, value in numbers.items()]
    parameters.append(Parameter(name="verbosity", text="true", path=path))
    parameters += [
        Parameter(name=f"testQuery.{name}", value=value, path=path) for name, value in test.items()
    ]
    return {"capabilities": (cone, *draw(_many(PLAIN, 2))), "parameters": tuple(parameters)}


CAPABILITIES = _many(PLAIN).map(lambda found: {"capabilities": found}) | _cone_search()
STATEMENTS = _many(RIGHTS, 1)
ACCESS = st.sampled_from([None, *(Access(right=one) for one in ("open", "restricted", "closed"))])


def _core() -> dict[str, st.SearchStrategy[Any]]:
    """What all types have."""
    return {
        "titles": st.builds(
            lambda main, short: (Text(value=main, type="main"), *short),
            LINES,
            _many(
                st.builds(Text, value=LINES.filter(lambda text: len(text) <= 16), type=st.just("short")), 1
            ),
        ),
        "identifiers": IVOIDS.map(
            lambda name: (
                Identifier(scheme="ivoid", value=name),
                Identifier(scheme="doi", value="10.1234/a_b", role="alternate"),
                Identifier(scheme="url", value="https://example.org/page", role="alternate"),
            )
        ),
        "descriptions": _many(st.builds(Text, value=BLOCKS, type=st.just("abstract")), 1),
        "creators": _many(AGENTS),
        "contributors": st.builds(lambda *found: (*found[0], *found[1]), _many(NAMED), _many(CONTACTS)),
        "publisher": _maybe(NAMED),
        "dates": _dates(),
        "version": _maybe(NAMES),
        "subjects": _many(st.builds(Term, label=LINES)),
        "relations": st.builds(
            lambda source, others: (*((source,) if source else ()), *others), SOURCES, _many(RELATIONS)
        ),
    }


@st.composite
def _records(
    draw: st.DrawFn, /, kind: Any, label: str | None, *more: st.SearchStrategy[dict[str, Any]], **fields: Any
) -> Record:
    drawn = {name: draw(strategy) for name, strategy in {**_core(), **fields}.items()}
    for strategy in more:
        drawn |= draw(strategy)
    return Record(id="0123456789abcdef0123", kind=kind, type_label=label, provenance=PROVENANCE, **drawn)


def ivo_records() -> st.SearchStrategy[Record]:
    """What VOResource and its extensions can hold."""
    service: dict[str, Any] = {"rights": STATEMENTS, "access": ACCESS}
    data = {"facilities": _many(REFERENCES), "instruments": _many(REFERENCES)}
    collected = {
        "formats": _many(st.sampled_from(["text/csv", "application/fits", "glass plates"])),
        "distributions": st.sampled_from([(), (Distribution(url="https://example.org/all.tar"),)]),
    }
    return st.one_of(
        _records("other", "Resource"),
        _records("organisation", None, **data),
        _records("service", None, CAPABILITIES, **service),
        _records("service", "Data service", _coverage(), CAPABILITIES, **service, **data),
        _records("service", "Catalog service", _coverage(), CAPABILITIES, **service, **data, tables=TABLES),
        _records(
            "collection", "Catalog resource", _coverage(), CAPABILITIES, **service, **data, tables=TABLES
        ),
        _records("collection", "Data collection", _coverage(), **service, **data, **collected, tables=TABLES),
    )


def comparable(record: Record) -> dict[str, Any]:
    """The fields as they come back: without how identifiers were written and the order of lists.

    Tables come by schema, contacts after the other contributors.
    """
    fields = {one.name: getattr(record, one.name) for one in dataclasses.fields(record)}
    fields["identifiers"] = frozenset((one.scheme, one.value, one.role) for one in record.identifiers)
    for name in ("dates", "relations", "tables", "messengers", "parameters"):
        fields[name] = frozenset(fields[name])
    fields["id"] = fields["provenance"] = fields["extra"] = None
    return fields
