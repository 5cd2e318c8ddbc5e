"""The gallery of SPARQL questions: each is one file in web/questions, found by itself.

The file begins with comments, one a line: ``# title:`` the question, ``# answers:`` what one learns from
it, ``# asks:`` who would ask, ``# topic:`` one of `TOPICS`.  The base URL in it is the default one, and
is replaced by that of the installation.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from dataclasses import dataclass

TOPICS = ("Physics", "Data and services", "People and projects", "Libraries", "Quality", "The graph itself")
WRITTEN_FOR = "http://localhost:8080"
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


def _question(name: str, file: str) -> Question:
    """Raises `ValueError` where the head lacks something."""
    lines = file.splitlines()
    heads = [found for line in lines[:4] if (found := _HEAD.fullmatch(line)) is not None]
    head = {found[1]: found[2] for found in heads}
    if len(head) < 4 or head["topic"] not in TOPICS:
        raise ValueError(f"{name}.rq must begin with title, answers, asks and topic ({', '.join(TOPICS)})")
    return Question(name=name, text="\n".join(lines[4:]).strip() + "\n", **head)
