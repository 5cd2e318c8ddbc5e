"""A search in words, for titles and for whoever is to recognise it again."""

from __future__ import annotations

from catalogue.index import FACETS, Query
from catalogue.index_facets import label_of
from web.facet_choices import value_label
from web.languages import _
from web.search_parameters import covered


def in_words(query: Query) -> str:
    """What is asked: «dark matter, Dataset», or «all records»."""
    asked = [query.words] if query.words else []
    asked += [
        value_label(name, label_of(name, value)) for name in FACETS for value in query.facets.get(name, ())
    ]
    asked += ["/".join(end or "" for end in query.published)] if any(query.published) else []
    asked += [text for __, text in covered(query)]
    return ", ".join(asked) or _("all records")
