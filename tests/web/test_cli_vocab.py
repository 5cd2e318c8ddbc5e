"""`almagest vocab`: what there is, newer states from files and servers, aliases, and unknown terms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.command_line import Home, one_sentence, sample_server
from vocab.base import use_folder, vocabularies, vocabulary

UCD = "Q | pos |\nS | pos.eq |\nQ | pos.eq.ra |\nQ | meta.new |\n"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield Home(tmp_path / "home", {})
    use_folder(None)


def own_table(home: Home, name: str) -> Path:
    return home.path / "vocab" / f"{name}.tsv"


def test_list_and_show(home: Home) -> None:
    listed = {one["name"]: one for one in home.json("vocab", "list")}
    assert set(listed) == set(vocabularies())
    assert listed["uat"]["concepts"] == len(vocabulary("uat")) > 2000
    assert listed["uat"]["updatable"]
    assert not listed["uat"]["own"]
    (dark,) = home.json("vocab", "show", "uat", "DARK matter")
    assert dark["code"] == "dark-matter"
    assert "High energy astrophysics" in [one["label"] for one in dark["ancestors"]]
    assert {"relation": "broader", "vocabulary": "disciplines", "code": "4.2.3"}.items() <= dark["elsewhere"][
        0
    ].items()
    found = home.json("vocab", "show", "uat", "--search", "remnants supernova")
    assert "supernova-remnants" in [one["code"] for one in found]
    shown = home("vocab", "show", "techniques", "PaNET01129")
    assert "tomography" in shown.stdout
    assert "above:" in shown.stdout


def test_what_is_not_there_is_told(home: Home) -> None:
    missing = home("vocab", "show", "colours")
    assert missing.exit_code == 2
    assert "techniques" in one_sentence(missing)
    concept = home("vocab", "show", "uat", "perpetuum mobile")
    assert concept.exit_code == 2
    assert "--search" in one_sentence(concept)


def test_an_update_from_a_file_tells_before_it_writes(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "ucd-list.txt"
    words = [one for one in vocabulary("ucd") if one.code != "arith.zp"]
    lines = [f"{one.values['place']} | {one.code} | words" for one in words]
    file.write_text("\n".join([*lines, "Q | pos.new | words"]))
    (told,) = home.json("vocab", "update", "ucd", "--from", str(file), "--dry-run")
    assert (told["new"], told["changed"], told["gone"]) == (["pos.new"], [], ["arith.zp"])
    assert not told["written"]
    assert not own_table(home, "ucd").exists()
    (told,) = home.json("vocab", "update", "ucd", "--from", str(file))
    assert told["written"]
    assert vocabulary("ucd")["pos.new"].broader == ("pos",)
    assert vocabulary("ucd")["arith.zp"].values["deprecated"] == "yes"
    (again,) = home.json("vocab", "update", "ucd", "--from", str(file))
    assert (again["new"], again["changed"], again["gone"], again["written"]) == ([], [], [], False)
    assert {one["name"]: one["own"] for one in home.json("vocab", "list")}["ucd"]


def test_an_update_that_would_lose_much_or_is_broken_changes_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "ucd-list.txt"
    file.write_text(UCD)
    lost = home("vocab", "update", "ucd", "--from", str(file))
    assert lost.exit_code == 1
    assert "--yes" in one_sentence(lost)
    file.write_text("<html><body>502 Bad Gateway</body></html>")
    for name in ("ucd", "uat", "licences", "techniques", "messengers", "disciplines"):
        broken = home("vocab", "update", name, "--from", str(file), "--yes")
        assert broken.exit_code == 1, name
        assert name in one_sentence(broken)
    assert not (home.path / "vocab").exists()
    file.write_text(UCD)
    assert home("vocab", "update", "ucd", "--from", str(file), "--yes").exit_code == 0
    assert "meta.new" in vocabulary("ucd")


def test_an_update_from_the_address_in_the_header(home: Home, tmp_path: Path) -> None:
    with sample_server() as server:
        table = "\n".join(
            [
                "# title: Colours",
                "# uri: http://v.example/colours",
                "# origin: a test",
                "# version: 1",
                "# licence: CC0-1.0",
                "# form: ucd",
                f"# address: http://127.0.0.1:{server.server_address[1]}/nowhere/colours.txt",
                "# date: 2026-01-01",
                "code\tlabel\turi\tbroader\talternatives\tmatches",
                "red\tred\t\t\t\t",
            ]
        )
        file = tmp_path / "colours.tsv"
        file.write_text(table + "\n")
        assert home("vocab", "import", "colours", str(file), "--form", "almagest").exit_code == 0
        before = own_table(home, "colours").read_bytes()
        absent = home("vocab", "update", "colours")
        assert absent.exit_code == 1
        assert "404" in one_sentence(absent)
    offline = home("vocab", "update", "colours")
    assert offline.exit_code == 1
    assert "127.0.0.1" in offline.stderr.splitlines()[-1]
    assert "Traceback" not in offline.output
    assert own_table(home, "colours").read_bytes() == before
    assert sorted(path.name for path in (home.path / "vocab").iterdir()) == ["colours.tsv"]


def test_import_of_our_own_form_is_checked(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "x.tsv"
    head = (
        "# title: X\n# uri: http://x.example\n# origin: me\n# version: 1\n# licence: CC0-1.0\n# date: 2026\n"
    )
    columns = "code\tlabel\turi\tbroader\talternatives\tmatches\n"
    wrong = {
        "": "no line",
        columns + "a\tA\t\t\t\t\n": "title",
        head + columns: "no concepts",
        head + columns + "a\tA\t\t\t\t\na\tB\t\t\t\t\n": "twice",
        head + columns + "a\tA\t\tz\t\t\n": "not there",
    }
    for text, why in wrong.items():
        file.write_text(text)
        refused = home("vocab", "import", "x", str(file), "--form", "almagest")
        assert refused.exit_code == 1
        assert why in one_sentence(refused)
    file.write_text(head + columns + "a\tA\t\t\t\t\n")
    for name in ("aliases", "X", "../x", "a b"):
        assert home("vocab", "import", name, str(file), "--form", "almagest").exit_code == 1
    assert not (home.path / "vocab").exists()
    assert home("vocab", "import", "x", str(file), "--form", "almagest").exit_code == 0
    assert vocabulary("x").lookup("A") is vocabulary("x")["a"]


def test_import_of_a_published_form(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "colours.ttl"
    file.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://v.example/c#> .\n"
        ':warm skos:prefLabel "Warm"@en .\n:red skos:prefLabel "Red"@en, "Rot"@de ; skos:broader :warm .\n'
    )
    arguments = ("vocab", "import", "colours", str(file), "--form", "skos")
    nameless = home(*arguments)
    assert nameless.exit_code == 2
    assert "--title" in one_sentence(nameless)
    named = home(*arguments, "--base", "http://v.example/c#", "--title", "Colours", "--version", "3")
    assert named.exit_code == 0, named.stderr
    colours = vocabulary("colours")
    assert colours.about["version"] == "3"
    assert colours.lookup("rot") is colours["red"]
    assert [one.code for one in colours.ancestors("red")] == ["warm"]


def test_aliases(home: Home) -> None:
    assert home("vocab", "alias", "uat", "unseen mass", "Dark matter").exit_code == 0
    assert home("vocab", "alias", "uat", "jets", "-", "--source", "cern").exit_code == 0
    assert home.json("vocab", "alias") == [
        {"source": "", "vocabulary": "uat", "term": "unseen mass", "code": "dark-matter"},
        {"source": "cern", "vocabulary": "uat", "term": "jets", "code": "-"},
    ]
    found = vocabulary("uat").lookup("Unseen  Mass")
    assert found is not None
    assert found.code == "dark-matter"
    unknown = home("vocab", "alias", "uat", "x", "no-such-concept")
    assert unknown.exit_code == 2
    assert "--search" in one_sentence(unknown)
    assert home("vocab", "alias", "uat", "unseen mass", "--remove").exit_code == 0
    assert vocabulary("uat").lookup("unseen mass") is None
    assert len(home.json("vocab", "alias")) == 1


def test_an_unknown_term_an_alias_and_remap(home: Home) -> None:
    with sample_server() as server:
        home.register(f"http://127.0.0.1:{server.server_address[1]}")
        assert home("harvest").exit_code in (0, 1)
    unknown = home.json("vocab", "unknown", "--field", "subjects", "--limit", "5")
    assert unknown
    counts = [one["count"] for one in unknown]
    assert counts == sorted(counts, reverse=True)
    first = unknown[0]
    assert sum(first["sources"].values()) == first["count"]
    assert home("vocab", "alias", "uat", first["term"], "dark-matter").exit_code == 0
    assert home("remap").exit_code in (0, 1)
    after = home.json("vocab", "unknown", "--field", "subjects", "--limit", "1000")
    assert first["term"] not in [one["term"] for one in after]
    uris = [subject.get("uri") for record in home.json("records") for subject in record.get("subjects", ())]
    assert uris.count("http://www.ivoa.net/rdf/uat#dark-matter") >= first["count"]
