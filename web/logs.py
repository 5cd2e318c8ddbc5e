"""Log lines: one an event, as text or JSON, on standard error, with source and run, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime

import orjson

_CREDENTIAL = re.compile(
    r"(?P<name>\b(?:authorization|token|secret|password|passwd|api[-_]?key|access[-_]?token)\b"
    r"[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic)\s+)?|\bbearer\s+)(?P<value>[^\s\"'&,;)]{6,})",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/\s@:]+:[^/\s@]+@", re.IGNORECASE)
_hidden: set[str] = set()
_OURS = ("source", "run")
_PAIR = re.compile(r"(\w+)=(\S+)")
_LEADING = re.compile(r"(?:(?:source|run)=\S+ )+")


def hide(*secrets: str | None) -> None:
    """From now on no log line shows these values."""
    _hidden.update(secret for secret in secrets if secret and len(secret) >= 4)


def redacted(text: str) -> str:
    """The text without credentials: those told to `hide`, and what looks like one."""
    for secret in _hidden:
        text = text.replace(secret, "…")
    text = _USERINFO.sub(r"\g<scheme>…@", text)
    return _CREDENTIAL.sub(lambda found: found["name"] + "…", text)


def _stamp(event: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(event.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parts(event: logging.LogRecord) -> tuple[str, dict[str, object]]:
    """The message, and source and run: given as ``extra`` or written before the message."""
    message = event.getMessage()
    pairs: dict[str, object] = {}
    if leading := _LEADING.match(message):
        pairs |= {name: int(value) if value.isdigit() else value for name, value in _PAIR.findall(leading[0])}
        message = message[leading.end() :]
    pairs |= {name: getattr(event, name) for name in _OURS if getattr(event, name, None) is not None}
    return message, pairs


class TextLines(logging.Formatter):
    """``2026-01-31T12:00:00.000Z INFO harvest finished source=zenodo run=7``."""

    def format(self, event: logging.LogRecord) -> str:
        """One line, whatever the message holds; a bug's trace follows on lines of its own."""
        message, attributes = _parts(event)
        message = message.replace("\r", " ").replace("\n", " ")
        pairs = "".join(f" {name}={value}" for name, value in attributes.items())
        line = f"{_stamp(event)} {event.levelname} {message}{pairs}"
        if event.exc_info:
            line += "\n" + self.formatException(event.exc_info)
        return redacted(line)


class JsonLines(logging.Formatter):
    """The same as one JSON object a line: time, level, logger, message, source, run, trace."""

    def format(self, event: logging.LogRecord) -> str:
        """One JSON object."""
        message, attributes = _parts(event)
        values: dict[str, object] = {
            "time": _stamp(event),
            "level": event.levelname.lower(),
            "logger": event.name,
            "message": redacted(message),
            **attributes,
        }
        if event.exc_info:
            values["trace"] = redacted(self.formatException(event.exc_info))
        return orjson.dumps(values, default=str).decode()


class _StandardError(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to what ``sys.stderr`` is at the moment: a progress bar may stand in between."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    @property
    def stream(self) -> object:
        """The present standard error."""
        return sys.stderr

    @stream.setter
    def stream(self, value: object) -> None:
        pass


def configure(form: str, level: int = logging.INFO) -> None:
    """Send all log lines of this process to standard error; ``form`` is «text» or «json»."""
    handler = _StandardError()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These tell of every request, job or attempt; our own lines say it once, with the source.
    for name in ("httpx", "httpcore", "elastic_transport", "elasticsearch", "apscheduler", "alembic"):
        logging.getLogger(name).setLevel(max(level, logging.ERROR))
