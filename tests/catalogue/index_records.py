"""Records, changes and queries by chance, from few words, so that they meet."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from catalogue.index import FACETS, LISTING_SORTS, SORTS, Change, Listing, Query
from catalogue.record import (
    Access,
    Affiliation,
    Agent,
    AgentIdentifier,
    Capability,
    Coverage,
    Date,
    Energy,
    Funding,
    Identifier,
    Interval,
    Parameter,
    Place,
    Point,
    Provenance,
    Record,
    Reference,
    Rights,
    Sky,
    Term,
    Text,
    TimeCoverage,
    record_id,
)

_WORDS = """
    dark matter halo galaxy galaxies cluster X-ray gamma-ray γ-ray neutrino neutrinos muon detector detecting
    spectrum spectra Poincaré Hα M31 NGC-1275 10 MeV beam neutron scattering crystal measurement measured
    of the and with for in Higgs boson's decay lattice QCD simulation simulations survey 2MASS
"""
_GERMAN = """
    Messung der Teilchen und des Spektrums von Häusern mit Größen für die Galaxie Neutrinos eine
"""
_FRENCH = """
    les étoiles et la galaxie dans une étude des rayons cosmiques pour la matière noire
"""
WORDS, GERMAN, FRENCH = _WORDS.split(), _GERMAN.split(), _FRENCH.split()
LANGUAGES = (("en", WORDS), (None, WORDS), ("de", GERMAN), (None, GERMAN), ("fr", FRENCH))
SUBJECTS = (
    ("Galaxies", "http://astrothesaurus.org/uat/573"),
    ("galaxies", None),
    ("GALAXIES", None),
    ("Dark matter", "http://astrothesaurus.org/uat/353"),
    ("dark matter", None),
    ("γ-ray astronomy", None),
    ("gamma-ray astronomy", None),
    ("Neutrinos", None),
    ("Poincaré group", None),
    ("Teilchen", None),
    ("neutron scattering", None),
    ("hep-ex", "https://arxiv.org/archive/hep-ex"),
    ("Particles, Nuclei and Fields", "http://b2find.eudat.eu/disciplines#4.2.3"),
    ("32 Physics", "https://www.dfg.de/dfg_profil/gremien/fachkollegien/faecher/#32"),
)
TECHNIQUES = (
    ("X-ray diffraction", None),
    ("SAXS", "http://purl.org/pan-science/PaNET/PaNET01188"),
    ("small angle scattering", "http://purl.org/pan-science/PaNET/PaNET01124"),
)
NAMES = (
    "Einstein, A.",
    "EINSTEIN, A.",
    "Müller, Jörg",
    "Poincaré, Henri",
    "Wu, C. S.",
    "李 政道",
    "Curie, M.",
)
FACILITIES = ("ESRF", "European XFEL", "Very Large Telescope", "CERN")
YEARS = ("1998", "2003-07", "2010-01-31", "2019", "2020-02-29", "-0320", "2026-11-21T10:00:00Z")
DATE_KINDS = ("issued", "created", "updated")
STANDARDS = ("ivo://ivoa.net/std/TAP", "ivo://ivoa.net/std/SIA")
IN_FIELDS = ("einstein", '"Müller, Jörg"', "esrf", "dataset", "open", "cc-by-4.0", "tap", "x-ray")
RANGES = (
    "year:2019",
    "year:2003..2019",
    "year:<2000",
    "published:2010-01..2019-06",
    "published:>=2020",
    "year:*..*",
    "time:2000/2010",
    "moc:3/1-40",
    "energy:X-ray",
    'parameter:"temperature < 8 K"',
    "concept:galaxies",
    'concept:"small angle scattering"',
    "SAXS",
    "exact:halo",
    "Haeusern",
    "place:0,40,20,60",
    "place:Grenoble",
)
IDENTIFIERS = (
    "10.5281/ZENODO.{}",
    "https://doi.org/10.5281/zenodo.{}",
    "doi:10.5281/ivoa.{}",
    "identifier:10.5281/zen*",
    "http://example.org/data/{}/",
    "oai:zenodo.org:{}",
    "0000-0001-5109-3700",
    "https://ror.org/05a28rw58",
    "identifier:018mejw64",
)
PUBLISHED = ((None, None),) * 4 + (("2003-07-15", None), (None, "2010"), ("2019", "2020-02"))
SOURCES = ("zenodo", "ivoa", "scicat.ess")


def some_record(chance: random.Random, number: int) -> Record:
    """The record of this number; what it holds is up to chance."""
    source = SOURCES[number % len(SOURCES)]
    identifier = f"oai:{source}.org:{number}"
    language, words = chance.choice(
        (("en", WORDS), (None, WORDS), ("de", GERMAN), (None, GERMAN), ("fr", FRENCH))
    )

    def text(longest: int) -> str:
        return " ".join(chance.choices(words, k=chance.randint(1, longest)))

    def some(values: Sequence, most: int) -> list:
        return chance.sample(values, k=chance.randint(0, min(most, len(values))))

    date = chance.choice(YEARS)
    return Record(
        id=record_id(source, identifier),
        kind=chance.choice(("dataset", "software", "service", "publication")),
        titles=tuple(Text(value=text(7), language=language) for _ in range(chance.randint(1, 2))),
        provenance=Provenance(source=source, identifier=identifier),
        identifiers=(
            Identifier(scheme="doi", value=f"10.5281/{source}.{number}"),
            Identifier(scheme="url", value=f"https://example.org/Data/{number}", role="alternate"),
        ),
        descriptions=tuple(Text(value=text(30), type="abstract") for _ in range(chance.randint(0, 2))),
        creators=tuple(
            Agent(
                name=name,
                identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),)
                if name == "Wu, C. S."
                else (),
            )
            for name in some(NAMES, 3)
        ),
        **some_others(random.Random(number)),
        publisher=Agent(name="Zenodo") if source == "zenodo" else None,
        dates=tuple(
            Date(kind=kind, start=date, end=date) for kind in some(("issued", "created", "updated"), 2)
        ),
        languages=("de",) if language == "de" else (),
        subjects=tuple(Term(label=label, uri=uri) for label, uri in some(SUBJECTS, 4)),
        rights=tuple(Rights(licence=Term(label=label)) for label in some(("CC-BY-4.0", "MIT"), 1)),
        access=Access(right=chance.choice(("open", "restricted", "metadata-only"))) if number % 2 else None,
        facilities=tuple(Reference(label=label) for label in some(FACILITIES, 2)),
        instruments=tuple(Reference(label=label) for label in some(("LAT", "ID19"), 1)),
        techniques=tuple(Term(label=label, uri=uri) for label, uri in some(TECHNIQUES, 1)),
        messengers=tuple(Term(label=label) for label in some(("photon", "neutrino"), 2)),
        capabilities=tuple(Capability(standard=standard) for standard in some(STANDARDS, 1)),
        coverage=some_coverage(random.Random(number)),
        parameters=some_parameters(random.Random(number)),
    )


def some_others(chance: random.Random) -> dict[str, Any]:
    """People and houses beside the creators, with identifiers by which the record is found."""
    editor = Agent(
        name="Ng, Bo",
        role="Editor",
        identifiers=(AgentIdentifier(scheme="orcid", value="0000-0001-5109-3700"),),
        affiliations=(Affiliation(name="CERN", identifier="https://ror.org/05a28rw58", scheme="ROR"),),
    )
    funding = Funding(funder="DFG", funder_identifier="https://ror.org/018mejw64")
    return {
        "contributors": (editor,) if chance.random() < 0.2 else (),
        "funding": (funding,) if chance.random() < 0.2 else (),
    }


def some_moc(chance: random.Random) -> str:
    """A MOC in ASCII of some cells near each other, so that two of them often overlap."""
    tokens = []
    for order in sorted(chance.sample(range(2, 9), k=chance.randint(1, 2))):
        first = chance.randrange(4 ** (order - 1))
        numbers = {first + chance.randrange(4 ** (order // 2)) for _ in range(chance.randint(1, 5))}
        tokens.append(f"{order}/" + ",".join(map(str, sorted(numbers))))
    return " ".join(tokens)


def some_intervals(chance: random.Random, low: float, high: float, most: int = 6) -> tuple[Interval, ...]:
    """Intervals within bounds, some of them open."""
    found = []
    for _ in range(chance.randint(1, most)):
        first = chance.uniform(low, high)
        last = first + chance.random() ** 4 * (high - low)
        found.append(Interval(low=first if chance.random() < 0.9 else None, high=last))
    return tuple(found)


def some_coverage(chance: random.Random) -> Coverage | None:
    """Sky, time and energies, or some of them, or nothing."""
    if chance.random() < 0.3:
        return None
    has = [chance.random() < 0.6 for _ in range(3)]
    energies = tuple(
        Interval(low=one.low and 10**one.low, high=one.high and 10**one.high)
        for one in some_intervals(chance, -20, -10)
    )
    bands = (Term(label=chance.choice(("X-ray", "Optical", "Radio", "some band"))),)
    return Coverage(
        sky=Sky(moc=some_moc(chance), frame="ICRS") if has[0] else None,
        places=some_places(chance),
        time=TimeCoverage(intervals=some_intervals(chance, 50_000, 60_000)) if has[1] else None,
        energy=Energy(intervals=energies if chance.random() < 0.7 else (), bands=bands) if has[2] else None,
    )


def some_places(chance: random.Random) -> tuple[Place, ...]:
    """Boxes, points and names, often none."""
    found = []
    for _ in range(chance.choice((0, 0, 1, 1, 2, 7))):
        west, south = round(chance.uniform(-180, 180), 2), round(chance.uniform(-80, 80), 2)
        east, north = west + chance.uniform(0, 40), min(90.0, south + chance.uniform(0, 30))
        box = (west, south, east - 360 if east > 180 else east, north)
        name = chance.choice((None, "Grenoble, France", "Lund", "La Palma"))
        if chance.random() < 0.5:
            found.append(Place(name=name, box=box))
        elif chance.random() < 0.7:
            found.append(Place(name=name, point=Point(longitude=west, latitude=south)))
        else:
            found.append(Place(name="Grenoble"))
    return tuple(found)


def some_parameters(chance: random.Random) -> tuple[Parameter, ...]:
    """Values, ranges and texts with units that are known or not."""
    found = []
    for name in chance.sample(("photon_energy", "Temperature", "beam current"), k=chance.randint(0, 3)):
        unit = chance.choice(
            {"p": ("keV", "eV", "J"), "T": ("K", "deg_C", "furlong"), "b": ("mA", None)}[name[0]]
        )
        value = round(chance.uniform(0, 20), 2)
        if chance.random() < 0.3:
            found.append(Parameter(name=name, low=value, high=value + 5, unit=unit))
        else:
            found.append(Parameter(name=name, value=value, unit=unit))
    return tuple(found)


def some_coverage_query(chance: random.Random) -> dict[str, Any]:
    """What a query asks of coverage: mostly nothing."""
    found: dict[str, Any] = {}
    if chance.random() < 0.7:
        return found
    if chance.random() < 0.4:
        found["moc"] = some_moc(chance)
    if chance.random() < 0.3:
        found["time"] = chance.choice(
            ("2000/2001", "52000/53000.5", "1999-02-03", "../2010", "2015-03-01T12:00:00Z/")
        )
    if chance.random() < 0.3:
        found["place"] = chance.choice(
            (
                "0,40,20,60",
                "-180,-90,180,90",
                "170,-50,-170,0",
                "5.7,45.2",
                "Grenoble",
                "la palma",
                "France Lund",
            )
        )
    if chance.random() < 0.3:
        found["energy"] = chance.choice(
            ("1 keV/10 keV", "X-ray", "1e-18/", "300 nm/700 nm", "/1 eV", "1.4 GHz")
        )
    if chance.random() < 0.3:
        found["parameters"] = (
            chance.choice(
                (
                    "photon_energy > 10 keV",
                    "temperature 4..10 K",
                    "Temperature <= 285 K",
                    "beam current = 3 mA",
                    "beam_current < 12",
                    "photon energy 1e-15 .. 2e-15 J",
                )
            ),
        )
    return found


def some_changes(count: int, seed: int = 1) -> list[Change]:
    """New records, then changed ones, then deletions among them: the whole history, in order."""
    chance = random.Random(seed)
    changes: list[Change] = []

    def add(record: Record, *, deleted: bool = False) -> None:
        changes.append(
            Change(
                sequence=len(changes) + 1,
                id=record.id,
                source=record.provenance.source,
                datestamp="2026-11-21T12:00:00Z",
                record=None if deleted else record,
            )
        )

    for number in range(count):
        add(some_record(chance, number))
    for number in chance.sample(range(count), count // 5):
        add(some_record(chance, number))
    for number in chance.sample(range(count), count // 10):
        add(some_record(chance, number), deleted=True)
    return changes


def latest(changes: Sequence[Change]) -> list[Change]:
    """Each record once, at its latest state, as the store gives them out."""
    return sorted({change.id: change for change in changes}.values(), key=lambda change: change.sequence)


class FakeStore:
    """A change sequence in a list."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.rows = latest(changes)

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        return [change for change in self.rows if change.sequence > after][:limit]

    def last_sequence(self) -> int:
        return self.rows[-1].sequence if self.rows else 0


def some_words(chance: random.Random, depth: int = 0) -> str:
    """A query by chance, in the query language."""
    every = (*WORDS, *GERMAN, *FRENCH, "missing")
    form = chance.randrange(14)
    if form < 4 or depth > 3:
        return chance.choice(every)
    if form == 4:
        return '"' + " ".join(chance.choices(every, k=chance.randint(1, 3))) + '"'
    if form == 5:
        return "-" + some_words(chance, depth + 1)
    if form == 6:
        return f"({some_words(chance, depth + 1)} OR {some_words(chance, depth + 1)})"
    if form == 7:
        return chance.choice(WORDS)[:3].ljust(3, "a") + "*"
    if form == 8:
        return chance.choice(("title:", "description:", "subject:", "abstract:")) + chance.choice(every)
    if form == 9:
        field = chance.choice(("creator", "facility", "type", "access", "licence", "standard", "technique"))
        return f"{field}:" + chance.choice(IN_FIELDS)
    if form == 10:
        return chance.choice(RANGES)
    if form == 11:
        return chance.choice(IDENTIFIERS).format(chance.randrange(60))
    return f"{some_words(chance, depth + 1)} {some_words(chance, depth + 1)}"


def some_query(chance: random.Random) -> Query:
    """Words, choices in facets, dates and an order by chance."""
    choices = {
        "type": ("dataset", "software"),
        "source": SOURCES,
        "subject": ("galaxies", "Dark Matter", "http://astrothesaurus.org/uat/573", "poincare group"),
        "creator": ("Einstein, A.", "wu, c. s.", "nobody"),
        "access": ("open", "metadata-only"),
        "year": ("2019", "1998", "-0320"),
        "facility": FACILITIES,
        "has": ("licence", "sky", "description", "parameters"),
    }
    facets = {}
    for facet in chance.sample(sorted(choices), k=chance.choice((0, 0, 0, 1, 2))):
        facets[facet] = tuple(chance.sample(choices[facet], k=chance.randint(1, 2)))
    published = chance.choice(PUBLISHED)
    covered = some_coverage_query(chance)
    orders = ("fit", *SORTS) if "moc" in covered else [sort for sort in SORTS if sort != "fit"]
    return Query(
        words=some_words(chance) if chance.random() < 0.8 else "",
        facets=facets,
        published=published,
        **covered,
        sort=chance.choice(orders),
        size=1000,
        counts=FACETS,
        counts_size=chance.choice((3, 20)),
        trees=chance.random() < 0.3,
    )


def some_listing(chance: random.Random) -> Listing:
    """A facet, what its values are to contain, an order and a short page by chance."""
    return Listing(
        facet=chance.choice((*FACETS, "parameter", "parameter")),
        contains=chance.choice(
            ("", "", "a", "ein", "Müller", "poincaré group", "X-ray", "-", "20", "γ", "no")
        ),
        sort=chance.choice(LISTING_SORTS),
        size=chance.choice((1, 3, 50)),
    )
