"""Atom (RFC 4287): a record as an entry, which feed readers and SWORD clients know.

Names are IRIs; an entry without one is called by its page (`with_page`), or by a ``tag:`` URI.
``updated`` is when the source last touched its record, else the last date that is known.
"""

from __future__ import annotations

import re

from catalogue.record import Agent, Record
from mappings.base import Format
from mappings.links import iri, iri_of, record_iri, web_address, with_page
from mappings.schema_writing import RELATIONS
from mappings.terms import is_language_tag
from mappings.xml_writing import attribute, content

NAMESPACE = "http://www.w3.org/2005/Atom"
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_UNKNOWN = "0001-01-01T00:00:00Z"
"""RFC 3339 has no year 0, and the element is mandatory."""
_MOST_FILES = 1_000


def write(record: Record) -> bytes:
    """One ``entry`` element."""
    name = record_iri(record) or iri(f"tag:{record.provenance.source},2000:{record.id}")
    return entry(record, name, _updated(record))


def entry(record: Record, name: str, updated: str) -> bytes:
    """The same under a name (an IRI), with the moment of its last change (RFC 3339)."""
    title = record.titles[0]
    language = f' xml:lang="{title.language}"' if is_language_tag(title.language) else ""
    parts = [
        f"<id>{content(name)}</id>",
        f"<title{language}>{content(title.value)}</title>",
        f"<updated>{updated}</updated>",
        *_published(record),
        *_people(record),
        *_texts(record),
        *[_category(one.label, one.uri, one.scheme) for one in record.subjects],
        *_links(record, name),
    ]
    return f'<entry xmlns="{NAMESPACE}">{"".join(parts)}</entry>'.encode()


def _updated(record: Record) -> str:
    points = [record.provenance.datestamp]
    points += sorted(
        (one.end or one.start or "" for one in record.dates if one.kind == "updated"), reverse=True
    )
    points += sorted((one.end or one.start or "" for one in record.dates), reverse=True)
    return next((moment for point in points if (moment := _rfc3339(point)) is not None), _UNKNOWN)


def _published(record: Record) -> list[str]:
    found = (_rfc3339(one.start) for one in record.dates if one.kind == "issued")
    return [f"<published>{moment}</published>" for moment in found if moment is not None][:1]


def _rfc3339(point: str | None) -> str | None:
    """A moment as RFC 3339 has it; a day, month or year by its first moment."""
    if not point or point.startswith("0000"):
        return None
    if _DAY.fullmatch(point):
        return f"{point}{'-01-01'[len(point) - 4 :]}T00:00:00Z"
    match = _MOMENT.fullmatch(point)
    return f"{match[1]}{match[2] or ':00'}{match[3] or 'Z'}" if match is not None else None


def _people(record: Record) -> list[str]:
    """An entry has an author (RFC 4287, section 4.1.2): who made it, else who published it."""
    authors = record.creators or ((record.publisher,) if record.publisher is not None else ())
    found = [_person("author", one) for one in authors] or ["<author><name>:unav</name></author>"]
    return found + [_person("contributor", one) for one in record.contributors]


def _person(name: str, one: Agent) -> str:
    uri = next((named for held in one.identifiers if (named := iri_of(held.scheme, held.value))), None)
    address = f"<uri>{content(uri)}</uri>" if uri is not None else ""
    return f"<{name}><name>{content(one.name)}</name>{address}</{name}>"


def _texts(record: Record) -> list[str]:
    """The abstract, and rights in words."""
    abstract = next((one.value for one in record.descriptions if one.type in ("abstract", None)), None)
    rights = [
        one.text or (one.licence.label if one.licence is not None else one.url) for one in record.rights
    ]
    said = "\n".join(dict.fromkeys(one for one in rights if one))
    return [
        f'<summary type="text">{content(abstract)}</summary>' if abstract else "",
        f'<rights type="text">{content(said)}</rights>' if said else "",
    ]


def _category(label: str, uri: str | None, scheme: str | None) -> str:
    said = f' scheme="{attribute(web_address(scheme) or "")}"' if web_address(scheme) else ""
    term = uri or label
    words = f' label="{attribute(label)}"' if term != label else ""
    return f'<category term="{attribute(term)}"{words}{said}/>'


def _links(record: Record, name: str) -> list[str]:
    """The page, the files, and what it is related to."""
    page = web_address(name) or web_address(record.provenance.url)
    found = [_link("alternate", page)] if page is not None else []
    licence = next((url for rights in record.rights if (url := web_address(rights.url))), None)
    if licence is not None:
        found.append(_link("license", licence))
    for one in record.distributions[:_MOST_FILES]:
        address = web_address(one.url)
        if address is not None:
            found.append(_link("enclosure", address, one.title, one.media_type, one.size))
    for relation in record.relations:
        target = iri_of(relation.scheme, relation.value)
        if target is not None and relation.type in RELATIONS:
            found.append(_link("related", target, relation.title))
    # Alternates of one kind may be there once only.
    return list(dict.fromkeys(found))


def _link(
    rel: str, address: str, title: str | None = None, type: str | None = None, size: int | None = None
) -> str:
    said = f' title="{attribute(title)}"' if title else ""
    said += f' type="{attribute(type)}"' if type and "/" in type else ""
    said += f' length="{size}"' if size is not None else ""
    return f'<link rel="{rel}" href="{attribute(address)}"{said}/>'


FORMAT = Format(
    prefix="atom",
    title="Atom",
    media_type="application/atom+xml",
    namespace=NAMESPACE,
    schema="https://datatracker.ietf.org/doc/html/rfc4287",
    write=write,
    complete=with_page,
    suffix="atom.xml",
)
