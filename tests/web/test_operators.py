"""Who may change something over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request

from catalogue.settings import Settings, load_settings
from web.operators import NotOperator, OtherOrigin, check_bearer, check_origin, check_token
from web.rate_limit import TooMany

TOKEN = "a-long-tøken"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_TOKEN": TOKEN})


def asked(**headers: str) -> object:
    return Flask("x").test_request_context(headers=headers, base_url="http://localhost:8080")


def test_the_operator(settings: Settings) -> None:
    with asked():
        check_token(TOKEN, request, settings)
    with asked(Authorization="Bearer a-long-token"):
        check_bearer(request, replace(settings, token="a-long-token"))


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic a-long-token", "Bearer wrong", "a-long-token"]
)
def test_nobody_else(settings: Settings, header: str) -> None:
    with asked(Authorization=header), pytest.raises(NotOperator):
        check_bearer(request, replace(settings, token="a-long-token"))


@pytest.mark.parametrize("token", ["", "anything"])
def test_without_a_token_nobody(settings: Settings, token: str) -> None:
    with asked(), pytest.raises(NotOperator, match="is empty"):
        check_token(token, request, replace(settings, token=""))


def test_guessing_ends_soon(settings: Settings) -> None:
    with asked():
        for number in range(10):
            with pytest.raises(NotOperator):
                check_token(f"guess {number}", request, settings)
        with pytest.raises(TooMany):
            check_token("guess 11", request, settings)
        with pytest.raises(TooMany):
            check_token(TOKEN, request, settings)
    with Flask("x").test_request_context(environ_base={"REMOTE_ADDR": "9.9.9.9"}):
        check_token(TOKEN, request, settings)


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Origin": "http://localhost:8080"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://almagest.example.org", "Sec-Fetch-Site": "same-origin"}, True),
        ({}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://localhost:8080", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://localhost:8081"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_forms_come_from_our_own_pages(headers: dict[str, str], is_ours: bool) -> None:
    with asked(**headers):
        if is_ours:
            check_origin(request, "https://almagest.example.org")
        else:
            with pytest.raises(OtherOrigin):
                check_origin(request, "https://almagest.example.org")
