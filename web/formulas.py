"""Mathematics in texts: what stands between dollar signs becomes MathML, made here and escaped here.

latex2mathml reads the TeX.  What it makes is not trusted: only elements and attributes of MathML Core that
can do nothing are written, texts are escaped; whatever it cannot read stays as it was written.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

LONGEST = 400
"""Characters of a formula; longer ones stay text."""
DEEPEST = 12
"""Braces in each other, as the library calls itself for each."""
MOST = 50
"""Formulas of one text; the others stay text."""

# «$x$» as Pandoc has it (tex_math_dollars): no space inside at the ends, no digit behind; «$5» stays.
_FORMULA = re.compile(
    r"\$\$(?P<block>[^$]+)\$\$"
    r"|(?<![\\$])\$(?P<line>(?![\s$])[^$]*?(?<![\s\\]))\$(?![\d$])"
    # What has begun ends before another begins: else a text of many beginnings would take for ever.
    r"|\\\((?P<round>(?:(?!\\[()]).)+)\\\)"
    r"|\\\[(?P<square>(?:(?!\\[\[\]]).)+)\\\]",
    re.DOTALL,
)
_MATHEMATICAL = re.compile(r"[\\^_{}=<>+*/~]|\A\S+\Z")
_COMMAND = re.compile(r"\\[A-Za-z]")
# MathML Core, sections 2 and 3; those that link, embed or carry what is not mathematics are not among them.
_ELEMENTS = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot", "mpadded",
     "mphantom", "merror", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts",
     "mprescripts", "none", "mtable", "mtr", "mtd"}
)  # fmt: skip
_ATTRIBUTES = frozenset(
    {"accent", "accentunder", "columnalign", "depth", "fence", "form", "height", "largeop", "linethickness",
     "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "rspace", "separator", "stretchy",
     "symmetric", "voffset", "width"}
)  # fmt: skip
_VALUE = re.compile(r"[A-Za-z0-9.%+ -]{1,40}", re.ASCII)


def formulas(text: str) -> Markup:
    """A text as HTML, its formulas as MathML (filter of the templates)."""
    if not may_hold(text):
        return escape(text)
    return Markup("").join(escape(part) for part in parts(text))


def may_hold(text: str) -> bool:
    """Whether there may be a formula in a text."""
    return "$" in text or "\\" in text


def parts(text: str, *, in_line: bool = False) -> Iterator[str | Markup]:
    """A text in pieces, of which the formulas are markup; all ``in_line`` where there is but a line."""
    end = 0
    for number, found in enumerate(_FORMULA.finditer(text)):
        if number == MOST:
            break
        kind = str(found.lastgroup)
        tex = found[kind].strip()
        is_block = kind in {"block", "square"} and not in_line
        made = mathml(tex, is_block) if _MATHEMATICAL.search(tex) else None
        if made is not None:
            yield text[end : found.start()]
            yield made
            end = found.end()
    yield text[end:]


def without_halves(text: str, start: int, end: int) -> tuple[int, int]:
    """A part of a text without the formulas that its ends would cut."""
    for found in _FORMULA.finditer(text, max(0, start - LONGEST), end + LONGEST):
        if found.start() < start < found.end():
            start = found.end()
        if found.start() < end < found.end():
            end = max(start, found.start())
    return start, end


@functools.lru_cache(maxsize=4096)
def mathml(tex: str, is_block: bool = False) -> Markup | None:
    """A formula as MathML; ``None`` for what cannot be read, or has something in it that is no formula."""
    if not tex or len(tex) > LONGEST or _depth(tex) > DEEPEST:
        return None
    # Few pages need it, and it takes a tenth of a second to load.
    from latex2mathml.converter import convert_to_element

    try:
        element = convert_to_element(tex, display="block" if is_block else "inline")
    # What it raises for odd input is not documented: errors of its own, and those of Python.
    except Exception:
        return None
    written = _written(element)
    if written is None:
        return None
    if not is_block:
        return Markup('<math alttext="{}">{}</math>').format(tex, written)
    # On a narrow screen it is scrolled, also by keyboard (WCAG 2.2, 2.1.1).
    return Markup('<math display="block" tabindex="0" alttext="{}">{}</math>').format(tex, written)


def _written(element: Element, *, is_top: bool = True) -> Markup | None:
    """An element as markup; ``None`` where it holds what is not allowed, or a command that is not known."""
    text = html.unescape(element.text or "")
    if element.tag not in _ELEMENTS or (element.tail or "").strip() or _COMMAND.match(text):
        return None
    inside = [_written(child, is_top=False) for child in element]
    content = escape(text)
    for part in inside:
        if part is None:
            return None
        content += part
    if is_top:
        return content
    attributes = Markup("").join(
        Markup(' {}="{}"').format(name, value)
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    return Markup("<{0}{1}>{2}</{0}>").format(element.tag, attributes, content)


def _depth(tex: str) -> int:
    """How many braces stand in each other at most."""
    depth = deepest = 0
    for sign in tex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest
