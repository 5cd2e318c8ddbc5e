"""Telling people that a source fails, and that it works again: once each, by e-mail or webhook.

A success after a success and a failure after a failure are no news.  What could not be delivered
is logged and tried again after the next run; a harvest never fails by it.  Settings: ``smtp_url``
(smtp://user:password@host:port?tls=starttls, or smtps://…) and ``notify``, those who are told of
every source that has no option ``notify`` of its own.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import orjson

from catalogue.database import Database
from catalogue.errors import AlmagestError, SettingsError, StoreError
from catalogue.notices import Condition, Notices
from catalogue.runs import Run
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.mail import mail_server
from harvesters.transport import Transport

log = logging.getLogger(__name__)

_TIMEOUT = 10.0
"""Seconds for each step of a delivery: the source stays locked meanwhile."""
_LONGEST_ERROR = 2000
Connect = Callable[..., Transport]


def tell(
    database: Database, settings: Settings, source: Source, run: Run, connect: Connect = Transport
) -> None:
    """Tell of a run that has ended, where it is news; whatever goes wrong is one line in the log.

    To be called while the source is locked.
    """
    recipients = settings.notify if source.notify is None else source.notify
    condition = _condition(run)
    if not recipients or condition is None:
        return
    notices = Notices(database)
    try:
        for recipient in notices.due(run.source_number, recipients, condition):
            if _delivered(settings, recipient, _told(settings, run, condition), connect, run):
                notices.note(run.source_number, recipient, condition)
    except StoreError as error:
        log.warning("source=%s run=%d nobody was told: %s", run.source, run.number, error)


def _condition(run: Run) -> Condition | None:
    """Whether the source works; a run that was stopped does not tell."""
    if run.status == "failed":
        return "fails"
    return "works" if run.status in {"succeeded", "partial"} else None


def _told(settings: Settings, run: Run, condition: Condition) -> dict[str, Any]:
    """What is said: no address and no option of the source, which may hold secrets."""
    return {
        "event": "harvest-failed" if condition == "fails" else "harvest-recovered",
        "source": run.source,
        "run": run.number,
        "status": run.status,
        "started": run.started,
        "finished": run.finished,
        "error": run.error[:_LONGEST_ERROR] if run.error else None,
        "fetched": run.fetched,
        "quarantined": run.quarantined,
        "excluded": run.excluded,
        "url": f"{settings.base_url}/sources/{run.source}",
        "service": settings.repository_name,
    }


def _delivered(
    settings: Settings, recipient: str, told: Mapping[str, Any], connect: Connect, run: Run
) -> bool:
    try:
        if recipient.startswith("mailto:"):
            _send_mail(settings, recipient.removeprefix("mailto:"), told)
        else:
            _post(settings, recipient, told, connect)
    except (AlmagestError, OSError, smtplib.SMTPException, ValueError) as error:
        whom = _named(recipient)
        why = (str(error) or type(error).__name__).replace(shown(recipient), whom)
        log.warning(
            "source=%s run=%d %s could not be told, which is tried again after the next run: %s",
            run.source,
            run.number,
            whom,
            " ".join(why.split())[:_LONGEST_ERROR],
        )
        return False
    log.info("source=%s run=%d a recipient was told: %s", run.source, run.number, told["event"])
    return True


def _named(recipient: str) -> str:
    """A recipient as the log may name it: the path of a webhook is often its only secret."""
    parts = urlsplit(recipient)
    return f"{parts.scheme}://{parts.hostname}/…" if parts.hostname else recipient


def _post(settings: Settings, url: str, told: Mapping[str, Any], connect: Connect) -> None:
    # The operator gave the address, so it may be private; the limits are those of a source.
    webhook = Source(name="webhook", kind="webhook", url=url, options={"timeout": f"{_TIMEOUT:g}"})
    with connect(webhook, settings) as transport:
        answer = transport.post(url, orjson.dumps(told), content_type="application/json", attempts=1)
    if not 200 <= answer.status < 300:
        raise SettingsError(
            f"{shown(url)} answers «{answer.status} {answer.reason}»; check the address of the webhook."
        )


def _send_mail(settings: Settings, address: str, told: Mapping[str, Any]) -> None:
    with mail_server(settings, _TIMEOUT) as server:
        server.send_message(_message(settings, address, told))


def _message(settings: Settings, address: str, told: Mapping[str, Any]) -> EmailMessage:
    source, service = told["source"], " ".join(str(told["service"]).split())
    is_failure = told["event"] == "harvest-failed"
    message = EmailMessage()
    message["From"] = settings.admin_email
    message["To"] = address
    message["Subject"] = f"{service}: {source} {'fails' if is_failure else 'works again'}"
    message["Auto-Submitted"] = "auto-generated"
    lines = [
        f"The harvest of {source} that began at {told['started']} {'failed' if is_failure else 'succeeded'}"
        + (", in parts." if told["status"] == "partial" else "."),
        told["error"] or "",
        f"{told['fetched']} records were fetched, {told['quarantined']} could not be read.",
        told["url"],
        "" if not is_failure else "You will be told when it works again, and not before.",
    ]
    message.set_content("\n\n".join(line for line in lines if line) + "\n")
    return message
