"""The presets: one file each, complete, and each one a source that can be registered."""

from __future__ import annotations

from importlib import resources
from urllib.parse import urlsplit

import pytest

from catalogue.errors import NotFound, SettingsError
from catalogue.sources import OPTIONS, check_source
from harvesters.base import harvester_kinds
from harvesters.presets import Preset, preset, presets, read_preset
from mappings.base import formats

NAMED_BY_THE_ISSUE = {
    *("ivoa", "ivoa-full", "gavo", "eso", "cadc", "mast", "heasarc"),
    *("escape-ossr", "punch4nfdi", "ctao"),
    *("psi", "ess", "maxiv", "desy", "hzdr", "hzb"),
    *("rodare", "juser", "pubdb", "gsi", "kcdc", "radar"),
    *("cern-open-data", "cds", "hepdata", "inspire", "b2find", "re3data", "datacite"),
}
WHOLE = 'title = "T"\ncommunity = "C"\nkind = "oai-pmh"\nurl = "https://a.example/oai"\norigin = "a letter"\n'


def test_all_that_are_promised_are_there() -> None:
    assert set(presets()) >= NAMED_BY_THE_ISSUE
    files = [file.name for file in resources.files("harvesters.presets").iterdir()]
    assert set(presets()) == {file[:-5] for file in files if file.endswith(".toml")}
    assert list(presets()) == sorted(presets())


@pytest.mark.parametrize("one", presets().values(), ids=lambda one: one.name)
def test_a_preset_is_a_source_that_can_be_registered(one: Preset) -> None:
    source = one.source()
    check_source(source)
    assert {urlsplit(url).scheme for url in source.urls} <= {"https", "http"}
    assert one.title and one.community and len(one.origin) > 20
    assert not {"token", "token-env"} & set(source.options)
    assert one.kind in harvester_kinds()
    known = {**OPTIONS, **harvester_kinds()[one.kind].options}
    assert set(source.options) <= set(known)
    assert one.prefix is None or one.prefix in formats()


def test_the_manners_that_hosts_ask_for() -> None:
    for name in ("escape-ossr", "punch4nfdi", "ctao"):
        source = preset(name).source()
        assert (source.requests_per_minute, source.page_size) == (30, 25)
    assert preset("escape-ossr").options["codemeta"] == "yes"


def test_a_source_under_another_name() -> None:
    assert preset("rodare").source("ours").name == "ours"
    assert preset("rodare").source().name == "rodare"
    assert preset("rodare").source("ours").options["title"] == preset("rodare").title


def test_an_unknown_preset_says_which_there_are() -> None:
    with pytest.raises(NotFound, match=r"no preset «nowhere»; known are .*rodare"):
        preset("nowhere")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "is not valid TOML"),
        ('title = "T"\nreached = false', "lacks «community»"),
        (WHOLE + 'reached = false\ncolour = "blue"', "has the unknown key «colour»"),
        (WHOLE + 'reached = "maybe"', "reached = true or false"),
    ],
)
def test_a_wrong_file_is_one_sentence(text: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        read_preset("lab", text)


def test_options_are_texts() -> None:
    one = read_preset("lab", WHOLE + "reached = true\n[options]\ndelay = 1.5\noriginals = false\n")
    assert one.reached and one.options == {"delay": "1.5", "originals": "no"}
