"""Why nothing has a parameter as it is asked for: no record has it, or all give it in other units."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.fuzz import WRatio
from rapidfuzz.process import extract

from catalogue.coverage_query import parameter_range
from catalogue.index import Count, Index, Listing, Query
from catalogue.parameter_names import PARAMETER
from catalogue.quantities import names_within, quantity_name
from catalogue.said import said
from catalogue.units import in_base_units

_LISTED = 1000
_NEAREST = 3
_NEAR = 70
_MOST_UNITS = 5


def absence_of(index: Index, condition: str) -> tuple[str, tuple[str, ...]] | None:
    """What is to be said of a condition such as «temperature > 4 K», and names or units that there are.

    ``None`` where records have such a parameter in a unit that can be compared, or the condition is
    none.  Raises what `Index.values` raises.
    """
    try:
        asked = parameter_range(condition)
    except ValueError:
        return None
    key = quantity_name(asked.name)
    bearing = [
        count for count in _listed(index, key) if count.value == key or key in names_within(count.value)
    ]
    if not bearing:
        near = extract(
            key, [c.value for c in _listed(index, "")], scorer=WRatio, score_cutoff=_NEAR, limit=_NEAREST
        )
        names = tuple(name for name, _, _ in near)
        name, others = asked.name[:100], ", ".join(f"«{one}»" for one in names)
        text = said("No record has a number for the parameter «%(name)s».", name=name)
        if names:
            text = said(
                "No record has a number for the parameter «%(name)s»; there is %(others)s.",
                name=name, others=others,
            )  # fmt: skip
        return text, names
    units = _units(bearing)
    if any(_base(unit) == asked.base for unit in units):
        return None
    given = ", ".join(unit or "no unit" for unit in units[:_MOST_UNITS])
    text = said("No record gives «%(name)s» without a unit; it is given in %(units)s.",
                name=asked.name[:100], units=given)  # fmt: skip
    if asked.base:
        text = said(
            "No record gives «%(name)s» in «%(base)s» or what converts to it; it is given in %(units)s.",
            name=asked.name[:100], base=asked.base, units=given,
        )  # fmt: skip
    return text, tuple(unit for unit in units[:_MOST_UNITS] if unit)


def _listed(index: Index, name: str) -> Sequence[Count]:
    words = name.rpartition("_")[2]
    listing = Listing(facet=PARAMETER, contains=words, size=_LISTED)
    return index.values(Query(), listing).values


def _units(bearing: Sequence[Count]) -> list[str]:
    """The units of parameters, the most frequent first; an empty one where some have none."""
    counts: dict[str, int] = {}
    for parameter in bearing:
        for unit, count in parameter.units:
            counts[unit] = counts.get(unit, 0) + count
        bare = parameter.count - sum(count for _, count in parameter.units)
        if bare > 0:
            counts[""] = counts.get("", 0) + bare
    return sorted(counts, key=lambda unit: -counts[unit])


def _base(unit: str) -> str | None:
    """The base unit that values of a unit are kept in; ``None`` where nobody can convert it."""
    found = in_base_units(1.0, unit)
    return None if found is None else found[1]
