"""The program itself: help, versions, exit codes, and the sentences for what is wrong before work begins."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import sqlalchemy

from catalogue import __version__
from tests.lacking import lacking
from tests.web.command_line import Home, one_sentence
from tests.web.test_demo import free_port
from web.cli import COMMANDS, main


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty data directory."""
    return Home(tmp_path / "home", {})


def every_command(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every_command(command, *path, name)
        else:
            yield (*path, name), command


ALL = dict(every_command(main))


def test_help_lists_every_command(home: Home) -> None:
    answer = home("--help")
    assert answer.exit_code == 0
    for name, (_, summary) in COMMANDS.items():
        assert name in answer.stdout
        assert summary in " ".join(answer.stdout.split())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_with_examples(path: tuple[str, ...], home: Home) -> None:
    answer = home(*path, "--help")
    assert answer.exit_code == 0
    assert f"almagest {' '.join(path)}" in answer.stdout.partition("Examples:")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_the_command_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    first = (command.help or "").partition("\n")[0]
    assert first.split()[0] == COMMANDS[name][1].split()[0]


def test_version(home: Home) -> None:
    assert home("--version").stdout == f"almagest {__version__}\n"


def test_help_is_quick_and_loads_no_engine() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = (
        "import sys\nfrom web.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('sqlalchemy', 'flask', 'tantivy', 'lxml', 'rich') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert answer.stdout.splitlines()[-1] == "[]"
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("source", "add"), ("source", "add", "a"), ("harvest", "--nonsense"), ("records", "x")],
)
def test_a_wrong_call_has_exit_code_2(arguments: tuple[str, ...], home: Home) -> None:
    answer = home(*arguments)
    assert answer.exit_code == 2
    assert "Usage: " in answer.stderr
    assert not answer.stdout


@pytest.mark.parametrize(
    ("environment", "file", "expected"),
    [
        ({"ALMAGEST_DATABASE_URL": "nonsense"}, "", "ALMAGEST_DATABASE_URL is not an address"),
        ({"ALMAGEST_DATABASE_URL": "mysql://x/y"}, "", "use sqlite:///PATH or postgresql+psycopg://"),
        ({"ALMAGEST_BASE_URL": "ftp://x"}, "", "ALMAGEST_BASE_URL must be an http(s) address"),
        ({"ALMAGEST_WORKERS": "many"}, "", "ALMAGEST_WORKERS must be a whole number"),
        ({"ALMAGEST_LOG_FORMAT": "xml"}, "", "ALMAGEST_LOG_FORMAT must be one of text, json"),
        ({}, "base_url = ", "is not valid TOML"),
        ({}, 'baseurl = "x"', "there is no setting «baseurl»; known are"),
        ({}, '[[source]]\nname = "x"', "[[source]] 1: «kind» is missing"),
        (
            {},
            '[[source]]\nname = "x"\nkind = "z"\nurl = "http://x"',
            "There is no kind of source «z»; known are",
        ),
        ({}, '[[source]]\nname = "x"\nkind = "oai-pmh"\nurl = "x"', "is not an http(s) address"),
        ({}, '[[source]]\nname = "x"\ncolour = "red"', "there is no key «colour»; known are"),
    ],
)
def test_wrong_settings(environment: dict[str, str], file: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "almagest.toml").write_text(file)
    answer = Home(tmp_path, environment)("source", "list")
    assert answer.exit_code == 2
    assert expected in one_sentence(answer)


def test_a_wrong_set_is_said_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "almagest.toml").write_text("[[set]]\nspec = 'a b'\n")
    answer = Home(tmp_path, {})("web", "--port", str(free_port()))
    assert answer.exit_code == 2
    assert "a set needs «name», a text." in one_sentence(answer)


def test_an_index_address_that_is_none(tmp_path: Path) -> None:
    answer = Home(tmp_path, {"ALMAGEST_INDEX_URL": "nonsense"})("index", "status")
    assert answer.exit_code == 2
    assert "ALMAGEST_INDEX_URL must be embedded:PATH or" in one_sentence(answer)


def test_a_database_of_a_newer_almagest(home: Home) -> None:
    assert home("source", "list").exit_code == 0
    engine = sqlalchemy.create_engine(f"sqlite:///{home.path}/catalogue.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    answer = home("source", "list")
    assert answer.exit_code == 1
    assert "written by a newer Almagest" in one_sentence(answer)
    assert "install that version" in one_sentence(answer)


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql+psycopg://almagest:sesame@127.0.0.1:1/almagest"
    answer = Home(tmp_path, {"ALMAGEST_DATABASE_URL": url})("source", "list")
    assert answer.exit_code == 1
    assert "check ALMAGEST_DATABASE_URL and that it runs" in one_sentence(answer)
    assert "sesame" not in answer.stderr


def test_a_file_that_is_no_database(home: Home) -> None:
    home.path.mkdir()
    (home.path / "catalogue.db").write_bytes(b"This is a letter, not a database." * 100)
    answer = home("records", "--json")
    assert answer.exit_code == 1
    assert "restore a backup" in one_sentence(answer)


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = Home(tmp_path / "file" / "home", {})("source", "list")
    assert answer.exit_code == 1
    assert "choose another ALMAGEST_HOME" in one_sentence(answer)


def test_output_to_a_full_device(home: Home) -> None:
    if not Path("/dev/full").exists():
        lacking("this system has no /dev/full")
    with Path("/dev/full").open("w") as full, home.start("schema", stdout=full) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors == "No space is left on the device; free some and run the command again.\n"


def test_a_reader_that_has_enough_is_no_error(home: Home) -> None:
    with home.start("schema") as process:
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate(timeout=60)
    assert errors == ""


def test_stopped_by_ctrl_c(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("catalogue.runs.Sources.all", interrupt)
    answer = home("source", "list")
    assert answer.exit_code == 130
    assert answer.stderr.strip() == "Stopped."


def test_the_console_script_is_this_program() -> None:
    script = Path(sys.executable).parent / "almagest"
    if not script.exists():
        lacking("the project is not installed beside this interpreter")
    answer = subprocess.run(
        [script, "--version"], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert answer.stdout == f"almagest {__version__}\n"
