"""What operators do with sources, the same on the pages, over REST and on the command line.

Each step is put down in the audit log with who did it.  Raises `SettingsError` with one sentence that says
what to do, `NotFound`, `Conflict`, `SourceBusy` and `StoreError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogue import rules
from catalogue.asked_harvests import AskedHarvests
from catalogue.audit import Audit
from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.said import said
from catalogue.sources import OPTIONS, Source
from harvesters.base import harvester_kinds
from harvesters.groups import NAME as GROUPS
from web.queue_state import stop_source
from web.registration import FILE, checked, notice_fault

_ADDRESS = ("http://", "https://")
_WITHDRAWN_AT_ONCE = 500


def add_source(catalogue: Catalogue, source: Source, *, by: str) -> Source:
    """Register a source; nothing is fetched yet."""
    source = checked(source)
    catalogue.sources.add(source, by=by)
    return source


def check_remote(source: Source) -> None:
    """Raises `SettingsError` for a folder of this machine, which nobody may name over HTTP."""
    kind = harvester_kinds().get(source.kind)
    if kind is not None and kind.local and not all(url.startswith(_ADDRESS) for url in source.urls):
        raise SettingsError(
            f"A source of kind {source.kind} that is no http(s) address is registered on the command "
            "line: almagest source add."
        )


def change_source(catalogue: Catalogue, after: Source, *, by: str) -> list[str]:
    """Give a registered source other values; sentences that say what follows from that."""
    check_changeable(catalogue, after.name)
    after = checked(after)
    with catalogue.database.source_lock(after.name):
        before = catalogue.sources.get(after.name)
        catalogue.sources.change(after, by=by)
    return _consequences(catalogue, before, after)


def check_changeable(catalogue: Catalogue, name: str) -> None:
    """Raises `SettingsError` for a source that is changed elsewhere."""
    if is_configured(catalogue, name):
        raise SettingsError(f"Source {name} stands in {FILE}; change it there.")
    if name == GROUPS:
        raise SettingsError(f"The source «{name}» holds the object groups; it is changed by changing groups.")


def is_configured(catalogue: Catalogue, name: str) -> bool:
    """Whether a source stands in almagest.toml."""
    found = catalogue.settings.file.get("source", [])
    stand = found if isinstance(found, list) else []
    return any(isinstance(one, Mapping) and one.get("name") == name for one in stand)


def pause_source(catalogue: Catalogue, name: str, *, is_paused: bool, by: str) -> None:
    """Let the schedule of a source rest, or go on."""
    before = catalogue.sources.get(name)
    options = {key: value for key, value in before.options.items() if key != "paused"}
    change_source(
        catalogue, replace(before, options={**options, **({"paused": "yes"} if is_paused else {})}), by=by
    )


def remove_source(catalogue: Catalogue, name: str, *, by: str) -> int:
    """Withdraw the records of a source and take it out of the registry; how many were withdrawn."""
    with catalogue.database.source_lock(name):
        ids = catalogue.store.live_ids(name)
        withdrawn = 0
        for start in range(0, len(ids), _WITHDRAWN_AT_ONCE):
            withdrawn += catalogue.store.withdraw(name, ids[start : start + _WITHDRAWN_AT_ONCE])
        catalogue.sources.forget(name, by=by)
    return withdrawn


def start_harvest(catalogue: Catalogue, name: str, *, full: bool = False, by: str) -> str:
    """Let the workers, or the scheduler of one machine, harvest a source; what will happen, in a sentence."""
    source = catalogue.sources.get(name)
    if source.name == GROUPS or source.live == "only":
        raise SettingsError(
            said("Source %(name)s is never harvested; its records are put into it one by one.", name=name)
        )
    if catalogue.database.is_sqlite:
        is_new = AskedHarvests(catalogue.database).ask(name, full=full)
    else:
        from web.queue import shared_queue

        is_new = shared_queue(catalogue).put_harvest(source, full=full) is not None
    if not is_new:
        return said("%(name)s waits or is being harvested already.", name=name)
    detail = {"full": True} if full else None
    Audit(catalogue.database).note(
        by=by, subject="source", name=name, action="harvest asked for", detail=detail
    )
    return said("The harvest of %(name)s begins as soon as a worker is free.", name=name)


def stop_harvest(catalogue: Catalogue, name: str, *, by: str) -> str:
    """End the harvest of a source after the page in work, and take it out of the queue; what was done."""
    told = stop_source(catalogue, catalogue.sources.get(name))
    Audit(catalogue.database).note(by=by, subject="source", name=name, action="harvest stopped")
    return told


def _consequences(catalogue: Catalogue, before: Source, after: Source) -> list[str]:
    stored = catalogue.sources.state(after.name)
    told = []
    if fault := notice_fault(after, catalogue.settings):
        told.append(fault)
    if stored.records and _asked(before) != _asked(after):
        told.append(
            f"Its next harvest reads the full list: of the {stored.records} records those that are not in it "
            f"are withdrawn after {after.grace:g} days of grace; if that were more than the share of "
            f"{after.shrink:g}, the harvest fails and keeps them."
        )
    if _identity(before) != _identity(after) and stored.records:
        told.append(f"What is joined and who is believed follows after: almagest remap {after.name}")
    elif _rules(before) != _rules(after) and (stored.records or stored.excluded or stored.quarantined):
        told.append(f"The records that are stored follow its new rules after: almagest remap {after.name}")
    return told


def options_of(kind: str) -> dict[str, str]:
    """The options that a source of a kind can have, with their meanings."""
    made = harvester_kinds().get(kind)
    return {**OPTIONS, **(made.options if made is not None else {})}


def _asked(source: Source) -> tuple[object, ...]:
    return source.kind, source.urls, source.prefix, source.sets


def _identity(source: Source) -> dict[str, str]:
    """The options that say what is one thing, and who is believed of it."""
    named = ("priority", "field-priority", "claims")
    return {name: source.options[name] for name in named if name in source.options}


def _rules(source: Source) -> dict[str, str]:
    return {name: value for name, value in source.options.items() if name in rules.OPTIONS}
