"""pycsw's side of `benchmarks.ogc`: runs in an environment of its own, which has pycsw and not Almagest.

``python pycsw_peer.py ROWS.jsonl DIRECTORY`` makes pycsw's SQLite repository by its own setup, puts the
rows into it, and writes the configuration that its Flask application reads.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

COLUMNS = (
    "identifier",
    "typename",
    "schema",
    "mdsource",
    "insert_date",
    "xml",
    "metadata_type",
    "anytext",
    "title",
    "abstract",
    "keywords",
    "creator",
    "publisher",
    "type",
    "date",
    "wkt_geometry",
)
ABOUT = {
    "identification": {"title": "bench", "description": "bench", "keywords": ["bench"]},
    "provider": {"name": "bench", "url": "http://localhost"},
    "contact": {"name": "bench", "url": "http://localhost"},
    "inspire": {"enabled": False},
}


def main() -> None:
    """Set up, fill, configure."""
    rows, home = Path(sys.argv[1]), Path(sys.argv[2])
    from pycsw.core import repository  # type: ignore[import-not-found]

    database = f"sqlite:///{home}/pycsw.db"
    repository.setup(database, "records")
    with sqlite3.connect(home / "pycsw.db") as connection, rows.open() as lines:
        marks = ",".join("?" * len(COLUMNS))
        connection.executemany(
            f"INSERT INTO records ({','.join(COLUMNS)}) VALUES ({marks})",
            (tuple(json.loads(line)[name] for name in COLUMNS) for line in lines),
        )
    with sqlite3.connect(home / "pycsw.db") as connection:
        connection.execute("ANALYZE")
    server = {"url": "http://localhost", "mimetype": "application/xml", "encoding": "UTF-8", "language": "en"}
    configuration = {
        "server": {**server, "maxrecords": 20, "gzip_compresslevel": 0},
        "logging": {"level": "ERROR"},
        "profiles": [],
        "manager": {"transactions": False},
        "metadata": ABOUT,
        "repository": {"database": database, "table": "records", "facets": ["type", "publisher"]},
    }
    (home / "pycsw.yml").write_text(json.dumps(configuration))


if __name__ == "__main__":
    main()
