"""The custom fields of InvenioRDM that have a place in the model, and their older forms at Zenodo.

Those of an installation of its own stay as extra values.
"""

from __future__ import annotations

from catalogue.record import Environment
from mappings.draft import Draft
from mappings.invenio_agents import label, read_agents
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url


def read_custom_fields(draft: Draft, fields: Node) -> None:
    """Code, journal, imprint and thesis of ``custom_fields``."""
    _code(draft, fields)
    read_journal(draft, fields.child("journal:journal"))
    read_imprint(draft, fields.child("imprint:imprint"))
    read_thesis(draft, fields.child("thesis:thesis"))


def _code(draft: Draft, fields: Node) -> None:
    repository = clean_url(fields.text("code:codeRepository"))
    languages = [label(node) for node in fields.children("code:programmingLanguage")]
    if repository or any(languages):
        draft.environment = Environment(
            languages=tuple(dict.fromkeys(one for one in languages if one)), repository=repository
        )


def read_journal(draft: Draft, journal: Node) -> None:
    """The journal, known by its ISSN; volume, issue and pages have no place in the model."""
    issn = clean_line(journal.text("issn"))
    if issn is not None:
        draft.relate("IsPublishedIn", issn, "issn", title=journal.text("title"))


def read_imprint(draft: Draft, imprint: Node) -> None:
    """The ISBN of the book that the thing is, or, where that has another title, is part of."""
    isbn = clean_line(imprint.text("isbn"))
    if isbn is not None:
        title = clean_line(imprint.text("title"))
        if title is not None and title not in [one.value for one in draft.found_titles]:
            draft.relate("IsPublishedIn", isbn, "isbn", title=title)
        else:
            draft.add_identifier(isbn, "isbn", own=False)


def read_thesis(draft: Draft, thesis: Node) -> None:
    """The supervisors of a thesis are contributors."""
    draft.contributors += read_agents(draft, thesis, "supervisors", role="Supervisor")
    for name, kind in (("date_submitted", "submitted"), ("date_defended", "accepted")):
        text = thesis.text(name)
        if text is not None:
            draft.add_date(text, "submitted" if kind == "submitted" else "accepted", thesis.where(name))
