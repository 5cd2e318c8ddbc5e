"""A small OAI-PMH 2.0 repository over sample records, with the manners of real ones.

Tokens that expire, errors with HTTP status 422 (as InvenioRDM sends them), granularity of
a day, deletions: each as the repository that it imitates has it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from web.demo.markup import tag, wrap

_NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_VERBS = ("Identify", "ListMetadataFormats", "ListSets", "ListIdentifiers", "ListRecords", "GetRecord")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A record of a repository: its document in each of its formats, none where it is deleted."""

    identifier: str
    datestamp: str
    documents: Mapping[str, str]
    sets: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a repository departs from the plainest one."""

    page_size: int = 100
    token_seconds: int = 3600
    days_only: bool = False
    error_status: int = 200
    counts: bool = True


class Fault(Exception):
    """An error of OAI-PMH (section 3.6): its code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Repository:
    """Answers the six verbs; ``later`` are the changes of its next day."""

    def __init__(
        self,
        *,
        name: str,
        path: str,
        formats: Mapping[str, tuple[str, str]],
        sets: Mapping[str, str],
        records: Sequence[Sample],
        later: Iterable[Sample] = (),
        manners: Manners | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self.formats = formats
        self.sets = sets
        self.manners = manners or Manners()
        self._records = {record.identifier: record for record in records}
        self._later = list(later)

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """Let the changes happen that a day brings: (new, changed, deleted)."""
        new = changed = deleted = 0
        for sample in self._later:
            if sample.deleted:
                deleted += 1
            elif sample.identifier in self._records:
                changed += 1
            else:
                new += 1
            self._records[sample.identifier] = replace(sample, datestamp=_stamp(now))
        self._later = []
        return new, changed, deleted

    def answer(self, base: str, arguments: Mapping[str, Sequence[str]], now: datetime) -> tuple[int, bytes]:
        """The HTTP status and the document that answer a request."""
        status = 200
        try:
            given = {name: values[0] for name, values in arguments.items() if len(values) == 1}
            if len(given) != len(arguments):
                raise Fault("badArgument", "An argument is repeated.")
            content = self._content(base, given, now)
            request = tag("request", base, **{_python(name): value for name, value in given.items()})
        except Fault as fault:
            status = self.manners.error_status
            content = tag("error", fault, code=fault.code)
            request = tag("request", base)
        document = wrap(
            "OAI-PMH",
            tag("responseDate", _stamp(now)),
            request,
            content,
            xmlns=_NAMESPACE,
            xmlns__xsi=_SCHEMA_INSTANCE,
            xsi__schemaLocation=f"{_NAMESPACE} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
        )
        return status, f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'.encode()

    def _content(self, base: str, given: dict[str, str], now: datetime) -> str:
        verb = given.get("verb", "")
        if verb not in _VERBS:
            raise Fault("badVerb", f"There is no verb «{verb}».")
        if verb == "Identify":
            return self._identify(base)
        if verb == "ListMetadataFormats":
            return wrap(verb, *(self._format(prefix) for prefix in self.formats))
        if verb == "ListSets":
            return self._list_sets()
        if verb == "GetRecord":
            return wrap(verb, self._record(self._find(given), self._prefix(given)))
        return self._list(verb, given, now)

    def _identify(self, base: str) -> str:
        earliest = min(record.datestamp for record in self._records.values())
        return wrap(
            "Identify",
            tag("repositoryName", self.name),
            tag("baseURL", base),
            tag("protocolVersion", "2.0"),
            tag("adminEmail", "demo@example.org"),
            tag("earliestDatestamp", self._shown(earliest)),
            tag("deletedRecord", "persistent"),
            tag("granularity", "YYYY-MM-DD" if self.manners.days_only else "YYYY-MM-DDThh:mm:ssZ"),
        )

    def _format(self, prefix: str) -> str:
        namespace, schema = self.formats[prefix]
        parts = (
            tag("metadataPrefix", prefix),
            tag("schema", schema),
            tag("metadataNamespace", namespace),
        )
        return wrap("metadataFormat", *parts)

    def _list_sets(self) -> str:
        if not self.sets:
            raise Fault("noSetHierarchy", "This repository has no sets.")
        listed = [wrap("set", tag("setSpec", spec), tag("setName", name)) for spec, name in self.sets.items()]
        return wrap("ListSets", *listed)

    def _find(self, given: Mapping[str, str]) -> Sample:
        identifier = given.get("identifier", "")
        if identifier not in self._records:
            raise Fault("idDoesNotExist", f"There is no record «{identifier}».")
        return self._records[identifier]

    def _prefix(self, given: Mapping[str, str]) -> str:
        prefix = given.get("metadataPrefix", "")
        if not prefix:
            raise Fault("badArgument", "The argument metadataPrefix is missing.")
        if prefix not in self.formats:
            raise Fault("cannotDisseminateFormat", f"There is no format «{prefix}».")
        return prefix

    def _list(self, verb: str, given: dict[str, str], now: datetime) -> str:
        offset = 0
        if "resumptionToken" in given:
            if set(given) != {"verb", "resumptionToken"}:
                raise Fault("badArgument", "With a resumptionToken nothing else may be sent.")
            given, offset = self._read_token(verb, given["resumptionToken"], now)
        prefix = self._prefix(given)
        chosen = self._chosen(given, prefix)
        if not chosen:
            raise Fault("noRecordsMatch", "No record matches.")
        size = self.manners.page_size
        page = chosen[offset : offset + size]
        show = self._record if verb == "ListRecords" else self._header_only
        parts = [show(record, prefix) for record in page]
        if len(chosen) > size:
            parts.append(self._token(verb, given, offset, len(chosen), now))
        return wrap(verb, *parts)

    def _chosen(self, given: Mapping[str, str], prefix: str) -> list[Sample]:
        start, end = given.get("from", ""), given.get("until", "9999")
        for moment in (start, end if end != "9999" else ""):
            self._check_moment(moment)
        end_of_day = end + "T23:59:59Z" if len(end) == 10 else end
        wanted = given.get("set")
        found = [
            record
            for record in self._records.values()
            if start <= record.datestamp <= end_of_day
            and (wanted is None or wanted in record.sets)
            and (record.deleted or prefix in record.documents)
        ]
        return sorted(found, key=lambda record: (record.datestamp, record.identifier))

    def _check_moment(self, moment: str) -> None:
        forms = ["%Y-%m-%d"] if self.manners.days_only else ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]
        for form in forms:
            try:
                datetime.strptime(moment, form)
            except ValueError:
                continue
            return
        if moment:
            raise Fault("badArgument", f"«{moment}» is no date in the granularity of this repository.")

    def _record(self, record: Sample, prefix: str) -> str:
        header = self._header_only(record, prefix)
        if record.deleted:
            return wrap("record", header)
        if prefix not in record.documents:
            raise Fault("cannotDisseminateFormat", f"{record.identifier} has no form in {prefix}.")
        return wrap("record", header, wrap("metadata", record.documents[prefix]))

    def _header_only(self, record: Sample, _: str) -> str:
        return wrap(
            "header",
            tag("identifier", record.identifier),
            tag("datestamp", self._shown(record.datestamp)),
            *(tag("setSpec", spec) for spec in record.sets),
            status="deleted" if record.deleted else None,
        )

    def _shown(self, datestamp: str) -> str:
        return datestamp[:10] if self.manners.days_only else datestamp

    def _token(self, verb: str, given: Mapping[str, str], offset: int, total: int, now: datetime) -> str:
        following = offset + self.manners.page_size
        text = ""
        expires = None
        if following < total:
            kept = {name: value for name, value in given.items() if name != "verb"}
            until = int(now.timestamp()) + self.manners.token_seconds
            packed = json.dumps([verb, kept, following, until]).encode()
            text = base64.urlsafe_b64encode(packed).decode()
            expires = _stamp(datetime.fromtimestamp(until, UTC))
        return tag(
            "resumptionToken",
            text,
            expirationDate=expires,
            completeListSize=str(total) if self.manners.counts else None,
            cursor=str(offset) if self.manners.counts else None,
        )

    def _read_token(self, verb: str, token: str, now: datetime) -> tuple[dict[str, str], int]:
        try:
            its_verb, given, offset, until = json.loads(base64.urlsafe_b64decode(token))
        except (ValueError, TypeError, binascii.Error):
            raise Fault("badResumptionToken", "This token is none of ours.") from None
        if its_verb != verb or now.timestamp() > until:
            raise Fault("badResumptionToken", "This token has expired.")
        return given, offset


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _python(name: str) -> str:
    return name + "_"
