"""Records with very many values cost no more than their size: nothing in a reader is quadratic."""

from __future__ import annotations

import time

import pytest
from lxml import etree

from catalogue.record import Provenance
from mappings.base import format_of

MANY = 20_000
_DC = '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>T</title>{}</dc>'
_DATACITE = "<resource><titles><title>T</title></titles>{}</resource>"
_VOR = "<Resource><title>T</title>{}</Resource>"
_MARC = '<record><datafield tag="245"><subfield code="a">T</subfield></datafield>{}</record>'

_SUBFIELD = '<subfield code="a">10.1234/x</subfield>'
_COLUMN = "<column><name>c</name><flag>f</flag></column>"


def _marc(tag: str, *codes: str) -> str:
    inside = "".join(f'<subfield code="{code}">10.1234/{{}}</subfield>' for code in codes)
    return f'<datafield tag="{tag}" ind1="7" ind2=" ">{inside}</datafield>'


@pytest.mark.parametrize(
    ("prefix", "document", "element"),
    [
        *(
            ("oai_dc", _DC, f"<{name}>10.1234/{{}}</{name}>")
            for name in ("identifier", "relation", "date", "type")
        ),
        *(
            ("oai_dc", _DC, f"<{name}>value {{}}</{name}>")
            for name in ("language", "rights", "unknown", "coverage")
        ),
        ("datacite", _DATACITE, "<alternateIdentifier>10.1234/{}</alternateIdentifier>"),
        ("datacite", _DATACITE, "<relatedIdentifier relationType='Cites'>10.1234/{}</relatedIdentifier>"),
        ("datacite", _DATACITE, "<language>language {}</language>"),
        ("datacite", _DATACITE, "<subject schemeURI='http://x.org/{}'>s{}</subject>"),
        ("datacite", _DATACITE, "<date dateType='Collected'>{}</date>"),
        ("ivo_vor", _VOR, "<coverage><temporal>1 2</temporal><spectral>1 2</spectral></coverage>"),
        ("ivo_vor", _VOR, "<STCResourceProfile>{}</STCResourceProfile>"),
        ("ivo_vor", _VOR, "<altIdentifier>ivo://a/{}</altIdentifier>"),
        ("marcxml", _MARC, _marc("024", "a")),
        ("marcxml", _MARC, _marc("100", "a", "0", "u")),
        ("marcxml", _MARC, _marc("260", "b", "c")),
        ("marcxml", _MARC, _marc("041", "a")),
        ("marcxml", _MARC, _marc("773", "a", "x")),
    ],
)
def test_many_elements(prefix: str, document: str, element: str) -> None:
    inside = "".join(element.replace("{}", str(number)) for number in range(MANY))
    root = etree.fromstring(document.format(inside))
    read = format_of(prefix).read
    assert read is not None
    start = time.process_time()
    mapped = read(root, Provenance(source="s", identifier="1"))
    assert time.process_time() - start < 4
    assert mapped.record.title == "T"
    assert len(mapped.issues) <= 201


@pytest.mark.parametrize(
    ("prefix", "document"),
    [
        ("datacite", _DATACITE.format(f"<unknown>{'<a>1</a>' * MANY}</unknown>")),
        ("marcxml", _MARC.format('<datafield tag="773">' + _SUBFIELD * MANY + "</datafield>")),
        ("ivo_vor", _VOR.format("<capability>" + "<limit>1</limit>" * MANY + "</capability>")),
        ("ivo_vor", _VOR.format("<table><name>t</name>" + _COLUMN * MANY + "</table>")),
    ],
)
def test_many_parts_of_one_element(prefix: str, document: str) -> None:
    read = format_of(prefix).read
    assert read is not None
    start = time.process_time()
    read(etree.fromstring(document), Provenance(source="s", identifier="1"))
    assert time.process_time() - start < 4
