"""What is found by itself: the modules of a package, so that a new thing of its kind is one new file."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any, TypeVar

T = TypeVar("T")


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """The modules of a package, by name, each imported when it is taken."""
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def held_in(package: ModuleType, name: str) -> Iterator[Any]:
    """What modules of a package hold under a name (``FORMAT``), and under its plural (``FORMATS``)."""
    for module in modules_of(package):
        yield from getattr(module, f"{name}S", ())
        if hasattr(module, name):
            yield getattr(module, name)


def classes_in(package: ModuleType, base: type[T]) -> Iterator[type[T]]:
    """The classes in the modules of a package that are a ``base`` and not abstract."""
    for module in modules_of(package):
        for _, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, base) and not inspect.isabstract(found):
                yield found
