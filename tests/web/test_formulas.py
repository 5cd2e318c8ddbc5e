"""Formulas in texts: what becomes MathML, what stays text, and that nothing hostile gets through."""

from __future__ import annotations

import html
import time
from xml.etree.ElementTree import fromstring

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.formulas import DEEPEST, LONGEST, MOST, formulas, mathml

_MARKUP = st.text(st.sampled_from(list("$\\{}^_&<>\"'=/ab1 \n")), max_size=60)
_COMMANDS = st.lists(
    st.sampled_from(
        [
            r"\frac", r"\text{<script>hacked=1</script>}", r"\href{javascript:hacked=1}{x}", r"\mathrm",
            r"\left(", r"\right)", r"\begin{array}{cc}", r"\end{array}", r"\style{x}", r"\class{x}{y}",
            r"\color{red}", r"\text{&lt;img src=x onerror=hacked=1&gt;}", r"\mbox{</math><b>}", r"\url{x}",
            r"\unicode{60}", "&#60;script&#62;", r"\operatorname{<i>}", r"\\", "&",
            r"\hspace{1\" onclick=\"x}", "{", "}", "^", "_", "a",
        ]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"at $\sqrt{s}=13~\mathrm{TeV}$.", "at s=13\xa0TeV."),
        (r"$^{60}$Co and $\gamma$-rays", "60Co and γ-rays"),
        (r"\(a\) and $$E = mc^2$$", "a and E=mc2"),
    ],
)
def test_formulas_are_read(text: str, told: str) -> None:
    made = formulas(text)
    assert "<math " in made
    assert "".join(html5lib.parseFragment(made).itertext()) == told


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5, or $10 and more.",
        "US$ 3 and 4 $",
        r"\$a^2\$",
        r"$\unheardof{x}$",
        r"$\frac{a}{$",
        "$" + "x^" * LONGEST + "$",
        "$" + "{" * (DEEPEST + 1) + "x" + "}" * (DEEPEST + 1) + "$",
        "$of the many words$",
        "a < b & c > d",
    ],
)
def test_what_is_no_formula_stays_as_it_was_written(text: str) -> None:
    assert formulas(text) == html.escape(text, quote=True).replace("&#x27;", "&#39;").replace(
        "&quot;", "&#34;"
    )


def test_the_tex_stands_beside_for_those_who_copy_or_listen() -> None:
    (made,) = [mathml(r"a<b")]
    assert made is not None
    assert fromstring(made).get("alttext") == "a<b"


def test_there_is_a_most_of_formulas() -> None:
    assert formulas("$x$ " * (MOST + 5)).count("<math ") == MOST


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(_MARKUP, _COMMANDS.map(lambda tex: f"x ${tex}$ y"), _COMMANDS.map(lambda tex: f"\\[{tex}\\]"))
)
def test_nothing_but_mathematics_comes_out(text: str) -> None:
    made = formulas(text)
    for node in html5lib.parseFragment(made, namespaceHTMLElements=False).iter():
        if not isinstance(node.tag, str) or node.tag == "DOCUMENT_FRAGMENT":
            continue
        name = node.tag.rpartition("}")[2]
        assert name == "math" or name.startswith("m") or name == "none", made
        assert not {attribute for attribute in node.attrib if "on" in attribute[:2] or "href" in attribute}, (
            made
        )
        assert "style" not in node.attrib and "class" not in node.attrib


@pytest.mark.parametrize("begin", ["$", "$$", r"\(", r"\[", "$a ", r"\(b ", "a$b "])
def test_many_beginnings_take_no_time(begin: str) -> None:
    started = time.perf_counter()
    formulas(begin * 100_000)
    assert time.perf_counter() - started < 5
