"""What is found by itself in a package."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from catalogue.discovery import classes_in, held_in, modules_of


class Instrument(ABC):
    """What the modules of the package below make kinds of."""

    @abstractmethod
    def observe(self) -> str:
        """What it sees."""


MODULES = {
    "alidade": """
from tests.catalogue.test_discovery import Instrument
FORMAT = "alidade"
class Alidade(Instrument):
    def observe(self): return "altitude"
class Unfinished(Instrument):
    pass
""",
    "dioptra": """
from tests.catalogue.test_discovery import Instrument
FORMATS = ("dioptra", "dioptra of the second kind")
class Dioptra(Instrument):
    def observe(self): return "angle"
""",
    "stand": "LEGS = 3\n",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    folder = tmp_path / "observatory_of_the_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for name, text in MODULES.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    import observatory_of_the_test  # type: ignore[import-not-found]

    yield observatory_of_the_test
    for name in [name for name in sys.modules if name.startswith("observatory_of_the_test")]:
        del sys.modules[name]


def test_all_modules_come_by_name(package: ModuleType) -> None:
    names = [module.__name__.rpartition(".")[2] for module in modules_of(package)]
    assert names == ["alidade", "dioptra", "stand"]


def test_a_module_holds_one_thing_or_several(package: ModuleType) -> None:
    assert list(held_in(package, "FORMAT")) == ["alidade", "dioptra", "dioptra of the second kind"]


def test_abstract_classes_are_no_kinds(package: ModuleType) -> None:
    assert [found.__name__ for found in classes_in(package, Instrument)] == ["Alidade", "Dioptra"]  # type: ignore[type-abstract]


def test_a_new_file_is_found_by_itself(package: ModuleType) -> None:
    folder = Path(str(package.__file__)).parent
    (folder / "gnomon.py").write_text('FORMAT = "gnomon"\n')
    assert "gnomon" in list(held_in(package, "FORMAT"))
