"""Asking an API that answers in JSON, as such APIs really answer.

The single records of an answer keep the very bytes that the source sent: they are cut out
of the answer, not written again, so that no digit of a number and no order of keys is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
import orjson

from catalogue.errors import SourceProtocolError
from catalogue.record import Issue
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.transport import Answer, Transport

MAXIMUM_RECORD = 20_000_000
"""Bytes; a longer record is told as an issue (model.md, limits)."""
_JSON = "application/json"
_EXCERPT = 200
_MOST_RECORDS = 1_000_000_000_000


class Refusal(SourceProtocolError):
    """The API refuses a request; ``status`` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unreadable(SourceProtocolError):
    """An answer is no JSON, or none of the form that the API promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonAnswer:
    """What an API answered: the body as it came, and where from; ``is_unchanged`` is HTTP's 304."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    is_unchanged: bool = False

    def value(self) -> Any:
        """The whole body as plain values; raises `Unreadable`."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Unreadable(f"{shown(self.url)} answers with broken JSON: {error}.") from None

    def shell(self, *path: str) -> tuple[dict[str, Any], list[bytes]]:
        """The object around a list, and the bytes of each of its elements.

        ``path`` are the names that lead to the list (none: the body is the list); the object has
        all of its other values, so totals and links.  Raises `Unreadable`.
        """
        try:
            return _shell(self.body, path)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, orjson.JSONDecodeError) as error:
            raise Unreadable(f"{shown(self.url)} answers with broken JSON: {error}.") from None
        except LookupError as error:
            raise Unreadable(f"{shown(self.url)} answers without the list «{error.args[0]}».") from None


def _shell(body: bytes, path: Sequence[str]) -> tuple[dict[str, Any], list[bytes]]:
    if not path:
        return {}, [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    inner = members.pop(path[0], None)
    if inner is None:
        raise LookupError(path[0])
    shell, elements = _shell(bytes(inner), path[1:])
    outer = {name: orjson.loads(bytes(raw)) for name, raw in members.items()}
    if len(path) > 1:
        outer[path[0]] = shell
    return outer, elements


class JsonClient:
    """The requests of one API; statuses that are no answer are retried by the transport before."""

    def __init__(self, transport: Transport, accept: str = _JSON) -> None:
        self.transport = transport
        self._accept = accept

    def get(
        self,
        url: str,
        parameters: Sequence[tuple[str, str]] = (),
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        attempts: int | None = None,
    ) -> JsonAnswer:
        """One answer; raises `Refusal` for a status of 400 or more, `Unreadable` for a page of HTML."""
        answer = self.transport.get(url, parameters, accept=self._accept, headers=headers, attempts=attempts)
        if answer.status >= 400:
            raise Refusal(_refused(answer), answer.status)
        if answer.status != 304 and answer.body.lstrip()[:1] == b"<":
            raise Unreadable(
                f"{shown(answer.url)} answers with a web page where JSON was asked for; "
                "check the address of the source."
            )
        return JsonAnswer(
            url=answer.url,
            body=answer.body.removeprefix(b"\xef\xbb\xbf"),
            headers=answer.headers,
            is_unchanged=answer.status == 304,
        )


def _refused(answer: Answer) -> str:
    why = ""
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict):
        error = body.get("error", body)
        texts = error if isinstance(error, dict) else {"message": error}
        why = next((str(texts[name]) for name in ("message", "detail", "title") if texts.get(name)), "")
    why = "".join(mark if mark.isprintable() else " " for mark in why)
    told = f": «{' '.join(why.split())[:_EXCERPT]}»" if why.strip() else ""
    return f"{shown(answer.url)} answers «{answer.status} {answer.reason}»{told}."


def credential_hint(refusal: Refusal, source: Source) -> str:
    """A sentence about the credential, with a blank before it, where that is what an API refuses."""
    if refusal.status not in {401, 403}:
        return ""
    if source.token:
        return " Its token is not accepted; renew it."
    return " It asks for a credential; name the environment variable that holds it: --option token-env=NAME"


def count_in(value: Any) -> int | None:
    """How many records an answer announces; ``None`` for what cannot be such a number."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= _MOST_RECORDS else None


def issue_of(identifier: str, path: str, reason: str, value: str | None = None) -> Issue:
    """A record that did not arrive whole and whose identifier is known: it will be asked for again."""
    return Issue(identifier=identifier, path=path, reason=reason, rule="unreadable", value=value)


def unnamed(identifier: str, reason: str) -> Issue:
    """A record that did not arrive and of which nobody can say which it was."""
    return Issue(identifier=identifier, path="/", reason=reason, rule="unnamed")


def loaded(data: bytes) -> Any:
    """The document of a record's bytes; raises ``ValueError`` that says why it is none."""
    if len(data) > MAXIMUM_RECORD:
        raise ValueError(f"The record has {len(data)} bytes, the limit is {MAXIMUM_RECORD}.")
    return orjson.loads(data)
