"""The six verbs of OAI-PMH 2.0 (section 4), each from its arguments to the element that answers."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from oaipmh.error import (
    BadResumptionTokenError,
    CannotDisseminateFormatError,
    IdDoesNotExistError,
    NoMetadataFormatsError,
    NoRecordsMatchError,
)

from catalogue.dissemination import Dissemination, Reader
from catalogue.items import HIDDEN, Item
from catalogue.opening import Catalogue
from catalogue.representations import kept_secret
from mappings.xml_writing import content
from web.oai_arguments import Arguments
from web.oai_records import ORIGINAL, Records, original_format
from web.oai_sets import PARENTS, UNIVERSAL
from web.oai_tokens import Token, Tokens
from web.oai_xml import XSI, element

_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
# A namespace-identifier is a domain name (OAI Identifier Format 2.0, section 2.1).
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+")
_LAG = timedelta(seconds=2)


class Provider:
    """Answers OAI-PMH requests from one catalogue.

    Each verb gives the element of that name as bytes; raises the errors of ``oaipmh.error``
    for what the protocol refuses, and `StoreError`.  ``version`` tells answers of
    differently configured installations apart.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.settings = catalogue.settings
        self.base_url = f"{self.settings.base_url}/oai"
        self.page_size = self.settings.oai_page_size
        self.records = Records(self.settings)
        self.dissemination = Dissemination(catalogue.database, self.records)
        secret = self.settings.secret or kept_secret(catalogue.database, "oai_secret")
        self._tokens = Tokens(secret.encode())
        self._sources = catalogue.sources
        self.version = hashlib.blake2b(
            f"{self.page_size} {dict(self.records.editions)} {self.base_url} {secret}".encode(), digest_size=8
        ).hexdigest()

    def answer(self, reader: Reader, arguments: Arguments) -> list[bytes]:
        """The element that answers a request, in parts."""
        match arguments.verb:
            case "Identify":
                return [self.identify(reader).encode()]
            case "ListMetadataFormats":
                return [self.list_metadata_formats(reader, arguments.identifier).encode()]
            case "ListSets":
                return [self.list_sets(reader, arguments.token).encode()]
            case "GetRecord":
                return self.get_record(reader, arguments.identifier or "", arguments.prefix or "")
            case _:
                return self.list_items(reader, arguments)

    def identify(self, reader: Reader) -> str:
        """Who we are (section 4.2)."""
        emails = [part.strip() for part in self.settings.admin_email.split(",")]
        identifier = self.settings.repository_id
        description = ""
        if _DOMAIN.fullmatch(identifier):
            description = (
                f'<description><oai-identifier xmlns="{_IDENTIFIER}" xmlns:xsi="{XSI}" '
                f'xsi:schemaLocation="{_IDENTIFIER} {_IDENTIFIER}.xsd"><scheme>oai</scheme>'
                f"<repositoryIdentifier>{identifier}</repositoryIdentifier><delimiter>:</delimiter>"
                f"<sampleIdentifier>{self.records.identifier('00112233445566778899')}</sampleIdentifier>"
                "</oai-identifier></description>"
            )
        return (
            "<Identify>"
            + element("repositoryName", self.settings.repository_name)
            + element("baseURL", self.base_url)
            + "<protocolVersion>2.0</protocolVersion>"
            + "".join(element("adminEmail", email) for email in emails)
            + element("earliestDatestamp", reader.earliest() or response_date())
            + "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>"
            + f"<compression>gzip</compression>{description}</Identify>"
        )

    def list_metadata_formats(self, reader: Reader, identifier: str | None) -> str:
        """All formats, or those of one item (section 4.4)."""
        forms = dict(self.records.formats)
        for spec in reader.hidden_sets():
            form = original_format(spec)
            if form is not None:
                forms[ORIGINAL + form.prefix] = form
        if identifier is not None:
            item = self._item(reader, identifier)
            available = [] if item.deleted else self.records.prefixes_of(item)
            forms = {prefix: form for prefix, form in forms.items() if prefix in available}
            if not forms:
                raise NoMetadataFormatsError("The item is deleted, or none of our formats can hold it.")
        return (
            "<ListMetadataFormats>"
            + "".join(
                "<metadataFormat>"
                + element("metadataPrefix", prefix)
                + element("schema", form.schema or form.namespace or "")
                + element("metadataNamespace", form.namespace or "")
                + "</metadataFormat>"
                for prefix, form in forms.items()
            )
            + "</ListMetadataFormats>"
        )

    def list_sets(self, reader: Reader, written: str | None) -> str:
        """The tree of sets (section 4.6): its nodes and the curated sets, then all others by the page."""
        token = self._token(written, "ListSets") if written else None
        after, cursor = (token.after, token.cursor) if token else (0, 0)
        listed = [] if token else self._fixed_sets()
        urls = {f"source:{source.name}": source.url for source in self._sources.all()}
        rows = reader.sets(after, self.page_size + 1, PARENTS)
        for after, spec, name in rows[: self.page_size]:  # noqa: B007 (where the next page begins)
            url = urls.get(spec)
            description = f"Records harvested from {url}" if url else None
            listed.append(_set(spec, f"{spec.partition(':')[0].capitalize()}: {name}", description))
        end = ""
        if len(rows) > self.page_size:
            following = Token("ListSets", "", after=after, cursor=cursor + len(listed))
            end = _token_element(self._tokens.write(following), cursor, None)
        elif token:
            end = _token_element("", cursor, None)
        return f"<ListSets>{''.join(listed)}{end}</ListSets>"

    def get_record(self, reader: Reader, identifier: str, prefix: str) -> list[bytes]:
        """One item in one format (section 4.1)."""
        item = self._item(reader, identifier)
        payload = reader.record(prefix, item) if self._can_be(prefix) else None
        if payload is None:
            raise CannotDisseminateFormatError(f"The item cannot be had as {prefix}.")
        return [b"<GetRecord>", payload, b"</GetRecord>"]

    def list_items(self, reader: Reader, arguments: Arguments) -> list[bytes]:
        """ListRecords and ListIdentifiers, a page of them (sections 4.3 and 4.5)."""
        verb = arguments.verb
        token = self._token(arguments.token, verb) if arguments.token else self._first(reader, arguments)
        specs = self._specs(token)
        limit = self.page_size
        rows = reader.page(token.prefix, after=token.after, until=token.until, specs=specs, limit=limit + 1)
        if not rows and arguments.token:
            # What would follow has changed meanwhile, and left the list.  A list cannot be
            # empty, so an element that is still there comes once more.
            rows = reader.some(token.prefix, after=token.after, until=token.until, specs=specs)
        if not rows:
            if token.prefix.startswith(ORIGINAL) and not self._is_offered(reader, token.prefix):
                raise CannotDisseminateFormatError(
                    f"No record came as {token.prefix.removeprefix(ORIGINAL)}."
                )
            raise NoRecordsMatchError("No record matches.")
        end = ""
        if len(rows) > limit:
            del rows[limit:]
            following = replace(token, after=rows[-1][0], cursor=token.cursor + limit)
            end = _token_element(self._tokens.write(following), token.cursor, token.size)
        elif arguments.token:
            end = _token_element("", token.cursor, token.size)
        payloads = [row[1] for row in rows]
        if verb == "ListIdentifiers":
            payloads = [_header(payload) for payload in payloads]
        return [f"<{verb}>".encode(), *payloads, f"{end}</{verb}>".encode()]

    def _first(self, reader: Reader, arguments: Arguments) -> Token:
        """The list that a request without a token asks for, at its beginning."""
        prefix = arguments.prefix or ""
        if not self._can_be(prefix):
            raise CannotDisseminateFormatError(
                f"There is no metadataPrefix {prefix}; see ListMetadataFormats."
            )
        after = reader.first_after(arguments.since)
        if after is None or (arguments.set is not None and not self.records.set_tree.exists(arguments.set)):
            raise NoRecordsMatchError("No record matches.")
        token = Token(
            arguments.verb,
            prefix,
            set=arguments.set,
            since=arguments.since,
            until=arguments.until,
            after=after,
        )
        size = reader.size(arguments.since, arguments.until, self._specs(token))
        return replace(token, size=size or None)

    def _specs(self, token: Token) -> list[str]:
        """The sets that all items of a list are in; a format of originals has a hidden one."""
        specs = [token.set] if token.set and token.set not in UNIVERSAL else []
        if token.prefix.startswith(ORIGINAL):
            specs.append(HIDDEN + token.prefix.removeprefix(ORIGINAL))
        return specs

    def _can_be(self, prefix: str) -> bool:
        if prefix.startswith(ORIGINAL):
            return original_format(prefix) is not None
        return prefix in self.records.formats

    def _is_offered(self, reader: Reader, original: str) -> bool:
        return HIDDEN + original.removeprefix(ORIGINAL) in reader.hidden_sets()

    def _item(self, reader: Reader, identifier: str) -> Item:
        id = self.records.own_id(identifier)
        item = reader.item(id) if id else None
        if item is None:
            raise IdDoesNotExistError("No record has this identifier.")
        return item

    def lists_originals(self, arguments: Arguments) -> bool:
        """Whether an answer is made of originals, which may change without the record."""
        token = self._tokens.read(arguments.token) if arguments.token else None
        return (token.prefix if token else arguments.prefix or "").startswith(ORIGINAL)

    def _token(self, written: str, verb: str) -> Token:
        token = self._tokens.read(written)
        if token is None:
            raise BadResumptionTokenError("The resumptionToken is not one that this repository gave out.")
        if token.verb != verb:
            raise BadResumptionTokenError(f"The resumptionToken belongs to a {token.verb} request.")
        is_known = token.set is None or self.records.set_tree.exists(token.set)
        if verb != "ListSets" and not (is_known and self._can_be(token.prefix)):
            raise BadResumptionTokenError("The list of this resumptionToken is no longer there.")
        return token

    def _fixed_sets(self) -> list[str]:
        nodes = [_set(spec, name, None) for spec, name in PARENTS.items()]
        curated = self.records.set_tree.curated.values()
        return nodes + [_set(one.spec, one.name, one.description) for one in curated]


def response_date() -> str:
    """The time that answers state (section 3.2).

    It lies two seconds back: a record's datestamp is given just before it is committed, and
    a harvester that goes on from this time must not miss one that it could not see yet.
    """
    return (datetime.now(UTC) - _LAG).strftime("%Y-%m-%dT%H:%M:%SZ")


def _header(payload: bytes) -> bytes:
    """The ``<header>`` of a ``<record>`` element that begins with it."""
    return payload[len(b"<record>") : payload.index(b"</header>") + len(b"</header>")]


def _token_element(token: str, cursor: int, size: int | None) -> str:
    whole = f' completeListSize="{max(size, cursor + 1)}"' if size else ""
    return f'<resumptionToken{whole} cursor="{cursor}">{token}</resumptionToken>'


def _set(spec: str, name: str, description: str | None) -> str:
    more = ""
    if description:
        more = (
            f'<setDescription><oai_dc:dc xmlns:oai_dc="{_DC}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:xsi="{XSI}" xsi:schemaLocation="{_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
            f"<dc:description>{content(description)}</dc:description></oai_dc:dc></setDescription>"
        )
    return f"<set><setSpec>{content(spec)}</setSpec>{element('setName', name)}{more}</set>"
