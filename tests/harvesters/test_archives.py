"""Archives: of every kind, damaged, and such as would fill the disk or lead out of it."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from harvesters import archives
from tests.harvesters.conftest import identifiers
from tests.harvesters.file_folders import ARCHIVES, MANY, NAMES, Pages, dc, in_bytes, issues, pages, put, raws

__all__ = ["pages"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_alone_and_in_a_folder(name: str, tmp_path: Path, pages: Pages) -> None:
    put(tmp_path, {name: ARCHIVES[name](in_bytes(MANY))})
    expected = sorted(f"{name}/{one}" for one in NAMES)
    assert sorted(identifiers(pages(tmp_path / name))) == expected
    found = raws(pages(tmp_path))
    assert sorted(raw.identifier for raw in found) == expected
    assert {raw.sets for raw in found} == {(name,)}


def test_bombs_are_left_alone(tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE_OF_RATIO", 1_000_000)
    zeros = {"a.xml": dc("A"), "b.json": b" " * 30_000_000, "c.xml": dc("C")}
    for name in ("x.zip", "x.tar.gz"):
        unread: dict[str, str] = {}
        found = pages(put(tmp_path, {name: ARCHIVES[name](zeros)}), unread=unread)
        assert "only a decompression bomb" in issues(found)[name]
        assert list(unread) == [name]
        (tmp_path / name).unlink()
    found = pages(put(tmp_path, {"x.xml.gz": gzip.compress(b" " * 30_000_000)}))
    assert "only a decompression bomb" in issues(found)["x.xml.gz"]


def test_an_archive_of_holes_is_a_bomb_too(
    tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_OF_RATIO", 1_000_000)
    for name in ("a.json", "b.json"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(20_000_000)
    subprocess.run(["tar", "--sparse", "-cf", "x.tar", "a.json", "b.json"], cwd=tmp_path, check=True)
    assert (tmp_path / "x.tar").stat().st_size < 50_000
    assert "only a decompression bomb" in issues(pages(tmp_path / "x.tar"))["x.tar"]


def test_too_many_entries(tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAXIMUM_ENTRIES", 10)
    files = {f"{n:02}.xml": dc(str(n)) for n in range(20)}
    for name in ("x.zip", "x.tar.gz"):
        assert "more than 10 entries" in issues(pages(put(tmp_path, {name: ARCHIVES[name](files)})))[name]


@pytest.mark.parametrize("name", ["x.zip", "x.tar"])
def test_names_that_lead_out_of_an_archive(name: str, tmp_path: Path, pages: Pages) -> None:
    hostile = {"../out.xml": dc("1"), "/abs.xml": dc("2"), "a/../../b.xml": dc("3"), "C:\\d.xml": dc("4")}
    found = pages(put(tmp_path / "in", {name: ARCHIVES[name]({**hostile, "good.xml": dc("good")})}))
    assert identifiers(found) == [f"{name}/good.xml"]
    assert set(issues(found).values()) == {"Its name leads out of the archive."}
    assert sorted(one.name for one in tmp_path.rglob("*")) == sorted(["in", name])


def test_links_and_devices_in_archives(tmp_path: Path, pages: Pages) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (
            ("l.xml", tarfile.SYMTYPE),
            ("h.xml", tarfile.LNKTYPE),
            ("d.xml", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    found = pages(put(tmp_path, {"x.tar": out.getvalue()}))
    assert identifiers(found) == []
    assert len(issues(found)) == 3
