"""The embedded search index: tantivy, in a directory; the only file that knows tantivy.

Readers in any number of processes see a commit at their next search; opening takes no
lock.  One process at a time writes: `apply` takes tantivy's lock and keeps it until
`settle` or `close`.  The position is a document of its own in the same commit.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as Tantivy

from catalogue import facet_counts
from catalogue.errors import IndexCorrupt, IndexError_, IndexUnavailable
from catalogue.facet_counts import CountRequest, Counts
from catalogue.index import Change, Count, Hit, Hits, Query
from catalogue.index_builds import ADVICE, Builds
from catalogue.index_document import FIELDS, document_of
from catalogue.query_terms import (
    WEIGHTS,
    All_,
    Always,
    Any_,
    Begins,
    Between,
    Condition,
    Exact,
    Key,
    Stem,
)
from catalogue.search_plan import ORDERS, Plan, completed, plan_of

_MARKER = "position"
_HEAP = 200_000_000
_SAFE = re.compile(r"([^\w:])", re.ASCII)
_SEGMENT_SIZE = 2000
_TEXT_OPTIONS: Mapping[str, dict[str, Any]] = {
    "stems": {"tokenizer_name": "whitespace", "index_option": "freq"},
    "exact": {"tokenizer_name": "whitespace", "index_option": "position"},
    "set": {"tokenizer_name": "whitespace", "index_option": "basic"},
    "keys": {"tokenizer_name": "raw", "index_option": "basic"},
    "facet": {"tokenizer_name": "raw", "index_option": "basic", "fast": True},
    "order": {"tokenizer_name": "raw", "index_option": "basic", "fast": True},
}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name, kind in FIELDS.items():
        if kind == "integer":
            builder.add_integer_field(name, fast=True)
        else:
            builder.add_text_field(name, stored=name == "id", **_TEXT_OPTIONS[kind])
    builder.add_integer_field(_MARKER, stored=True)
    return builder.build()


@dataclass(slots=True)
class _Opened:
    """An open build: which one, its state on disk when it was last read, and a searcher."""

    build: Path
    index: tantivy.Index
    stamp: tuple[int, int]
    searcher: tantivy.Searcher


class EmbeddedIndex:
    """The index in a directory; see `catalogue.index.Index` for the methods.

    ``secret`` seals the cursors.
    """

    def __init__(self, path: Path, secret: str = "") -> None:
        self._builds = Builds(path)
        self._secret = secret
        self._lock = threading.RLock()
        self._opened: _Opened | None = None
        self._writer: tuple[Path, tantivy.IndexWriter] | None = None

    # --- reading ---------------------------------------------------------------

    def position(self) -> int:
        """The sequence number of the last change that is committed; 0 when new."""
        opened = self._fresh()
        if opened is None:
            return 0
        marker = Tantivy.term_query(opened.index.schema, "id", _MARKER, "basic")
        with self._translated():
            found = opened.searcher.search(marker, limit=1).hits
            return int(opened.searcher.doc(found[0][1])[_MARKER][0]) if found else 0

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
        search = _Search(opened, plan)
        with self._translated():
            total, hits, last = search.page()
            facets = facet_counts.counted(query, plan, search)
        return Hits(
            total=total,
            hits=hits[: plan.size],
            facets=facets,
            cursor=plan.next_cursor(len(hits) > plan.size, last),
            understood=plan.understood,
        )

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Count, ...]:
        """Completions of the last word of ``prefix``, the most frequent first."""
        opened = self._fresh()
        begun = completed(prefix)
        if opened is None or begun is None or limit < 1:
            return ()
        head, word = begun
        found = []
        with self._translated():
            # The dictionary still counts deleted documents: count those of the first again.
            for value, _ in opened.searcher.terms_with_prefix("completions", word, limit=2 * limit):
                term = Tantivy.term_query(opened.index.schema, "completions", value, "basic")
                found.append((value, _total(opened.searcher.search(term, limit=1))))
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return tuple(
            Count(value=value, label=head + value, count=count) for value, count in found[:limit] if count
        )

    def _fresh(self) -> _Opened | None:
        """The build in use with all that is committed; ``None`` when there is none yet."""
        with self._lock, self._translated():
            build = self._builds.current()
            if build is None:
                return None
            status = (build / "meta.json").stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            opened = self._opened
            if opened is None or opened.build != build:
                index = tantivy.Index.open(str(build))
                index.config_reader("manual")
                index.reload()
                self._opened = _Opened(build, index, stamp, index.searcher())
            elif opened.stamp != stamp:
                opened.index.reload()
                self._opened = _Opened(build, opened.index, stamp, opened.index.searcher())
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
            writer = self._writing()
            try:
                _write(writer, prepared)
                _mark(writer, changes[-1].sequence)
                writer.commit()
            except BaseException:
                self._writer = None
                raise

    def settle(self) -> None:
        """Finish merging and give the lock back, so that another process may write."""
        with self._lock, self._translated():
            if self._writer is not None:
                (_, writer), self._writer = self._writer, None
                writer.wait_merging_threads()

    def close(self) -> None:
        """Give back files and the lock."""
        with self._lock:
            self._writer = None
            self._opened = None

    def _writing(self) -> tantivy.IndexWriter:
        """The writer of the build in use; the first one makes the build."""
        build = self._builds.current()
        if build is None:
            build = self._builds.create()
            tantivy.Index(_schema(), path=str(build))
            self._builds.use(build)
        if self._writer is None or self._writer[0] != build:
            self._writer = None
            self._writer = (build, tantivy.Index.open(str(build)).writer(_HEAP, 1))
        return self._writer[1]

    def rebuild(self, changes: Iterable[Sequence[Change]]) -> None:
        """Build a fresh index beside the present one and swap them; searches go on meanwhile."""
        with contextlib.ExitStack() as locks:
            with self._translated():
                locks.enter_context(self._builds.alone())
                self._builds.sweep()
                build = self._builds.create()
                writer = tantivy.Index(_schema(), path=str(build)).writer(_HEAP, 1)
            last = 0
            for batch in changes:
                prepared = _prepared(batch)
                with self._translated():
                    _write(writer, prepared)
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


def _write(writer: tantivy.IndexWriter, prepared: _Prepared) -> None:
    """Take documents in order: one that is there already, or comes twice, is replaced."""
    for id, document in prepared:
        writer.delete_documents_by_term("id", id)
        if document is not None:
            writer.add_json(document)


def _mark(writer: tantivy.IndexWriter, position: int) -> None:
    writer.delete_documents_by_term("id", _MARKER)
    writer.add_json(orjson.dumps({"id": _MARKER, _MARKER: position}).decode("utf-8"))


def _total(result: Any) -> int:
    """The number of hits; the type stubs of tantivy forgot it."""
    return int(result.count)


class _Search:
    """One search on one state of the index; counts facets for `facet_counts`."""

    def __init__(self, opened: _Opened, plan: Plan) -> None:
        self._searcher = opened.searcher
        self._schema = opened.index.schema
        self._index = opened.index
        self._plan = plan
        self._query = self._scored()

    def _scored(self) -> Tantivy:
        """Words give the score, chosen facets only filter."""
        words = self.translated(self._plan.words)
        parts = [
            (Occur.Must, Tantivy.const_score_query(self.translated(part), 0.0))
            for part in self._plan.filters.values()
        ]
        return Tantivy.boolean_query([(Occur.Must, words), *parts]) if parts else words

    def page(self) -> tuple[int, tuple[Hit, ...], int | str | None]:
        """Total, one hit more than the page holds, and the key of the last on the page."""
        plan = self._plan
        limit = plan.size + 1
        if plan.sort == "relevance":
            result = self._searcher.search(self._query, limit=limit, offset=plan.offset)
            return _total(result), self._hits(result.hits, scored=True), None
        field, descending = ORDERS[plan.sort]
        order = tantivy.Order.Desc if descending else tantivy.Order.Asc
        result = self._searcher.search(
            self._after(field, descending), limit=limit, order_by_field=field, order=order
        )
        total = _total(result)
        if plan.after is not None:
            total = _total(self._searcher.search(self._query, limit=1))
        last = result.hits[: plan.size][-1][0] if result.hits and plan.size else None
        return total, self._hits(result.hits, scored=False), last

    def _hits(self, found: Sequence[tuple[Any, tantivy.DocAddress]], *, scored: bool) -> tuple[Hit, ...]:
        document = self._searcher.doc
        return tuple(
            Hit(id=document(address)["id"][0], score=float(key) if scored else 0.0) for key, address in found
        )

    def _after(self, field: str, descending: bool) -> Tantivy:
        """The query, from behind the last hit of the page before."""
        after = self._plan.after
        if after is None:
            return self._query
        if isinstance(after, str):
            # Only the parser makes ranges of texts; these keys hold letters, digits and «!».
            rest = self._index.parse_query(f"{field}:{{{after} TO *}}", [field])
        else:
            low, high = (None, after - 1) if descending else (after + 1, None)
            rest = Tantivy.range_query(self._schema, field, FieldType.Integer, low, high)
        return Tantivy.boolean_query([(Occur.Must, self._query), (Occur.Must, rest)])

    # --- facets ------------------------------------------------------------------

    def count(self, condition: Condition, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The most frequent values of some fields among the documents of a condition."""
        terms = {
            field: {
                "terms": {
                    "field": field,
                    "size": request.size,
                    "segment_size": max(_SEGMENT_SIZE, request.size),
                    **({"include": list(request.only)} if request.only is not None else {}),
                }
            }
            for field, request in requests.items()
        }
        query = self._query if condition == self._plan.condition() else self.translated(condition)
        answer = self._searcher.aggregate(query, terms)
        return {
            field: Counts(
                values=[(bucket["key"], bucket["doc_count"]) for bucket in answer[field]["buckets"]],
                complete=not answer[field]["sum_other_doc_count"],
                exact=not answer[field]["doc_count_error_upper_bound"],
            )
            for field in requests
        }

    def concepts(self, prefixes: Sequence[str]) -> dict[str, list[str]]:
        """The concept keys that begin with each prefix."""
        return {
            prefix: [key for key, _ in self._searcher.terms_with_prefix("concepts", prefix, limit=100)]
            for prefix in prefixes
        }

    # --- conditions ----------------------------------------------------------------

    def translated(self, condition: Condition) -> Tantivy:
        """A condition as a query of tantivy."""
        match condition:
            case Always():
                marker = Tantivy.term_query(self._schema, "id", _MARKER, "basic")
                return Tantivy.boolean_query([(Occur.Must, Tantivy.all_query()), (Occur.MustNot, marker)])
            case Any_(parts):
                return Tantivy.boolean_query([(Occur.Should, self.translated(part)) for part in parts])
            case All_(parts, excluded):
                wanted = [(Occur.Must, self.translated(part)) for part in parts]
                return Tantivy.boolean_query(
                    [*wanted, *((Occur.MustNot, self.translated(part)) for part in excluded)]
                )
            case Stem(field, stems):
                return self._weighted(field, self._terms(field, stems, "freq"))
            case Exact(field, words):
                return self._weighted(field, self._phrase(field, words))
            case Key(field, values):
                return self._terms(field, values, "basic")
            case Begins(field, prefix):
                return Tantivy.regex_query(self._schema, field, _SAFE.sub(r"\\\1", prefix) + ".*")
            case Between(field, low, high):
                return Tantivy.range_query(self._schema, field, FieldType.Integer, low, high)

    def _terms(self, field: str, values: tuple[str, ...], option: str) -> Tantivy:
        terms = [Tantivy.term_query(self._schema, field, value, option) for value in values]
        if len(terms) == 1:
            return terms[0]
        return Tantivy.boolean_query([(Occur.Should, term) for term in terms])

    def _phrase(self, field: str, words: tuple[str, ...]) -> Tantivy:
        if len(words) == 1:
            return Tantivy.term_query(self._schema, field, words[0], "freq")
        return Tantivy.phrase_query(self._schema, field, list(words))

    @staticmethod
    def _weighted(field: str, query: Tantivy) -> Tantivy:
        weight = WEIGHTS.get(field.removesuffix("_exact"), 1.0)
        return query if weight == 1.0 else Tantivy.boost_query(query, weight)
