"""The client of an Elasticsearch cluster: opened by settings, its errors as those of the index.

A node that does not answer is left alone for some seconds, at most thirty, while the others are
asked; what was asked of it is asked of the next.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any

import elastic_transport
import elasticsearch
from elasticsearch import Elasticsearch, OrjsonSerializer

from catalogue.cluster import Access, Cluster
from catalogue.errors import IndexCorrupt, IndexError_, IndexUnavailable, SettingsError
from catalogue.index_builds import ADVICE

_TIMEOUT = 30.0
_RETRIES = 3


def connect(cluster: Cluster) -> Elasticsearch:
    """A client that has asked nothing yet; raises `SettingsError` for certificates that are none."""
    access = cluster.access
    _check(access)
    options: dict[str, Any] = {}
    if access.api_key:
        identity, colon, key = access.api_key.partition(":")
        options["api_key"] = (identity, key) if colon else access.api_key
    if access.authority is not None:
        options["ca_certs"] = str(access.authority)
    if access.certificate is not None:
        options["client_cert"] = str(access.certificate)
    if access.fingerprint:
        options["ssl_assert_fingerprint"] = access.fingerprint
    return Elasticsearch(
        list(cluster.nodes),
        basic_auth=cluster.account,
        request_timeout=_TIMEOUT,
        max_retries=max(_RETRIES, len(cluster.nodes)),
        retry_on_timeout=True,
        serializers={"application/json": OrjsonSerializer()},
        **options,
    )


def _check(access: Access) -> None:
    """Raises `SettingsError` for files that the client would stumble over at the first request."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if access.authority is not None:
            context.load_verify_locations(access.authority)
        if access.certificate is not None:
            # Without a password to ask for at the terminal.
            context.load_cert_chain(access.certificate, password="")
    except (OSError, ValueError) as error:
        raise SettingsError(
            "ALMAGEST_INDEX_CA and ALMAGEST_INDEX_CERTIFICATE must be PEM files, the second with certificate "
            f"and key, without a password: {error}."
        ) from None


@contextlib.contextmanager
def translated(where: str) -> Iterator[None]:
    """Errors of the client as errors of the index; ``where`` begins their sentences."""
    try:
        yield
    except IndexError_:
        raise
    except elasticsearch.UnsupportedProductError as error:
        raise IndexUnavailable(
            f"{where} is no Elasticsearch of version 8; check ALMAGEST_INDEX_URL."
        ) from error
    except elasticsearch.ApiError as error:
        raise _fault(where, error) from error
    except elastic_transport.TlsError as error:
        raise IndexUnavailable(
            f"{where} cannot be trusted, or does not trust us; check ALMAGEST_INDEX_CA, "
            "ALMAGEST_INDEX_FINGERPRINT and ALMAGEST_INDEX_CERTIFICATE."
        ) from error
    except elasticsearch.TransportError as error:
        raise IndexUnavailable(f"{where} does not answer; start it or check ALMAGEST_INDEX_URL.") from error


def _fault(where: str, error: elasticsearch.ApiError) -> IndexError_:
    status = error.meta.status
    if status in {401, 403} and error.error != "cluster_block_exception":
        return IndexUnavailable(
            f"{where} refuses our credentials, or what they may do; check the account in ALMAGEST_INDEX_URL "
            "or ALMAGEST_INDEX_API_KEY."
        )
    if status == 404:
        return IndexUnavailable(f"{where} was rebuilt just now; try again.")
    if status in {403, 408, 429} or status >= 500:
        return IndexUnavailable(f"{where} is overloaded or not ready ({status}); try again later.")
    return IndexCorrupt(f"{where} does not understand: {error.message}. {ADVICE}")
