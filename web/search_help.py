"""The query language explained once: for the page /help/search, docs/search.md and the command line.

Every example is run by a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.query_language import (
    DEEPEST_ALTERNATION,
    DEEPEST_NESTING,
    MOST_ALTERNATIVES,
    MOST_COVERED,
    MOST_PREFIXES,
    MOST_WORDS,
    SHORTEST_PREFIX,
)
from catalogue.region_fit import DEEPEST_FIT
from catalogue.said import Figures, said
from catalogue.search_plan import DEEPEST
from catalogue.time_scales import SCALES
from web.languages import N_
from web.search_parameters import MAXIMUM_WORDS


@dataclass(frozen=True, slots=True)
class Example:
    """A query, and what it finds."""

    query: str
    finds: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the language: its title, a paragraph, examples."""

    anchor: str
    title: str
    text: str
    examples: tuple[Example, ...] = ()


SECTIONS = (
    Section(
        "words",
        N_("Words and phrases"),
        N_(
            "Several words are all wanted, in any order, in any field and in any inflection; small words "
            "such as «the» or «der» may be missing. Texts are looked at in their own language (English, "
            "German, French, Spanish, Italian, Dutch, Portuguese, Russian, Swedish). Case and accents do "
            "not matter, and an umlaut may be written with an e. What stands in quotation marks must stand "
            "so, word by word."
        ),
        (
            Example("pulsar accretion", N_("both words: also «accreting pulsars»")),
            Example('"neutron powder diffraction"', N_("exactly these words in this order")),
            Example("Gravitationslinse", N_("German words in any inflection")),
            Example("suedhimmel", N_("«Südhimmel»")),
        ),
    ),
    Section(
        "operators",
        N_("Or, not, brackets"),
        N_(
            "OR joins alternatives, a minus sign (or NOT) excludes, brackets group. Without brackets a "
            "minus sign holds for the next word alone; what stands side by side (or has AND between) holds "
            "together more tightly than OR: «a b OR c» is «(a b) OR c». Operators are written in capitals."
        ),
        (
            Example("neutrino OR pulsars", N_("one of the two, or both")),
            Example("shear -pipeline", N_("the first without the second")),
            Example("(shear OR spectra) (release OR pulsars)", N_("one of each pair")),
        ),
    ),
    Section(
        "wildcards",
        N_("Beginnings and misspelt words"),
        said(
            "A star at the end of a word stands for any ending, after %(letters)s letters at least. There "
            "is no sign for misspelt words: where nothing is found, the nearest spelling that finds "
            "something is offered.",
            letters=SHORTEST_PREFIX,
        ),
        (
            Example("pulsa*", N_("words that begin so")),
            Example("title:grav*", N_("in titles alone")),
        ),
    ),
    Section(
        "fields",
        N_("Fields"),
        N_(
            "A field and a colon before a word, a phrase or brackets. Fields are title, description "
            "(abstract), identifier (id), creator (author), subject (keyword), publisher, type, source, "
            "licence, access, facility, instrument, technique, messenger, standard and has (what a record "
            "tells: files, services, licence, orcid, sky, time, energy …)."
        ),
        (
            Example("title:shear", N_("in the title")),
            Example('creator:"Okafor, Ngozi"', N_("a name as it is written")),
            Example("subject:(cosmology OR magnetism)", N_("one of several")),
            Example("type:workflow", N_("a kind of record")),
            Example("licence:cc-by-4.0 access:open", N_("several fields together")),
            Example('facility:"South Pole Array"', N_("a place of observation")),
            Example("instrument:widecam", N_("an instrument")),
            Example("standard:tap", N_("a service of this standard")),
            Example("has:description -has:funding", N_("with a description, without a word on funding")),
        ),
    ),
    Section(
        "identifiers",
        N_("Identifiers"),
        N_(
            "DOI, ORCID, IVOID, ROR, Handle, arXiv number and others find their record in any writing, and "
            "it comes first."
        ),
        (
            Example("https://doi.org/10.5072/SHEAR.3", N_("a DOI with or without address, in any case")),
            Example("doi: 10.5072/shear.3", N_("the same")),
            Example("0000-0002-1825-0097", N_("what this person has made")),
            Example("ivo://example.org/shear", N_("a resource of the Virtual Observatory")),
            Example("identifier:10.5072/*", N_("all that begin so")),
        ),
    ),
    Section(
        "concepts",
        N_("Concepts"),
        N_(
            "Words that are a label of a concept of a vocabulary (UAT, PaNET, messengers, observatories …),"
            " or another name or an acronym of it, also find what bears the concept or a narrower one. The "
            "line «read as» says which were added. Quotation marks or «exact:» leave them out."
        ),
        (
            Example("powder diffraction", N_("also neutron powder diffraction, by its identifier in PaNET")),
            Example('concept:"powder diffraction"', N_("only what bears the concept or one below it")),
            Example("exact:neutrino", N_("the word alone")),
        ),
    ),
    Section(
        "dates",
        N_("Dates of publication"),
        N_(
            "«year» asks for the year in which it was published (else created), «published» for any date, "
            "as 2019, 2019-03 or 2019-03-01. Ranges have two points between, an open end may be a star."
        ),
        (
            Example("year:2019", N_("one year")),
            Example("year:2019..2021", N_("a range, both ends included")),
            Example("published:>=2023-05", N_("from a month on; also >, < and <=")),
            Example("year:[2018 TO *]", N_("the same as in other search engines")),
        ),
    ),
    Section(
        "coverage",
        N_("Sky, time, energy, parameters, place"),
        said(
            "What was observed: each finds what overlaps. Put what holds spaces into quotation marks. The "
            "sky is in degrees, a position also sexagesimal, ICRS unless FK5, FK4 or GALACTIC follows; "
            "times are ISO 8601 or MJD, UTC unless another time scale follows (%(scales)s; records, too, "
            "are taken on the scale that they name); energies have a unit of energy, wavelength or "
            "frequency, or are the name of a band (radio, millimetre, infrared, optical, UV, X-ray, gamma-"
            "ray). Ranges have a slash or two points between. Parameters whose values have a unit are only "
            "found with one.",
            scales=", ".join(SCALES[3:]),
        ),
        (
            Example("moc:6/17-18", N_("a region of the sky as MOC")),
            Example("sky:46,5,5", N_("a cone: right ascension, declination, radius")),
            Example('sky:"03:04:00,+05:00:00,5"', N_("the same in hours, minutes and seconds")),
            Example("time:2017/2018-06", N_("observed then")),
            Example('time:"58100.5 TT/58101 TT"', N_("MJD in Terrestrial Time")),
            Example("energy:optical", N_("a band")),
            Example('energy:"500 nm/700 nm"', N_("an interval")),
            Example('parameter:"temperature < 10 K"', N_("a parameter with its unit")),
            Example('parameter:"exposure 1..5 min"', N_("a range in another unit")),
            Example("place:5,45,7,47", N_("a box on Earth: west, south, east, north in degrees; or a point")),
        ),
    ),
)

LIMITS = said(
    "At most %(maximum_words)s characters, %(most_words)s words, %(most_alternatives)s alternatives joined "
    "by OR, %(most_prefixes)s words with a star, %(most_covered)s regions, times, energies and parameters, "
    "brackets %(deepest_nesting)s deep, and ORs within each other %(alternation)s deep. By relevance the "
    "first %(deepest)s hits can be paged through, by fit the first %(deepest_fit)s; the other orders have "
    "no end.",
    maximum_words=Figures(f"{MAXIMUM_WORDS:,}"),
    most_words=MOST_WORDS,
    most_alternatives=MOST_ALTERNATIVES,
    most_prefixes=MOST_PREFIXES,
    most_covered=MOST_COVERED,
    deepest_nesting=DEEPEST_NESTING,
    alternation=DEEPEST_ALTERNATION,
    deepest=Figures(f"{DEEPEST:,}"),
    deepest_fit=Figures(f"{DEEPEST_FIT:,}"),
)
ORDER = said(
    "First comes the record whose identifier or whole title the query is. Then words count, in a title four "
    "times, in subjects and names twice as much as in a description; all words side by side count more. "
    "Among records that are about equal, those come first that tell more, and those that are newer. Both "
    "search engines find the same records; as each weighs words by its own statistics, records of nearly "
    "equal weight may stand in another order. Where a region of the sky is asked for by the parameters sky "
    "or moc, hits may come by fit (sort=fit): the common area over the area of both together, by the regions "
    "as records hold them. The %(deepest_fit)s hits whose areas are nearest to that of the region are "
    "compared with it, as far as that takes less than a second; it is said how many others come behind them.",
    deepest_fit=Figures(f"{DEEPEST_FIT:,}"),
)


def short() -> str:
    """The language in a line for each example, for the command line."""
    examples = [section.examples[0] for section in SECTIONS]
    width = max(len(example.query) for example in examples)
    return "\n".join(f"  {example.query:{width}}  {example.finds}" for example in examples)


def markdown() -> str:
    """The whole page for docs/."""
    lines = ["The same at `/help/search` of every installation.\n"]
    for section in SECTIONS:
        lines += [f"## {section.title}\n", f"{section.text}\n", "| query | finds |", "|---|---|"]
        lines += [f"| `{one.query}` | {one.finds} |" for one in section.examples]
        lines.append("")
    lines += ["## Order\n", f"{ORDER}\n", "## Limits\n", LIMITS]
    return "\n".join(lines) + "\n"
