"""What a query asks of an index: the tree of the query language as conditions.

It is done once for all engines and for the matcher, so that a query means the same everywhere.
"""

from __future__ import annotations

import re

from catalogue import query_language as language
from catalogue.conditions import All_, Always, Any_, Begins, Between, Condition, Exact, Key, Stem
from catalogue.coverage_query import CONDITIONS
from catalogue.days import LAST_DAY, days_of
from catalogue.identity import normal_identifier, with_scheme
from catalogue.index_document import STEMMED, identifier_key
from catalogue.index_facets import FACET_FIELD, HIERARCHICAL, LABELLED, facet_value, uri_key, within_key
from catalogue.meanings import bearing
from catalogue.text import FUNCTION_WORDS, compounds, forms, other_forms, spellings, without_article, words

WEIGHTS = {"title": 4.0, "subject": 2.0, "creator": 2.0, "description": 1.0, "other": 0.5}
"""How much a word counts in the score, by the field that holds it; in others 1."""

KEY_POINTS = {"identifiers": 5.0, "concepts": 2.0}
"""Points of a record that holds a key of such a field; of others 1."""


_ORCID_DIGITS = re.compile(r"0000000[1-9][0-9]{7}[0-9Xx]|0009000[0-9]{8}[0-9Xx]")


def lower(node: language.Node) -> Condition:
    """The conditions that a parsed query stands for."""
    match node:
        case language.Everything():
            return Always()
        case language.And(parts):
            return _all(parts)
        case language.Or(parts):
            return Any_(tuple(lower(part) for part in parts))
        case language.Not():
            return _all((node,))
        case language.Range(field, low, high):
            return _dates(field, low, high)
        case language.Covers(field, text):
            return CONDITIONS[field](text)
        case language.Concept(text):
            return bearing(text)
        case language.Word(text, field):
            return _word(text, field, inflected=True)
        case language.Phrase(text, field):
            return _word(text, field, inflected=False)
        case language.Prefix(text, field):
            return _prefix(text, field)


def chosen(facet: str, values: tuple[str, ...]) -> Condition:
    """The records that bear one of the chosen values of a facet, or what is below it.

    A value may be its URI.
    """
    values = tuple(value.encode("utf-8", "replace").decode("utf-8") for value in values)
    folded = tuple(_facet_key(facet, value) for value in values)
    condition: Condition = Key(FACET_FIELD[facet], folded)
    keys = tuple(uri_key(facet, value) for value in values if "://" in value)
    if facet in HIERARCHICAL:
        keys += tuple(within_key(facet, value) for value in folded if value)
    return Any_((condition, Key("concepts", keys))) if keys else condition


def published(low: str | None, high: str | None) -> Condition:
    """The records whose date of issue (else creation) overlaps a range of dates."""
    return _dates("published", low, high)


def _facet_key(facet: str, value: str) -> str:
    key = facet_value(value)
    return key.replace(" ", "-") if facet == "access" else key


def _all(parts: tuple[language.Node, ...]) -> Condition:
    wanted = [part for part in parts if not isinstance(part, language.Not)]
    excluded = [part.part for part in parts if isinstance(part, language.Not)]
    telling = [part for part in wanted if not _is_function_word(part)]
    conditions = tuple(lower(part) for part in telling or wanted) or (Always(),)
    return All_(conditions, tuple(lower(part) for part in excluded))


def _is_function_word(node: language.Node) -> bool:
    if not isinstance(node, language.Word) or node.field is not None:
        return False
    found = words(node.text)
    return len(found) == 1 and found[0] in FUNCTION_WORDS


def _dates(field: str, low: str | None, high: str | None) -> Condition:
    """A year range asks where the date begins; a range of dates asks for an overlap."""
    first = days_of(low)[0] if low is not None else 0
    last = days_of(high)[1] if high is not None else LAST_DAY
    if field == "year":
        return Between("first_day", first, last)
    return All_((Between("last_day", first, LAST_DAY), Between("first_day", 0, last)))


def _word(text: str, field: str | None, *, inflected: bool) -> Condition:
    """A word or a phrase; what is cut into several words is a phrase, and a hyphen may be missing."""
    if inflected:
        text = without_article(text)
    found = tuple(words(text))
    if field is None:
        parts = [part for name in STEMMED for part in _stemmed(name, text, found, inflected=inflected)]
        return Any_((*parts, *_written("creator", text, found, inflected=inflected), _identifier(text)))
    if field in STEMMED:
        parts = _stemmed(field, text, found, inflected=inflected)
        if field in HIERARCHICAL:
            parts.append(Exact("labels", tuple(f"{field}:{word}" for word in found)))
    elif field == "identifier":
        return _identifier(text)
    elif field in LABELLED:
        parts = [Exact("labels", tuple(f"{field}:{word}" for word in found))]
    else:
        parts = _written(field, text, found, inflected=inflected)
    if "://" in text and field in FACET_FIELD:
        parts.append(Key("concepts", (uri_key(field, text),)))
    return parts[0] if len(parts) == 1 else Any_(tuple(parts))


def _written(field: str, text: str, found: tuple[str, ...], *, inflected: bool) -> list[Condition]:
    """Words of a field that is not stemmed, in each of their spellings."""
    others = spellings(text) if inflected else ()
    return [Exact(field, found), *(Exact(field, (other,)) for other in others)]


def _stemmed(field: str, text: str, found: tuple[str, ...], *, inflected: bool) -> list[Condition]:
    if not inflected:
        return [Exact(f"{field}_exact", found)]
    if len(found) == 1:
        return [Stem(field, tuple(dict.fromkeys((*forms(found[0]), *other_forms(text)))))]
    parts: list[Condition] = [Exact(f"{field}_exact", found)]
    written_in_one = compounds((text,))
    if len(written_in_one) == 1 and len(written_in_one[0]) == sum(map(len, found)):
        parts.append(Stem(field, forms(written_in_one[0])))
    return parts


def identifier_keys(text: str) -> tuple[str, ...]:
    """The keys of an identifier in any writing: as it stands, in its normal form, without a closing stop."""
    writings = dict.fromkeys((text, text.rstrip(".,;:!?"), text.strip("<>()[]{}.,;:!?\"'")))
    keys = [identifier_key(writing) for writing in writings]
    keys += [identifier_key(normal_identifier(with_scheme(one)).value) for one in writings if one]
    if _ORCID_DIGITS.fullmatch(text):
        keys.append("-".join((text[:4], text[4:8], text[8:12], text[12:].casefold())))
    return tuple(dict.fromkeys(key for key in keys if key))


def _identifier(text: str) -> Condition:
    return Key("identifiers", identifier_keys(text) or ("",))


def _prefix(text: str, field: str | None) -> Condition:
    if field == "identifier":
        normal = identifier_key(normal_identifier(with_scheme(text)).value)
        return Any_((Begins("identifiers", identifier_key(text)), Begins("identifiers", normal)))
    found = words(text)
    if field is None:
        names = (*(f"{name}_exact" for name in STEMMED), "creator")
    elif field in STEMMED:
        names = (f"{field}_exact",)
    else:
        names = ("labels",) if field in LABELLED else (field,)
    label = f"{field}:" if names == ("labels",) else ""
    last = Any_(tuple(Begins(name, label + found[-1]) for name in names))
    before = tuple(_word(word, field, inflected=True) for word in found[:-1])
    return All_((*before, last)) if before else last
