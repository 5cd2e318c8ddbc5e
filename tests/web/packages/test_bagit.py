"""BagIt: the bagit library finds the bag valid, once its fetch.txt has been followed."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import bagit
import httpx
import pytest
from flask import Flask

from catalogue.record import Checksum, Distribution
from tests.web.conftest import served
from tests.web.packages.conftest import Filled
from web.packages.bagit import pack
from web.packages.base import Contents


def unpacked(contents: Contents, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(b"".join(pack(contents)))) as archive:
        archive.extractall(folder)
    return folder / "basket"


def summed(url: str, data: bytes, algorithm: str) -> Distribution:
    value = hashlib.new(algorithm, data).hexdigest().upper()
    return Distribution(url=url, size=len(data), checksum=Checksum(algorithm=algorithm, value=value))


def fetch(bag: Path) -> int:
    """Does what fetch.txt says, as a BagIt tool would."""
    lines = (bag / "fetch.txt").read_text().splitlines()
    for line in lines:
        url, length, path = line.split(" ", 2)
        data = httpx.get(url).content
        assert length in ("-", str(len(data)))
        (bag / path).write_bytes(data)
    return len(lines)


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_bag_is_valid_once_it_is_fetched(algorithm: str, filled: Filled, tmp_path: Path) -> None:
    app = Flask("files")
    app.add_url_rule("/<name>", view_func=lambda name: f"bytes of {name}")
    with served(app) as base:
        files = tuple(summed(f"{base}/{n}.txt", f"bytes of {n}.txt".encode(), algorithm) for n in range(3))
        contents = filled(files, (Distribution(url=f"{base}/without.txt"),), ())
        folder = unpacked(contents, tmp_path)
        assert not bagit.Bag(str(folder)).is_valid()
        assert fetch(folder) == 3
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.info["External-Identifier"] == contents.page
    assert bag.info["Payload-Oxum"].endswith(".7")
    assert "without.txt" in (folder / "not-in-this-bag.txt").read_text()


def test_a_bag_without_files_is_valid_at_once(filled: Filled, tmp_path: Path) -> None:
    bag = bagit.Bag(str(unpacked(filled((), ()), tmp_path)))
    bag.validate()
    assert sum(path.endswith("record.json") for path in bag.entries) == 2


def test_a_false_checksum_is_no_checksum(filled: Filled, tmp_path: Path) -> None:
    false = Distribution(url="https://a.example.org/x", checksum=Checksum(algorithm="md5", value="x\n../y"))
    folder = unpacked(filled((false,)), tmp_path)
    assert not (folder / "fetch.txt").exists()
    bagit.Bag(str(folder)).validate()
