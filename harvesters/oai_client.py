"""One OAI-PMH request and its response, whatever shape the response is in."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Sequence

from lxml import etree

from catalogue.errors import SourceProtocolError
from harvesters.addresses import shown
from harvesters.oai_pieces import cut, in_utf8, is_response, is_whole
from harvesters.oai_reply import Reply
from harvesters.politeness import backoff
from harvesters.transport import Answer, Transport
from mappings.base import xml_parser

log = logging.getLogger(__name__)

LARGE = 8_000_000
"""A response of more bytes is read record by record, so that memory stays bounded."""
_ATTEMPTS = 3
"""How often a response is asked for that ends too early or cannot be read at all."""
_TITLE = re.compile(rb"<title[^<>]*>([^<]{1,200})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._:-]+)", re.IGNORECASE)


class Refusal(SourceProtocolError):
    """The server answered with an OAI-PMH error (section 3.6); ``code`` says which."""


class HttpRefusal(Refusal):
    """The server answered with an HTTP error in place of one of OAI-PMH; ``code`` is its status."""


class BrokenPage(SourceProtocolError):
    """A response that can be read neither whole nor in pieces, however often it is asked for."""


class OaiClient:
    """Speaks to one base URL; ``attempts`` is how often a request is made, the transport's own number."""

    def __init__(self, transport: Transport, base_url: str, *, attempts: int | None = None) -> None:
        self.base_url = base_url
        self._transport = transport
        self._attempts = attempts
        self._parser = xml_parser()
        self.faults: dict[str, None] = {}

    def ask(self, verb: str, *arguments: tuple[str, str], attempts: int | None = None) -> Reply:
        """The response to a request; «noRecordsMatch» is a response without records.

        Raises `Refusal` with the server's error code, `BrokenPage`, `SourceUnreachable`,
        `SourceProtocolError` for what is no OAI-PMH at all.
        """
        asked: Sequence[tuple[str, str]] = [("verb", verb), *arguments]
        attempt = 1
        while True:
            answer = self._transport.get(
                self.base_url,
                asked,
                accept="text/xml, application/xml;q=0.9, */*;q=0.1",
                is_answer=lambda answer: is_response(answer.body) and b"<error" in answer.body,
                attempts=attempts or self._attempts,
            )
            try:
                reply = self._read(answer)
                break
            except BrokenPage as broken:
                if attempt >= _ATTEMPTS:
                    raise
                log.warning("%s %s; asking again", self._transport.whose, broken)
                self._transport.clock.sleep(backoff(attempt))
                attempt += 1
        self.faults.update(dict.fromkeys(reply.faults))
        return self._judged(verb, reply, answer)

    def _judged(self, verb: str, reply: Reply, answer: Answer) -> Reply:
        for code, text in reply.errors:
            if answer.status != 200:
                self.faults[f"Errors come with HTTP status {answer.status} in place of 200."] = None
            if code != "noRecordsMatch":
                said = f"{code}: {text}".strip(" :") or "an error without a code"
                raise Refusal(f"{shown(self.base_url)} answers {verb} with «{said}».", code=code)
        if not reply.errors and answer.status >= 400:
            raise HttpRefusal(_status_sentence(answer), code=str(answer.status))
        if not reply.errors and reply.verb != verb:
            raise BrokenPage(f"{shown(self.base_url)} answers {verb} with «{reply.verb or 'nothing'}».")
        return reply

    def _read(self, answer: Answer) -> Reply:
        if len(answer.body) <= LARGE:
            try:
                root = etree.fromstring(answer.body, self._parser)
                if etree.QName(root).localname == "OAI-PMH":
                    return Reply(root)
                fault = "no OAI-PMH"
            except etree.XMLSyntaxError as error:
                fault = error.msg or "no reason given"
        else:
            fault = ""
        if not is_response(answer.body) and not is_response(in_utf8(answer.body, None)):
            raise _no_response(answer)
        return self._mended(answer, fault)

    def _mended(self, answer: Answer, fault: str) -> Reply:
        charset = _CHARSET.search(answer.headers.get("content-type", ""))
        body = in_utf8(answer.body, charset[1] if charset else None)
        if not is_whole(body):
            raise BrokenPage(f"{shown(answer.url)} sends a response that ends too early.")
        if fault and body != answer.body:
            try:
                return Reply(etree.fromstring(body, self._parser))
            except etree.XMLSyntaxError as error:
                fault = error.msg or fault
        parts = cut(body, fault)
        if parts is None:
            try:
                return Reply(etree.fromstring(body, self._parser))
            except etree.XMLSyntaxError:
                raise BrokenPage(f"{shown(answer.url)} sends XML that cannot be read: {fault}.") from None
        return Reply(*parts)


def _no_response(answer: Answer) -> SourceProtocolError:
    """What to say of an answer that holds no OAI-PMH at all."""
    where = shown(answer.url)
    if answer.status >= 400:
        return HttpRefusal(_status_sentence(answer), code=str(answer.status))
    start = answer.body[:2000].lstrip().lower()
    if not start:
        return BrokenPage(f"{where} answers with nothing.")
    if b"<html" in start or start.startswith(b"<!doctype html"):
        title = _TITLE.search(answer.body)
        called = f" («{_plain(title[1])}»)" if title else ""
        return SourceProtocolError(
            f"{where} answers with a web page{called} in place of OAI-PMH; check the address of the source."
        )
    return SourceProtocolError(f"{where} answers with something that is no OAI-PMH; check the address.")


def _status_sentence(answer: Answer) -> str:
    what = f"«{answer.status} {answer.reason}»".replace(" »", "»")
    where = shown(answer.url)
    if answer.status in {401, 403, 407}:
        return (
            f"{where} refuses access with {what}; give the source the option token (a fresh one where it has "
            "one), or ask its operator."
        )
    return f"{where} answers with {what}; check the address of the source."


def _plain(text: bytes) -> str:
    return " ".join(html.unescape(text.decode("utf-8", "replace")).split())
