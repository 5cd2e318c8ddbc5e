"""XML that is written by template: elements, and fragments that stand anywhere."""

from __future__ import annotations

import re

from mappings.xml_writing import content

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ROOT = re.compile(rb"<[^\s/>!?]+((?:\s+[^\s=>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*/?>")
_DEFAULT_NAMESPACE = re.compile(rb"\sxmlns\s*=")
_UNPREFIXED = re.compile(rb"<[^\s/>:!?]+[\s/>]")


def element(name: str, value: str) -> str:
    """An element with text and nothing else."""
    return f"<{name}>{content(value)}</{name}>"


def self_contained(fragment: bytes) -> bytes:
    """An element that means the same wherever it is put.

    Where it has names without a prefix and declares no default namespace, it would take
    over that of its surroundings: it gets ``xmlns=""``.
    """
    root = _ROOT.match(fragment)
    if root is None or _DEFAULT_NAMESPACE.search(root[1]) or not _UNPREFIXED.search(fragment):
        return fragment
    return fragment[: root.start(1)] + b' xmlns=""' + fragment[root.start(1) :]
