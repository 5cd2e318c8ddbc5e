"""The audit log: what is put down, in one transaction with what it tells of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.audit import LONGEST_BY, Audit
from catalogue.database import Database
from catalogue.errors import Conflict, StoreError
from catalogue.runs import Sources
from catalogue.sources import Source

ONE = Source(name="one", kind="oai-pmh", url="https://a.example/oai", options={"token": "very-secret"})


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/catalogue.db" if is_sqlite else request.getfixturevalue("postgres_url")
    opened = Database(url)
    yield opened
    opened.close()


def told(database: Database, **asked: Any) -> list[tuple[str, str, str]]:
    return [(step.by, step.name, step.action) for step in Audit(database).steps(**asked)]


def test_each_change_of_a_source_is_told(database: Database) -> None:
    sources = Sources(database)
    sources.add(ONE, by="Ada")
    changed = Source(
        name="one", kind="oai-pmh", url="https://b.example/oai", options={"token": "other-secret"}
    )
    sources.change(changed, by="Bob")
    sources.change(changed, by="Carol")
    sources.forget("one", by="Dan")
    steps = Audit(database).steps()
    assert [(step.by, step.action) for step in steps] == [
        ("Dan", "removed"),
        ("Bob", "changed"),
        ("Ada", "added"),
    ]
    assert steps[1].detail == {
        "url": ["https://a.example/oai", "https://b.example/oai"],
        "option token": ["…", "…"],
    }
    assert "secret" not in str(steps)


def test_what_did_not_happen_is_not_told(database: Database) -> None:
    sources = Sources(database)
    sources.add(ONE, by="Ada")
    with pytest.raises(Conflict):
        sources.add(ONE, by="Bob")
    assert told(database) == [("Ada", "one", "added")]


def test_steps_by_subject_name_and_page(database: Database) -> None:
    audit = Audit(database)
    for number in range(5):
        audit.note(by="Ada", subject="alias" if number % 2 else "group", name=str(number), action="set")
    assert [step.name for step in audit.steps(limit=2)] == ["4", "3"]
    before = audit.steps(limit=2)[-1].number
    assert [step.name for step in audit.steps(before=before)] == ["2", "1", "0"]
    assert [step.name for step in audit.steps(subject="alias")] == ["3", "1"]
    assert told(database, subject="alias", name="3") == [("Ada", "3", "set")]
    assert audit.has(subject="alias", name="3", action="set")
    assert not audit.has(subject="alias", name="2", action="set")


def test_texts_are_made_to_fit(database: Database) -> None:
    audit = Audit(database)
    audit.note(
        by="a\0\n b" + "x" * 300, subject="source", name="n" * 300, action="set", detail={"a": "\0" * 9}
    )
    audit.note(by="Ada", subject="source", name="n", action="set", detail={"a": "x" * 50_000})
    short, long = audit.steps()
    assert list(short.detail) == ["left out"]
    assert len(long.by) == LONGEST_BY and len(long.name) == 100 and "\0" not in long.by


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/catalogue.db")
    Audit(database).steps()
    database.engine.dispose()
    (tmp_path / "catalogue.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError):
        Audit(database).steps()
