"""RO-Crate: the rocrate library reads the crate of a basket, with all of its records and files."""

from __future__ import annotations

import json
from pathlib import Path

from rocrate.rocrate import ROCrate

from catalogue.record import Distribution
from tests.web.packages.conftest import Filled
from web.packages.rocrate import crate


def test_the_library_reads_every_record_and_file(filled: Filled, tmp_path: Path) -> None:
    contents = filled(
        (
            Distribution(url="https://a.example.org/1.fits", size=3),
            Distribution(url="https://a.example.org/2.fits"),
        ),
        (),
    )
    folder = tmp_path / "crate"
    folder.mkdir()
    (folder / "ro-crate-metadata.json").write_bytes(crate(contents))
    read = ROCrate(folder)
    assert read.root_dataset["name"] == "A basket of 2 records from Almagest"
    # The library knows folders by a slash at their end, and names all files in the root as well.
    first, second = (f"http://localhost:8080/records/{one.record.id}/" for one in contents.taken)
    parts = [part.id for part in read.root_dataset["hasPart"]]
    assert set(parts) == {first, second, *(file.url for file in contents.taken[0].files)}
    assert [read.get(name).type for name in (first, second)] == ["Dataset", "Dataset"]
    assert [file.id for file in read.get(first)["hasPart"]] == [file.url for file in contents.taken[0].files]


def test_only_chosen_files_are_in_it_and_names_meet_once(filled: Filled) -> None:
    contents = filled((Distribution(url="https://a.example.org/1.fits"),), ())
    graph = json.loads(crate(contents))["@graph"]
    ids = [entity["@id"] for entity in graph]
    assert len(ids) == len(set(ids))
    assert [entity["@id"] for entity in graph if entity["@type"] == "File"] == [
        "https://a.example.org/1.fits"
    ]
