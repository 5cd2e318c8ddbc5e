"""The languages of the pages: which one a visitor reads, and our sentences in it.

English is the language of the messages themselves; every folder of ``translations`` is a further one.
A page is given in the language of the parameter ``lang``, else the one that the visitor has chosen, else
the first of his browser's that there is.  Answers for machines (REST, OAI-PMH, formats) stay English.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, Response, current_app, g, has_request_context, redirect, request
from flask_babel import Babel
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from catalogue.said import Figures, Said
from web.context import base_url
from web.outages import words_of

DEFAULT = "en"
FOLDER = Path(__file__).parent / "translations"
PARAMETER = "lang"
COOKIE = "almagest-language"
"""The cookie that holds the language that the visitor has chosen: no more than «de»."""
_YEAR = 365 * 86400
_DOCUMENTATION = "/api/v1/docs"
_SPOKEN = frozenset({"text/html", "image/svg+xml"})

blueprint = Blueprint("languages", __name__)


@cache
def languages() -> dict[str, str]:
    """The languages there are, with what they call themselves: «de», «Deutsch»; English first."""
    found = sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.mo"))
    return {
        code: (Locale.parse(code).get_language_name(code) or code).capitalize() for code in [DEFAULT, *found]
    }


@cache
def messages(code: str) -> NullTranslations:
    """The catalogue of a language; that of English is empty."""
    return Translations.load(FOLDER, [code])


def language() -> str:
    """The language of the page that is being made; English outside of a request."""
    if not has_request_context():
        return DEFAULT
    found: str | None = g.get("language")
    if found is None:
        found = g.language = _wanted()
    return found


def _wanted() -> str:
    if _is_for_machines(request.path):
        return DEFAULT
    known = languages()
    for asked in (g.get("asked_language"), request.cookies.get(COOKIE)):
        if asked in known:
            return str(asked)
    spoken = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((code for code in spoken if code in known), DEFAULT)


def N_(message: str) -> str:
    """A message of ours that is translated where it is shown, by `translated`: for constants of modules."""
    return message


def language_name(code: str, label: str) -> str:
    """What the page calls a language by its code: «Englisch»; on English pages its label."""
    page = language()
    return label if page == DEFAULT else Locale.parse(page).languages.get(code, label)


def translated(message: str, /, **values: object) -> str:
    """A message in the language of the page, with its values; of lower floors, see `Said`."""
    if isinstance(message, Said):
        return told(message)
    text = messages(language()).gettext(message) if message else ""
    return text % values if values else text


_ = translated


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """A message of so many things in the language of the page; ``num`` is their number."""
    return messages(language()).ngettext(one, many, count) % {"num": count, **values}


def told(text: str | Said) -> str:
    """What a lower floor has said, in the language of the page; what is no message of ours as it is."""
    if not isinstance(text, Said):
        return text
    values = {name: _value(value) for name, value in text.values.items()}
    spoken = messages(language())
    if text.many is None:
        return spoken.gettext(text.message) % values
    return spoken.ngettext(text.message, text.many, int(text.number or 0)) % values


def in_english(say: Callable[[], str]) -> str:
    """What is said while a page in another language is made, for who is no reader of it: mails."""
    if not has_request_context():
        return say()
    before, g.language = language(), DEFAULT
    try:
        return say()
    finally:
        g.language = before


def _value(value: object) -> object:
    if isinstance(value, BaseException):
        return said_by(value)
    if isinstance(value, Figures):
        return figures(value)
    return told(value) if isinstance(value, str) else value


def figures(text: str) -> str:
    """A number that English writes («1,204.5») as the language of the page does; thin spaces in English."""
    group, point = _signs_of_numbers(language())
    return text.translate({ord(","): group, ord("."): point})


@cache
def _signs_of_numbers(code: str) -> tuple[str, str]:
    """What stands between thousands, and before decimals."""
    return ("\u202f", ".") if code == DEFAULT else (get_group_symbol(code), get_decimal_symbol(code))


def within(label: str) -> str:
    """A label within a sentence: small at its beginning, where the language writes nouns so."""
    return label if language() == "de" else label[:1].lower() + label[1:]


def said_by(error: BaseException) -> str:
    """What an error says, in the language of the page."""
    return told(words_of(error))


def install(app: Flask) -> None:
    """Let every page be in the visitor's language, and say in which it is."""
    Babel(app, configure_jinja=False, locale_selector=language)
    app.before_request(_take_parameter)
    app.after_request(_say_language)


def _take_parameter() -> None:
    """Read ``lang`` and take it away: no page needs to know it, and no search has it in its address."""
    if PARAMETER not in request.args or _is_for_machines(request.path):
        return
    g.asked_language = request.args[PARAMETER]
    rest = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    request.query_string = urlencode(rest).encode()
    request.__dict__.pop("args", None)


def _is_for_machines(path: str) -> bool:
    # The page that describes the API is in English within a frame in the visitor's language.
    return path != _DOCUMENTATION and path.startswith(("/api/", "/oai", "/ogc", "/sru", "/feed.", "/static/"))


def _say_language(answer: Response) -> Response:
    if (
        answer.mimetype not in _SPOKEN
        or _is_for_machines(request.path)
        or answer.status_code in {301, 302, 303, 307, 308}
    ):
        return answer
    answer.headers["Content-Language"] = language()
    answer.vary.update(["Accept-Language", "Cookie"])
    # Who comes by an address with a language goes on in it; who has chosen one keeps it.
    if g.get("asked_language") in languages() and COOKIE not in request.cookies:
        _remember(answer, language())
    return answer


def _remember(answer: AnyResponse, code: str) -> None:
    path = request.root_path + "/"
    answer.set_cookie(COOKIE, code, max_age=_YEAR, path=path, httponly=True, samesite="Lax")


@blueprint.post("/language")
def choose() -> AnyResponse:
    """Remember the language that a visitor chooses, and lead him back to the page where he was."""
    answer = redirect(_back(), 303)
    if (code := request.form.get("language", "")) in languages():
        _remember(answer, code)
    return answer


def _back() -> str:
    """The page of ours that sent the form, without a language in its address; else the search page."""
    home = f"{request.root_path}/"
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc not in {urlsplit(base_url()).netloc, request.host} or not parts.path.startswith(home):
        return home
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    try:
        current_app.url_map.bind("").match(parts.path.removeprefix(request.root_path), method="GET")
    except HTTPException:
        return home
    return parts.path + (f"?{urlencode(pairs)}" if pairs else "")


@blueprint.app_template_global()
def language_switch() -> list[tuple[str, str]]:
    """The other languages, and what they call themselves."""
    return [(code, name) for code, name in languages().items() if code != language()]


@blueprint.app_template_global()
def page_language() -> str:
    """The language of this page, for the attribute ``lang``."""
    return language()


@blueprint.app_template_global()
def translations_of_page() -> list[tuple[str, str]]:
    """The addresses of this page in each language, for whoever indexes pages; none of searches."""
    if request.query_string or request.method not in {"GET", "HEAD"} or request.endpoint is None:
        return []
    address = base_url() + request.path
    return [*((code, f"{address}?{PARAMETER}={code}") for code in languages()), ("x-default", address)]


blueprint.add_app_template_filter(within)
