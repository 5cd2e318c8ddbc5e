"""A source: where records come from, and the options that every source knows."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalogue import rules
from catalogue.errors import SettingsError
from catalogue.product import CLAIMS, FIELDS

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
ENDINGS = (".ttl", ".nt", ".rdf", ".jsonld")
"""What a name does not end in: addresses of RDF do."""
_LONGEST_ADDRESS = 500
_YES = frozenset({"yes", "true", "1", "on"})
_NO = frozenset({"no", "false", "0", "off"})
_RECIPIENT = re.compile(r"mailto:[^\s@<>,;:?]+@[A-Za-z0-9.-]+|https?://[^\s/?#]+(?:[/?][^\s#]*)?")

OPTIONS: Mapping[str, str] = {
    "title": "name for people, shown beside the name",
    "grace": "days before absence becomes deletion (7; 0 at once)",
    "shrink": "largest share of the records that may vanish at once (0.2)",
    "delay": "seconds between two requests to the host (0)",
    "max-requests-per-minute": "upper limit of requests to the host (no limit)",
    "timeout": "seconds to wait for an answer (60)",
    "page-size": "records asked for at once, where the protocol lets one choose",
    "token": "credential sent as Bearer token",
    "token-env": "environment variable that holds the credential",
    "full-every": "days after which a harvest reads the full list again (30; 0 never)",
    "overlap": "seconds by which an incremental harvest reaches back (600)",
    "originals": "whether the stored originals may be passed on (yes)",
    "urls": "further addresses of the same kind, separated by spaces, where the kind takes several",
    "run-timeout": "seconds after which a run ends cleanly, for the next one to go on (no limit)",
    "record-timeout": "seconds that reading one record may take (30; 0 no limit)",
    "priority": "which source is believed first where several tell of the same: the higher number (0)",
    "field-priority": "the same for single fields, as in «creators=5 titles=0»",
    "claims": "which claims of this source that things are the same are believed: alternate (its alternate "
    "identifiers), identical (its relations IsIdenticalTo), or both (none)",
    "notify": "who is told of a failure and of the recovery: mailto:… and https://… addresses, "
    "separated by spaces, in place of those of the setting notify; no: nobody",
    "live": "whether it is asked while somebody searches: yes; no; or only, where it is never harvested "
    "as a whole and holds what operators pick from its answers (no)",
    "paused": "whether its schedule rests: it is harvested only when somebody asks for it by name (no)",
    **rules.OPTIONS,
}
SECRET_OPTIONS = frozenset({"token", "notify"})
"""Options that are shown to nobody."""
LIVE = ("no", "yes", "only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A registered source; its options are texts as the operator gave them."""

    name: str
    kind: str
    url: str
    prefix: str | None = None
    sets: tuple[str, ...] = ()
    schedule: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def grace(self) -> float:
        """Days before absence becomes deletion."""
        return self.number("grace", 7.0)

    @property
    def shrink(self) -> float:
        """Largest share of the records that may vanish at once, 0 to 1."""
        return self.number("shrink", 0.2)

    @property
    def delay(self) -> float:
        """Seconds between two requests."""
        return self.number("delay", 0.0)

    @property
    def requests_per_minute(self) -> float | None:
        """Upper limit of requests per minute, or none."""
        return self.number("max-requests-per-minute", 0.0) or None

    @property
    def timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self.number("timeout", 60.0)

    @property
    def page_size(self) -> int | None:
        """Records asked for at once, or what the protocol's own default is."""
        return int(self.number("page-size", 0)) or None

    @property
    def full_every(self) -> float:
        """Days after which the full list is read again; 0 means never."""
        return self.number("full-every", 30.0)

    @property
    def overlap(self) -> float:
        """Seconds by which an incremental harvest reaches back."""
        return self.number("overlap", 600.0)

    def next_since(self, started: str) -> str:
        """Where the next harvest begins after one that began then (UTC, ISO 8601): by the overlap earlier."""
        overlap = timedelta(seconds=min(self.overlap, 1e9))
        moment = datetime.fromisoformat(started).replace(tzinfo=None) - overlap
        return moment.isoformat(timespec="seconds") + "Z"

    @property
    def originals(self) -> bool:
        """Whether the stored originals may be passed on."""
        return self.options.get("originals", "yes").lower() in _YES

    @property
    def is_paused(self) -> bool:
        """Whether it is harvested only when somebody asks for it by name."""
        return self.is_on("paused")

    @property
    def plan(self) -> str | None:
        """The schedule in force: none while the source is paused."""
        return None if self.is_paused else self.schedule

    @property
    def urls(self) -> tuple[str, ...]:
        """All addresses that the operator has given: the source's own, then those of option urls."""
        return (self.url, *self.options.get("urls", "").split())

    @property
    def run_timeout(self) -> float | None:
        """Seconds after which a run ends cleanly, or none."""
        return self.number("run-timeout", 0.0) or None

    @property
    def record_timeout(self) -> float | None:
        """Seconds that the crosswalk of one record may take, or none."""
        return self.number("record-timeout", 30.0) or None

    @property
    def priority(self) -> float:
        """Which source is believed first where several tell of the same: the higher number."""
        return self.number("priority", 0.0)

    @property
    def field_priorities(self) -> dict[str, float]:
        """Field of the model → its own priority; raises `SettingsError` for what is none."""
        return dict(map(self._field_priority, self.options.get("field-priority", "").split()))

    def _field_priority(self, text: str) -> tuple[str, float]:
        name, _, number = text.partition("=")
        if name not in FIELDS:
            raise SettingsError(
                f"Option field-priority of source {self.name} names «{name}», which is no field; "
                f"fields are {', '.join(FIELDS)}."
            )
        try:
            return name, float(number)
        except ValueError:
            raise SettingsError(
                f"Option field-priority of source {self.name} must be like creators=5, not «{text}»."
            ) from None

    @property
    def claims(self) -> frozenset[str]:
        """The claims of identity that are believed; raises `SettingsError` for others."""
        named = frozenset(self.options.get("claims", "").replace(",", " ").split())
        if unknown := sorted(named - CLAIMS):
            raise SettingsError(
                f"Option claims of source {self.name} knows alternate and identical, not «{unknown[0]}»."
            )
        return named

    @property
    def live(self) -> str:
        """Whether searches are passed on to it, one of `LIVE`; raises `SettingsError` for what is none."""
        text = self.options.get("live", "no").strip().casefold()
        text = "yes" if text in _YES else "no" if text in _NO else text
        if text not in LIVE:
            raise SettingsError(f"Option live of source {self.name} is yes, no or only, not «{text[:40]}».")
        return text

    @property
    def notify(self) -> tuple[str, ...] | None:
        """Who is told of failures and recoveries; ``None``: those whom the settings name."""
        text = self.options.get("notify")
        return None if text is None else recipients(text)

    @property
    def token(self) -> str | None:
        """The credential, from the options or from the environment variable they name."""
        variable = self.options.get("token-env")
        if variable is not None:
            return os.environ.get(variable) or None
        return self.options.get("token") or None

    def check_credential(self) -> None:
        """Raises `SettingsError` where the credential is to be in the environment and is not.

        Harvested without it, what only the credential shows would look as if it had vanished.
        """
        variable = self.options.get("token-env")
        if variable is not None and not self.token:
            raise SettingsError(
                f"Source {self.name} has the option token-env={variable}, but {variable} is not set in the "
                "environment; set it to the credential, or take the option away."
            )

    def is_on(self, name: str, *, default: bool = False) -> bool:
        """Whether an option of yes or no says yes; one that says neither stands for ``default``."""
        text = self.options.get(name, "").strip().casefold()
        return text in _YES or (default and text not in _NO)

    def number(self, name: str, default: float) -> float:
        """A numeric option; raises `SettingsError` for what is no number."""
        text = self.options.get(name)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            raise SettingsError(
                f"Option {name} of source {self.name} must be a number from 0 up, not «{text}»."
            )
        return value


def check_source(source: Source) -> None:
    """Raises `SettingsError` with one sentence for the first thing that is wrong."""
    if not NAME.fullmatch(source.name):
        raise SettingsError(
            f"«{source.name}» cannot be a source's name: "
            "use up to 63 lower-case letters, digits, «.», «_» and «-»."
        )
    if source.name.endswith(ENDINGS):
        raise SettingsError(
            f"«{source.name}» cannot be a source's name: its page with the ending of a format "
            f"({', '.join(ENDINGS)}) is that format."
        )
    for name in (
        "grace",
        "shrink",
        "delay",
        "max-requests-per-minute",
        "timeout",
        "page-size",
        "full-every",
        "overlap",
        "run-timeout",
        "record-timeout",
        "priority",
    ):
        source.number(name, 0.0)
    if source.shrink > 1:
        raise SettingsError(
            f"Option shrink of source {source.name} is a share between 0 and 1, not {source.shrink:g}."
        )
    rules.Rules(source.name, source.options)
    rules.check_types(source.name, source.options)
    assert source.field_priorities is not None and source.claims is not None and source.live
    if source.notify is not None:
        check_recipients(source.notify, f"Option notify of source {source.name}")


def recipients(text: str) -> tuple[str, ...]:
    """The addresses in a text; none for «no»."""
    return () if text.strip().lower() == "no" else tuple(dict.fromkeys(text.split()))


def check_recipients(addresses: tuple[str, ...], whose: str) -> None:
    """Raises `SettingsError` for what is neither an e-mail address nor that of a webhook."""
    for address in addresses:
        if len(address) > _LONGEST_ADDRESS or not _RECIPIENT.fullmatch(address):
            raise SettingsError(
                f"{whose}: «{address[:80]}» is no address to tell; give mailto:NAME@HOST or https://…"
            )
