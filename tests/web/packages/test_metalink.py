"""Metalink: what RFC 5854 asks, and what a reader finds in it."""

from __future__ import annotations

from lxml import etree

from catalogue.record import Checksum, Distribution
from tests.web.packages.conftest import Filled
from web.packages.metalink import NAMESPACE, pack

HASH = Checksum(algorithm="sha256", value="AB" * 32)


def test_every_file_has_its_own_path_size_hash_and_address(filled: Filled) -> None:
    contents = filled(
        (
            Distribution(url="https://a.example.org/x.fits?a=1&b=2", size=7, checksum=HASH),
            Distribution(
                url="https://b.example.org/X.fits", checksum=Checksum(algorithm="adler32", value="1")
            ),
        ),
        (Distribution(url="root://eos.example.org//x.fits"),),
    )
    root = etree.fromstring(b"".join(pack(contents)))
    files = root.findall(f"{{{NAMESPACE}}}file")
    first, second = (one.record.id for one in contents.taken)
    assert [file.get("name") for file in files] == [
        f"{first}/x.fits",
        f"{first}/X-2.fits",
        f"{second}/x.fits",
    ]
    told = [{child.tag.rpartition("}")[2]: child.text for child in file} for file in files]
    assert told[0]["url"] == "https://a.example.org/x.fits?a=1&b=2"
    assert (told[0]["size"], told[0]["hash"]) == ("7", "ab" * 32)
    assert files[0].find(f"{{{NAMESPACE}}}hash").get("type") == "sha-256"
    assert "hash" not in told[1] and "size" not in told[1]
