"""A small harvester of tests/harvesters/misbehaving_rest.py, as any REST API would have one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance, RawRecord, Record, Term, Text, record_id
from harvesters.base import Probe
from harvesters.json_client import JsonClient, unnamed
from harvesters.offset_listing import OffsetListing, Slice


class Shelf(OffsetListing):
    """Parts are lists of the API; «a|0020|0040» are the records of «a» whose ids lie between."""

    kind = "shelf"
    title = "Shelf"
    page_size = 10
    by_page_number = False
    is_unlimited = False

    def probe(self) -> Probe:
        return Probe(name="Shelf", protocol="REST")

    def parts(self, since: str | None) -> Sequence[str]:
        return self.source.sets or ("a",)

    def label(self, part: str) -> str:
        return part.partition("|")[0]

    def slice(self, part: str, since: str | None, skip: int, limit: int) -> Slice:
        asked = [("skip", str(skip)), ("limit", str(limit))]
        if self.by_page_number:
            asked = [("page", str(skip // limit + 1)), ("size", str(limit))]
        if since is not None:
            asked.append(("since", since))
        answer = JsonClient(self.transport).get(
            f"{self.source.url}/{self.label(part)}", [*asked, *self.bounds(part)], attempts=1
        )
        shell, elements = answer.shell("items")
        records, issues = [], []
        for data in elements:
            thing: dict[str, Any] = orjson.loads(data)
            if "id" in thing:
                records.append(
                    RawRecord(
                        identifier=thing["id"],
                        format="shelf",
                        data=data,
                        datestamp=thing.get("updated"),
                        sets=(self.label(part),),
                    )
                )
            else:
                issues.append(unnamed(f"({part}, without id)", "The record has no id."))
        return Slice(records=tuple(records), issues=tuple(issues), total=shell.get("total"))

    @staticmethod
    def bounds(part: str) -> list[tuple[str, str]]:
        return list(zip(("from", "below"), part.split("|")[1:], strict=False))


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """The crosswalk of «shelf»."""
    thing = orjson.loads(raw.data)
    if not thing.get("title"):
        raise RecordRefused("There is no title.", path="title")
    return Mapped(
        record=Record(
            id=record_id(provenance.source, raw.identifier),
            kind="dataset",
            titles=(Text(value=thing["title"], type="main"),),
            provenance=provenance,
            subjects=tuple(Term(label=label) for label in thing.get("subjects", ())),
        )
    )
