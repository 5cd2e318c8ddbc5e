"""What jobs are made of: the inputs of a record under safe names, a container, its repository and program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from catalogue.record import Record
from mappings.links import web_address
from web.targets.base import Use
from web.targets.files import fetched_by, is_plain, local_name, quoted

MOST_INPUTS = 100
PYTHON_IMAGE = "docker.io/library/python:3.12"
"""Where neither record nor settings name a container: it has Python, git and curl."""

_IMAGE = re.compile(
    r"(?:docker://)?[A-Za-z0-9][\w.-]*(?::\d+)?(?:/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?", re.ASCII
)
_PROGRAM = re.compile(r"(?!-)(?!.*\.\.)[\w./-]{1,200}", re.ASCII)
_TREE = re.compile(r"(?P<repository>/[^/]+/.+?)(?:/-)?/tree/(?P<branch>[\w./-]+?)/?")
_REPOSITORY = re.compile(r"/[\w.~-]+(?:/[\w.~-]+)+", re.ASCII)
_RUN = {".py": "python", ".sh": "bash", ".r": "Rscript", ".jl": "julia"}


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository on the web, and the branch that a record names."""

    url: str
    branch: str | None

    @property
    def name(self) -> str:
        """What a clone of it is called."""
        return self.url.rstrip("/").rpartition("/")[2].removesuffix(".git")

    def clone(self, folder: str) -> str:
        """The command that fetches it."""
        branch = f"--branch {quoted(self.branch)} " if self.branch else ""
        return f"git clone --depth 1 {branch}-- {quoted(self.url)} {quoted(folder)}"


def repository_of(record: Record) -> Repository | None:
    """The repository of a record's software; ``…/tree/BRANCH`` says the branch."""
    address = web_address(record.environment.repository) if record.environment is not None else None
    if address is None or not address.startswith("http") or not is_plain(address):
        return None
    parts = urlsplit(address)
    path, branch = parts.path.rstrip("/"), None
    if match := _TREE.fullmatch(path):
        path, branch = match["repository"], match["branch"]
    if not _REPOSITORY.fullmatch(path) or (branch or "").startswith("-") or ".." in f"{path}{branch}":
        return None
    return Repository(f"{parts.scheme}://{parts.netloc}{path.removesuffix('.git')}", branch)


def inputs_of(record: Record, *schemes: str) -> dict[str, str]:
    """The addresses of a record's files by names under which they can lie beside each other."""
    found: dict[str, str] = {}
    for file in fetched_by(record, *schemes):
        if file.url in found.values():
            continue
        name = local_name(file)
        if name in found:
            name = f"{len(found)}_{name}"
        found[name] = file.url
        if len(found) == MOST_INPUTS:
            break
    return found


def image_of(use: Use, default: str = PYTHON_IMAGE) -> str:
    """The container of a record's software, else that of the settings (option ``image``)."""
    said = use.record.environment.container if use.record.environment is not None else None
    if said is not None and _IMAGE.fullmatch(said):
        return said
    return use.option("image") or default


def program_of(record: Record) -> list[str] | None:
    """How a record's entry point is run in its repository, where that is a file of a known kind."""
    entry = record.environment.entry_point if record.environment is not None else None
    if entry is None or not _PROGRAM.fullmatch(entry):
        return None
    if entry.endswith(".ipynb"):
        return ["jupyter", "nbconvert", "--to", "notebook", "--execute", entry]
    ending = entry[entry.rfind(".") :].lower() if "." in entry else ""
    return [_RUN[ending], entry] if ending in _RUN else None


def slug(text: str) -> str:
    """A text as the name of a workflow: small letters, digits and dashes."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:60].strip("-") or "record"
