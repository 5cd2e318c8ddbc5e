"""Relations resolve while their targets are there, from both ends, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, select

from catalogue import database as database_module
from catalogue import relations, tables
from catalogue.database import Database
from catalogue.errors import Gone, QueryError
from catalogue.record import (
    Environment,
    Identifier,
    Mapped,
    Page,
    Provenance,
    RawRecord,
    Record,
    Relation,
    Text,
    record_id,
)
from catalogue.related import Related, inverse_of, related
from catalogue.relations import RelationLookup
from catalogue.runs import Sources
from catalogue.sources import Source
from catalogue.store import Store
from tests.catalogue.counted import statements
from vocab.base import vocabulary

BASE = "https://catalogue.example.org"
NAMES = ("a", "b", "c")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with three sources."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/catalogue.db"
    else:
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    for name in NAMES:
        Sources(database).add(Source(name=name, kind="oai-pmh", url="http://localhost/oai"))
    yield Store(database)
    database.close()


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """A crosswalk for tests: own identifiers and relations as «scheme value» pairs in JSON."""
    told = orjson.loads(raw.data)
    pairs = [one.split(" ", 1) for one in told.get("own", ())]
    said = [one.split(" ", 2) for one in told.get("relations", ())]
    repository = told.get("repository")
    return Mapped(
        record=Record(
            id=record_id(provenance.source, raw.identifier),
            kind=told.get("kind", "dataset"),
            titles=(Text(value=told.get("title", raw.identifier), type="main"),),
            identifiers=tuple(Identifier(scheme=scheme, value=value) for scheme, value in pairs),
            relations=tuple(Relation(type=type, scheme=scheme, value=value) for type, scheme, value in said),
            environment=Environment(repository=repository) if repository else None,
            provenance=provenance,
        )
    )


def put(store: Store, source: str, **records: dict[str, object] | None) -> None:
    """A harvest of this source; ``None`` is a deletion."""
    sources = Sources(store.database)
    run = sources.begin_run(source)
    raws = tuple(
        RawRecord(
            identifier=name,
            format="test",
            data=orjson.dumps(told) if told is not None else b"",
            deleted=told is None,
        )
        for name, told in records.items()
    )
    run = store.put_page(run, Page(records=raws), read)
    sources.finish_run(run, "succeeded", since=run.started)


def lookup(store: Store) -> RelationLookup:
    return RelationLookup(store.database, BASE)


def all_of(store: Store, id: str) -> list[Related]:
    return list(related(store, lookup(store), id).relations)


def lines(store: Store, id: str) -> list[str]:
    """«→ type value: titles» of own relations, «← …» of those of others."""
    arrow = {"outgoing": "→", "incoming": "←"}
    return [
        f"{arrow[one.direction]} {one.type} {one.value}: {', '.join(thing.title for thing in one.things)}"
        for one in all_of(store, id)
    ]


def test_a_dangling_relation_resolves_when_its_target_arrives_and_dangles_when_it_goes(store: Store) -> None:
    put(store, "a", x={"title": "Data", "relations": ["IsSupplementTo doi 10.5072/paper"]})
    data, paper = record_id("a", "x"), record_id("b", "p")
    assert lines(store, data) == ["→ IsSupplementTo 10.5072/paper: "]
    put(store, "b", p={"title": "Paper", "own": ["doi 10.5072/paper"], "kind": "publication"})
    (resolved,) = all_of(store, data)
    assert [(thing.id, thing.kind, thing.title) for thing in resolved.things] == [
        (paper, "publication", "Paper")
    ]
    assert lines(store, paper) == ["← IsSupplementedBy 10.5072/paper: Data"]
    put(store, "b", p=None)
    assert lines(store, data) == ["→ IsSupplementTo 10.5072/paper: "]
    with pytest.raises(Gone):
        all_of(store, paper)
    put(store, "b", p={"title": "Paper again", "own": ["doi 10.5072/paper"]})
    assert lines(store, data) == ["→ IsSupplementTo 10.5072/paper: Paper again"]


def test_a_relation_that_is_no_longer_said_is_gone_from_both_ends(store: Store) -> None:
    put(store, "a", x={"relations": ["Cites doi 10.5072/p", "References doi 10.5072/q"]})
    put(store, "b", p={"own": ["doi 10.5072/p"]}, q={"own": ["doi 10.5072/q"]})
    assert lines(store, record_id("b", "p")) == ["← IsCitedBy 10.5072/p: x"]
    put(store, "a", x={"relations": ["References doi 10.5072/q"]})
    assert lines(store, record_id("b", "p")) == []
    assert lines(store, record_id("b", "q")) == ["← IsReferencedBy 10.5072/q: x"]
    put(store, "a", x=None)
    assert lines(store, record_id("b", "q")) == []
    with store.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.relation_key)) == 0


def test_a_target_that_is_joined_into_a_product_is_the_product(store: Store) -> None:
    put(store, "a", x={"relations": ["Cites doi 10.5072/p"]})
    put(store, "b", p={"own": ["doi 10.5072/p"], "title": "First"})
    put(store, "c", p={"own": ["doi 10.5072/p", "handle 1/p"], "title": "Second"})
    (resolved,) = all_of(store, record_id("a", "x"))
    (thing,) = resolved.things
    assert store.change(thing.id).members and thing.title == "First"
    assert lines(store, thing.id) == ["← IsCitedBy 10.5072/p: x"]
    put(store, "a", y={"relations": ["Cites handle 1/p"]})
    assert sorted(lines(store, thing.id)) == ["← IsCitedBy 1/p: y", "← IsCitedBy 10.5072/p: x"]


def test_a_product_tells_each_relation_once_and_who_says_it(store: Store) -> None:
    put(store, "c", p={"own": ["doi 10.5072/p"], "title": "Paper"})
    put(store, "a", x={"own": ["doi 10.5072/x"], "relations": ["Cites doi 10.5072/p"], "title": "Data"})
    put(store, "b", x={"own": ["doi 10.5072/x"], "relations": ["Cites doi 10.5072/p", "Cites doi 10.5072/z"]})
    (incoming,) = all_of(store, record_id("c", "p"))
    assert {member.source for member in incoming.said_by} == {"a", "b"}
    (product,) = incoming.things
    assert product.title == "Data"
    first, second = all_of(store, product.id)
    assert {member.source for member in first.said_by} == {"a", "b"}
    assert [member.source for member in second.said_by] == ["b"]
    # Of pages of one relation none repeats what another one has told.
    told = [one for page in pages(store, record_id("c", "p"), 1) for one in page]
    assert len(told) == 1


def pages(store: Store, id: str, limit: int) -> Iterator[list[Related]]:
    cursor: str | None = None
    while True:
        page = related(store, lookup(store), id, cursor=cursor, limit=limit)
        yield list(page.relations)
        cursor = page.next
        if cursor is None:
            return


@pytest.mark.parametrize(
    "target", ["almagest {id}", "url {base}/records/{id}", "url {base}/api/v1/records/{id}"]
)
def test_our_own_ids_and_addresses_resolve_from_both_ends(store: Store, target: str) -> None:
    id = record_id("b", "p")
    put(store, "a", x={"relations": [f"HasPart {target.format(id=id, base=BASE)}"]})
    put(store, "b", p={"title": "Part", "own": ["doi 10.5072/p"]})
    assert [line.split(": ")[1] for line in lines(store, record_id("a", "x"))] == ["Part"]
    if "api" not in target:
        assert [line.split()[1] for line in lines(store, id)] == ["IsPartOf"]
    put(store, "c", p={"own": ["doi 10.5072/p"]})
    (resolved,) = all_of(store, record_id("a", "x"))
    assert [thing.id for thing in resolved.things] == [store.change(id).joined]


def test_addresses_are_the_same_with_and_without_what_makes_no_difference(store: Store) -> None:
    put(store, "b", code={"kind": "software", "repository": "https://github.com/lab/code.git"})
    put(store, "b", page={"own": ["url http://www.example.org/data/"]})
    put(
        store,
        "a",
        x={"relations": ["Requires url http://github.com/lab/code", "Cites url https://example.org/data"]},
    )
    assert [line.split(": ")[1] for line in lines(store, record_id("a", "x"))] == ["code", "page"]
    assert lines(store, record_id("b", "code")) == ["← IsRequiredBy http://github.com/lab/code: x"]


def test_what_is_an_identifier_within_one_source_means_nothing_in_another(store: Store) -> None:
    put(store, "a", x={"relations": ["IsDerivedFrom scicat-pid 20/raw"]}, raw={"own": ["scicat-pid 20/raw"]})
    put(store, "b", raw={"own": ["scicat-pid 20/raw"], "title": "Another"})
    assert lines(store, record_id("a", "x")) == ["→ IsDerivedFrom 20/raw: raw"]
    assert lines(store, record_id("a", "raw")) == ["← IsSourceOf 20/raw: x"]
    assert lines(store, record_id("b", "raw")) == []


def test_arxiv_papers_have_two_names(store: Store) -> None:
    put(
        store,
        "a",
        x={"relations": ["Cites arxiv 2301.07826"]},
        y={"relations": ["Cites doi 10.48550/arxiv.2301.07826"]},
    )
    put(store, "b", p={"own": ["doi 10.48550/arxiv.2301.07826"], "title": "Paper"})
    assert lines(store, record_id("a", "x")) == ["→ Cites 2301.07826: Paper"]
    assert lines(store, record_id("a", "y")) == ["→ Cites 10.48550/arxiv.2301.07826: Paper"]
    assert len(lines(store, record_id("b", "p"))) == 2


def test_a_name_of_many_things_names_none_of_them(store: Store) -> None:
    claims = {f"r{number}": {"own": ["url https://example.org/home"]} for number in range(12)}
    put(store, "b", **claims)
    put(store, "a", x={"relations": ["Cites url https://example.org/home"]})
    assert lines(store, record_id("a", "x")) == ["→ Cites https://example.org/home: "]
    put(store, "b", r0=None, r1=None)
    (resolved,) = all_of(store, record_id("a", "x"))
    assert len(resolved.things) == 10


def test_a_type_without_inverse_says_what_was_stated(store: Store) -> None:
    put(store, "a", x={"relations": ["IsPublishedIn doi 10.5072/journal", "Invented doi 10.5072/journal"]})
    put(store, "b", j={"own": ["doi 10.5072/journal"]})
    found = all_of(store, record_id("b", "j"))
    assert [(one.type, one.stated) for one in found] == [(None, "IsPublishedIn"), (None, "Invented")]
    assert inverse_of("HasPart") == "IsPartOf" and inverse_of("IsPartOf") == "HasPart"


def test_a_thing_has_no_relation_to_itself(store: Store) -> None:
    put(store, "a", x={"own": ["doi 10.5072/x"], "relations": ["IsIdenticalTo doi 10.5072/x"]})
    assert lines(store, record_id("a", "x")) == []
    both, other = ["doi 10.5072/y", "handle 1/y"], "IsVariantFormOf handle 1/y"
    put(store, "a", y={"own": both, "relations": [other, "Cites doi 10.5072/x", "Cites doi 10.5072/z"]})
    put(store, "b", y={"own": both[:1], "relations": [f"IsVariantFormOf almagest {record_id('a', 'y')}"]})
    product = store.change(record_id("a", "y")).joined
    assert product is not None
    told = ["→ Cites 10.5072/x: x", "→ Cites 10.5072/z: "]
    assert lines(store, product) == told
    first, second, *_ = pages(store, product, 1)
    assert [one.value for one in (*first, *second)] == ["10.5072/x", "10.5072/z"]
    assert related(store, lookup(store), product, limit=1).outgoing == 2


def test_many_incoming_relations_come_in_pages_of_constant_cost(store: Store) -> None:
    put(store, "b", hub={"own": ["doi 10.5072/hub", "handle 1/hub"], "relations": ["Cites doi 10.5072/own"]})
    many = {f"r{number:03}": {"relations": ["Cites doi 10.5072/hub"]} for number in range(30)}
    put(store, "a", **many, other={"relations": ["References handle 1/hub"]})
    hub = record_id("b", "hub")
    told: list[str] = []
    counts = set()
    cursor: str | None = None
    while True:
        with statements(store.database) as count:
            page = related(store, lookup(store), hub, cursor=cursor, limit=7)
        counts.add(count.total)
        told += [thing.title for one in page.relations for thing in one.things]
        if page.next is None:
            break
        cursor = page.next
    assert len(told) == len(set(told)) == 31
    assert max(counts) <= 16
    with statements(store.database) as count:
        related(store, lookup(store), hub, limit=100)
    assert count.total <= 16
    only = related(store, lookup(store), hub, direction="outgoing")
    assert [one.direction for one in only.relations] == ["outgoing"] and only.next is None
    assert all(one.direction == "incoming" for page in pages(store, hub, 50) for one in page[1:])


@pytest.mark.parametrize(
    "cursor", ["x", "o", "i5", "i9999999999999999999.0123456789abcdef0123", "i1.'--", "o-1"]
)
def test_a_cursor_of_somebody_else_is_refused(store: Store, cursor: str) -> None:
    put(store, "a", x={})
    with pytest.raises(QueryError):
        related(store, lookup(store), record_id("a", "x"), cursor=cursor)


def test_a_record_of_thousands_of_relations_is_kept_and_paged(store: Store) -> None:
    put(store, "a", x={"relations": [f"Cites doi 10.5072/{number}" for number in range(5000)]})
    put(store, "b", p={"own": ["doi 10.5072/4999"], "title": "Last"})
    page = related(store, lookup(store), record_id("a", "x"), cursor="o4990", limit=50)
    assert page.outgoing == 5000 and len(page.relations) == 10
    assert [thing.title for thing in page.relations[-1].things] == ["Last"]
    assert lines(store, record_id("b", "p")) == ["← IsCitedBy 10.5072/4999: x"]


def test_more_claims_than_are_believed_are_not_followed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relations, "MOST_NAMESAKES", 3)
    put(store, "b", **{f"r{number}": {"own": ["url https://example.org/home"]} for number in range(4)})
    put(store, "a", x={"relations": ["Cites url https://example.org/home"]})
    assert lines(store, record_id("a", "x")) == ["→ Cites https://example.org/home: "]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_records_of_an_older_database_are_found(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database(url)
    for name in NAMES:
        Sources(database).add(Source(name=name, kind="oai-pmh", url="http://localhost/oai"))
    store = Store(database)
    put(store, "a", x={"relations": ["Requires url https://github.com/lab/code", "Cites doi 10.5072/p"]})
    put(store, "b", code={"kind": "software", "repository": "https://github.com/lab/code"})
    put(store, "b", p={"own": ["doi 10.5072/p"]}, gone={"relations": ["Cites doi 10.5072/p"]})
    put(store, "b", gone=None)
    config = Config()
    config.set_main_option("script_location", str(database_module._MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
    database.close()
    database = Database(url)
    store = Store(database)
    assert [line.split(": ")[1] for line in lines(store, record_id("a", "x"))] == ["code", "p"]
    assert lines(store, record_id("b", "p")) == ["← IsCitedBy 10.5072/p: x"]
    put(store, "a", x=None)
    assert lines(store, record_id("b", "p")) == []
    database.close()


def test_a_tag_of_a_repository_is_a_state_of_its_software(store: Store) -> None:
    tag = "https://github.com/lab/code/tree/v1.0"
    put(store, "a", x={"relations": [f"IsSupplementTo url {tag}"]})
    put(store, "b", code={"kind": "software", "repository": "https://github.com/lab/code.git"})
    assert lines(store, record_id("a", "x")) == [f"→ IsSupplementTo {tag}: code"]
    assert lines(store, record_id("b", "code")) == [f"← IsSupplementedBy {tag}: x"]
    # Who is called just so goes before who has the whole repository.
    put(store, "b", release={"own": [f"url {tag}"]})
    assert lines(store, record_id("a", "x")) == [f"→ IsSupplementTo {tag}: release"]
    assert lines(store, record_id("b", "release")) == [f"← IsSupplementedBy {tag}: x"]


def test_versions_that_share_a_repository_do_not_come_from_each_other(store: Store) -> None:
    home = "https://github.com/lab/code"
    for number in ("1", "2"):
        said = {"kind": "software", "repository": home, "title": f"Code {number}"}
        put(store, "b", **{f"v{number}": {**said, "relations": [f"IsDerivedFrom url {home}/tree/v{number}"]}})
    put(store, "b", v3={"kind": "software", "repository": home, "relations": [f"IsDerivedFrom url {home}"]})
    assert lines(store, record_id("b", "v1")) == [f"→ IsDerivedFrom {home}/tree/v1: "]
    assert lines(store, record_id("b", "v3")) == []
    put(store, "a", x={"relations": [f"Requires url {home}"]})
    (required,) = all_of(store, record_id("a", "x"))
    assert {thing.title for thing in required.things} == {"Code 1", "Code 2", "v3"}
    assert lines(store, record_id("b", "v2"))[-1] == f"← IsRequiredBy {home}: x"


def test_a_product_that_went_into_another_is_found_there(store: Store) -> None:
    put(store, "a", x={"own": ["doi 10.5072/1"]}, y={"own": ["doi 10.5072/2"]})
    put(store, "b", x={"own": ["doi 10.5072/1"]}, y={"own": ["doi 10.5072/2"]})
    products = [change.id for change in store.walk() if change.members]
    said = {f"r{place}": {"relations": [f"Cites almagest {id}"]} for place, id in enumerate(products)}
    put(store, "c", z={"own": ["doi 10.5072/1", "doi 10.5072/2"]}, **said)
    (joined,) = (change.id for change in store.walk() if change.members)
    for name in said:
        assert [thing.id for one in all_of(store, record_id("c", name)) for thing in one.things] == [joined]


def test_inverses_are_pairs_and_only_two_types_have_none() -> None:
    types = [concept.code for concept in vocabulary("relation_types")]
    inverses = {type: inverse_of(type) for type in types}
    assert {type for type, inverse in inverses.items() if inverse is None} == {"IsPublishedIn", "Other"}
    assert all(inverses[inverse] == type for type, inverse in inverses.items() if inverse is not None)
