"""Names of people and organisations, and their identifiers; never an e-mail address."""

from __future__ import annotations

import functools

from catalogue.identity import scheme_and_value
from catalogue.record import Agent, AgentIdentifier
from mappings.text import EMAIL_MARK, clean_line, without_email

_CHECKED = frozenset({"orcid", "ror", "isni"})


@functools.lru_cache(maxsize=16384)
def read_name(text: str | None) -> str | None:
    """A name in one line without e-mail address, or ``None``."""
    if text is not None and ("@" in text or EMAIL_MARK in text):
        text = without_email(text)
    return clean_line(text)


@functools.lru_cache(maxsize=16384)
def named_agent(text: str | None) -> Agent | None:
    """An agent of whom only the name is known."""
    name = read_name(text)
    return Agent(name=name) if name is not None else None


def split_name(name: str) -> tuple[str | None, str | None]:
    """Given and family name of a person's «Family, Given»; nothing where it is not of that form."""
    family, comma, given = name.partition(",")
    family, given = family.strip(), given.strip()
    if not comma or not family or not given or "," in given:
        return None, None
    return given, family


@functools.lru_cache(maxsize=16384)
def agent_identifier(value: str, scheme: str | None, scheme_uri: str | None = None) -> AgentIdentifier | None:
    """An identifier of an agent in normal form; ``None`` where it cannot be one (a wrong check digit)."""
    hint = (scheme or "").strip() or _scheme_of_address(scheme_uri)
    cleaned = clean_line(value)
    if cleaned is None or "@" in cleaned:
        return None
    checked = hint.casefold() if hint and hint.casefold() in _CHECKED else None
    found, normal = scheme_and_value(cleaned, checked or hint)
    # ORCID and ISNI share their form: a source that says the wrong one of them is put right.
    if checked is not None and found != checked and found not in _CHECKED:
        return None
    return AgentIdentifier(scheme=found, value=normal)


def _scheme_of_address(address: str | None) -> str | None:
    for name in _CHECKED:
        if address and f"{name}.org" in address:
            return name
    return None
