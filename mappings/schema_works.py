"""What every work has in schema.org's words: names, identifiers, dates, rights, relations, files."""

from __future__ import annotations

import re

from catalogue.identity import doi_in, is_url, scheme_and_value
from catalogue.record import Access, Checksum, DateKind, Distribution, Term
from mappings.draft import Draft
from mappings.json_ld import Entities, types_of, word
from mappings.json_reading import Node
from mappings.terms import resource_type
from mappings.text import clean_line, clean_url

DATES: dict[str, DateKind] = {
    "dateCreated": "created",
    "datePublished": "issued",
    "publicationDate": "issued",
    "dateModified": "updated",
    "dateSubmitted": "submitted",
    "dateAccepted": "accepted",
    "dateAvailable": "available",
    "dateIssued": "issued",
    "expires": "valid",
}
RELATIONS = {
    "citation": "References",
    "isBasedOn": "IsDerivedFrom",
    "isBasedOnUrl": "IsDerivedFrom",
    "isPartOf": "IsPartOf",
    "hasPart": "HasPart",
    "includedInDataCatalog": "IsPartOf",
    "subjectOf": "IsReferencedBy",
    "review": "IsReviewedBy",
    "workTranslation": "HasTranslation",
    "translationOfWork": "IsTranslationOf",
    "exampleOfWork": "IsVersionOf",
    "workExample": "HasVersion",
    "isVersionOf": "IsVersionOf",
    "hasVersion": "HasVersion",
    "predecessorOf": "IsPreviousVersionOf",
    "successorOf": "IsNewVersionOf",
    "isReferencedBy": "IsReferencedBy",
    "isIdenticalTo": "IsIdenticalTo",
    "mentions": "References",
}
_SIZE = re.compile(r"(\d{1,18})(?:\s*(?:B|bytes?))?", re.IGNORECASE)
_OFFSET = re.compile(r"Z([+-]\d\d):?(\d\d)$")
"""«2022-07-21T13:17:06Z+0200», as GitLab's exports write it."""
_DIGESTS = {"sha256": "sha-256", "sha512": "sha-512", "sha1": "sha-1", "md5": "md5"}


MOST = 1_000
"""So many names, identifiers or dates of one kind are taken; what is more stays as extra values."""


def read_work(draft: Draft, entities: Entities, work: Node, *, without: frozenset[str] = frozenset()) -> None:
    """All properties of a work that do not depend on its type, but for its agents.

    ``without`` are the relations that the caller has read.
    """
    _names(draft, work)
    _identifiers(draft, entities, work)
    for name in work.having(DATES):
        for path, text in _texts(work, name):
            draft.add_date(_OFFSET.sub(r"\1:\2", text), DATES[name], path)
    for node in work.children("inLanguage")[:MOST]:
        draft.add_language(
            node.text("alternateName", "identifier", "name") if node.is_object else node.text()
        )
        node.take()
    draft.version = draft.version or clean_line(work.text("version", "softwareVersion"))
    read_keywords(draft, entities, work)
    _rights(draft, entities, work)
    for name in work.having(RELATIONS):
        for node in work.children(name) if name not in without else ():
            read_relation(draft, entities, node, RELATIONS[name])
    for name in work.having(("distribution", "encoding", "associatedMedia")):
        for node in work.children(name):
            read_distribution(draft, entities, node)
    for name in work.having(("contentSize", "fileSize", "size")):
        draft.sizes.extend(size for _, one in work.texts(name) if (size := clean_line(one)) is not None)
    for name in work.having(("fileFormat", "encodingFormat")):
        draft.formats.extend(found for _, one in work.texts(name) if (found := clean_line(one)) is not None)


def _texts(work: Node, name: str) -> list[tuple[str, str]]:
    found = ((node.path, node.text()) for node in work.children(name)[:MOST])
    return [(path, text) for path, text in found if text is not None]


def _names(draft: Draft, work: Node) -> None:
    for name in work.having(("name", "title", "headline")):
        for path, text in _texts(work, name):
            if clean_line(text) not in [title.value for title in draft.found_titles]:
                draft.add_title(text, path, type="alternative" if draft.found_titles else None)
    for path, text in _texts(work, "alternateName"):
        draft.add_title(text, path, type="alternative")
    for path, text in _texts(work, "description"):
        draft.add_description(text, path)
    for path, text in _texts(work, "abstract"):
        draft.add_description(text, path)


def _identifiers(draft: Draft, entities: Entities, work: Node) -> None:
    for one in work.children("identifier")[:MOST]:
        node = entities.of(one)
        scheme = node.text("propertyID", "name") if node.is_object else None
        value = node.text("value", "@id", "url") if node.is_object else node.text()
        add_identifier(draft, value, word(scheme).rpartition("/")[2] if scheme else None)
        if node.is_object:
            node.take("url", "@id", "@type", "propertyID")
    name = work.text("@id")
    if name and _is_global(name):
        add_identifier(draft, name)
    for name in ("sameAs", "url"):
        for node in work.children(name)[:MOST]:
            text = node.text("@id", "url") if node.is_object else node.text()
            if text and is_url(text):
                draft.add_identifier(text, own=False)
            else:
                draft.keep(node.path, text)


def add_identifier(draft: Draft, value: str | None, scheme: str | None = None) -> None:
    """An identifier of the work itself; a mere name, which others may have too, joins no records."""
    cleaned = clean_url(value)
    if cleaned is not None:
        draft.add_identifier(cleaned, scheme, own=scheme_and_value(cleaned, scheme)[0] != "other")


def _is_global(name: str) -> bool:
    return not name.startswith(("#", "./", "/", "_:", "file:")) and ":" in name


def read_keywords(draft: Draft, entities: Entities, work: Node) -> None:
    """Keywords: single, in one text between commas, or as terms of a vocabulary."""
    found: dict[Term, None] = {}
    for name in work.having(("keywords", "tags", "controlledTerms", "about")):
        for node in work.children(name):
            term = entities.of(node)
            if term.is_object:
                label = term.text("name", "termCode") or term.text("@id")
                scheme = term.child("inDefinedTermSet")
                uri = term.text("@id", "url")
                note_subject(
                    found,
                    label,
                    uri=uri if uri and is_url(uri) and uri != label else None,
                    scheme=scheme.text("name", "@id") if scheme.is_object else scheme.text(),
                )
                term.take("termCode")
            else:
                for one in split_keywords(node.text() or "", alone=len(work.children(name)) == 1):
                    note_subject(found, one)
    for name in work.having(("applicationCategory", "applicationSubCategory", "genre")):
        for _, text in work.texts(name):
            note_subject(found, text, scheme=name)
    draft.subjects[:] = dict.fromkeys((*draft.subjects, *found))


def note_subject(
    found: dict[Term, None], text: str | None, *, uri: str | None = None, scheme: str | None = None
) -> None:
    """A keyword among those found, of which there may be a hundred thousand."""
    label = clean_line(text)
    if label is not None:
        found[Term(label=label, uri=clean_url(uri), scheme=clean_line(scheme))] = None


def split_keywords(text: str, *, alone: bool = True) -> list[str]:
    """The keywords of one text; a list with several elements is only split at semicolons."""
    mark = ";" if ";" in text else "," if alone else None
    return [text] if mark is None or is_url(text) else [one for one in text.split(mark) if one.strip()]


def _rights(draft: Draft, entities: Entities, work: Node) -> None:
    for name in work.having(("license", "licenseId", "rights", "usageInfo", "conditionsOfAccess")):
        for node in work.children(name)[:MOST]:
            found = entities.of(node)
            if found.is_object:
                names = (found.text("@id"), found.text("url"))
                url = next((one for one in names if one and _is_global(one)), None)
                draft.add_rights(found.text("name"), url, found.text("identifier"))
                found.take("url", "identifier", "sameAs")
            else:
                draft.add_rights(found.text())
    ends = work.text("embargoEndDate", "embargoDate")
    if ends and draft.access is None:
        found_date = draft.date(ends, "available", work.where("embargoEndDate"))
        if found_date is not None and found_date.start:
            draft.access = Access(right="embargoed", until=found_date.start[:10])


def read_relation(
    draft: Draft, entities: Entities, node: Node, type: str, target_kind: str | None = None
) -> None:
    """A relation to a work that is named by an address, an entity or in words."""
    target = entities.of(node)
    if not target.is_object:
        text = target.text()
        doi = doi_in(text) if text and not is_url(text) else None
        if doi:
            draft.relate(
                type, doi, "doi", target_kind=target_kind, title=text if len(text or "") > 60 else None
            )
        elif text and (is_url(text) or scheme_and_value(text)[0] != "other"):
            draft.relate(type, text, target_kind=target_kind)
        else:
            draft.keep(target.path, text)
        return
    values = _targets(target)
    if not values:
        return
    for other in values[1:]:
        draft.keep(target.path, other)
    kinds = [resource_type(one) for one in types_of(target)]
    kind = next((str(one.values["kind"]) for one in kinds if one is not None), None)
    draft.relate(type, values[0], target_kind=target_kind or kind, title=target.text("name", "headline"))


def _targets(target: Node) -> list[str]:
    """The identifiers of an entity, each once, the best before: a DOI before an address."""
    found: dict[tuple[str, str], str] = {}
    for name in target.having(("@id", "identifier", "doi", "sameAs", "url")):
        for inner in target.children(name):
            text = inner.text("value", "@id", "url") if inner.is_object else inner.text()
            known = scheme_and_value(text) if text else ("other", "")
            if text and (known[0] != "other" or is_url(text)):
                found.setdefault(known, text)
    return [found[one] for one in sorted(found, key=lambda one: one[0] != "doi")]


def read_distribution(draft: Draft, entities: Entities, node: Node) -> None:
    """A file of the work (schema.org DataDownload, MediaObject; RO-Crate File)."""
    found = entities.of(node)
    url = found.text("contentUrl", "url", "@id", "downloadUrl") if found.is_object else found.text()
    address = clean_url(url)
    if address is None:
        return
    if not found.is_object:
        draft.distributions.append(Distribution(url=address))
        return
    bytes_, told = _size(found.text("contentSize"))
    if told:
        draft.keep(found.where("contentSize"), told)
    draft.distributions.append(
        Distribution(
            url=address,
            title=clean_line(found.text("name")),
            media_type=clean_line(_media_type(entities, found)),
            size=bytes_,
            checksum=_checksum(found),
        )
    )


def _media_type(entities: Entities, node: Node) -> str | None:
    for inner in node.children("encodingFormat", "fileFormat"):
        format = entities.of(inner)
        text = format.text() if not format.is_object else None
        if text and "/" in text and not is_url(text):
            return text
        if text:
            return text
    return None


def _size(text: str | None) -> tuple[int | None, str | None]:
    """Bytes, or the text that says something else."""
    match = _SIZE.fullmatch(text.strip()) if text else None
    return (int(match[1]), None) if match else (None, text)


def _checksum(node: Node) -> Checksum | None:
    for name in node.having(_DIGESTS):
        value = clean_line(node.text(name))
        if value:
            return Checksum(algorithm=_DIGESTS[name], value=value)
    return None
