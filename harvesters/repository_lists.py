"""Lists of software repositories, as people write them: lines of text, or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from mappings.codemeta import recognises

DOCUMENT_NAMES = (".json", ".jsonld", ".cff", ".yaml", ".yml")
_ADDRESS = re.compile(r"https?://[^\s,;\"'<>|)\]]+")
_KEYS = ("repositories", "projects", "items", "software", "results", "data")
_NAMES = ("codeRepository", "repository", "codemeta", "url", "html_url", "web_url", "identifier", "@id")
MAXIMUM_ENTRIES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry: the address of a repository or of a description, or a description itself."""

    address: str
    document: bytes | None = None

    @property
    def is_document(self) -> bool:
        """Whether the address is that of a single description."""
        return self.document is not None or is_document_address(self.address)


def is_document_address(address: str) -> bool:
    """Whether an address ends as the name of a description does."""
    return urlsplit(address).path.casefold().endswith(DOCUMENT_NAMES)


def listed_in(text: str, address: str) -> list[Listed]:
    """The entries of a list; ``address`` is its own. Raises ``ValueError`` where there are none.

    A single description is a list of one.
    """
    stripped = text.lstrip()
    if stripped.startswith(("{", "[")):
        try:
            found = list(_in_json(orjson.loads(text), address, text.encode()))
        except orjson.JSONDecodeError as error:
            raise ValueError(f"it is broken JSON: {error}") from None
    elif urlsplit(address).path.casefold().endswith((".cff", ".yaml", ".yml")):
        found = [Listed(address=address, document=text.encode())]
    else:
        found = [Listed(address=_cleaned(one)) for line in text.splitlines() for one in _in_line(line)]
    unique = list({one.address: one for one in found}.values())
    if not unique:
        raise ValueError("it holds no address of a repository or of a codemeta.json")
    if len(unique) > MAXIMUM_ENTRIES:
        raise ValueError(f"it has {len(unique)} entries, the limit is {MAXIMUM_ENTRIES}")
    return unique


def _in_line(line: str) -> list[str]:
    """The first address of a line that is no comment."""
    return [] if line.lstrip().startswith("#") else _ADDRESS.findall(line)[:1]


def _in_json(value: Any, address: str, text: bytes | None) -> Iterator[Listed]:
    if isinstance(value, dict):
        inner = next((value[key] for key in _KEYS if isinstance(value.get(key), list)), None)
        if recognises(value) or inner is None:
            yield Listed(address=address, document=text if text is not None else orjson.dumps(value))
            return
        value = inner
    for number, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, str):
            yield from (Listed(address=_cleaned(found)) for found in _in_line(one))
        elif isinstance(one, dict) and ("@context" in one or "@type" in one):
            yield Listed(address=f"{address}#{number}", document=orjson.dumps(one))
        elif isinstance(one, dict):
            texts = (one[name] for name in _NAMES if isinstance(one.get(name), str))
            yield from (Listed(address=_cleaned(found)) for text in texts for found in _in_line(text)[:1])


def _cleaned(address: str) -> str:
    return address.rstrip("./").removesuffix(".git")


def raw_address(address: str) -> str:
    """The address of a file's bytes where that of its page was given (GitHub and GitLab)."""
    parts = urlsplit(address)
    path = parts.path.replace("/-/blob/", "/-/raw/", 1)
    if parts.hostname in {"github.com", "www.github.com"}:
        path = path.replace("/blob/", "/raw/", 1)
    return parts._replace(path=path).geturl()
