"""Assessments: a full record lacks nothing, each thing that is taken away costs points and is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue.fair import Assessment, assess, assessment_of, marks_of
from catalogue.fair_rules import LETTERS, METRICS, RULES
from catalogue.record import (
    Access,
    Agent,
    AgentIdentifier,
    Checksum,
    Coverage,
    Date,
    Distribution,
    Identifier,
    Provenance,
    Record,
    Reference,
    Relation,
    Rights,
    Sky,
    Term,
    Text,
)

FILE = Distribution(
    url="https://a.example.org/x.csv",
    size=1,
    media_type="text/csv",
    checksum=Checksum(algorithm="md5", value="0"),
)
FULL = Record(
    id="0" * 20,
    kind="dataset",
    titles=(Text(value="Full"),),
    provenance=Provenance(source="a", identifier="full", format="ivo_vor"),
    identifiers=(Identifier(scheme="doi", value="10.5072/x"),),
    descriptions=(Text(value="What it is."),),
    subjects=(Term(label="Stars", uri="http://astrothesaurus.org/uat/1584"),),
    creators=(Agent(name="Curie", identifiers=(AgentIdentifier(scheme="orcid", value="0"),)),),
    publisher=Agent(name="Observatory"),
    dates=(Date(kind="issued", start="2026"),),
    distributions=(FILE,),
    access=Access(right="open"),
    coverage=Coverage(sky=Sky(moc="0/1")),
    instruments=(Reference(label="Camera"),),
    relations=(Relation(type="References", scheme="doi", value="10.5072/y"),),
    rights=(Rights(licence=Term(label="CC BY 4.0")),),
)
BARE = Record(
    id="1" * 20,
    kind="dataset",
    titles=(Text(value="Bare"),),
    provenance=Provenance(source="a", identifier="bare", format="oai_dc"),
)


def lacking(**changes: object) -> set[str]:
    return {check.rule.id for check in assess(replace(FULL, **changes)).lacking}  # type: ignore[arg-type]


def metric(assessed: Assessment, id: str) -> tuple[float, float, int]:
    one = next(metric for metric in assessed.metrics if metric.id == id)
    return one.score, one.maximum, one.maturity


def test_a_full_record_has_all_points_and_the_highest_maturity() -> None:
    found = assess(FULL)
    assert found.total == 1 and found.scores == {"F": 1, "A": 1, "I": 1, "R": 1} and not found.lacking
    assert [one.id for one in found.metrics] == list(METRICS)
    assert all(one.maturity == 3 and one.mend is None for one in found.metrics)
    assert sum(one.maximum for one in found.metrics) == 24  # as F-UJI counts v0.5


def test_a_bare_record_has_what_the_catalogue_does_for_all_and_a_title() -> None:
    found = assess(BARE)
    ours = {one.id for one in found.metrics if one.by_catalogue}
    assert ours == {"FsF-A1-02M", "FsF-I1-01M"}
    given = {check.rule.id for one in found.metrics for check in one.checks if check.holds}
    assert given == {rule.id for rule in RULES if rule.by_catalogue} | {"title", "kind"}
    assert found.scores == pytest.approx({"F": 1.5 / 7, "A": 1 / 3, "I": 2 / 4, "R": 1 / 10})
    assert found.total == pytest.approx(5.5 / 24)


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({"descriptions": ()}, {"description"}),
        ({"subjects": ()}, {"subjects", "vocabulary", "term-addresses"}),
        ({"creators": ()}, {"creators", "origin"}),
        ({"creators": (Agent(name="Curie"),)}, {"agent-identifiers"}),
        ({"publisher": None}, {"publisher"}),
        ({"dates": ()}, {"date", "origin"}),
        ({"coverage": None, "instruments": ()}, {"observed", "making"}),
        ({"relations": ()}, {"related", "related-identifiers"}),
        (
            {"relations": (Relation(type="References", scheme="text", value="a paper"),)},
            {"related-identifiers"},
        ),
        ({"rights": ()}, {"licence", "known-licence"}),
        ({"rights": (Rights(text="as you like"),)}, {"known-licence"}),
        ({"access": None}, {"access-right", "access-conditions"}),
        ({"access": Access(right="embargoed")}, {"access-conditions"}),
        ({"access": Access(right="restricted")}, {"access-conditions"}),
        ({"access": Access(right="restricted", how="By letter.")}, set()),
        ({"identifiers": ()}, {"unique-identifier", "persistent-identifier", "registry"}),
        (
            {"identifiers": (Identifier(scheme="url", value="https://a.example.org/1"),)},
            {"persistent-identifier", "registry"},
        ),
        ({"identifiers": (Identifier(scheme="handle", value="1/2"),)}, {"registry"}),
        ({"kind": "other"}, {"kind"}),
    ],
)
def test_each_thing_that_is_taken_away_is_missed(changes: dict[str, object], missed: set[str]) -> None:
    assert lacking(**changes) == missed


def test_an_identifier_of_the_concept_is_not_its_own() -> None:
    other = (Identifier(scheme="doi", value="10.5072/x", role="version-of-concept"),)
    assert "unique-identifier" in lacking(identifiers=other)


def test_a_thing_that_one_cannot_have_is_not_asked_for_files_licence_and_access() -> None:
    found = assess(replace(BARE, kind="facility"))
    assert metric(found, "FsF-R1.1-01M") == metric(found, "FsF-A1-01M") == (0, 0, 0)
    assert not any(check.rule.id in {"licence", "file-sizes", "observed"} for check in found.lacking)
    skipped = next(one for one in found.metrics if one.id == "FsF-R1.1-01M")
    assert skipped.checks[0].found == "This does not apply to things of this kind."


def test_maturity_needs_the_levels_below() -> None:
    assert metric(assess(replace(FULL, creators=())), "FsF-F2-01M") == pytest.approx((1.8, 2, 1))
    assert metric(assess(replace(FULL, subjects=())), "FsF-F2-01M") == (1.5, 2, 2)
    assert metric(assess(BARE), "FsF-R1-01MD")[2] == 1


def test_marks_are_the_whole_assessment_in_two_numbers_that_databases_take() -> None:
    for record in (FULL, BARE, replace(FULL, kind="service")):
        marks = marks_of(record)
        assert assessment_of(marks) == assess(record)
        assert 0 <= marks.holds <= marks.applies < 2**63 and not marks.holds & ~marks.applies


def test_rules_are_told_apart_and_say_in_sentences_what_they_found() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) < 63
    assert list(dict.fromkeys(rule.metric for rule in RULES)) == list(METRICS)
    assert [id[4] for id in METRICS] == sorted((id[4] for id in METRICS), key=list(LETTERS).index)
    for rule in RULES:
        assert rule.found.endswith(".")
        assert rule.by_catalogue or (rule.lacking.endswith(".") and rule.mend.endswith("."))
