"""InvenioRDM and DataCite JSON with very many values, and with values of which none may be lost."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from catalogue.record import Mapped
from tests.mappings.test_datacite_json import REST
from tests.mappings.test_datacite_json import read as read_datacite
from tests.mappings.test_inveniordm import FULL as RDM
from tests.mappings.test_inveniordm import read
from tests.mappings.test_zenodo import FULL as ZENODO

MANY = 20_000
MARK = "zzmarker"
_NOT_KEPT = re.compile(
    # addresses of the API, counts and the repository's bookkeeping
    r"(links|stats|owners|revision_id|is_published|is_draft|status|recid|conceptrecid|doi_url|modified)\b.*"
    r"|parent\.(access\.owned_by\.user|communities\.ids\.\d+)|pids\.\w+\.(provider|client)"
    r"|files\.(enabled|count|total_bytes|\d+\.(id|links\.self))|attributes\.(xml|state|view\w+.*)|id|type"
    # said twice: titles of codes, schemes of what is known by its value, what follows from the rest
    r"|.*(type|role|languages\.\d+|rights\.\d+)\.(title|description)\.\w+|title|metadata\.doi"
    r"|metadata\.(resource_type\.subtype|relations\.version\.\d+\.parent\.pid_value)"
    r"|access\.embargo\.active|.*\.(schemeUri|relatedItemType|rightsIdentifierScheme|funderIdentifierType)"
    r"|.*(props|award\.identifiers\.\d+)\.scheme|attributes\.types\.(ris|bibtex)|relationships\..*\.type"
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all scalars in a document."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif value is not None:
        yield path


def marked(document: Any, path: tuple[Any, ...]) -> Any:
    """The document with a word in place of one of its values."""
    document = copy.deepcopy(document)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = MARK
    return document


def read_one(name: str, document: Any) -> Mapped:
    return read_datacite(document) if name == "datacite" else read(document, name)


@pytest.mark.parametrize(("name", "full"), [("inveniordm", RDM), ("zenodo", ZENODO), ("datacite", REST)])
def test_whatever_a_value_says_it_is_not_lost(name: str, full: Any) -> None:
    lost = []
    for path in leaves(full):
        where = ".".join(map(str, path))
        kept = MARK in repr(read_one(name, marked(full, path)).record).casefold()
        if not kept and not _NOT_KEPT.fullmatch(where):
            lost.append(where)
    assert lost == []


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("subjects", {"subject": "s{}"}),
        ("identifiers", {"identifier": "10.5072/{}", "scheme": "doi"}),
        ("related_identifiers", {"identifier": "10.5072/{}", "relation_type": {"id": "cites"}}),
        ("dates", {"date": "{}", "type": {"id": "collected"}}),
        ("rights", {"title": {"en": "r{}"}}),
        ("additional_descriptions", {"description": "d{}"}),
        ("languages", "l{}"),
        ("creators", {"person_or_org": {"name": "A{}, B"}, "affiliations": [{"name": "i{}"}]}),
        ("funding", {"funder": {"name": "f{}"}}),
    ],
)
def test_many_values(name: str, one: Any) -> None:

    text = json.dumps(one)
    values = [json.loads(text.replace("{}", str(1000 + number))) for number in range(MANY)]
    begin = time.process_time()
    mapped = read(RDM | {"metadata": RDM["metadata"] | {name: values}})
    assert time.process_time() - begin < 8
    assert mapped.record.title
    assert len(mapped.issues) <= 201
