"""The command line on PostgreSQL and Elasticsearch gives what it gives on SQLite and the embedded index."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.web.command_line import Home, sample_server

COMMANDS = ("helix", "library")


def harvested(home: Home, address: str) -> tuple[list[Any], list[Any]]:
    """The outcomes and the records of a harvest, without what differs from run to run."""
    home.register(address)
    outcomes = home.json("harvest", *COMMANDS)
    for outcome in outcomes:
        del outcome["seconds"]
    # Which of two records of one thing came first, and has a tombstone, is chance.
    records = [record for record in home.json("records", "--deleted") if "joined" not in record]
    for record in records:
        record.pop("datestamp", None)
        del record["provenance"]["harvested"]
    return outcomes, sorted(records, key=lambda record: str(record["id"]))


@pytest.mark.services
def test_postgresql_and_elasticsearch(postgres_url: str, elasticsearch_url: str, tmp_path: Path) -> None:
    prefix = f"almagest-{uuid.uuid4().hex[:12]}"
    large = Home(
        tmp_path / "large",
        {
            "ALMAGEST_DATABASE_URL": postgres_url,
            "ALMAGEST_INDEX_URL": f"{elasticsearch_url.rstrip('/')}/{prefix}",
        },
    )
    with sample_server() as server:
        expected = harvested(Home(tmp_path / "small", {}), server.address)
        assert harvested(large, server.address) == expected
        (status,) = large.json("index", "status")
        assert status["position"] == status["newest"] >= len(expected[1])
        assert all(finding["ok"] for finding in large.json("doctor"))
        (rebuilt,) = large.json("index", "rebuild")
        assert rebuilt["position"] == status["newest"]
        assert large.json("index", "drop-older") == [{"dropped": []}]
        (remapped,) = large.json("remap", "library")
        assert remapped["unchanged"] == 42
        removed = large("source", "remove", "library", "--yes")
        assert "42 records are withdrawn" in removed.stderr
        (after,) = large.json("index", "status")
        assert after["behind"] == 0
        live = [json.loads(line) for line in large("records", "--json").stdout.splitlines()]
        assert {record["provenance"]["source"] for record in live} == {"helix"}
