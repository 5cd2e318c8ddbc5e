"""The pictures of a record as files: SVG that stands by itself, and the numbers behind them as CSV."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import NotFound
from web.context import base_url, catalogue
from web.coverage_pictures import CoveragePicture, coverage_pictures, numbers
from web.rest_records import withdrawn
from web.security import DATA_POLICY

POLICY = DATA_POLICY + "; style-src 'unsafe-inline'"
"""The file carries its own colours; nothing in it comes from a source but text."""

STYLE = (
    "svg{background:#fff}text{font:11px sans-serif;text-anchor:middle;fill:#333}.ground{fill:#f4f5f9}"
    ".region,.bar{fill:#1c3f94;fill-opacity:.75}.graticule,.rule,.tick{fill:none;stroke:#999;stroke-width:.6}"
    ".galactic{fill:none;stroke:#8a5a00}.ecliptic{fill:none;stroke:#8a5a00;stroke-dasharray:4 4}"
    ".rim{fill:none;stroke:#555}.small{stroke:#1c3f94;stroke-width:8px;vector-effect:non-scaling-stroke}"
)

blueprint = Blueprint("picture_pages", __name__)


@blueprint.get("/records/<id>/pictures/<name>.<any(svg, csv):suffix>")
def picture(id: str, name: str, suffix: str) -> AnyResponse:
    """One picture of a record, or its numbers; raises `NotFound` where it has none of that name."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return redirect(f"{base_url()}/records/{change.joined}/pictures/{name}.{suffix}", 307)
    if change.record is None:
        raise withdrawn(change)
    pictures: dict[str, CoveragePicture] = {one.name: one for one in coverage_pictures(change.record)}
    if name not in pictures:
        known = ", ".join(pictures) or "none"
        raise NotFound(f"The record has no picture «{name[:40]}»; it has {known}.")
    if suffix == "csv":
        content, media_type = numbers(change.record, name), "text/csv; charset=utf-8"
    else:
        content = render_template("picture.svg", one=pictures[name], name=change.record.title, style=STYLE)
        media_type = "image/svg+xml"
    answer = Response(content, content_type=media_type, headers={"Content-Security-Policy": POLICY})
    answer.headers["Content-Disposition"] = f'inline; filename="{id}-{name}.{suffix}"'
    return answer
