"""REANA: a workflow that fetches the files and code of a basket, to be filled with a step of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from web.packages.base import Contents, Packaging
from web.targets.base import instances_of, option_of, target_of
from web.targets.files import is_plain, scheme
from web.targets.jobs import PYTHON_IMAGE, Repository, repository_of
from web.targets.reana import NAME, serial

MOST_FILES = 2000
"""Files that one workflow fetches: it is sent to REANA in one piece."""


def pack(contents: Contents) -> Iterator[bytes]:
    """The reana.yaml; files that curl cannot fetch, or that are too many, are counted in a comment."""
    instances = instances_of(target_of("reana"), contents.settings.file)
    inputs, left_out = _inputs(contents)
    if left_out:
        yield f"# Not in it, as curl does not fetch them or they are too many: {left_out} files.\n".encode()
    yield serial(
        record=contents.page,
        inputs=inputs,
        repositories=_repositories(contents),
        command="ls -lR",
        image=option_of(instances, "image") or PYTHON_IMAGE,
        backend=option_of(instances, "backend"),
    )


def _inputs(contents: Contents) -> tuple[dict[str, str], int]:
    """The addresses of files by their paths, and how many there are beside."""
    inputs: dict[str, str] = {}
    left_out = 0
    for path, _, file in contents.named_files():
        if scheme(file) in {"http", "https"} and is_plain(file.url) and len(inputs) < MOST_FILES:
            inputs[path] = file.url
        else:
            left_out += 1
    return inputs, left_out


def _repositories(contents: Contents) -> dict[str, Repository]:
    """The code of the records that were chosen as a whole, by the folder that it goes into."""
    found = ((one.record.id, repository_of(one.record)) for one in contents.taken if one.whole)
    return {f"code/{id}": repository for id, repository in found if repository is not None}


PACKAGING = Packaging(
    name="reana",
    title="REANA workflow (reana.yaml)",
    file_name=NAME,
    media_type="application/yaml",
    pack=pack,
)
