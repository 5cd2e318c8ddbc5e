"""How fast SciCat and the PaNOSC search API are harvested.

``python -m benchmarks.scicat [--records 100000] [--rated 20000] [--kind scicat] [--page-time 0.05]``

The records are those of the corpus beside the project (../shared/corpus) with fresh pids;
where it is not there, those of the demo's sample sources.  See `benchmarks.rest` for the variants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.rest import CORPUS, Api, Query, main, template

COUNT = "/count"


def _corpus(prefix: str) -> Iterator[dict[str, Any]]:
    """The datasets of the corpus: what has a pid and a name."""
    from mappings.base import format_of
    from mappings.documents import documents

    folder = CORPUS / prefix
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        for _, document in documents(format_of(prefix), path.read_bytes()):
            if isinstance(document, dict) and "pid" in document and {"datasetName", "title"} & set(document):
                yield document


def _demo(kind: str) -> Iterator[dict[str, Any]]:
    """The datasets of a sample source."""
    from web.demo.sample import samples

    sample = next(one for one in samples() if one.kind == kind)
    path = "/norra/api/Datasets" if kind == "scicat" else "/api/datasets"
    reply = sample.answer("", path, {}, datetime.now(UTC))
    yield from json.loads(reply.body)


def _templates(kind: str) -> Sequence[tuple[bytes, bytes]]:
    found = list(_corpus(kind)) or list(_demo(kind))
    # What identifies it a second time would make all copies of a record the same thing.
    return [template({k: v for k, v in one.items() if k not in ("_id", "id")}, "pid") for one in found]


def _filter(query: Query) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(query.get("filter", "{}"))
    return found


def _limits(query: Query) -> tuple[int, int]:
    limits = _filter(query).get("limits", {})
    return limits.get("skip", 0), limits.get("limit", 100)


def _top_level(query: Query) -> tuple[int, int]:
    found = _filter(query)
    return found.get("skip", 0), found.get("limit", 100)


def _list(records: list[bytes], total: int) -> bytes:
    del total
    return b"[" + b",".join(records) + b"]"


def _counted(list_path: str, path: str, total: int) -> bytes | None:
    return json.dumps({"count": total}).encode() if path == list_path + COUNT else None


def _asked(limits: bool, skip: int, limit: int) -> dict[str, str]:
    window = {"skip": skip, "limit": limit}
    return {"filter": json.dumps({"limits": window} if limits else window)}


_SCICAT, _PANOSC = "/api/v4/datasets/public", "/api/datasets"
APIS = (
    Api(
        kind="scicat",
        path=_SCICAT,
        page=100,
        templates=lambda: _templates("scicat"),
        window=_limits,
        asked=lambda skip, limit: _asked(True, skip, limit),
        envelope=_list,
        other=lambda path, query, total: _counted(_SCICAT, path, total),
    ),
    Api(
        kind="panosc",
        path=_PANOSC,
        page=100,
        templates=lambda: _templates("panosc"),
        window=_top_level,
        asked=lambda skip, limit: _asked(False, skip, limit),
        envelope=_list,
        other=lambda path, query, total: _counted(_PANOSC, path, total),
    ),
)

if __name__ == "__main__":
    main("benchmarks.scicat", APIS, __doc__)
