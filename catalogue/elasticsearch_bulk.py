"""Documents written in bulk, no faster than the cluster takes them.

Elasticsearch refuses what it has no room for: whole requests, or single documents of them (429:
write queue or indexing pressure full, circuit breaker, disk full; 503: a shard that is moving to
another node).  What is refused is sent again, in smaller pieces and after longer and longer waits, until
it is taken; only when nothing at all is taken for a while it is an error.  Since every document bears
its version, what was taken without our hearing of it may be sent again.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import elastic_transport
import elasticsearch
import orjson
from elasticsearch import Elasticsearch

from catalogue.errors import IndexUnavailable

MOST_DOCUMENTS = 1000
MOST_BYTES = 10_000_000
FEWEST = 1
"""A chunk shrinks to so many documents, by halves."""

PATIENCE = 60.0
"""Seconds without a document taken after which the cluster counts as down."""

LONGEST_WAIT = 10.0

_BUSY = frozenset({408, 429, 502, 503, 504})
_TOO_LARGE = 413

Item = tuple[dict[str, Any], bytes]
"""What to do (``index`` or ``delete`` with its metadata), and the lines that say so."""


def item(action: str, metadata: dict[str, Any], document: dict[str, Any] | None = None) -> Item:
    """One document to write or to delete; the metadata are ``_id``, ``version`` …"""
    head = {action: metadata}
    lines = orjson.dumps(head) + b"\n"
    return head, lines + (orjson.dumps(document) + b"\n" if document is not None else b"")


class BulkWriter:
    """Sends documents to one cluster; ``waits`` and ``clock`` are those of `time`."""

    def __init__(
        self,
        client: Elasticsearch,
        where: str,
        *,
        waits: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # The waits are ours: an overloaded cluster is not to be sent 10 MB four times at once.
        self._client = client.options(max_retries=0, retry_on_status=())
        self._where = where
        self._waits = waits
        self._clock = clock
        self.most = MOST_DOCUMENTS
        self._bytes = MOST_BYTES

    def write(self, index: str, items: Iterable[Item], **options: Any) -> None:
        """Write everything in this order; raises `IndexUnavailable` and the errors of the client."""
        source = iter(items)
        waiting: deque[Item] = deque()
        failures, taken = 0, self._clock()
        while chunk := self._chunk(waiting, source):
            refused, fault, advised = self._send(index, chunk, options)
            waiting.extendleft(reversed(refused))
            if len(refused) < len(chunk):
                failures, taken = 0, self._clock()
            if fault is None:
                self.most = min(MOST_DOCUMENTS, self.most + max(1, self.most // 4))
                continue
            if self._clock() - taken > PATIENCE:
                raise IndexUnavailable(
                    f"{self._where} has taken nothing for {PATIENCE:.0f} s ({fault}); see to its nodes and "
                    "their disks, then try again: what it has not taken is sent again."
                )
            self.most = max(FEWEST, len(chunk) // 2)
            failures += 1
            self._waits(advised if advised is not None else _pause(failures))

    def _chunk(self, waiting: deque[Item], source: Iterator[Item]) -> list[Item]:
        """As many as may be sent at once: first those that were refused."""
        chunk: list[Item] = []
        size = 0
        while len(chunk) < self.most:
            found = waiting.popleft() if waiting else next(source, None)
            if found is None:
                break
            if chunk and size + len(found[1]) > self._bytes:
                waiting.appendleft(found)
                break
            chunk.append(found)
            size += len(found[1])
        return chunk

    def _send(
        self, index: str, chunk: list[Item], options: dict[str, Any]
    ) -> tuple[list[Item], str | None, float | None]:
        """What was refused for now, why, and the seconds that the cluster advises to wait."""
        try:
            operations: list[Any] = [lines for _, lines in chunk]
            answer = self._client.bulk(index=index, operations=operations, **options)
        except elastic_transport.TlsError:
            raise
        except (elastic_transport.ConnectionError, elastic_transport.ConnectionTimeout):
            return chunk, "no answer", None
        except elastic_transport.SerializationError:
            return chunk, "half an answer", None
        except elasticsearch.ApiError as error:
            if error.meta.status == _TOO_LARGE and len(chunk) > 1:
                self._bytes = max(1, sum(len(lines) for _, lines in chunk) // 2)
                return chunk, "413, request too large", 0.0
            if error.meta.status not in _BUSY:
                raise
            advised = _seconds(error.meta.headers.get("retry-after"))
            return chunk, f"{error.meta.status}, {error.error}", advised
        answers = answer["items"]
        if len(answers) != len(chunk):
            return chunk, "half an answer", None
        refused = [one for one, said in zip(chunk, answers) if self._is_refused(said)]
        reason = next((_reason(said) for said in answers if self._is_refused(said)), None)
        return refused, reason, None

    def _is_refused(self, said: dict[str, Any]) -> bool:
        """Whether to send it again; raises `IndexUnavailable` for what will never be taken."""
        ((action, answer),) = said.items()
        status = answer["status"]
        # 409: a newer state is there already.  404: what is to be deleted was not there.
        if status < 400 or status == 409 or (action == "delete" and status == 404 and "error" not in answer):
            return False
        if status in _BUSY:
            return True
        error = answer.get("error", {})
        if status == 404:
            raise IndexUnavailable(f"{self._where} was rebuilt just now; try again.")
        text = error.get("reason", error) if isinstance(error, dict) else error
        raise IndexUnavailable(f"{self._where} refuses the record {answer.get('_id')}: {text}.")


def _reason(said: dict[str, Any]) -> str:
    (answer,) = said.values()
    error = answer.get("error", {})
    kind = error.get("type") if isinstance(error, dict) else error
    return f"{answer['status']}, {kind}"


def _pause(failures: int) -> float:
    """Seconds to wait: twice as long each time, and never the same for two writers."""
    return min(LONGEST_WAIT, 0.1 * float(2 ** min(failures, 10))) * random.uniform(0.5, 1.0)  # noqa: S311


def _seconds(advised: str | None) -> float | None:
    """The whole seconds of a Retry-After, at most `LONGEST_WAIT`; a date is not heeded."""
    return min(LONGEST_WAIT, float(advised)) if advised and advised.isdecimal() else None
