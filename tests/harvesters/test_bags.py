"""Bags (BagIt) and research object crates."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import bagit
import pytest

from harvesters import file_members
from tests.harvesters.conftest import identifiers
from tests.harvesters.file_folders import (
    ARCHIVES,
    CODEMETA,
    CRATE,
    Pages,
    bag,
    dc,
    in_bytes,
    issues,
    mapped,
    pages,
    put,
    raws,
    zipped,
)

__all__ = ["pages"]


def test_what_is_kept_of_bags_in_an_archive_has_a_measure(
    tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_members, "_MAXIMUM_KEPT", 1000)
    bags = {
        f"{one}/{name}": data
        for one in "ab"
        for name, data in bag({"x": b"1"}, **{"fetch.txt": b" " * 600}).items()
    }
    found = pages(put(tmp_path, {"x.zip": zipped(bags)}))
    assert identifiers(found) == ["x.zip/a"]
    assert "is too large" in issues(found)["x.zip/b"]


@pytest.mark.parametrize("name", ["", "x.zip", "x.tar.gz"])
def test_a_bag(name: str, tmp_path: Path, pages: Pages) -> None:
    files = bag(
        {"run 1.json": b'{"a": 1}', "sub/run2.h5": b"12345"}, **{"metadata/datacite.xml": dc("Beside")}
    )
    if name:
        put(tmp_path, {name: ARCHIVES[name]({f"bag/{one}": data for one, data in files.items()})})
    else:
        put(tmp_path / "bag", files)
    found = pages(tmp_path)
    before = f"{name}/" if name else ""
    assert sorted(identifiers(found)) == [f"{before}bag", f"{before}bag/metadata/datacite.xml"]
    record = next(mapped(raw) for raw in raws(found) if raw.format == "bagit")
    assert record.issues == ()
    assert record.record.title == "Runs of Größe and more"
    assert [one.url for one in record.record.distributions] == ["data/run 1.json", "data/sub/run2.h5"]
    assert record.record.distributions[1].size == 5
    assert record.record.distributions[1].checksum.value == sha256(b"12345").hexdigest()
    assert "data/run 1.json" in "".join(issues(pages(tmp_path, payload="yes")))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"manifest-sha256.txt": b""}, "in no manifest"),
        ({"manifest-sha256.txt": b"xyz data/a\n"}, "no checksum and path"),
        ({"manifest-sha256.txt": b"a" * 64 + b" ../../etc/passwd\n"}, "leads out of the bag"),
        ({"manifest-sha256.txt": b"a" * 64 + b" data/absent\n"}, "but not in the bag"),
        ({"bagit.txt": b"nothing"}, "version of BagIt"),
        ({"bag-info.txt": b"Payload-Oxum: 9.9\nExternal-Description: x"}, "Payload-Oxum says"),
        ({"bag-info.txt": b"External-Description: Gr\xf6\xdfe"}, "encoding"),
        (
            {"fetch.txt": b"http://x.org/b " + b"9" * 30 + b" data/b\n", "manifest-sha256.txt": b""},
            "in no manifest",
        ),
    ],
)
def test_a_bag_that_departs_from_its_standard(
    change: dict[str, bytes], why: str, tmp_path: Path, pages: Pages
) -> None:
    put(tmp_path / "bag", {**bag({"a": b"1"}), **change})
    [raw] = raws(pages(tmp_path))
    assert [issue.reason for issue in mapped(raw).issues if why in issue.reason]


def test_bags_made_by_the_library_of_congress(tmp_path: Path, pages: Pages) -> None:
    put(tmp_path / "bag", {"a.txt": b"1", "sub/ü.txt": b"2"})
    info = {
        "Source-Organization": "Institute",
        "External-Identifier": "https://doi.org/10.5072/bag",
        "Title": "T",
    }
    bagit.make_bag(str(tmp_path / "bag"), info, checksums=["sha512", "md5"])
    [raw] = raws(pages(tmp_path / "bag"))
    made = mapped(raw)
    assert made.issues == ()
    assert raw.identifier == "doi:10.5072/bag"
    assert (made.record.title, made.record.publisher.name) == ("T", "Institute")
    assert {one.checksum.algorithm for one in made.record.distributions} == {"sha-512"}


@pytest.mark.parametrize("name", ["", "x.zip"])
def test_a_crate(name: str, tmp_path: Path, pages: Pages) -> None:
    files = {"ro-crate-metadata.json": CRATE, "data.json": {"a": 1}, "sub/codemeta.json": CODEMETA}
    if name:
        put(tmp_path, {name: zipped(in_bytes({f"c/{one}": data for one, data in files.items()}))})
    else:
        put(tmp_path / "c", files)
    found = pages(tmp_path)
    [raw] = raws(found)
    assert raw.identifier == (f"{name}/" if name else "") + "c/ro-crate-metadata.json"
    record = mapped(raw).record
    assert (record.title, record.distributions[0].size) == ("A crate", 12)
    assert len(raws(pages(tmp_path, payload="yes"))) == 2
