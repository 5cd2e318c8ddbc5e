"""The document of an object group, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Provenance
from mappings import object_group
from mappings.base import format_of, written_at
from mappings.object_group import group_of, read

STEP = {"at": "2026-11-20T09:00:00Z", "by": "ada", "action": "created"}
GROUP = {"name": "flares", "title": "Flares", "changes": [STEP]}
HERE = Provenance(source="groups", identifier="flares")


def test_a_group_of_nobody_is_a_collection() -> None:
    record = read(GROUP, HERE).record
    assert (record.kind, record.title, record.relations) == ("collection", "Flares", ())
    assert [(date.kind, date.start) for date in record.dates] == [("created", STEP["at"])]
    assert "ada" not in repr(record)
    assert not group_of(GROUP).is_dissolved
    assert group_of({**GROUP, "changes": [STEP, {**STEP, "action": "dissolved"}]}).is_dissolved


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], "/"),
        ({"name": "flares"}, "/"),
        ({**GROUP, "title": 7}, "$.title"),
        ({**GROUP, "title": " "}, "$.title"),
        ({**GROUP, "members": [{"id": "x"}]}, "$.members[0]"),
        ({**GROUP, "changes": [{**STEP, "action": "sold"}]}, "$.changes[0].action"),
    ],
)
def test_what_is_no_group_is_refused_with_its_place(document: Any, path: str) -> None:
    with pytest.raises(RecordRefused) as refused:
        read(document, HERE)
    assert refused.value.path == path


def test_a_group_has_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_group, "MOST_MEMBERS", 1)
    member = {"id": "x", "scheme": "doi", "value": "10.5072/x"}
    with pytest.raises(RecordRefused, match="the limit is 1"):
        group_of({**GROUP, "members": [member, member]})


@pytest.mark.parametrize(
    "prefix", ["oai_dc", "datacite", "datacite_json", "schema_org", "dcat", "inveniordm"]
)
def test_members_without_an_identifier_are_named_by_their_pages(prefix: str) -> None:
    id = "0123456789abcdef0123"
    member = {"id": id, "scheme": "almagest", "value": id, "kind": "dataset", "title": "Data"}
    record = read({**GROUP, "members": [member]}, HERE).record
    write = written_at(format_of(prefix), "x.org", "https://x.org").write
    assert write is not None
    assert f"https://x.org/records/{id}".encode() in write(record).replace(b"\\/", b"/")
