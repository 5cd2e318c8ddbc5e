"""The gallery of SPARQL questions: each is one file in web/questions, found by itself.

The file begins with comments, one a line: ``# title:`` the question, ``# answers:`` what one learns from
it, ``# asks:`` who would ask, ``# topic:`` one of `TOPICS`.  These are messages, which the page says in
its language.  The base URL in it is the default one, and
is replaced by that of the installation.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from dataclasses import dataclass

TOPICS = ("Physics", "Data and services", "People and projects", "Libraries", "Quality", "The graph itself")
WRITTEN_FOR = "http://localhost:8080"
_HEADS = 4
_HEAD = re.compile(r"# (title|answers|asks|topic): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its query; ``name`` is that of its file."""

    name: str
    title: str
    answers: str
    asks: str
    topic: str
    text: str


@functools.lru_cache(maxsize=8)
def questions(base_url: str) -> tuple[Question, ...]:
    """All questions by topic and title, their queries with names below this base URL."""
    folder = importlib.resources.files("web").joinpath("questions")
    found = [
        _question(one.name[:-3], one.read_text("utf-8").replace(WRITTEN_FOR, base_url))
        for one in folder.iterdir()
        if one.name.endswith(".rq")
    ]
    return tuple(sorted(found, key=lambda one: (TOPICS.index(one.topic), one.title)))


def heads(file: str) -> dict[str, str]:
    """The texts at the beginning of a question's file, by their names."""
    found = (_HEAD.fullmatch(line) for line in file.splitlines()[:_HEADS])
    return {one[1]: one[2] for one in found if one is not None}


def _question(name: str, file: str) -> Question:
    """Raises `ValueError` where the head lacks something."""
    head = heads(file)
    if len(head) < _HEADS or head["topic"] not in TOPICS:
        raise ValueError(f"{name}.rq must begin with title, answers, asks and topic ({', '.join(TOPICS)})")
    text = "\n".join(file.splitlines()[_HEADS:])
    return Question(name=name, text=text.strip() + "\n", **head)
