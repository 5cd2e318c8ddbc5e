"""What can be done with a record: the offers of all targets, for its page and for REST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from catalogue.record import Record
from web.context import base_url, catalogue
from web.targets.base import Offer, Target, Use, targets, use_of

MOST_OFFERS = 2000
"""Offers of one target in one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What one target offers for a record; ``more`` tells that not all of it is here."""

    target: Target
    offers: tuple[Offer, ...]
    files: tuple[tuple[str, str], ...]
    more: bool


def offered(record: Record, most: int = MOST_OFFERS) -> Iterator[Offered]:
    """The targets that can do something with a record, each with its first ``most`` offers."""
    file = catalogue().settings.file
    for target in targets().values():
        use = use_of(target, record, page_of(record), file)
        found = tuple(islice(target.offers(use), most + 1))
        if found:
            yield Offered(
                target=target,
                offers=found[:most],
                files=tuple((name, use.file(target.name, name)) for name in target.files),
                more=len(found) > most,
            )


def made(target: Target, record: Record) -> Use:
    """What a target makes its files from."""
    return use_of(target, record, page_of(record), catalogue().settings.file)


def page_of(record: Record) -> str:
    """The public address of a record's page."""
    return f"{base_url()}/records/{record.id}"
