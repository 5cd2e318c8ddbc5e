"""YAML: plain values as written, and nothing that a hostile file can blow up."""

from __future__ import annotations

import pytest

from mappings.yaml_reading import document_in, documents_in


def test_dates_and_words_stay_as_written() -> None:
    text = b"a: 2001-01-01\nb: no\nc: 1_0\nd: 12:30\ne: 1.10\nf: 7\ng: true\nh:\ni: 0x1f\nj: 007\n"
    assert document_in(text) == {
        "a": "2001-01-01",
        "b": "no",
        "c": "1_0",
        "d": "12:30",
        "e": "1.10",
        "f": 7,
        "g": True,
        "h": None,
        "i": "0x1f",
        "j": "007",
    }


def test_merge_keys_and_several_documents() -> None:
    assert document_in(b"a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n")["b"] == {"x": 1, "y": 2}
    assert documents_in(b"---\na: 1\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]
    with pytest.raises(ValueError, match="2 documents where one"):
        document_in(b"---\na: 1\n---\nb: 2\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a: [1", "line 2"),
        (b"!!python/object/apply:os.system ['true']", "could not determine a constructor"),
        (b"&a [*a]", "contains itself"),
        (b"\x00", "control characters|special characters|unacceptable"),
        (b"[" * 100_000, "nest|deep"),
    ],
)
def test_what_is_no_metadata_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        document_in(text)


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 12):
        inside = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{inside}]")
    with pytest.raises(ValueError, match="aliases are written out"):
        document_in("\n".join(lines).encode())
