"""Digests by e-mail, through a real SMTP server: asked for, confirmed, sent once, ended."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask.testing import FlaskClient

from catalogue import subscriptions
from catalogue.errors import StoreUnavailable
from catalogue.moc import region_of
from catalogue.moc import text_of as moc_text_of
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.subscriptions import TRIES, Subscription, Subscriptions
from tests.web.command_line import Home
from tests.web.observatory import harvest, record
from web import digests
from web.app import create_app
from web.digest_links import token_of
from web.digests import send_due
from web.kept_regions import name_of
from web.scheduler import Scheduler

HOSTILE = "Dark <script>alert(1)</script>\r\nBcc: victim@example.org\u202e matter"
OURS = {"Origin": "https://physics.example.org", "Sec-Fetch-Site": "same-origin"}
READER = "reader@example.org"


class Box:
    """What the mail server has been given; ``refuses`` is its answer to each message, if not yes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuses: str | None = None
        self.refuses_recipients: str | None = None
        self.breaks_off = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses_recipients:
            return self.refuses_recipients
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuses:
            return self.refuses
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        if self.breaks_off:
            assert server.transport is not None
            server.transport.close()
        return "250 kept"


class _Anywhere(Controller):
    """The server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(box: Box) -> Iterator[int]:
    controller = _Anywhere(box, hostname="127.0.0.1", port=0, ready_timeout=20)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def smtp(box: Box) -> Iterator[int]:
    with smtp_server(box) as port:
        yield port


def opened(home: Path, smtp: int, **more: str) -> Catalogue:
    return Catalogue(
        load_settings(
            {
                "ALMAGEST_HOME": str(home),
                "ALMAGEST_BASE_URL": "https://physics.example.org",
                "ALMAGEST_REPOSITORY_NAME": "Physics",
                "ALMAGEST_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
                "ALMAGEST_MAIL_FROM": "digest@physics.example.org",
                **more,
            }
        )
    )


@pytest.fixture
def catalogue(tmp_path: Path, smtp: int) -> Iterator[Catalogue]:
    made = opened(tmp_path, smtp)
    harvest(made, "observatory", [record("a", "Dark matter survey"), record("b", "Neutrinos")])
    yield made
    made.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link_in(mail: EmailMessage, purpose: str) -> str:
    found = re.search(rf"https://physics\.example\.org(/digests/{purpose}\?token=\S+)", text_of(mail))
    assert found is not None
    return found[1]


def ask(client: FlaskClient, search: str = "q=dark", address: str = READER, every: str = "daily") -> Any:
    form = {"search": search, "address": address, "every": every}
    return client.post("/digests/new", data=form, headers=OURS)


@pytest.fixture
def reader(client: FlaskClient, box: Box) -> str:
    """Somebody who has confirmed; the mail box is empty again.  The key of the subscription."""
    ask(client)
    assert client.post(link_in(box.mails.pop(), "confirm")).status_code == 200
    return "reader"


def only(catalogue: Catalogue) -> Subscription:
    (one,) = Subscriptions(catalogue.database).all()
    return one


LATER = "2999-01-01T00:00:00Z"


def changed(catalogue: Catalogue, *records: Any) -> None:
    harvest(catalogue, "observatory", list(records))


def test_nothing_is_sent_before_the_owner_of_the_address_has_confirmed(
    client: FlaskClient, catalogue: Catalogue, box: Box
) -> None:
    page = client.get("/digests/new?q=dark&sort=newest")
    assert 'name="search" value="q=dark"' in page.text and "deleted after 48 hours" in page.text
    assert "Look into your mail" in ask(client).text
    (mail,) = box.mails
    assert (mail["To"], mail["From"], box.recipients) == (READER, "digest@physics.example.org", [READER])
    assert "dark" in text_of(mail)
    changed(catalogue, record("a", "Dark matter survey, second release"), record("b", "Neutrinos"))
    assert send_due(catalogue, moment=LATER).sent == 0
    link = link_in(mail, "confirm")
    assert "Begin with this digest?" in client.get(link).text
    assert only(catalogue).confirmed is None, "a link that a mail program opens confirms nothing"
    assert "The digest begins" in client.post(link).text
    assert only(catalogue).confirmed is not None
    assert send_due(catalogue).sent == 0, "not due yet"
    assert send_due(catalogue, moment=LATER).nothing == 1, "what changed before is no news"


def test_a_search_by_a_long_region_is_sent_too(client: FlaskClient, catalogue: Catalogue, box: Box) -> None:
    moc = "10/" + ",".join(map(str, range(0, 1200, 2)))
    for search in (f"moc={moc}", "region=" + name_of(moc_text_of(region_of(moc)))):
        assert "Look into your mail" in ask(client, search).text
    assert only(catalogue).search.startswith("region=")
    client.post(link_in(box.mails.pop(), "confirm"))
    assert send_due(catalogue, moment=LATER).nothing == 1


def test_a_fault_of_ours_does_not_end_the_digests(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, tries = threading.Event(), []

    def faulty(*_: Any, **__: Any) -> None:
        tries.append(1)
        if len(tries) == 3:
            stop.set()
        raise RuntimeError("a bug")

    monkeypatch.setattr(digests, "send_due", faulty)
    digests.send_until(catalogue, stop, pause=0)
    assert len(tries) == 3 and [one.message for one in caplog.records] == ["digests cannot be sent"]


def test_a_digest_tells_what_changed_since_the_last_one_and_only_once(
    client: FlaskClient, catalogue: Catalogue, box: Box, reader: str
) -> None:
    changed(catalogue, record("a", "Dark matter survey"), record("b", "Neutrinos"), record("c", HOSTILE))
    assert send_due(catalogue).sent == 0
    assert send_due(catalogue, moment=LATER).sent == 1
    (mail,) = box.mails
    assert mail["Subject"] == "Physics: 1 record changed in dark"
    assert mail["Bcc"] is None and set(box.recipients) == {READER}
    plain, page = text_of(mail), text_of(mail, "html")
    assert "Dark <script>alert(1)</script> Bcc: victim@example.org matter" in plain
    assert "&lt;script&gt;" in page and "<script" not in page and "\u202e" not in plain + page
    assert "https://physics.example.org/records/" in plain and "Neutrinos" not in plain
    assert send_due(catalogue, moment=LATER).nothing == 1 and len(box.mails) == 1
    changed(
        catalogue,
        record("a", "Dark matter survey, third release"),
        record("b", "Neutrinos"),
        record("c", HOSTILE),
    )
    send_due(catalogue, moment=LATER)
    assert "third release" in text_of(box.mails[1]) and "script" not in text_of(box.mails[1])
    assert box.mails[0]["Message-ID"] != box.mails[1]["Message-ID"]


def test_a_mail_program_ends_it_by_itself(
    client: FlaskClient, catalogue: Catalogue, box: Box, reader: str
) -> None:
    changed(catalogue, record("a", "Dark matter, new"), record("b", "Neutrinos"))
    send_due(catalogue, moment=LATER)
    (mail,) = box.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>").removeprefix("https://physics.example.org")
    assert "End this digest?" in client.get(link).text and only(catalogue)
    forged = re.sub(r"token=.", "token=~", link)
    assert client.post(forged, data={"List-Unsubscribe": "One-Click"}).status_code == 404
    confirming = token_of(catalogue, "confirm", only(catalogue).key)
    assert client.post(f"/digests/unsubscribe?token={confirming}").status_code == 404
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Subscriptions(catalogue.database).all()) == []
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "ended already" in client.get(link).text


def test_many_changes_make_a_mail_of_bounded_length(catalogue: Catalogue, box: Box, reader: str) -> None:
    many = [record(f"n{number}", f"Dark object {number} " + "x" * 1000) for number in range(130)]
    changed(catalogue, *many)
    send_due(catalogue, moment=LATER)
    (mail,) = box.mails
    assert mail["Subject"].startswith("Physics: 130 records changed")
    assert "And 100 more; all of them: https://physics.example.org/?q=dark&sort=changed" in text_of(mail)
    assert text_of(mail).count("/records/") == 30 and len(mail.as_bytes()) < 60_000


def test_a_mail_that_is_refused_is_tried_again_and_then_reported(
    catalogue: Catalogue, box: Box, reader: str, caplog: pytest.LogCaptureFixture
) -> None:
    changed(catalogue, record("a", "Dark matter, new"), record("b", "Neutrinos"))
    box.refuses_recipients = f"550 <{READER}> unknown"
    outcomes = [send_due(catalogue, moment=LATER) for _ in range(TRIES)]
    assert [one.failed for one in outcomes] == [1] * (TRIES - 1) + [0]
    assert outcomes[-1].reported == 1
    assert "could not be sent and waits" in caplog.text and READER not in caplog.text
    assert "550" in str(only(catalogue).fault) and only(catalogue).sending is None
    box.refuses_recipients = None
    assert send_due(catalogue, moment=LATER).sent == 1, "nothing is lost"
    assert "Dark matter, new" in text_of(box.mails[0]) and only(catalogue).fault is None
    box.refuses = "451 later"
    changed(catalogue, record("a", "Dark matter, newer"), record("b", "Neutrinos"))
    assert send_due(catalogue, moment=LATER).failed == 1
    assert send_due(catalogue).sent == send_due(catalogue).failed == 0, "not before its time"


def test_a_mail_server_that_is_down_costs_nothing(tmp_path: Path, catalogue: Catalogue, reader: str) -> None:
    changed(catalogue, record("a", "Dark matter, new"), record("b", "Neutrinos"))
    down = opened(tmp_path, 9)
    try:
        assert send_due(down, moment=LATER).failed == 1
        answer = (
            create_app(down)
            .test_client()
            .post("/api/v1/digests", json={"address": "a@example.org", "search": "q=dark"})
        )
        assert answer.status_code == 503 and "try again later" in answer.json["detail"]
        assert len(list(Subscriptions(down.database).all())) == 1
    finally:
        down.close()


def test_what_may_have_arrived_is_not_sent_twice(catalogue: Catalogue, box: Box, reader: str) -> None:
    changed(catalogue, record("a", "Dark matter, new"), record("b", "Neutrinos"))
    box.breaks_off = True
    assert send_due(catalogue, moment=LATER).sent == 1
    assert "may" in str(only(catalogue).fault) or "lost" in str(only(catalogue).fault)
    box.breaks_off = False
    assert send_due(catalogue, moment=LATER).nothing == 1 and len(box.mails) == 1
    changed(catalogue, record("a", "Dark matter, newer"), record("b", "Neutrinos"))
    send_due(catalogue, moment=LATER)
    assert "may not have reached you" in text_of(box.mails[1])


def test_a_process_that_dies_while_it_sends_sends_nothing_twice(
    catalogue: Catalogue, box: Box, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(catalogue, record("a", "Dark matter, new"), record("b", "Neutrinos"))
    real = digests.deliver

    def dies(*arguments: Any) -> None:
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(digests, "deliver", dies)
    with pytest.raises(KeyboardInterrupt):
        send_due(catalogue, moment=LATER)
    monkeypatch.setattr(digests, "deliver", real)
    assert len(box.mails) == 1 and only(catalogue).sending is not None
    assert send_due(catalogue).sent == 0
    changed(catalogue, record("a", "Dark matter, newer"), record("b", "Neutrinos"))
    assert send_due(catalogue, moment=LATER).sent == 1
    assert "may not have reached you" in text_of(box.mails[1]) and "newer" in text_of(box.mails[1])


def test_of_two_senders_one_sends(catalogue: Catalogue, reader: str) -> None:
    changed(catalogue, record("a", "Dark matter, new"), record("b", "Neutrinos"))
    one = only(catalogue)
    known = Subscriptions(catalogue.database)
    assert known.claim(one, 99) and not known.claim(one, 99)


def test_what_is_asked_is_checked(client: FlaskClient, box: Box) -> None:
    for address in (
        "nobody",
        "a@b c",
        "a@b\r\nBcc: x@y",
        "a,b@example.org",
        "<a@example.org>",
        "ä@example.org",
    ):
        answer = ask(client, address=address)
        assert answer.status_code == 400 and "No mail was sent" in answer.text, address
    assert ask(client, search="q=a*").status_code == 400
    assert ask(client, search="nosuch=1").status_code == 400
    assert ask(client, every="hourly").status_code == 400
    foreign = client.post("/digests/new", data={"search": "", "address": READER, "every": "daily"})
    assert foreign.status_code == 403
    rest = client.post("/api/v1/digests", json={"address": READER, "every": "hourly"})
    assert rest.status_code == 400
    assert box.mails == []


def test_visitors_do_not_learn_where_the_database_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("The database postgresql://inner/x does not answer.")

    monkeypatch.setattr("web.pages_digests.ask_for", away)
    answer = ask(client)
    assert answer.status_code == 503 and "The database does not answer just now" in answer.text
    assert "inner" not in answer.text


def test_who_asks_learns_nothing_of_others_and_cannot_flood_them(
    client: FlaskClient, box: Box, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = client.post("/api/v1/digests", json={"address": READER, "search": "q=dark", "every": "daily"})
    other = client.post("/api/v1/digests", json={"address": "new@example.org", "search": "q=dark"})
    assert (again.status_code, again.json) == (other.status_code, other.json) and again.status_code == 202
    assert box.recipients[1:] == ["new@example.org"]
    monkeypatch.setitem(digests.LIMITS, "client", 100)
    codes = [ask(client, f"q=x{number}").status_code for number in range(4)]
    assert codes[-1] == 429 and len(box.mails) <= 4


def test_a_link_that_is_too_old_and_what_was_never_confirmed(
    client: FlaskClient, catalogue: Catalogue, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client)
    link = link_in(box.mails[0], "confirm")
    present = time.time
    monkeypatch.setattr("web.digest_links.time.time", lambda: present() + 3 * 86400)
    late = client.post(link)
    assert late.status_code == 404 and "too old" in late.text
    monkeypatch.undo()
    assert len(list(Subscriptions(catalogue.database).all())) == 1
    monkeypatch.setattr(subscriptions, "UNCONFIRMED", timedelta(seconds=-1))
    assert send_due(catalogue).forgotten == 1
    assert list(Subscriptions(catalogue.database).all()) == []
    assert client.post(link).status_code == 404


def test_it_is_off_by_default_and_says_so(tmp_path: Path) -> None:
    made = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_SMTP_URL": "smtp://127.0.0.1"}))
    try:
        client = create_app(made).test_client()
        answer = client.post("/api/v1/digests", json={"address": READER})
        assert answer.status_code == 404 and "ALMAGEST_MAIL_FROM" in answer.json["detail"]
        assert client.get("/digests/new?q=x").status_code == 404
        assert "/digests/new" not in client.get("/?q=x").text
    finally:
        made.close()


@pytest.mark.services
def test_on_postgresql(tmp_path: Path, smtp: int, box: Box, postgres_url: str) -> None:
    made = opened(tmp_path, smtp, ALMAGEST_DATABASE_URL=postgres_url)
    try:
        harvest(made, "observatory", [record("a", "Dark matter survey")])
        client = create_app(made).test_client()
        ask(client)
        assert client.post(link_in(box.mails.pop(), "confirm")).status_code == 200
        changed(made, record("a", "Dark matter, new"))
        assert send_due(made, moment=LATER).sent == 1 and "Dark matter, new" in text_of(box.mails[0])
        assert Subscriptions(made.database).remove_address(READER.upper()) == 1
    finally:
        made.close()


def test_the_scheduler_sends_and_the_operator_lists_and_ends(
    tmp_path: Path, catalogue: Catalogue, box: Box, smtp: int, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(catalogue, record("a", "Dark matter, new"), record("b", "Neutrinos"))
    monkeypatch.setattr(Subscriptions, "due", lambda self, moment=None: self._walk(LATER))
    stop = threading.Event()
    thread = threading.Thread(target=Scheduler(catalogue, look_every=0.1).run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 60
    while not box.mails and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join(60)
    assert len(box.mails) == 1
    monkeypatch.undo()
    environment = {
        "ALMAGEST_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "ALMAGEST_MAIL_FROM": "digest@physics.example.org",
    }
    home = Home(tmp_path, environment)
    (one,) = home.json("digest", "list")
    assert (one["address"], one["search"], "key" in one) == (READER, "q=dark", False)
    assert "daily" in home("digest", "list").output
    assert home.json("digest", "send")[0]["sent"] == 0
    ended = home("digest", "remove", READER)
    assert (ended.exit_code, "1 digest has ended" in ended.output) == (0, True)
    assert home("digest", "remove", READER).exit_code == 2
    assert list(Subscriptions(catalogue.database).all()) == []
