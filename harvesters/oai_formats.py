"""Which of a server's metadata formats to ask for."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.errors import SourceProtocolError
from harvesters.oai_reply import Offer
from mappings.base import Format, formats


def choose_format(offers: Sequence[Offer], wanted: str | None) -> tuple[str, str]:
    """(metadataPrefix to ask for, our name of that format): the richest that we can read.

    A server's format is known by its prefix, else by its namespace.  A server that offers
    nothing is asked for oai_dc, which every one must have (OAI-PMH, section 3.4).  The originals
    that another Almagest passes on are only taken when asked for.
    Raises `SourceProtocolError` when none can be read.
    """
    readable = [form for form in formats().values() if form.read is not None and form.is_xml]
    if wanted:
        return wanted, _our_name(wanted, offers, readable)
    if not offers:
        return "oai_dc", "oai_dc"
    prefixes = {offer.prefix for offer in offers}
    # Each of these holds only the records that came in that format.
    offers = [offer for offer in offers if not offer.prefix.startswith("original_")]
    for form in readable:
        if form.prefix in prefixes:
            return form.prefix, form.prefix
        for offer in offers:
            if form.namespace is not None and _plain(form.namespace) == _plain(offer.namespace):
                return offer.prefix, form.prefix
    raise SourceProtocolError(
        f"The source offers {', '.join(sorted(prefixes))}, of which Almagest reads none; "
        f"it reads {', '.join(form.prefix for form in readable)}."
    )


def _our_name(prefix: str, offers: Sequence[Offer], readable: Sequence[Format]) -> str:
    if any(form.prefix == prefix for form in readable):
        return prefix
    spaces = {_plain(offer.namespace) for offer in offers if offer.prefix == prefix}
    for form in readable:
        if form.namespace is not None and _plain(form.namespace) in spaces:
            return form.prefix
    return prefix


def _plain(namespace: str | None) -> str | None:
    """Servers differ in http and https, and in a slash at the end."""
    return None if namespace is None else namespace.replace("https://", "http://").rstrip("/")
