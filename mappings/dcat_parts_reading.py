"""Places, files and words of DCAT."""

from __future__ import annotations

import re

from catalogue.record import Checksum, Distribution, Place, Point
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.places import box, point
from mappings.rights import licence_of, read_rights
from mappings.text import clean_line, clean_url

_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_PAIR = re.compile(rf"({_NUMBER})\s+({_NUMBER})")
_WKT = re.compile(r"(?:<[^<>]*>\s*)?(POINT|POLYGON)\s*(?:Z\s*)?\((.*)\)", re.IGNORECASE | re.DOTALL)
_EUROPEAN = re.compile(
    r"https?://publications\.europa\.eu/resource/authority/licence/(CC0|CC_((?:BY|NC|SA|ND)+)_(\d_\d))"
)
_LABELS = ("skos:prefLabel", "rdfs:label", "dct:title", "foaf:name", "skos:notation", "locn:geographicName")
_CORNERS = 10_000
_ALGORITHMS = {"sha1": "sha-1", "sha256": "sha-256", "sha512": "sha-512"}


def text_of(node: Node) -> str | None:
    """The words of a literal, or of what an object is called."""
    if not node.is_object:
        return node.text()
    if node.has("@value"):
        node.take("@language")
        return node.text("@value")
    for name in _LABELS:
        for one in node.children(name):
            found = text_of(one)
            if found is not None:
                return found
    return None


def short_of(node: Node) -> str | None:
    """The name of a node, or the text that stands in its place."""
    return clean_url(node.text("@id")) if node.is_object else clean_url(node.text())


def read_place(draft: Draft, node: Node) -> None:
    """A place by name, point, box or polygon in WKT (longitude before latitude)."""
    if not node.is_object:
        name = clean_line(node.text())
        if name is not None:
            draft.places.append(Place(name=name))
        return
    name = clean_line(text_of(node))
    at: Point | None = None
    around: tuple[float, float, float, float] | None = None
    ring: tuple[Point, ...] = ()
    for member in ("dcat:centroid", "dcat:bbox", "locn:geometry"):
        for one in node.children(member):
            shape = _shape(one)
            if shape is None:
                continue
            at = at or shape.point
            ring = ring or (shape.polygon if member != "dcat:bbox" else ())
            around = around or shape.box or (_box(shape.polygon) if member == "dcat:bbox" else None)
    if name is None and not (at or around or ring):
        name = short_of(node)
    if name is not None or at or around or ring:
        draft.places.append(Place(name=name, point=at, box=around, polygon=ring))


def _shape(node: Node) -> Place | None:
    texts = [node] if not node.is_object else node.children("geo:asWKT", "geosparql:asWKT")
    for one in texts:
        match = _WKT.fullmatch((one.value if isinstance(one.value, str) else "").strip())
        if match is None:
            continue
        pairs = _PAIR.findall(match[2])[:_CORNERS]
        points = [found for x, y in pairs if (found := point(x, y)) is not None]
        if len(points) == len(pairs) and points:
            one.take()
            return Place(point=points[0]) if match[1].upper() == "POINT" else Place(polygon=tuple(points))
    return None


def _box(ring: tuple[Point, ...]) -> tuple[float, float, float, float] | None:
    """The box whose corners these are: the first is south-west, the third north-east."""
    if len(ring) != 5 or ring[0] != ring[4]:
        return None
    if ring[0].longitude == ring[3].longitude and ring[0].latitude == ring[1].latitude:
        west, south, east, north = ring[0].longitude, ring[0].latitude, ring[2].longitude, ring[2].latitude
    else:
        longitudes, latitudes = [one.longitude for one in ring], [one.latitude for one in ring]
        west, south, east, north = min(longitudes), min(latitudes), max(longitudes), max(latitudes)
    return box(str(west), str(south), str(east), str(north))


def read_distribution(draft: Draft, node: Node) -> None:
    """A file, or the service through which the data are had."""
    if not node.is_object:
        draft.keep(node.path, node.text())
        return
    address = short_of(node.child("dcat:downloadURL")) or short_of(node.child("dcat:accessURL"))
    address = address or node.text("@id")
    if address is None:
        return
    node.take("@type")
    for one in node.children("dct:license"):
        _licence(draft, one)
    size = node.text("dcat:byteSize")
    draft.distributions.append(
        Distribution(
            url=address,
            title=clean_line(text_of(node.child("dct:title"))),
            media_type=_media_type(node),
            size=int(float(size)) if size and re.fullmatch(r"\d{1,18}(?:\.0+)?", size) else None,
            checksum=_checksum(node.child("spdx:checksum")),
        )
    )


def _licence(draft: Draft, node: Node) -> None:
    """The licence of a file, which is one of the record; the source's own may equal a known one."""
    if not node.is_object:
        text = node.text()
        rights, _ = read_rights(text, None, european_licence(text))
    else:
        text, address = text_of(node), node.text("@id")
        names = [address, *(short_of(one) for one in node.children("skos:exactMatch", "owl:sameAs"))]
        known = next((code for one in names if (code := _code(one)) is not None), None)
        rights, _ = read_rights(text, address, known)
    if rights is not None and rights not in draft.rights:
        draft.rights.append(rights)


def _code(address: str | None) -> str | None:
    return european_licence(address) or (address if address and licence_of(address) else None)


def european_licence(address: str | None) -> str | None:
    """The SPDX identifier for an address in the EU's list of licences: CC_BYNC_4_0 is CC-BY-NC-4.0."""
    match = _EUROPEAN.fullmatch(address or "")
    if match is None:
        return None
    if match[1] == "CC0":
        return "CC0-1.0"
    parts = [match[2][index : index + 2] for index in range(0, len(match[2]), 2)]
    return "-".join(["CC", *parts, match[3].replace("_", ".")])


def _media_type(node: Node) -> str | None:
    for name in ("dcat:mediaType", "dct:format"):
        for one in node.children(name):
            found = clean_line(text_of(one)) or short_of(one)
            if found is not None:
                one.take()
                _, mark, rest = found.partition("/media-types/")
                return rest if mark else found
    return None


def _checksum(node: Node) -> Checksum | None:
    value = clean_line(node.text("spdx:checksumValue"))
    algorithm = short_of(node.child("spdx:algorithm"))
    if value is None or algorithm is None:
        return None
    node.child("spdx:algorithm").take()
    name = algorithm.rpartition("_")[2].rpartition("#")[2].lower()
    return Checksum(algorithm=_ALGORITHMS.get(name, name), value=value)
