"""The directory of the embedded index: builds side by side, one of them in use.

::

    PATH/current          version of the documents, and the name of the build in use
    PATH/build-…/         a build: the files of the engine
    PATH/rebuild.lock     held while a build is made beside
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from catalogue.errors import IndexCorrupt, IndexUnavailable
from catalogue.index_document import VERSION

ADVICE = "Run `almagest index rebuild`; nothing is lost, the database holds all records."


class Builds:
    """The builds in a directory; raises `OSError` and the errors of the index."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> Path | None:
        """The build in use; raises `IndexCorrupt` when this program cannot read it."""
        try:
            text = (self.path / "current").read_text("ascii")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError:
            raise IndexCorrupt(f"{self.path / 'current'} is damaged. {ADVICE}") from None
        version, _, name = text.strip().partition(" ")
        if version != str(VERSION):
            raise IndexCorrupt(
                f"The search index in {self.path} was built by another version of Almagest. {ADVICE}"
            )
        return self.path / name

    def create(self) -> Path:
        """An empty directory for a new build."""
        build = self.path / f"build-{secrets.token_hex(6)}"
        build.mkdir(parents=True)
        return build

    def use(self, build: Path) -> None:
        """Make a build the one in use, in one step, also for other processes."""
        temporary = self.path / f"current.{os.getpid()}"
        with temporary.open("w") as stream:
            stream.write(f"{VERSION} {build.name}\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self.path / "current")

    def sweep(self) -> None:
        """Remove the builds that are not in use."""
        try:
            current = self.current()
        except IndexCorrupt:
            return
        for build in self.path.glob("build-*"):
            if build != current:
                shutil.rmtree(build, ignore_errors=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from rebuilding; raises `IndexUnavailable` when one does already."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "rebuild.lock").open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise IndexUnavailable(
                    f"The search index in {self.path} is being rebuilt by another process; let it finish."
                ) from None
            yield
