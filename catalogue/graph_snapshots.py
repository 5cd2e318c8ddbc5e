"""The directory of the embedded graph: states that never change, one of them in use.

::

    PATH/current            symbolic link to the state in use
    PATH/state-…/store/     the files of the engine; several states share them by hard links
    PATH/state-…/about      what the state holds: position, edition and what the follower remembers
    PATH/state-…/readers    whoever reads the state holds a shared lock on this
    PATH/draft-…/           what the one writer is at
    PATH/writer.lock        held by the one writer

A state is complete and on disk before it is in use.  So whatever is killed, and when: the state in use
is as it was, and what else lies there is swept by the next writer.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from catalogue.errors import GraphBusy, GraphCorrupt

LAYOUT = 1
"""The version of this directory and of the files of the engine."""

ADVICE = "Run `almagest graph rebuild`; nothing is lost, the database holds all records."


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a state of the graph holds; see `catalogue.graph.Graph`."""

    position: int = 0
    edition: str = ""
    remembered: str = ""


class Snapshots:
    """The states in a directory; raises `OSError` and the errors of the graph."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> Path | None:
        """The state in use; ``None`` when there is none yet."""
        try:
            return self.path / (self.path / "current").readlink()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def about(self) -> About | None:
        """What the state in use holds; raises `GraphCorrupt` when this program cannot read it."""
        while (state := self.current()) is not None:
            try:
                found = orjson.loads((state / "about").read_bytes())
                if found.pop("layout") != LAYOUT:
                    raise GraphCorrupt(
                        f"The graph in {self.path} was built by another version of Almagest. {ADVICE}"
                    )
                return About(**found)
            except FileNotFoundError:
                # Another one may have come into use since we asked.
                if state == self.current():
                    raise GraphCorrupt(f"The graph in {self.path} has lost {state.name}. {ADVICE}") from None
            except (ValueError, TypeError, KeyError, AttributeError):
                raise GraphCorrupt(f"{state / 'about'} is damaged. {ADVICE}") from None
        return None

    @contextlib.contextmanager
    def reading(self, state: Path) -> Iterator[None]:
        """Keep a state from being swept; raises `FileNotFoundError` where that has happened already."""
        with (state / "readers").open("rb") as readers:
            try:
                fcntl.flock(readers, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FileNotFoundError(str(state)) from None
            if not (state / "readers").exists():
                raise FileNotFoundError(str(state))
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one writer; raises `GraphBusy` while another one is at work."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "writer.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GraphBusy(
                    f"The graph in {self.path} is being written by another process; let it finish."
                ) from None
            yield

    def draft(self) -> Path:
        """An empty directory for the writer."""
        draft = self.path / f"draft-{secrets.token_hex(6)}"
        draft.mkdir()
        return draft

    def publish(self, draft: Path, about: About) -> None:
        """Make a draft, whose ``store`` is complete, the state in use: in one step, for all processes."""
        (draft / "readers").touch()
        _write(draft / "about", orjson.dumps({"layout": LAYOUT, **asdict(about)}))
        _sync(draft)
        state = draft.with_name(f"state-{secrets.token_hex(6)}")
        draft.rename(state)
        link = self.path / "current.new"
        link.unlink(missing_ok=True)
        link.symlink_to(state.name)
        _sync(self.path)
        link.replace(self.path / "current")
        _sync(self.path)

    def sweep(self) -> None:
        """Remove what is not in use and nobody reads; only the one writer may."""
        current = self.current()
        for draft in self.path.glob("draft-*"):
            shutil.rmtree(draft, ignore_errors=True)
        for state in self.path.glob("state-*"):
            if state != current:
                _remove(state)


def _remove(state: Path) -> None:
    try:
        with (state / "readers").open("rb") as readers:
            fcntl.flock(readers, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # First of all what readers look for: who comes now goes to the state in use.
            (state / "readers").unlink()
            shutil.rmtree(state, ignore_errors=True)
    except BlockingIOError:
        return
    except FileNotFoundError:
        shutil.rmtree(state, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
