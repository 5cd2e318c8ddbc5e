"""A sample of HEPData: submissions to the papers of collider and neutrino experiments, with their tables."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from web.demo.content import DOI_PREFIX, Campaign, Run, campaigns
from web.demo.sample import Reply, Sample

_FORMATS = ("json", "root", "csv", "yoda", "yaml")
_REACTIONS = {"VEGA": "P P --> MU+ MU- X", "BALATON": "PB PB --> CHARGED X", "LYRE": "P P --> B0 X"}


class Submissions(Sample):
    """The search, and the page of each submission."""

    name = "tables"
    kind = "hepdata"
    path = "/hepdata"
    endpoint = "/search/"
    options: ClassVar[Mapping[str, str]] = {"columns": "yes"}

    def __init__(self) -> None:
        made = (_submission(campaign) for campaign in campaigns() if campaign.has("experiment"))
        self._submissions: dict[str, dict[str, Any]] = {f"ins{one['inspire_id']}": one for one in made}
        self._gone: set[str] = set()
        # The last one is published only on the next day.
        self._later = [self._submissions.popitem()]

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """Search, pages and tables, as the query «format=json» gives them."""
        if path.startswith("/search"):
            return self._search(query)
        kind, _, rest = path.strip("/").partition("/")
        if kind == "record":
            return self._page(base, rest)
        return self._table(rest.removeprefix("table/"))

    def _search(self, query: Mapping[str, Sequence[str]]) -> Reply:
        page, size = (int(query.get(name, [default])[0]) for name, default in (("page", "1"), ("size", "10")))
        newest_first = query.get("sort_by") == ["latest"]
        found = sorted(
            self._submissions.values(), key=lambda one: str(one["last_updated"]), reverse=newest_first
        )
        wanted = query.get("q", [""])[0].removeprefix("inspire_id:")
        if wanted:
            found = [one for one in found if str(one["inspire_id"]) == wanted]
        years = Counter(str(one["year"]) for one in found)
        values = [{"key": year, "doc_count": count} for year, count in sorted(years.items())]
        return _json(
            {
                "results": [_hit(one) for one in found[(page - 1) * size : page * size]],
                "total": len(found),
                "facets": [{"type": "date", "printable_name": "Date", "vals": values}],
            }
        )

    def _page(self, base: str, identifier: str) -> Reply:
        if identifier in self._gone:
            return _json({"message": "This submission was withdrawn."}, 410)
        found = self._submissions.get(identifier)
        if found is None:
            return _json({"message": "There is no such record."}, 404)
        tables = []
        for table in found["tables"]:
            name = table["name"].replace(" ", "%20")
            addresses = {one: f"{base}/download/table/{identifier}/{name}/{one}" for one in _FORMATS}
            shown = {key: value for key, value in table.items() if key not in ("keywords", "headers")}
            tables.append({**shown, "data": addresses})
        record = {key: value for key, value in found.items() if key not in ("tables", "data_keywords")}
        page = {"record": record, "data_tables": tables, "version": found["version"], "status": "finished"}
        return _json({**page, "recid": found["recid"], "site_url": base, "access_count": {"sum": 1}})

    def _table(self, path: str) -> Reply:
        identifier, _, rest = path.partition("/")
        for table in self._submissions.get(identifier, {}).get("tables", ()):
            if table["name"] == rest.rpartition("/")[0]:
                return _json({**table, "x_count": 1, "values": []})
        return _json({"message": "There is no such table."}, 404)

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """A submission is published, one comes in a second version, one is withdrawn."""
        if not self._later:
            return 0, 0, 0
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S")
        numbers = list(self._submissions)
        identifier, published = self._later.pop()
        self._submissions[identifier] = {**published, "last_updated": stamp}
        first = self._submissions[numbers[0]]
        doi = first["hepdata_doi"].removesuffix(".v1") + ".v2"
        self._submissions[numbers[0]] = {**first, "version": 2, "hepdata_doi": doi, "last_updated": stamp}
        self._submissions[numbers[1]] = {**self._submissions[numbers[1]], "last_updated": stamp}
        self._gone.add(numbers[1])
        return 1, 1, 1


def sample() -> Submissions:
    """The submissions of the demo."""
    return Submissions()


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def _hit(one: Mapping[str, Any]) -> dict[str, Any]:
    tables = [
        {"title": table["name"], "doi": table["doi"], "keywords": table["keywords"], "doc_type": "datatable"}
        for table in one["tables"]
    ]
    shown = {key: value for key, value in one.items() if key != "tables"}
    return {**shown, "data": tables, "total_tables": len(tables), "doc_type": "publication"}


def _submission(campaign: Campaign) -> dict[str, Any]:
    inspire = 9_000_000 + 37 * campaign.number
    doi = f"{DOI_PREFIX}/tables.{campaign.number}.v1"
    authors = [
        {"full_name": person.name, "affiliation": person.institution.name} for person in campaign.people
    ]
    return {
        "inspire_id": inspire,
        "recid": 90_000 + campaign.number,
        "title": campaign.text("paper"),
        "abstract": campaign.text("paper_abstract"),
        "data_abstract": f"{campaign.texts['facility']}. {campaign.text('paper_abstract')}",
        "hepdata_doi": doi,
        "doi": campaign.doi("paper"),
        "collaborations": [campaign.texts["experiment"]],
        "first_author": authors[0],
        "summary_authors": authors[:10],
        "subject_area": ["hep-ex"],
        "year": campaign.year,
        "creation_date": f"{campaign.year}-03-01",
        "last_updated": f"{campaign.year}-09-15T10:00:00",
        "version": 1,
        "tables": list(_tables(campaign, doi)),
    }


def _tables(campaign: Campaign, doi: str) -> Iterator[dict[str, Any]]:
    chance = random.Random(f"tables {campaign.key}")  # noqa: S311
    observable = chance.choice(["SIG", "DSIG/DM", "ASYM", "N"])
    for number, run in enumerate(campaign.runs, 1):
        yield {
            "id": 100 * campaign.number + number,
            "name": f"Table {number}",
            "location": f"Data from Figure {number}",
            "doi": f"{doi}/t{number}",
            "description": campaign.text("dataset", run),
            "keywords": list(_keywords(campaign, run, observable)),
            "headers": [{"name": "M [GeV]", "colspan": 1}, {"name": f"{observable} [PB]", "colspan": 1}],
        }


def _keywords(campaign: Campaign, run: Run, observable: str) -> Iterator[dict[str, str]]:
    reaction = _REACTIONS.get(campaign.texts["experiment"])
    if reaction is not None:
        yield {"name": "reactions", "value": reaction}
    yield {"name": "observables", "value": observable}
    yield {"name": "phrases", "value": campaign.texts["field"].capitalize()}
    amount, _, rest = run.name.partition(" ")
    if rest.startswith("TeV"):
        yield {"name": "cmenergies", "value": f"{float(amount) * 1000:.1f}"}
