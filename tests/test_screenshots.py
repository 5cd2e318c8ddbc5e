"""The pictures of the pages: small, all there, none that the README does not find."""

from __future__ import annotations

import re

from docs import screenshots
from tests.conftest import PROJECT


def test_pictures_are_webp_of_modest_size() -> None:
    pictures = sorted(screenshots.FOLDER.glob("*"))
    assert {picture.stem for picture in pictures} == {
        *screenshots.LIGHT,
        *(f"{name}-dark" for name in screenshots.DARK),
    }
    for picture in pictures:
        data = picture.read_bytes()
        assert data[:4] == b"RIFF" and data[8:12] == b"WEBP"
        assert 5_000 < len(data) < screenshots.MOST_BYTES


def test_the_readme_shows_the_main_pages() -> None:
    shown = re.findall(
        r"!\[[^\]]{20,}\]\(docs/pictures/([a-z-]+)\.webp\)", (PROJECT / "README.md").read_text()
    )
    assert {name.removesuffix("-dark") for name in shown} == {
        "search", "record", "sources", "run", "basket", "statistics",
    }  # fmt: skip
