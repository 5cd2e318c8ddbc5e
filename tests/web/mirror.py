"""A mirror as the docs tell one to make it: a dump, then the event stream from there on."""

from __future__ import annotations

import io
import json
import re

import zstandard
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

IS_VERSION_OF = NamedNode("http://purl.org/dc/terms/isVersionOf")
_NEXT = NamedNode("https://w3id.org/tree#node")
_RELATION = NamedNode("https://w3id.org/tree#relation")
_MEMBER = NamedNode("https://w3id.org/tree#member")
_SEQUENCE = re.compile(r"#version-(\d+)$")


class Mirror:
    """Named graphs as one holds them elsewhere: name → lines of N-Triples."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.graphs: dict[str, set[str]] = {}
        self.sequence = 0
        self.pages = 0

    def load(self, file: str = "almagest.nq.zst") -> None:
        """Begin with the newest dump."""
        answer = self._client.get(f"/dumps/latest/{file}", follow_redirects=True)
        assert answer.status_code == 200
        unpacked = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(answer.data)).read()
        syntax = RdfFormat.N_QUADS if ".nq" in file else RdfFormat.TRIG
        for quad in parse(unpacked, format=syntax):
            self._add(_name(quad.graph_name), quad)
        self.sequence = json.loads(self._client.get("/dumps/latest").data)["sequence"]

    def follow(self, media_type: str = "application/trig") -> int:
        """Take over what has changed since; how many members that were."""
        address: str | None = f"/ldes?after={self.sequence}"
        taken = 0
        while address is not None:
            answer = self._client.get(address, headers={"Accept": media_type})
            assert answer.mimetype == media_type
            self.pages += 1
            syntax = RdfFormat.TRIG if media_type.endswith("trig") else RdfFormat.N_QUADS
            quads = list(parse(answer.data, format=syntax))
            taken += self._take(quads)
            address = _following(quads)
        return taken

    def _take(self, quads: list[Quad]) -> int:
        names = [_name(one.object) for one in quads if one.predicate == _MEMBER]
        members: dict[str, list[Quad]] = {name: [] for name in names}
        for quad in quads:
            if _name(quad.graph_name) in members:
                members[_name(quad.graph_name)].append(quad)
        for name in sorted(names, key=_sequence):
            (graph,) = [
                _name(one.object)
                for one in members[name]
                if one.predicate == IS_VERSION_OF and _name(one.subject) == name
            ]
            self.graphs.pop(graph, None)
            for quad in members[name]:
                if _name(quad.subject) != name:
                    self._add(graph, quad)
            self.sequence = max(self.sequence, _sequence(name))
        return len(names)

    def _add(self, graph: str, quad: Quad) -> None:
        self.graphs.setdefault(graph, set()).add(str(quad.triple))


def _name(term: object) -> str:
    return str(getattr(term, "value", ""))


def _sequence(name: str) -> int:
    match = _SEQUENCE.search(name)
    assert match is not None
    return int(match[1])


def _following(quads: list[Quad]) -> str | None:
    relations = {one.object for one in quads if one.predicate == _RELATION}
    found = [_name(one.object) for one in quads if one.predicate == _NEXT and one.subject in relations]
    assert len(found) <= 1
    return found[0].removeprefix("http://localhost:8080") if found else None
