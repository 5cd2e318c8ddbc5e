"""Templates become text of one language when they are compiled."""

from __future__ import annotations

import pytest
from babel.support import NullTranslations
from flask import Flask
from jinja2 import DictLoader

from web import languages, template_languages


class Spoken(NullTranslations):
    """A language whose words tell that they are translated, with three plural forms."""

    def __init__(self) -> None:
        super().__init__()
        self.plural = lambda count: {1: 0, 2: 1}.get(count, 2)

    def gettext(self, message: str) -> str:
        """The message within brackets, its places in another order."""
        return {"%(a)s of %(b)s, 100%%": "[%(b)s % (a)s: %(a)s, 100%%]"}.get(message, f"[{message}]")

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A form for one, for two, for all others."""
        return (f"[{one}]", "[two]", f"[{many}]")[self.plural(count)]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application with templates of its own."""
    known = {"en": NullTranslations(), "xx": Spoken()}
    monkeypatch.setattr(languages, "messages", known.__getitem__)
    made = Flask("nowhere")
    template_languages.install(made)
    return made


def rendered(app: Flask, text: str, code: str, **values: object) -> str:
    """A template in a language."""
    app.jinja_env.loader = DictLoader({"page.html": text})
    return app.jinja_env._of(code).get_template("page.html").render(values)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "english", "other"),
    [
        ('<b title="{{ _("A & B") }}">{{ x }}', '<b title="A & B">&lt;i&gt;', '<b title="[A & B]">&lt;i&gt;'),
        ('{{ _("So %(x)s <b>here</b>", x=x) }}', "So &lt;i&gt; <b>here</b>", "[So &lt;i&gt; <b>here</b>]"),
        ('{{ _("%(a)s of %(b)s, 100%%", a=1, b=x) }}', "1 of &lt;i&gt;, 100%", "[&lt;i&gt; % (a)s: 1, 100%]"),
        ("{% trans %}Of\n  {{ x }}, 5 %{% endtrans %}", "Of &lt;i&gt;, 5 %", "[Of &lt;i&gt;, 5 %]"),
        ('{{ ("yes" if n else _("No %(x)s", x=x))|upper }}', "YES", "YES"),
        ('{{ (_("yes") if n else _("No"))|upper }}', "YES", "[YES]"),
        ('{{ _(x) }}', "<i>", "[<i>]"),
        ('{% set y %}{{ _("in") }}{% endset %}{{ y }}', "in", "[in]"),
    ],
)  # fmt: skip
def test_messages(app: Flask, monkeypatch: pytest.MonkeyPatch, text: str, english: str, other: str) -> None:
    monkeypatch.setattr(languages, "language", lambda: "en")
    assert rendered(app, text, "en", x="<i>", n=3) == english
    monkeypatch.setattr(languages, "language", lambda: "xx")
    assert rendered(app, text, "xx", x="<i>", n=3) == other


@pytest.mark.parametrize(
    "text",
    [
        '{{ ngettext("%(num)s file of %(x)s", "%(num)s files of %(x)s", n, x=x) }}',
        '{{ ""|safe ~ ngettext("%(num)s file of %(x)s", "%(num)s files of %(x)s", n, x=x) }}',
        "{% trans num=n %}{{ num }} file of {{ x }}{% pluralize %}{{ num }} files of {{ x }}{% endtrans %}",
    ],
)
def test_plural_forms_are_those_of_the_language(app: Flask, text: str) -> None:
    found = {
        code: [rendered(app, text, code, n=n, x="<").strip() for n in (0, 1, 2, 5)] for code in ("en", "xx")
    }
    assert found["en"] == ["0 files of &lt;", "1 file of &lt;", "2 files of &lt;", "5 files of &lt;"]
    assert found["xx"] == ["[0 files of &lt;]", "[1 file of &lt;]", "[two]", "[5 files of &lt;]"]


def test_a_constant_message_costs_nothing(app: Flask) -> None:
    app.jinja_env.loader = DictLoader({"page.html": '<p>{{ _("Search") }} {{ _("of %(x)s", x=x) }}</p>'})
    environment = app.jinja_env._of("xx")  # type: ignore[attr-defined]
    source = environment.compile(
        environment.loader.get_source(environment, "page.html")[0], "page.html", "page.html", raw=True
    )
    assert "'<p>[Search] [of '" in source
    assert "gettext" not in source
