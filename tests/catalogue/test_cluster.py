"""Addresses of a cluster and settings of it: what is taken, and that no message shows a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.cluster import Access, Spread, access_of, cluster_of, spread_of
from catalogue.errors import SettingsError
from catalogue.settings import load_settings


def test_several_nodes_of_one_cluster():
    cluster = cluster_of("https://user:p%40ss@es1.example.org:9200,es2.example.org,[::1]:9201/Records")
    assert cluster.nodes == (
        "https://es1.example.org:9200",
        "https://es2.example.org:443",
        "https://[::1]:9201",
    )
    assert cluster.alias == "records"
    assert cluster.account == ("user", "p@ss")
    assert "p@ss" not in repr(cluster)
    assert cluster.where == "The Elasticsearch at es1.example.org, es2.example.org, ::1"
    assert cluster_of("http://localhost:9200").alias == "almagest"


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@/x",
        "https://user:secret@a:9200,/x",
        "https://user:secret@a:99999/x",
        "https://user:secret@a:9200/x/y",
        "https://user:secret@a:9200/x?y",
        "https://user:secret@a:9200/records-v6",
        "https://user:secret@a:9200/*",
        "https://user:secret@a:9200/_all",
    ],
)
def test_addresses_that_are_none(url):
    with pytest.raises(SettingsError, match="must be http") as caught:
        cluster_of(url)
    assert "secret" not in str(caught.value)


def test_an_account_or_a_key():
    with pytest.raises(SettingsError, match="not both"):
        cluster_of("https://user:secret@a:9200", Access(api_key="a2V5a2V5"))
    with pytest.raises(SettingsError, match="begins with https"):
        cluster_of("http://a:9200", Access(fingerprint="0" * 64))


def test_all_from_the_settings(tmp_path):
    authority = tmp_path / "ca.pem"
    authority.write_text("-")
    (tmp_path / "almagest.toml").write_text(
        f'index_ca = "{authority}"\nindex_shards = 24\nindex_replicas = "1"\n'
        'index_routing = "allocation.total_shards_per_node=4 allocation.require.rack=a"\n'
    )
    settings = load_settings(
        {
            "ALMAGEST_HOME": str(tmp_path),
            "ALMAGEST_INDEX_API_KEY": "VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw",
            "ALMAGEST_INDEX_FINGERPRINT": ":".join(["AB"] * 32),
        }
    )
    assert "ui2lp2" not in repr(settings)
    assert access_of(settings) == Access(
        api_key="VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw",
        authority=Path(authority),
        fingerprint="ab" * 32,
    )
    assert spread_of(settings).settings() == {
        "number_of_shards": 24,
        "number_of_replicas": "1",
        "routing.allocation.total_shards_per_node": "4",
        "routing.allocation.require.rack": "a",
    }
    assert Spread().settings() == {"number_of_shards": 1, "auto_expand_replicas": "0-1"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "line\nbreak-secret"),
        ("CA", "/nowhere/at/all.pem"),
        ("CERTIFICATE", "/nowhere/at/all.pem"),
        ("FINGERPRINT", "AB:CD"),
        ("SHARDS", "0"),
        ("SHARDS", "5000"),
        ("REPLICAS", "many"),
        ("ROUTING", "number_of_shards=3"),
        ("ROUTING", "allocation.require.rack"),
    ],
)
def test_settings_that_are_wrong_are_named(tmp_path, name, value):
    with pytest.raises(SettingsError, match=f"ALMAGEST_INDEX_{name}") as caught:
        load_settings({"ALMAGEST_HOME": str(tmp_path), f"ALMAGEST_INDEX_{name}": value})
    assert "secret" not in str(caught.value)
