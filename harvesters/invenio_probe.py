"""What an InvenioRDM or Zenodo site says of itself by its REST API, and where it departs from the usual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from catalogue.record import Issue
from harvesters.base import Probe
from harvesters.invenio_api import WINDOW, InvenioApi
from harvesters.invenio_records import raw_of
from mappings.base import format_of


def probe_rest(api: InvenioApi, communities: Sequence[str], query: str) -> Probe:
    """A record of each community; raises `SourceError` where there is none such."""
    faults: list[str] = []
    formats: dict[str, None] = {}
    total: int | None = 0
    earliest = None
    for community in communities:
        found = api.search(community, query, 0, 1)
        where = f"The community «{community}»" if community else "It"
        if found.total is None:
            faults.append(f"{where} does not tell how many records it has.")
            total = None
        elif total is not None:
            total += found.total
        if not found.records:
            faults.append(f"{where} has no public records that match.")
        for data in found.records:
            one = raw_of(data, site=api.site, host=api.host, community=community, place=where)
            if isinstance(one, Issue):
                faults.append(f"{where} gives a record that cannot be read: {one.reason}")
                continue
            formats[one.format] = None
            created = _stamp(one.document.get("created"))
            if created is not None and (earliest is None or created < earliest):
                earliest = created
            if one.datestamp is None:
                faults.append(f"{where} gives records without «updated»: changes are found by comparing all.")
    if (total or 0) >= WINDOW:
        faults.append(f"Only {WINDOW} records of a list can be had: it is read in slices of time.")
    legacy = list(formats) == ["zenodo"]
    return Probe(
        name=api.host,
        protocol="Zenodo REST (legacy JSON)" if legacy else "InvenioRDM REST",
        formats=tuple(formats),
        chosen_format=next((format_of(one).prefix for one in formats), None),
        sets=tuple(one for one in communities if one),
        granularity="seconds",
        deletion="by absence from the full list",
        earliest=earliest,
        records=total,
        faults=tuple(faults),
    )


def _stamp(created: object) -> str | None:
    """A moment as all probes tell it: UTC, in seconds."""
    try:
        moment = datetime.fromisoformat(str(created))
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None
