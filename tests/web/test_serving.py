"""`almagest serve`, `web` and `work` as processes: they recover from the death of a part and end together."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from catalogue.errors import SettingsError
from tests.lacking import lacking
from tests.web.command_line import Home
from tests.web.test_demo import fetched, free_port, wait_for
from web.serving import check_port


@contextmanager
def service(home: Home, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """A running service, its address and its log; it is told to stop at the end of the block."""
    port, log = free_port(), home.path / "log"
    home.path.mkdir(exist_ok=True)
    with log.open("w") as stream:
        process = home.start(*arguments, "--port", str(port), stdout=stream, stderr=stream)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base + "/health/live", process, log)
        yield process, base, log
    finally:
        process.terminate()
        process.wait(60)


def eventually(holds: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def children(pid: int) -> dict[int, str]:
    """The child processes of a process: their numbers and command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(") ")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if state[0] != "Z" and int(state[1]) == pid:
            found[int(folder.name)] = command
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()


@pytest.fixture
def proc() -> None:
    """The processes of this machine as files."""
    if not Path("/proc/self/stat").exists():
        lacking("the processes are looked up in Linux's /proc, which is not here")


@pytest.mark.usefixtures("proc")
def test_a_part_that_dies_is_started_again_and_all_end_together(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {"ALMAGEST_WORKERS": "2", "ALMAGEST_LOG_FORMAT": "json"})
    with service(home, "serve") as (process, base, log):
        eventually(lambda: "the scheduler begins" in log.read_text())
        parts = children(process.pid)
        (scheduler,) = (pid for pid, command in parts.items() if " work " in command)
        workers = [pid for pid in parts if pid != scheduler]
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        os.kill(scheduler, signal.SIGKILL)
        eventually(lambda: log.read_text().count("the scheduler begins") == 2)
        eventually(lambda: len(children(process.pid)) == 3)
        assert fetched(base + "/health/live")
        last = children(process.pid)
    assert process.returncode == 0
    eventually(lambda: not any(is_alive(pid) for pid in last))
    assert all(line.startswith("{") for line in log.read_text().splitlines()[1:]), log.read_text()


@pytest.mark.usefixtures("proc")
def test_a_killed_service_leaves_no_process_behind(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {"ALMAGEST_WORKERS": "1"})
    with service(home, "serve") as (process, _, log):
        eventually(lambda: "the scheduler begins" in log.read_text())
        parts = children(process.pid)
        assert len(parts) == 2
        process.kill()
        process.wait()
        eventually(lambda: not any(is_alive(pid) for pid in parts))


def test_web_alone_does_not_harvest(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {"ALMAGEST_WORKERS": "1"})
    with service(home, "web") as (process, base, log):
        assert b"<baseURL>" + base.replace("127.0.0.1", "localhost").encode() + b"/oai<" in fetched(
            base + "/oai?verb=Identify"
        )
        assert "scheduler" not in log.read_text()
    assert process.returncode == 0


def test_work_ends_on_sigterm(tmp_path: Path) -> None:
    with Home(tmp_path, {}).start("work") as process:
        assert process.stderr is not None
        assert re.search("the scheduler begins", process.stderr.readline())
        process.terminate()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "the scheduler ends" in errors
    assert "Traceback" not in errors


def test_a_host_that_is_none_of_ours() -> None:
    with pytest.raises(SettingsError, match="is no host name or address"):
        check_port("no such host", 8080)
    with pytest.raises(SettingsError, match="Nobody can listen on"):
        check_port("192.0.2.1", 8080)
