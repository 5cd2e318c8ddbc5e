"""The basket: records and single files that a visitor has put aside, as a short text.

The text stands in a cookie and in addresses, so that the basket needs neither script nor account and can be
passed on.  An item is 14 bytes: the record's id (10) and the first 4 of the BLAKE2b of a file's
address, or zeros for the whole record; the text is their base64url (RFC 4648, section 5) without padding.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.errors import QueryError
from catalogue.record import Distribution

MOST_ITEMS = 200
"""Items of a basket: what fits into a cookie (RFC 6265, section 6.1: 4096 bytes)."""

_ITEM = re.compile(r"([0-9a-f]{20})(?:-([0-9a-f]{8}))?")
_SIZE = 14
_WHOLE = bytes(4)


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A record, or one of its files by the key of its address; written ``ID`` or ``ID-KEY``."""

    record: str
    file: str | None = None

    def __str__(self) -> str:
        return self.record if self.file is None else f"{self.record}-{self.file}"


@dataclass(frozen=True, slots=True)
class Basket:
    """What is in it, in the order in which it came."""

    items: tuple[Item, ...] = ()

    def with_items(self, items: Iterable[Item]) -> Basket:
        """With these too; raises `QueryError` when they are too many."""
        all_items = tuple(dict.fromkeys((*self.items, *items)))
        if len(all_items) > MOST_ITEMS:
            raise QueryError(
                f"A basket holds at most {MOST_ITEMS} records and files; take some out, or take the whole "
                "result of a search by its downloads.",
                parameter="item",
            )
        return Basket(all_items)

    def without(self, item: Item) -> Basket:
        """Without an item; without all of a record's files where it names the record."""
        return Basket(
            tuple(
                one
                for one in self.items
                if one != item and not (item.file is None and one.record == item.record)
            )
        )

    def __str__(self) -> str:
        data = b"".join(
            bytes.fromhex(item.record) + (bytes.fromhex(item.file) if item.file else _WHOLE)
            for item in self.items
        )
        return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def read_basket(text: str) -> Basket:
    """The basket of a text; raises `QueryError` for what is none."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b"?"
    if len(data) % _SIZE or len(data) > MOST_ITEMS * _SIZE:
        raise QueryError("This address of a basket is damaged; begin with an empty one.", parameter="items")
    parts = [data[start : start + _SIZE] for start in range(0, len(data), _SIZE)]
    return Basket(
        tuple(
            dict.fromkeys(
                Item(part[:10].hex(), part[10:].hex() if part[10:] != _WHOLE else None) for part in parts
            )
        )
    )


def read_item(text: str) -> Item:
    """An item as forms send it; raises `QueryError`."""
    found = _ITEM.fullmatch(text)
    if found is None:
        raise QueryError("An item of a basket is the id of a record, or «ID-FILE».", parameter="item")
    return Item(found[1], found[2])


def file_key(file: Distribution) -> str:
    """The key of a file within its record; stays when files are added or change their order."""
    return hashlib.blake2b(file.url.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
