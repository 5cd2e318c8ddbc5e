"""The concepts whose labels look most like a word that no vocabulary knows: guesses for a person."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from vocab.base import Concept, fold, vocabulary

_CANDIDATES = 25
_LEAST = 0.6
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Guess:
    """A concept that may be meant: ``likeness`` from 0 to 1 is that of the word and its label."""

    vocabulary: str
    concept: Concept
    label: str
    likeness: float


class Nearest:
    """The labels of some vocabularies by the groups of three letters that they hold."""

    def __init__(self, names: Iterable[str]) -> None:
        self._labels: list[tuple[str, str, Concept]] = []
        self._sizes: list[int] = []
        self._holding: dict[str, list[int]] = {}
        for name in names:
            for concept in vocabulary(name):
                if "deprecated" not in concept.values:
                    for label in dict.fromkeys((concept.label, *concept.alternatives)):
                        if "://" not in label:
                            self._add(name, label, concept)

    def _add(self, name: str, label: str, concept: Concept) -> None:
        number = len(self._labels)
        threes = _threes(fold(label))
        self._labels.append((name, label, concept))
        self._sizes.append(len(threes))
        for three in threes:
            self._holding.setdefault(three, []).append(number)

    def to(self, word: str, limit: int = 3) -> list[Guess]:
        """The concepts nearest to a word, the likeliest first; each concept once."""
        folded = fold(word)[:_LONGEST]
        threes = _threes(folded)
        shared: Counter[int] = Counter()
        for three in threes:
            shared.update(self._holding.get(three, ()))
        likely = sorted(shared, key=lambda one: (-2 * shared[one] / (len(threes) + self._sizes[one]), one))
        guesses: dict[tuple[str, str], Guess] = {}
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(folded)
        for number in likely[:_CANDIDATES]:
            name, label, concept = self._labels[number]
            matcher.set_seq1(fold(label))
            guess = Guess(name, concept, label, round(matcher.ratio(), 3))
            best = guesses.get((name, concept.code))
            if guess.likeness >= _LEAST and (best is None or best.likeness < guess.likeness):
                guesses[name, concept.code] = guess
        return sorted(guesses.values(), key=lambda guess: -guess.likeness)[:limit]


def _threes(folded: str) -> set[str]:
    padded = f"  {folded} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
