"""Notices: of a failure and of the recovery, once each, and never at the cost of a harvest."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import SettingsError
from catalogue.notices import Notices
from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.settings import Settings, load_settings
from catalogue.sources import Source
from harvesters import notices
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.mail_server import MailServer, mail_server
from tests.harvesters.misbehaving import Server
from tests.harvesters.misbehaving_rest import Rest, RestServer, sent_json
from tests.lacking import lacking

Connect = Callable[..., Transport]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[RestServer]:
    with RestServer(Rest({"hook": []})) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, mail: MailServer) -> Settings:
    return load_settings(
        {
            "ALMAGEST_HOME": str(tmp_path / "home"),
            "ALMAGEST_SMTP_URL": f"smtp://me:open%20sesame@{mail.address}",
            "ALMAGEST_NOTIFY": "mailto:ops@example.org",
            "ALMAGEST_BASE_URL": "https://physics.example.org",
            "ALMAGEST_REPOSITORY_NAME": "Physics",
        }
    )


@pytest.fixture
def once(catalogue: Catalogue, server: Server, connect: Connect) -> Callable[..., Run]:
    """One harvest that succeeds, or fails where told to."""

    def run(*, fails: bool = False, **options: str) -> Run:
        if not catalogue.sources.all():
            url = server.url.replace("http://", "http://user:hidden@")
            source = Source(name="test", kind="oai-pmh", url=url, options={"token": "sesame", **options})
            catalogue.sources.add(source)
        server.script = lambda asked, sent: sent_json({}, 404) if fails else sent
        return harvest(catalogue, ["test"], connect=connect)[0]

    return run


def events(hook: RestServer) -> list[str]:
    return [json.loads(asked.body)["event"] for asked in hook.asked]


def test_a_failure_and_the_recovery_are_told_once_each(once: Callable[..., Run], mail: MailServer) -> None:
    for fails in (False, False, True, True, True, False, False, True):
        assert once(fails=fails).status == ("failed" if fails else "succeeded")
    assert [message["Subject"] for message in mail.messages] == [
        "Physics: test fails",
        "Physics: test works again",
        "Physics: test fails",
    ]
    assert set(mail.recipients) == {"ops@example.org"}
    assert set(mail.logins) == {"me\0open sesame"}
    text = mail.messages[0].get_content()
    assert "https://physics.example.org/sources/test" in text and "404" in text


def test_a_webhook_gets_json_without_secrets(once: Callable[..., Run], hook: RestServer) -> None:
    address = f"{hook.url}/hook".replace("http://", "http://robot:pass@")
    once(notify=address)
    done = once(fails=True)
    once()
    assert events(hook) == ["harvest-failed", "harvest-recovered"]
    told = json.loads(hook.asked[0].body)
    assert (told["source"], told["run"], told["status"]) == ("test", done.number, "failed")
    assert told["error"] == done.error and told["url"] == "https://physics.example.org/sources/test"
    assert hook.asked[0].headers["authorization"].startswith("Basic ")
    for secret in (b"sesame", b"hidden", b"pass", b"robot"):
        assert secret not in hook.asked[0].body


def test_what_could_not_be_delivered_is_tried_again_for_that_recipient_only(
    once: Callable[..., Run], hook: RestServer, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    hook.script = lambda asked, sent: sent_json({}, 410)
    once(notify=f"{hook.url}/hook?key=hidden mailto:a@example.org")
    with caplog.at_level(logging.WARNING, "harvesters.notices"):
        once(fails=True)
    assert len(mail.messages) == 1 and "127.0.0.1/… could not be told" in caplog.text
    assert "answers «410" in caplog.text
    assert "hidden" not in caplog.text and "/hook" not in caplog.text
    hook.script = lambda asked, sent: sent
    once(fails=True)
    assert (len(mail.messages), len(hook.asked)) == (1, 2)
    once(fails=True)
    assert (len(mail.messages), len(hook.asked)) == (1, 2)


def test_a_failure_that_nobody_heard_of_needs_no_recovery(once: Callable[..., Run], mail: MailServer) -> None:
    mail.refuses = True
    once()
    once(fails=True)
    mail.refuses = False
    once()
    assert mail.messages == []


@pytest.mark.parametrize("fault", ["refuses", "is_silent", "down"])
def test_a_mail_server_at_fault_costs_no_harvest(
    once: Callable[..., Run], mail: MailServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(notices, "_TIMEOUT", 0.3)
    if fault == "down":
        mail.shutdown()
        mail.server_close()
    else:
        setattr(mail, fault, True)
    done = once(fails=True)
    assert done.status == "failed" and "404" in str(done.error)
    assert once().status == "succeeded"


def test_a_redirect_of_a_webhook_is_not_followed(once: Callable[..., Run], hook: RestServer) -> None:
    hook.script = lambda asked, sent: sent_json({}, 302, {"Location": f"{hook.url}/elsewhere"})
    once(fails=True, notify=f"{hook.url}/hook")
    assert [asked.path for asked in hook.asked] == ["/hook"]


def test_nobody_is_told_where_nobody_wants_to_be(once: Callable[..., Run], mail: MailServer) -> None:
    once(fails=True, notify="no")
    assert mail.connections == 0


def test_a_run_that_was_stopped_is_no_news(
    once: Callable[..., Run], mail: MailServer, catalogue: Catalogue, settings: Settings
) -> None:
    once(fails=True)
    run = catalogue.sources.begin_run("test")
    done = catalogue.sources.finish_run(run, "interrupted", error="stopped")
    notices.tell(catalogue.database, settings, catalogue.sources.get("test"), done)
    assert len(mail.messages) == 1


def test_it_is_remembered_over_restarts(once: Callable[..., Run], catalogue: Catalogue) -> None:
    once(fails=True)
    number = catalogue.sources.runs("test")[0].source_number
    other = Notices(Catalogue(catalogue.settings).database)
    assert other.due(number, ("mailto:ops@example.org", "mailto:new@example.org"), "fails") == [
        "mailto:new@example.org"
    ]
    catalogue.sources.forget("test")
    assert len(other.due(number, ("mailto:ops@example.org",), "fails")) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"ALMAGEST_SMTP_URL": "http://mail.example.org"},
        {"ALMAGEST_SMTP_URL": "smtp://"},
        {"ALMAGEST_SMTP_URL": "smtp://mail:x"},
        {"ALMAGEST_SMTP_URL": "smtp://mail?tls=no"},
        {"ALMAGEST_NOTIFY": "ops@example.org"},
        {"ALMAGEST_NOTIFY": "mailto:ops"},
        {"ALMAGEST_NOTIFY": "mailto:a@example.org,b@example.org"},
        {"ALMAGEST_NOTIFY": "ftp://example.org"},
    ],
)
def test_wrong_settings_are_said(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(values))) as caught:
        load_settings(values)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("is_trusted", [True, False])
def test_starttls_and_only_to_a_server_that_proves_who_it_is(
    once: Callable[..., Run],
    mail: MailServer,
    catalogue: Catalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_trusted: bool,
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        lacking("openssl, which makes the certificate, is not installed")
    key, certificate, both = (tmp_path / name for name in ("key.pem", "cert.pem", "both.pem"))
    words = f"req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2 -subj /CN=localhost"
    command = [openssl, *words.split(), "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    both.write_text(key.read_text() + certificate.read_text())
    mail.certificate = both
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    address = f"smtp://me:sesame@{mail.address}?tls=starttls"
    monkeypatch.setattr(catalogue, "settings", replace(catalogue.settings, smtp_url=address))
    once(fails=True)
    if is_trusted:
        assert (mail.encrypted, len(mail.messages), mail.logins) == (1, 1, ["me\0sesame"])
    else:
        assert (mail.messages, mail.logins) == ([], [])
        assert "certificate" in caplog.text and "sesame" not in caplog.text
