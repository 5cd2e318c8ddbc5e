"""The command line as the tests call it: in this process, or as a program of its own."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from web.cli import main
from web.demo.server import SampleServer

FAST = ("--option", "overlap=0")


@dataclass(frozen=True)
class Home:
    """A data directory and the environment of commands that use it."""

    path: Path
    environment: dict[str, str]

    def __call__(self, *arguments: str, input: str | None = None) -> Result:
        """Run a command in this process."""
        with _quiet_root():
            return CliRunner().invoke(main, list(arguments), env=self._all(), input=input)

    def json(self, *arguments: str) -> list[Any]:
        """The JSON lines that a command prints; whatever else is there fails the test."""
        return [json.loads(line) for line in self(*arguments, "--json").stdout.splitlines()]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Run a command as a program."""
        command = [sys.executable, "-m", "web.cli", *arguments]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen(command, env=os.environ | self._all(), **options)

    def _all(self) -> dict[str, str]:
        return {"ALMAGEST_HOME": str(self.path), "COLUMNS": "100", **self.environment}

    def register(self, address: str) -> None:
        """Register the sample sources."""
        for name, path in PATHS.items():
            added = self("source", "add", name, "--kind", "oai-pmh", "--url", address + path, *FAST)
            assert added.exit_code == 0, added.stderr


PATHS = {
    "helix": "/helix/oai2d",
    "meridian": "/meridian/oai.xml",
    "alma": "/alma/oai/request",
    "library": "/library/oai2d",
}


@contextmanager
def sample_server() -> Iterator[SampleServer]:
    """The sample sources on a port of this process."""
    server = SampleServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _quiet_root() -> Iterator[None]:
    """A command sets up the logs of its process; here that is the tests' own."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def one_sentence(result: Result) -> str:
    """What a failed command says: a single line, and no trace."""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    return lines[0]
