"""Items as ``<record>`` elements (OAI-PMH 2.0, section 2.5): header, metadata, about."""

from __future__ import annotations

import functools
import hashlib
import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from lxml import etree

import mappings
from catalogue import __version__
from catalogue.errors import RecordRefused
from catalogue.index_document import VERSION as DOCUMENT_VERSION
from catalogue.items import HIDDEN, SETS, Item
from catalogue.record import Hop
from catalogue.settings import Settings
from mappings.base import Format, formats, parse, written_at
from mappings.xml_writing import content
from web.oai_sets import Sets, curated_sets, header_specs
from web.oai_xml import XSI, element, self_contained

log = logging.getLogger(__name__)

ORIGINAL = "original_"
"""With the prefix of its format behind: what the source gave, as it gave it."""

COMMON = ("oai_dc", "oai_datacite")
"""The formats that most harvesters ask for: they are kept rendered."""

PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
"""A metadataPrefix (OAI-PMH.xsd, metadataPrefixType)."""

_PROVENANCE = "http://www.openarchives.org/OAI/2.0/provenance"
_STAMP = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)


class Records:
    """The renderer of the provider: how items of this installation look as XML."""

    def __init__(self, settings: Settings) -> None:
        self.set_tree = Sets(curated_sets(settings.file.get("set", [])))
        self._repository = settings.repository_id
        self._base_url = settings.base_url

    @functools.cached_property
    def formats(self) -> dict[str, Format]:
        """The formats that can be written as XML, by prefix."""
        return {
            prefix: written_at(form, self._repository, self._base_url)
            for prefix, form in formats().items()
            if form.write and form.is_xml and form.namespace
        }

    @functools.cached_property
    def editions(self) -> Mapping[str, str]:
        """What is kept rendered, and under which names (see `catalogue.dissemination.Renderer`)."""
        curated = sorted(self.set_tree.curated.items())
        sets = hashlib.blake2b(repr(curated).encode(), digest_size=6)
        if curated:
            sets.update(f"{__version__} {DOCUMENT_VERSION}".encode())
        rendering = sets.copy()
        rendering.update(f"{__version__} {self._repository} {self._base_url}".encode() + _code())
        names = {prefix: f"{prefix}@{rendering.hexdigest()}" for prefix in COMMON if prefix in self.formats}
        return {SETS: f"{SETS}@{sets.hexdigest()}", **names}

    def sets(self, item: Item) -> Mapping[str, str]:
        """The specs and names of the sets that an item is in."""
        return self.set_tree.of(item)

    def wants_original(self, prefix: str) -> bool:
        """Whether a format is written from what the source gave."""
        return prefix.startswith(ORIGINAL)

    def identifier(self, id: str) -> str:
        """Our identifier in OAI-PMH (OAI Identifier Format 2.0)."""
        return f"oai:{self._repository}:{id}"

    def own_id(self, identifier: str) -> str | None:
        """The id in one of our identifiers, or ``None``."""
        start = f"oai:{self._repository}:"
        return identifier.removeprefix(start) if identifier.startswith(start) else None

    def render(self, prefix: str, item: Item, sets: Mapping[str, str]) -> bytes | None:
        """The ``<record>`` element; ``None`` where the item cannot be had in this format."""
        if prefix.startswith(ORIGINAL) and item.provenance.format != prefix.removeprefix(ORIGINAL):
            return None
        header = self.header(item, header_specs(sets))
        if item.deleted:
            return f"<record>{header}</record>".encode()
        metadata = self._metadata(prefix, item)
        if metadata is None:
            return None
        about = _about(item, is_altered=not prefix.startswith(ORIGINAL))
        return b"<record>%b<metadata>%b</metadata>%b</record>" % (header.encode(), metadata, about.encode())

    def header(self, item: Item, specs: Iterable[str]) -> str:
        """The ``<header>`` element."""
        status = ' status="deleted"' if item.deleted else ""
        inside = "".join(f"<setSpec>{content(spec)}</setSpec>" for spec in specs)
        return (
            f"<header{status}><identifier>{content(self.identifier(item.view or item.id))}</identifier>"
            f"<datestamp>{item.datestamp}</datestamp>{inside}</header>"
        )

    def prefixes_of(self, item: Item) -> list[str]:
        """The formats that a live item can be had in."""
        original = ORIGINAL + (item.provenance.format or "")
        return [prefix for prefix in (*self.formats, original) if self._metadata(prefix, item) is not None]

    def _metadata(self, prefix: str, item: Item) -> bytes | None:
        try:
            if prefix.startswith(ORIGINAL):
                return _original(item)
            form = self.formats.get(prefix)
            if form is None or form.write is None or item.record is None:
                return None
            return self_contained(form.write(item.record))
        except RecordRefused:
            return None
        except Exception:
            # One record that meets a bug of a crosswalk must not cost its neighbours; the log has the trace.
            log.exception("crosswalk %s failed to write %s", prefix, item.id)
            return None


@functools.cache
def _code() -> bytes:
    """A hash of what writes records, so that an edition made by other code is not taken for ours."""
    code = hashlib.blake2b(digest_size=8)
    for path in (Path(__file__), *sorted(Path(mappings.__path__[0]).glob("*.py"))):
        code.update(path.read_bytes())
    return code.digest()


def original_format(prefix: str) -> Format | None:
    """The XML format whose originals a prefix or a hidden set stands for."""
    form = formats().get(prefix.removeprefix(ORIGINAL).removeprefix(HIDDEN))
    return form if form and form.is_xml and form.namespace and PREFIX.fullmatch(form.prefix) else None


def _original(item: Item) -> bytes | None:
    form = original_format(item.provenance.format or "")
    if form is None or not item.original or not item.source.originals:
        return None
    # Parsed and written again, as it may have another encoding, a document type or processing instructions.
    return self_contained(etree.tostring(parse(form, item.original), encoding="utf-8", xml_declaration=False))


def _about(item: Item, *, is_altered: bool) -> str:
    """Where the metadata came from (OAI-PMH guidelines, provenance container), as far as it is known."""
    provenance = item.provenance
    first = Hop(
        base_url=item.source.url,
        identifier=provenance.identifier,
        datestamp=provenance.datestamp,
        format=provenance.format,
        harvested=provenance.harvested,
        altered=is_altered,
    )
    origin = ""
    for hop in reversed(_complete((first, *provenance.chain))):
        altered = "true" if hop.altered else "false"
        origin = (
            f'<originDescription harvestDate="{content(_stamp(hop.harvested) or "")}" altered="{altered}">'
            + element("baseURL", hop.base_url)
            + element("identifier", hop.identifier or "")
            + element("datestamp", _stamp(hop.datestamp) or "")
            + element("metadataNamespace", _namespace(hop.format) or "")
            + origin
            + "</originDescription>"
        )
    if not origin:
        return ""
    return (
        f'<about><provenance xmlns="{_PROVENANCE}" xmlns:xsi="{XSI}" '
        f'xsi:schemaLocation="{_PROVENANCE} {_PROVENANCE}.xsd">{origin}</provenance></about>'
    )


def _complete(hops: Iterable[Hop]) -> list[Hop]:
    """The stations up to the first of which less is known than the container must say."""
    known: list[Hop] = []
    for hop in hops:
        said = (hop.identifier, _stamp(hop.datestamp), _stamp(hop.harvested), _namespace(hop.format))
        if not all(said) or hop.altered is None:
            break
        known.append(hop)
    return known


def _stamp(stamp: str | None) -> str | None:
    """A datestamp as OAI-PMH writes it: a day, or a second in UTC."""
    if stamp is None:
        return None
    if len(stamp) > 20 and stamp.endswith("Z"):
        stamp = stamp[:19] + "Z"
    return stamp if _STAMP.fullmatch(stamp) else None


def _namespace(name: str | None) -> str | None:
    """The namespace of a format that is given by it or by its prefix."""
    form = formats().get(name or "")
    if form is not None:
        return form.namespace
    return name if name and ":" in name else None
