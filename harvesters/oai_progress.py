"""How far a harvest of an OAI-PMH list has come: what its checkpoint holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Progress:
    """The sets and windows of time still to be read, and the place in the first of them.

    ``sets``      still to be read, the first is in work; ``None`` is the whole repository
    ``windows``   [from, until, have] of the present set, the first is in work; ``have`` is
                  how many of its records came already (0: unknown)
    ``token``     the resumption token that goes on in the present window
    ``count``     records of the present window so far, ``size`` what its server announced
    ``before``    records that came before the present window
    ``missing``   records that were announced and never came
    """

    started: str
    prefix: str
    format: str
    by_day: bool
    sets: list[str | None]
    windows: list[list[Any]]
    first: list[list[Any]] = field(default_factory=list)
    token: str | None = None
    count: int = 0
    size: int | None = None
    before: int = 0
    missing: int = 0
    done: bool = False

    @classmethod
    def read(cls, checkpoint: dict[str, Any]) -> Progress:
        """From a stored checkpoint."""
        return cls(**checkpoint)

    def checkpoint(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)

    def next_window(self) -> None:
        """The present window is read to its end: go on to the next one, or the next set."""
        self.missing += max((self.size or 0) - self.count, 0)
        self.before += self.count
        self.windows.pop(0)
        if not self.windows:
            self.sets.pop(0)
            self.windows = [list(window) for window in self.first] if self.sets else []
        self.begin_window()
        self.done = not self.sets

    def begin_window(self) -> None:
        """Be at the beginning of the present window."""
        self.token, self.count, self.size = None, 0, None
