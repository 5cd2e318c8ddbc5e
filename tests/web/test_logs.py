"""Log lines: one an event, with source and run, without secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from web import logs

log = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    """The tests' own logs come back afterwards."""
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    log.info("harvest finished\nafter a while", extra={"source": "zenodo", "run": 7})
    log.debug("never seen")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("Z INFO harvest finished after a while source=zenodo run=7")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    log.warning("source=zenodo run=8 the page is broken: %s", "«x»")
    log.error("down", extra={"source": "cern"})
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first["level"] == "warning"
    assert first["message"] == "the page is broken: «x»"
    assert (first["source"], first["run"]) == ("zenodo", 8)
    assert first["logger"] == "tests.logs"
    assert first["time"].endswith("Z")
    assert second["source"] == "cern"
    assert "run" not in second


def test_a_bug_has_its_trace_in_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    try:
        raise RuntimeError("token=abcdefghij")
    except RuntimeError:
        log.exception("a bug")
    (line,) = capsys.readouterr().err.splitlines()
    assert "RuntimeError" in json.loads(line)["trace"]
    assert "abcdefghij" not in line


@pytest.mark.parametrize(
    "text",
    [
        "GET https://me:s3same-open@example.org/oai failed",
        "postgresql+psycopg://almagest:s3same-open@db/almagest does not answer",
        "headers: Authorization: Bearer s3same-open, Accept: */*",
        "https://example.org/oai?verb=Identify&token=s3same-open&x=1",
        '{"password": "s3same-open"}',
        "api_key=s3same-open",
        "the credential is s3same-open, they say",
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_written(text: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(form)
    if "credential" in text:
        logs.hide("s3same-open")
    log.warning("%s", text)
    written = capsys.readouterr().err
    assert written
    assert "s3same-open" not in written
    logs._hidden.clear()


def test_ordinary_words_stay(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    text = "the resumption token expired after 120 seconds; see https://example.org/oai?verb=Identify"
    log.warning(text)
    assert text in capsys.readouterr().err
