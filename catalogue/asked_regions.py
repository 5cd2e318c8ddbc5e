"""The regions of the sky that a query asks for, in its parameters and anywhere in its words.

Of each may be told which records the index finds there only because it keeps their sky roughly; they are
then left out of that very region, so that «-sky:…» and «sky:… OR …» are exact too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from catalogue import query_language as language
from catalogue.conditions import All_, Always, Any_, Condition, Key
from catalogue.coverage_query import CONDITIONS
from catalogue.index import Query
from catalogue.moc import Region, region_of, united
from catalogue.sky import cone

SKY = ("sky", "moc")

Asked = tuple[str, str]
"""«sky» or «moc», and what it says."""


def regions_of(query: Query) -> tuple[Asked, ...]:
    """All regions of a query, each once; raises `QueryError`."""
    asked = [(name, text) for name, text in (("sky", query.sky), ("moc", query.moc)) if text]
    if "sky:" in query.words.lower() or "moc:" in query.words.lower():
        asked += regions_in(language.parse(query.words))
    return tuple(dict.fromkeys(asked))


def regions_in(node: language.Node) -> Iterator[Asked]:
    """The regions that words ask for."""
    match node:
        case language.Covers(field, text) if field in SKY:
            yield field, text
        case language.And(parts) | language.Or(parts):
            for part in parts:
                yield from regions_in(part)
        case language.Not(part):
            yield from regions_in(part)


def region(asked: Asked) -> Region:
    """What one of them is on the sky; raises ``ValueError``."""
    field, text = asked
    return cone(text) if field == "sky" else region_of(text)


def region_to_fit(query: Query) -> Region:
    """What hits are to fit: the regions of the parameters, together; empty where none is asked for.

    Raises ``ValueError``.
    """
    asked = [(name, text) for name, text in (("sky", query.sky), ("moc", query.moc)) if text]
    return united(part for one in asked for part in region(one))


def conditions_of(asked: Sequence[Asked]) -> tuple[Condition, ...]:
    """What an index is asked for each region; raises ``ValueError``."""
    return tuple(CONDITIONS[field](text) for field, text in asked)


def refuted(condition: Condition, found: Mapping[Condition, tuple[str, ...]]) -> Condition:
    """The condition, each region without the records that proved to lie elsewhere."""
    if condition in found:
        return All_((condition,), (Key("id", found[condition]),))
    match condition:
        case Any_(parts):
            return Any_(tuple(refuted(part, found) for part in parts))
        case All_(parts, excluded):
            return All_(
                tuple(refuted(part, found) for part in parts),
                tuple(refuted(part, found) for part in excluded),
            )
    return condition


def without_exclusions(condition: Condition, regions: Sequence[Condition]) -> Condition:
    """A condition that holds wherever this one might, whatever the regions are found to be."""
    match condition:
        case Any_(parts) if condition not in regions:
            return Any_(tuple(without_exclusions(part, regions) for part in parts))
        case All_(parts, excluded):
            kept = tuple(part for part in excluded if not _holds_one(part, regions))
            return All_(tuple(without_exclusions(part, regions) for part in parts) or (Always(),), kept)
    return condition


def _holds_one(condition: Condition, regions: Sequence[Condition]) -> bool:
    if condition in regions:
        return True
    match condition:
        case Any_(parts):
            return any(_holds_one(part, regions) for part in parts)
        case All_(parts, excluded):
            return any(_holds_one(part, regions) for part in (*parts, *excluded))
    return False
