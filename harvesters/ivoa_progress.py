"""How far a run over many registries has come (its checkpoint), and what is known of them between runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from harvesters.ivoa_registries import Authorities, Registry

_AUTHORITIES_COUNTED = 1000
_OTHERS = "others"


@dataclass(slots=True, kw_only=True)
class Visit:
    """How far the list of one registry has been read.

    ``since``     what has changed from then on is asked for; ``None``: all it has
    ``by_set``    whether its set of managed resources is asked for
    ``kept``, ``dropped``  records so far; ``dropped`` by authority
    ``progress``  the checkpoint of the OAI-PMH harvest inside
    """

    since: str | None
    by_set: bool
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    progress: dict[str, Any] | None = None

    def drop(self, authority: str) -> None:
        """Count a record that is none of this registry's."""
        known = authority in self.dropped or len(self.dropped) < _AUTHORITIES_COUNTED
        name = authority if known else _OTHERS
        self.dropped[name] = self.dropped.get(name, 0) + 1

    @property
    def count(self) -> int:
        """All records that came."""
        return self.kept + sum(self.dropped.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing came where something must."""
        return self.since is None and not self.count


@dataclass(slots=True, kw_only=True)
class Walk:
    """The registries of a run, and how far it has come.

    ``kept``    records of all registries before the present one
    ``read``    where the next run begins, for each registry that was read to its end
    ``unread``  what could not be read, and why
    ``short``   the registries that gave less than they announced
    ``visit``   of the registry in work, once it has begun
    """

    started: str
    registries: list[Registry]
    at: int = 0
    kept: int = 0
    read: dict[str, str | None] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    short: list[str] = field(default_factory=list)
    visit: Visit | None = None

    @classmethod
    def of(cls, checkpoint: Mapping[str, Any] | None) -> Self | None:
        """From a stored checkpoint; ``None`` where there is none, or one of another release."""
        values = dict(checkpoint or {})
        try:
            values["registries"] = [_registry(one) for one in values["registries"]]
            values["visit"] = Visit(**values["visit"]) if values["visit"] else None
            return cls(**values)
        except (KeyError, TypeError):
            return None

    def checkpoint(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)

    def end_visit(self) -> None:
        """Go on to the next registry."""
        if self.visit is not None:
            self.kept += self.visit.kept
        self.at += 1
        self.visit = None


@dataclass(slots=True)
class Known:
    """What is kept of a registry between runs.

    ``since``  where its next list of changes begins; ``None``: it must be read in whole
    ``had``    the authorities that it managed when it was last read to its end
    ``failed`` why it could not be read in the last run
    ``short``  whether it gave less than it announced in the last run
    """

    registry: Registry
    since: str | None = None
    had: list[str] = field(default_factory=list)
    failed: str | None = None
    short: bool = False


class Memory:
    """What earlier runs have learned of the registries.

    ``moving`` are authorities that have got another registry, which could not be read since.
    ``written`` are identifiers of lost records as their registries write them.
    """

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.known = {
            label: Known(
                registry=_registry(one["registry"]),
                since=one["since"],
                had=one["had"],
                failed=one["failed"],
                short=one.get("short", False),
            )
            for label, one in stored.get("registries", {}).items()
        }
        self.moving: list[str] = list(stored.get("moving", []))
        self.written: dict[str, str] = dict(stored.get("written", {}))

    def since(self, registry: Registry, authorities: Authorities) -> str | None:
        """Where its list of changes begins; ``None`` for one that is new or manages more than before.

        What has come from another registry need not count as a change in the new one.
        """
        known = self.known.get(registry.label)
        if known is None or not set(authorities.of(registry)) <= set(known.had):
            return None
        return known.since if known.registry.url == registry.url else None

    def fell_short(self, registry: Registry) -> bool:
        """Whether it gave less than it announced in the last run."""
        known = self.known.get(registry.label)
        return known is not None and known.short

    def come_from_elsewhere(self, registry: Registry, authorities: Authorities) -> list[str]:
        """Authorities whose records came from another registry until now."""
        known = self.known.get(registry.label)
        mine = set(authorities.of(registry)) - set(known.had if known else ())
        others = {one for label, other in self.known.items() if label != registry.label for one in other.had}
        return sorted(mine & (others | set(self.moving)))

    def after(self, walk: Walk, authorities: Authorities) -> dict[str, Any]:
        """What is to be known after this run (JSON-able); a registry that is listed no more is forgotten.

        When it comes back it is read in whole, as its records may have been withdrawn.
        """
        registries: dict[str, Any] = {}
        moving: list[str] = []
        for registry in walk.registries:
            label = registry.label
            earlier = self.known.get(label) or Known(registry)
            is_short = label in walk.short
            known = Known(registry, earlier.since, earlier.had, walk.unread.get(label), is_short)
            if label in walk.read:
                known.since, known.had = walk.read[label], authorities.of(registry)
            else:
                moving += self.come_from_elsewhere(registry, authorities)
            registries[label] = asdict(known)
        return {"registries": registries, "moving": sorted(set(moving)), "written": self.written}


def _registry(values: Mapping[str, Any]) -> Registry:
    return Registry(**{**values, "authorities": tuple(values["authorities"])})
