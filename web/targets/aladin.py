"""Aladin: where a record lies in Aladin Lite; its coverage and images as a script of Aladin Desktop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from catalogue.moc import Region, cells_of, region_of
from catalogue.record import Record
from catalogue.said import said
from mappings.fits_moc import fits_of_region
from web.languages import N_
from web.targets.base import Instance, Made, Offer, Sending, Target, Use
from web.targets.files import fetched_by
from web.targets.positions import position_of
from web.targets.topcat import HUB, format_of, mtype_of
from web.targets.vo import services_of

SCRIPT, COVERAGE, MOC = "aladin.ajs", "coverage.json", "coverage.fits"
_SURVEY = "P/DSS2/color"
_MOST_IMAGES = 20
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&*+=%")
"""What may stand in an address of a script: no blank, quote, comma, parenthesis, bracket or «;» ends it."""


def offers(use: Use) -> Iterator[Offer]:
    """A view of the middle of the coverage in Aladin Lite, and a script for Aladin Desktop."""
    position = position_of(use.record)
    surveys = [one.url for one in services_of(use.record) if one.protocol == "HiPS"]
    if position is not None or surveys:
        view = {"survey": surveys[0] if surveys else _SURVEY}
        if position is not None:
            view |= {
                "target": f"{position.ra} {position.dec:+}",
                "fov": f"{min(2.2 * position.radius, 180):.4g}",
            }
        for instance in use.instances:
            yield Offer(
                label=said("See it in %(title)s", title=instance.title),
                url=f"{instance.url}/?{urlencode(view)}",
                note=N_("the middle of its coverage") if position is not None else None,
            )
    if position is not None:
        yield Offer(label=N_("Coverage as MOC (JSON)"), made=COVERAGE)
        yield Offer(
            label=N_("Coverage to Aladin or TOPCAT"),
            made=MOC,
            send=Sending("coverage.load.moc.fits", use.file(TARGET.name, MOC), use.record.title[:200]),
            needs=HUB,
        )
    if position is not None or _images(use.record):
        yield Offer(
            label=N_("Script for Aladin Desktop"),
            made=SCRIPT,
            note=N_("opened by «Aladin aladin.ajs», or sent to a running Aladin by its menu File"),
        )


def coverage(use: Use) -> bytes:
    """The coverage as MOC in JSON (MOC 2.0, section 4.3.1)."""
    cells: dict[str, list[int]] = {}
    for order, number in cells_of(_region(use)):
        cells.setdefault(str(order), []).append(number)
    return json.dumps(cells).encode()


def coverage_in_fits(use: Use) -> bytes:
    """The same in FITS, as the message coverage.load.moc.fits of SAMP wants it."""
    return fits_of_region(_region(use))


def _region(use: Use) -> Region:
    sky = use.record.coverage.sky if use.record.coverage else None
    return region_of((sky.moc if sky else None) or "")


def script(use: Use) -> bytes:
    """A script of Aladin: the sky, where to look, the coverage, and the images."""
    lines = [f"# {use.page}", f"get hips({_SURVEY})"]
    position = position_of(use.record)
    if position is not None:
        lines += [f"{position.ra} {position.dec:+}", f"zoom {max(2.2 * position.radius, 0.01):.4g}deg"]
        lines.append(f"load {use.file(TARGET.name, COVERAGE)}")
    lines += [f"load {url}" for url in _images(use.record)]
    return ("\n".join([*lines, "sync"]) + "\n").encode()


def _images(record: Record) -> list[str]:
    found = []
    for file in fetched_by(record, "http", "https"):
        form = format_of(file)
        if form == "fits" and mtype_of(record, file, form) == "image.load.fits" and set(file.url) <= _SAFE:
            found.append(file.url)
    return found[:_MOST_IMAGES]


TARGET = Target(
    name="aladin",
    title="Aladin",
    kind="open",
    rank=20,
    offers=offers,
    files={
        COVERAGE: Made("application/json", coverage),
        MOC: Made("application/fits", coverage_in_fits),
        SCRIPT: Made("text/plain; charset=utf-8", script),
    },
    instances=(Instance(title="Aladin Lite", url="https://aladin.cds.unistra.fr/AladinLite"),),
)
