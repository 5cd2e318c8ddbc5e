"""Experiment, accelerator, collisions and amounts of a record of the CERN Open Data portal."""

from __future__ import annotations

import math
import re

from catalogue.record import Parameter, Reference
from mappings.collision_energy import electronvolts
from mappings.dates import mjd_interval
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_line

_YEAR = re.compile(r"(?:^|(?<=[^0-9]))((?:19[5-9]|20[0-9])[0-9])(?:$|(?=[^0-9]))", re.ASCII)
_COUNTS = ("number_events", "number_files")


def read_physics(draft: Draft, node: Node) -> None:
    """What was collided, where, when, at which energy, and how much of it there is."""
    for _, text in node.texts("experiment"):
        _reference(draft.experiments, text)
    for _, text in node.texts("accelerator"):
        _reference(draft.facilities, text)
    for collision in node.children("collision_information"):
        _collision(draft, collision)
    _periods(draft, node)
    for part in node.children("distribution"):
        _distribution(draft, part)
    for name in ("magnet_polarity",):
        _texts(draft, node, name, None)
    for group in ("stripping", "generator", "cross_section", "luminosity"):
        for part in node.children(group):
            _group(draft, part)
    for index, step in enumerate(_steps(node)):
        _step(draft, step, index)


def _reference(found: list[Reference], text: str) -> None:
    label = clean_line(text)
    if label is not None:
        found.append(Reference(label=label))


def _collision(draft: Draft, node: Node) -> None:
    for path, text in node.texts("energy"):
        intervals = electronvolts(text)
        draft.spectral += [one for one in intervals if not draft.has("spectral", one)]
        draft.parameters.append(Parameter(name="collision energy", text=text.strip(), path=path))
        if not intervals:
            draft.issue(path, "This is no energy with a unit; its text is kept.", text)
    for path, text in node.texts("type"):
        label = clean_line(text)
        if label is not None:
            # What is brought to collision carries no information from afar: it is no messenger.
            draft.parameters.append(Parameter(name="collision type", text=label, path=path))


def _periods(draft: Draft, node: Node) -> None:
    """Run periods: their years as coverage in time, their names as parameters."""
    for path, text in node.texts("run_period"):
        label = clean_line(text)
        if label is None:
            continue
        draft.parameters.append(Parameter(name="run period", text=label, path=path))
        # The years of one period are its ends («2015-2016»), those of several are each their own.
        years = [match[1] for match in _YEAR.finditer(_without_name(label))]
        interval = mjd_interval(min(years), max(years)) if years else None
        if interval is not None and interval not in draft.temporal:
            draft.temporal.append(interval)


def _without_name(label: str) -> str:
    """«Run2010B» has its year between letters."""
    return re.sub(r"[A-Za-z_]+", " ", label)


def _distribution(draft: Draft, node: Node) -> None:
    for _, text in node.texts("formats"):
        label = clean_line(text)
        if label is not None:
            draft.formats.append(label)
    amounts = {name: _number(draft, node, name) for name in (*_COUNTS, "size")}
    for name in _COUNTS:
        if amounts[name] is not None:
            draft.parameters.append(
                Parameter(name=name.replace("_", " "), value=amounts[name], path=node.where(name))
            )
    for name, unit in (("size", "bytes"), ("number_files", "files")):
        if amounts[name] is not None:
            draft.sizes.append(f"{amounts[name]:.0f} {unit}")
    _texts(draft, node, "availability", None)


def _number(draft: Draft, node: Node, name: str) -> float | None:
    value = node.scalar(name)
    if value is None:
        return None
    try:
        found = float(value) if not isinstance(value, bool) else math.nan
    except ValueError:
        found = math.nan
    if math.isfinite(found) and found >= 0:
        return found
    draft.issue(node.where(name), "This is no amount; its text is kept.", str(value))
    draft.keep(node.where(name), str(value))
    return None


def _texts(draft: Draft, node: Node, name: str, group: str | None) -> None:
    for path, text in node.texts(name):
        value = clean_line(text)
        if value is not None:
            label = name.replace("_", " ")
            draft.parameters.append(
                Parameter(name=f"{group} {label}" if group else label, text=value, path=path)
            )


def _group(draft: Draft, node: Node) -> None:
    group = node.path.rpartition(".")[2].partition("[")[0].replace("_", " ")
    for name, value in list(node.members()):
        if value.value is not None and not isinstance(value.value, dict):
            _texts(draft, node, name, group)


def _steps(node: Node) -> list[Node]:
    return [step for part in node.children("methodology") for step in part.children("steps")]


def _step(draft: Draft, node: Node, index: int) -> None:
    """A step of the processing: software release, global tag, generators; scripts stay as they are."""
    group = f"step {index + 1}"
    for name in ("type", "release", "global_tag", "generators", "generator", "output_dataset", "note"):
        _texts(draft, node, name, group)
    for file in node.children("configuration_files"):
        url = file.text("url")
        if url is not None:
            draft.relate("IsDocumentedBy", url, title=file.text("title"), path=file.where("title"))
