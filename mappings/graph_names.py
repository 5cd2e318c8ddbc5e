"""What records are called in the graph (ADR 0019)."""

from __future__ import annotations


def document_of(id: str, base_url: str) -> str:
    """The address of the document about a record: its page, and its named graph."""
    return f"{base_url}/records/{id}"


def thing_of(id: str, base_url: str) -> str:
    """The name of what a record tells of."""
    return f"{base_url}/id/records/{id}"
