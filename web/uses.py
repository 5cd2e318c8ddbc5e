"""What can be done with a record: the offers of all targets, for its page and for REST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from catalogue.record import Distribution, Record
from web.context import base_url, catalogue
from web.targets.base import Offer, Target, Use, targets, use_of

MOST_OFFERS = 2000
"""Offers of one target in one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What one target offers for a record; ``more`` tells that not all of it is here."""

    target: Target
    offers: tuple[Offer, ...]
    use: Use
    more: bool

    def made(self, offer: Offer) -> str | None:
        """The address of the file that is made for an offer."""
        return self.use.file(self.target.name, offer.made) if offer.made else None

    @property
    def needs(self) -> str | None:
        """What all offers need, where it is the same for each of them."""
        needs = {offer.needs for offer in self.offers}
        return needs.pop() if len(needs) == 1 else None

    @property
    def leading(self) -> list[tuple[str, str, bool]]:
        """What the record's own page shows of it: label, address, whether that is a file made here."""
        found = []
        for offer in self.offers:
            if (made := self.made(offer)) is not None and offer.leads:
                found.append((offer.label, made, True))
            elif offer.url is not None and offer.of is None and self.target.kind != "fetch":
                found.append((offer.label, offer.url, False))
        return found


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
                use=use,
                more=len(found) > most,
            )


def made(target: Target, record: Record) -> Use:
    """What a target makes its files from."""
    return use_of(target, record, page_of(record), catalogue().settings.file)


def page_of(record: Record) -> str:
    """The public address of a record's page."""
    return f"{base_url()}/records/{record.id}"


def numbers_of(record: Record) -> dict[Distribution, int]:
    """The number of each file of a record, from 0; by it a file is asked for."""
    return {file: number for number, file in reversed(list(enumerate(record.distributions)))}
