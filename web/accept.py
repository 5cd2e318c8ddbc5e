"""What a client wants of what there is: proactive negotiation (RFC 9110, section 12) with profiles.

The quality of a form is that of the most specific range that it fits; among equals the one that is
named more exactly comes first, then the one that is named earlier, then the one that we offer earlier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_options_header

_MOST_RANGES = 100
"""Ranges of one header that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A form: its media type without parameters, its profile, and other names that clients have for it."""

    media_type: str
    profile: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The place of what was chosen among the offers, and the parameters with which it was asked for."""

    place: int
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    name: str
    parameters: Mapping[str, str]
    quality: float


def choose(offers: Sequence[Offer], accept: MIMEAccept) -> Choice | None:
    """The best of the offers; without a header the first, ``None`` where none will do."""
    if not accept:
        return Choice(place=0, parameters={})
    ranges = [_range(value, quality) for value, quality in list(accept)[:_MOST_RANGES]]
    best: tuple[tuple[float, int, int, int], Choice] | None = None
    for place, offer in enumerate(offers):
        fits = [(_exactness(one, offer), -at, one) for at, one in enumerate(ranges)]
        exactness, at, found = max(fits, key=lambda fit: fit[:2])
        if not exactness or found.quality <= 0:
            continue
        rank = (found.quality, exactness, at, -place)
        if best is None or rank > best[0]:
            best = rank, Choice(place=place, parameters=found.parameters)
    return best[1] if best is not None else None


def same_profile(one: str, other: str) -> bool:
    """Whether two addresses of a profile differ in nothing but how they are written."""
    return _bare(one) == _bare(other)


def _range(value: str, quality: float) -> _Range:
    name, parameters = parse_options_header(value)
    return _Range(name=name.lower(), parameters=parameters, quality=quality)


def _exactness(one: _Range, offer: Offer) -> int:
    """How exactly a range names an offer: 0 not at all, 5 with its profile."""
    if one.name == "*/*" or one.name == "*":
        return 1
    kind, _, sub = one.name.partition("/")
    if sub == "*":
        return 2 if offer.media_type.startswith(f"{kind}/") else 0
    if one.name != offer.media_type and one.name not in offer.aliases:
        return 0
    wanted = one.parameters.get("profile")
    if wanted is None or offer.profile is None:
        return 4 if wanted is None else 3
    # A profile that nobody here knows takes nothing away from the media type (RFC 6906, section 3.1).
    return 5 if any(same_profile(name, offer.profile) for name in wanted.split()) else 3


def _bare(profile: str) -> str:
    return profile.lower().partition("://")[2].rstrip("/#")
