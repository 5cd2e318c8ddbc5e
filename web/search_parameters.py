"""The search parameters of interface.md, the same in the page and in REST.

`SearchParameters` is the one list of them: requests are validated by it, OpenAPI is
written from it, and `address` turns a query back into the URL that asks it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Request
from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from catalogue.coverage_query import moc_condition
from catalogue.days import days_of
from catalogue.errors import QueryError
from catalogue.index import FACETS, MAXIMUM_SIZE, SORTS, Query
from catalogue.moc import Region, region_of, text_of
from catalogue.said import Said, said
from catalogue.search_plan import MOST_PARAMETERS
from web.kept_regions import LONGEST_IN_ADDRESS, keep, name_of, region_named
from web.languages import N_

MAXIMUM_WORDS = 1000
"""Characters in a query."""
MAXIMUM_CHOICES = 100
"""Chosen values of all facets together."""

DEFAULT = Query()

COVERED = ("sky", "moc", "time", "energy", "place", "parameter")
"""What is asked of the coverage of records."""

LONGEST_MOC = 400_000
"""Characters of a MOC; what does not fit into an address is sent by POST."""


def printable(text: str) -> None:
    """A validator: raises `ValidationError` for texts that no engine takes."""
    if "\x00" in text:
        raise ValidationError(said("must not hold a NUL character."))


def read_dates(text: str) -> tuple[str | None, str | None]:
    """A range of ISO 8601 dates «FROM/TO» with open ends («» or «..»), or one date.

    Raises `ValidationError` for what is none.
    """
    first, slash, last = (part.strip() for part in text.partition("/"))
    start, stop = (None if part in {"", ".."} else part for part in (first, last if slash else first))
    if start is None and stop is None:
        raise ValidationError(said("must be FROM/TO, FROM/ or /TO, as in 2015/2020-06."))
    days = [_days(end) for end in (start, stop) if end is not None]
    if days[0][0] > days[-1][1]:
        raise ValidationError(said("begins at %(start)s, after its end %(stop)s.", start=start, stop=stop))
    return start, stop


def _days(date: str) -> tuple[int, int]:
    try:
        return days_of(date)
    except ValueError:
        reason = said("«%(date)s» is no ISO 8601 date; write 2015, 2015-03 or 2015-03-01.", date=date[:40])
        raise ValidationError(reason) from None


def _covered(description: str, example: str, longest: int = 200) -> fields.Field[Any]:
    return fields.String(
        validate=[validate.Length(max=longest), printable],
        metadata={"description": description, "example": example},
    )


class _SearchParameters(Schema):
    """Words, dates, order and paging; the facets join below."""

    q = fields.String(
        validate=[validate.Length(max=MAXIMUM_WORDS), printable],
        metadata={"description": 'Words, "phrases", -exclusions and field:value.'},
    )
    published = fields.String(
        validate=[validate.Length(max=100), read_dates],
        metadata={
            "description": "Range of publication dates, ISO 8601, open ends allowed.",
            "example": "2015/2020-06",
        },
    )
    sky = _covered(
        "A cone RA,DEC,RADIUS in degrees (ICRS; or followed by FK5, FK4 or GALACTIC); or, where names are "
        "looked up, NAME or NAME,RADIUS as in M31,0.5.",
        "10.68,41.27,0.5",
    )
    moc = _covered("A region as MOC in ASCII (IVOA MOC 2.0).", "6/12-15,20 8/100", LONGEST_MOC)
    time = _covered(
        "FROM/TO in ISO 8601 or MJD, open ends allowed; or one date. UTC, or followed by another time scale, "
        "as in 57100.5 TT.",
        "2015-03-01/57100.5",
    )
    energy = _covered(
        "MIN/MAX in joule or with a unit of energy, wavelength or frequency, open ends allowed; or a band.",
        "1 keV/10 keV",
    )
    region = fields.String(
        validate=validate.Length(max=100),
        metadata={"description": "A region that is kept here: part of addresses of searches by long MOCs."},
    )
    place = _covered(
        "A box on Earth WEST,SOUTH,EAST,NORTH in degrees, a point LONGITUDE,LATITUDE, or a place's name.",
        "5.9,45.8,6.3,46.4",
    )
    parameter = fields.List(
        fields.String(validate=[validate.Length(max=200), printable]),
        validate=validate.Length(max=MOST_PARAMETERS),
        metadata={
            "description": "A condition on a parameter with its unit; give it again for further ones.",
            "example": ["photon_energy > 10 keV"],
        },
    )
    sort = fields.String(
        validate=validate.OneOf(SORTS),
        metadata={"description": "Order of the hits; fit needs a region of the sky (sky, moc or region)."},
    )
    size = fields.Integer(
        validate=validate.Range(1, MAXIMUM_SIZE), metadata={"description": "Hits on a page; 20 if not told."}
    )
    cursor = fields.String(
        validate=[validate.Length(max=2000), printable],
        metadata={"description": "Where to go on: part of the «next» address of an answer; opaque."},
    )


def _facet(name: str) -> fields.Field[Any]:
    value = fields.String(validate=[validate.Length(max=1000), printable])
    description = f"Only records with this {name}; give it again for alternatives."
    return fields.List(
        value, validate=validate.Length(max=MAXIMUM_CHOICES), metadata={"description": description}
    )


SearchParameters = type(
    "SearchParameters",
    (_SearchParameters,),
    {name: _facet(name) for name in FACETS},
)
"""marshmallow schema of the query string of a search."""


class Arguments(FlaskParser):
    """webargs, but strict: an unknown, repeated or wrong parameter is a `QueryError` with its name."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, Any] = {"query": RAISE}  # noqa: RUF012 (as webargs has it)
    DEFAULT_VALIDATION_STATUS = 400

    def _get_schema(self, argmap: Any, req: Request) -> Schema:
        """A schema is made once: to make it costs more than to read a query string with it."""
        return _made(argmap) if isinstance(argmap, type) else super()._get_schema(argmap, req)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query string without empty values: forms send every field they have."""
        for name, values in req.args.lists():
            field = schema.fields.get(name)
            if len(values) > 1 and field is not None and not isinstance(field, fields.List):
                message = said("Parameter «%(name)s» is given %(times)s times.", name=name, times=len(values))
                raise QueryError(message, parameter=name)
        filled = type(req.args)([pair for pair in req.args.items(multi=True) if pair[1] != ""])
        return MultiDictProxy(filled, schema)

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_: Any) -> Any:
        """The first thing that is wrong, as one sentence; what nobody knows goes before what is missing."""
        messages: Any = error.messages
        location = next((one for one in ("query", "path", "json") if one in messages), None)
        messages = messages.get(location, messages)
        what = "field" if location == "json" else "parameter"
        if messages == {"_schema": [schema.error_messages["type"]]}:
            raise QueryError(said("The body must be a JSON object, as in {…}."), parameter="body") from None
        name = min(messages, key=lambda one: one in schema.fields)
        raise QueryError(_sentence(what, str(name), messages[name], schema), parameter=str(name)) from None

    def _raw_load_json(self, req: Request) -> Any:
        """The body; orjson refuses what could not be written again, such as halves of characters."""
        data = req.get_data(cache=True)
        if not data:
            return missing
        if not is_json(req.mimetype):
            raise QueryError(
                "The body must be JSON, sent with «Content-Type: application/json».", parameter="body"
            )
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise QueryError(f"The body is no JSON: {error}.", parameter="body") from None


_BUILT_IN = (
    N_("Not a valid string."),
    N_("Not a valid integer."),
    N_("Not a valid number."),
    N_("Not a valid boolean."),
    N_("Not a valid list."),
    N_("Number too large."),
    N_("Special numeric values (nan or infinity) are not permitted."),
    N_("Field may not be null."),
    N_("Must be one of: %(choices)s."),
    N_("Longer than maximum length %(max)s."),
    N_("Shorter than minimum length %(min)s."),
    N_("Length must be between %(min)s and %(max)s."),
    N_("Must be greater than or equal to %(min)s."),
    N_("Must be less than or equal to %(max)s."),
    N_("Must be greater than or equal to %(min)s and less than or equal to %(max)s."),
)
"""What marshmallow says itself."""


@cache
def _built_in() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each of these messages after a pattern of the sentences that are made of it."""
    value = re.compile(r"%\\\((\w+)\\\)s")
    return tuple(
        (re.compile(value.sub(r"(?P<\1>.+?)", re.escape(message)), re.DOTALL), message)
        for message in reversed(_BUILT_IN)
    )


def _of_ours(reason: str) -> str:
    """What marshmallow says, as a message that a page may say in its language."""
    if isinstance(reason, Said):
        return reason
    found = ((pattern.fullmatch(reason), message) for pattern, message in _built_in())
    return next((said(message, **match.groupdict()) for match, message in found if match), reason)


def _sentence(what: str, name: str, reason: Any, schema: Schema) -> str:
    place = name
    while isinstance(reason, dict | list):
        if isinstance(reason, dict) and what == "field":
            place += f".{next(iter(reason))}"
        reason = next(iter(reason.values() if isinstance(reason, dict) else reason))
    is_field, place, reason = what == "field", place[:100], _of_ours(reason)
    if reason == schema.error_messages["unknown"]:
        known = ", ".join(schema.fields)
        if is_field:
            return said("There is no field «%(place)s»; known are %(known)s.", place=place, known=known)
        return said("There is no parameter «%(place)s»; known are %(known)s.", place=place, known=known)
    if reason == fields.Field.default_error_messages["required"]:
        if is_field:
            return said("The field «%(place)s» is missing.", place=place)
        return said("The parameter «%(place)s» is missing.", place=place)
    if name not in schema.fields:  # What is wrong is not one of them, but how they go together.
        return f"{reason[:1].upper()}{reason[1:]}"
    if is_field:
        return said("Field «%(place)s»: %(reason)s", place=place, reason=reason)
    return said("Parameter «%(place)s»: %(reason)s", place=place, reason=reason)


@cache
def _made(schema: type[Schema]) -> Schema:
    return schema()


arguments = Arguments()


def read_query(values: Mapping[str, Any], home: Path | None = None) -> Query:
    """The query that validated parameters ask; ``home`` is the data directory, outside of a request."""
    facets = {name: tuple(dict.fromkeys(values[name])) for name in FACETS if values.get(name)}
    if sum(map(len, facets.values())) > MAXIMUM_CHOICES:
        message = said("Choose at most %(most)s facet values.", most=MAXIMUM_CHOICES)
        raise QueryError(message, parameter=next(iter(facets)))
    return Query(
        words=values.get("q", "").strip(),
        facets=facets,
        published=_published(values.get("published")),
        **{name: values.get(name, "").strip() for name in COVERED if name not in {"moc", "parameter"}},
        moc=_region(values, home),
        parameters=tuple(dict.fromkeys(text for one in values.get("parameter", ()) if (text := one.strip()))),
        sort=values.get("sort", DEFAULT.sort),
        size=values.get("size", DEFAULT.size),
        cursor=values.get("cursor"),
    )


def _region(values: Mapping[str, Any], home: Path | None) -> str:
    """The MOC that is asked for, in its text or under its name; kept if addresses will name it."""
    moc: str = values.get("moc", "").strip()
    if values.get("region"):
        if moc:
            raise QueryError(said("Give one region: «moc» or «region»."), parameter="region")
        return region_named(values["region"], home)
    return kept(text_of(_checked(moc))) if len(moc) > LONGEST_IN_ADDRESS else moc


def kept(moc: str) -> str:
    """The MOC; it is kept, where it is too long for the addresses that lead on."""
    if len(moc) > LONGEST_IN_ADDRESS:
        _checked(moc)
        keep(moc)
    return moc


def _checked(moc: str) -> Region:
    """A MOC that may be asked for."""
    try:
        moc_condition(moc)
        return region_of(moc)
    except ValueError as error:
        message = said("%(name)s: %(error)s.", name="moc", error=error)
        raise QueryError(message, parameter="moc") from None


def _published(text: str | None) -> tuple[str | None, str | None]:
    try:
        return read_dates(text) if text else (None, None)
    except ValidationError as error:
        message = said("Parameter «%(place)s»: %(reason)s", place="published", reason=error.messages[0])
        raise QueryError(message, parameter="published") from None


def address(path: str, query: Query) -> str:
    """The URL below ``path`` that asks this query; what is default is left out."""
    pairs = parameters(query)
    return path + ("?" + urlencode(pairs, safe="/") if pairs else "")


def parameters(query: Query) -> list[tuple[str, str]]:
    """The parameters that ask a query, in the order in which addresses have them."""
    pairs = [("q", query.words)] if query.words else []
    pairs += [(facet, value) for facet in FACETS for value in query.facets.get(facet, ())]
    if any(query.published):
        pairs.append(("published", "/".join(end or "" for end in query.published)))
    pairs += covered(query)
    if query.sort != DEFAULT.sort:
        pairs.append(("sort", query.sort))
    if query.size != DEFAULT.size:
        pairs.append(("size", str(query.size)))
    if query.cursor:
        pairs.append(("cursor", query.cursor))
    return pairs


def covered(query: Query) -> list[tuple[str, str]]:
    """What a query asks of coverage, as parameters; a MOC that is too long for an address by its name."""
    pairs = [(name, getattr(query, name)) for name in COVERED if name != "parameter"]
    if len(query.moc) > LONGEST_IN_ADDRESS:
        pairs = [("region", name_of(text)) if name == "moc" else (name, text) for name, text in pairs]
    return [pair for pair in pairs if pair[1]] + [("parameter", text) for text in query.parameters]


def without_covered(query: Query, name: str, text: str) -> Query:
    """The query without one of the pairs of `covered`, from its first page."""
    if name == "parameter":
        return replace(query, parameters=tuple(one for one in query.parameters if one != text), cursor=None)
    return replace(query, **{"moc" if name == "region" else name: ""}, cursor=None)  # type: ignore[arg-type]


def chosen(query: Query, facet: str, value: str, *, on: bool) -> Query:
    """The query with a facet value chosen or not, from its first page."""
    values = [known for known in query.facets.get(facet, ()) if known != value] + [value] * on
    facets = {**query.facets, facet: tuple(values)}
    return replace(query, facets={name: some for name, some in facets.items() if some}, cursor=None)
