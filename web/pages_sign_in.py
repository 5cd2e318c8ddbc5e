"""Where an operator signs in with the token and signs out again."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import AlmagestError
from web.admin import (
    TEMPLATE_NAMES,
    end_session,
    fault_status,
    operator,
    own_path,
    page,
    set_session,
    visitor_session,
)
from web.context import base_url, catalogue
from web.languages import said_by
from web.operators import LONGEST_NAME, check_form, check_origin, sign_in, sign_out
from web.rate_limit import TooMany

blueprint = Blueprint("sign_in", __name__, url_prefix="/admin")
_LONGEST = 2000


for _name, _value in TEMPLATE_NAMES.items():
    blueprint.add_app_template_global(_value, _name)


@blueprint.after_app_request
def _not_shared(answer: Response) -> Response:
    """A page that an operator sees is nobody else's."""
    if answer.mimetype == "text/html" and visitor_session() is not None:
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/sign-in")
def sign_in_page() -> AnyResponse:
    """The form; who has signed in already goes on."""
    following = own_path(request.args.get("next", "")[:_LONGEST])
    if visitor_session() is not None:
        return redirect(following, 303)
    return _form(following)


@blueprint.post("/sign-in")
def begin_session() -> AnyResponse:
    """Check the token and begin a session; from our own page only."""
    following = own_path(request.form.get("next", "")[:_LONGEST])
    name = request.form.get("name", "")[: 10 * LONGEST_NAME]
    try:
        check_origin(request, base_url())
        session = sign_in(name, request.form.get("token", "")[:_LONGEST], request, catalogue())
    except AlmagestError as error:
        return _form(following, name=name, fault=error)
    answer = redirect(following, 303)
    g.session = session
    set_session(answer, session)
    return answer


@blueprint.post("/sign-out")
def end() -> AnyResponse:
    """End the session."""
    session = operator()
    check_form(request, session, catalogue())
    sign_out(session, catalogue())
    g.session, g.is_leaving = None, True
    answer = redirect(url_for("sign_in.sign_in_page"), 303)
    end_session(answer)
    return answer


def _form(following: str, *, name: str = "", fault: AlmagestError | None = None) -> Response:
    answer = page(
        "admin_sign_in.html",
        fault_status(fault),
        following=following,
        name=name,
        longest_name=LONGEST_NAME,
        fault=fault and said_by(fault),
        can_sign_in=bool(catalogue().settings.token),
    )
    answer.headers["Cache-Control"] = "private, no-store"
    if isinstance(fault, TooMany):
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer
