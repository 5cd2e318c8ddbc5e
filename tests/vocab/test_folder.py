"""The folder of an installation's own vocabularies goes before the package; its changes are seen."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vocab import base
from vocab.base import NotReadable, concluded, packaged, use_folder, vocabularies, vocabulary
from vocab.tables import written
from vocab.updating import compared, install, set_alias, table_of

ABOUT = {"title": "C", "uri": "http://c", "origin": "o", "version": "1", "licence": "CC0-1.0", "date": "2026"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    use_folder(tmp_path)
    yield tmp_path
    use_folder(None)


def concept(code: str, *broader: str, label: str = "") -> base.Concept:
    return base.Concept(code=code, label=label or code, broader=broader)


def test_what_is_in_the_folder_goes_before_the_package(folder: Path) -> None:
    assert vocabulary("messengers").lookup("graviton") is None
    install("messengers", table_of("messengers", ABOUT, [*packaged("messengers"), concept("Graviton")]))
    assert vocabulary("messengers").lookup("graviton") is not None
    assert packaged("messengers").lookup("graviton") is None
    install("colours", table_of("colours", ABOUT, [concept("red")]))
    assert "colours" in vocabularies()
    use_folder(None)
    assert vocabulary("messengers").lookup("graviton") is None
    assert "colours" not in vocabularies()


def test_another_process_sees_a_change_after_some_seconds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic() + 100
    monkeypatch.setattr(base.time, "monotonic", lambda: now)
    asked: list[str] = []

    @concluded(8)
    def label(code: str) -> str:
        asked.append(code)
        return vocabulary("messengers")[code].label

    assert label("Radio") == "Radio"
    changed = [concept("Radio", label="Wireless")]
    (folder / "messengers.tsv").write_text(written(ABOUT, changed))
    assert label("Radio") == "Radio"
    now += base.LOOK_EVERY + 1
    assert label("Radio") == "Wireless"
    assert asked == ["Radio", "Radio"]


def test_a_damaged_file_is_left_out_and_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "messengers.tsv").write_text("rubbish")
    use_folder(folder)
    assert len(vocabulary("messengers")) == len(packaged("messengers"))
    assert "messengers.tsv" in caplog.text
    (folder / "aliases.tsv").write_bytes(b"\xff\xfe\x00")
    use_folder(folder)
    assert base.aliases() == ()


def test_nothing_half_written_is_put_in_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("colours", table_of("colours", ABOUT, [concept("red")]))
    with pytest.raises(NotReadable):
        table_of("colours", ABOUT, [concept("red", "nothing")])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        install("colours", table_of("colours", ABOUT, [concept("blue")]))
    assert [path.name for path in folder.iterdir()] == ["colours.tsv"]
    assert "red" in vocabulary("colours")


def test_an_update_keeps_what_was_added_by_hand() -> None:
    known = [
        base.Concept(code="a", label="Alpha", alternatives=("alef",), matches=("http://m",)),
        concept("gone"),
        concept("same"),
    ]
    fresh = [
        base.Concept(code="a", label="Alfa"),
        concept("same"),
        concept("new"),
    ]
    fresh.append(base.Concept(code="old", label="old", values={"deprecated": "yes"}))
    update = compared(known, fresh)
    assert (update.new, update.changed, update.gone) == (("new",), ("a",), ("gone",))
    by_code = {one.code: one for one in update.concepts}
    assert set(by_code) == {"a", "same", "new", "gone"}
    assert by_code["a"].label == "Alfa"
    assert by_code["a"].alternatives == ("alef", "Alpha")
    assert by_code["a"].matches == ("http://m",)
    assert by_code["gone"].values == {"deprecated": "yes"}
    assert compared(update.concepts, fresh).is_nothing


def test_aliases_are_entered_replaced_and_taken_out(folder: Path) -> None:
    assert set_alias("", "messengers", "wireless", "Radio")
    assert not set_alias("", "messengers", "wireless", "Radio")
    found = vocabulary("messengers").lookup("WIRELESS")
    assert found is not None
    assert found.code == "Radio"
    assert set_alias("", "messengers", "Wireless", "Optical")
    assert len(base.aliases()) == 1
    assert set_alias("", "messengers", "wireless", None)
    assert base.aliases() == ()


def test_ambiguous_terms_are_those_of_which_none_stands_above() -> None:
    red = base.Concept(code="r", label="red", alternatives=("warm",))
    colours = base.Vocabulary("c", {}, [red, base.Concept(code="o", label="orange", alternatives=("warm",))])
    assert colours.ambiguous == {"warm"}
    below = base.Concept(code="p", label="red", broader=("r",))
    assert base.Vocabulary("c", {}, [red, below]).ambiguous == frozenset()
