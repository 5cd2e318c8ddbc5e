"""The statistics of the catalogue: charts made on the server, each with its numbers as a table and CSV."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from catalogue.errors import NotFound
from web.charts import Chart, as_csv
from web.pages_pictures import POLICY
from web.statistic_charts import charts
from web.statistics import KEPT_SECONDS, Statistics, statistics

CHART_STYLE = (
    "svg{background:#fff}text{font:12px sans-serif;fill:#333}.end{text-anchor:end}.middle{text-anchor:middle}"
    ".ground{fill:#eceff8}.bar{fill:#1c3f94}.held{fill:#a9b7d9}.late{fill:#8a5a00}"
    ".rule{fill:none;stroke:#bbb;stroke-width:.6}"
)

blueprint = Blueprint("statistics_pages", __name__)


@blueprint.get("/statistics")
def statistics_page() -> str:
    """Growth, kinds, licences, access, completeness and freshness of all that is held."""
    numbers = statistics()
    return render_template(
        "statistics.html",
        numbers=numbers,
        charts=charts(numbers),
        records=sum(state.records for state in numbers.states),
        minutes=KEPT_SECONDS // 60,
    )


@blueprint.get("/statistics/<name>.<any(svg, csv):suffix>")
def chart_file(name: str, suffix: str) -> Response:
    """One chart, or its numbers, as a file; raises `NotFound` for one that there is not."""
    numbers = statistics()
    chart = _chart(numbers, name)
    if suffix == "csv":
        content, media_type = as_csv(chart), "text/csv; charset=utf-8"
    else:
        content = render_template("chart.svg", chart=chart, style=CHART_STYLE, at=numbers.at)
        media_type = "image/svg+xml"
    answer = Response(content, content_type=media_type, headers={"Content-Security-Policy": POLICY})
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.{suffix}"'
    return answer


def _chart(numbers: Statistics, name: str) -> Chart:
    found = charts(numbers)
    for chart in found:
        if chart.name == name:
            return chart
    known = ", ".join(chart.name for chart in found) or "none now"
    raise NotFound(f"There is no chart «{name[:40]}»; there are {known}.")
