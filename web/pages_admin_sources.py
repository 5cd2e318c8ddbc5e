"""The pages on which operators add, test, change, run, pause and remove sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue import rules
from catalogue.errors import AlmagestError, QueryError, SettingsError
from catalogue.reports import Reports
from catalogue.sources import OPTIONS, SECRET_OPTIONS, Source
from harvesters.base import harvester_kinds
from harvesters.groups import NAME as GROUPS
from harvesters.presets import preset, presets
from web.admin import admin_blueprint, done, fault_status, operator, page, said_whole_by
from web.context import catalogue
from web.endpoint_test import EndpointTest, run_test
from web.languages import translated
from web.new_sources import nightly
from web.pages_sources import condition, turns_of
from web.queue_state import queue_state
from web.registration import HIDDEN, checked
from web.source_changes import (
    add_source,
    change_source,
    check_changeable,
    check_remote,
    is_configured,
    options_of,
    pause_source,
    remove_source,
    start_harvest,
    stop_harvest,
)

blueprint = admin_blueprint("admin_sources", __name__)

TEST_SECONDS = 30.0
WATCH_EVERY = 2
"""Seconds between two looks at a harvest that waits."""
_ANSWER_WITHIN = 10.0
_LONGEST = 4000
_EMPTY = Source(name="", kind="oai-pmh", url="")


@blueprint.get("/sources")
def sources_page() -> Response:
    """All sources with what can be done with them."""
    queue = queue_state(catalogue())
    return page(
        "admin_sources.html",
        states=Reports(catalogue().database).states(),
        condition=condition,
        turns=turns_of(queue),
        is_idle=not any(worker.alive for worker in queue.workers),
        configured=lambda name: is_configured(catalogue(), name),
        groups=GROUPS,
    )


@blueprint.get("/sources/new")
def new_source() -> Response:
    """The form for a new source, empty or filled in by a preset."""
    chosen = request.args.get("preset", "")
    source = _EMPTY
    fault = None
    if chosen:
        try:
            source = preset(chosen[:100]).source()
            source = replace(source, schedule=source.schedule or nightly(source.name))
        except AlmagestError as error:
            fault = error
    return _form(source, None, fault=fault)


@blueprint.post("/sources/new")
def make_source() -> AnyResponse:
    """Test what the form says, or register it."""
    source = _EMPTY
    try:
        source = _given(None)
        check_remote(source)
        if _action() == "look":
            return _form(source, None)
        if _action() == "test":
            return _form(source, None, test=_tested(source))
        add_source(catalogue(), source, by=operator().name)
    except AlmagestError as error:
        return _form(source if source is not _EMPTY else _as_typed(), None, fault=error)
    return done(
        translated("Source %(name)s is registered; nothing is fetched yet.", name=source.name),
        _own_url(source.name),
    )


@blueprint.get("/sources/<name>")
def source_page(name: str) -> Response:
    """The form for a registered source, and its buttons."""
    source = catalogue().sources.get(name)
    return _form(source, source)


@blueprint.post("/sources/<name>")
def change(name: str) -> AnyResponse:
    """Test what the form says, or save it."""
    before = catalogue().sources.get(name)
    source = before
    try:
        source = _given(before)
        if source.urls != before.urls:
            check_remote(source)
        if _action() == "look":
            return _form(source, before)
        if _action() == "test":
            return _form(source, before, test=_tested(source))
        told = change_source(catalogue(), source, by=operator().name)
    except AlmagestError as error:
        return _form(source if source is not before else _as_typed(), before, fault=error)
    return done(" ".join([translated("Source %(name)s is changed.", name=name), *told]), _own_url(name))


@blueprint.post("/sources/<name>/harvest")
def harvest(name: str) -> AnyResponse:
    """Let it be harvested now."""
    last = catalogue().sources.latest().get(name)
    told = start_harvest(catalogue(), name, full=request.form.get("full") == "yes", by=operator().name)
    after = 0 if last is None else last.number
    return done(told, url_for("admin_sources.watch_page", name=name, after=after))


@blueprint.post("/sources/<name>/stop")
def stop(name: str) -> AnyResponse:
    """End its harvest."""
    return done(stop_harvest(catalogue(), name, by=operator().name), _own_url(name))


@blueprint.post("/sources/<name>/pause")
def pause(name: str) -> AnyResponse:
    """Let its schedule rest, or go on."""
    is_paused = request.form.get("paused") == "yes"
    pause_source(catalogue(), name, is_paused=is_paused, by=operator().name)
    if is_paused:
        told = translated(
            "Source %(name)s is paused: it is harvested only when somebody asks for it.", name=name
        )
    else:
        told = translated("Source %(name)s follows its schedule again.", name=name)
    return done(told, _own_url(name))


@blueprint.get("/sources/<name>/watch")
def watch_page(name: str) -> AnyResponse:
    """A harvest that was asked for ``after`` a run: until it begins, and then has a page of its own."""
    source = catalogue().sources.get(name)
    queue = queue_state(catalogue())
    last = catalogue().sources.latest().get(name)
    after = request.args.get("after", "")
    number = int(after[:18]) if after.isascii() and after.isdigit() else None
    is_newer = last is not None and number is not None and last.number > number
    is_running = any(job.source == name and job.task == "harvest" for job in queue.running)
    if last is not None and (is_newer or is_running):
        return redirect(url_for("run_page.run_page", name=name, number=last.number), 303)
    waiting = next((job for job in queue.waiting if job.source == name and job.task == "harvest"), None)
    return page(
        "admin_watch.html",
        source=source,
        run=last,
        waiting=waiting,
        is_beginning=waiting is None and number is not None,
        after=number,
        every=WATCH_EVERY,
        is_idle=not any(worker.alive for worker in queue.workers),
    )


@blueprint.get("/sources/<name>/remove")
def remove_page(name: str) -> Response:
    """Asks once more."""
    return page("admin_source_remove.html", state=catalogue().sources.state(name))


@blueprint.post("/sources/<name>/remove")
def remove(name: str) -> AnyResponse:
    """Withdraw its records and take it out of the registry."""
    check_changeable(catalogue(), name)
    if request.form.get("name", "").strip() != name:
        raise QueryError(
            translated("Type the name of the source, «%(name)s», to remove it.", name=name), parameter="name"
        )
    withdrawn = remove_source(catalogue(), name, by=operator().name)
    return done(
        translated(
            "Source %(name)s is removed; %(withdrawn)s records are withdrawn and stay as tombstones.",
            name=name,
            withdrawn=withdrawn,
        ),
        url_for("admin_sources.sources_page"),
    )


def _own_url(name: str) -> str:
    return url_for("admin_sources.source_page", name=name)


def _action() -> str:
    """Which button was pressed: test, look (at the options of another kind), or save."""
    return request.form.get("action", "save")


def _as_typed() -> Source:
    """What the form says, as far as it makes a source at all."""
    return Source(
        name=_text("name"),
        kind=_text("kind") or _EMPTY.kind,
        url=_text("url"),
        prefix=_text("prefix") or None,
        sets=tuple(_text("sets").split()),
        schedule=_text("schedule") or None,
    )


def _given(before: Source | None) -> Source:
    """The source that the form describes, checked; an option without value is not given.

    A credential that is not typed anew stays as it is.  Raises `SettingsError`.
    """
    typed = _as_typed()
    kind = typed.kind if typed.kind in harvester_kinds() else _EMPTY.kind
    options = {}
    for option in options_of(kind):
        value = _text(f"option-{option}")
        if option in SECRET_OPTIONS and before is not None and option in before.options:
            kept = "" if request.form.get(f"forget-{option}") == "yes" else before.options[option]
            value = kept if value in ("", HIDDEN) else value
        if value:
            options[option] = value
    source = replace(typed, name=typed.name if before is None else before.name, options=options)
    if len(" ".join(options.values())) > 5 * _LONGEST:
        raise SettingsError(translated("The options are too long; give long rules on the command line."))
    return source


def _text(name: str) -> str:
    return " ".join(request.form.get(name, "")[:_LONGEST].splitlines()).strip()


def _tested(source: Source) -> EndpointTest:
    """A test with all that the form says, as the operator may ask even what is private."""
    source = checked(source)
    options = {**source.options, "timeout": f"{min(source.timeout, _ANSWER_WITHIN):g}"}
    source = replace(source, options=options)
    return run_test(catalogue().settings, source, guess=False, seconds=TEST_SECONDS, from_operator=True)


def _grouped(source: Source, own: Mapping[str, str]) -> list[tuple[str, Mapping[str, str], bool]]:
    """The options in groups with their meanings, and whether a group is open: what it holds is in use."""
    general = {name: text for name, text in OPTIONS.items() if name not in {**own, **rules.OPTIONS}}
    groups = (
        (translated("Options of the kind %(kind)s", kind=source.kind), own),
        (translated("Options of every source"), general),
        (
            translated("Rules: which records are taken in, and what is said where they are silent"),
            rules.OPTIONS,
        ),
    )
    return [(title, known, bool(known.keys() & source.options.keys())) for title, known in groups]


def _form(
    source: Source,
    before: Source | None,
    *,
    test: EndpointTest | None = None,
    fault: AlmagestError | None = None,
) -> Response:
    kinds = harvester_kinds()
    typed = {name: value for name, value in source.options.items() if name not in SECRET_OPTIONS}
    if request.method == "POST":
        typed = {
            name.removeprefix("option-"): value[:_LONGEST]
            for name, value in request.form.items()
            if name.startswith("option-") and name.removeprefix("option-") not in SECRET_OPTIONS
        }
    own = dict(kinds[source.kind].options) if source.kind in kinds else {}
    state = None if before is None else catalogue().sources.state(before.name)
    return page(
        "admin_source.html",
        fault_status(fault),
        source=source,
        before=before,
        state=state,
        condition=None if state is None else condition(state),
        kinds=[(name, made.title) for name, made in kinds.items() if name != GROUPS],
        options=_grouped(source, own),
        typed=typed,
        secret=SECRET_OPTIONS,
        test=test,
        fault=fault and said_whole_by(fault),
        is_configured=before is not None and is_configured(catalogue(), before.name),
        is_groups=before is not None and before.name == GROUPS,
        presets=[] if before is not None else sorted(presets().values(), key=lambda one: one.name),
    )
