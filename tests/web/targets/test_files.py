"""Names and protocols of files; and whatever a record says, a shell sees it as one word."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Distribution
from tests.web.observatory import record
from web.targets.base import Offer, Use, targets
from web.targets.files import is_plain, local_name, quoted, scheme


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


@pytest.mark.parametrize(
    ("url", "title", "expected"),
    [
        ("https://a.example.org/d/run%201.root?download=1", None, "run_1.root"),
        ("https://a.example.org/", "Table 1.csv", "Table_1.csv"),
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


hostile = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["$(touch x)", "`id`", "';rm -rf ~;'", '"; id #', "a\nb", "--config=/x", "\\", "!!", "&& id"]
    ),
)


@given(path=hostile, title=hostile, protocol=st.sampled_from(["https", "root", "davs", "s3", "gsiftp"]))
def test_nothing_in_an_address_leaves_its_word(path: str, title: str, protocol: str) -> None:
    file = Distribution(url=f"{protocol}://a.example.org/{path}", title=title)
    one = record("data", "Data", distributions=(file,))
    for target in targets().values():
        for offer in target.offers(Use(record=one, page="https://c.example.org/records/x")):
            assert offer.of is None or offer.command is None or is_quoted(offer, file)


def is_quoted(offer: Offer, file: Distribution) -> bool:
    """Whether the address and the name stand in the command as whole words, and nothing else of them does."""
    command = offer.command or ""
    rest = command.replace(quoted(file.url), "URL").replace(quoted(local_name(file)), "NAME")
    return "\n" not in rest and not set(rest) & set("`;|&<>\\") and shlex.split(command) != []


def test_a_shell_reads_the_words_as_they_are() -> None:
    url = "https://a.example.org/$(id)'`;\"&!"
    said = subprocess.run(
        ["/bin/sh", "-c", f"printf %s {quoted(url)}"], capture_output=True, text=True, check=True, timeout=10
    )
    assert said.stdout == url
