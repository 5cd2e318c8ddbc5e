"""Writing a vocabulary as the tab-separated file that `vocab.base` reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vocab.base import Concept

_COLUMNS = ("code", "label", "uri", "broader", "alternatives", "matches")


def written(about: Mapping[str, str], concepts: Iterable[Concept]) -> str:
    """The file's text: ``about`` as comments, then a line a concept.

    Raises ``ValueError`` where a code comes twice or a broader concept is not there.
    """
    concepts = list(concepts)
    _check(concepts)
    further = sorted({name for concept in concepts for name in concept.values})
    lines = [f"# {key}: {_cell(value)}" for key, value in about.items()]
    lines.append("\t".join((*_COLUMNS, *further)))
    for concept in concepts:
        cells = [
            _cell(concept.code),
            _cell(concept.label),
            _cell(concept.uri or ""),
            *(
                "|".join(map(_item, many))
                for many in (concept.broader, concept.alternatives, concept.matches)
            ),
            *(_cell(concept.values.get(name, "")) for name in further),
        ]
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def _check(concepts: Iterable[Concept]) -> None:
    codes: set[str] = set()
    for concept in concepts:
        if concept.code in codes:
            raise ValueError(f"The code «{concept.code}» comes twice.")
        codes.add(concept.code)
    for concept in concepts:
        for above in concept.broader:
            if above not in codes:
                raise ValueError(f"«{concept.code}» has the broader concept «{above}», which is not there.")


def _cell(text: str) -> str:
    return " ".join(text.split())


def _item(text: str) -> str:
    return _cell(text).replace("|", "/")
