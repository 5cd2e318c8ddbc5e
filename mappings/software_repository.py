"""A software repository: what its host says of it, and the descriptions found in it, as one record.

The document, which the harvester of such repositories makes::

    {"repository": {…}        the host's own words (GitLab, GitHub or Gitea project)
     "files": {"codemeta.json": {"text": …, "url": …}, "CITATION.cff": …, "reana.yaml": …},
     "workflows": [path …]    other workflow descriptions by name
     "problems": [[path, sentence] …]}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from catalogue.errors import NotARecord, RecordRefused
from catalogue.record import (
    Agent,
    Environment,
    Issue,
    Mapped,
    Provenance,
    Record,
    record_id,
)
from mappings import cff, codemeta, reana
from mappings.base import Format
from mappings.draft import Draft
from mappings.joined_records import joined
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url

_READERS: dict[str, Format] = {
    "codemeta.json": codemeta.FORMAT,
    ".codemeta.json": codemeta.FORMAT,
    "CITATION.cff": cff.FORMAT,
    "reana.yaml": reana.FORMAT,
    "reana.yml": reana.FORMAT,
}
NAMES = tuple(_READERS)
"""The descriptions that are looked for, the most telling first."""


def read(document: Any, provenance: Provenance) -> Mapped:
    """One record: codemeta.json says, the others and the host fill in; raises `RecordRefused`."""
    if not isinstance(document, dict) or not isinstance(document.get("files"), dict):
        raise NotARecord("This is no description of a repository.", path="files")
    issues = list(_problems(document, provenance))
    parts: list[tuple[str, Record]] = []
    files = document["files"]
    for name in NAMES:
        if isinstance(files.get(name), dict):
            part = _part(name, files[name], provenance, issues)
            if part is not None:
                parts.append((name, part))
    host = _host(document.get("repository"), document.get("workflows"), provenance)
    if host is not None:
        parts.append(("repository", host))
    if not parts:
        raise RecordRefused(issues[0].reason if issues else "Nothing describes it.", path="files")
    record = replace(
        joined(parts), provenance=provenance, id=record_id(provenance.source, provenance.identifier)
    )
    return Mapped(record=record, issues=tuple(issues))


def _part(name: str, file: dict[str, Any], provenance: Provenance, issues: list[Issue]) -> Record | None:
    """One description; what is wrong with it is an issue, and the others go on."""
    form, text = _READERS[name], str(file.get("text", ""))
    url = file.get("url")
    place = Provenance(
        source=provenance.source,
        identifier=f"{provenance.identifier.rstrip('/')}/{name}",
        url=url if isinstance(url, str) else None,
        format=form.prefix,
    )
    try:
        parsed = form.parse(text.encode()) if form.parse is not None else orjson.loads(text)
        assert form.read is not None
        mapped = form.read(parsed, place)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        issues.append(_issue(provenance, name, f"Not JSON: {error.msg}, {where}"))
    except ValueError as error:
        issues.append(_issue(provenance, name, f"Not {form.title}: {error}"))
    except RecordRefused as refused:
        issues.append(_issue(provenance, f"{name}:{refused.path}", refused.reason))
    else:
        for one in mapped.issues:
            issues.append(replace(one, identifier=provenance.identifier, path=f"{name}:{one.path}"))
        return mapped.record
    return None


def _issue(provenance: Provenance, path: str, reason: str) -> Issue:
    return Issue(identifier=provenance.identifier, path=path, reason=reason)


def _problems(document: dict[str, Any], provenance: Provenance) -> Iterator[Issue]:
    problems = document.get("problems")
    for one in problems if isinstance(problems, list) else ():
        if isinstance(one, list) and len(one) == 2:
            yield _issue(provenance, str(one[0]), str(one[1]))


def _host(value: Any, workflows: Any, provenance: Provenance) -> Record | None:
    """What GitLab, GitHub or Gitea say: name, words, topics, dates, licence, language."""
    if not isinstance(value, dict) or not value:
        return None
    facts = Node(value)
    draft = Draft(provenance.identifier)
    web = clean_url(facts.text("web_url", "html_url"))
    draft.add_title(facts.text("name"), "name")
    draft.add_description(facts.text("description"), "description")
    draft.add_identifier(web, own=False)
    draft.add_identifier(clean_url(facts.text("homepage", "website")), own=False)
    draft.add_date(facts.text("created_at"), "created", "created_at")
    draft.add_date(facts.text("pushed_at", "last_activity_at", "updated_at"), "updated", "updated_at")
    facts.take("last_activity_at", "updated_at", "id", "path", "full_name", "path_with_namespace")
    for _, text in facts.texts("topics", "tag_list"):
        draft.add_subject(text)
    licence = facts.child("license")
    if licence.is_object:
        identifier = licence.text("spdx_id", "key")
        if identifier not in (None, "NOASSERTION", "other"):
            draft.add_rights(None, licence.text("html_url"), identifier)
        licence.take()
    origin = facts.child("forked_from_project", "parent")
    if origin.is_object:
        draft.relate("IsDerivedFrom", origin.text("web_url", "html_url"), target_kind="software")
        origin.take()
    owner = facts.child("namespace", "owner", "organization")
    name = clean_line(owner.text("name", "full_name", "login") if owner.is_object else None)
    owner.take()
    if name is not None:
        draft.contributors.append(Agent(name=name, role="HostingInstitution"))
    language = clean_line(facts.text("language"))
    paths = [text for text in workflows if isinstance(text, str)] if isinstance(workflows, list) else []
    draft.environment = Environment(
        languages=(language,) if language else (),
        repository=web,
        entry_point=None,
        specification=paths[0] if paths else None,
    )
    for path in paths[1:]:
        draft.keep("workflow", path)
    draft.keep_all(facts.left())
    return draft.finished("software", provenance).record


FORMAT = Format(
    prefix="software_repository",
    title="Software repository with the descriptions in it",
    media_type="application/json",
    read=read,
    recognises=lambda document: isinstance(document, dict) and {"repository", "files"} <= document.keys(),
    rank=10,
)
