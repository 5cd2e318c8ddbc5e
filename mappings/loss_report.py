"""The loss of a crosswalk, counted: records mapped and refused, and the values of each field by fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalogue.errors import NotARecord, RecordRefused, RecordWithdrawn
from mappings.base import Format
from mappings.loss import UNEXPLAINED, Examination, Fate, Outcome
from mappings.loss_leaves import Leaf

GOAL = 0.99
"""The share of the records that a crosswalk is to map."""


@dataclass(slots=True)
class FieldLoss:
    """The values that came in one field, by fate; where they went; why they did not."""

    came: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    targets: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[Fate, str]] = field(default_factory=Counter)
    if_read: set[str] = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        """Counts one value."""
        self.came += 1
        self.fates[outcome.fate] += 1
        self.targets.update(outcome.fields)
        if outcome.reason is not None:
            self.reasons[outcome.fate, outcome.reason] += 1
            if outcome.if_read:
                self.if_read.add(outcome.reason)

    def settle(self) -> None:
        """Reasons that suppose that the field is read fall where no value of it was mapped."""
        for reason in self.if_read if not self.fates["mapped"] else ():
            count = self.reasons.pop(("aside", reason), 0)
            self.fates["aside"] -= count
            self.fates["lost"] += count
            self.reasons["lost", UNEXPLAINED] += count

    def join(self, other: FieldLoss) -> None:
        """Counts the values of another field as well."""
        self.came += other.came
        self.fates.update(other.fates)
        self.targets.update(other.targets)
        self.reasons.update(other.reasons)

    @property
    def main_targets(self) -> list[str]:
        """The fields of the model to which at least a tenth of the mapped values went, the first before."""
        least = max(1, self.fates["mapped"] / 10)
        return [name for name, count in self.targets.most_common() if count >= least]


@dataclass(slots=True)
class Loss:
    """What was counted over some documents of one format."""

    prefix: str
    mapped: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    fields: dict[str, FieldLoss] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """How many records came, what is no record left aside."""
        return self.mapped + self.refused.total()

    @property
    def share(self) -> float | None:
        """The share of the records that were mapped; of none there is no share."""
        return self.mapped / self.records if self.records else None

    def add(self, examination: Examination, document: Any, identifier: str) -> None:
        """Examines one document and counts what became of it."""
        try:
            found = list(examination.outcomes(document, identifier))
        except RecordRefused as refusal:
            self.refuse(refusal)
            return
        self.mapped += 1
        for leaf, outcome in found:
            self.count(leaf, outcome)

    def refuse(self, refusal: RecordRefused) -> None:
        """Counts a document that is not mapped."""
        (self.others if isinstance(refusal, NotARecord | RecordWithdrawn) else self.refused)[
            refusal.reason
        ] += 1

    def count(self, leaf: Leaf, outcome: Outcome) -> None:
        """Counts one value."""
        self.fields.setdefault(leaf.field, FieldLoss()).add(outcome)

    def settle(self) -> None:
        """To be called when all documents have been counted."""
        for one in self.fields.values():
            one.settle()

    def total(self) -> FieldLoss:
        """All fields as one."""
        found = FieldLoss()
        for one in self.fields.values():
            found.join(one)
        return found


def measured(form: Format, documents: Iterable[tuple[str, Any]]) -> Loss:
    """The loss over these documents (identifier, document)."""
    loss, examination = Loss(form.prefix), Examination(form)
    for identifier, document in documents:
        loss.add(examination, document, identifier)
    loss.settle()
    return loss
