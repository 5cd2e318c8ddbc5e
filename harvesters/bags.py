"""BagIt bags (RFC 8493) as folders or inside archives: what they say of themselves, and whether it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from mappings.draft import FILE_LIMIT

DECLARATION = "bagit.txt"
_MANIFEST = re.compile(r"(?:tag)?manifest-([a-z0-9]+)\.txt", re.IGNORECASE)
_OWN = re.compile(r"bagit\.txt|bag-info\.txt|package-info\.txt|fetch\.txt|(?:tag)?manifest-[a-z0-9]+\.txt")
_LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
_TOLD = 20
_SIZE_DIGITS = 19
"""A larger size is no number of bytes that JSON could hold."""
MAXIMUM_TAG_FILE = 50_000_000

Read = Callable[[str], bytes]


def is_own_file(name: str) -> bool:
    """Whether a name in the root of a bag is one of BagIt's own files."""
    return _OWN.fullmatch(name) is not None


def bag_document(sizes: Mapping[str, int], read: Read) -> bytes:
    """A bag as the JSON that `mappings.bagit` reads.

    ``sizes`` are all files in the bag by their path in it, in bytes; ``read`` gives the bytes of one
    of BagIt's own files.
    """
    problems: list[str] = []
    declared = _pairs(_decoded(read(DECLARATION), "utf-8", problems))
    encoding = next((text for label, text in declared if label.casefold().endswith("encoding")), "utf-8")
    info = [
        pair
        for name in ("bag-info.txt", "package-info.txt")
        if name in sizes
        for pair in _pairs(_decoded(read(name), encoding, problems))
    ]
    checksums: dict[str, dict[str, str]] = {}
    manifests = [name for name in sizes if _MANIFEST.fullmatch(name) and not name.startswith("tag")]
    for name in sorted(manifests):
        _read_manifest(name, _decoded(read(name), encoding, problems), checksums, problems)
    remote = _fetched(_decoded(read("fetch.txt"), encoding, problems)) if "fetch.txt" in sizes else {}
    payload = {name: size for name, size in sizes.items() if name.startswith("data/")}
    problems += _departures(declared, info, payload, manifests, checksums, remote)
    files = [
        [remote[name][0] if name in remote and name not in payload else name, size, checksums.get(name, {})]
        for name, size in sorted({**{one: remote[one][1] for one in remote}, **payload}.items())
    ]
    return orjson.dumps(
        {
            "bagit": declared,
            "info": info,
            "files": files[:FILE_LIMIT],
            "problems": [*problems[:_TOLD], *_rest(problems, _TOLD)],
        }
    )


def _rest(problems: list[str], told: int) -> list[str]:
    return [f"There are {len(problems) - told} more departures."] if len(problems) > told else []


def _decoded(data: bytes, encoding: str, problems: list[str]) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        problems.append(f"A tag file is not in the encoding «{encoding[:20]}» that the bag declares.")
        return data.decode("utf-8", "replace")


def _pairs(text: str) -> list[list[str]]:
    """Labels and values; an indented line goes on with the value before (RFC 8493, section 2.2.2)."""
    found: list[list[str]] = []
    for line in text.lstrip("\ufeff").splitlines():
        if line[:1] in {" ", "\t"} and found:
            found[-1][1] = f"{found[-1][1]} {line.strip()}".strip()
        elif ":" in line:
            label, _, value = line.partition(":")
            found.append([label.strip(), value.strip()])
    return found


def _read_manifest(name: str, text: str, checksums: dict[str, dict[str, str]], problems: list[str]) -> None:
    match = _MANIFEST.fullmatch(name)
    algorithm = match[1].casefold() if match else ""
    length = _LENGTHS.get(algorithm)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        digest, _, path = line.strip().partition(" ")
        path = _unescaped(path.strip().removeprefix("*").removeprefix("./"))
        if not path or not re.fullmatch(r"[0-9a-fA-F]+", digest) or length not in (None, len(digest)):
            problems.append(f"{name}, line {number}: this is no checksum and path.")
        elif ".." in path.split("/") or path.startswith(("/", "~")):
            problems.append(f"{name}, line {number}: the path leads out of the bag.")
        else:
            checksums.setdefault(path, {})[algorithm] = digest


def _unescaped(path: str) -> str:
    return path.replace("%0A", "\n").replace("%0a", "\n").replace("%0D", "\r").replace("%25", "%")


def _fetched(text: str) -> dict[str, tuple[str, int]]:
    """The files that are elsewhere: path → address and size (RFC 8493, section 2.2.3)."""
    found: dict[str, tuple[str, int]] = {}
    for line in text.splitlines():
        parts = line.split(None, 2)
        if len(parts) == 3 and parts[0].startswith(("http://", "https://", "ftp://")):
            size = int(parts[1]) if parts[1].isdecimal() and len(parts[1]) < _SIZE_DIGITS else 0
            found[parts[2].strip()] = parts[0], size
    return found


def _departures(
    declared: list[list[str]],
    info: list[list[str]],
    payload: Mapping[str, int],
    manifests: list[str],
    checksums: Mapping[str, Any],
    remote: Mapping[str, Any],
) -> list[str]:
    """Where the bag is not complete (RFC 8493, section 3)."""
    found: list[str] = []
    if not any(label.casefold() == "bagit-version" for label, _ in declared):
        found.append("bagit.txt does not tell the version of BagIt.")
    if not manifests:
        found.append("There is no manifest of the payload.")
    for name in checksums:
        if name not in payload and name not in remote:
            found.append(f"«{name}» is in a manifest, but not in the bag.")
    for name in payload:
        if manifests and name not in checksums:
            found.append(f"«{name}» is in the bag, but in no manifest.")
    oxum = next((text for label, text in info if label.casefold() == "payload-oxum"), None)
    real = f"{sum(payload.values())}.{len(payload)}"
    if oxum is not None and not remote and oxum.strip() != real:
        found.append(f"Payload-Oxum says {oxum[:40]}, but the payload is {real}.")
    return found
