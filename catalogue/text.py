"""Text as the index sees it: folded, cut into words, stemmed; the same for documents and queries.

Both engines get words that are already folded and stemmed here, so that they answer
alike.  A stem of a language other than English carries the language before a colon
(``de:teilch``): a query word then meets a text in the text's own language, without
knowing it.
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence

import Stemmer

ALGORITHMS = {
    "en": "english",
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
}
"""The languages that are stemmed (Snowball); text in any other is treated as English."""

LONGEST_WORD = 64
"""Longer runs of letters are cut into words of this length."""

_THREE_LETTERS = {
    "eng": "en",
    "deu": "de",
    "ger": "de",
    "spa": "es",
    "fra": "fr",
    "fre": "fr",
    "ita": "it",
    "nld": "nl",
    "dut": "nl",
    "por": "pt",
    "rus": "ru",
    "swe": "sv",
}

_FUNCTION_WORDS = {
    "en": "the of and with from this that are was were which by for we is these our an been have has its",
    "de": "und der das von mit fur eine einer eines ist zur zum werden wurde wurden sind durch auf dem auch",
    "es": "el los las del y con una para por que se es como mediante sobre entre fueron",
    "fr": "et les des dans une pour est sur avec par du aux cette ces sont nous au ete",
    "it": "il di della delle che nel sono gli dei con e per una degli dalla nella questo",
    "nl": "het een van voor zijn worden met op deze bij wordt naar ook uit aan dat en",
    "pt": "do da dos das em uma nao com os ao para foi sao pelo pela entre no na",
    "ru": "и в на для по с из что от при как это были",
    "sv": "och att det som av for pa med ar den ett har till inte fran",
}
_FUNCTION_SETS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
FUNCTION_WORDS: frozenset[str] = frozenset({"a", "in", "on", "to", "as", "at", "or", "die"}).union(
    *_FUNCTION_SETS.values()
)
"""Words that carry no meaning of their own in some language; queries may leave them out."""

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
    "nu xi omicron pi rho sigma tau upsilon phi chi psi omega"
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split()))
_LONE_GREEK = re.compile("(?<![α-ω])[α-ω](?![α-ω])")
_LETTERS = {
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ı": "i",
    "’": "'",
    "ʼ": "'",
    "‐": "-",
    "–": "-",
    "−": "-",
}
_STRIP: dict[int, str | None] = {ord(letter): plain for letter, plain in _LETTERS.items()}
_STRIP.update((code, None) for code in range(0x300, 0x1E950) if unicodedata.category(chr(code)) == "Mn")
_STRIP[0x00AD] = None

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
BOUNDARY = "|"
"""Stands between the words of two texts; no word ever is one."""

_BREAK_SIGN = "\x1e"
_BREAK = f" {_BREAK_SIGN} "
_SEPARATE = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_SEPARATE = _SEPARATE[: ord(_BREAK_SIGN)] + BOUNDARY + _SEPARATE[ord(_BREAK_SIGN) + 1 :]
_POSSESSIVE = re.compile(r"'s\b")
_IDEOGRAPHS = "\u2e80-\u2eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAS_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_WORD = re.compile(rf"[^\W_]+|{_BREAK_SIGN}")
_COMPOUND = re.compile(r"[^\W_]+(?:-+[^\W_]+)+")

_CACHED_WORDS = 250_000
_LONG_RUN = 32


def fold(text: str) -> str:
    """The text without case, accents and compatibility forms (NFKD); «Poincaré» is «poincare».

    A Greek letter that stands alone or in a symbol becomes its name («γ-ray», «Hα»).
    """
    if text.isascii():
        return text.lower()
    # No letter changes how an ASCII one beside it is folded: only the others are looked at.
    folded = _NOT_ASCII.sub(_plain, text)
    if folded.isascii():
        return folded.lower()
    folded = folded.casefold()
    if _LONE_GREEK.search(folded):
        folded = _LONE_GREEK.sub(lambda match: f"-{_GREEK.get(match[0], match[0])}-", folded)
    return folded


def _plain(match: re.Match[str]) -> str:
    run = match[0]
    return _short_run(run) if len(run) < _LONG_RUN else _run(run)


def _run(run: str) -> str:
    return unicodedata.normalize("NFKD", run).casefold().translate(_STRIP)


_short_run = functools.lru_cache(maxsize=20_000)(_run)


def words(text: str) -> list[str]:
    """The folded words of a text in their order; ideographs and kana are words of one sign."""
    return cut((text.replace(_BREAK_SIGN, " "),))


def cut(texts: Iterable[str]) -> list[str]:
    """The folded words of several texts in their order, with `BOUNDARY` between the texts."""
    return _cut(fold(_BREAK.join(texts)))


def cut_and_joined(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """What `cut` and `compounds` give, at the price of one."""
    folded = fold(_BREAK.join(texts))
    return _cut(folded), _compounds(folded) if "-" in folded else []


def compounds(texts: Iterable[str]) -> list[str]:
    """The words with hyphens in some texts, written in one: «X-ray» gives «xray»."""
    folded = fold(_BREAK.join(texts))
    return _compounds(folded) if "-" in folded else []


def _cut(text: str) -> list[str]:
    if "'" in text:
        text = _POSSESSIVE.sub(" ", text)
    if text.isascii():
        found = text.translate(_SEPARATE).split()
    else:
        if _HAS_IDEOGRAPH.search(text):
            text = _HAS_IDEOGRAPH.sub(r" \g<0> ", text)
        found = [word if word != _BREAK_SIGN else BOUNDARY for word in _WORD.findall(text)]
    if max(map(len, found), default=0) > LONGEST_WORD:
        return [part for word in found for part in _pieces(word)]
    return found


def _compounds(text: str) -> list[str]:
    parts = " ".join([part for part in text.split() if "-" in part])
    return [match.replace("-", "")[:LONGEST_WORD] for match in _COMPOUND.findall(parts)]


def _pieces(word: str) -> list[str]:
    return [word[start : start + LONGEST_WORD] for start in range(0, len(word), LONGEST_WORD)]


def language_code(tag: str | None) -> str | None:
    """The two-letter code of a language that is stemmed, from BCP 47 or ISO 639-2; else ``None``."""
    if not tag:
        return None
    code = tag.split("-", 1)[0].split("_", 1)[0].lower()
    code = _THREE_LETTERS.get(code, code)
    return code if code in ALGORITHMS else None


def detect_language(found: Sequence[str]) -> str | None:
    """The language whose function words occur most, when at least two do and it leads."""
    if len(_FUNCTION_SETS["en"].intersection(found)) > 3:
        return "en"
    distinct = set(found)
    votes = sorted(((len(known & distinct), code) for code, known in _FUNCTION_SETS.items()), reverse=True)
    if votes[0][0] >= 2 and votes[0][0] > votes[1][0]:
        return votes[0][1]
    return None


class _Stems(dict[str, str]):
    """Stems of one language by word; filled as words come, emptied when it grows too large."""

    def __init__(self, language: str) -> None:
        super().__init__({BOUNDARY: ""})
        self._prefix = "" if language == "en" else language + ":"
        self._stemmer = Stemmer.Stemmer(ALGORITHMS[language], 0)
        self._lock = threading.Lock()

    def __missing__(self, word: str) -> str:
        with self._lock:
            if len(self) >= _CACHED_WORDS:
                self.clear()
                self[BOUNDARY] = ""
            stem: str = self._prefix + self._stemmer.stemWord(word)
            self[word] = stem
        return stem


_stems = {language: _Stems(language) for language in ALGORITHMS}


def stems(found: Sequence[str], language: str) -> list[str]:
    """The stems of folded words in one of `ALGORITHMS`, in the same order; `BOUNDARY` gives ''."""
    return list(map(_stems[language].__getitem__, found))


def forms(word: str) -> tuple[str, ...]:
    """All stems under which a text of any language may hold this folded word."""
    return tuple(dict.fromkeys(known[word] for known in _stems.values()))


_WITHOUT_E = re.compile("([aou])e")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"}
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|(?:d|n|s)?[aeu]ll|un)['’ʼ](?=\w)", re.IGNORECASE)


def without_article(text: str) -> str:
    """A word without what is elided before it in French and Italian: «l'étoile», «dell'universo»."""
    return _ELIDED.sub("", text, count=1) if _ELIDED.match(text) else text


def spellings(text: str) -> tuple[str, ...]:
    """How else a word may be written: «Müller» and «Mueller», each folded; without the word itself."""
    found = words(text)
    if len(found) != 1:
        return ()
    others = [_WITHOUT_E.sub(r"\1", found[0])]
    lower = unicodedata.normalize("NFC", text).lower()
    if any(umlaut in lower for umlaut in _UMLAUTS):
        for umlaut, letters in _UMLAUTS.items():
            lower = lower.replace(umlaut, letters)
        others += words(lower)
    return tuple(dict.fromkeys(other for other in others if other != found[0]))


def other_forms(text: str) -> tuple[str, ...]:
    """The stems of `spellings`, in German and where texts are taken for English."""
    return tuple(
        dict.fromkeys(_stems[language][word] for word in spellings(text) for language in ("de", "en"))
    )
