"""Where the data of ISO 19139 are, and with what they were taken (ISO 19115-2)."""

from __future__ import annotations

from catalogue.record import Distribution, Reference
from mappings.draft import Draft
from mappings.iso19139_identification import add_format
from mappings.iso19139_people import read_party
from mappings.iso19139_values import inside, text_at
from mappings.json_reading import Node
from mappings.text import clean_url


def read_distribution(draft: Draft, node: Node) -> None:
    """Formats, distributors and online resources."""
    for _, distribution in inside(node, "distributionInfo"):
        for _, format_ in inside(distribution, "distributionFormat"):
            add_format(draft, format_)
        for _, distributor in inside(distribution, "distributor"):
            for one in distributor.children("distributorContact"):
                read_party(draft, one)
            for _, options in inside(distributor, "distributorTransferOptions"):
                _options(draft, options)
            for _, format_ in inside(distributor, "distributorFormat"):
                add_format(draft, format_)
        for _, options in inside(distribution, "transferOptions"):
            _options(draft, options)


def _options(draft: Draft, node: Node) -> None:
    size = text_at(node, "transferSize")
    if size is not None:
        draft.sizes.append(f"{size} {text_at(node, 'unitsOfDistribution') or 'MB'}")
    for _, online in inside(node, "onLine"):
        url = clean_url(text_at(online, "linkage"))
        if url is None:
            continue
        protocol = text_at(online, "protocol")
        title = text_at(online, "name", "description")
        scheme = url.partition("://")[0].lower() if "://" in url else None
        draft.distributions.append(Distribution(url=url, protocol=scheme or protocol, title=title))
        if protocol is not None and protocol.casefold() != scheme and not protocol.startswith("WWW:LINK"):
            draft.keep(online.where("protocol"), f"{url}: {protocol}")
        text_at(online, "function")


def read_acquisition(draft: Draft, node: Node) -> None:
    """Platforms and instruments."""
    for _, acquisition in inside(node, "acquisitionInformation"):
        for _, platform in inside(acquisition, "platform"):
            draft.facilities += _named(platform)
            for _, instrument in inside(platform, "instrument"):
                draft.instruments += _named(instrument)
        for _, instrument in inside(acquisition, "instrument"):
            draft.instruments += _named(instrument)


def _named(node: Node) -> list[Reference]:
    title = next((text_at(one, "title") for _, one in inside(node, "citation")), None)
    code = next((text_at(one, "code") for _, one in inside(node, "identifier")), None)
    label = title or code or text_at(node, "description", "type")
    return [Reference(label=label)] if label is not None else []
