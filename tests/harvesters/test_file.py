"""Records in folders, archives, bags and crates; what is hostile or broken costs only itself."""

from __future__ import annotations

import bz2
import gzip
import json
import logging
import lzma
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import mappings.base
from catalogue.errors import SourceError, SourceProtocolError, SourceUnreachable
from catalogue.opening import Catalogue
from catalogue.record import Mapped, Provenance
from catalogue.runs import Run
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters import folders
from harvesters.file import Files
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.conftest import identifiers
from tests.harvesters.file_folders import (
    CODEMETA,
    MANY,
    NAMES,
    Pages,
    dc,
    in_bytes,
    issues,
    mapped,
    pages,
    put,
    raws,
    tarred,
    zipped,
)
from tests.harvesters.misbehaving import DC, Repository, Sent, Server, some

__all__ = ["pages"]


def test_a_folder_of_several_formats(tmp_path: Path, pages: Pages) -> None:
    found = raws(pages(put(tmp_path, MANY)))
    assert [raw.identifier for raw in found] == NAMES
    assert [raw.format for raw in found[:4]] == ["oai_dc", "cff", "codemeta", "reana"]
    assert found[0].data == MANY["a.xml"]
    assert [mapped(raw).record.title for raw in found[4:]] == ["D0", "D1", "D2"]
    assert found[1].sets == ("b",)


def test_compressed_files_and_json_lines(tmp_path: Path, pages: Pages) -> None:
    lines = b"\n".join(json.dumps({**CODEMETA, "name": f"N{n}"}).encode() for n in range(250))
    files = {
        "a.xml.gz": gzip.compress(dc("A")),
        "b.json.bz2": bz2.compress(json.dumps(CODEMETA).encode()),
        "c.jsonl.xz": lzma.compress(lines[:2000].rpartition(b"\n")[0]),
        "d.jsonl": lines + b"\n\n{broken\n" + lines[:60] + b"\n",
    }
    found = pages(put(tmp_path, files))
    names = identifiers(found)
    assert names[:2] == ["a.xml.gz", "b.json.bz2"]
    assert sum(name.startswith("d.jsonl#") for name in names) == 250
    assert "Not JSON" in issues(found)["d.jsonl#251"]
    assert len(found) > 2


def test_oai_answers_keep_their_headers(tmp_path: Path, pages: Pages) -> None:
    items = some(5, sets=("physics",))
    repository = Repository([*items, *some(1, begin=9, deleted=True)])
    body = repository.page(_asked(), 0, "oai_dc", "", "", "").body
    found = raws(pages(put(tmp_path, {"oai/page.xml": body})))
    assert [raw.identifier for raw in found] == [f"oai:test:000{n}" for n in (0, 1, 2, 3, 4, 9)]
    assert found[0].datestamp == "2024-01-01T00:00:00Z"
    assert found[0].sets == ("oai", "physics")
    assert [raw.deleted for raw in found] == [False] * 5 + [True]
    assert mapped(found[2]).record.title == "Title 2"
    broken = body.replace(b"Title 3", b"Title \x03")
    found_ = pages(put(tmp_path, {"oai/page.xml": broken}))
    assert len(identifiers(found_)) == 5
    assert "oai:test:0003" in issues(found_)


def _asked() -> Any:
    class Asked:
        verb = "ListRecords"

    return Asked()


def test_own_identifiers_name_records_and_never_swallow_another(tmp_path: Path, pages: Pages) -> None:
    one = {**CODEMETA, "identifier": "https://doi.org/10.5072/ABC"}
    files = {"a.json": one, "b.json": {**one, "name": "Other"}, "c.json": one, "d.json": CODEMETA}
    found = raws(pages(put(tmp_path, files)))
    assert [raw.identifier for raw in found] == ["doi:10.5072/abc", "b.json", "d.json"]


def test_a_given_prefix_is_taken_at_its_word(tmp_path: Path, pages: Pages) -> None:
    put(tmp_path, {"x.json": {"@type": "SoftwareSourceCode", "name": "X"}, "y.json": {"a": 1}})
    assert [raw.format for raw in raws(pages(tmp_path, prefix="codemeta"))] == ["codemeta", "codemeta"]
    assert len(issues(pages(tmp_path))) == 2


def test_what_is_no_record_is_passed_over_and_told(
    tmp_path: Path, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    files = {
        **MANY,
        "README.md": b"# x",
        "raw.h5": b"\x89HDF\0\0",
        "page.html": b"<html/>",
        "x.rq": b"PREFIX dcat: <http://www.w3.org/ns/dcat#>\nSELECT * WHERE {}",
    }
    put(tmp_path, {**files, ".hidden/a.xml": dc("hidden"), "notes": b""})
    with caplog.at_level(logging.INFO):
        found = pages(tmp_path)
    assert identifiers(found) == NAMES
    assert issues(found) == {}
    assert [line for line in caplog.messages if "5 files" in line or "1 «.h5»" in line]


def test_pattern(tmp_path: Path, pages: Pages) -> None:
    put(tmp_path, {**MANY, "z.zip": zipped(in_bytes(MANY))})
    assert identifiers(pages(tmp_path, pattern="*.cff")) == ["b/CITATION.cff", "z.zip/b/CITATION.cff"]
    assert identifiers(pages(tmp_path, pattern="b/*.json")) == ["b/codemeta.json"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("x.json", b"{", "Not JSON"),
        ("x.json", b"", "empty"),
        ("x.json", b"\x00\x01\x02", "neither XML nor JSON"),
        ("x.json", b"[" * 500 + b"]" * 500, "nested too deep"),
        ("x.json", b'{"unknown": 1}', "no format that is read"),
        ("x.xml", b"<a><b></a>", "Not well-formed XML"),
        ("x.xml", b"<unknown/>", "no format that is read"),
        ("x.yaml", b"a: [", "Not YAML"),
        ("x.cff", b"&a [*a, *a]", "Not YAML"),
        ("x.zip", b"PK\x03\x04 truncated", "cannot be read to its end"),
        ("x.tar.gz", b"no archive at all", "cannot be read to its end"),
        ("x.xml.gz", b"\x1f\x8b\x08broken", "cannot be read"),
        ("x.xml.gz", gzip.compress(dc("A") * 50, mtime=0)[:-30], "cannot be read"),
        ("x.zip", zipped({"in.zip": zipped({"a": b"1"})}), "archive within an archive"),
        (
            "x.zip",
            zipped({"a.xml": dc("A")})
            .replace(b"PK\3\4\x14\0\0\0\x08", b"PK\3\4\x14\0\0\0\x09")
            .replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x09\0"),
            "not supported",
        ),
        (
            "x.zip",
            zipped({"a.xml": dc("A")}).replace(b"\x14\0\0\0\x08\0", b"\xff\0\0\0\x08\0"),
            "zip file version",
        ),
    ],
)
def test_a_broken_file_leaves_its_neighbours(
    name: str, data: bytes, why: str, tmp_path: Path, pages: Pages
) -> None:
    found = pages(put(tmp_path, {**MANY, f"m/{name}": data}))
    assert identifiers(found) == NAMES
    [reason] = issues(found).values()
    assert why in reason


def test_a_crosswalk_that_hangs_or_breaks_costs_one_record(
    tmp_path: Path, flow: Callable[..., Run], catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = mappings.base.formats()["codemeta"]

    def odd(document: Any, provenance: Provenance) -> Mapped:
        while document["name"] == "hang":
            time.sleep(0.01)
        if document["name"] == "bug":
            raise ZeroDivisionError
        assert form.read is not None
        return form.read(document, provenance)

    formats = {**mappings.base.formats(), "codemeta": replace(form, read=odd)}
    monkeypatch.setattr(mappings.base, "formats", lambda: formats)
    put(tmp_path, {f"{name}.json": {**CODEMETA, "name": name} for name in ("bug", "good", "hang")})
    run = flow(str(tmp_path), prefix="codemeta", **{"record-timeout": "0.3"})
    assert (run.status, run.created, run.quarantined) == ("partial", 1, 2)
    assert {issue.rule for _, issue in catalogue.sources.issues("test")} == {"bug", "timeout"}


def test_links_and_pipes_in_folders(tmp_path: Path, pages: Pages) -> None:
    secret = put(tmp_path / "secret", {"s.xml": dc("secret"), "more/t.xml": dc("secret")})
    folder = put(tmp_path / "folder", {"a.xml": dc("A"), "sub/b.xml": dc("B")})
    (folder / "out.xml").symlink_to(secret / "s.xml")
    (folder / "away").symlink_to(secret)
    (folder / "loop").symlink_to(folder)
    (folder / "self.xml").symlink_to(folder / "self.xml")
    (folder / "inside.xml").symlink_to(folder / "a.xml")
    os.mkfifo(folder / "pipe.xml")
    found = pages(folder)
    assert identifiers(found) == ["a.xml", "inside.xml", "sub/b.xml"]
    told = issues(found)
    assert set(told) == {"away", "out.xml", "pipe.xml", "self.xml"}
    assert "leads out of the folder" in told["out.xml"]
    assert b"secret" not in b"".join(raw.data for raw in raws(found))


def test_unreadable_files_and_names_in_any_encoding(tmp_path: Path, pages: Pages) -> None:
    put(tmp_path, {"a.xml": dc("A")})
    (tmp_path / os.fsdecode(b"gr\xf6\xdfe.xml")).write_bytes(dc("B"))
    (tmp_path / "größe.xml").write_bytes(dc("C"))
    names = identifiers(pages(tmp_path))
    assert names == ["a.xml", "gr\\xf6\\xdfe.xml", "größe.xml"]
    "".join(names).encode()
    if os.geteuid() != 0:
        (tmp_path / "a.xml").chmod(0)
        assert "a.xml" in issues(pages(tmp_path))


def test_an_unreadable_folder_keeps_its_records(
    tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"a.xml": dc("A"), "b/x.xml": dc("B"), "b/c/y.xml": dc("C")})
    readable = pages(tmp_path)
    names_in = folders.names_in

    def names_but_of_b(folder: Path) -> list[os.DirEntry[str]]:
        if folder.name == "b":
            raise PermissionError(13, "Permission denied")
        return names_in(folder)

    monkeypatch.setattr(folders, "names_in", names_but_of_b)
    unread: dict[str, str] = {}
    found = pages(tmp_path, unread=unread, pattern="*.xml")
    assert identifiers(found) == ["a.xml"]
    assert issues(found) == {"b": "It cannot be read: Permission denied."}
    assert unread == {"b": "It cannot be read: Permission denied."}
    below = [raw.sets for raw in raws(readable) if raw.identifier.startswith("b/")]
    assert sorted(below) == [("b",), ("b", "b/c")], "so both belong to what was not read"


def test_a_sparse_file_of_three_gigabytes_is_not_read(tmp_path: Path, pages: Pages) -> None:
    put(tmp_path, {"a.xml": dc("A")})
    for name in ("big.xml", "big.json", "big.dat", "big.jsonl"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(3_000_000_000)
    found = pages(tmp_path)
    assert identifiers(found) == ["a.xml"]
    told = issues(found)
    assert "3000000000 bytes" in told["big.xml"]
    assert "3000000000 bytes" in told["big.json"]
    assert "big.dat" not in told
    assert "more than 20000000 bytes" in told["big.jsonl#0"]


def test_other_encodings(tmp_path: Path, pages: Pages) -> None:
    text = DC.format(inside="<dc:title>Größe</dc:title>")
    files = {
        "a.xml": f'<?xml version="1.0" encoding="ISO-8859-1"?>{text}'.encode("latin-1"),
        "b.xml": text.encode("utf-16"),
        "c.json": json.dumps({**CODEMETA, "name": "Größe"}, ensure_ascii=False).encode("utf-16"),
        "d.json": b"\xef\xbb\xbf" + json.dumps({**CODEMETA, "name": "Größe"}, ensure_ascii=False).encode(),
    }
    found = raws(pages(put(tmp_path, files)))
    assert [mapped(raw).record.title for raw in found] == ["Größe"] * 4


def test_what_a_killed_run_has_stored_is_not_given_again(tmp_path: Path, pages: Pages) -> None:
    files = {f"{n:03}.xml": dc(str(n)) for n in range(250)}
    put(tmp_path, {**files, "m.zip": zipped(files), "n/" + "x" * 50 + ".xml": dc("n")})
    whole = pages(tmp_path)
    everything = identifiers(whole)
    assert len(everything) == len(set(everything)) == 501
    for number, page in enumerate(whole):
        rest = pages(tmp_path, checkpoint=json.loads(json.dumps(page.checkpoint)))
        assert identifiers(whole[: number + 1]) + identifiers(rest) == everything


def test_an_incremental_run_reads_nothing_when_nothing_has_changed(tmp_path: Path, pages: Pages) -> None:
    memory: dict[str, Any] = {}
    put(tmp_path, MANY)
    assert identifiers(pages(tmp_path, memory=memory)) == NAMES
    assert identifiers(pages(tmp_path, since="2024-01-01T00:00:00Z", memory=memory)) == []
    put(tmp_path, {"new.xml": dc("new")})
    assert len(identifiers(pages(tmp_path, since="2024-01-01T00:00:00Z", memory=memory))) == 8
    assert len(identifiers(pages(tmp_path, memory=memory))) == 8


@pytest.fixture
def web() -> Iterator[Server]:
    with Server(Repository([])) as server:
        yield server


def test_an_archive_of_the_web(web: Server, pages: Pages) -> None:
    body = zipped(in_bytes(MANY))

    def script(asked: Any, sent: Sent) -> Sent:
        if asked.headers.get("if-none-match") == '"1"':
            return Sent(body=b"", status=304)
        return Sent(body=body, headers={"ETag": '"1"'})

    web.script = script
    url = web.url.replace("/oai", "/export/..%2f..%2frecords.zip")
    memory: dict[str, Any] = {}
    found = identifiers(pages(url, memory=memory))
    assert len(found) == 7
    assert not any(".." in name.split("/") for name in found)
    assert identifiers(pages(url, since="2024-01-01T00:00:00Z", memory=memory)) == []
    web.script = lambda asked, sent: Sent(body=b"", status=404)
    with pytest.raises(SourceProtocolError, match="404"):
        pages(url)


def test_a_file_of_the_web_may_have_a_long_name(web: Server, pages: Pages) -> None:
    web.script = lambda asked, sent: Sent(body=dc("A"))
    assert len(identifiers(pages(web.url.replace("/oai", "/" + "%E6%B8%AC" * 190 + ".xml")))) == 1


def test_paths_that_are_not_there(tmp_path: Path, pages: Pages) -> None:
    with pytest.raises(SourceUnreachable, match="is not there"):
        pages(tmp_path / "absent")
    with pytest.raises(SourceError, match="neither a folder nor a file"):
        pages("/dev/null")


def test_the_probe(tmp_path: Path, settings: Settings, connect: Callable[..., Transport]) -> None:
    source = Source(name="test", kind="file", url=str(put(tmp_path, {**MANY, "x.xml": b"<a>"})))
    with connect(source, settings) as transport:
        found = Files(source, transport).probe()
    assert found.records == 7
    assert set(found.formats) == {"oai_dc", "cff", "codemeta", "reana", "schema_org"}
    assert found.faults[0].startswith("x.xml: Not well-formed XML")


@pytest.fixture
def flow(catalogue: Catalogue, connect: Callable[..., Transport]) -> Callable[..., Run]:
    def one(url: Path | str, *, full: bool = False, **options: str) -> Run:
        if "test" not in {source.name for source in catalogue.sources.all()}:
            catalogue.sources.add(Source(name="test", kind="file", url=str(url), options=options))
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return one


def test_the_whole_flow(tmp_path: Path, flow: Callable[..., Run]) -> None:
    folder = put(tmp_path / "in", {**MANY, **{f"n{n}.xml": dc(str(n)) for n in range(5)}})
    run = flow(folder, grace="0")
    assert (run.status, run.created) == ("succeeded", 12)
    assert flow(folder).fetched == 0
    (folder / "a.xml").unlink()
    run = flow(folder)
    assert (run.full, run.unchanged, run.deleted) == (False, 11, 1)
    for place in folder.rglob("*.*"):
        place.unlink()
    run = flow(folder, full=True)
    assert run.status == "failed"
    assert "no longer in the source's list" in (run.error or "")


def test_a_damaged_archive_keeps_its_records(tmp_path: Path, flow: Callable[..., Run]) -> None:
    files = {f"{n:03}.xml": dc(f"{n}" * 300) for n in range(40)}
    folder = put(
        tmp_path / "in", {"x.tar.gz": tarred(files, "gz"), **{f"{n}.xml": dc(str(n)) for n in range(9)}}
    )
    assert flow(folder, grace="0", shrink="1").created == 49
    whole = (folder / "x.tar.gz").read_bytes()
    (folder / "x.tar.gz").write_bytes(whole[: len(whole) // 2])
    run = flow(folder, full=True)
    assert (run.status, run.deleted) == ("partial", 0)
    assert "x.tar.gz" in (run.error or "")


@pytest.mark.corpus
def test_the_whole_corpus_as_one_folder(shared: Path, flow: Callable[..., Run], pages: Pages) -> None:
    corpus = shared / "corpus"
    found = pages(corpus)
    told = issues(found)
    assert all(told.values())
    names = {
        path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if path.suffix in {".json", ".xml"}
    }
    known = {name.partition("#")[0] for name in [*identifiers(found), *told]}
    assert len(names & known) > 100
    run = flow(corpus)
    assert run.created > 900
    assert run.error is None
