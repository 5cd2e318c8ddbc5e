"""Jobs: each file that is made is read by its own tool, whatever a record says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.record import Distribution, Environment, Provenance, Record, Reference
from tests.lacking import lacking
from tests.web.observatory import record
from tests.web.targets.reana_schema import REANA
from tests.web.targets.test_files import hostile
from web.targets.base import Instance, Offer, Use, target_of
from web.targets.jobs import inputs_of, program_of, repository_of, slug

PAGE = "https://c.example.org/records/x"
ONE = Instance(title="One", url="https://one.example.org")


def use(one: Record, **options: str) -> Use:
    instance = Instance(title=ONE.title, url=ONE.url, options=options)
    return Use(record=one, page=PAGE, instances=(instance,))


def offers(target: str, one: Record, **options: str) -> list[Offer]:
    return list(target_of(target).offers(use(one, **options)))


def made(target: str, name: str, one: Record, **options: str) -> str:
    assert any(offer.made == name for offer in offers(target, one, **options))
    return target_of(target).files[name].make(use(one, **options)).decode()


def data(*urls: str, **values: Any) -> Record:
    return record(
        "data", "Data of a run", distributions=tuple(Distribution(url=url) for url in urls), **values
    )


def code(repository: str, **values: Any) -> Record:
    return record("code", "Code", kind="software", environment=Environment(repository=repository, **values))


# --- REANA -------------------------------------------------------------------------------------------


def launched(offer: Offer) -> dict[str, str]:
    assert offer.url is not None and offer.url.startswith("https://one.example.org/launch?")
    return {name: values[0] for name, values in parse_qs(urlsplit(offer.url).query).items()}


def test_a_workflow_of_the_record_is_launched() -> None:
    (offer,) = offers(
        "reana", data("https://a.example.org/x.csv", "https://a.example.org/d/reana-snakemake.yaml")
    )
    assert launched(offer) == {"url": "https://a.example.org/d/reana-snakemake.yaml", "name": "data-of-a-run"}
    inside = code("https://github.com/lab/code/tree/v2", specification="reana.yaml")
    assert launched(offers("reana", inside)[0]) == {
        "url": "https://github.com/lab/code/tree/v2",
        "specification": "reana.yaml",
        "name": "code",
    }


def test_a_workflow_is_made_of_files_and_code() -> None:
    one = data(
        "https://a.example.org/x$y.csv",
        environment=Environment(
            repository="https://git.example.org/a/b", entry_point="run.py", container="docker://lab/image:3"
        ),
    )
    file, launch = offers("reana", one)
    assert launched(launch)["url"] == f"{PAGE}/use/reana/reana.yaml"
    document = yaml.safe_load(made("reana", file.made or "", one, backend="compute4punch"))
    jsonschema.validate(document, REANA)
    fetch, clone, run = document["workflow"]["specification"]["steps"]
    assert fetch["commands"] == [
        "curl --globoff --location --fail --create-dirs --output data/x_y.csv https://a.example.org/x%24y.csv"
    ]
    assert clone["commands"] == ["git clone --depth 1 -- https://git.example.org/a/b code"]
    assert run == {
        "name": "run",
        "environment": "lab/image:3",
        "commands": ["cd code && python run.py"],
        "compute_backend": "compute4punch",
    }


def test_what_has_neither_files_nor_code_is_not_run() -> None:
    assert offers("reana", record("x", "X")) == []
    assert (
        offers(
            "reana",
            record(
                "x", "X", kind="publication", distributions=(Distribution(url="https://a.example.org/x.pdf"),)
            ),
        )
        == []
    )


@given(path=hostile, title=hostile, container=hostile, entry=hostile, repository=hostile)
def test_a_made_workflow_holds_texts_as_words(
    path: str, title: str, container: str, entry: str, repository: str
) -> None:
    one = record(
        "x",
        title or "X",
        distributions=(Distribution(url=f"https://a.example.org/d/{path}", title=title),),
        environment=Environment(
            repository=f"https://git.example.org/a/{repository}", container=container, entry_point=entry
        ),
    )
    if not offers("reana", one):
        return
    document = yaml.safe_load(made("reana", "reana.yaml", one))
    jsonschema.validate(document, REANA)
    commands = [line for step in document["workflow"]["specification"]["steps"] for line in step["commands"]]
    assert {line.split()[0] for line in commands} <= {"curl", "git", "ls", "cd"}
    assert not any(re.search(r"\$(?!\$)", line.replace("$$", "")) for line in commands)
    check = subprocess.run(
        ["/bin/sh", "-n"], input="\n".join(commands), text=True, capture_output=True, check=False, timeout=20
    )
    assert check.returncode == 0, check.stderr


# --- HTCondor ----------------------------------------------------------------------------------------


def submitted(text: str) -> tuple[dict[str, str], list[str]]:
    """A submit file as the library of HTCondor reads it: its commands, and the items of its queue."""
    try:
        import htcondor2
    except ImportError:
        lacking("htcondor is not installed; «make install» installs it")
    submit = htcondor2.Submit(text)
    return dict(submit), [item if isinstance(item, str) else str(item["input"]) for item in submit.itemdata()]


def test_every_file_has_a_job_that_reads_it_where_it_lies() -> None:
    one = data("root://eos.example.org//x.root", "root://eos.example.org//y.root", "https://a.example.org/x")
    commands, items = submitted(made("htcondor", "job.sub", one, oauth="helmholtz"))
    assert items == ["root://eos.example.org//x.root", "root://eos.example.org//y.root"]
    assert commands["MY.SINGULARITY_JOB_CONTAINER"].startswith('"/cvmfs/unpacked.cern.ch/')
    assert commands["use_oauth_services"] == "helmholtz"
    assert (commands["executable"], commands["arguments"]) == ("job.sh", "$(input)")


def test_the_program_of_the_jobs_is_a_shell_script() -> None:
    script = made("htcondor", "job.sh", data("root://eos.example.org//x.root"))
    said = subprocess.run(
        ["/bin/sh", "-s", "root://eos.example.org//x.root"],
        input=script,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert "root://eos.example.org//x.root where it lies" in said.stdout


@settings(max_examples=50, deadline=None)
@given(path=hostile, scheme=st.sampled_from(["root", "https"]), container=hostile)
def test_no_text_becomes_a_command_of_a_submit_file(path: str, scheme: str, container: str) -> None:
    one = data(
        f"{scheme}://a.example.org/{path}",
        f"{scheme}://a.example.org/safe",
        environment=Environment(container=container),
    )
    if not offers("htcondor", one):
        return
    commands, items = submitted(made("htcondor", "job.sub", one))
    assert set(commands) == {
        "executable",
        "arguments",
        "MY.SINGULARITY_JOB_CONTAINER",
        "should_transfer_files",
        "when_to_transfer_output",
        "request_cpus",
        "request_memory",
        "request_disk",
        "output",
        "error",
        "log",
    }
    assert 1 <= len(items) <= 2 and all(re.fullmatch(r"[!-~]+", item) and "$" not in item for item in items)
    assert re.fullmatch(r'"[\w./:@-]+"', commands["MY.SINGULARITY_JOB_CONTAINER"], re.ASCII)


# --- Snakemake and CWL -------------------------------------------------------------------------------


def test_snakemake_plans_every_file(tmp_path: Path) -> None:
    one = data("https://a.example.org/{x}'s \\.csv".replace(" ", "%20"), "https://a.example.org/b.csv")
    (tmp_path / "Snakefile").write_text(made("snakemake", "Snakefile", one))
    program = shutil.which("snakemake") or str(Path(sys.executable).with_name("snakemake"))
    if not Path(program).is_file():
        lacking("snakemake is not installed; «make install» installs it")
    done = subprocess.run(
        [program, "--dry-run", "--cores", "1", "--printshellcmds"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert said.count("curl --globoff") == 2 and "--output data/b.csv https://a.example.org/b.csv" in said


@given(path=hostile, title=hostile)
def test_a_snakefile_differs_in_its_texts_only(path: str, title: str) -> None:
    one = record("x", "X", distributions=(Distribution(url=f"https://a.example.org/d/{path}", title=title),))
    if not offers("snakemake", one):
        return
    import ast

    head, mark, rules = made("snakemake", "Snakefile", one).partition("\n\nrule all")
    (assigned,) = ast.parse(head).body
    assert isinstance(assigned, ast.Assign)
    assert list(ast.literal_eval(assigned.value).values()) == [f"https://a.example.org/d/{path}"]
    assert (
        mark + rules
        == "\n\nrule all"
        + made("snakemake", "Snakefile", data("https://a.example.org/b")).partition("\n\nrule all")[2]
    )


def test_cwl_is_read_by_its_own_library(tmp_path: Path) -> None:
    try:
        from cwl_utils.parser import load_document_by_uri
    except ImportError:
        lacking("cwl-utils is not installed; «make install» installs it")
    one = data("https://a.example.org/$(id).csv", "https://b.example.org/$(id).csv")
    (tmp_path / "tool.cwl").write_text(made("cwl", "tool.cwl", one))
    tool = load_document_by_uri(tmp_path / "tool.cwl")
    assert (tool.class_, tool.cwlVersion, tool.inputs[0].type_.items) == ("CommandLineTool", "v1.2", "File")
    job = json.loads(made("cwl", "job.json", one))
    assert [file["basename"] for file in job["files"]] == ["id_.csv", "1_id_.csv"]


# --- hubs and desktops -------------------------------------------------------------------------------


def test_nbgitpuller_takes_the_branch() -> None:
    (offer,) = offers("jupyterhub", code("https://gitlab.com/lab/code/-/tree/fix/one"))
    assert offer.url == (
        "https://one.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgitlab.com%2Flab%2Fcode"
        "&urlpath=lab%2Ftree%2Fcode%2F&branch=fix%2Fone"
    )
    assert offers("jupyterhub", record("x", "X")) == []


def test_visa_is_offered_for_its_own_sources() -> None:
    origin = Provenance(source="ill", identifier="7")
    one = Record(
        id="x", kind="dataset", titles=data().titles, provenance=origin, proposals=(Reference(label="5-31"),)
    )
    (offer,) = offers("visa", one, sources="ess, ill")
    assert offer.url == "https://one.example.org" and "5-31" in (offer.note or "")
    assert offers("visa", one, sources="ess") == [] and offers("visa", one) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/a/b.git", ("https://github.com/a/b", None)),
        ("https://github.com/a/b/tree/main", ("https://github.com/a/b", "main")),
        ("https://github.com/a", None),
        ("https://github.com/a/../b", None),
        ("https://github.com/a/b/tree/-x", None),
        ("ssh://git@github.com/a/b", None),
        ("https://me:secret@github.com/a/b", None),
    ],
)
def test_repositories_are_told_from_other_addresses(address: str, expected: tuple[str, str] | None) -> None:
    found = repository_of(code(address))
    assert (found and (found.url, found.branch)) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("run.py", ["python", "run.py"]),
        ("a/b.sh", ["bash", "a/b.sh"]),
        ("rm -rf /", None),
        ("../x.py", None),
        ("-x.py", None),
    ],
)
def test_only_files_of_known_kinds_are_run(entry: str, expected: list[str] | None) -> None:
    assert program_of(code("https://git.example.org/a/b", entry_point=entry)) == expected


def test_inputs_have_names_of_their_own() -> None:
    one = data(*(f"https://{host}.example.org/x.csv" for host in "abb"))
    assert inputs_of(one, "https") == {
        "x.csv": "https://a.example.org/x.csv",
        "1_x.csv": "https://b.example.org/x.csv",
    }
    assert slug("Ünïversal – Größe: 3!") == "n-versal-gr-e-3" and slug("物理") == "record"
