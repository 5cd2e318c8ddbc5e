"""FAIR Signposting: typed links by which a machine finds its way from the page of a record.

Level 1 are links in the ``Link`` header and in the ``head`` of the page, as many as a header may hold;
level 2 are all of them in a link set (RFC 9264), which level 1 leads to
(https://signposting.org/FAIR/).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from catalogue.record import Record
from mappings.datacite_terms import main_identifier
from mappings.links import iri_of, web_address
from mappings.schema_org_writing import type_of
from web.context import base_url
from web.negotiation import HTML, LINK_BYTES, Representation, path_of, representations

LINKSET = "application/linkset"
LINKSET_JSON = "application/linkset+json"

IN_HEADER = {"license": 3, "describedby": 6, "author": 5, "item": 5, "collection": 2}
"""Links of one relation that a header holds before others have their turn."""

IN_HEAD = {"describedby": 0, "author": 50, "item": 20, "collection": 20}
"""Links of one relation in the head of the page, where forms stand as alternates; the link set has all."""

_PERSISTENT = frozenset({"doi", "handle", "ark", "urn", "swhid", "arxiv", "bibcode", "purl", "w3id", "igsn"})
"""Schemes whose identifiers are made to be cited."""

_FIRST = (
    "dcat_jsonld",
    "jsonld",
    "turtle",
    "datacite",
    "schema_org",
    "datacite_json",
    "dcat",
    "json",
    "oai_dc",
)
"""Formats of which a header tells before the others, as they are those most clients read."""

_SAFE = "%:/?@!$&'()*+,;="
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A typed link; ``profile`` says which kind of document of its media type it leads to."""

    rel: str
    href: str
    type: str | None = None
    profile: str | None = None


def cited_as(record: Record) -> str:
    """The address by which a record's thing is to be cited: its own persistent one, else ours."""
    main = main_identifier(tuple(one for one in record.identifiers if one.scheme in _PERSISTENT))
    address = (
        web_address(iri_of(main.scheme, main.value)) if main is not None and main.role == "own" else None
    )
    return address or f"{base_url()}/id/records/{record.id}"


def of_page(record: Record) -> Iterator[Link]:
    """All links of a record's page, those that matter most first."""
    page = f"{base_url()}/records/{record.id}"
    yield Link(rel="cite-as", href=cited_as(record))
    yield Link(rel="type", href="https://schema.org/AboutPage")
    kind, _ = type_of(record)
    yield Link(rel="type", href=f"https://schema.org/{kind}")
    yield Link(rel="linkset", href=f"{page}/linkset", type=LINKSET)
    yield Link(rel="linkset", href=f"{page}/linkset.json", type=LINKSET_JSON)
    for address in _each(one.url or (one.licence.uri if one.licence else None) for one in record.rights):
        yield Link(rel="license", href=address)
    for form in sorted(representations(), key=_importance):
        yield described_by(record.id, form)
    for address in _each(_people(record)):
        yield Link(rel="author", href=address)
    for address in _each(iri_of(one.scheme, one.value) for one in record.relations if one.type == "IsPartOf"):
        yield Link(rel="collection", href=address)
    for file in record.distributions:
        location = web_address(file.url)
        if location is not None:
            is_type = file.media_type is not None and _MEDIA_TYPE.fullmatch(file.media_type) is not None
            yield Link(rel="item", href=location, type=file.media_type if is_type else None)


def described_by(id: str, form: Representation) -> Link:
    """The link to one form of a record."""
    return Link(
        rel="describedby",
        href=base_url() + path_of(id, form),
        type=form.media_type.split(";")[0],
        profile=form.profile,
    )


def of_form(id: str) -> Link:
    """The link from a form of a record, or its link set, back to the page."""
    return Link(rel="describes", href=f"{base_url()}/records/{id}", type=HTML)


def header(links: Iterable[Link], limit: int = LINK_BYTES) -> str:
    """As many links as a header may hold, some of each relation first (RFC 8288, section 3)."""
    found: list[str] = []
    for link in _fairly(links):
        text = _written(link)
        if len(text) + 2 <= limit:
            found.append(text)
            limit -= len(text) + 2
        elif limit < 80:
            break
    return ", ".join(found)


def _fairly(links: Iterable[Link]) -> Iterator[Link]:
    """The links in their order, those of a relation that has had its share behind the others."""
    left, late = dict(IN_HEADER), list[Link]()
    for link in links:
        left[link.rel] = left.get(link.rel, 10) - 1
        if left[link.rel] >= 0:
            yield link
        elif len(late) < 100:
            late.append(link)
    yield from late


def in_head(links: Iterable[Link]) -> list[Link]:
    """The links that stand in the head of the page."""
    left = dict(IN_HEAD)
    found = []
    for link in links:
        left[link.rel] = left.get(link.rel, 10) - 1
        if left[link.rel] >= 0:
            found.append(link)
    return found


def linkset_text(contexts: Sequence[tuple[str, Iterable[Link]]]) -> Iterator[str]:
    """Links by what they start from as ``application/linkset`` (RFC 9264, section 4.1)."""
    before = ""
    for anchor, links in contexts:
        for link in links:
            yield before + _written(link, anchor)
            before = ",\n"
    yield "\n"


def linkset_json(contexts: Sequence[tuple[str, Iterable[Link]]]) -> dict[str, object]:
    """The same as ``application/linkset+json`` (RFC 9264, section 4.2)."""
    found = []
    for anchor, links in contexts:
        context: dict[str, object] = {"anchor": anchor}
        targets: dict[str, list[dict[str, str | list[str]]]] = {}
        for link in links:
            target: dict[str, str | list[str]] = {"href": link.href}
            if link.type is not None:
                target["type"] = link.type
            if link.profile is not None:
                target["profile"] = link.profile
            targets.setdefault(link.rel, []).append(target)
        found.append({**context, **targets})
    return {"linkset": found}


def contexts(record: Record) -> list[tuple[str, Iterable[Link]]]:
    """All that a link set of a record says: of its page, and of each form back to it."""
    page = f"{base_url()}/records/{record.id}"
    forms = [(base_url() + path_of(record.id, form), [of_form(record.id)]) for form in representations()]
    return [(page, of_page(record)), *forms]


def _importance(form: Representation) -> int:
    return _FIRST.index(form.name) if form.name in _FIRST else len(_FIRST)


def _people(record: Record) -> Iterator[str | None]:
    """ORCID, else another identifier of each creator."""
    for one in record.creators:
        held = sorted(one.identifiers, key=lambda name: name.scheme != "orcid")
        found = (web_address(iri_of(name.scheme, name.value)) for name in held)
        yield next((address for address in found if address is not None), None)


def _each(addresses: Iterable[str | None]) -> list[str]:
    found = (web_address(one) for one in addresses)
    return list(dict.fromkeys(one for one in found if one is not None))


def _written(link: Link, anchor: str | None = None) -> str:
    parts = [f"<{_ascii(link.href)}>"]
    if anchor is not None:
        parts.append(f'anchor="{_ascii(anchor)}"')
    parts.append(f'rel="{link.rel}"')
    if link.type is not None:
        parts.append(f'type="{link.type}"')
    if link.profile is not None:
        parts.append(f'profile="{_ascii(link.profile)}"')
    return "; ".join(parts)


@functools.lru_cache(maxsize=4096)
def _ascii(address: str) -> str:
    """An IRI as a valid URI (RFC 3986, appendix A; RFC 3987, section 3.1)."""
    before, hash, fragment = _BARE_PERCENT.sub("%25", address).partition("#")
    return quote(before, safe=_SAFE, errors="replace") + hash + quote(fragment, safe=_SAFE, errors="replace")
