"""Rules per source: what is taken in, what is added, and every wrong option in one sentence."""

from __future__ import annotations

import time
from typing import Any

import pytest

from catalogue.errors import RecordTooSlow, SettingsError
from catalogue.record import Agent, Identifier, Provenance, Record, Rights, Term, Text
from catalogue.rules import MARK, NO_RULES, OPTIONS, Rules
from catalogue.sources import Source, check_source

DOI = Identifier(scheme="doi", value="10.5072/1")


def record(**values: Any) -> Record:
    return Record(
        **{
            "id": "1",
            "kind": "dataset",
            "titles": (Text(value="Muon lifetime", type="main"),),
            "provenance": Provenance(source="lab", identifier="oai:lab:7"),
            **values,
        }
    )


def against(options: dict[str, str], **values: Any) -> str | None:
    return Rules("lab", options).against(record(**values))


@pytest.mark.parametrize(
    ("options", "sets", "taken"),
    [
        ({"include-set": "physics"}, ("physics",), True),
        ({"include-set": "physics"}, ("physics:hep:th",), True),
        ({"include-set": "physics:hep"}, ("physics",), False),
        ({"include-set": "physics"}, ("physicsx",), False),
        ({"include-set": "physics"}, (), False),
        ({"include-set": "maths; physics"}, ("physics",), True),
        ({"exclude-set": "drafts"}, ("physics", "drafts"), False),
        ({"exclude-set": "drafts"}, ("drafts:old",), False),
        ({"exclude-set": "drafts"}, (), True),
        ({"include-set": "physics", "exclude-set": "physics:old"}, ("physics:old",), False),
        ({}, ("anything",), True),
    ],
)
def test_sets(options: dict[str, str], sets: tuple[str, ...], taken: bool) -> None:
    assert (Rules("lab", options).against_sets(sets) is None) is taken


@pytest.mark.parametrize(
    ("options", "values", "why"),
    [
        ({"include-type": "dataset"}, {}, None),
        ({"include-type": "Software; DATASET"}, {}, None),
        ({"include-type": "software"}, {}, "include-type"),
        ({"include-type": "simulation run"}, {"type_label": "Simulation  Run"}, None),
        ({"exclude-type": "poster"}, {"kind": "document", "type_label": "Poster"}, "exclude-type: poster"),
        ({"include-subject": "Astro Physics"}, {"subjects": (Term(label="astro physics"),)}, None),
        (
            {"include-subject": "http://example.org/42"},
            {"subjects": (Term(label="x", uri="https://example.org/42/"),)},
            None,
        ),
        ({"include-subject": "muons"}, {"subjects": (Term(label="muons and others"),)}, "include-subject"),
        ({"exclude-subject": "history"}, {"subjects": (Term(label="History"),)}, "exclude-subject: history"),
        ({"include-match": r"\bmuon\b"}, {}, None),
        ({"include-match": "tau; MUON"}, {}, None),
        ({"include-match": "tau"}, {}, "include-match"),
        ({"include-match": "^10\\.5072/"}, {"identifiers": (DOI,)}, None),
        ({"include-match": "^oai:lab:"}, {}, None),
        ({"exclude-match": "drawn"}, {"descriptions": (Text(value="WITHDRAWN"),)}, "exclude-match: drawn"),
        ({"include-match": "muon", "exclude-match": "lifetime"}, {}, "exclude-match: lifetime"),
        ({"include-match": "muon", "include-type": "software"}, {}, "include-type"),
        ({"include-match": r"Muon\x3b|lifetime$"}, {}, None),
    ],
)
def test_types_subjects_and_texts(options: dict[str, str], values: dict[str, Any], why: str | None) -> None:
    assert against(options, **values) == why


def test_defaults_fill_what_is_absent_and_say_so() -> None:
    rules = Rules(
        "lab",
        {
            "default-licence": "cc-by-4.0",
            "default-publisher": "The Laboratory",
            "default-discipline": "Particle physics <http://example.org/hep>; Detectors",
            "default-language": "eng",
        },
    )
    full = rules.completed(record())
    (rights,) = full.rights
    assert rights.licence is not None
    assert (rights.licence.label, rights.licence.scheme) == ("CC-BY-4.0", "SPDX")
    assert full.publisher == Agent(name="The Laboratory", kind="organisation")
    assert full.subjects == (
        Term(label="Particle physics", uri="http://example.org/hep"),
        Term(label="Detectors"),
    )
    assert full.languages == ("en",)
    assert {one.path for one in full.extra} == {
        f"{MARK}default-{name}" for name in ("licence", "publisher", "discipline", "language")
    }
    assert all("the source does not say it" in one.text for one in full.extra)
    said = record(
        rights=(Rights(text="All rights reserved"),),
        publisher=Agent(name="Other"),
        subjects=(Term(label="muons"),),
        languages=("fr",),
    )
    assert rules.completed(said) is said


def test_no_rules_change_nothing() -> None:
    one = record()
    assert NO_RULES.against_sets(("a",)) is None and NO_RULES.against(one) is None
    assert NO_RULES.completed(one) is one


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"include-match": "("}, "is no regular expression"),
        ({"exclude-match": "a" * 3000}, "the limit is 2000"),
        ({"include-set": " ; "}, "has no value"),
        ({"default-licence": "do what you like"}, "no SPDX identifier"),
        ({"default-language": "klingonese"}, "is no language"),
        ({"default-publisher": ""}, "has no value"),
        ({"record-timeout": "soon"}, "must be a number"),
        ({"priority": "high"}, "must be a number"),
        ({"notify": "ops@example.org"}, "is no address to tell"),
        ({"include-type": "datset"}, "is «dataset» meant"),
        ({"exclude-type": "software; jurnal article"}, "is «journal article» meant"),
        ({"include-type": "xyzzy"}, "kinds are dataset, collection"),
    ],
)
def test_wrong_options_are_said_at_registration(options: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        check_source(Source(name="lab", kind="oai-pmh", url="http://x/", options=options))
    assert "lab" in str(caught.value) and next(iter(options)) in str(caught.value)


@pytest.mark.parametrize("types", ["Dataset", "software;Poster", '"Simulation run"; lesson', "«Datset»"])
def test_types_are_kinds_resource_types_and_quoted_words(types: str) -> None:
    check_source(Source(name="lab", kind="oai-pmh", url="http://x/", options={"include-type": types}))


def test_a_word_of_the_sources_own_is_quoted() -> None:
    assert against({"include-type": '"Simulation run"'}, type_label="simulation  Run") is None
    assert against({"include-type": '"Simulation run"'}) == "include-type"


def test_every_option_has_a_meaning() -> None:
    assert all(len(meaning) > 20 for meaning in OPTIONS.values())


def test_no_pattern_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.rules._SEARCH_SECONDS", 0.1)
    rules = Rules("lab", {"exclude-match": "^(a|aa)+$"})
    long = record(titles=(Text(value="a" * 60 + "!"),))
    begun = time.monotonic()
    with pytest.raises(RecordTooSlow, match="option exclude-match takes more than"):
        rules.against(long)
    assert time.monotonic() - begun < 1
    with pytest.raises(SettingsError, match="write a simpler one"):
        for _ in range(30):
            with pytest.raises(RecordTooSlow):
                rules.against(long)
