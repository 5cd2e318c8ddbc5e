"""Text of any source as plain text: no markup, no control characters, no placeholders, no e-mail.

Sources write HTML, HTML escaped once or twice, JATS, entities and LaTeX.  Here markup goes,
LaTeX stays as it is, paragraphs stay paragraphs.  Everything is stable: what has been cleaned
once is not changed by cleaning it again.
"""

from __future__ import annotations

import re
from html.entities import html5
from urllib.parse import urlsplit

EMAIL_MARK = "[e-mail]"
"""What stands where an e-mail address was taken out of a text."""

TITLE_LIMIT = 2_000
DESCRIPTION_LIMIT = 100_000
LIST_LIMITS = {
    "creators": 5_000,
    "contributors": 5_000,
    "subjects": 10_000,
    "parameters": 10_000,
    "distributions": 100_000,
}

_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
# Attributes must have values, so that «a<b and b>c» stays a comparison.
_TAG = re.compile(
    r"<(/?)([a-zA-Z][\w:.-]*)"
    r"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>]+))*+)\s*/?>"
)
_MARKUP = re.compile(r"<[a-zA-Z/!]")
_DECLARATION = re.compile(r"<!\[CDATA\[|\]\]>|<!DOCTYPE[^<>]*>", re.IGNORECASE)
_HIDDEN = ("script", "style", "annotation", "annotation-xml")
_HIDING = re.compile(f"<(?:{'|'.join(_HIDDEN)})", re.IGNORECASE)
_RAISED = re.compile(r"<(sub|sup)>([^<>]{1,20})</\1>", re.IGNORECASE)
_EMAIL = re.compile(r"(?:mailto:)?[\w.%+\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,24}\b")
_ACCOUNT = re.compile(r"(?<=://)[^/?#@\s]+@")
# These meet only what they change: most spaces are single, most lines end without.
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINES = re.compile(r" \n ?|\n ")
_PARAGRAPHS = re.compile(r"\n{3,}")
_URL_ONLY = re.compile(r"[a-z][a-z0-9+.\-]*:\S+", re.IGNORECASE)

_BLOCK_NAMES = """
p div section article header footer blockquote pre figure figcaption table thead tbody tfoot tr ul ol dl
h1 h2 h3 h4 h5 h6 title sec abstract disp-formula disp-quote list hr address
"""
_INLINE_NAMES = """
a abbr acronym b bdi bdo big body caption center cite code col colgroup del dfn em ext-link font html head
i img inline-formula input ins italic bold kbd label link mark meta monospace nobr noscript o q roman s samp
sans-serif sc script small span strike strong style styled-content sub sup td tex-math th time tt u
underline uri var video wbr xref math mrow mi mn mo msub msup msubsup mfrac msqrt mtext mspace mover munder
munderover mstyle mfenced mtable mtr mtd semantics annotation annotation-xml none alternatives
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_BREAKS = frozenset({"br", "li", "dt", "dd", "list-item", "break"})
_INLINE = frozenset(_INLINE_NAMES.split())
_NAMES = _BLOCKS | _BREAKS | _INLINE

_SUPERSCRIPT = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SUPERSCRIPT_ABLE = frozenset("0123456789+-=()ni")
_SUBSCRIPT_ABLE = frozenset("0123456789+-=()")

_CONTROLS: dict[int, str | None] = {
    **dict.fromkeys(range(0x20)),
    **dict.fromkeys(range(0x7F, 0xA0)),
    **dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF)),
    **dict.fromkeys(range(0x202A, 0x202F)),
    **dict.fromkeys(range(0x2066, 0x206A)),
    **dict.fromkeys(range(0xD800, 0xE000)),
    0x09: " ",
    0x0A: "\n",
    0x0B: "\n",
    0x0C: "\n",
    0x0D: "\n",
    0x85: "\n",
    0xA0: " ",
    0x202F: " ",
    0x2028: "\n",
    0x2029: "\n\n",
}
_CONTROL = re.compile(f"[{''.join(re.escape(chr(code)) for code in _CONTROLS if code != 0x0A)}]")

# What DataCite (appendix 3), EZID, SciCat and others write where they have nothing.
_PLACEHOLDERS = frozenset(
    {
        *(":unac", ":unal", ":unap", ":unas", ":unav", ":unkn", ":none", ":null", ":tba", ":etal"),
        *("unac", "unal", "unap", "unas", "unav", "unkn", "tba", "t.b.a", "tbd", "n/a", "n.a", "na/na"),
        *("not provided", "not available", "not applicable", "not specified", "not given", "no data"),
        *("null", "nil", "none", "nan", "undefined", "-", "--", "---", "?", "...", "…", "."),
    }
)
_AROUND_PLACEHOLDERS = " ()[]{}«»\"'\n\t"
_BEFORE_PLACEHOLDERS = {"", *_AROUND_PLACEHOLDERS}.union(*((one[0], one[0].upper()) for one in _PLACEHOLDERS))


def is_placeholder(text: str) -> bool:
    """Whether this text only says that there is nothing."""
    if len(text) > 20 or text[:1] not in _BEFORE_PLACEHOLDERS:
        return False
    folded = text.strip(_AROUND_PLACEHOLDERS).casefold()
    if folded[-1:] == ".":
        return folded in _PLACEHOLDERS or (folded.rstrip(".") or ".") in _PLACEHOLDERS
    return not folded or folded in _PLACEHOLDERS


def clean_line(text: str | None) -> str | None:
    """Text for one line (a title, a name, a keyword), or ``None`` where there is nothing."""
    if text is None:
        return None
    # The common case costs five fast scans: nothing to clean.
    if (
        text.isprintable()
        and "@" not in text
        and "  " not in text
        and ("&" not in text or _ENTITY.search(text) is None)
        and ("<" not in text or _MARKUP.search(text) is None)
    ):
        text = text.strip()
    else:
        text = " ".join(_plain(text, TITLE_LIMIT).split())
    if len(text) < 21 and (not text or is_placeholder(text)):
        return None
    return text


def clean_block(text: str | None) -> str | None:
    """Text of several paragraphs (a description), or ``None`` where there is nothing."""
    if text is None:
        return None
    if (
        text.isprintable()
        and "@" not in text
        and "  " not in text
        and ("&" not in text or _ENTITY.search(text) is None)
        and ("<" not in text or _MARKUP.search(text) is None)
    ):
        text = text.strip()
    else:
        text = _SPACES.sub(" ", _plain(text, DESCRIPTION_LIMIT))
        text = _PARAGRAPHS.sub("\n\n", _LINES.sub("\n", text)).strip()
    if len(text) < 21 and (not text or is_placeholder(text)):
        return None
    return text


def clean_url(text: str | None) -> str | None:
    """An address without the spaces and line breaks around it, and without account and password.

    ``None`` for nothing, a placeholder or an e-mail address.
    """
    if text is None:
        return None
    text = _without_controls(text).strip()
    if "@" in text:
        if _EMAIL.fullmatch(text):
            return None
        text = _ACCOUNT.sub("", text)
    return text if text and not is_placeholder(text) else None


def site_of(url: str | None) -> str | None:
    """Scheme and host of an address, «https://example.org»; ``None`` for what is none."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else None


def without_email(text: str) -> str:
    """The text with e-mail addresses taken out; addresses of the web stay."""
    if EMAIL_MARK in text:
        text = _without_mark(text)
    if "@" not in text or ("://" in text and _URL_ONLY.fullmatch(text)):
        return text
    marked, count = _EMAIL.subn(EMAIL_MARK, text)
    return _without_mark(marked) if count else text


def _without_mark(text: str) -> str:
    for bracketed in (f"<{EMAIL_MARK}>", f"({EMAIL_MARK})", EMAIL_MARK):
        text = text.replace(bracketed, "")
    return " ".join(text.split(" ")).strip(" ,;:")


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last one an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _plain(text: str, limit: int) -> str:
    """Without markup, entities, control characters and e-mail addresses."""
    # Four times the limit is enough for any markup, and bounds the time that hostile text costs.
    text = _without_controls(text[: 4 * limit + 1])
    for _ in range(6):
        before = text
        if "&" in text:
            text = _ENTITY.sub(_character, text)
        if "<" in text and _MARKUP.search(text):
            text = _without_markup(text)
        if text == before:
            break
    text = _without_controls(text)
    if "@" in text:
        text = _EMAIL.sub(EMAIL_MARK, text)
        if text.strip() == EMAIL_MARK:
            return ""
    return text


def _without_controls(text: str) -> str:
    """Line breaks of all kinds as one, spaces for tabulators, nothing for other control characters."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda match: _CONTROLS[ord(match[0])] or "", text)


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return html5.get(name + ";", match[0])
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if code in (0, 0xFFFE, 0xFFFF) or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return ""
    return chr(code)


def _without_markup(text: str) -> str:
    if "<!" in text or "]]>" in text:
        text = _DECLARATION.sub(" ", _cut(text, "<!--", "-->"))
    if _HIDING.search(text):
        for name in _HIDDEN:
            text = _cut(text, f"<{name}", f"</{name}>")
    text = _RAISED.sub(_raised, text)
    return _TAG.sub(_break, text)


def _cut(text: str, opening: str, closing: str) -> str:
    """Without what stands between two marks; one pass, so that hostile text costs no more than its length."""
    lowered = text.lower()
    if len(lowered) != len(text) or opening not in lowered:
        return text
    kept: list[str] = []
    at = 0
    while (start := lowered.find(opening, at)) >= 0:
        end = lowered.find(closing, start)
        if end < 0:
            break
        kept.append(text[at:start])
        at = end + len(closing)
    kept.append(text[at:])
    return " ".join(kept)


def _raised(match: re.Match[str]) -> str:
    """H<sub>2</sub>O → H₂O, 10<sup>-3</sup> → 10⁻³, x<sub>max</sub> → x_max."""
    kind, content = match[1].lower(), match[2].strip()
    if kind == "sup":
        return content.translate(_SUPERSCRIPT) if _SUPERSCRIPT_ABLE.issuperset(content) else f"^{content}"
    return content.translate(_SUBSCRIPT) if _SUBSCRIPT_ABLE.issuperset(content) else f"_{content}"


def _break(match: re.Match[str]) -> str:
    """What a tag leaves behind; what only looks like a tag (x<y>, <http://…>) stays."""
    closing, name, _ = match.groups()
    name = name.rpartition(":")[2].casefold()
    if name in _BLOCKS:
        return "\n\n"
    if name in _BREAKS:
        return "\n• " if name in ("li", "list-item") and not closing else "\n" if not closing else ""
    if name in ("td", "th"):
        return " "
    return "" if name in _NAMES else match[0]
