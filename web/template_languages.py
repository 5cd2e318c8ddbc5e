"""Templates in the languages of the pages: each is compiled once a language, its messages as plain text.

So a page costs the same in every language as if it had been written in it.  What is not a constant
(``_(variable)``) is translated when the page is made.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from babel.support import NullTranslations
from flask import Flask
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from web import languages

_PLACE = re.compile(r"%\((\w+)\)s|%%")


def install(app: Flask) -> None:
    """Let an application find its templates by the language of the page."""
    app.jinja_environment = Translated  # type: ignore[assignment]
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(languages._, languages.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["form_of_number"] = form_of_number


def form_of_number(code: str, count: int) -> int:
    """Which plural form of a language so many things take."""
    return int(languages.messages(code).plural(count)) if code != languages.DEFAULT else int(count != 1)


class Translated(Environment):
    """The environment of all languages, which has one of its own for each."""

    spoken: dict[str, Translated]
    code: str | None = None

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.spoken = {}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if self.code is not None:
            return super()._load_template(name, globals)
        return self._of(languages.language())._load_template(name, globals)

    def _of(self, code: str) -> Translated:
        if code not in self.spoken:
            other = self.overlay()
            other.code = code
            self.spoken[code] = other
        return self.spoken[code]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        if self.code is None:
            return template
        written: nodes.Template = _Translator(self.code).visit(template)
        return written.set_environment(self)  # type: ignore[return-value]


class _Translator(NodeTransformer):
    """Puts the texts of one language in the place of calls of gettext."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.messages: NullTranslations = languages.messages(code)

    def visit_Output(self, node: nodes.Output) -> list[nodes.Stmt]:
        """Messages that stand for themselves become text with the values in between."""
        statements: list[nodes.Stmt] = []
        open_: list[nodes.Expr] = []
        for child in node.nodes:
            forms = self._forms(child)
            if forms is None:
                open_.append(self.visit(child))
            elif len(forms) == 1:
                open_ += self._pieces(forms[0], child)
            else:
                statements += [nodes.Output(open_), self._choice(forms, child)]
                open_ = []
        return [one.set_lineno(node.lineno) for one in (*statements, nodes.Output(open_))]  # type: ignore[misc]

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        """Messages within expressions become constants that are filled."""
        forms = self._forms(node)
        if forms is None:
            return self.generic_visit(node)  # type: ignore[return-value]
        values = self._values(node)
        texts = [self._text(form, values) for form in forms]
        chosen = texts[0]
        if len(texts) > 1:
            chosen = nodes.Getitem(nodes.List(texts), self._form(node), "load")
        return chosen.set_lineno(node.lineno)  # type: ignore[return-value]

    def _text(self, form: str, values: dict[str, nodes.Expr]) -> nodes.Expr:
        if not values:
            return nodes.MarkSafeIfAutoescape(nodes.Const(form.replace("%%", "%")))
        pairs = [nodes.Pair(nodes.Const(name), value) for name, value in values.items()]
        return nodes.Mod(nodes.MarkSafeIfAutoescape(nodes.Const(form)), nodes.Dict(pairs))

    def _forms(self, node: nodes.Node) -> list[str] | None:
        """The message of a call in this language, in each plural form; ``None`` for what is no such call."""
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return None
        texts = [part.value for part in node.args if isinstance(part, nodes.Const)]
        if node.node.name in {"_", "gettext"} and len(texts) == 1:
            return [self.messages.gettext(texts[0])]
        if node.node.name == "ngettext" and len(texts) == 2:
            return self._plurals(*texts)
        return None

    def _plurals(self, one: str, many: str) -> list[str]:
        found: dict[int, str] = {}
        for count in range(201):
            found.setdefault(form_of_number(self.code, count), self.messages.ngettext(one, many, count))
        return [found[form] for form in sorted(found)]

    def _form(self, node: nodes.Call) -> nodes.Expr:
        name = nodes.Name("form_of_number", "load")
        return nodes.Call(name, [nodes.Const(self.code), self.visit(node.args[2])], [], None, None)

    def _values(self, node: nodes.Call) -> dict[str, nodes.Expr]:
        values = {pair.key: self.visit(pair.value) for pair in node.kwargs}
        if len(node.args) > 2:
            values.setdefault("num", self.visit(node.args[2]))
        return values

    def _pieces(self, text: str, node: nodes.Expr) -> list[nodes.Expr]:
        assert isinstance(node, nodes.Call)
        values = self._values(node)
        pieces: list[nodes.Expr] = []
        end = 0
        for place in _PLACE.finditer(text):
            pieces.append(nodes.TemplateData(text[end : place.start()]))
            pieces.append(values[place[1]] if place[1] else nodes.TemplateData("%"))
            end = place.end()
        return [*pieces, nodes.TemplateData(text[end:])]

    def _choice(self, forms: list[str], node: nodes.Expr) -> nodes.If:
        assert isinstance(node, nodes.Call)
        *others, last = [[nodes.Output(self._pieces(form, node))] for form in forms]
        rest: list[nodes.Node] = list(last)
        for number, body in reversed(list(enumerate(others))):
            test = nodes.Compare(self._form(node), [nodes.Operand("eq", nodes.Const(number))])
            rest = [nodes.If(test, list(body), [], rest)]
        chosen = rest[0]
        assert isinstance(chosen, nodes.If)
        return chosen
