"""Settings: environment over file over defaults, and one sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.errors import SettingsError
from catalogue.settings import load_settings


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load_settings({"ALMAGEST_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/catalogue.db"
    assert settings.index_url == f"embedded:{tmp_path}/index"
    assert settings.graph_url == f"embedded:{tmp_path}/graph"
    assert (settings.base_url, settings.repository_id) == ("http://localhost:8080", "localhost")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "almagest.toml").write_text(
        'base_url = "https://a.example.org/"\nworkers = 2\nallow_private = true'
    )
    settings = load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_WORKERS": "3"})
    assert (settings.base_url, settings.repository_id) == ("https://a.example.org", "a.example.org")
    assert settings.workers == 3
    assert settings.allow_private is True


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ALMAGEST_BASE_URL", "ftp://x", "ALMAGEST_BASE_URL must be an http"),
        ("ALMAGEST_WORKERS", "many", "ALMAGEST_WORKERS must be a whole number"),
        ("ALMAGEST_LOG_FORMAT", "xml", "must be one of text, json"),
        ("ALMAGEST_ALLOW_PRIVATE", "perhaps", "must be one of yes, no"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load_settings({"ALMAGEST_HOME": str(tmp_path), variable: value})


@pytest.mark.parametrize(
    ("text", "says"),
    [("a = ", "not valid TOML"), ("colour = 1", "no setting «colour»"), ("base_url = [1]", "must be a text")],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "almagest.toml").write_text(text)
    with pytest.raises(SettingsError, match=says):
        load_settings({"ALMAGEST_HOME": str(tmp_path)})


def test_addresses_open_to_guests_have_a_port(tmp_path: Path) -> None:
    environ = {"ALMAGEST_HOME": str(tmp_path)}
    assert load_settings(environ).guest_addresses == ()
    opened = load_settings(environ | {"ALMAGEST_GUEST_ADDRESSES": "127.0.0.1:8123 Samples:80"})
    assert opened.guest_addresses == ("127.0.0.1:8123", "samples:80")
    with pytest.raises(SettingsError, match="is not HOST:PORT"):
        load_settings(environ | {"ALMAGEST_GUEST_ADDRESSES": "127.0.0.1"})
