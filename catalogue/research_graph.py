"""A research product as one graph: what a record is tied to, in either direction, step by step.

Nodes are records and products of the catalogue, targets that it does not have (unresolved), and
round the records the people, institutions, awards and software environments that they name.
The search goes breadth first; what the limits leave out is said in ``cut``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from catalogue.ended import gone
from catalogue.identity import resolver_url
from catalogue.identity_keys import key_number
from catalogue.index import Change
from catalogue.product import Member
from catalogue.record import Relation
from catalogue.related import called, inverse_of, meant, said_by, targets
from catalogue.relation_keys import same_names
from catalogue.relations import RelationLookup, Thing
from catalogue.research_context import Tie, ties_of
from catalogue.said import said
from catalogue.store import Store

DEPTH = 2
MOST_DEPTH = 4
MOST_NODES = 200
MOST_RELATIONS_OF_ONE = 200
"""Relations that one record says itself, of which the graph takes the first."""
MOST_MENTIONS_OF_ONE = 50
"""Records that relate to one name, of which the graph takes the first."""
UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What stands in the graph: ``kind`` is that of a record, or unresolved, person, institution, award,
    proposal, container, repository.

    ``id`` is ours where ``record`` is true, else a name such as «doi:10.1234/x».  ``distance``
    counts the steps from the start.
    """

    id: str
    kind: str
    label: str
    distance: int
    record: bool = False
    scheme: str | None = None
    value: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A tie in the direction in which it was said: «``source`` IsPartOf ``target``»; by whom."""

    source: str
    target: str
    type: str
    said_by: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchGraph:
    """Nodes, the start first and then by distance; edges between them; what the limits left out."""

    start: str
    depth: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    cut: tuple[str, ...] = ()


def research_graph(
    store: Store, lookup: RelationLookup, id: str, *, depth: int = DEPTH, nodes: int = MOST_NODES
) -> ResearchGraph:
    """The graph round a live record or product; raises as `graph_of`, and `NotFound`."""
    return graph_of(store, lookup, store.change(id), depth=depth, nodes=nodes)


def graph_of(
    store: Store,
    lookup: RelationLookup,
    change: Change,
    *,
    depth: int = DEPTH,
    nodes: int = MOST_NODES,
    surround: int = MOST_DEPTH,
) -> ResearchGraph:
    """The graph round what is live.

    Three quarters of the nodes at most are what it is related to; the rest are people,
    institutions, awards and environments of records up to the distance ``surround``, those of the
    nearest first.  Raises `Gone` for a tombstone.
    """
    if change.record is None:
        raise gone(store, change)
    search = _Search(store, lookup, min(nodes, MOST_NODES))
    search.start(change)
    depth = min(depth, MOST_DEPTH)
    for distance in range(1, depth + 1):
        search.step(distance)
    search.tie_the_last()
    search.surround(surround)
    return ResearchGraph(
        start=change.id,
        depth=depth,
        nodes=tuple(sorted(search.nodes.values(), key=lambda node: node.distance)),
        edges=tuple(
            Edge(source=source, target=target, type=type, said_by=tuple(members))
            for (source, target, type), members in search.edges.items()
        ),
        cut=tuple(search.cut),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A tie that a step has met: from a node or to it, with the node at the other end."""

    source: str
    target: str
    type: str
    members: tuple[Member, ...]
    relation: Relation | None = None
    """What to show of the target, where the catalogue does not have it."""


@dataclass
class _Search:
    """Breadth-first search; a step costs a constant number of queries."""

    store: Store
    lookup: RelationLookup
    most: int
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], list[Member]] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    changes: dict[str, Change] = field(default_factory=dict)
    frontier: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def start(self, change: Change) -> None:
        """Put the first node."""
        self._put_record(change, 0)

    def step(self, distance: int) -> None:
        """Put what is related to the nodes of the last step, resolved things before unresolved ones."""
        found = [*self._outgoing(self.frontier), *self._incoming()]
        new = {end: one for one in found for end in (one.target, one.source) if end not in self.nodes}
        resolved = [id for id, one in new.items() if not (one.relation is not None and id == one.target)]
        changes = self.store.get_many(resolved[: self._room()])
        self.frontier = []
        for id in resolved:
            if id in changes and changes[id].record is not None and self._room():
                self._put_record(changes[id], distance)
            else:
                self.left_out.add(id)
        for id, one in new.items():
            if one.relation is not None and id == one.target:
                self._put_unresolved(id, one.relation, distance)
        self._tie(found)

    def tie_the_last(self) -> None:
        """Relations between the nodes of the last step and those that are there."""
        self._tie(self._outgoing(self.frontier, tell=False))
        more = len(self.left_out - set(self.nodes))
        if more:
            self.cut.append(
                said(
                    "Left out: %(more)s related things; the graph has at most %(most)s nodes.",
                    more=more,
                    most=self.most,
                )
            )

    def surround(self, distance: int) -> None:
        """Put people, institutions, awards and environments round the records, as far as there is room."""
        near = [change for id, change in self.changes.items() if self.nodes[id].distance <= distance]
        ties = [tie for change in near for tie in ties_of(change)]
        found = self.lookup.things(name for tie in ties for name in tie.names)
        ids = {name: things[0] for name, things in found.items() if len(things) == 1}
        known = self.lookup.summaries(ids.values())
        placed: dict[str, str] = {}
        left: set[str] = set()
        for tie in ties:
            source = placed.get(tie.source, tie.source)
            meant = (ids[name] for name in tie.names if ids.get(name) in known and ids[name] != source)
            id = placed[tie.id] = next(meant, tie.id)
            if source not in self.nodes:
                continue
            if id not in self.nodes and len(self.nodes) >= self.most:
                left.add(id)
                continue
            if id not in self.nodes:
                self.nodes[id] = _node_of(tie, known.get(id), self.nodes[source].distance + 1)
            self._add(source, id, tie.type, tie.said_by)
        if left:
            self.cut.append(
                said(
                    "Left out: %(left)s of the people, institutions and other things beside.", left=len(left)
                )
            )

    def _room(self) -> int:
        return max(self.most * 3 // 4 - len(self.nodes), 0)

    def _put_record(self, change: Change, distance: int) -> None:
        record = change.record
        assert record is not None
        self.nodes[change.id] = Node(
            id=change.id, kind=record.kind, label=record.title, distance=distance, record=True
        )
        self.changes[change.id] = change
        self.frontier.append(change.id)
        for name in called(change, self.lookup.base_url):
            self.names.setdefault(key_number(name), change.id)

    def _put_unresolved(self, name: str, relation: Relation, distance: int) -> None:
        if not self._room():
            self.left_out.add(name)
            return
        self.nodes[name] = Node(
            id=name,
            kind=UNRESOLVED,
            label=relation.title or relation.value,
            distance=distance,
            scheme=relation.scheme,
            value=relation.value,
            url=resolver_url(relation.scheme, relation.value),
        )
        self.frontier.append(name)
        for same in same_names(name):
            self.names.setdefault(key_number(same), name)

    def _outgoing(self, ids: Sequence[str], *, tell: bool = True) -> list[_Found]:
        """What the records among these nodes say themselves."""
        stated: list[tuple[str, int, Relation, tuple[str, ...]]] = []
        for id in ids:
            change = self.changes.get(id)
            if change is None:
                continue
            relations = targets(change, 0, MOST_RELATIONS_OF_ONE)
            stated += [(id, place, relation, names) for place, (relation, names) in enumerate(relations)]
            assert change.record is not None
            if tell and len(change.record.relations) > MOST_RELATIONS_OF_ONE:
                self.cut.append(
                    said(
                        "Of the %(relations)s relations that %(id)s says itself, the first "
                        "%(most_relations_of_one)s are looked at.",
                        relations=len(change.record.relations),
                        id=id,
                        most_relations_of_one=MOST_RELATIONS_OF_ONE,
                    )
                )
        things = self.lookup.things(name for *_, names in stated for name in names)
        found: list[_Found] = []
        for id, place, relation, names in stated:
            members = said_by(self.changes[id], place)
            ends = meant(names, things, id)
            found += [_Found(id, end, relation.type, members) for end in ends]
            if not ends:
                found.append(_Found(id, names[0], relation.type, members, relation))
        return [one for one in found if one.source != one.target]

    def _incoming(self) -> list[_Found]:
        """What other records say of the nodes of the last step."""
        there = set(self.frontier)
        numbers = [number for number, id in self.names.items() if id in there]
        mentions, more = self.lookup.mentions_of_each(numbers, MOST_MENTIONS_OF_ONE)
        for id in dict.fromkeys(self.names[number] for number in more):
            self.cut.append(
                said(
                    "Of the records that relate to %(id)s, the first %(most_mentions_of_one)s are looked at.",
                    id=id,
                    most_mentions_of_one=MOST_MENTIONS_OF_ONE,
                )
            )
        return [
            _Found(mention.thing, self.names[mention.number], relation.type, (mention.member,))
            for mention in mentions
            for relation in mention.relations
            if mention.thing != self.names[mention.number]
        ]

    def _tie(self, found: Iterable[_Found]) -> None:
        for one in found:
            if one.source in self.nodes and one.target in self.nodes:
                self._add(one.source, one.target, one.type, one.members)

    def _add(self, source: str, target: str, type: str, members: Sequence[Member]) -> None:
        """Put an edge; what both ends say of each other is one."""
        key = (source, target, type)
        inverse = inverse_of(type)
        if key not in self.edges and inverse is not None and (target, source, inverse) in self.edges:
            key = (target, source, inverse)
        known = self.edges.setdefault(key, [])
        known += [member for member in members if member not in known]


def _node_of(tie: Tie, thing: Thing | None, distance: int) -> Node:
    """The node at the end of a tie: the catalogue's record of it, or what the tie says."""
    if thing is not None:
        return Node(id=thing.id, kind=thing.kind, label=thing.title, distance=distance, record=True)
    return Node(
        id=tie.id,
        kind=tie.kind,
        label=tie.label,
        distance=distance,
        scheme=tie.scheme,
        value=tie.value,
        url=tie.url,
    )


def neighbours(graph: ResearchGraph, id: str) -> Iterator[tuple[str | None, Edge, str]]:
    """The edges at a node as seen from it: type (``None``: it has no name from here), edge, other end."""
    for edge in graph.edges:
        if edge.source == id:
            yield edge.type, edge, edge.target
        elif edge.target == id:
            yield inverse_of(edge.type), edge, edge.source
