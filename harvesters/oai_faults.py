"""The faults of single OAI-PMH answers, in plain words, each with a hint for the server's operator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lxml import etree

from catalogue.record import RawRecord
from harvesters.addresses import shown
from harvesters.faults import Fault
from harvesters.oai_reply import Asked, Offer, Reply, moment
from mappings.base import xml_parser

_NEEDED = ("repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp")
_DAY, _SECOND = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"
_DELETIONS = {"no", "transient", "persistent"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+").fullmatch
_SKEW = timedelta(hours=1)
_OLDEST = datetime(1900, 1, 1, tzinfo=UTC)

_HINTS = (
    ("The root element is not", "Put the whole answer into the namespace of OAI-PMH 2.0 (section 3.2)."),
    ("The responseDate", "Give the moment of the answer in UTC, as 2024-05-01T12:00:00Z (section 3.2)."),
    ("The response has a document type", "Leave it out: harvesters do not resolve entities, for safety."),
    (
        "A page is not well-formed XML",
        "Take out characters that XML forbids (U+0000 to U+001F but tab and line ends), escape & and <, "
        "and write the encoding that the first line announces.",
    ),
    ("Errors come with HTTP status", "Errors of the protocol have HTTP status 200 (section 3.1.2)."),
)
"""For what the client notices on its way, by how the sentence begins."""


def hinted(fault: str) -> str:
    """What the client has noticed, with the hint that belongs to it."""
    return next((Fault(fault, hint) for start, hint in _HINTS if fault.startswith(start)), fault)


def faults_of_identity(identity: Reply, asked_at: str) -> Iterator[Fault]:
    """What is wrong with the answer to Identify (section 4.2)."""
    for name in _NEEDED:
        if identity.text(name) is None:
            yield Fault(f"Identify lacks {name}.", f"Add {name}: it is required (section 4.2).")
    version = identity.text("protocolVersion")
    if version not in {None, "2.0"}:
        yield Fault(f"Its protocolVersion is «{version}», not 2.0.", "Say 2.0, and speak it.")
    email = identity.text("adminEmail")
    if email is not None and not _EMAIL(email.removeprefix("mailto:")):
        yield Fault(f"Its adminEmail «{email}» is no address.", "Give one that somebody reads.")
    granularity = identity.text("granularity")
    if granularity not in {_DAY, _SECOND}:
        yield Fault(
            f"Its granularity is «{granularity or ''}», which is neither of the two allowed.",
            f"Say {_DAY} or {_SECOND}, letter by letter (section 4.2).",
        )
    yield from _faults_of_deletion(identity.text("deletedRecord"))
    yield from _faults_of_earliest(identity.text("earliestDatestamp"), granularity)
    yield from _faults_of_address(identity.text("baseURL"), asked_at)
    clock = _when(identity.date)
    if clock is not None and abs(clock - datetime.now(UTC)) > _SKEW and _is_live(clock):
        yield Fault(
            f"Its clock says {identity.date}, more than an hour from the true time.",
            "Give responseDate in UTC, and let NTP set the clock: harvesters go on from that moment.",
        )


def _is_live(clock: datetime) -> bool:
    """Whether the answer is made now, and is no file that was written once."""
    return abs(clock - datetime.now(UTC)) < timedelta(days=90)


def _when(stamp: str | None) -> datetime | None:
    """The moment of a datestamp as `moment` writes it."""
    return None if stamp is None else datetime.fromisoformat(stamp)


def _faults_of_deletion(deletion: str | None) -> Iterator[Fault]:
    if deletion not in _DELETIONS:
        yield Fault(
            f"Its deletedRecord is «{deletion or ''}», not no, transient or persistent.",
            "Say which of the three holds (section 2.5.1).",
        )
    elif deletion == "no":
        yield Fault(
            "It keeps no trace of deleted records (deletedRecord is «no»).",
            "Allowed, but harvesters can see a deletion only by reading everything again; "
            "keep the headers of deleted records with status=deleted.",
        )


def _faults_of_earliest(earliest: str | None, granularity: str | None) -> Iterator[Fault]:
    if earliest is None:
        return
    found = _when(moment(earliest))
    if found is None:
        yield Fault(
            f"Its earliestDatestamp «{earliest}» is no date.",
            "Give the lower limit of all datestamps, in your granularity (section 4.2).",
        )
    elif found < _OLDEST or found > datetime.now(UTC) + timedelta(days=1):
        yield Fault(
            f"Its earliestDatestamp «{earliest}» cannot be true.",
            "Give the moment when the first record was changed in the repository.",
        )
    elif granularity in {_DAY, _SECOND} and (len(earliest) == 10) != (granularity == _DAY):
        yield Fault(
            f"Its earliestDatestamp «{earliest}» is not in its granularity {granularity}.",
            "Write all datestamps in the granularity that Identify names (section 2.7.1).",
        )


def _faults_of_address(base_url: str | None, asked_at: str) -> Iterator[Fault]:
    if base_url is None:
        return
    try:
        said, asked = urlsplit(base_url), urlsplit(asked_at)
        ours, theirs = asked.hostname, said.hostname
    except ValueError:
        theirs, ours, said, asked = None, "", urlsplit(""), urlsplit("")
    if (theirs, said.path.rstrip("/")) != (ours, asked.path.rstrip("/")):
        yield Fault(
            f"Its baseURL is «{base_url[:200]}», but it was asked at {shown(asked_at)}.",
            "Let Identify name the public address; behind a proxy, set it in the server's configuration.",
        )


def faults_of_offers(offers: Sequence[Offer]) -> Iterator[Fault]:
    """What is wrong with the metadata formats (section 4.4)."""
    if all(offer.prefix != "oai_dc" for offer in offers):
        yield Fault(
            "It does not offer oai_dc, which every server must (OAI-PMH, section 3.4).",
            "Offer at least title, identifier, creator, date and type in unqualified Dublin Core.",
        )
    spaces = [offer.prefix for offer in offers if not offer.namespace]
    if spaces:
        yield Fault(
            f"Its formats {', '.join(spaces[:5])} have no metadataNamespace.",
            "Name the XML namespace of each format: harvesters choose their crosswalk by it.",
        )


def faults_of_sets(sets: Sequence[str], wanted: Sequence[str], offers: Sequence[Offer]) -> Iterator[Fault]:
    """Sets that were asked for and are not there, and the one that a registry must have."""
    for spec in wanted:
        if spec not in sets:
            yield Fault(f"It lists no set «{spec}»; check the name.", "Sets are named by their setSpec.")
    if any(offer.prefix == "ivo_vor" for offer in offers) and "ivo_managed" not in sets:
        yield Fault(
            "It gives ivo_vor, but has no set ivo_managed.",
            "A registry must have it (IVOA Registry Interfaces 1.1, section 3.1): it holds what is yours.",
        )


def faults_of_records(reply: Reply, asked: Asked, identity: Reply | None) -> Iterator[Fault]:
    """What is wrong with the first page of records (section 4.5)."""
    records = list(reply.records(asked))
    broken = sum(not isinstance(one, RawRecord) or not _is_well_formed(one) for one in records)
    if broken:
        yield Fault(
            f"{broken} of the first {len(records)} records cannot be read.",
            "Each record needs a header with identifier and datestamp, and well-formed metadata.",
        )
    stamps = [one.datestamp for one in records if isinstance(one, RawRecord)]
    if any(moment(stamp) is None for stamp in stamps):
        yield Fault("Some records have no valid datestamp.", "Write datestamps as 2024-05-01T12:00:00Z.")
    granularity = identity.text("granularity") if identity is not None else None
    if granularity == _DAY and any(len(stamp or "") > 10 for stamp in stamps):
        yield Fault(
            "Identify says that datestamps are days, but records have them in seconds.",
            f"Let Identify say {_SECOND}, and accept seconds in from and until.",
        )
    if granularity == _SECOND and any(len(stamp or "") == 10 for stamp in stamps):
        yield Fault(
            "Identify says that datestamps are in seconds, but records have days.",
            f"Let Identify say {_DAY}, or give the time as well.",
        )
    names = [one.identifier for one in records if isinstance(one, RawRecord)]
    if len(set(names)) < len(names):
        yield Fault(
            f"{len(names) - len(set(names))} of the first {len(names)} records come twice.",
            "An identifier occurs once in a list: look for a join that multiplies rows.",
        )
    if reply.size is not None and not reply.token and reply.size != len(records):
        yield Fault(
            f"It announces {reply.size} records and gives {len(records)}, without a resumptionToken.",
            "Give a token where there is more, and the true completeListSize (section 3.5).",
        )


def _is_well_formed(raw: RawRecord) -> bool:
    if raw.deleted or raw.document is not None:
        return True
    try:
        etree.fromstring(raw.data, xml_parser())
    except etree.XMLSyntaxError:
        return False
    return True


def faults_of_next_page(first: Reply, second: Reply, asked: Asked) -> Iterator[Fault]:
    """What is wrong with how a list goes on (section 3.5)."""
    if second.token and second.token == first.token:
        yield Fault(
            "Its second page has the same resumptionToken as the first: the list would never end.",
            "Give each page a token of its own, and the last one an empty one.",
        )
    before = {one.identifier for one in first.records(asked) if isinstance(one, RawRecord)}
    after = {one.identifier for one in second.records(asked) if isinstance(one, RawRecord)}
    if before and before == after:
        yield Fault(
            "Its second page has the same records as the first.",
            "Let the resumptionToken say where the next page begins.",
        )
    elif len(before & after) > len(before) // 2:
        yield Fault(
            f"{len(before & after)} records of the first page come again on the second.",
            "Sort the list by something that does not change while it is read, such as the identifier.",
        )
    if not after and not second.errors:
        yield Fault("Its second page is empty.", "Give a token only where records follow.")


def future(identity: Reply | None) -> str:
    """The day after tomorrow in the server's granularity."""
    by_day = identity is not None and identity.text("granularity") == _DAY
    return (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%d" if by_day else "%Y-%m-%dT%H:%M:%SZ")


def faults_of_dates(reply: Reply) -> Iterator[Fault]:
    """What is wrong with the answer for records of the future: there must be none."""
    if not reply.errors:
        yield Fault(
            "It ignores from: asked for changes of the day after tomorrow it gives records.",
            "Without selective harvesting everybody reads everything each time (section 2.7.1).",
        )
