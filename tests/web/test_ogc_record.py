"""Records as features: what the standard demands of them, field by field."""

from __future__ import annotations

import jsonschema
import pytest
from flask.testing import FlaskClient

from catalogue.record import Coverage, Date, Interval, TimeCoverage
from tests.web.observatory import record
from web.ogc_record import time_of

_TEXT = {"type": "string", "minLength": 1}
_END = {"type": "string", "pattern": r"^(\.\.|\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?)$"}
_CODED = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": _TEXT},
    "additionalProperties": False,
}
_CONCEPT = {"type": "object", "required": ["id"], "properties": {"id": _TEXT, "title": _TEXT}}
RECORD = {
    "type": "object",
    "required": ["id", "type", "geometry", "time", "properties", "links"],
    "properties": {
        "id": _TEXT,
        "type": {"const": "Feature"},
        "conformsTo": {"type": "array", "items": _TEXT, "minItems": 1},
        "time": {
            "oneOf": [
                {"type": "null"},
                {"type": "object", "required": ["date"], "properties": {"date": _END}},
                {
                    "type": "object",
                    "required": ["interval"],
                    "properties": {
                        "interval": {"type": "array", "items": _END, "minItems": 2, "maxItems": 2}
                    },
                },
            ]
        },
        "properties": {
            "type": "object",
            "required": ["type", "title", "updated"],
            "properties": {
                "type": {"type": "string", "maxLength": 64},
                "title": _TEXT,
                "description": _TEXT,
                "updated": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                "keywords": {"type": "array", "items": _TEXT},
                "language": _CODED,
                "resourceLanguages": {"type": "array", "items": _CODED},
                "externalIds": {
                    "type": "array",
                    "items": {"type": "object", "required": ["value"], "properties": {"scheme": _TEXT}},
                },
                "themes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["concepts", "scheme"],
                        "properties": {"concepts": {"type": "array", "minItems": 1, "items": _CONCEPT}},
                    },
                },
                "formats": {
                    "type": "array",
                    "items": {"anyOf": [{"required": ["name"]}, {"required": ["mediaType"]}]},
                },
                "contacts": {
                    "type": "array",
                    "items": {"anyOf": [{"required": ["name"]}, {"required": ["organization"]}]},
                },
                "license": _TEXT,
            },
        },
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["href", "rel"],
                "properties": {"href": {"pattern": "^https?:"}},
            },
        },
    },
}
"""What recordGeoJSON.yaml of the standard says of the members that we write."""


def read(client: FlaskClient, query: str) -> dict:
    (found,) = client.get(f"/ogc/collections/records/items?{query}").json["features"]
    return found


def test_every_record_is_as_the_standard_has_it(client: FlaskClient) -> None:
    found = client.get("/ogc/collections/records/items?limit=100").json["features"]
    assert len(found) == 7
    for one in found:
        jsonschema.validate(one, RECORD)
        rels = [part["rel"] for part in one["links"]]
        assert rels.count("self") == rels.count("collection") == 1 and "alternate" in rels


def test_what_a_record_says(client: FlaskClient) -> None:
    found = read(client, "externalIds=10.5072/shear.3")
    properties = found["properties"]
    assert (properties["type"], properties["issued"]) == ("dataset", "2023-05-17")
    assert properties["description"].startswith("Shapes of")
    assert properties["language"] == {"code": "en"}
    assert properties["keywords"] == ["Weak gravitational lensing", "Cosmology"]
    assert properties["themes"] == [
        {
            "concepts": [{"id": "http://astrothesaurus.org/uat/1797", "title": "Weak gravitational lensing"}],
            "scheme": "UAT",
        }
    ]
    assert {"scheme": "doi", "value": "10.5072/shear.3"} in properties["externalIds"]
    assert properties["formats"] == [{"mediaType": "application/fits"}]
    assert properties["license"] == "CC-BY-4.0"
    assert properties["contacts"][0] == {
        "name": "Okafor, Ngozi",
        "identifier": "https://orcid.org/0000-0002-1825-0097",
        "roles": ["author"],
    }
    assert properties["contacts"][-1] == {"organization": "Southern Sky Data Centre", "roles": ["publisher"]}
    assert found["time"] == {"interval": ["2016-08-01", "2021-02-27"]}
    assert found["geometry"] is None
    links = {(one["rel"], one["href"]): one for one in found["links"]}
    file = links["enclosure", "https://data.example.org/shear/3/catalogue.fits"]
    assert (file["type"], file["length"]) == ("application/fits", 48_318_382_080)
    assert ("license", "https://creativecommons.org/licenses/by/4.0/") in links
    page = next(one for one in found["links"] if one.get("type") == "text/html")
    assert page["href"].endswith(f"/records/{found['id']}")


def test_services_and_unknown_licences(client: FlaskClient) -> None:
    service = read(client, "type=service")
    (link,) = [one for one in service["links"] if one["rel"] == "service"]
    assert link == {
        "href": "https://data.example.org/tap",
        "rel": "service",
        "title": "ivo://ivoa.net/std/TAP",
    }
    workflow = read(client, "type=workflow")
    assert workflow["properties"]["license"] == "other" and workflow["time"] is None


@pytest.mark.parametrize(
    ("intervals", "time"),
    [
        ([(57_601.0, 59_274.0)], {"interval": ["2016-08-01", "2021-02-28"]}),
        ([(57_601.0, 57_602.0)], {"date": "2016-08-01"}),
        ([(57_601.0, 57_601.0)], {"date": "2016-08-01"}),
        ([(57_601.5, 57_602.0)], {"interval": ["2016-08-01T12:00:00Z", "2016-08-02T00:00:00Z"]}),
        ([(57_601.0, None)], {"interval": ["2016-08-01", ".."]}),
        ([(57_601.0, 100_000.0)], {"interval": ["2016-08-01", ".."]}),
        ([(None, 57_602.0)], {"interval": ["..", "2016-08-01"]}),
        ([(57_601.0, 57_602.0), (57_700.0, 57_701.0)], {"interval": ["2016-08-01", "2016-11-08"]}),
        ([(-5e6, 5e6)], None),
        ([(None, None)], None),
        ([(float("nan"), 57_602.0)], {"interval": ["..", "2016-08-01"]}),
    ],
)
def test_times(intervals: list[tuple[float | None, float | None]], time: dict | None) -> None:
    spans = tuple(Interval(low=low, high=high) for low, high in intervals)
    assert time_of(record("t", "T", coverage=Coverage(time=TimeCoverage(intervals=spans)))) == time


def test_times_of_collection() -> None:
    def of(start: str | None, end: str | None) -> dict | None:
        return time_of(record("t", "T", dates=(Date(kind="collected", start=start, end=end),)))

    assert of("2019", "2019") == {"interval": ["2019-01-01", "2019-12-31"]}
    assert of("2019-03-01", "2019-03-01") == {"date": "2019-03-01"}
    assert of("0476-09-04", None) == {"interval": ["0476-09-04", ".."]}
    assert of("-0320", "-0310") is None
    assert of("spring", None) is None and of(None, None) is None
