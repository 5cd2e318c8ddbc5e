"""A fault is a sentence that may carry a hint."""

from __future__ import annotations

from harvesters.faults import Fault, hint_of


def test_a_fault_is_its_sentence() -> None:
    fault = Fault("It is slow.", "Make it faster.")
    assert fault == "It is slow." and f"{fault}" == "It is slow." and {fault: 1}["It is slow."] == 1
    assert hint_of(fault) == "Make it faster."
    assert hint_of(Fault("It is slow.")) is None
    assert hint_of("It is slow.") is None
