"""Everything that can go wrong and is not a bug, as one tree.

::

    AlmagestError
    ├── SettingsError              a setting or an argument is wrong (exit code 2)
    ├── NotFound                   no such record, source, run, format …
    │   └── Gone                   there was one; its tombstone remains
    ├── Conflict                   the thing exists already
    ├── QueryError                 a search query cannot be understood (parameter, position)
    ├── RecordRefused              a crosswalk cannot read this record (path, reason)
    │   ├── NotARecord             it is something else: an error answer, a list, a deleted record
    │   ├── RecordWithdrawn        the record itself says that its resource is deleted
    │   └── RecordTooSlow          reading it takes longer than a record may
    ├── SourceError                a source does not do its part
    │   ├── SourceUnreachable      no connection, timeout, too many 5xx or 429
    │   ├── SourceProtocolError    it answered, but not in its protocol
    │   └── SourceForbidden        an address that may not be asked (SSRF guard, redirects)
    ├── SourceBusy                 another process harvests this source right now
    ├── StoreError                 the database does not do its part
    │   ├── StoreUnavailable       not reachable, locked, no such file
    │   ├── StoreFull              no space left on the device
    │   └── StoreTooNew            written by a newer Almagest than this one
    ├── IndexError_                the search index does not do its part
    │   ├── IndexUnavailable       down, not reachable, locked by another process
    │   └── IndexCorrupt           cannot be opened: rebuild it
    └── GraphError                 the RDF graph does not do its part
        ├── GraphOff               this installation has none
        ├── GraphUnavailable       down, not reachable, not built yet
        │   └── GraphBusy          another process writes it, or too many ask at once
        ├── GraphCorrupt           cannot be opened: rebuild it
        └── GraphTooCostly         a query was stopped at its limit of time, memory or answer

Bugs are not here: they propagate.
"""

from __future__ import annotations


class AlmagestError(Exception):
    """The root: its text is one sentence for the user that says what to do."""


class SettingsError(AlmagestError):
    """A setting or an argument of a call is wrong."""


class NotFound(AlmagestError):
    """There is no such thing."""


class Gone(NotFound):
    """There was such a record; it is deleted, and its tombstone remains.

    ``since`` is the datestamp (UTC, ISO 8601) of the deletion; ``records`` are the ids under which
    the records are found now of which a product was made.
    """

    def __init__(self, message: str, *, since: str, records: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.since = since
        self.records = records


class Conflict(AlmagestError):
    """The thing exists already, or is in use."""


class QueryError(AlmagestError):
    """A search query cannot be understood; ``parameter`` and ``position`` point at the place.

    ``query`` is the text in which the position is, once somebody has said it.
    """

    query: str | None = None

    def __init__(self, message: str, *, parameter: str = "q", position: int | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.position = position

    @property
    def near(self) -> str | None:
        """The word or two that stand at the place."""
        if self.query is None or self.position is None:
            return None
        return self.query[self.position :].strip()[:30] or self.query[-30:].strip()


class RecordRefused(AlmagestError):
    """A crosswalk cannot read this record: where in it, and why; ``rule`` is that of its issue."""

    rule = "refused"

    def __init__(self, reason: str, *, path: str = "/", value: str | None = None) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason
        self.value = value


class NotARecord(RecordRefused):
    """This is no record of metadata in this format: an error answer, a list, another kind of document."""


class RecordWithdrawn(RecordRefused):
    """The record says itself that its resource is deleted (VOResource 1.1, status)."""


class RecordTooSlow(RecordRefused):
    """Reading this record takes longer than a record may (option record-timeout)."""

    rule = "timeout"


class SourceError(AlmagestError):
    """A source does not do its part; its run fails, the others go on."""


class SourceUnreachable(SourceError):
    """No connection, a timeout, or too many failures in a row."""


class SourceProtocolError(SourceError):
    """The source answered, but not in its protocol; ``code`` is the protocol's own error code."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class SourceForbidden(SourceError):
    """An address that may not be asked: private network, other scheme, hostile redirect."""


class SourceBusy(AlmagestError):
    """Another process harvests this source right now."""


class StoreError(AlmagestError):
    """The database does not do its part."""


class StoreUnavailable(StoreError):
    """The database cannot be reached or is locked."""


class StoreFull(StoreError):
    """No space is left on the database's device."""


class StoreTooNew(StoreError):
    """The database was written by a newer Almagest than this one."""


class IndexError_(AlmagestError):
    """The search index does not do its part; everything but search works."""


class IndexUnavailable(IndexError_):
    """The search index is down, not reachable or locked by another process."""


class IndexCorrupt(IndexError_):
    """The search index cannot be opened; it can be rebuilt from the database."""


class GraphError(AlmagestError):
    """The RDF graph does not do its part."""


class GraphOff(GraphError):
    """This installation has no graph (ALMAGEST_GRAPH_URL is «none»)."""


class GraphUnavailable(GraphError):
    """Down, not reachable, or not built yet."""


class GraphBusy(GraphUnavailable):
    """Another process writes it just now, or too many ask at once: try again later."""


class GraphCorrupt(GraphError):
    """It cannot be opened; `almagest graph rebuild` makes it anew."""


class GraphTooCostly(GraphError):
    """A query was stopped at its limit of time, memory or size of the answer."""
