"""Words of sources as terms of our vocabularies: languages, types, relations, roles.

What no vocabulary knows stays the word that it is.
"""

from __future__ import annotations

import functools
import re
from typing import cast

from catalogue.record import Kind
from mappings.text import clean_line
from vocab.base import Concept, concluded, vocabulary

_SUBTAG = re.compile(r"[-_]")
_BCP47 = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z]{4})?(?:-(?:[a-zA-Z]{2}|\d{3}))?(?:-[a-zA-Z0-9]{5,8})*")

_TYPE_PREFIXES = ("info:eu-repo/semantics/", "http://purl.org/dc/dcmitype/", "doc-type:")

DEFAULT_TYPE: dict[Kind, str] = {
    "dataset": "Dataset",
    "collection": "Collection",
    "service": "Service",
    "software": "Software",
    "workflow": "Workflow",
    "publication": "Text",
    "instrument": "Instrument",
    "facility": "Facility",
    "sample": "PhysicalObject",
    "project": "Project",
    "organisation": "Organisation",
    "repository": "Repository",
    "standard": "Standard",
    "event": "Event",
    "image": "Image",
    "lesson": "Lesson",
    "document": "Document",
    "other": "Other",
}
"""The code in the vocabulary resource_types that each kind is written with where nothing finer is known."""


@concluded(4096)
def read_language(text: str | None) -> str | None:
    """A language as BCP 47 (eng, en_US, GER, English, mul …); an unknown word stays as it is."""
    cleaned = clean_line(text)
    if cleaned is None:
        return None
    languages = vocabulary("languages")
    found = languages.lookup(cleaned)
    if found is not None:
        return found.code
    parts = _SUBTAG.split(cleaned)
    if len(parts) > 1:
        primary = languages.lookup(parts[0])
        if primary is not None and len(parts[0]) < 4:
            tag = "-".join([primary.code, *(_subtag(part) for part in parts[1:])])
            if _BCP47.fullmatch(tag):
                return tag
    if len(cleaned) == 3 and cleaned.isascii() and cleaned.isalpha():
        return cleaned.lower()
    return cleaned


@functools.lru_cache(maxsize=1024)
def is_language_tag(text: str | None) -> bool:
    """Whether this may stand in xml:lang (BCP 47)."""
    return text is not None and _BCP47.fullmatch(text) is not None


@concluded(4096)
def resource_type(text: str) -> Concept | None:
    """The concept of the vocabulary resource_types that a word or URI means."""
    types = vocabulary("resource_types")
    found = types.lookup(text)
    if found is None:
        for prefix in _TYPE_PREFIXES:
            if text[: len(prefix)].casefold() == prefix:
                return types.lookup(text[len(prefix) :])
    return found


def kind_of(concept: Concept) -> Kind:
    """The kind of the unified model that a resource type belongs to."""
    return cast(Kind, concept.values["kind"])


@concluded(1024)
def default_type(kind: Kind) -> Concept:
    """The resource type that a kind is when nothing finer is known."""
    return vocabulary("resource_types")[DEFAULT_TYPE[kind]]


@concluded(4096)
def joined_type(general: str | None, words: str | None) -> tuple[Kind, str | None]:
    """Kind and label of a general type (any vocabulary) and the source's own words for it.

    The label is what the kind does not say: nothing, a finer type, the words, or both as
    «Report/Annual report» (the pair that DataCite recommends for resourceType).
    """
    concept = resource_type(general) if general else None
    finer = resource_type(words) if words else None
    rest = None
    if concept is not None and finer is None and words and "/" in words:
        before, _, rest = words.partition("/")
        finer = resource_type(before)
    if concept is None:
        if finer is None:
            return "other", words or general
        concept, words = finer, general
    elif finer is not None and _is_finer(finer, concept):
        concept, words = finer, rest
    elif finer is concept and rest is None:
        words = None
    kind = kind_of(concept)
    plain = concept is default_type(kind)
    if not words:
        return kind, None if plain else concept.label
    return kind, words if plain else f"{concept.label}/{words}"


@concluded(4096)
def written_type(kind: Kind, label: str | None) -> tuple[Concept, str | None]:
    """The resource type that a kind and its label are written with, and the words beside it."""
    if label:
        general, slash, words = label.partition("/")
        concept = resource_type(general)
        if slash and concept is not None and kind_of(concept) == kind:
            return concept, words
        concept = resource_type(label)
        if concept is not None and kind_of(concept) == kind:
            return concept, None
    return default_type(kind), label


def _is_finer(finer: Concept, general: Concept) -> bool:
    """Whether the words name a type below the general one, which DataCite has no term for or a newer one."""
    return finer is not general and (
        general.code == "Other"
        or finer.values.get("datacite") == general.code
        or (general.code == "Text" and kind_of(finer) == kind_of(general))
    )


@concluded(1024)
def relation_type(text: str) -> str:
    """A relation type by its DataCite or IVOA name; an unknown one stays as it is."""
    found = vocabulary("relation_types").lookup(text)
    return found.code if found is not None else text


@concluded(1024)
def contributor_role(text: str | None) -> str | None:
    """A role as DataCite contributorType; an unknown one stays as it is."""
    cleaned = clean_line(text)
    if cleaned is None:
        return None
    found = vocabulary("contributor_roles").lookup(cleaned)
    return found.code if found is not None else cleaned


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
