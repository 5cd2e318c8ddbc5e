"""Records for round trips: what each format can hold, as hypothesis strategies."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from hypothesis import strategies as st

from catalogue.record import (
    Access,
    Affiliation,
    Agent,
    AgentIdentifier,
    Coverage,
    Date,
    Funding,
    Identifier,
    Place,
    Point,
    Provenance,
    Record,
    Relation,
    Rights,
    Term,
    Text,
    record_id,
)
from mappings.rights import access_of, licence_of
from mappings.terms import resource_type
from mappings.text import clean_block, clean_line

PROVENANCE = Provenance(source="trip", identifier="oai:trip.example.org:1")
_ALPHABET = st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co"))
_DOI = st.from_regex(r"10\.[0-9]{4,5}/[a-z0-9._;()<>-]{1,12}", fullmatch=True)


def _plain(text: str) -> bool:
    return clean_line(text) == text


LINES = st.text(_ALPHABET, min_size=1, max_size=30).map(lambda text: clean_line(text) or "x").filter(_plain)
BLOCKS = st.text(_ALPHABET, min_size=1, max_size=60).map(lambda text: clean_block(text) or "x")
WORDS = LINES.filter(lambda text: resource_type(text) is None and "/" not in text and ":" not in text)
LANGUAGES = st.sampled_from([None, "en", "de", "zh-Hant", "pt-BR"])
DAYS = st.dates(min_value=date(1000, 1, 1)).map(date.isoformat)


def _many(one: st.SearchStrategy[Any], at_most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=at_most).map(tuple)


def _once(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """The same where nothing is said twice, as readers have it of formats and of who paid."""
    return st.lists(one, max_size=3, unique=True).map(tuple)


def _maybe(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | one


TERMS = st.builds(
    Term, label=LINES, scheme=_maybe(LINES), uri=st.sampled_from([None, "https://example.org/t#1"])
)
ORCID = AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097")
PERSONS = st.builds(
    Agent,
    name=LINES,
    given=LINES,
    family=LINES,
    kind=st.just("person"),
    identifiers=st.sampled_from([(), (ORCID,)]),
    affiliations=_many(
        st.builds(Affiliation, name=LINES)
        | st.builds(Affiliation, name=LINES, identifier=st.just("02mhbdp94"), scheme=st.just("ror")),
        2,
    ),
)
ORGANISATIONS = st.builds(Agent, name=LINES, kind=st.just("organisation"))
NAMES = st.builds(Agent, name=LINES)
ISSUED = DAYS.map(lambda day: Date(kind="issued", start=day, end=day))
OTHER_DATES = st.builds(
    lambda kind, first, last, text: Date(kind=kind, start=min(first, last), end=max(first, last), text=text),
    st.sampled_from(["created", "updated", "available", "valid", "withdrawn", "accepted", "submitted"]),
    DAYS,
    DAYS,
    _maybe(LINES),
)
STATEMENTS = LINES.filter(lambda text: access_of(text) is None and licence_of(text) is None)
RIGHTS = st.builds(Rights, text=STATEMENTS.filter(lambda text: ":" not in text)) | st.builds(
    Rights,
    text=st.just("Creative Commons Attribution 4.0 International"),
    url=st.just("https://creativecommons.org/licenses/by/4.0/"),
    licence=st.just(licence_of("CC-BY-4.0")),
)
ACCESS = st.sampled_from(
    [
        None,
        Access(right="open"),
        Access(right="restricted"),
        Access(right="closed"),
        Access(right="metadata-only"),
        Access(right="embargoed", until="2031-02-03"),
    ]
)
LONGITUDES, LATITUDES = st.floats(-180, 180), st.floats(-90, 90)
POINTS = st.builds(Point, longitude=LONGITUDES, latitude=LATITUDES)
BOXES = st.tuples(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
TARGETS = st.one_of(
    st.tuples(st.just("doi"), _DOI),
    st.sampled_from(
        [
            ("arxiv", "0706.0001"),
            ("bibcode", "2018AGUFM.A24K..07S"),
            ("url", "https://example.org/a?b=1&c=<2>"),
            ("handle", "1721.1/115235"),
            ("urn", "urn:nbn:de:101:1"),
            ("swhid", "swh:1:rev:" + "0a" * 20),
            ("ivoid", "ivo://example.org/tap"),
        ]
    ),
)


def _unlike(record: Record) -> bool:
    """No value that the format would have to say twice, or that its form gives another meaning."""
    targets = [(one.type, one.scheme, one.value) for one in record.relations]
    own = {(one.scheme, one.value) for one in record.identifiers}
    return len(set(targets)) == len(targets) and len(own) == len(record.identifiers)


@st.composite
def _records(draw: st.DrawFn, **fields: st.SearchStrategy[Any]) -> Record:
    return Record(
        id=record_id(PROVENANCE.source, PROVENANCE.identifier),
        provenance=PROVENANCE,
        **{name: draw(strategy) for name, strategy in fields.items()},
    )


def _titles(others: list[str | None]) -> st.SearchStrategy[tuple[Text, ...]]:
    main = st.builds(Text, value=LINES, language=LANGUAGES, type=st.just("main"))
    other = st.builds(Text, value=LINES, language=LANGUAGES, type=st.sampled_from(others))
    return st.builds(lambda first, rest: (first, *rest), main, _many(other, 2))


OWN_DOI = _DOI.map(lambda doi: (Identifier(scheme="doi", value=doi),))


def datacite_records() -> st.SearchStrategy[Record]:
    """What DataCite 4.6 can hold."""
    relations = st.builds(
        lambda type, target, kind, title: Relation(
            type=type, scheme=target[0], value=target[1], target_kind=kind, title=title
        ),
        st.sampled_from(
            ["IsCitedBy", "References", "IsSupplementTo", "HasPart", "IsDerivedFrom", "IsIdenticalTo"]
        ),
        TARGETS,
        st.sampled_from(["dataset", "software", "publication", "service"]),
        _maybe(LINES),
    )
    fields: dict[str, st.SearchStrategy[Any]] = {
        "titles": _titles(["subtitle", "alternative", "translated", "other", None]),
        "identifiers": OWN_DOI,
        "descriptions": _many(
            st.builds(
                Text,
                value=BLOCKS,
                language=LANGUAGES,
                type=st.sampled_from(
                    ["abstract", "methods", "technical", "series", "other", "table of contents"]
                ),
            )
        ),
        "creators": _many(PERSONS | ORGANISATIONS | NAMES),
        "contributors": _many(
            st.builds(Agent, name=LINES, role=st.sampled_from(["Editor", "Other", "HostingInstitution"]))
        ),
        "publisher": _maybe(NAMES),
        "dates": st.just(()) | st.builds(lambda first, rest: (first, *rest), ISSUED, _many(OTHER_DATES)),
        "languages": st.sampled_from([(), ("en",), ("pt-BR",)]),
        "version": _maybe(LINES),
        "sizes": _many(LINES),
        "formats": _once(LINES),
        "subjects": _many(TERMS),
        "rights": _many(RIGHTS, 1),
        "access": ACCESS,
        "funding": _once(
            st.builds(
                Funding,
                funder=LINES,
                funder_identifier=st.sampled_from([None, "https://doi.org/10.13039/501100000780"]),
                award=LINES,
                award_title=_maybe(LINES),
                award_url=st.sampled_from([None, "https://example.org/award?a=1&b=2"]),
            )
        ),
        "relations": _many(relations),
        "coverage": _maybe(
            st.builds(
                Coverage,
                places=st.lists(
                    st.builds(Place, name=LINES, point=_maybe(POINTS), box=_maybe(BOXES)),
                    min_size=1,
                    max_size=2,
                ).map(tuple),
            )
        ),
    }
    kinds = st.sampled_from(
        ["dataset", "software", "facility", "sample", "lesson", "document", "publication", "other"]
    )
    return _records(kind=kinds, type_label=_maybe(WORDS), **fields).filter(_unlike)


def dublin_core_records() -> st.SearchStrategy[Record]:
    """What OAI Dublin Core can hold."""
    relations = st.builds(
        lambda target: Relation(type="IsRelatedTo", scheme=target[0], value=target[1]), TARGETS
    )
    rights = STATEMENTS.filter(lambda text: ":" not in text).map(lambda text: Rights(text=text))
    fields: dict[str, st.SearchStrategy[Any]] = {
        "titles": _titles([None]),
        "identifiers": OWN_DOI,
        "descriptions": _many(st.builds(Text, value=BLOCKS, language=LANGUAGES)),
        "creators": _many(NAMES),
        "contributors": _many(NAMES),
        "publisher": _maybe(NAMES),
        "dates": st.just(()) | ISSUED.map(lambda one: (one,)),
        "languages": st.sampled_from([(), ("en",), ("pt-BR", "de")]),
        "formats": _once(LINES),
        "subjects": _many(st.builds(Term, label=LINES)),
        "rights": _many(rights, 2),
        "access": ACCESS,
        "funding": _many(st.builds(Funding, funder=LINES, award=LINES), 1),
        "relations": _many(relations),
        "coverage": _maybe(POINTS.map(lambda point: Coverage(places=(Place(point=point),)))),
    }
    kinds = st.sampled_from(
        ["dataset", "software", "facility", "sample", "lesson", "document", "publication", "other"]
    )
    return _records(kind=kinds, type_label=_maybe(WORDS), **fields).filter(_unlike)


def _said(title: Text) -> tuple[str, str | None, str]:
    return title.value, title.language, title.type or "main"


def without_repetitions(record: Record) -> Record:
    """The record with every value of a list once, as JSON formats have it (uniqueItems)."""
    lists = {
        one.name: tuple(dict.fromkeys(value))
        for one in dataclasses.fields(record)
        if isinstance(value := getattr(record, one.name), tuple)
    }
    for name in ("creators", "contributors"):
        lists[name] = tuple(
            dataclasses.replace(one, affiliations=tuple(dict.fromkeys(one.affiliations)))
            for one in lists[name]
        )
    # The main title's type is not written, so that one without a type may say the same.
    titles: dict[tuple[str, str | None, str], Text] = {}
    for title in lists["titles"]:
        titles.setdefault(_said(title), title)
    lists["titles"] = tuple(titles.values())
    coverage = record.coverage
    if coverage is not None:
        coverage = dataclasses.replace(coverage, places=tuple(dict.fromkeys(coverage.places)))
    return dataclasses.replace(record, **lists, coverage=coverage)
