"""The page of how FAIR the records of a source are: for its provider, and to be printed."""

from __future__ import annotations

from flask import Blueprint, render_template

from catalogue.fair import LIMITS, assess
from catalogue.fair_rules import LETTERS
from web.context import catalogue
from web.fair_report import MATURITIES, lifted, percent, source_report

blueprint = Blueprint("fair_pages", __name__)
blueprint.add_app_template_filter(percent)
blueprint.add_app_template_filter(lifted)


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """The words of assessments, for all pages that show some."""
    return {
        "assess": assess,
        "fair_letters": LETTERS,
        "fair_limits": LIMITS,
        "fair_maturities": MATURITIES,
    }


@blueprint.get("/sources/<name>/fair")
def source_fair_page(name: str) -> str:
    """How FAIR the records of a source are, what to mend first, and how each metric fares."""
    return render_template("source_fair.html", report=source_report(catalogue(), name))
