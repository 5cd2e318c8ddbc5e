"""What the operator of a source can do about an issue of its records."""

from __future__ import annotations

from web.languages import N_, _

_BY_RULE = {
    "refused": N_("Correct the record at the source: until then it is kept here as it came, and not shown."),
    "bug": N_("Nothing: this is a fault of Almagest, which is logged. The record is kept as it came."),
    "missing": N_(
        "Nothing, if they were deleted: they are withdrawn when the time of grace is over. "
        "Otherwise look why the list leaves them out."
    ),
    "unreadable": N_(
        "Ask for the record by itself and look at what comes; it is tried again at each harvest."
    ),
    "unnamed": N_("Give each record of the list an identifier, and send well-formed answers."),
    "timeout": N_("Make the record smaller: it took too long to read."),
}
_BY_PATH = (
    (
        ("rights", "licen"),
        N_("State a licence, by its SPDX identifier or its address, and apply it to all records."),
    ),
    (("creator", "author", "contributor"), N_("Give people as «Family, Given», with their ORCID.")),
    (("date", "year", "time"), N_("Write dates by ISO 8601: 2024, 2024-05 or 2024-05-01.")),
    (("identifier", "doi"), N_("Give the DOI or PID in its own element, without words around it.")),
    (("language",), N_("Write languages by their ISO 639 code: en, de.")),
    (("subject", "keyword"), N_("Name the scheme of the subjects, and their URI where there is one.")),
    (("relat",), N_("Name the type of each relation as DataCite does, and the scheme of the identifier.")),
    (("coverage", "spatial", "geo"), N_("See the standard of the format for how coverage is written.")),
    (("title",), N_("Give each record a title.")),
    (("type",), N_("Use a term of DataCite's resourceTypeGeneral or of the COAR vocabulary.")),
)


def advice(rule: str, path: str) -> str | None:
    """A sentence for the provider, by the rule that was broken, else by where; ``None`` for no idea."""
    if rule in _BY_RULE:
        return _(_BY_RULE[rule])
    where = path.lower()
    return next((_(hint) for parts, hint in _BY_PATH if any(part in where for part in parts)), None)
