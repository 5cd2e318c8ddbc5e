"""Storage: each protocol has the commands of its own tools, with what they need."""

from __future__ import annotations

import shlex

import pytest

from catalogue.record import Distribution, Identifier
from tests.web.observatory import record
from web.targets.base import Instance, Offer, Use, target_of

COLLECTION = "ddb59aef-6d04-11e5-ba46-22000b92c6ec"


def offers(target: str, *urls: str, instances: tuple[Instance, ...] = (), **values: object) -> list[Offer]:
    files = tuple(Distribution(url=url) for url in urls)
    use = Use(
        record=record("data", "Data", distributions=files, **values),
        page="https://c.example.org/records/x",
        instances=instances,
    )
    return list(target_of(target).offers(use))


def commands(found: list[Offer]) -> dict[str, str]:
    return {offer.label: offer.command for offer in found if offer.command}


def test_webdav_takes_a_bearer_token() -> None:
    found = offers("webdav", "davs://dcache.example.org:2880/pnfs/run%201.root")
    assert commands(found) == {
        "curl": 'curl --globoff --location --fail --header "Authorization: Bearer $BEARER_TOKEN" '
        "--output run_1.root https://dcache.example.org:2880/pnfs/run%201.root",
        "rclone": "rclone copyto :webdav,url='\"https://dcache.example.org:2880\"',"
        "bearer_token=\"$BEARER_TOKEN\":'/pnfs/run 1.root' run_1.root",
        "gfal-copy": 'gfal-copy davs://dcache.example.org:2880/pnfs/run%201.root file://"$PWD"/run_1.root',
    }
    assert all("oidc-token" in (offer.needs or "") and "macaroon" in (offer.needs or "") for offer in found)


def test_objects_come_from_the_endpoint_of_their_bucket() -> None:
    instances = (
        Instance(title="Ours", url="https://s3.example.org", options={"buckets": "a b"}),
        Instance(title="Rest", url="https://rest.example.org", options={"region": "eu-1"}),
    )
    ours, rest, default = (
        commands(offers("s3", url, instances=given))
        for url, given in (("s3://b/k/x.csv", instances), ("s3://c/x.csv", instances), ("s3://c/x.csv", ()))
    )
    assert ours["aws"] == (
        "aws s3 cp --no-sign-request --endpoint-url https://s3.example.org s3://b/k/x.csv x.csv"
    )
    assert ours["rclone"] == (
        "rclone copyto :s3,provider=Other,endpoint='\"https://s3.example.org\"':b/k/x.csv x.csv"
    )
    assert "https://rest.example.org --region eu-1 s3://c" in rest["aws"]
    assert default["aws"] == "aws s3 cp --no-sign-request s3://c/x.csv x.csv"
    assert offers("s3", "s3://bucket") == []


@pytest.mark.parametrize(
    "url", ["rucio:ams02:run/1.root", "rucio://ams02/run/1.root", "rucio://ams02:run/1.root"]
)
def test_rucio_takes_the_data_identifier(url: str) -> None:
    instance = Instance(
        title="the lake",
        url="https://rucio.example.org",
        options={"scopes": "ams02", "account": "guest", "rse": "STORE-1"},
    )
    other = Instance(title="other", url="https://other.example.org", options={"scopes": "x"})
    (offer,) = offers("rucio", url, instances=(other, instance))
    assert (offer.label, offer.command) == (
        "rucio at the lake",
        "rucio -H https://rucio.example.org --account guest download --rses STORE-1 ams02:run/1.root",
    )
    (plain,) = offers("rucio", url)
    assert plain.command == "rucio download ams02:run/1.root"


def test_rucio_takes_identifiers_and_nothing_odd() -> None:
    known = (Identifier(scheme="rucio", value="user.ada:set.7"),)
    assert [one.command for one in offers("rucio", "rucio:user.ada:set.7", identifiers=known)] == [
        "rucio download user.ada:set.7"
    ]
    assert offers("rucio", "rucio:no-name", "rucio:a:$(id)", "rucio:-o:x") == []


def test_gridftp_takes_a_proxy_and_fts_goes_from_store_to_store() -> None:
    url = "gsiftp://grid.example.org:2811/d/x.dat"
    found = offers("gridftp", url)
    assert commands(found)["globus-url-copy"] == f'globus-url-copy {url} file://"$PWD"/x.dat'
    assert all("x509" in (offer.needs or "") for offer in found)
    (transfer,) = offers("fts", url, instances=(Instance(title="FTS", url="https://fts.example.org:8446"),))
    assert transfer.command == (
        f'fts-transfer-submit --server https://fts.example.org:8446 {url} "$DESTINATION"/x.dat'
    )
    assert offers("fts", url) == []


@pytest.mark.parametrize(
    "url",
    ["/cvmfs/sft.cern.ch/lcg/x", "file:///cvmfs/sft.cern.ch/lcg/x", "cvmfs://sft.cern.ch/lcg/x"],
)
def test_cvmfs_is_a_path(url: str) -> None:
    path, copy = offers("cvmfs", url)
    assert path.command == "ls -l /cvmfs/sft.cern.ch/lcg/x"
    assert copy.command == "cp -R /cvmfs/sft.cern.ch/lcg/x ./x"
    assert "cvmfs_config probe sft.cern.ch" in (copy.needs or "")


@pytest.mark.parametrize(
    "url", ["/cvmfs/a.org/../../etc/passwd", "/etc/passwd", "file:///etc/x", "cvmfs://x"]
)
def test_other_paths_are_none_of_cvmfs(url: str) -> None:
    assert offers("cvmfs", url) == []


@pytest.mark.parametrize(
    "url",
    [
        f"globus://{COLLECTION}/set/a%20b.h5",
        f"https://app.globus.org/file-manager?origin_id={COLLECTION}&origin_path=%2Fset%2Fa%20b.h5",
    ],
)
def test_globus_transfers_from_its_collection(url: str) -> None:
    manager = Instance(title="Globus", url="https://app.globus.org")
    opened, transfer = offers("globus", url, instances=(manager,))
    assert opened.url == f"https://app.globus.org/file-manager?origin_id={COLLECTION}&origin_path=%2Fset%2F"
    assert transfer.command is not None
    assert shlex.split(transfer.command)[2] == f"{COLLECTION}:/set/a b.h5"
    assert "globus login" in (transfer.needs or "")
    assert offers("globus", "globus://nobody/x") == []
