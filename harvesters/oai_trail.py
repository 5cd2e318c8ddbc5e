"""Noticing that a list runs in a circle."""

from __future__ import annotations

from collections.abc import Sequence

_SAME_PAGES = 3
_EMPTY_PAGES = 1000


class Trail:
    """The resumption tokens and pages of one list so far.

    A token that comes a second time is a circle.  So is a third page whose identifiers
    were all there before, under whatever token, and a thousand empty pages in a row.
    ``repeats_pages`` tells that some page came twice.
    """

    def __init__(self) -> None:
        self._tokens: set[int] = set()
        self._pages: set[int] = set()
        self.repeats_pages = False
        self._repeated = 0
        self._empty = 0

    def circles(self, token: str, identifiers: Sequence[str]) -> bool:
        """Note a page and the token that follows it; whether going on would be going round."""
        if not identifiers:
            self._empty += 1
        else:
            self._empty = 0
            page = hash(tuple(identifiers))
            is_repeated = page in self._pages
            self._repeated = self._repeated + 1 if is_repeated else 0
            self.repeats_pages = self.repeats_pages or is_repeated
            self._pages.add(page)
        is_known = hash(token) in self._tokens
        self._tokens.add(hash(token))
        return is_known or self._repeated >= _SAME_PAGES or self._empty >= _EMPTY_PAGES
