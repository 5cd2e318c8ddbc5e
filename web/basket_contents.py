"""What is in a basket now: its records and files, what they come to, and where it is seen and taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from catalogue.record import Distribution
from web.basket import Basket, file_key
from web.context import base_url, catalogue
from web.packages.base import Contents, Taken
from web.targets.files import scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Files of one protocol: how many, their bytes as far as told, and how many do not tell theirs."""

    protocol: str
    files: int
    size: int
    unsized: int


def contents_of(basket: Basket) -> tuple[Contents, list[str]]:
    """The records of a basket as they are now, and the ids of those that are gone."""
    store = catalogue().store
    ids = list(dict.fromkeys(item.record for item in basket.items))
    changes = store.get_many(ids)
    joined = {id: change.joined for id, change in changes.items() if change.joined is not None}
    changes |= {
        id: change for id, change in store.get_many(sorted(set(joined.values()))).items() if id not in changes
    }
    taken, gone = [], []
    for id in ids:
        change = changes.get(joined.get(id, id))
        if change is None or change.record is None:
            gone.append(id)
            continue
        keys = {item.file for item in basket.items if item.record == id}
        files = change.record.distributions
        chosen = files if None in keys else tuple(file for file in files if file_key(file) in keys)
        taken.append(Taken(change=change, record=change.record, files=chosen, whole=None in keys))
    contents = Contents(taken=tuple(taken), page=base_url() + address(basket), settings=catalogue().settings)
    return contents, gone


def totals_of(contents: Contents) -> list[Total]:
    """What the files come to by the protocol that fetches them, the most bytes first."""
    by_protocol: dict[str, list[Distribution]] = {}
    for one in contents.taken:
        for file in one.files:
            by_protocol.setdefault(_protocol(file), []).append(file)
    found = [_total(name, files) for name, files in by_protocol.items()]
    return sorted(found, key=lambda one: (-one.size, -one.files, one.protocol))


def sum_of(totals: Iterable[Total]) -> Total:
    """All protocols together."""
    every = list(totals)
    return Total(
        protocol="",
        files=sum(one.files for one in every),
        size=sum(one.size for one in every),
        unsized=sum(one.unsized for one in every),
    )


def address(basket: Basket) -> str:
    """The path at which anyone sees this basket."""
    return f"/basket?{items_of(basket)}"


def package_address(basket: Basket, name: str) -> str:
    """The path at which anyone takes it away in a packaging."""
    return f"/basket/take/{name}?{items_of(basket)}"


def items_of(basket: Basket) -> str:
    """A basket as a parameter of an address."""
    return urlencode({"items": str(basket)})


def _protocol(file: Distribution) -> str:
    """The protocol by its scheme, as far as that can be one."""
    name = scheme(file)
    return name if name.isascii() and name.isalnum() and len(name) <= 10 else "other"


def _total(protocol: str, files: list[Distribution]) -> Total:
    return Total(
        protocol=protocol,
        files=len(files),
        size=sum(file.size or 0 for file in files),
        unsized=sum(file.size is None for file in files),
    )
