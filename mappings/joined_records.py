"""Several descriptions of one thing as one record: the first says, the others fill in.

Where a later description says something else, what it says stays in the extra values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from catalogue.record import Agent, Date, Environment, Extra, Record

_UNITED = (
    "identifiers",
    "subjects",
    "relations",
    "funding",
    "languages",
    "formats",
    "distributions",
    "parameters",
    "instruments",
    "techniques",
    "contributors",
)


def joined(parts: Sequence[tuple[str, Record]]) -> Record:
    """One record of (name of the description, its record), the most trusted first."""
    record = parts[0][1]
    extra = [Extra(path=_within(parts[0][0], one.path), text=one.text) for one in record.extra]
    for name, other in parts[1:]:
        record, disagreements = _with(record, other)
        extra += [Extra(path=f"{name}:{path}", text=text) for path, text in disagreements]
        extra += [Extra(path=_within(name, one.path), text=one.text) for one in other.extra]
    return replace(record, extra=tuple(dict.fromkeys(extra)))


def _within(name: str, path: str) -> str:
    return f"{name}:{path}"


def _with(record: Record, other: Record) -> tuple[Record, list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    changes: dict[str, Any] = {name: _united(name, record, other) for name in _UNITED}
    changes["titles"] = _titles(record, other, told)
    changes["descriptions"] = record.descriptions + tuple(
        replace(one, type="other" if record.descriptions else one.type)
        for one in other.descriptions
        if one.value not in [known.value for known in record.descriptions]
    )
    changes["creators"] = _agents(record.creators, other.creators, told)
    changes["dates"] = _dates(record.dates, other.dates, told)
    changes["version"] = _single("version", record.version, other.version, told, str)
    changes["publisher"] = _single("publisher", record.publisher, other.publisher, told, lambda one: one.name)
    changes["access"] = record.access or other.access
    changes["environment"] = _environment(record.environment, other.environment, told)
    changes["type_label"] = record.type_label or other.type_label
    licences = [one.licence.uri or one.licence.label for one in record.rights if one.licence]
    changes["rights"] = record.rights
    for one in other.rights:
        value = (one.licence.uri or one.licence.label) if one.licence else None
        if not record.rights:
            changes["rights"] += (one,)
        elif value not in licences and (value or one.url or one.text):
            told.append(("rights", value or one.url or one.text or ""))
    return replace(record, **changes), told


def _united(name: str, record: Record, other: Record) -> tuple[Any, ...]:
    mine = getattr(record, name)
    known = {_key(name, one) for one in mine}
    return (*mine, *(one for one in getattr(other, name) if _key(name, one) not in known))


def _key(name: str, value: Any) -> Any:
    match name:
        case "identifiers":
            return value.scheme, value.value
        case "relations":
            return value.type, value.scheme, value.value
        case "subjects":
            return value.label.casefold()
        case "distributions":
            return value.url
        case "contributors":
            return value.name.casefold(), value.role
    return value


def _titles(record: Record, other: Record, told: list[tuple[str, str]]) -> tuple[Any, ...]:
    """The name of a file is no title where another description has one."""
    theirs = [one for one in other.titles if one.type != "identifier"]
    if not theirs:
        return record.titles
    if record.titles[0].type == "identifier":
        return tuple(theirs)
    known = [one.value.casefold() for one in record.titles]
    told.extend(("title", one.value) for one in theirs if one.value.casefold() not in known)
    return record.titles


def _agents(
    mine: tuple[Agent, ...], theirs: tuple[Agent, ...], told: list[tuple[str, str]]
) -> tuple[Agent, ...]:
    """Our authors, with what the others know of the same people."""
    if not mine:
        return theirs
    known = {key: other for other in reversed(theirs) for key in _keys(other)}
    met: set[Agent] = set()
    found = []
    for one in mine:
        same = next((known[key] for key in sorted(_keys(one)) if key in known), None)
        if same is not None:
            met.add(same)
            one = replace(
                one,
                identifiers=one.identifiers or same.identifiers,
                affiliations=one.affiliations or same.affiliations,
            )
        found.append(one)
    told.extend(("creator", one.name) for one in theirs if one not in met)
    return tuple(found)


def _keys(agent: Agent) -> set[str]:
    """By what a person is known: the ORCID, and the words of the name in whichever order."""
    words = agent.name.casefold().replace(",", " ").replace(".", " ").split()
    return {one.value for one in agent.identifiers if one.scheme == "orcid"} | {" ".join(sorted(words))}


def _dates(mine: Iterable[Date], theirs: Iterable[Date], told: list[tuple[str, str]]) -> tuple[Date, ...]:
    found = list(mine)
    for one in theirs:
        same = [known for known in found if known.kind == one.kind]
        if not same:
            found.append(one)
        elif not any(_is_same_day(known, one) for known in same):
            told.append((f"date.{one.kind}", one.start or one.text or ""))
    return tuple(found)


def _is_same_day(one: Date, other: Date) -> bool:
    return (one.start or "")[:10] == (other.start or "")[:10]


def _single(
    name: str, mine: Any, theirs: Any, told: list[tuple[str, str]], shown: Callable[[Any], str]
) -> Any:
    if mine is None:
        return theirs
    if theirs is not None and shown(theirs).casefold() != shown(mine).casefold():
        told.append((name, shown(theirs)))
    return mine


def _environment(
    mine: Environment | None, theirs: Environment | None, told: list[tuple[str, str]]
) -> Environment | None:
    if mine is None or theirs is None:
        return mine or theirs
    single = {
        name: _single(f"environment.{name}", getattr(mine, name), getattr(theirs, name), told, str)
        for name in ("container", "entry_point", "specification")
    }
    if mine.repository and theirs.repository and _repository(mine) != _repository(theirs):
        told.append(("environment.repository", theirs.repository))
    return Environment(
        languages=tuple(dict.fromkeys((*mine.languages, *theirs.languages))),
        repository=mine.repository or theirs.repository,
        requirements=tuple(dict.fromkeys((*mine.requirements, *theirs.requirements))),
        **single,
    )


def _repository(environment: Environment) -> str:
    text = (environment.repository or "").casefold().rstrip("/").removesuffix(".git")
    return text.partition("://")[2] or text
