"""Services of the Virtual Observatory in a record, and how each is asked: by curl, pyvo and STILTS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from catalogue.record import Capability, Interface, Record
from mappings.links import web_address
from web.languages import N_
from web.targets.files import is_plain, quoted
from web.targets.positions import ANDROMEDA, Position, position_of

_STANDARDS = {
    "tap": "TAP",
    "conesearch": "SCS",
    "sia": "SIA",
    "ssa": "SSA",
    "slap": "SLAP",
    "datalink": "DataLink",
    "hips": "HiPS",
}
_TITLES = {
    "TAP": N_("Table access (TAP)"),
    "SCS": N_("Cone search"),
    "SIA": N_("Images (SIA)"),
    "SIA2": N_("Images (SIA 2)"),
    "SSA": N_("Spectra (SSA)"),
    "SLAP": N_("Spectral lines (SLAP)"),
    "DataLink": N_("DataLink"),
    "HiPS": "HiPS",
}
_STANDARD = re.compile(r"ivo://(?:ivoa\.net|org\.ivoa)/(?:std/)?(\w+)(?:#.*)?", re.IGNORECASE)
_TABLE = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*){0,2}", re.ASCII)
_ID = re.compile(r"(?:^|&)ID=([^&\s]{1,500})", re.IGNORECASE)
FARTHEST = 0.5
"""Degrees around a position that an example asks for at most."""
WAVELENGTHS = (2.1e-07, 2.2e-07)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One interface of a record: which protocol it speaks, where, and an example of a question."""

    protocol: str
    url: str
    position: Position
    table: str | None = None
    id: str | None = None
    security: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called on pages."""
        return _TITLES[self.protocol]

    @property
    def query(self) -> str:
        """ADQL that shows the first rows."""
        return f"SELECT TOP 10 * FROM {self.table or 'tap_schema.tables'}"  # noqa: S608 (checked by _TABLE)

    @property
    def address(self) -> str | None:
        """The whole address of the example, where it is asked by GET."""
        if self.protocol in {"TAP", "HiPS"} or (self.protocol == "DataLink" and self.id is None):
            return None
        ra, dec, size = self.position.ra, self.position.dec, self.position.radius
        asked: dict[str, dict[str, object]] = {
            "SCS": {"RA": ra, "DEC": dec, "SR": size},
            "SIA": {"POS": f"{ra},{dec}", "SIZE": size, "FORMAT": "ALL"},
            "SIA2": {"POS": f"CIRCLE {ra} {dec} {size}"},
            "SSA": {"REQUEST": "queryData", "POS": f"{ra},{dec}", "SIZE": size},
            "SLAP": {"REQUEST": "queryData", "WAVELENGTH": "{}/{}".format(*WAVELENGTHS)},
            "DataLink": {"ID": self.id},
        }
        return with_pairs(self.url, asked[self.protocol])


def with_pairs(url: str, pairs: dict[str, object]) -> str:
    """An address with parameters behind those that it has."""
    mark = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
    return f"{url}{mark}{urlencode(pairs, safe=',/')}"


def services_of(record: Record) -> Iterator[Service]:
    """The interfaces of a record that a program can ask, each address once a protocol."""
    position = position_of(record) or ANDROMEDA
    position = Position(position.ra, position.dec, min(position.radius, FARTHEST))
    table = next((one.name for one in record.tables if _TABLE.fullmatch(one.name)), None)
    seen = set()
    for capability in record.capabilities:
        protocol = protocol_of(capability)
        for interface in capability.interfaces if protocol else ():
            url = interface.url
            if url is None or not is_asked(interface) or (protocol, url) in seen:
                continue
            seen.add((protocol, url))
            asked = _ID.search(interface.test_query or "")
            yield Service(
                protocol=str(protocol),
                url=url,
                position=position,
                table=table,
                id=unquote(asked[1]) if asked else None,
                security=interface.security,
            )


def protocol_of(capability: Capability) -> str | None:
    """The short name of the standard that a capability follows."""
    match = _STANDARD.fullmatch(capability.standard or "")
    found = _STANDARDS.get(match[1].lower()) if match else None
    said = (capability.standard or "").lower()
    if found == "SIA" and ((capability.version or "").startswith("2") or said.endswith("#query-2.0")):
        return "SIA2"
    return found


def is_asked(interface: Interface) -> bool:
    """Whether a program can ask at an interface: over HTTP, and not made for people."""
    kind = (interface.type or "").rpartition(":")[2].lower()
    return kind != "webbrowser" and is_plain(interface.url or "") and web_address(interface.url) is not None


def curl(service: Service) -> str | None:
    """The example as a command."""
    if service.protocol == "TAP":
        return (
            "curl --globoff --location --fail --data REQUEST=doQuery --data LANG=ADQL --data-urlencode "
            f"{quoted('QUERY=' + service.query)} --output result.vot "
            f"{quoted(service.url.rstrip('/') + '/sync')}"
        )
    if service.address is None:
        return None
    return f"curl --globoff --location --fail --output result.vot {quoted(service.address)}"


def pyvo(service: Service) -> str | None:
    """The example in Python, with pyvo; the last line shows a table."""
    asked = pyvo_call(service)
    return None if asked is None else f"import pyvo\n\nfound = {asked}\nfound.to_table()"


def pyvo_call(service: Service) -> str | None:
    """The example as one expression of Python, whose texts are ASCII literals."""
    url, at = ascii(service.url), f"({service.position.ra}, {service.position.dec})"
    size = service.position.radius
    if service.protocol == "DataLink" and service.address is None:
        return None
    return {
        "TAP": f"pyvo.dal.TAPService({url}).search({service.query!a})",
        "SCS": f"pyvo.dal.SCSService({url}).search(pos={at}, radius={size})",
        "SIA": f"pyvo.dal.SIAService({url}).search(pos={at}, size={size})",
        "SIA2": f"pyvo.dal.SIA2Service({url}).search(pos={at[:-1]}, {size}))",
        "SSA": f"pyvo.dal.SSAService({url}).search(pos={at}, diameter={size})",
        "SLAP": f"pyvo.dal.SLAService({url}).search(wavelength={WAVELENGTHS})",
        "DataLink": f"pyvo.dal.adhoc.DatalinkResults.from_result_url({service.address!a})",
    }.get(service.protocol)


def stilts(service: Service) -> str | None:
    """The example as a command of STILTS, which shows the first rows."""
    if service.protocol == "TAP":
        return (
            f"stilts tapquery {quoted('tapurl=' + service.url)} {quoted('adql=' + service.query)} omode=out"
        )
    kind = {"SCS": "cone", "SIA": "sia", "SSA": "ssa"}.get(service.protocol)
    if kind is None:
        return None
    at = service.position
    return (
        f"stilts cone servicetype={kind} {quoted('serviceurl=' + service.url)} "
        f"lon={at.ra} lat={at.dec} radius={at.radius} omode=out"
    )
