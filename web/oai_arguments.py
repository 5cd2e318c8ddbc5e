"""The arguments of an OAI-PMH request, checked by the ``oaipmh`` library where it can (section 3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from oaipmh.datestamp import datestamp_to_datetime, datetime_to_datestamp
from oaipmh.error import BadArgumentError, BadVerbError, DatestampError
from oaipmh.validation import BadArgumentError as InvalidArgument
from oaipmh.validation import validateResumptionArguments

from web.oai_records import PREFIX
from web.oai_sets import SPEC

VERBS = frozenset(
    {"GetRecord", "Identify", "ListIdentifiers", "ListMetadataFormats", "ListRecords", "ListSets"}
)
# The library takes what int() takes: «2020-1-1», «+2020-01-01».
_DATESTAMP = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_LONGEST_ECHO = 2000
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """A request whose arguments are allowed; times are UTC datestamps with seconds.

    ``given`` are the arguments as they came, the verb included.
    """

    verb: str
    identifier: str | None = None
    prefix: str | None = None
    set: str | None = None
    since: str | None = None
    until: str | None = None
    token: str | None = None
    given: dict[str, str] = field(default_factory=dict)

    def echoed(self) -> dict[str, str]:
        """What the ``request`` element repeats: whatever its schema and XML can hold."""
        return {
            name: value
            for name, value in self.given.items()
            if len(value) <= _LONGEST_ECHO
            and value.isprintable()
            and (name != "identifier" or _URI.fullmatch(value))
        }


def read_arguments(pairs: Iterable[tuple[str, str]]) -> Arguments:
    """The arguments of a request; raises `BadVerbError` or `BadArgumentError`."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            error = BadVerbError if name == "verb" else BadArgumentError
            raise error(f"The argument «{_shown(name)}» is there more than once.")
        given[name] = value
    verb = given.get("verb")
    if verb is None:
        raise BadVerbError("The argument «verb» is missing.")
    if verb not in VERBS:
        raise BadVerbError(f"«{_shown(verb)}» is not a verb of OAI-PMH.")
    _check_names(verb, given)
    _check_syntax(given)
    since, until = given.get("from"), given.get("until")
    if since is not None and until is not None and len(since) != len(until):
        raise BadArgumentError("The arguments «from» and «until» have different granularities.")
    start = None if since is None else _datestamp("from", since)
    end = None if until is None else _datestamp("until", until)
    if start is not None and end is not None and start > end:
        raise BadArgumentError("The argument «from» is later than «until».")
    return Arguments(
        verb=verb,
        identifier=given.get("identifier"),
        prefix=given.get("metadataPrefix"),
        set=given.get("set"),
        since=start,
        until=end,
        token=given.get("resumptionToken"),
        given=given,
    )


def _check_names(verb: str, given: dict[str, str]) -> None:
    names = {("from_" if name == "from" else name): value for name, value in given.items() if name != "verb"}
    unknown = names.keys() - {"identifier", "metadataPrefix", "set", "from_", "until", "resumptionToken"}
    if unknown or "from_" in given:
        raise BadArgumentError(f"OAI-PMH has no argument «{_shown(min(unknown, default='from_'))}».")
    try:
        validateResumptionArguments(verb, names)
    except InvalidArgument as error:
        raise BadArgumentError(str(error).replace("from_", "from").rstrip(".") + ".") from None


def _check_syntax(given: dict[str, str]) -> None:
    prefix, spec = given.get("metadataPrefix"), given.get("set")
    if prefix is not None and not PREFIX.fullmatch(prefix):
        raise BadArgumentError(f"«{_shown(prefix)}» cannot be a metadataPrefix.")
    if spec is not None and not SPEC.fullmatch(spec):
        raise BadArgumentError(f"«{_shown(spec)}» cannot be a setSpec.")
    for name in ("identifier", "resumptionToken"):
        if given.get(name) == "":
            raise BadArgumentError(f"The argument «{name}» is empty.")


def _datestamp(name: str, value: str) -> str:
    """A datestamp with seconds: a day begins with its first second and ends with its last."""
    if not _DATESTAMP.fullmatch(value):
        raise BadArgumentError(
            f"The argument «{name}» must be a day (YYYY-MM-DD) or a second (YYYY-MM-DDThh:mm:ssZ) in UTC."
        )
    try:
        return str(datetime_to_datestamp(datestamp_to_datetime(value, inclusive=name == "until")))
    except DatestampError:
        raise BadArgumentError(f"The argument «{name}» is no date of the calendar.") from None


def _shown(value: str) -> str:
    return value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
