"""Who may speak with the cluster, and whom we trust: TLS and API keys before a real Elasticsearch."""

from __future__ import annotations

import base64
import logging
import shutil
import ssl
import traceback
import uuid

import pytest

from catalogue.cluster import Access, cluster_of
from catalogue.errors import IndexUnavailable, SettingsError
from catalogue.index import Query
from catalogue.index_elasticsearch import ElasticsearchIndex
from tests.catalogue.elasticsearch_gate import Authority, Gate, fingerprint
from tests.catalogue.index_records import some_changes
from tests.lacking import lacking

CHANGES = some_changes(20, seed=8)
KEY = base64.b64encode(b"VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw").decode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    if shutil.which("openssl") is None:
        lacking("no openssl is installed here")
    return Authority(tmp_path_factory.mktemp("certificates"), "authority")


@pytest.fixture(scope="module")
def gate(authority, elasticsearch_url):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.signed("server"))
    gate = Gate(elasticsearch_url, context=context, authorization=f"ApiKey {KEY}")
    yield gate
    gate.close()


def opened(gate: Gate, **access: object) -> ElasticsearchIndex:
    return ElasticsearchIndex(cluster_of(f"{gate.url}/test{uuid.uuid4().hex}", Access(**access)))


def works(index: ElasticsearchIndex) -> bool:
    index.apply(CHANGES)
    return index.search(Query(size=0, counts=())).total > 0 and index.position() == CHANGES[-1].sequence


pytestmark = pytest.mark.services


def test_a_key_and_an_authority_open_the_cluster(gate, authority):
    assert works(opened(gate, api_key=KEY, authority=authority.file))
    pair = base64.b64decode(KEY).decode()
    assert works(opened(gate, api_key=pair, authority=authority.file))


def test_a_fingerprint_stands_in_for_an_authority(gate, authority):
    printed = fingerprint(authority.folder / "server.crt").replace(":", "").lower()
    assert works(opened(gate, api_key=KEY, fingerprint=printed))
    wrong = opened(gate, api_key=KEY, fingerprint="0" * 64)
    with pytest.raises(IndexUnavailable, match="cannot be trusted, or does not trust us"):
        wrong.position()


def test_a_certificate_of_nobody_known_is_not_trusted(gate, tmp_path):
    for access in ({}, {"authority": Authority(tmp_path, "other").file}):
        with pytest.raises(IndexUnavailable, match="check ALMAGEST_INDEX_CA"):
            opened(gate, api_key=KEY, **access).position()
        with pytest.raises(IndexUnavailable, match="check ALMAGEST_INDEX_CA"):
            opened(gate, api_key=KEY, **access).apply(CHANGES)


def test_a_wrong_key_is_told_without_showing_it(gate, authority, caplog):
    caplog.set_level(logging.DEBUG)
    secret = base64.b64encode(b"wrongwrong:nobodymayseethis").decode()
    index = opened(gate, api_key=secret, authority=authority.file)
    for ask in (index.position, lambda: index.apply(CHANGES), lambda: index.search(Query())):
        with pytest.raises(IndexUnavailable, match="refuses our credentials") as caught:
            ask()
        told = "".join(traceback.format_exception(caught.value)) + caplog.text
        assert secret not in told
        assert "nobodymayseethis" not in told
    assert secret not in repr(cluster_of(gate.url, Access(api_key=secret)))


def test_a_cluster_may_ask_for_our_certificate(authority, elasticsearch_url):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.signed("strict"))
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    gate = Gate(elasticsearch_url, context=context)
    try:
        ours = authority.signed("ours")
        assert works(opened(gate, authority=authority.file, certificate=ours))
        with pytest.raises(IndexUnavailable):
            opened(gate, authority=authority.file).position()
    finally:
        gate.close()


def test_a_file_that_holds_no_certificates(tmp_path):
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing")
    for access in (Access(authority=nothing), Access(certificate=nothing)):
        with pytest.raises(SettingsError, match="must be PEM files"):
            ElasticsearchIndex(cluster_of("https://127.0.0.1:1/x", access))
