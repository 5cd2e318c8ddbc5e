"""Coverage of VODataService 1.2 (section 3.2: MOC, MJD, joule) and the STC of its earlier versions."""

from __future__ import annotations

import math
from typing import Any

from lxml import etree

from catalogue.record import Interval, Parameter, Sky, Term
from mappings.draft import Draft
from mappings.ivo_stc import read_profile
from mappings.moc import MocError, normal_moc
from mappings.text import clean_line, shorten, without_email
from mappings.xml_reading import elements, local_name, text_of
from vocab.base import vocabulary

_SOURCE_LIMIT = 20_000


def read_coverage(draft: Draft, coverage: Any) -> None:
    """Sky, time, energy and wavebands into the draft."""
    for element in elements(coverage):
        name = local_name(element)
        if name == "spatial":
            _spatial(draft, element)
        elif name == "temporal":
            _add_interval(draft, element, draft.temporal, "coverage/temporal")
        elif name == "spectral":
            _add_interval(draft, element, draft.spectral, "coverage/spectral")
        elif name == "waveband":
            _waveband(draft, element)
        elif name == "regionOfRegard":
            _region_of_regard(draft, element)
        elif name == "STCResourceProfile":
            read_stc(draft, element)
        else:
            draft.keep_below(element, f"coverage/{name}")


def read_stc(draft: Draft, element: Any) -> None:
    """An STC profile: its regions as MOC, and as it was written."""
    moc, frame = read_profile(draft, element)
    written = etree.tostring(element, encoding="unicode", with_tail=False)
    source = shorten(" ".join(without_email(written).split()), _SOURCE_LIMIT)
    known = draft.sky
    if known is not None and known.source is not None:
        source = shorten(f"{known.source} {source}", _SOURCE_LIMIT)
    if known is not None and known.moc is not None:
        moc, frame = known.moc, known.frame
    draft.sky = Sky(moc=moc, frame=frame, source=source)


def _spatial(draft: Draft, element: Any) -> None:
    text = text_of(element)
    if text is None or not text.strip():
        return
    source = " ".join(text.split())
    frame = clean_line(element.get("frame"))
    if frame is not None and frame.upper() != "ICRS":
        # Planets and the Sun: no part of the sky.
        draft.sky = Sky(frame=frame, source=source)
        return
    try:
        moc, coarse = normal_moc(text)
    except MocError as error:
        draft.issue("coverage/spatial", f"This is no MOC: {error}.", source)
        draft.sky = Sky(source=shorten(source, _SOURCE_LIMIT))
        return
    if coarse:
        draft.issue("coverage/spatial", "The MOC is beyond order 12 or 100000 cells; it was made coarser.")
    draft.sky = Sky(moc=moc, frame="ICRS", source=draft.sky.source if draft.sky is not None else None)


def _add_interval(draft: Draft, element: Any, found: list[Interval], path: str) -> None:
    """Two numbers; an infinite one is an open end."""
    text = text_of(element) or ""
    try:
        low, high = (float(part) for part in text.replace(",", " ").split())
        if math.isnan(low) or math.isnan(high) or low > high:
            raise ValueError
    except ValueError:
        draft.issue(path, "This is no interval of two numbers.", text)
        draft.keep(path, text)
        return
    found.append(
        Interval(low=low if math.isfinite(low) else None, high=high if math.isfinite(high) else None)
    )


def _waveband(draft: Draft, element: Any) -> None:
    """A messenger of the IVOA's vocabulary: a band of light, or another particle."""
    label = clean_line(text_of(element))
    if label is None:
        return
    messengers = vocabulary("messengers")
    concept = messengers.lookup(label)
    if concept is None:
        draft.issue("coverage/waveband", "The waveband is not in the IVOA vocabulary messenger.", label)
        draft.bands.append(Term(label=label))
        return
    top = next(iter(messengers.ancestors(concept.code)[-1:]), concept)
    messenger = Term(label=top.label, uri=top.uri, scheme="messenger")
    if messenger not in draft.messengers:
        draft.messengers.append(messenger)
    if concept is not top:
        draft.bands.append(Term(label=concept.label, uri=concept.uri, scheme="messenger"))


def _region_of_regard(draft: Draft, element: Any) -> None:
    text = text_of(element) or ""
    try:
        value = float(text)
    except ValueError:
        draft.keep("coverage/regionOfRegard", text)
        return
    draft.parameters.append(Parameter(name="regionOfRegard", value=value, unit="deg", path="coverage"))
