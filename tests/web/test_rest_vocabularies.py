"""REST: vocabularies as they are in vocab/."""

from __future__ import annotations

from flask.testing import FlaskClient

from vocab.base import vocabularies, vocabulary


def test_all_vocabularies(client: FlaskClient) -> None:
    found = client.get("/api/v1/vocabularies").json["vocabularies"]
    assert [known["name"] for known in found] == list(vocabularies())
    for known in found:
        assert known["concepts"] == len(vocabulary(known["name"])) > 0


def test_one_vocabulary_and_one_term(client: FlaskClient) -> None:
    licences = client.get("/api/v1/vocabularies/licences").json
    assert len(licences["concepts"]) == len(vocabulary("licences"))
    (found,) = client.get("/api/v1/vocabularies/licences?term=cc-by-4.0").json["concepts"]
    assert found["code"] == "CC-BY-4.0"
    assert client.get("/api/v1/vocabularies/licences?term=none").json["concepts"] == []


def test_unknown_vocabularies_are_named(client: FlaskClient) -> None:
    answer = client.get("/api/v1/vocabularies/colours")
    assert answer.status_code == 404
    assert "licences" in answer.json["detail"]


def test_a_concept_with_its_place_and_its_relatives(client: FlaskClient) -> None:
    found = client.get("/api/v1/vocabularies/uat/dark-matter").json
    assert found["label"] == "Dark matter"
    assert found["matches"] == ["http://astrothesaurus.org/uat/353"]
    assert "High energy astrophysics" in [one["label"] for one in found["ancestors"]]
    assert "Cold dark matter" in [one["label"] for one in found["narrower"]]
    (physics,) = found["elsewhere"]
    assert (physics["relation"], physics["vocabulary"], physics["code"]) == (
        "broader",
        "disciplines",
        "4.2.3",
    )
    assert client.get(found["links"]["self"]).json == found


def test_a_code_may_hold_slashes_and_signs(client: FlaskClient) -> None:
    code = "http://www.ivoa.net/xml/VOResource/v1.0#Organisation"
    found = client.get("/api/v1/vocabularies/voresource_types/" + code.replace("#", "%23"))
    assert found.status_code == 200
    assert found.json["code"] == code
    missing = client.get("/api/v1/vocabularies/uat/perpetuum-mobile")
    assert missing.status_code == 404
    assert "uat" in missing.json["detail"]
