"""All statements of the catalogue as files: N-Quads and TriG, compressed (Zstandard, RFC 8878), and counted.

The memory does not grow with the catalogue: each named graph is made, written and forgotten.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

from catalogue.graph import NamedGraph

MEDIA_TYPE = "application/zstd"
N_QUADS, TRIG = "almagest.nq.zst", "almagest.trig.zst"
SYNTAXES: Mapping[str, tuple[str, str]] = {
    N_QUADS: ("application/n-quads", "http://www.w3.org/ns/formats/N-Quads"),
    TRIG: ("application/trig", "http://www.w3.org/ns/formats/TriG"),
}
"""Name of each file → the media type of what is packed in it, and the name of its syntax."""

LINKED: Mapping[str, tuple[str, str]] = {
    "doi": ("https://doi.org/", "DOI"),
    "orcid": ("https://orcid.org/", "ORCID"),
    "ror": ("https://ror.org/", "ROR"),
    "arxiv": ("https://arxiv.org/abs/", "arXiv"),
    "handle": ("https://hdl.handle.net/", "Handle"),
    "ivoid": ("ivo://", "IVOA resources"),
    "uat": ("http://astrothesaurus.org/uat/", "Unified Astronomy Thesaurus"),
    "panet": ("http://purl.org/pan-science/PaNET/", "PaNET"),
    "spdx": ("http://spdx.org/licenses/", "SPDX licences"),
    "eu": ("http://publications.europa.eu/resource/authority/", "Authority tables of the EU"),
}
"""Places of the web of data that the catalogue leads to: name → how their names begin, title."""

_LEVEL = 6
_LOCAL = re.compile(rb"[A-Za-z](?:[A-Za-z0-9_\-]*[A-Za-z0-9_])?", re.ASCII)
_IS_A = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_MOST_SHORT = 10_000


@dataclass(slots=True)
class Counted:
    """How much there is: statements, graphs, things with names of ours, those by class, links by place."""

    triples: int = 0
    graphs: int = 0
    entities: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A finished file: bytes as they lie there, bytes unpacked, checksum (SHA-256, hexadecimal)."""

    name: str
    size: int
    unpacked: int
    sha256: str


class _File:
    """A file that is packed while it is written; raises ``OSError``."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path = path
        self._raw = stack.enter_context(path.open("wb"))
        self._hash = hashlib.sha256()
        self._packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj()
        self.size = self.unpacked = 0

    def write(self, data: bytes) -> None:
        self.unpacked += len(data)
        self._put(self._packer.compress(data))

    def _put(self, packed: bytes) -> None:
        if packed:
            self.size += len(packed)
            self._hash.update(packed)
            self._raw.write(packed)

    def finish(self) -> Written:
        self._put(self._packer.flush())
        self._raw.flush()
        os.fsync(self._raw.fileno())
        return Written(
            name=self._path.name, size=self.size, unpacked=self.unpacked, sha256=self._hash.hexdigest()
        )


def write_files(
    folder: Path,
    graphs: Iterable[NamedGraph],
    base_url: str,
    prefixes: Mapping[str, str],
    progress: Callable[[int], None] | None = None,
) -> tuple[Counted, tuple[Written, ...]]:
    """Write both files into a folder; ``progress`` is told each graph.  Raises ``OSError``."""
    counter, short = Counting(base_url), Shortened(prefixes)
    with ExitStack() as stack:
        quads, trig = _File(folder / N_QUADS, stack), _File(folder / TRIG, stack)
        trig.write(short.head())
        for graph in graphs:
            if not graph.statements:
                continue
            quads.write(as_quads(graph))
            trig.write(short.as_trig(graph))
            counter.count(graph)
            if progress is not None:
                progress(1)
        return counter.counted, (quads.finish(), trig.finish())


def as_quads(graph: NamedGraph) -> bytes:
    """A named graph as N-Quads, a line for each statement."""
    # A literal has no line break inside, so that each statement ends where its line does.
    return graph.statements.replace(b" .\n", b" <" + graph.name.encode() + b"> .\n")


class Shortened:
    """Named graphs as TriG with prefixes; words that come often are looked up but once."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))
        self._known: dict[bytes, bytes] = {_IS_A: b"a"}

    def head(self) -> bytes:
        """The declarations of the prefixes."""
        return b"".join(f"@prefix {name}: <{uri}> .\n".encode() for name, uri in sorted(self._prefixes))

    def as_trig(self, graph: NamedGraph) -> bytes:
        """A block of one graph, the statements of each subject together where they come together."""
        return b"".join(self._lines(graph))

    def _lines(self, graph: NamedGraph) -> Iterator[bytes]:
        """Without a name the statements stand in the default graph."""
        if graph.name:
            yield b"<" + graph.name.encode() + b"> {\n"
        last = b""
        for line in graph.statements.splitlines():
            subject, word, value = line[:-2].split(b" ", 2)
            said = self._short(word) + b" " + (self._short(value) if word == _IS_A else value)
            if subject == last:
                yield b" ;\n\t" + said
            else:
                yield (b" .\n" if last else b"") + subject + b" " + said
            last = subject
        yield b" .\n}\n" if graph.name else b" .\n"

    def _short(self, word: bytes) -> bytes:
        found = self._known.get(word)
        if found is None:
            if len(self._known) > _MOST_SHORT:
                self._known = {_IS_A: b"a"}
            found = self._known[word] = self._shortened(word)
        return found

    def _shortened(self, word: bytes) -> bytes:
        for name, uri in self._prefixes:
            start = b"<" + uri.encode()
            if word.startswith(start) and _LOCAL.fullmatch(local := word[len(start) : -1]):
                return name.encode() + b":" + local
        return word


class Counting:
    """Counts graphs as they come by."""

    def __init__(self, base_url: str) -> None:
        self.counted = Counted()
        self._typed = re.compile(
            rb"^<(" + re.escape(base_url.encode()) + rb"/[^>]*)> " + re.escape(_IS_A) + rb" <([^>]*)> \.$",
            re.MULTILINE,
        )
        starts = b"|".join(re.escape(start.encode()) for start, _ in LINKED.values())
        self._linked = re.compile(rb"> <(" + starts + rb")[^>]*> \.$", re.MULTILINE)
        self._places: dict[Any, str] = {start.encode(): name for name, (start, _) in LINKED.items()}

    def count(self, graph: NamedGraph) -> None:
        """Take one graph into account."""
        counted = self.counted
        counted.graphs += 1
        counted.triples += graph.statements.count(b"\n")
        things = set()
        for thing, kind in self._typed.findall(graph.statements):
            things.add(thing)
            counted.classes[kind.decode()] += 1
        counted.entities += len(things)
        for start in self._linked.findall(graph.statements):
            counted.links[self._places[start]] += 1
