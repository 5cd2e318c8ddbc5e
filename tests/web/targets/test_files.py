"""Names and protocols of files; and whatever a record says, a shell sees it as one word."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.record import (
    Capability,
    Coverage,
    Distribution,
    Environment,
    Identifier,
    Interface,
    Record,
    Sky,
)
from tests.web.observatory import record
from web.targets.base import Instance, Offer, Target, Use, targets
from web.targets.files import is_plain, local_name, named, quoted, scheme


@pytest.mark.parametrize(
    ("url", "protocol", "expected"),
    [
        ("https://a.example.org/x.root", None, "https"),
        ("https://dcache.example.org:2880/x", "WebDAV", "davs"),
        ("dav://dcache.example.org/x", None, "davs"),
        ("xroot://eos.example.org//eos/x", None, "root"),
        ("root://eos.example.org//eos/x", "https", "root"),
        ("s3://bucket/key", None, "s3"),
    ],
)
def test_the_address_says_the_protocol(url: str, protocol: str | None, expected: str) -> None:
    assert scheme(Distribution(url=url, protocol=protocol)) == expected


def test_no_file_is_kept_over_another() -> None:
    files = [Distribution(url=f"https://a.example.org/{path}") for path in ("1/a.csv", "2/a.csv", "3/A.csv")]
    assert [name for _, name in named(files)] == ["a.csv", "a-2.csv", "A-3.csv"]


@pytest.mark.parametrize(
    ("url", "title", "expected"),
    [
        ("https://a.example.org/d/run%201.root?download=1", None, "run_1.root"),
        ("https://a.example.org/", "Table 1.csv", "Table_1.csv"),
        ("https://a.example.org/api/records/1/files/a.zip/content", None, "a.zip"),
        ("https://a.example.org/api/records/1/files/README/content", "README", "README"),
        ("https://a.example.org/api/access/datafile/17", "Table 2.tab", "Table_2.tab"),
        ("https://a.example.org/17", "Table of 2.5 GeV", "17"),
        ("https://a.example.org/17", "../../x.sh", "x.sh"),
        ("https://a.example.org/%2e%2e%2fetc%2fpasswd", None, "passwd"),
        ("https://a.example.org/-rf", None, "rf"),
        ("https://a.example.org/.bashrc", None, "bashrc"),
        ("https://a.example.org/", None, "file"),
        ("https://a.example.org/" + "x" * 400 + ".fits", None, "x" * 145 + ".fits"),
    ],
)
def test_a_file_is_kept_under_a_name_that_leads_nowhere_else(
    url: str, title: str | None, expected: str
) -> None:
    assert local_name(Distribution(url=url, title=title)) == expected


@pytest.mark.parametrize(
    "url", ["https://me:secret@a.example.org/x", "https://a.example.org/x\ny", "https://[::1", "-o/etc/x"]
)
def test_odd_addresses_get_no_command(url: str) -> None:
    assert not is_plain(url)


PROTOCOLS = ["https", "root", "davs", "s3", "gsiftp", "rucio", "cvmfs", "globus", "ftp"]

hostile = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["$(touch x)", "`id`", "';rm -rf ~;'", '"; id #', "a\nb", "--config=/x", "\\", "!!", "&& id"]
    ),
)


@settings(deadline=None, max_examples=60)
@given(path=hostile, title=hostile, protocol=st.sampled_from(PROTOCOLS))
def test_bash_reads_every_command_as_the_words_that_were_meant(path: str, title: str, protocol: str) -> None:
    """No expansion, no second command, no comment: bash passes the words that `shlex` sees."""
    file = Distribution(url=f"{protocol}://a.example.org/{path}", title=title)
    interface = Interface(type="vs:ParamHTTP", url=f"https://a.example.org/{path}", use="base")
    service = Capability(standard="ivo://ivoa.net/std/TAP", interfaces=(interface,))
    code = Environment(repository=f"https://a.example.org/{path}", container=title or None)
    sky = Coverage(sky=Sky(moc="6/17-20"))
    one = record(
        "data",
        title or "Data",
        distributions=(file,),
        capabilities=(service,),
        environment=code,
        coverage=sky,
        identifiers=(Identifier(scheme="rucio", value=f"scope:{path}"),),
    )
    commands = [offer.command for target in targets().values() for offer in offers(target, one)]
    meant = [shlex.split(command) for command in commands if command]
    assert passed_by_bash([command for command in commands if command]) == meant


def offers(target: Target, one: Record) -> Iterable[Offer]:
    instances = target.instances or (Instance(title="One", url="https://one.example.org"),)
    return target.offers(Use(record=one, page="https://c.example.org/records/x", instances=instances))


def passed_by_bash(commands: list[str]) -> list[list[str]]:
    """What programs of these commands are given, each run by itself; their variables stay as they are."""
    tools = {shlex.split(command)[0] for command in commands}
    script = "".join(
        f"{tool}() {{ printf '%s\\0' {tool} \"$@\"; printf '\\1\\0'; }}\n" for tool in sorted(tools)
    )
    script += "PWD='$PWD' DESTINATION='$DESTINATION' BEARER_TOKEN='$BEARER_TOKEN'\n" + "\n".join(commands)
    said = subprocess.run(
        [shutil.which("bash") or "/bin/bash", "--norc", "-c", script],
        capture_output=True,
        check=False,
        timeout=20,
        cwd="/",
        env={"PATH": ""},
    )
    assert said.stderr == b""
    return [one.split("\0")[:-1] for one in said.stdout.decode().split("\1\0")[:-1]]


def test_a_shell_reads_the_words_as_they_are() -> None:
    url = "https://a.example.org/$(id)'`;\"&!"
    said = subprocess.run(
        ["/bin/sh", "-c", f"printf %s {quoted(url)}"], capture_output=True, text=True, check=True, timeout=10
    )
    assert said.stdout == url
