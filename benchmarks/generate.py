"""Deterministic synthetic records of about 100 words, as oai_dc and in OAI-PMH headers.

The words follow Zipf's law over 20,000 made-up and 90 real ones, so that an index has
both common and rare terms; names and texts hold accents, other scripts and characters
that XML must escape.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from catalogue.record import Coverage, Energy, Interval, Parameter, Place, Sky, TimeCoverage

PHYSICS = """detector collision hadron lepton neutrino photon quark gluon boson muon tau jet vertex tracker
calorimeter trigger luminosity beam synchrotron undulator diffraction scattering tomography spectroscopy
reflectometry neutron crystal lattice phonon magnon superconductor alloy perovskite catalyst polymer protein
galaxy quasar pulsar nebula supernova cluster redshift survey photometry astrometry telescope interferometer
gravitational wave merger cosmic ray shower air antenna radio infrared ultraviolet gamma spectrum catalogue
simulation lattice-QCD parton generator histogram likelihood calibration resolution efficiency background
signal noise vacuum plasma tokamak laser cavity resonance nucleus isotope decay fission fusion ion trap
quantum entanglement qubit coherence temperature pressure field""".split()
SMALL = "the of and in to for with on from by at as an is are was were this that between using under".split()
SYLLABLES = (
    "ba be bi bo ca co cu da de do fa fe ga ge ha hi ka ko la le li lo ma me mi mo na ne no pa pe".split()
)
FAMILY = "Müller García Łukasz Sørensen Kovács Петров 王 田中 Dupont Lefèvre Rossi O'Brien Novák".split()
GIVEN = "Anna José Mária Björn Wei Yuki Fatima Olga Chloé Luca Kwame Jan Min-jun Priya Élodie".split()
PUBLISHERS = [
    "Zenodo",
    "DESY",
    "CERN",
    "Paul Scherrer Institut",
    "Universität Bonn & Köln",
    "GSI <Darmstadt>",
]
LICENCES = [
    "https://creativecommons.org/licenses/by/4.0/legalcode",
    "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
    "https://opensource.org/licenses/MIT",
]
TYPES = ["Dataset", "Software", "Text", "Image", "Collection"]
LANGUAGES = ["en", "en", "en", "de", "fr", "es"]
SETS = ["particles", "photons", "sky", "nuclei", "sky:radio", "sky:xray"]
DC = (
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
    '"http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd"'
)
_EPOCH = 1577836800
_SPAN = 5 * 365 * 86400


@dataclass(frozen=True, slots=True)
class Synthetic:
    """One generated record; every hundredth is deleted."""

    number: int
    identifier: str
    datestamp: str
    deleted: bool
    set: str
    doi: str
    title: str
    description: str
    date: str
    creators: tuple[str, ...]
    subjects: tuple[str, ...]
    publisher: str
    type: str
    language: str
    licence: str
    related: tuple[str, ...]


def records(count: int, seed: int = 7) -> Iterator[Synthetic]:
    """``count`` records; the same seed gives the same ones."""
    rng = random.Random(seed)
    made = ("".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(20000))
    words = list(dict.fromkeys(itertools.chain(PHYSICS, made)))
    weights = list(itertools.accumulate(1.0 / (rank + 8) ** 0.9 for rank in range(len(words))))
    for number in range(count):
        text = rng.choices(words, cum_weights=weights, k=105)
        text[3::4] = rng.choices(SMALL, k=len(text[3::4]))
        sentences = (" ".join(text[start : start + 16]).capitalize() for start in range(9, 105, 16))
        creators = (f"{rng.choice(FAMILY)}, {rng.choice(GIVEN)}" for _ in range(rng.randint(1, 4)))
        yield Synthetic(
            number=number,
            identifier=f"oai:bench.example.org:{number:08d}",
            datestamp=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_EPOCH + number * _SPAN // count)),
            deleted=number % 100 == 99,
            set=rng.choice(SETS),
            doi=f"10.5072/bench.{number:08d}",
            title=" ".join(text[:9]).capitalize(),
            description=". ".join(sentences) + " (<5 % & R² > 0.9).",
            date=f"{rng.randint(1990, 2025)}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            creators=tuple(dict.fromkeys(creators)),
            subjects=tuple(dict.fromkeys(rng.choices(words, cum_weights=weights, k=5))),
            publisher=rng.choice(PUBLISHERS),
            type=rng.choice(TYPES),
            language=rng.choice(LANGUAGES),
            licence=rng.choice(LICENCES),
            related=tuple(f"10.5072/bench.{rng.randrange(count):08d}" for _ in range(2)),
        )


def coverage(number: int) -> tuple[Coverage | None, tuple[Parameter, ...]]:
    """What every second record covers: a patch of sky or an experiment's parameters, a time, an energy."""
    rng = random.Random(number)
    if number % 2:
        return None, ()
    start = rng.uniform(45_000, 60_000)
    energy = 10 ** rng.uniform(-24, -8)
    time = TimeCoverage(intervals=(Interval(low=start, high=start + rng.expovariate(1 / 30)),))
    energies = Energy(intervals=(Interval(low=energy, high=energy * rng.uniform(1, 10)),))
    if number % 4:
        temperature = Parameter(name="sample_temperature", value=round(rng.uniform(1, 400), 2), unit="K")
        beam = Parameter(name="photon_energy", value=round(rng.uniform(1, 100), 3), unit="keV")
        return Coverage(time=time, energy=energies), (temperature, beam)
    order = rng.randint(5, 9)
    first = rng.randrange(12 * 4**order - 40)
    cells = sorted({first + rng.randrange(40) for _ in range(rng.randint(1, 30))})
    sky = Sky(moc=f"{order}/" + ",".join(map(str, cells)), frame="ICRS")
    return Coverage(sky=sky, time=time, energy=energies), ()


def place(number: int) -> Place:
    """A box on Earth for every record, up to 8 degrees wide, for searches by bbox."""
    rng = random.Random(-number)
    west, south = rng.uniform(-180, 171), rng.uniform(-90, 81)
    return Place(box=(west, south, west + rng.uniform(0.1, 8), south + rng.uniform(0.1, 8)))


def header(record: Synthetic) -> str:
    """The OAI-PMH header (section 2.5)."""
    status = ' status="deleted"' if record.deleted else ""
    return (
        f"<header{status}><identifier>{record.identifier}</identifier>"
        f"<datestamp>{record.datestamp}</datestamp><setSpec>{record.set}</setSpec></header>"
    )


def oai_dc(record: Synthetic) -> str:
    """The record as oai_dc."""
    parts = [f"<oai_dc:dc {DC}>", f"<dc:title>{escape(record.title)}</dc:title>"]
    parts += [f"<dc:creator>{escape(name)}</dc:creator>" for name in record.creators]
    parts += [f"<dc:subject>{escape(word)}</dc:subject>" for word in record.subjects]
    parts += [
        f"<dc:description>{escape(record.description)}</dc:description>",
        f"<dc:publisher>{escape(record.publisher)}</dc:publisher>",
        f"<dc:date>{record.date}</dc:date>",
        f"<dc:type>info:eu-repo/semantics/{record.type.lower()}</dc:type>",
        f"<dc:identifier>https://doi.org/{record.doi}</dc:identifier>",
        f"<dc:language>{record.language}</dc:language>",
    ]
    parts += [f"<dc:relation>doi:{doi}</dc:relation>" for doi in record.related]
    parts += [f"<dc:rights>{record.licence}</dc:rights>", "</oai_dc:dc>"]
    return "\n".join(parts)


def oai_record(record: Synthetic) -> str:
    """The record as an element of ListRecords."""
    body = "" if record.deleted else f"<metadata>{oai_dc(record)}</metadata>"
    return f"<record>{header(record)}{body}</record>"
