"""Binder, as BinderHub and Jupyter4NFDI speak it: a repository or a deposit, built by repo2docker.

The addresses follow BinderHub's: ``/v2/gh/OWNER/NAME/REF``, ``/v2/git/URL/REF``, ``/v2/zenodo/DOI``,
``/v2/figshare/DOI``, ``/v2/dataverse/DOI``.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from catalogue.record import Record
from catalogue.said import said
from web.languages import N_
from web.targets.base import Instance, Offer, Target, Use
from web.targets.files import quoted
from web.targets.jobs import repository_of

_KINDS = frozenset({"software", "workflow", "lesson"})
_DEPOSITS = {
    "10.5281/zenodo.": "zenodo",
    "10.6084/m9.figshare.": "figshare",
    "10.7910/dvn/": "dataverse",
}
_DATAVERSE = "/api/access/datafile/"


def offers(use: Use) -> Iterator[Offer]:
    """One link an instance, for software that has a repository or a deposit that repo2docker knows."""
    if use.record.kind not in _KINDS:
        return
    deposit = _deposit(use.record)
    path = "/".join(deposit) if deposit else _repository(use.record)
    if path is None:
        return
    for instance in use.instances:
        yield Offer(
            label=said("Open in %(title)s", title=instance.title),
            url=f"{instance.url}/v2/{path}",
            note=N_(
                "builds the environment first, which can take minutes; what is changed there is not kept"
            ),
        )
    yield Offer(
        label="repo2docker",
        command=_locally(use.record, deposit),
        needs=N_(
            "Docker or Podman, and repo2docker («pip install jupyter-repo2docker»), on your own machine"
        ),
    )


def _deposit(record: Record) -> tuple[str, str] | None:
    """The kind of repository that has the code, and its DOI there."""
    for known in record.identifiers:
        if known.scheme != "doi" or known.role == "alternate":
            continue
        doi = quote(known.value, safe="/:;()._-")
        for prefix, provider in _DEPOSITS.items():
            if known.value.lower().startswith(prefix):
                return provider, doi
        if any(_DATAVERSE in urlsplit_path(file.url) for file in record.distributions[:20]):
            return "dataverse", doi
    return None


def urlsplit_path(url: str) -> str:
    """The path of an address; nothing where it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _repository(record: Record) -> str | None:
    """A branch of a repository, as BinderHub writes it."""
    repository = repository_of(record)
    if repository is None:
        return None
    parts = urlsplit(repository.url)
    ref = quote(repository.branch, safe="") if repository.branch else "HEAD"
    host, path = parts.netloc.lower(), parts.path[1:]
    if host == "github.com" and path.count("/") == 1:
        return f"gh/{path}/{ref}"
    if host == "gitlab.com":
        return f"gl/{quote(path, safe='')}/{ref}"
    return f"git/{quote(repository.url, safe='')}/{ref}"


def _locally(record: Record, deposit: tuple[str, str] | None) -> str:
    repository = repository_of(record)
    if deposit is not None or repository is None:
        return f"repo2docker {quoted(deposit[1] if deposit else '')}"
    branch = f"--ref {quoted(repository.branch)} " if repository.branch else ""
    return f"repo2docker {branch}{quoted(repository.url)}"


TARGET = Target(
    name="binder",
    title="Binder",
    kind="run",
    rank=20,
    offers=offers,
    instances=(
        Instance(title="Jupyter4NFDI", url="https://hub.nfdi-jupyter.de"),
        Instance(title="mybinder.org", url="https://mybinder.org"),
    ),
)
