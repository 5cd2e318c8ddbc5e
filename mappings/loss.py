"""What becomes of every value of a source's document: mapped, kept as it is, left out, or lost.

Nobody has to declare it, so it cannot drift from what the readers do.  A value that the record says in
the same words (or in the normal form of them) is mapped; one among the extra values is kept.  Of any
other the reader itself is asked: the document is read once more without the value, then with another
in its place.  What is different in the record tells where the value went; where nothing is different,
it was lost, and unless a reason is known (`mappings.loss_reasons`), that is a fault of ours.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance, RawRecord
from mappings.base import Format, read
from mappings.loss_leaves import Leaf, Value, leaves
from mappings.loss_reasons import loss_for, reason_for, repeated
from mappings.loss_values import EXTRA, ISSUE, NEEDS, Fact, Said, facts, is_telling, may_be_found

log = logging.getLogger(__name__)

Fate = Literal["mapped", "kept", "aside", "lost"]
FATES: tuple[Fate, ...] = ("mapped", "kept", "aside", "lost")
UNEXPLAINED = "No reason is known."
SAID_ALREADY = "The record says the same without it."
FROM_ANOTHER = "The record has the same value from another field."
WHOLE = "the whole record"
"""Where a value goes without which there is no record."""
IN_IDENTIFIER = "An identifier of the record contains it."
_PROBES = 8
"""So often in a document the reader is asked about a field; the rest is taken for alike."""
_SURE = 20
"""After so many answers that were all alike, in other documents too, it is asked once in a document."""
_OTHERS = 2
_OF_A_PACKAGE = tuple(
    f"{before}.{name}"
    for before in ("softwareRequirements.*", "softwareRequirements", "softwareSuggestions")
    for name in ("identifier", "name")
)
"""Fields that say twice what a package is called; the name stands in one text with the version."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of one value: the model's fields that it went to, or the reason why it did not.

    ``if_read``: the reason counts only where other values of the same field are mapped.
    """

    fate: Fate
    fields: frozenset[str] = frozenset()
    reason: str | None = None
    if_read: bool = False


class Examination:
    """Examines documents of one format, one after the other; remembers what values a field may have."""

    def __init__(self, form: Format) -> None:
        self.form = form
        self._seen: dict[str, dict[Value, None]] = {}
        self._answers: dict[str, Counter[Outcome]] = {}

    def read(self, document: Any, identifier: str) -> Mapped:
        """The record, its terms matched; raises `RecordRefused`."""
        raw = RawRecord(identifier=identifier, format=self.form.prefix, data=b"", document=document)
        return read(raw, Provenance(source="file", identifier=identifier, format=self.form.prefix))

    def outcomes(self, document: Any, identifier: str) -> Iterator[tuple[Leaf, Outcome]]:
        """Every value of a document with its fate; raises `RecordRefused` for one that is not read."""
        said = Said(self.read(document, identifier))
        found = list(leaves(document))
        for leaf in found:
            self._remember(leaf)
        several = _in_several_fields(found)
        asked: dict[str, Counter[Outcome]] = {}
        for leaf in found:
            outcome = _in_words(leaf, said) or self._where_its_like_went(leaf, said)
            if outcome is None or (leaf.value in several and not leaf.field.endswith(_OF_A_PACKAGE)):
                answers = asked.setdefault(leaf.field, Counter())
                if answers.total() < self._budget(leaf.field):
                    outcome = self._asked(
                        leaf, said, document, identifier, is_alone=leaf.value not in several
                    )
                    answers[outcome] += 1
                    self._answers.setdefault(leaf.field, Counter())[outcome] += 1
                else:
                    outcome = answers.most_common(1)[0][0]
            yield leaf, outcome

    def _budget(self, field: str) -> int:
        answers = self._answers.get(field)
        is_sure = answers is not None and len(answers) == 1 and answers.total() >= _SURE
        return 1 if is_sure else _PROBES

    def _where_its_like_went(self, leaf: Leaf, said: Said) -> Outcome | None:
        """A short value is mapped where the record has it in a place that the field is known to go to."""
        if not may_be_found(leaf.value):
            return None
        fields = said.fields_of(leaf.value)
        for answer, count in self._answers.get(leaf.field, Counter()).most_common(3) if fields else ():
            if answer.fields & fields and count >= 3:
                return Outcome("mapped", answer.fields & fields)
        return None

    def _remember(self, leaf: Leaf) -> None:
        known = self._seen.setdefault(leaf.field, {})
        if len(known) <= _OTHERS:
            known[leaf.value] = None

    def _asked(self, leaf: Leaf, said: Said, document: Any, identifier: str, *, is_alone: bool) -> Outcome:
        """What the reader makes of the document without the value, and with another in its place.

        ``is_alone``: the value stands in no other field, so that the record can only have it from here.
        """
        without = self._read_with(leaf, None, document, identifier)
        if isinstance(without, RecordRefused):
            return Outcome("mapped", frozenset({WHOLE}))
        outcome = _difference(said.facts, without) if without is not None else None
        if outcome is not None:
            return outcome
        is_known = False
        for other in self._others(leaf):
            changed = self._read_with(leaf, other, document, identifier)
            if changed is None or isinstance(changed, RecordRefused) or changed == said.facts:
                continue
            fields = _fields(said.facts - changed) | _fields(changed - said.facts)
            if fields:
                return Outcome("mapped", frozenset(fields))
            is_known = True
        return _unfound(self.form.prefix, leaf, said, is_known=is_known, is_alone=is_alone)

    def _others(self, leaf: Leaf) -> Iterator[Value]:
        value = leaf.value
        if isinstance(value, bool):
            yield not value
            return
        yield from (one for one in self._seen[leaf.field] if one != value)
        yield value + "7" if isinstance(value, str) else value + 1

    def _read_with(
        self, leaf: Leaf, other: Any, document: Any, identifier: str
    ) -> Counter[Fact] | RecordRefused | None:
        """What the record says with another value in this place, or why it is refused.

        ``None`` where the reader stumbles over the document, which has been made up: it tells nothing.
        """
        leaf.put(other)
        try:
            return facts(self.read(document, identifier))
        except RecordRefused as refusal:
            return refusal
        except Exception as stumble:
            log.debug("the reader of %s stumbles at %s: %r", self.form.prefix, leaf.path, stumble)
            return None
        finally:
            leaf.put(leaf.value)


def _in_several_fields(found: list[Leaf]) -> set[Value]:
    """Values that stand in more than one field: the record, which says one, may have it from any of them."""
    fields: dict[Value, str] = {}
    return {leaf.value for leaf in found if fields.setdefault(leaf.value, leaf.field) != leaf.field}


def _in_words(leaf: Leaf, said: Said) -> Outcome | None:
    """The fate of a value that can be seen in the record itself."""
    if leaf.field.endswith(_OF_A_PACKAGE):
        if said.is_needed(leaf.value) and not leaf.field.startswith("softwareSuggestions"):
            return Outcome("mapped", frozenset({NEEDS}))
        if said.is_suggested(leaf.value):
            return Outcome("kept")
    if not is_telling(leaf.value):
        return None
    fields = said.fields_of(leaf.value)
    if fields:
        return Outcome("mapped", frozenset(fields))
    return Outcome("kept") if said.is_kept(leaf.value) else None


def _difference(before: Counter[Fact], after: Counter[Fact]) -> Outcome | None:
    """What went with the value."""
    if before == after:
        return None
    gone = before - after
    fields = _fields(gone) or _fields(after - before)
    if fields:
        return Outcome("mapped", frozenset(fields))
    if any(field == EXTRA for field, _ in gone):
        return Outcome("kept")
    reasons = [value[1] for field, value in gone if field == ISSUE and isinstance(value, tuple)]
    return Outcome("lost", reason=reasons[0]) if reasons else None


def _fields(found: Counter[Fact]) -> set[str]:
    return {field for field, _ in found if field not in (EXTRA, ISSUE)}


def _unfound(prefix: str, leaf: Leaf, said: Said, *, is_known: bool, is_alone: bool) -> Outcome:
    """The fate of a value that changes nothing."""
    value = leaf.value
    is_there = False
    if may_be_found(value):
        fields = said.fields_of(value)
        is_there = bool(fields) or said.is_kept(value)
        if is_alone and is_there:
            return Outcome("mapped", frozenset(fields)) if fields else Outcome("kept")
    reason = reason_for(prefix, leaf.field, value) or (SAID_ALREADY if is_known else None)
    if reason is None and said.is_in_identifier(value):
        reason = IN_IDENTIFIER
    if reason is not None:
        return Outcome("aside", reason=reason)
    lost = loss_for(prefix, leaf.field)
    reason = repeated(prefix, leaf.field) or (FROM_ANOTHER if is_there and lost is None else None)
    if reason is not None:
        return Outcome("aside", reason=reason, if_read=True)
    return Outcome("lost", reason=lost or UNEXPLAINED)
