"""A sample source of the demo, whatever it speaks; a new one is ONE file here with a ``sample()``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import web.demo
from catalogue.discovery import held_in
from catalogue.sources import Source

EVERY_TEN_MINUTES = "*/10 * * * *"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a sample source answers over HTTP."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"


class Sample(ABC):
    """An invented source: it answers below its ``path``, the first segment of an address."""

    name: ClassVar[str]
    kind: ClassVar[str]
    path: ClassVar[str]
    endpoint: ClassVar[str] = ""
    """What follows the path in the address that is registered."""
    options: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """The answer to a GET of ``path`` (what follows ours); ``base`` is our own address."""

    @abstractmethod
    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """Let a day pass: how many records are new, changed and deleted."""

    def source(self, address: str, folder: Path) -> Source:
        """The source as an operator would register it; ``folder`` is there for sources made of files."""
        del folder
        return Source(
            name=self.name,
            kind=self.kind,
            url=address + self.path + self.endpoint,
            schedule=EVERY_TEN_MINUTES,
            options=self.options,
        )


def samples() -> list[Sample]:
    """One of each sample source beside those that speak OAI-PMH, by name."""
    found: list[Sample] = [make() for make in held_in(web.demo, "sample")]
    return sorted(found, key=lambda sample: sample.name)
