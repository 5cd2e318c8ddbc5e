"""What an OAI-PMH endpoint says of itself, and where it departs from the standard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lxml import etree

from catalogue.errors import SourceError
from catalogue.record import RawRecord
from catalogue.sources import Source
from harvesters.base import Probe
from harvesters.oai_client import BrokenPage, HttpRefusal, OaiClient, Refusal
from harvesters.oai_formats import choose_format
from harvesters.oai_reply import Asked, Reply, moment
from harvesters.transport import HostFailing
from mappings.base import xml_parser

_NEEDED = ("repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp")
_GRANULARITIES = {"YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"}
_DELETIONS = {"no", "transient", "persistent"}


def probe(source: Source, client: OaiClient) -> Probe:
    """Five or six requests; raises `SourceError` where it does not speak OAI-PMH at all."""
    faults: list[str] = []
    identity = _try(client, faults, "Identify")
    offers_reply = _try(client, faults, "ListMetadataFormats")
    sets_reply = _try(client, faults, "ListSets", quiet={"noSetHierarchy", "badVerb"})
    offers = offers_reply.offers() if offers_reply else ()
    if identity is not None:
        faults += _faults_of_identity(identity)
    if offers_reply is not None and all(offer.prefix != "oai_dc" for offer in offers):
        faults.append("It does not offer oai_dc, which every server must (OAI-PMH, section 3.4).")
    prefix, form = choose_format(offers, source.prefix)
    if sets_reply is not None and not sets_reply.errors and not sets_reply.token:
        faults += [
            f"It lists no set «{spec}»; check the name."
            for spec in source.sets
            if spec not in sets_reply.sets()
        ]
    arguments = [("metadataPrefix", prefix)] + ([("set", source.sets[0])] if source.sets else [])
    first = _try(client, faults, "ListRecords", *arguments)
    if first is not None:
        faults += _faults_of_records(first, Asked(format=form, prefix=prefix, base_url=source.url), identity)
        faults += _faults_of_dates(client, arguments, identity)
    return Probe(
        name=(identity.text("repositoryName") if identity else None) or source.name,
        protocol="OAI-PMH 2.0",
        formats=tuple(offer.prefix for offer in offers),
        chosen_format=prefix,
        sets=sets_reply.sets() if sets_reply else (),
        granularity=identity.text("granularity") if identity else None,
        deletion=identity.text("deletedRecord") if identity else None,
        earliest=identity.text("earliestDatestamp") if identity else None,
        records=_size(first),
        faults=tuple(dict.fromkeys([*faults, *client.faults])),
    )


def _try(
    client: OaiClient,
    faults: list[str],
    verb: str,
    *arguments: tuple[str, str],
    quiet: frozenset[str] | set[str] = frozenset(),
) -> Reply | None:
    """The response, or ``None`` with a fault for what the server refuses."""
    try:
        return client.ask(verb, *arguments)
    except HttpRefusal:
        if verb == "Identify":
            raise
        faults.append(f"{verb} is answered with an HTTP error.")
    except Refusal as refusal:
        if refusal.code not in quiet:
            faults.append(str(refusal))
    except (BrokenPage, HostFailing) as broken:
        faults.append(str(broken))
    return None


def _faults_of_identity(identity: Reply) -> list[str]:
    faults = [f"Identify lacks {name}." for name in _NEEDED if identity.text(name) is None]
    version = identity.text("protocolVersion")
    if version not in {None, "2.0"}:
        faults.append(f"Its protocolVersion is «{version}», not 2.0.")
    granularity = identity.text("granularity")
    if granularity not in _GRANULARITIES:
        faults.append(f"Its granularity is «{granularity or ''}», which is neither of the two allowed.")
    deletion = identity.text("deletedRecord")
    if deletion not in _DELETIONS:
        faults.append(f"Its deletedRecord is «{deletion or ''}», not no, transient or persistent.")
    earliest = identity.text("earliestDatestamp")
    if earliest is not None and moment(earliest) is None:
        faults.append(f"Its earliestDatestamp «{earliest}» is no date.")
    return faults


def _faults_of_records(reply: Reply, asked: Asked, identity: Reply | None) -> list[str]:
    faults = []
    records = list(reply.records(asked))
    broken = sum(not isinstance(one, RawRecord) or not _is_well_formed(one) for one in records)
    if broken:
        faults.append(f"{broken} of the first {len(records)} records cannot be read.")
    stamps = {one.datestamp for one in records if isinstance(one, RawRecord)}
    if any(moment(stamp) is None for stamp in stamps):
        faults.append("Some records have no valid datestamp.")
    by_day = identity is not None and identity.text("granularity") == "YYYY-MM-DD"
    if by_day and any(len(stamp or "") > 10 for stamp in stamps):
        faults.append("Identify says that datestamps are days, but records have them in seconds.")
    return faults


def _is_well_formed(raw: RawRecord) -> bool:
    if raw.deleted or raw.document is not None:
        return True
    try:
        etree.fromstring(raw.data, xml_parser())
    except etree.XMLSyntaxError:
        return False
    return True


def _faults_of_dates(
    client: OaiClient, arguments: list[tuple[str, str]], identity: Reply | None
) -> list[str]:
    """Ask for what will change the day after tomorrow: there cannot be any."""
    day = identity is not None and identity.text("granularity") == "YYYY-MM-DD"
    future = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%d" if day else "%Y-%m-%dT%H:%M:%SZ")
    try:
        reply = client.ask("ListRecords", *arguments, ("from", future))
    except Refusal as refusal:
        return [f"It refuses from={future}, which is in its own granularity: {refusal}"]
    except SourceError as error:
        return [str(error)]
    if reply.errors:
        return []
    return ["It ignores from: asked for changes of the day after tomorrow it gives records."]


def _size(reply: Reply | None) -> int | None:
    if reply is None or reply.errors:
        return None if reply is None else 0
    if reply.size is not None:
        return reply.size
    return None if reply.token else sum(1 for _ in reply.records(Asked(format="", prefix="", base_url="")))
