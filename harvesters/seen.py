"""Which of millions of names have come already, in little memory."""

from __future__ import annotations

from array import array

_FIRST = 1024
_MASK = 2**64 - 1


class Seen:
    """A set of names that keeps 64 bits of each: 12 to 24 bytes a name, where Python's own takes 80.

    The table is searched from the place that a name's hash points at to the next empty one; it is
    doubled when two thirds are full.  Of ten million names two are taken for one with a
    probability of 3 in a million.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _FIRST))
        self._count = 0

    def add(self, name: str) -> bool:
        """Note a name; whether it is new."""
        key = _key(name)
        at = self._place(key)
        if self._table[at]:
            return False
        self._table[at] = key
        self._count += 1
        if 3 * self._count >= 2 * len(self._table):
            self._double()
        return True

    def __contains__(self, name: str) -> bool:
        return self._table[self._place(_key(name))] != 0

    def __len__(self) -> int:
        return self._count

    def _place(self, key: int) -> int:
        """Where a key is, or the empty place where it belongs."""
        table = self._table
        last = len(table) - 1
        at = key & last
        while table[at] and table[at] != key:
            at = (at + 1) & last
        return at

    def _double(self) -> None:
        keys = self._table
        self._table = array("Q", bytes(16 * len(keys)))
        for key in keys:
            if key:
                self._table[self._place(key)] = key


def _key(name: str) -> int:
    # An empty place holds 0.
    return hash(name) & _MASK or 1
