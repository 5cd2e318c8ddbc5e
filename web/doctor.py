"""The checks of `almagest doctor`: what is found, whether it is well, and what to do when it is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from catalogue.errors import AlmagestError, GraphCorrupt, IndexCorrupt
from catalogue.graph import Asked
from catalogue.opening import Catalogue
from catalogue.runs import SourceState
from catalogue.said import Figures, said
from catalogue.settings import Settings, unknown_variables
from web.outages import whole_words_of
from web.queue_state import queue_state
from web.registration import checked, notice_fault, register_configured
from web.targets.base import configured

LITTLE_SPACE = 1_000_000_000
"""Bytes of free space below which a harvest may soon fail."""
_MUCH_BEHIND = 10_000
_OLD_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: what was found, and the remedy where it is not well."""

    check: str
    ok: bool
    found: str
    remedy: str | None = None


def examine(settings: Settings, *, online: bool = False) -> Iterator[Finding]:
    """All checks, one after the other; a check that cannot run because of an earlier one is left out."""
    yield from _settings(settings)
    yield free_space(settings.home)
    try:
        catalogue = Catalogue(settings)
    except AlmagestError as error:
        yield Finding(check="database", ok=False, found=public_url(settings.database_url), remedy=str(error))
        return
    try:
        yield _database(catalogue)
        yield index_state(catalogue)
        yield graph_state(catalogue)
        yield from _queue(catalogue)
        yield from _sources(catalogue, online=online)
        yield from _targets(catalogue)
        yield from _variables(catalogue)
    finally:
        catalogue.close()


def public_url(url: str) -> str:
    """An address without its password."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":…@")


def _settings(settings: Settings) -> Iterator[Finding]:
    file = settings.home / "almagest.toml"
    where = f"{settings.home}, {'with' if file.exists() else 'without'} almagest.toml"
    yield Finding(check="settings", ok=True, found=where)
    host = urlsplit(settings.base_url).hostname or ""
    if host not in {"localhost", "127.0.0.1", "::1"}:
        if settings.admin_email.endswith("@example.org"):
            yield Finding(
                check="settings",
                ok=False,
                found=f"The service is public and its admin_email is {settings.admin_email}.",
                remedy="Set ALMAGEST_ADMIN_EMAIL to an address that someone reads.",
            )
        if settings.base_url.startswith("http:"):
            yield Finding(
                check="settings",
                ok=False,
                found=f"The base URL {settings.base_url} is public and not https.",
                remedy="Put a proxy with a certificate before it and let ALMAGEST_BASE_URL begin with https.",
            )


def free_space(home: Path) -> Finding:
    """Whether there is room where the data are kept."""
    existing = home
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    text = said(
        "%(free)s GB are free in %(folder)s", free=Figures(f"{free / 1e9:,.1f}"), folder=str(existing)
    )
    if not os.access(existing, os.W_OK):
        return Finding(
            check="disk",
            ok=False,
            found=said("%(folder)s cannot be written.", folder=str(existing)),
            remedy=said("Give this user the right to write there, or set ALMAGEST_HOME to another folder."),
        )
    if free < LITTLE_SPACE:
        remedy = said("Free some space, or move ALMAGEST_HOME to a larger disk.")
        return Finding(check="disk", ok=False, found=text, remedy=remedy)
    return Finding(check="disk", ok=True, found=text)


def _database(catalogue: Catalogue) -> Finding:
    where = public_url(catalogue.settings.database_url)
    try:
        damage = catalogue.database.damage()
        catalogue.database.check_writable()
        newest = catalogue.store.last_sequence()
    except AlmagestError as error:
        return Finding(check="database", ok=False, found=where, remedy=str(error))
    if damage is not None:
        return Finding(
            check="database",
            ok=False,
            found=f"{where} is damaged: {damage}",
            remedy="Restore the newest backup, then harvest again: what came since is fetched anew.",
        )
    version = catalogue.database.version()
    return Finding(check="database", ok=True, found=f"{where}, tables of version {version}, change {newest}")


def index_state(catalogue: Catalogue) -> Finding:
    """Whether the search index answers and how far it has followed."""
    where = public_url(catalogue.settings.index_url)
    newest = catalogue.store.last_sequence()
    try:
        position = catalogue.index.position()
    except IndexCorrupt as error:
        found = said("%(where)s: %(error)s", where=where, error=whole_words_of(error))
        return Finding(check="index", ok=False, found=found, remedy=said("Run: almagest index rebuild"))
    except AlmagestError as error:
        return Finding(check="index", ok=False, found=where, remedy=str(error))
    behind = newest - position
    if behind < 0:
        return Finding(
            check="index",
            ok=False,
            found=said(
                "%(where)s is at change %(position)s, but the database only at %(newest)s.",
                where=where,
                position=str(position),
                newest=str(newest),
            ),
            remedy=said("The index belongs to another database; run: almagest index rebuild"),
        )
    if behind > _MUCH_BEHIND or (newest and not position):
        return Finding(
            check="index",
            ok=False,
            found=said("%(where)s is %(behind)s changes behind the database.", where=where, behind=behind),
            remedy=said("Run: almagest index sync (or start the worker: almagest work)"),
        )
    found = said("%(where)s, %(behind)s changes behind", where=where, behind=behind)
    return Finding(check="index", ok=True, found=found)


def graph_state(catalogue: Catalogue) -> Finding:
    """Whether the RDF graph answers and how far it has followed; one that nobody has built yet may wait."""
    if not catalogue.settings.has_graph:
        return Finding(check="graph", ok=True, found="off (ALMAGEST_GRAPH_URL is none)")
    where = public_url(catalogue.settings.graph_url)
    newest = catalogue.store.last_sequence()
    try:
        position = catalogue.graph.position()
        if catalogue.graph.edition():
            asked = Asked(text="ASK { ?s ?p ?o }", media_type="application/sparql-results+json")
            b"".join(catalogue.graph.query(asked))
    except GraphCorrupt as error:
        return Finding(
            check="graph", ok=False, found=f"{where}: {error}", remedy="Run: almagest graph rebuild"
        )
    except AlmagestError as error:
        return Finding(check="graph", ok=False, found=where, remedy=str(error))
    behind = newest - position
    if behind < 0:
        found = f"{where} is at change {position}, but the database only at {newest}."
        remedy = "The graph belongs to another database; run: almagest graph rebuild"
        return Finding(check="graph", ok=False, found=found, remedy=remedy)
    if behind > _MUCH_BEHIND:
        remedy = "Run: almagest graph sync (or start the worker: almagest work)"
        found = f"{where} is {behind} changes behind the database."
        return Finding(check="graph", ok=False, found=found, remedy=remedy)
    return Finding(check="graph", ok=True, found=f"{where}, {behind} changes behind")


def _queue(catalogue: Catalogue) -> Iterator[Finding]:
    """Workers and queue; where nothing is scheduled and nothing waits nobody has to work."""
    try:
        state = queue_state(catalogue)
    except AlmagestError as error:
        yield Finding(check="queue", ok=False, found="The queue cannot be read.", remedy=str(error))
        return
    alive = [worker for worker in state.workers if worker.alive]
    beats = [
        f"{one.name} (last sign of life {one.heartbeat})" if one.heartbeat else one.name for one in alive
    ]
    if alive:
        yield Finding(check="workers", ok=True, found=f"{len(alive)} at work: {', '.join(beats)}")
    elif state.waiting and not catalogue.database.is_sqlite:
        remedy = "Start one with: almagest work (or almagest serve)"
        yield Finding(check="workers", ok=False, found="No worker is alive, and jobs wait.", remedy=remedy)
    else:
        yield Finding(check="workers", ok=True, found="none is alive; schedules need: almagest work")
    found = f"{len(state.running)} running, {len(state.waiting)} waiting, {len(state.failed)} given up"
    stalled = [str(job.source or job.task) for job in state.running if job.stalled]
    if stalled:
        remedy = "A living worker takes them over within minutes; if none is alive, start one: almagest work"
        found += f"; their workers have died: {', '.join(stalled)}"
        yield Finding(check="queue", ok=False, found=found, remedy=remedy)
    else:
        yield Finding(check="queue", ok=True, found=found)


def _sources(catalogue: Catalogue, *, online: bool) -> Iterator[Finding]:
    try:
        register_configured(catalogue)
    except AlmagestError as error:
        yield Finding(check="sources", ok=False, found="almagest.toml", remedy=str(error))
    sources = catalogue.sources.all()
    if not sources:
        yield Finding(
            check="sources",
            ok=True,
            found="none is registered; add one with: almagest source add NAME --kind KIND --url URL",
        )
    for source in sources:
        yield _source(catalogue, catalogue.sources.state(source.name), online=online)


def _targets(catalogue: Catalogue) -> Iterator[Finding]:
    try:
        tables = configured(catalogue.settings.file)
    except AlmagestError as error:
        yield Finding(check="targets", ok=False, found="almagest.toml", remedy=str(error))
    else:
        found = f"{len(tables)} named in almagest.toml" if tables else "the public instances are offered"
        yield Finding(check="targets", ok=True, found=found)


def _variables(catalogue: Catalogue) -> Iterator[Finding]:
    """Misspelt settings; sources may name variables of their own by their option token-env."""
    credentials = {source.options.get("token-env") for source in catalogue.sources.all()}
    for name, meant in unknown_variables().items():
        if name not in credentials:
            yield Finding(
                check="settings",
                ok=False,
                found=f"The environment variable {name} is no setting and is ignored.",
                remedy=f"Rename it to {meant}, if that is meant; else unset it." if meant else "Unset it.",
            )


def _source(catalogue: Catalogue, state: SourceState, *, online: bool) -> Finding:
    source, run = state.source, state.last_run
    found = f"{source.name}: {state.records} records, {state.issues} issues"
    try:
        checked(source)
    except AlmagestError as error:
        return Finding(
            check="sources", ok=False, found=found, remedy=f"{error} Remove the source and add it again."
        )
    variable = source.options.get("token-env")
    if variable and not os.environ.get(variable):
        remedy = f"Set {variable}, which is to hold the credential of {source.name}."
        return Finding(check="sources", ok=False, found=found, remedy=remedy)
    if fault := notice_fault(source, catalogue.settings):
        return Finding(check="sources", ok=False, found=found, remedy=fault)
    if run is not None and run.status == "failed":
        remedy = f"The last harvest failed: {run.error} Then run: almagest harvest {source.name}"
        return Finding(check="sources", ok=False, found=found, remedy=remedy)
    if source.plan and state.last_success and _days_since(state.last_success) > _OLD_DAYS:
        remedy = "Is the scheduler running? Start it with: almagest serve (or almagest work)"
        old = f"{found}, last harvested on {state.last_success[:10]}"
        return Finding(check="sources", ok=False, found=old, remedy=remedy)
    return _asked(catalogue, state, found) if online else Finding(check="sources", ok=True, found=found)


def _asked(catalogue: Catalogue, state: SourceState, found: str) -> Finding:
    from web.preview import probe

    try:
        answer = probe(catalogue.settings, state.source)
    except AlmagestError as error:
        return Finding(check="sources", ok=False, found=f"{found}, does not answer", remedy=str(error))
    departs = f", which departs from its standard: {' '.join(answer.faults)}" if answer.faults else ""
    return Finding(check="sources", ok=True, found=f"{found}, answers as {answer.name}{departs}")


def _days_since(stamp: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(stamp)).total_seconds() / 86400
