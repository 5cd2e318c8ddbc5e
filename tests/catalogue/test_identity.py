"""Identifiers in normal form: schemes, resolvers, case rules and check digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.identity import doi_in, is_url, normal_identifier, resolver_url, scheme_of


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("10.5281/Zenodo.1", "doi", "10.5281/zenodo.1"),
        ("https://doi.org/10.5281/ZENODO.1", "doi", "10.5281/zenodo.1"),
        ("http://dx.doi.org/10.1234/A%3CB", "doi", "10.1234/a<b"),
        ("doi:10.1234/ABC", "doi", "10.1234/abc"),
        ("DOI: 10.1234/ABC", "doi", "10.1234/abc"),
        ("info:doi/10.1234/ABC", "doi", "10.1234/abc"),
        ("https://hdl.handle.net/10.1234/ABC", "doi", "10.1234/abc"),
        ("hdl:1721.1/115235", "handle", "1721.1/115235"),
        ("http://hdl.handle.net/21.T11148/Abc", "handle", "21.t11148/Abc"),
        ("info:hdl/1721.1/1", "handle", "1721.1/1"),
        ("ARK:/13030/tqb3-kh97", "ark", "ark:13030/tqb3kh97"),
        ("https://n2t.net/ark:/13030/tqb3", "ark", "ark:13030/tqb3"),
        ("arXiv:0706.0001v2", "arxiv", "0706.0001v2"),
        ("https://arxiv.org/abs/hep-th/9901001", "arxiv", "hep-th/9901001"),
        ("https://arxiv.org/pdf/2101.00001.pdf", "arxiv", "2101.00001"),
        ("2018AGUFM.A24K..07S", "bibcode", "2018AGUFM.A24K..07S"),
        ("bibcode:1920ifra.book.....H", "bibcode", "1920ifra.book.....H"),
        ("https://ui.adsabs.harvard.edu/abs/2018AGUFM.A24K..07S/abstract", "bibcode", "2018AGUFM.A24K..07S"),
        ("https://orcid.org/0000-0002-1825-0097/", "orcid", "0000-0002-1825-0097"),
        ("0000-0002-1694-233x", "orcid", "0000-0002-1694-233X"),
        ("https://ror.org/02mhbdp94", "ror", "02mhbdp94"),
        ("ISBN 978-3-16-148410-0", "isbn", "9783161484100"),
        ("isbn:0-306-40615-2", "isbn", "9780306406157"),
        ("ISSN 0378-5955", "issn", "0378-5955"),
        ("0378-5955", "issn", "0378-5955"),
        ("pmid:12082125", "pmid", "12082125"),
        ("https://pubmed.ncbi.nlm.nih.gov/12082125/", "pmid", "12082125"),
        ("URN:NBN:de:101:1-201102033592", "urn", "urn:nbn:de:101:1-201102033592"),
        (
            "urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
            "urn",
            "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        ),
        ("urn:example:CaseKept", "urn", "urn:example:CaseKept"),
        ("ivo://CDS.VizieR/III/227", "ivoid", "ivo://cds.vizier/iii/227"),
        ("oai:Zenodo.ORG:1A", "oai", "oai:zenodo.org:1A"),
        (
            "swh:1:CNT:94A9ED024D3859793618152EA559A168BBCBB5E2;path=/x",
            "swhid",
            "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2;path=/x",
        ),
        ("HTTP://Example.ORG:80", "url", "http://example.org/"),
        ("https://example.org/A?b=C#d", "url", "https://example.org/A?b=C#d"),
        ("info:eu-repo/grantAgreement/EC/FP7/1", "uri", "info:eu-repo/grantAgreement/EC/FP7/1"),
        ("nodoi:10.0001/xxx", "other", "nodoi:10.0001/xxx"),
        ("0000-0002-1825-0098", "other", "0000-0002-1825-0098"),
        ("just words", "other", "just words"),
        ("http://[::1", "other", "http://[::1"),
    ],
)
def test_forms_that_say_what_they_are(text: str, scheme: str, value: str) -> None:
    found = normal_identifier(text)
    assert (found.scheme, found.value) == (scheme, value)
    assert found.written == (text if text != value else None)
    assert found.role == "own"


@pytest.mark.parametrize(
    ("text", "hint", "scheme", "value"),
    [
        ("21.11151/74ix-JVPA", "Handle", "handle", "21.11151/74ix-JVPA"),
        ("https://doi.org/10.5442/NI000001", "DOI", "doi", "10.5442/ni000001"),
        ("ID", "DOI", "other", "ID"),
        ("hep-th/9901001", "arXiv", "arxiv", "hep-th/9901001"),
        ("1562-6865", "EISSN", "eissn", "1562-6865"),
        ("0444899251", "ISBN", "isbn", "9780444899255"),
        ("1234567.5524464", "ISBN", "other", "1234567.5524464"),
        ("0000 0001 2103 2683", "ISNI", "isni", "0000000121032683"),
        (
            "https://doi.org/10.13039/501100000780",
            "Crossref Funder ID",
            "crossref-funder",
            "10.13039/501100000780",
        ),
        ("12345", "Local accession number", "Local accession number", "12345"),
        ("https://example.org/x", "reference URL", "reference URL", "https://example.org/x"),
        ("ivo://A/b", "ivo-id", "ivoid", "ivo://a/b"),
    ],
)
def test_forms_whose_scheme_the_source_tells(text: str, hint: str, scheme: str, value: str) -> None:
    found = normal_identifier(text, hint)
    assert (found.scheme, found.value) == (scheme, value)


@given(st.text(max_size=60), st.sampled_from([None, "DOI", "URL", "ISBN", "Handle", "ark", "odd"]))
def test_any_text_has_a_normal_form_that_stays(text: str, hint: str | None) -> None:
    found = normal_identifier(text, hint)
    again = normal_identifier(found.value, found.scheme)
    assert again.value == found.value
    assert again.scheme == found.scheme


@given(st.from_regex(r"10\.[0-9]{4,6}/[A-Za-z0-9._;()/:-]{1,20}", fullmatch=True))
def test_a_doi_is_one_however_it_is_written(doi: str) -> None:
    forms = [
        doi,
        f"https://doi.org/{doi}",
        f"http://dx.doi.org/{doi}",
        f"doi:{doi.upper()}",
        f"info:doi/{doi}",
    ]
    assert {(one.scheme, one.value) for one in map(normal_identifier, forms)} == {("doi", doi.lower())}


def test_doi_inside_an_oai_identifier() -> None:
    assert doi_in("oai:repo.example:10.1234/ABC") == "10.1234/abc"
    assert doi_in("doi:10.1234/abc") == "10.1234/abc"
    assert doi_in("oai:repo10.example:1/2") is None
    assert doi_in("oai:dspace:1721.1/115235") is None


def test_resolvers() -> None:
    assert resolver_url("doi", "10.1/x") == "https://doi.org/10.1/x"
    assert resolver_url("url", "https://example.org/") == "https://example.org/"
    assert resolver_url("isbn", "9783161484100") is None


def test_words_for_schemes() -> None:
    assert scheme_of(" hdl ") == "handle"
    assert scheme_of("OASIS ID") == "OASIS ID"
    assert scheme_of(" ") == "other"


def test_an_account_is_no_part_of_an_address() -> None:
    found = normal_identifier("https://jane:secret@Example.org/x")
    assert (found.scheme, found.value, found.written) == ("url", "https://example.org/x", None)


def test_addresses() -> None:
    assert is_url("https://example.org")
    assert not is_url("https://example.org/a b")
    assert not is_url("javascript:alert(1)")
