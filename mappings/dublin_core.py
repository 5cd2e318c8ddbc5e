"""The elements of Dublin Core (DCMES 1.1) and DCMI Terms, each with the place that its value has."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from catalogue.identity import normal_identifier, scheme_and_value
from catalogue.record import (
    DateKind,
    Funding,
    Identifier,
    Relation,
    Term,
    Text,
)
from mappings.agents import named_agent, read_name
from mappings.dates import read_date
from mappings.dublin_core_draft import Draft
from mappings.places import read_place
from mappings.rights import joined_access, read_rights
from mappings.terms import read_language, resource_type
from mappings.text import clean_block, clean_line, clean_url
from vocab.base import Concept

DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_GRANT = re.compile(r"info:eu-repo/grantAgreement/(.+)", re.IGNORECASE)
_EU_REPO_LINK = re.compile(
    r"info:eu-repo/semantics/(altIdentifier|dataset|reference)/([a-z0-9]+)/(.+)", re.IGNORECASE
)
_EMBARGO = "info:eu-repo/date/embargoend/"


Handler = Callable[[Draft, str, Any], None]


@functools.lru_cache(maxsize=1024)
def handler_of(tag: object) -> Handler | None:
    """What is done with an element; one of another vocabulary is kept as extra value."""
    if not isinstance(tag, str):
        return None
    namespace, _, name = tag.rpartition("}")
    found = (_TERMS.get(name) if namespace == "{" + DCTERMS else None) or _ELEMENTS.get(name)
    if found is not None:
        return found
    path = f"dcterms:{name}" if namespace == "{" + DCTERMS else name

    def keep(draft: Draft, text: str, element: Any) -> None:
        draft.keep(path, text)

    return keep


def _title(draft: Draft, text: str, element: Any) -> None:
    value = clean_line(text)
    if value is not None:
        language = element.get(_LANGUAGE)
        draft.found_titles.append(
            Text(
                value=draft.title(value, "dc:title"),
                language=read_language(language) if language is not None else None,
                type="main" if not draft.found_titles else None,
            )
        )


def _alternative(draft: Draft, text: str, element: Any) -> None:
    value = clean_line(text)
    if value is not None:
        language = read_language(element.get(_LANGUAGE))
        title = draft.title(value, "dcterms:alternative")
        draft.found_titles.append(Text(value=title, language=language, type="alternative"))


def _description(kind: str | None) -> Handler:
    def handler(draft: Draft, text: str, element: Any) -> None:
        value = clean_block(text)
        if value is not None:
            language = element.get(_LANGUAGE)
            draft.descriptions.append(
                Text(
                    value=draft.description(value, "dc:description"),
                    language=read_language(language) if language is not None else None,
                    type=kind,
                )
            )

    return handler


def _creator(draft: Draft, text: str, element: Any) -> None:
    agent = named_agent(text)
    if agent is not None:
        draft.creators.append(agent)


def _contributor(draft: Draft, text: str, element: Any) -> None:
    agent = named_agent(text)
    if agent is not None:
        draft.contributors.append(agent)


def _publisher(draft: Draft, text: str, element: Any) -> None:
    agent = named_agent(text)
    if agent is not None:
        draft.publishers.append(agent)


def _holder(draft: Draft, text: str, element: Any) -> None:
    name = read_name(text)
    if draft.holder is not None:
        draft.keep("dcterms:rightsHolder", name)
    draft.holder = draft.holder or name


@functools.lru_cache(maxsize=32768)
def _term(text: str) -> Term | None:
    label = clean_line(text)
    return Term(label=label) if label is not None else None


def _subject(draft: Draft, text: str, element: Any) -> None:
    term = _term(text)
    if term is not None:
        draft.subjects.append(term)


def _date(draft: Draft, text: str, element: Any) -> None:
    if text[:5] == "info:" and text.casefold().startswith(_EMBARGO):
        draft.access = joined_access(draft.access, read_rights(text)[1])
        return
    value = clean_line(text)
    if value is not None:
        draft.plain_dates.append(value)


def _typed_date(kind: DateKind, name: str) -> Handler:
    def handler(draft: Draft, text: str, element: Any) -> None:
        date = draft.date(text, kind, f"dcterms:{name}")
        if date is not None:
            draft.dates.append(date)

    return handler


@functools.lru_cache(maxsize=4096)
def _type_of(text: str) -> tuple[str, Concept | None] | None:
    word = clean_line(text)
    return (word, resource_type(word)) if word is not None else None


def _type(draft: Draft, text: str, element: Any) -> None:
    found = _type_of(text)
    if found is None:
        return
    if found[1] is None and ":" in found[0] and " " not in found[0]:
        # An address that is no type (a version of a manuscript, say) is no word for one either.
        draft.keep("dc:type", found[0])
    else:
        draft.types.append(found)


def _format(draft: Draft, text: str, element: Any) -> None:
    value = clean_line(text)
    if value is not None:
        draft.formats.append(value)


def _extent(draft: Draft, text: str, element: Any) -> None:
    value = clean_line(text)
    if value is not None:
        draft.sizes.append(value)


def _identifier(draft: Draft, text: str, element: Any) -> None:
    value = text.strip() if text.isprintable() and "@" not in text else clean_url(text)
    if not value or (len(value) < 21 and clean_line(value) is None):
        return
    if "@" in value and "://" not in value:
        draft.keep("dc:identifier", value)
        return
    identifier = normal_identifier(value)
    if identifier.scheme == "other" and " " in value:
        # A citation or a remark, not a name of anything.
        draft.keep("dc:identifier", value)
    else:
        draft.identifiers.append(identifier)


def _language(draft: Draft, text: str, element: Any) -> None:
    language = read_language(text)
    if language is not None:
        draft.languages.append(language)


def _relation(kind: str, path: str) -> Handler:
    def handler(draft: Draft, text: str, element: Any) -> None:
        value = text.strip() if text.isprintable() and "@" not in text else clean_url(text)
        if not value:
            return
        if value[:5] == "info:" and _eu_repo(draft, value):
            return
        scheme, target = scheme_and_value(value)
        if scheme == "other":
            draft.keep(path, value)
        else:
            draft.relations.append(Relation(type=kind, scheme=scheme, value=target))

    return handler


def _eu_repo(draft: Draft, value: str) -> bool:
    """Grants, other identifiers and links in the forms of the OpenAIRE guidelines."""
    grant = _GRANT.fullmatch(value)
    if grant is not None:
        parts = [clean_line(unquote(part)) for part in grant[1].split("/")] + [None] * 6
        funder, programme, award, jurisdiction, name, acronym = parts[:6]
        if funder is None:
            return False
        draft.funding.append(Funding(funder=funder, award=award, award_title=name or acronym))
        if programme or jurisdiction or (name and acronym):
            draft.keep("dc:relation", value)
        return True
    link = _EU_REPO_LINK.fullmatch(value)
    if link is None:
        return False
    word, scheme, target = link.groups()
    identifier = normal_identifier(target, scheme)
    if identifier.scheme == "other":
        return False
    if word.casefold() == "altidentifier":
        draft.identifiers.append(
            Identifier(scheme=identifier.scheme, value=identifier.value, written=value, role="alternate")
        )
    else:
        kind = "References" if word.casefold() == "reference" else "IsRelatedTo"
        target_kind = "dataset" if word.casefold() == "dataset" else None
        draft.relations.append(
            Relation(type=kind, scheme=identifier.scheme, value=identifier.value, target_kind=target_kind)
        )
    return True


def _coverage(draft: Draft, text: str, element: Any) -> None:
    value = clean_line(text)
    if value is None:
        return
    date = read_date(value, "other", "Coverage") if value[0].isdigit() or value[0] in "-/" else None
    if date is not None and (date.start or date.end):
        draft.dates.append(date)
        return
    place = read_place(value)
    if place is not None:
        draft.places.append(place)


def _rights(draft: Draft, text: str, element: Any) -> None:
    rights, access = read_rights(text)
    if rights is not None:
        draft.rights.append(rights)
    if access is not None:
        draft.access = joined_access(draft.access, access)


_ELEMENTS: dict[str, Handler] = {
    "title": _title,
    "creator": _creator,
    "contributor": _contributor,
    "subject": _subject,
    "description": _description(None),
    "publisher": _publisher,
    "date": _date,
    "type": _type,
    "format": _format,
    "identifier": _identifier,
    "language": _language,
    "source": _relation("IsDerivedFrom", "dc:source"),
    "relation": _relation("IsRelatedTo", "dc:relation"),
    "coverage": _coverage,
    "rights": _rights,
}
_TERMS: dict[str, Handler] = {
    "abstract": _description("abstract"),
    "tableOfContents": _description("table of contents"),
    "alternative": _alternative,
    "extent": _extent,
    "medium": _format,
    "spatial": _coverage,
    "temporal": lambda draft, text, element: _temporal(draft, text),
    "license": _rights,
    "accessRights": _rights,
    "rightsHolder": _holder,
    "created": _typed_date("created", "created"),
    "issued": _typed_date("issued", "issued"),
    "modified": _typed_date("updated", "modified"),
    "available": _typed_date("available", "available"),
    "valid": _typed_date("valid", "valid"),
    "dateAccepted": _typed_date("accepted", "dateAccepted"),
    "dateSubmitted": _typed_date("submitted", "dateSubmitted"),
    "dateCopyrighted": _typed_date("copyrighted", "dateCopyrighted"),
    **{
        name: _relation(kind, f"dcterms:{name}")
        for name, kind in (
            ("isPartOf", "IsPartOf"),
            ("hasPart", "HasPart"),
            ("references", "References"),
            ("isReferencedBy", "IsReferencedBy"),
            ("isVersionOf", "IsVersionOf"),
            ("hasVersion", "HasVersion"),
            ("replaces", "Obsoletes"),
            ("isReplacedBy", "IsObsoletedBy"),
            ("requires", "Requires"),
            ("isRequiredBy", "IsRequiredBy"),
            ("isFormatOf", "IsVariantFormOf"),
            ("hasFormat", "IsOriginalFormOf"),
        )
    },
}


def _temporal(draft: Draft, text: str) -> None:
    value = clean_line(text)
    if value is None:
        return
    date = read_date(value, "other", "Coverage")
    if date is not None and (date.start or date.end):
        draft.dates.append(date)
    else:
        draft.keep("dcterms:temporal", value)


HANDLERS: dict[str, Handler] = {f"{{{DC}}}{name}": handler for name, handler in _ELEMENTS.items()}
"""What is done with the fifteen elements, by their full names."""
