"""The APIs of CERN Open Data, HEPData and re3data on loopback, each well-behaved until a script bends it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import unquote
from xml.sax.saxutils import escape

from tests.harvesters.misbehaving import Asked, Repository, Sent

_TERM = re.compile(r'(?P<negated>NOT )?(?P<field>[a-z_.]+):(?P<value>"[^"]*"|\[[^\]]*\]|[^\s()]+)')
R3D = "http://www.re3data.org/schema/2-2"


def json_answer(value: Any, status: int = 200) -> Sent:
    return Sent(body=json.dumps(value).encode(), status=status, headers={"Content-Type": "application/json"})


def xml_answer(text: str, status: int = 200, **headers: str) -> Sent:
    sent = {
        "Content-Type": "application/xml",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Sent(body=text.encode(), status=status, headers=sent)


def number(asked: Asked, name: str, default: int) -> int:
    return int(asked[name] or default)


def values_at(document: Any, field: str) -> list[str]:
    """The values at a dotted path, lists opened."""
    found = [document]
    for name in field.split("."):
        found = [one.get(name) for one in found if isinstance(one, dict)]
        found = [inner for one in found for inner in (one if isinstance(one, list) else [one])]
    return [str(one) for one in found if one is not None]


class OpenDataPortal(Repository):
    """Records by number, with the query fields that the harvester uses; ``window`` as in Invenio."""

    facets: ClassVar[dict[str, str]] = {
        "type": "type.primary",
        "experiment": "experiment",
        "year": "date_created",
        "collision_energy": "collision_information.energy",
    }

    def __init__(self, records: Iterable[dict[str, Any]], window: int = 10_000) -> None:
        super().__init__([])
        self.records: list[dict[str, Any]] = [
            {
                "id": str(one.get("recid") or one.get("slug")),
                "metadata": one,
                "updated": "2024-05-01T00:00:00+00:00",
            }
            for one in records
        ]
        self.window = window
        self.gone: set[str] = set()

    def answer(self, asked: Asked) -> Sent:
        if asked.path == "/api/records/":
            return self.search(asked)
        _, _, folder, identifier = asked.path.split("/", 3)
        if unquote(identifier) in self.gone:
            return json_answer({"status": 410, "message": "PID has been deleted."}, 410)
        for one in self.records:
            if one["id"] == unquote(identifier) and (folder == "docs") == ("recid" not in one["metadata"]):
                return json_answer(one)
        return json_answer({"status": 404, "message": "PID does not exist."}, 404)

    def search(self, asked: Asked) -> Sent:
        page, size = number(asked, "page", 1), number(asked, "size", 10)
        if page * size > self.window and (page - 1) * size >= self.window:
            return json_answer({"status": 400, "message": "Maximum number of results reached."}, 400)
        types = {value for name, value in asked.arguments if name == "type"}
        found = [one for one in self.records if self.fits(one["metadata"], asked["q"] or "", types)]
        aggregations = {}
        for facet, field in self.facets.items():
            counts = Counter(value for one in found for value in set(values_at(one["metadata"], field)))
            buckets = [{"key": value, "doc_count": count} for value, count in sorted(counts.items())]
            aggregations[facet] = {"buckets": buckets, "sum_other_doc_count": 0}
        return json_answer(
            {
                "hits": {"hits": found[(page - 1) * size : page * size], "total": len(found)},
                "aggregations": aggregations,
                "links": {"self": asked.path},
            }
        )

    def fits(self, record: dict[str, Any], query: str, types: set[str]) -> bool:
        if types and types.isdisjoint(values_at(record, "type.primary")):
            return False
        return all(self.has(record, match) for match in _TERM.finditer(query))

    def has(self, record: dict[str, Any], match: re.Match[str]) -> bool:
        if match["field"] == "_exists_":
            return bool(values_at(record, match["value"])) != bool(match["negated"])
        return match["value"].strip('"') in values_at(record, match["field"])


class HepDataSite(Repository):
    """Submissions by INSPIRE number: the search, the page of each, the tables."""

    def __init__(self, submissions: Iterable[dict[str, Any]]) -> None:
        super().__init__([])
        self.submissions = list(submissions)
        self.absent: set[str] = set()
        self.gone: set[str] = set()

    def answer(self, asked: Asked) -> Sent:
        path = unquote(asked.path)
        if path == "/search/":
            return self.search(asked)
        if path.startswith("/record/"):
            return self.detail(path.removeprefix("/record/"))
        if path.startswith("/download/table/"):
            return self.table(*path.removeprefix("/download/table/").split("/")[:2])
        return json_answer({"error": "not found"}, 404)

    def search(self, asked: Asked) -> Sent:
        page, size = number(asked, "page", 1), number(asked, "size", 10)
        found = self.submissions
        query = asked["q"] or ""
        if query == "syntax(":
            return json_answer({"error": "Failed to parse query [syntax(]"})
        if match := re.fullmatch(r"inspire_id:(\d+)", query):
            found = [one for one in found if str(one["inspire_id"]) == match[1]]
        if asked["date"]:
            first, last = asked["date"].split(",")
            found = [one for one in found if first <= str(one["year"]) <= last]
        newest = asked["sort_by"] == "latest"
        found = sorted(found, key=lambda one: str(one["last_updated"]), reverse=newest)
        years = Counter(one["year"] for one in found)
        return json_answer(
            {
                "results": [self.hit(one) for one in found[(page - 1) * size : page * size]],
                "total": len(found),
                "hits": {"total": len(found)},
                "facets": [
                    {
                        "type": "date",
                        "printable_name": "Date",
                        "vals": [{"key": f"{year}", "doc_count": count} for year, count in years.items()],
                    }
                ],
            }
        )

    def hit(self, one: dict[str, Any]) -> dict[str, Any]:
        data = [
            {
                "title": table["name"],
                "doi": table["doi"],
                "keywords": table.get("keywords", []),
                "doc_type": "datatable",
            }
            for table in one.get("tables", [])
        ]
        shown = {name: value for name, value in one.items() if name != "tables"}
        return {**shown, "data": data, "total_tables": len(data), "doc_type": "publication"}

    def detail(self, identifier: str) -> Sent:
        if identifier in self.gone:
            return json_answer({"message": "gone"}, 410)
        for one in self.submissions:
            if f"ins{one['inspire_id']}" == identifier and identifier not in self.absent:
                tables = [
                    {name: value for name, value in table.items() if name != "headers"}
                    for table in one.get("tables", [])
                ]
                record = {
                    name: value for name, value in one.items() if name not in ("tables", "data_keywords")
                }
                return json_answer(
                    {
                        "access_count": {"count": len(self.items)},
                        "data_tables": tables,
                        "record": record,
                        "recid": one["recid"],
                        "site_url": "https://hepdata.example",
                        "status": "finished",
                        "version": one.get("version", 1),
                        "version_count": one.get("version", 1),
                    }
                )
        return json_answer({"message": "not found"}, 404)

    def table(self, identifier: str, name: str) -> Sent:
        for one in self.submissions:
            for table in one.get("tables", []):
                if f"ins{one['inspire_id']}" == identifier and table["name"] == name:
                    return json_answer(
                        {
                            "name": name,
                            "doi": table["doi"],
                            "headers": table.get("headers", []),
                            "x_count": 1,
                            "values": [1],
                        }
                    )
        return json_answer({"message": "not found"}, 404)


class Re3dataXml(Repository):
    """The registry's own API: the list, and a document for each number with its ETag."""

    def __init__(self, repositories: Mapping[str, str]) -> None:
        super().__init__([])
        self.repositories = dict(repositories)
        self.gone: set[str] = set()
        self.absent: set[str] = set()

    def answer(self, asked: Asked) -> Sent:
        if asked.path.endswith("/repositories"):
            rows = "".join(
                f"<repository><id>{one}</id><name>Name</name>"
                f'<link href="{asked.path}/{one}" rel="self"/></repository>'
                for one in [*self.repositories, *self.gone, *self.absent]
            )
            return xml_answer(f"<?xml version='1.0' encoding='UTF-8'?><list>{rows}</list>")
        one = asked.path.rpartition("/")[2]
        if one in self.gone:
            return xml_answer("<error/>", 410)
        if one not in self.repositories:
            return xml_answer("<error/>", 404)
        etag = f'"{hash(self.repositories[one]) & 0xFFFF:x}"'
        if asked.headers.get("if-none-match") == etag:
            return xml_answer("", 304, ETag=etag)
        return xml_answer(self.repositories[one], ETag=etag)


class Re3dataJson(Repository):
    """DataCite's copy of the registry: pages of a search; its ``links.next`` leads elsewhere."""

    def __init__(self, repositories: Iterable[dict[str, Any]]) -> None:
        super().__init__([])
        self.repositories = list(repositories)

    def answer(self, asked: Asked) -> Sent:
        page, size = number(asked, "page[number]", 1), number(asked, "page[size]", 25)
        query = asked["query"] or ""
        found = [one for one in self.repositories if query in json.dumps(one)]
        return json_answer(
            {
                "data": found[(page - 1) * size : page * size],
                "meta": {"total": len(found), "totalPages": -(-len(found) // size), "page": page},
                "links": {"next": "http://127.0.0.1:9/repositories?page=2"},
            }
        )


def dataset(recid: int, **more: Any) -> dict[str, Any]:
    """A record of the Open Data portal."""
    return {
        "recid": str(recid),
        "title": f"Dataset {recid}",
        "type": {"primary": "Dataset", "secondary": ["Collision"]},
        "experiment": ["CMS" if recid % 2 else "LHCb"],
        "date_created": [str(2010 + recid % 3)],
        **more,
    }


def submission(inspire: int, **more: Any) -> dict[str, Any]:
    """A submission of HEPData with one table."""
    return {
        "inspire_id": inspire,
        "recid": inspire - 1_000_000,
        "title": f"Measurement {inspire}",
        "hepdata_doi": f"10.17182/hepdata.{inspire}.v1",
        "last_updated": "2020-03-03T10:00:00",
        "year": 2020,
        "collaborations": ["VEGA"],
        "tables": [
            {
                "name": "Table 1",
                "doi": f"10.17182/hepdata.{inspire}.v1/t1",
                "description": "Cross sections",
                "keywords": [
                    {"name": "cmenergies", "value": "7000"},
                    {"name": "reactions", "value": "P P --> Z0 X"},
                ],
                "headers": [{"name": "M [GeV]", "colspan": 1}, {"name": "SIG [FB]", "colspan": 1}],
            }
        ],
        **more,
    }


def repository_xml(one: str, *, subject: str = "307 Condensed Matter Physics", inside: str = "") -> str:
    """A document of the registry."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><r3d:re3data xmlns:r3d="{R3D}"><r3d:repository>'
        f"<r3d:re3data.orgIdentifier>{one}</r3d:re3data.orgIdentifier>"
        f'<r3d:repositoryName language="eng">Repository {escape(one)}</r3d:repositoryName>'
        f"<r3d:repositoryURL>https://{one}.example/</r3d:repositoryURL>"
        f'<r3d:subject subjectScheme="DFG">{subject}</r3d:subject>{inside}'
        f'<r3d:api apiType="OAI-PMH">https://{one}.example/oai</r3d:api>'
        "</r3d:repository></r3d:re3data>"
    )


def repository_json(one: str, *, subject: str = "307 Condensed Matter Physics") -> dict[str, Any]:
    """A repository in DataCite's JSON."""
    return {
        "id": f"10.17616/{one.upper()}",
        "type": "re3data",
        "attributes": {
            "re3dataId": one,
            "repositoryName": f"Repository {one}",
            "repositoryUrl": f"https://{one}.example/",
            "subjects": [{"text": subject, "scheme": "DFG"}],
            "apis": [{"type": "OAI-PMH", "url": f"https://{one}.example/oai"}],
            "updated": "2022-01-03T09:58:15Z",
        },
    }


def in_body(mark: bytes, wrong: bytes) -> Callable[[Asked, Sent], Sent]:
    """A script that spoils every answer that holds these bytes."""

    def script(asked: Asked, sent: Sent) -> Sent:
        return replace(sent, body=sent.body.replace(mark, wrong)) if mark in sent.body else sent

    return script
