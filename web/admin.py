"""What the pages for operators share: nobody else gets in, and each form is one of theirs."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import AlmagestError, SettingsError
from web.context import base_url, catalogue
from web.errors import RETRY_AFTER, status_of
from web.languages import N_, told, translated
from web.operators import (
    FORM_TOKEN,
    IDLE,
    SESSION,
    NotOperator,
    Session,
    check_form,
    cookie_of,
    form_token,
    session_of,
)
from web.outages import whole_words_of
from web.rate_limit import TooMany

SAID = "almagest-said"
"""A cookie with what the last form has done, for the page that is shown next."""
_SIGNATURE = 24
_LONGEST_SAID = 2500

PAGES = (
    ("admin.overview_page", N_("Overview")),
    ("admin_sources.sources_page", N_("Sources")),
    ("admin_records.decisions_page", N_("Decisions")),
    ("admin_records.claims_page", N_("Claims")),
    ("admin_groups.groups_page", N_("Groups")),
    ("admin_terms.terms_page", N_("Terms")),
    ("admin.log_page", N_("Log")),
)


def admin_blueprint(name: str, module: str) -> Blueprint:
    """Pages below /admin, for operators only."""
    made = Blueprint(name, module, url_prefix="/admin")
    made.before_request(_only_operators)
    made.after_request(_private)
    made.register_error_handler(AlmagestError, _fault)
    return made


def operator() -> Session:
    """The operator who has signed in; raises `NotOperator`."""
    session = visitor_session()
    if session is None:
        raise NotOperator(
            translated("Your session has ended and nothing was done; sign in, go back and send it again.")
        )
    return session


def visitor_session() -> Session | None:
    """The session of whoever asks, looked at once for a request."""
    if "session" not in g:
        g.session = session_of(request, catalogue()) if SESSION in request.cookies else None
    session: Session | None = g.session
    return session


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page for operators."""
    text = render_template(
        template, status=status, operator=visitor_session(), admin_pages=PAGES, said=_said(), **values
    )
    return Response(text, status, content_type="text/html; charset=utf-8")


def fault_status(error: AlmagestError | None) -> int:
    """The HTTP status of a page that says what is wrong with what was typed, or of one without fault."""
    if error is None:
        return 200
    status = status_of(error)
    # On the command line and in the settings such an error is ours; here it is that of the form.
    return 400 if status == 500 and isinstance(error, SettingsError) else status


def done(sentence: str, url: str) -> AnyResponse:
    """To the next page, which says what was done."""
    answer = redirect(url, 303)
    data = told(sentence).encode()[:_LONGEST_SAID]
    value = base64.urlsafe_b64encode(_signature(data) + data).decode("ascii")
    answer.set_cookie(SAID, value, max_age=60, **_cookie())
    return answer


def set_session(answer: AnyResponse, session: Session) -> None:
    """Let the browser keep a session."""
    answer.set_cookie(SESSION, cookie_of(session, catalogue()), max_age=IDLE, **_cookie())


def end_session(answer: AnyResponse) -> None:
    """Let the browser forget it."""
    answer.delete_cookie(SESSION, **_cookie())


def own_path(text: str) -> str:
    """A path of the pages for operators to go to next; the overview for whatever else was asked for."""
    parts = urlsplit(text)
    start = url_for("admin.overview_page")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith(start) and "\\" not in text
    return text if is_ours and text.isprintable() else start


def _cookie() -> dict[str, Any]:
    is_secure = request.is_secure or base_url().startswith("https:")
    return {"path": f"{request.root_path}/", "secure": is_secure, "httponly": True, "samesite": "Strict"}


def _only_operators() -> AnyResponse | None:
    session = visitor_session()
    if request.method in {"GET", "HEAD"}:
        if session is None:
            here = request.full_path.rstrip("?") if request.query_string else request.path
            return redirect(url_for("sign_in.sign_in_page", next=request.root_path + here), 303)
        return None
    check_form(request, operator(), catalogue())
    return None


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    session = visitor_session()
    if session is not None and not getattr(g, "is_leaving", False):
        set_session(answer, session)
    if SAID in request.cookies and request.method == "GET" and answer.status_code == 200:
        answer.delete_cookie(SAID, **_cookie())
    return answer


def said_whole_by(error: BaseException) -> str:
    """What an error says to an operator, with all places, in the language of the page."""
    return told(whole_words_of(error))


def _fault(error: AlmagestError) -> Response:
    """One sentence, and the way back to the page that sent the form."""
    answer = page("admin_fault.html", fault_status(error), fault=said_whole_by(error), back=_back())
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    elif answer.status_code == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _back() -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return own_path(path if parts.netloc == request.host else "")


def _signature(data: bytes) -> bytes:
    key = form_token(operator(), catalogue()).encode()
    return hmac.digest(key, b"said" + data, "sha256")[:_SIGNATURE]


def _said() -> str | None:
    """What the last form has done; nothing that others have put into the cookie."""
    value = request.cookies.get(SAID, "")
    if not value or visitor_session() is None:
        return None
    try:
        raw = base64.b64decode(value.encode("ascii"), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    data = raw[_SIGNATURE:]
    is_ours = hmac.compare_digest(raw[:_SIGNATURE], _signature(data))
    return data.decode(errors="ignore") if is_ours else None


def form_field() -> str:
    """The value of the hidden field that each form of an operator bears."""
    session = visitor_session()
    return form_token(session, catalogue()) if session is not None else ""


def form_field_name() -> str:
    """What that field is called."""
    return FORM_TOKEN


TEMPLATE_NAMES: Mapping[str, Callable[[], Any]] = {
    "form_field": form_field,
    "form_field_name": form_field_name,
    "operator_here": visitor_session,
}
"""What all templates may call: who has signed in, and what his forms bear."""
