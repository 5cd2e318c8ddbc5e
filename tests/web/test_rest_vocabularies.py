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
