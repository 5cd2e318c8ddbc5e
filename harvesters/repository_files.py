"""The descriptions in a software repository: which there are, and one raw record of them all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Any

import orjson

from catalogue.errors import SourceProtocolError
from catalogue.record import Issue, RawRecord
from harvesters.addresses import shown
from harvesters.git_hosts import Entry, GitHost, Repository
from harvesters.json_client import Refusal, Unreadable, issue_of
from harvesters.transport import HostFailing
from mappings.software_repository import NAMES

MAXIMUM_FILE = 5_000_000
"""Bytes of one description; a longer one is none that people have written."""
FORMAT = "software_repository"
_WORKFLOW = re.compile(r"snakefile|.*\.(?:smk|cwl|nf)|yadage.*\.ya?ml|nextflow\.config", re.IGNORECASE)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a repository gave: a record, an issue, or neither where nothing describes it."""

    record: RawRecord | None = None
    issue: Issue | None = None


def read_repository(
    host: GitHost,
    repository: Repository,
    *,
    identifier: str,
    ref: str | None,
    all_: bool,
    sets: tuple[str, ...],
) -> Found:
    """One repository with all descriptions in it.

    ``all_`` takes it with the host's words only where there are none.  Raises `SourceError` where
    the host itself is gone; what is wrong with this repository is an issue.
    """
    branch = ref or repository.branch
    try:
        entries = host.entries(repository, branch) if branch else []
        files, problems = _files(host, repository, branch or "", entries)
    except (Refusal, Unreadable, HostFailing) as refused:
        return Found(issue=issue_of(identifier, "/", str(refused)))
    workflows = [
        host.page_url(repository, entry.name, branch or "")
        for entry in entries
        if _WORKFLOW.fullmatch(entry.name)
    ]
    if not files and not problems and not all_:
        return Found()
    document = {
        "repository": dict(repository.facts),
        "files": files,
        "workflows": workflows,
        "problems": problems,
    }
    return Found(
        record=RawRecord(
            identifier=identifier,
            format=FORMAT,
            data=orjson.dumps({name: value for name, value in document.items() if value or name == "files"}),
            datestamp=repository.changed,
            url=repository.web or None,
            sets=sets,
        )
    )


def _files(
    host: GitHost, repository: Repository, branch: str, entries: list[Entry]
) -> tuple[dict[str, Any], list[list[str]]]:
    """The descriptions by name, and what is wrong with those that could not be had."""
    files: dict[str, Any] = {}
    problems: list[list[str]] = []
    sizes = {entry.name: entry.size for entry in entries}
    for name in NAMES:
        if name not in sizes:
            continue
        try:
            text = _text(host, repository, name, branch, sizes[name] or 0)
        except (Refusal, ValueError, HostFailing) as wrong:
            problems.append([name, str(wrong)])
        else:
            files[name] = {"text": text, "url": host.page_url(repository, name, branch)}
    return files, problems


def _text(host: GitHost, repository: Repository, name: str, branch: str, size: int) -> str:
    """A file as text; raises ``ValueError`` that says why it is none, and `SourceError`."""
    if size > MAXIMUM_FILE:
        raise ValueError(f"The file has {size} bytes, the limit is {MAXIMUM_FILE}.")
    url = host.raw_url(repository, name, branch)
    try:
        answer = host.client.transport.get(url, accept=host.raw_media_type, attempts=host.attempts)
    except SourceProtocolError as too_long:
        raise ValueError(str(too_long)) from None
    if answer.status >= 400:
        raise Refusal(f"{shown(url)} answers «{answer.status} {answer.reason}».", answer.status)
    return text_in(answer.body)


def text_in(data: bytes, limit: int = MAXIMUM_FILE) -> str:
    """The text of a file in whichever encoding; raises ``ValueError`` for what is no text."""
    if len(data) > limit:
        raise ValueError(f"The file has {len(data)} bytes, the limit is {limit}.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    if b"\0" in data:
        raise ValueError("The file is binary.")
    if _HTML.match(data[:5_000]):
        raise ValueError("There is a web page in place of the file.")
    if data.startswith(b"version https://git-lfs"):
        raise ValueError("The file is stored by Git LFS, and its pointer stands in its place.")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
