"""What the sample records are about: campaigns, their runs and their people, from the TOML files beside.

Everything that varies (years, amounts, authors) is drawn from generators seeded with the
names, so that the demo is the same every time.
"""

from __future__ import annotations

import functools
import importlib.resources
import random
import tomllib
from dataclasses import dataclass
from typing import Any

DOI_PREFIX = "10.5072"
"""DataCite's prefix for tests: such a DOI never names a real thing."""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented author; the ORCID iD is well-formed but below the range that is given out."""

    family: str
    given: str
    institution: Institution
    orcid: str

    @property
    def name(self) -> str:
        """Family name first."""
        return f"{self.family}, {self.given}"


@dataclass(frozen=True, slots=True)
class Institution:
    """An invented institution and the language its theses are written in."""

    key: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Run:
    """One part of a campaign: an object on the sky (degrees, ICRS), a beam energy, a sample."""

    number: int
    name: str
    ra: float | None
    dec: float | None
    year: int
    amount: str
    authors: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A piece of research from which the records of several sources come; ``texts`` is its TOML table."""

    number: int
    key: str
    home: Institution
    on_sky: bool
    runs: tuple[Run, ...]
    people: tuple[Person, ...]
    texts: dict[str, Any]

    def text(self, name: str, run: Run | None = None) -> str:
        """A text of the campaign, with the run's values filled in."""
        template: str = self.texts[name]
        if run is None:
            return template
        return template.format(run=run.name, year=run.year, amount=run.amount)

    def has(self, name: str) -> bool:
        """Whether the campaign has such a text."""
        return bool(self.texts.get(name))

    @property
    def keywords(self) -> list[str]:
        """Keywords, most telling first."""
        return list(self.texts["keywords"])

    @property
    def purpose(self) -> str:
        """What its software is for, in a few words of the title."""
        return f"software for {self.texts['technique']}"

    @property
    def year(self) -> int:
        """The year after its last run, when papers and software appear."""
        return max(run.year for run in self.runs) + 1

    def doi(self, what: str) -> str:
        """The DOI of «paper», «software», «workflow» or of a dataset by the number of its run."""
        places = {"paper": 0, "software": 1, "workflow": 2, "older software": 3, "concept": 4}
        offset = places[what] if what in places else 5 + int(what)
        return f"{DOI_PREFIX}/helix.{1000 + 20 * self.number + offset}"


@functools.cache
def campaigns() -> tuple[Campaign, ...]:
    """All campaigns, those on the sky first."""
    institutions, people = _people()
    found: list[Campaign] = []
    for file, on_sky in (("sky.toml", True), ("laboratory.toml", False)):
        for table in _table(file)["campaign"]:
            home = institutions[table["home"]]
            team = _team(table["key"], home, people)
            runs = tuple(_run(table, number, text, team) for number, text in enumerate(table["runs"]))
            found.append(Campaign(len(found), table["key"], home, on_sky, runs, team, table))
    return tuple(found)


def institutions() -> tuple[Institution, ...]:
    """All institutions."""
    return tuple(_people()[0].values())


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(importlib.resources.files("web.demo").joinpath(name).read_text("utf-8"))


@functools.cache
def _people() -> tuple[dict[str, Institution], tuple[Person, ...]]:
    known: dict[str, Institution] = {}
    people: list[Person] = []
    for table in _table("people.toml")["institution"]:
        home = known[table["key"]] = Institution(table["key"], table["name"], table["language"])
        for name in table["people"]:
            family, _, given = name.partition(", ")
            people.append(Person(family, given, home, _orcid(len(people) + 1)))
    return known, tuple(people)


def _orcid(number: int) -> str:
    digits = f"{number:015d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    digits += "X" if check == 10 else str(check)
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _team(key: str, home: Institution, people: tuple[Person, ...]) -> tuple[Person, ...]:
    chance = random.Random(key)  # noqa: S311
    own = [person for person in people if person.institution is home]
    guests = [person for person in people if person.institution is not home]
    return tuple(chance.sample(own, 4) + chance.sample(guests, 2))


def _run(table: dict[str, Any], number: int, text: str, team: tuple[Person, ...]) -> Run:
    chance = random.Random(f"{table['key']} {number}")  # noqa: S311
    name, *place = text.split("|")
    low, high, unit = table["amount"]
    drawn = chance.uniform(low, high)
    amount = f"{drawn:.1f}" if high < 10 and isinstance(low, float) else f"{round(drawn):,}"
    ra, dec = (float(place[0]), float(place[1])) if place else (None, None)
    authors = tuple(chance.sample(team, chance.randint(2, 5)))
    return Run(number, name, ra, dec, chance.randint(2013, 2024), f"{amount} {unit}", authors)
