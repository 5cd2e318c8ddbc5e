"""`almagest serve`, `web` and `work`: the service and its halves."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from catalogue.settings import Settings
from web.commands.harvesting import stopped_by_signals
from web.commands.opening import opened, settings_in_force

_LOOK_AT_PARENT = 2.0


def _address(command: Callable[..., Any]) -> Callable[..., Any]:
    host = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
    port = click.option(
        "--port",
        default=8080,
        show_default=True,
        type=click.IntRange(1, 65535),
        help="The port to listen on.",
    )
    return host(port(command))


@click.command()
@_address
def serve(host: str, port: int) -> None:
    """Runs web and scheduler in one command, until Ctrl-C or SIGTERM.

    \b
    Examples:
      almagest serve
      almagest serve --host 0.0.0.0 --port 80
    """
    _run_web(host, port, with_scheduler=True)


@click.command()
@_address
def web(host: str, port: int) -> None:
    """Answers over HTTP; one half of `serve`.

    \b
    Examples:
      almagest web --port 8080
    """
    _run_web(host, port, with_scheduler=False)


def _run_web(host: str, port: int, *, with_scheduler: bool) -> None:
    from web.serving import check_port, prepare, run_web

    settings = _settings(port)
    check_port(host, port)
    prepare(settings)
    click.echo(f"Almagest answers at {settings.base_url}; Ctrl-C ends it.", err=True)
    run_web(settings, host, port, with_scheduler=with_scheduler)


def _settings(port: int) -> Settings:
    """The settings; where nobody has given a base URL it has the port that we listen on."""
    settings = settings_in_force(logging.INFO)
    if not os.environ.get("ALMAGEST_BASE_URL") and "base_url" not in settings.file:
        return replace(settings, base_url=f"http://localhost:{port}")
    return settings


@click.command()
@click.option("--beside", type=int, hidden=True, help="End when this parent process has ended.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    help="Jobs that this process does at a time; by default the setting «workers».",
)
@click.option(
    "--stalled-after",
    type=click.FloatRange(1),
    default=60,
    show_default=True,
    help="Seconds without a sign of life after which a worker is taken for dead (PostgreSQL).",
)
def work(beside: int | None, concurrency: int | None, stalled_after: float) -> None:
    """Harvests each source when its schedule says so, and keeps the index up to date.

    The other half of `serve`.  On PostgreSQL any number of workers, on any number of machines,
    share the work by a queue in the database; what a worker leaves undone the others take over.
    With SQLite one works and the others wait to take over.

    \b
    Examples:
      almagest work
      almagest work --concurrency 8
    """
    with opened(level=logging.INFO, configured=True) as catalogue, stopped_by_signals() as stop:
        if beside is not None:
            threading.Thread(target=_stop_without, args=(beside, stop), daemon=True).start()
        if catalogue.database.is_sqlite:
            from web.scheduler import Scheduler

            Scheduler(catalogue, concurrency=concurrency).run(stop)
        else:
            from web.queue_worker import QueueWorker

            QueueWorker(catalogue, concurrency=concurrency, stalled_after=stalled_after).run(stop)


def _stop_without(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent and not stop.wait(_LOOK_AT_PARENT):
        pass
    stop.set()
