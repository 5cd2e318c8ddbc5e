"""A starter notebook for a record (nbformat 4.5): pyvo for services, scitacean for SciCat, uproot for ROOT
files, astropy and requests for the others."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlsplit

from catalogue.record import Distribution, Record
from mappings.links import web_address
from web.languages import N_
from web.targets import vo
from web.targets.base import Made, Offer, Target, Use
from web.targets.files import fetched_by, is_plain, local_name, scheme
from web.targets.topcat import format_of

NAME = "start.ipynb"
_MOST_SERVICES = 5
_MOST_FILES = 3
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|$~<>])")
_SCICAT = re.compile(r"(https?://[^?#]+/api/v\d+)(?:/[^?#]*)?", re.IGNORECASE)
_DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
_READ = {
    "fits": "from astropy.io import fits\n\nwith fits.open(path) as parts:\n    parts.info()",
    "votable": 'from astropy.table import Table\n\ntable = Table.read(path, format="votable")\ntable[:10]',
    "csv": 'from astropy.table import Table\n\ntable = Table.read(path, format="ascii.csv")\ntable[:10]',
    "ecsv": 'from astropy.table import Table\n\ntable = Table.read(path, format="ascii.ecsv")\ntable[:10]',
}


def offers(use: Use) -> Iterator[Offer]:
    """The notebook, for records that have something a program can fetch."""
    if any(_parts(use.record)):
        yield Offer(label=N_("Starter notebook"), made=NAME, leads=True, note=N_("Python; opened in Jupyter"))


def notebook(use: Use) -> bytes:
    """The notebook: what the record is, what to install, and how its services and files are read."""
    parts = list(_parts(use.record))
    needs = sorted({package for packages, _, _ in parts for package in packages})
    cells = [_markdown(f"# {_plain(use.record.title)}\n\nMade for the record <{use.page}>.")]
    cells.append(_code(f"%pip install --quiet {' '.join(needs)}", ["almagest-install"]))
    for _, heading, source in parts:
        cells += [_markdown(heading), _code(source)]
    for number, cell in enumerate(cells):
        cell["id"] = hashlib.blake2b(f"{number} {cell['source']}".encode(), digest_size=6).hexdigest()
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1).encode()


def _parts(record: Record) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What a notebook does, part by part: packages, heading, Python."""
    services = [(one, source) for one in vo.services_of(record) if (source := vo.pyvo(one))]
    for service, source in services[:_MOST_SERVICES]:
        yield ("pyvo",), f"## {service.title}", source
    if (found := _scicat(record)) is not None:
        yield found
    files = [file for file in fetched_by(record, "http", "https", "root") if _is_file(record, file)]
    for file in files[:_MOST_FILES]:
        yield _file(file)


def _is_file(record: Record, file: Distribution) -> bool:
    """Whether an address is more than a page about the record."""
    if scheme(file) == "root":
        return True
    kind = (file.media_type or "").partition(";")[0].strip().lower()
    return (
        web_address(file.url) is not None
        and kind != "text/html"
        and record.kind in {"dataset", "collection", "image", "event", "workflow", "software"}
        and bool(urlsplit(file.url).path.strip("/"))
    )


def _scicat(record: Record) -> tuple[tuple[str, ...], str, str] | None:
    origin = record.provenance
    match = _SCICAT.fullmatch(origin.url or "") if (origin.format or "").startswith("scicat") else None
    if match is None or record.kind != "dataset" or not is_plain(match[1]):
        return None
    source = (
        "from scitacean import Client\n\n"
        f"client = Client.without_login(url={match[1]!a})\n"
        f"dataset = client.get_dataset({origin.identifier!a})\n"
        "dataset"
    )
    return ("scitacean",), "## The dataset in SciCat", source


def _file(file: Distribution) -> tuple[tuple[str, ...], str, str]:
    name = local_name(file)
    heading = f"## {_plain(file.title or name)}"
    if name.lower().endswith(".root"):
        by_xrootd = ("fsspec-xrootd",) if scheme(file) == "root" else ()
        source = f"import uproot\n\nwith uproot.open({file.url!a}) as file:\n    print(file.classnames())"
        return ("uproot", "aiohttp", *by_xrootd), heading, source
    if scheme(file) == "root":
        return (
            ("fsspec-xrootd",),
            heading,
            f"import fsspec\n\nwith fsspec.open({file.url!a}) as file:\n    print(file.read(100))",
        )
    form = format_of(file) or ""
    read = _READ.get(form, "print(path, path.stat().st_size)")
    needs = ("requests", "astropy") if form in _READ else ("requests",)
    return needs, heading, "\n".join([*_fetched(file, name), read])


def _fetched(file: Distribution, name: str) -> Iterator[str]:
    """Python that fetches a file in pieces, and compares its checksum where one is known."""
    yield "import hashlib\nfrom pathlib import Path\n\nimport requests\n"
    yield f"path = Path({name!a})"
    yield f"with requests.get({file.url!a}, stream=True, timeout=60) as answer:"
    yield "    answer.raise_for_status()"
    yield '    with path.open("wb") as kept:'
    yield "        for piece in answer.iter_content(1 << 20):"
    yield "            kept.write(piece)"
    known = file.checksum
    if known is not None and known.algorithm in _DIGESTS:
        yield 'with path.open("rb") as kept:'
        yield f"    found = hashlib.file_digest(kept, {known.algorithm!a}).hexdigest()"
        yield f"assert found == {known.value.lower()!a}, found"


def _plain(text: str) -> str:
    """A text as Markdown shows it, one line without any markup or HTML of its own."""
    line = " ".join(text.split())[:300]
    return _MARKUP.sub(r"\\\1", escape(line, quote=False).replace("&lt;", "‹").replace("&gt;", "›"))


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str, tags: list[str] | None = None) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"tags": tags} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


TARGET = Target(
    name="notebook",
    title="Notebook",
    kind="run",
    rank=10,
    offers=offers,
    files={NAME: Made("application/x-ipynb+json", notebook)},
)
