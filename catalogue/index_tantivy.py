"""The embedded search index: tantivy, in a directory; with `tantivy_opened`, `tantivy_search`
and `tantivy_counts` the only room of tantivy.

Readers in any number of processes see a commit at their next search; opening takes no
lock.  One process at a time writes: `apply` takes tantivy's lock and keeps it until
`settle` or `close`.  The position is a document of its own in the same commit.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import tantivy
from tantivy import Query as Tantivy

from catalogue import facet_counts, facet_listing
from catalogue.errors import IndexCorrupt, IndexError_, IndexUnavailable
from catalogue.index import Change, Count, Hits, Listed, Listing, Query
from catalogue.index_builds import ADVICE, Builds
from catalogue.index_document import FIELDS, document_of
from catalogue.search_plan import completed, plan_of
from catalogue.tantivy_opened import MARKER, Opened, total_of
from catalogue.tantivy_search import Search

_HEAP = 200_000_000
_ORDER = "order"
_ADDED_BITS = 27
_Writer = tuple[tantivy.IndexWriter, "_Added | None"]
"""A writer, and what it added where it began with nothing."""
_TEXT_OPTIONS: Mapping[str, dict[str, Any]] = {
    "stems": {"tokenizer_name": "whitespace", "index_option": "freq"},
    "exact": {"tokenizer_name": "whitespace", "index_option": "position"},
    "set": {"tokenizer_name": "whitespace", "index_option": "basic"},
    "keys": {"tokenizer_name": "raw", "index_option": "basic"},
    "facet": {"tokenizer_name": "raw", "index_option": "basic", "fast": True},
    "order": {"tokenizer_name": _ORDER, "index_option": "basic", "fast": True},
}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name, kind in FIELDS.items():
        if kind == "integer":
            builder.add_integer_field(name, fast=True)
        else:
            builder.add_text_field(name, stored=name == "id", **_TEXT_OPTIONS[kind])
    builder.add_integer_field(MARKER, stored=True)
    return builder.build()


class _Added:
    """Which ids one writer may have put into a build that was empty: only these are there to be replaced.

    It may take an id for one that it has seen, which costs a search for nothing, but never the reverse.
    """

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_ADDED_BITS - 3))

    def before(self, id: str) -> bool:
        """Whether it may have been there before; from now on it is."""
        at = hash(id) & ((1 << _ADDED_BITS) - 1)
        byte, bit = at >> 3, 1 << (at & 7)
        seen = self._bits[byte] & bit
        self._bits[byte] |= bit
        return bool(seen)


def _writer(index: tantivy.Index) -> _Writer:
    """The writer of an index; keys of an order are no terms: they are only sorted by."""
    whole = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    index.register_fast_field_tokenizer(_ORDER, whole.build())
    none = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.remove_long(1))
    index.register_tokenizer(_ORDER, none.build())
    writer = index.writer(_HEAP, 1)
    index.reload()
    return writer, None if index.searcher().num_docs else _Added()


def _readable(index: tantivy.Index) -> tantivy.Index:
    """An index whose keys of an order can be compared with that of a cursor."""
    index.register_tokenizer(_ORDER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).build())
    index.config_reader("manual")
    index.reload()
    return index


class EmbeddedIndex:
    """The index in a directory; see `catalogue.index.Index` for the methods.

    ``secret`` seals the cursors.
    """

    def __init__(self, path: Path, secret: str = "") -> None:
        self._builds = Builds(path)
        self._secret = secret
        self._lock = threading.RLock()
        self._opened: Opened | None = None
        self._writer: tuple[Path, _Writer] | None = None

    # --- reading ---------------------------------------------------------------

    def position(self) -> int:
        """The sequence number of the last change that is committed; 0 when new."""
        opened = self._fresh()
        if opened is None:
            return 0
        with self._translated():
            return opened.position

    def search(self, query: Query) -> Hits:
        """Find records; raises `QueryError`, `IndexCorrupt` or `IndexUnavailable`."""
        plan = plan_of(query, self._secret)
        opened = self._fresh()
        if opened is None:
            return Hits(
                total=0,
                hits=(),
                facets=dict.fromkeys(query.counts, ()),
                cursor=None,
                understood=plan.understood,
            )
        search = Search(opened, plan)
        with self._translated():
            total, hits, last = search.page()
            counter = search.counter()
            facets = facet_counts.counted(query, plan, total, counter)
            uncovered = facet_counts.uncovered(plan, counter)
            years = facet_counts.years(query, plan, counter)
        return Hits(
            total=total,
            hits=hits[: plan.size],
            facets=facets,
            cursor=plan.next_cursor(len(hits) > plan.size, last),
            understood=plan.understood,
            uncovered=uncovered,
            years=years,
        )

    def values(self, query: Query, listing: Listing) -> Listed:
        """The values of one facet; raises `QueryError`, `IndexCorrupt` or `IndexUnavailable`."""
        plan = plan_of(query, self._secret)
        facet_listing.check(listing)
        opened = self._fresh()
        if opened is None:
            return Listed(values=(), total=0, cursor=None)
        with self._translated():
            return facet_listing.listed(listing, plan, Search(opened, plan).counter())

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Count, ...]:
        """Completions of the last word of ``prefix``, the most frequent first."""
        opened = self._fresh()
        begun = completed(prefix)
        if opened is None or begun is None or limit < 1:
            return ()
        head, word = begun
        found: list[tuple[str, int]] = []
        with self._translated():
            # The dictionary still counts deleted documents: count those of the first again.
            for value, most in opened.searcher.terms_with_prefix("completions", word, limit=2 * limit):
                if sum(count > most for _, count in found) >= limit:
                    break
                term = Tantivy.term_query(opened.index.schema, "completions", value, "basic")
                found.append((value, total_of(opened.searcher.search(term, limit=1))))
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return tuple(
            Count(value=value, label=head + value, count=count) for value, count in found[:limit] if count
        )

    def beginning(self, prefix: str, limit: int) -> dict[str, int]:
        """The most frequent words that begin so, with about how many records hold each."""
        opened = self._fresh()
        if opened is None:
            return {}
        with self._translated():
            return dict(opened.searcher.terms_with_prefix("completions", prefix, limit=limit))

    def _fresh(self) -> Opened | None:
        """The build in use with all that is committed; ``None`` when there is none yet."""
        with self._lock, self._translated():
            build = self._builds.current()
            if build is None:
                return None
            status = (build / "meta.json").stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            opened = self._opened
            if opened is None or opened.build != build:
                index = _readable(tantivy.Index.open(str(build)))
                self._opened = Opened(build, index, stamp, index.searcher())
            elif opened.stamp != stamp:
                self._opened = opened.reloaded(stamp)
            return self._opened

    # --- writing ---------------------------------------------------------------

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in order and commit them with their last sequence number.

        Raises `IndexUnavailable` while another process writes.
        """
        if not changes:
            return
        prepared = _prepared(changes)
        with self._lock, self._translated():
            writer, added = self._writing()
            try:
                _write(writer, prepared, added)
                _mark(writer, changes[-1].sequence)
                writer.commit()
            except BaseException:
                self._writer = None
                raise

    def settle(self) -> None:
        """Finish merging and give the lock back, so that another process may write."""
        with self._lock, self._translated():
            if self._writer is not None:
                (_, (writer, _)), self._writer = self._writer, None
                writer.wait_merging_threads()

    def close(self) -> None:
        """Give back files and the lock."""
        with self._lock:
            self._writer = None
            self._opened = None

    def _writing(self) -> _Writer:
        """The writer of the build in use; the first one makes the build."""
        build = self._builds.current()
        if build is None:
            build = self._builds.create()
            tantivy.Index(_schema(), path=str(build))
            self._builds.use(build)
        if self._writer is None or self._writer[0] != build:
            self._writer = None
            self._writer = (build, _writer(tantivy.Index.open(str(build))))
        return self._writer[1]

    def rebuild(self, changes: Iterable[Sequence[Change]]) -> None:
        """Build a fresh index beside the present one and swap them; searches go on meanwhile."""
        with contextlib.ExitStack() as locks:
            with self._translated():
                locks.enter_context(self._builds.alone())
                self._builds.sweep()
                build = self._builds.create()
                writer, added = _writer(tantivy.Index(_schema(), path=str(build)))
            last = 0
            for batch in changes:
                prepared = _prepared(batch)
                with self._translated():
                    _write(writer, prepared, added)
                last = batch[-1].sequence if batch else last
            with self._lock, self._translated():
                _mark(writer, last)
                writer.commit()
                writer.wait_merging_threads()
                self._builds.use(build)
                self._writer = None
                self._builds.sweep()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of tantivy and of the file system as errors of the index."""
        try:
            yield
        except IndexError_:
            raise
        except (ValueError, OSError) as error:
            raise self._fault(error) from error
        except BaseException as error:
            # A panic inside tantivy (unreadable files) is no Exception.
            if type(error).__name__ == "PanicException":
                self._opened = None
                raise self._fault(error) from error
            raise

    def _fault(self, error: BaseException) -> IndexError_:
        text = str(error)
        where = f"The search index in {self._builds.path}"
        if "LockBusy" in text:
            return IndexUnavailable(
                f"{where} is being written by another process; try again when it is done."
            )
        if "No space left" in text or "os error 28" in text:
            return IndexUnavailable(f"No space is left for the search index in {self._builds.path}.")
        if isinstance(error, PermissionError) or "ermission denied" in text:
            return IndexUnavailable(f"{where} may not be read or written by this user; mend its permissions.")
        return IndexCorrupt(f"{where} cannot be read ({text.splitlines()[0][:200]}). {ADVICE}")


_Prepared = list[tuple[str, str | None]]


def _prepared(changes: Sequence[Change]) -> _Prepared:
    """Ids with their documents in JSON; ``None`` for tombstones."""
    return [
        (change.id, orjson.dumps(document_of(change)).decode("utf-8") if change.record is not None else None)
        for change in changes
    ]


def _write(writer: tantivy.IndexWriter, prepared: _Prepared, added: _Added | None) -> None:
    """Take documents in order: one that is there already, or comes twice, is replaced."""
    for id, document in prepared:
        if added is None or added.before(id):
            writer.delete_documents_by_term("id", id)
        if document is not None:
            writer.add_json(document)


def _mark(writer: tantivy.IndexWriter, position: int) -> None:
    writer.delete_documents_by_term("id", MARKER)
    writer.add_json(orjson.dumps({"id": MARKER, MARKER: position}).decode("utf-8"))
