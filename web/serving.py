"""The web server: gunicorn inside our own process, and the scheduler as a process beside it."""

from __future__ import annotations

import errno
import logging
import os
import socket
import subprocess
import sys
import threading
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from catalogue.errors import AlmagestError, SettingsError
from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.settings import Settings
from web import logs
from web.registration import register_configured

log = logging.getLogger(__name__)

THREADS = 4
_GRACE = 30
_AGAIN_AFTER = 5.0


def check_port(host: str, port: int) -> None:
    """Raises `SettingsError` where nobody could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except socket.gaierror:
        raise SettingsError(f"«{host}» is no host name or address of this machine.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"Port {port} is in use by another program; choose another one with --port."
            ) from None
        raise SettingsError(f"Nobody can listen on {host} port {port}: {error.strerror}.") from None


class Web(BaseApplication):  # type: ignore[misc]
    """Our Flask application under gunicorn; each worker process opens the catalogue for itself."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        self._settings = settings
        self._address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn is told; it reads no file and no environment of its own."""
        for name, value in {
            "bind": self._address,
            "workers": self._settings.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": _GRACE,
            "keepalive": 5,
            "limit_request_line": 8190,
            "control_socket_disable": True,
            "logger_class": _OneLog,
            "proc_name": "almagest",
        }.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until told to stop; ends in SystemExit."""
        master = os.getpid()
        try:
            super().run()
        except SystemExit as leaving:
            if os.getpid() != master:
                # A worker process is a copy of us, but what we have opened is not its to clear away.
                os._exit(leaving.code if isinstance(leaving.code, int) else 1)
            raise

    def load(self) -> Any:
        """The application, in a worker process."""
        from web.app import create_app

        catalogue = Catalogue(self._settings)
        application = create_app(catalogue)
        threading.Thread(target=_warm, args=(application, catalogue), daemon=True, name="warming").start()
        return application


def _warm(application: Flask, catalogue: Catalogue) -> None:
    """Ask for what takes a while the first time: vocabularies, the index, astropy, the statistics."""
    from web.statistics import statistics

    try:
        catalogue.search(Query())
        catalogue.search(Query(sky="0,0,1", counts=()))
        with application.app_context():
            statistics()
    except AlmagestError as error:
        log.info("what is asked first is not warm: %s", error)


class _OneLog(Logger):  # type: ignore[misc]
    """Gunicorn's events among our own log lines."""

    def setup(self, cfg: Any) -> None:
        """Hand all events on to the root logger."""
        self.error_log.handlers[:] = self.access_log.handlers[:] = []
        self.error_log.propagate = True
        self.access_log.propagate = False
        self.error_log.setLevel(logging.INFO)


class Beside:
    """A command of ours that runs as a process beside this one and is started again when it ends."""

    def __init__(self, command: str) -> None:
        self._arguments = [sys.executable, "-P", "-m", "web.cli", command, "--beside", str(os.getpid())]
        self._ended = threading.Event()
        self._process = subprocess.Popen(self._arguments)  # noqa: S603
        self._watcher = threading.Thread(target=self._watch, daemon=True, name=f"beside {command}")
        self._watcher.start()

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._ended.is_set():
                return
            # Ctrl-C reaches us both; a moment later it is known whether we end too.
            if self._ended.wait(_AGAIN_AFTER):
                return
            log.error("the process beside had ended and is started again")
            self._process = subprocess.Popen(self._arguments)  # noqa: S603

    def stop(self) -> None:
        """Let it finish what it is at, half a minute long."""
        self._ended.set()
        if self._process.poll() is None:
            self._process.terminate()
        self._watcher.join(_GRACE)
        if self._process.poll() is None:
            self._process.kill()


def prepare(settings: Settings) -> None:
    """Bring tables and sources up to date; raises what would keep the application from being built.

    Done once before the workers start, so that a fault is one sentence.
    """
    from web.app import create_app

    catalogue = Catalogue(settings)
    try:
        register_configured(catalogue)
        create_app(catalogue)
    finally:
        catalogue.close()


def run_web(settings: Settings, host: str, port: int, *, with_scheduler: bool) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    check_port(host, port)
    logs.configure(settings.log_format)
    beside = Beside("work") if with_scheduler else None
    try:
        Web(settings, host, port).run()
    finally:
        if beside is not None:
            beside.stop()
