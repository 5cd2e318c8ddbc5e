"""Tables of HEPData submissions: what they are, their columns, and where they can be had."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence

from catalogue.record import Column, Distribution, TableDescription
from mappings.draft import Draft
from mappings.hepdata_keywords import read_keywords
from mappings.json_reading import Node
from mappings.text import clean_block, clean_line, clean_url

MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "root": "application/x-root",
    "yaml": "application/yaml",
    "yoda": "text/x-yoda",
    "yoda-h5": "application/x-hdf5",
    "yoda1": "text/x-yoda",
}
_INTERNAL = (
    *("id", "processed_name", "messages", "review_status", "review_flag", "review", "status"),
    *("recid", "inspire_id", "related_publication", "parent_child_join", "doc_type", "control_number"),
    *(
        "version",
        "size",
        "uuid",
        "version_count",
        "associated_recid",
        "type",
        "creation_date",
        "last_updated",
    ),
    *(
        "publication_date",
        "year",
        "collaborations",
        "authors",
        "first_author",
        "summary_authors",
        "subject_area",
    ),
    *("hepdata_doi", "data_file", "values", "qualifier_order", "date", "title_html", "associated_files"),
)
"""What the server keeps for itself, and what the submission says already."""
_HEADER = re.compile(r"(?P<name>.*\S)\s*\[(?P<unit>[^\[\]]{1,60})\]", re.DOTALL)
_COLUMN_LIMIT = 2_000


def read_table(draft: Draft, nodes: Sequence[Node], *, own: bool = False) -> None:
    """One table that is described in several places; ``own`` where it is a record of its own."""
    name = next((found for node in nodes if (found := clean_line(node.text("name", "title")))), None)
    doi = next((found for node in nodes if (found := _doi(node))), None)
    where = nodes[0].path
    if name is None:
        draft.issue(where, "The table has no name.")
        name = doi or "Table"
    texts: list[str] = []
    columns: list[Column] = []
    for node in nodes:
        node.text("name"), node.text("title")
        texts += [text for part in ("description", "abstract") if (text := clean_block(node.text(part)))]
        texts += [text for text in [clean_line(node.text("location"))] if text]
        columns = columns or list(_columns(node))
        read_keywords(draft, node)
        _addresses(draft, node, name)
        _links(draft, node)
        node.take(*_INTERNAL)
    text = "\n\n".join(dict.fromkeys(texts)) or None
    if not own and doi is not None:
        draft.relate("HasPart", doi, "DOI", target_kind="dataset", title=name)
    draft.tables.append(TableDescription(name=name, description=text, columns=tuple(columns)))


def joined(*lists: Sequence[Node]) -> list[list[Node]]:
    """The tables of all lists, those with the same DOI or name together, in the order of the lists."""
    tables: list[list[Node]] = []
    for nodes in lists:
        known = _Known(tables)
        for node in nodes:
            same = known.like(node)
            if same is None:
                tables.append([node])
            else:
                same.append(node)
    return tables


class _Known:
    """Tables by DOI and by name; each is given away once.  There may be thousands of them."""

    def __init__(self, tables: Sequence[list[Node]]) -> None:
        self._by_doi: dict[str, list[Node]] = {}
        self._by_name: dict[tuple[str | None, bool], deque[list[Node]]] = {}
        self._given: set[int] = set()
        for table in tables:
            doi, name = _doi(table[0]), _name(table[0])
            if doi is not None:
                self._by_doi.setdefault(doi.lower(), table)
            # One without a DOI is like all of its name, one with a DOI like those that have none.
            for with_doi in (False,) if doi is not None else (False, True):
                self._by_name.setdefault((name, with_doi), deque()).append(table)

    def like(self, node: Node) -> list[Node] | None:
        """The table that this is too: by DOI where both have one, else by name."""
        doi, name = _doi(node), _name(node)
        found = self._by_doi.get(doi.lower()) if doi is not None else None
        if found is not None and id(found) not in self._given:
            self._given.add(id(found))
            return found
        return self._named(name, with_doi=doi is not None)

    def _named(self, name: str | None, *, with_doi: bool) -> list[Node] | None:
        waiting = self._by_name.get((name, with_doi), deque())
        while waiting:
            table = waiting.popleft()
            if id(table) not in self._given:
                self._given.add(id(table))
                return table
        return None


def _name(node: Node) -> str | None:
    return clean_line(node.text("name", "title"))


def _doi(node: Node) -> str | None:
    return clean_url(node.text("doi", "table_doi"))


def _columns(node: Node) -> Iterator[Column]:
    """From the headers of a table's own JSON, or from the variables of a single-file submission."""
    count = node.scalar("x_count")
    independent = count if isinstance(count, int) else 0
    at = 0
    for header in node.children("headers")[:_COLUMN_LIMIT]:
        span = header.scalar("colspan")
        role = "independent variable" if at < independent else "dependent variable"
        found = _column(header.text("name"), None, role if count is not None else None)
        at += span if isinstance(span, int) and 0 < span < _COLUMN_LIMIT else 1
        if found is not None:
            yield found
    for member, role in (
        ("independent_variables", "independent variable"),
        ("dependent_variables", "dependent variable"),
    ):
        for variable in node.children(member)[:_COLUMN_LIMIT]:
            header = variable.child("header")
            found = _column(header.text("name"), header.text("units"), role)
            variable.take("values", "qualifiers")
            if found is not None:
                yield found


def _column(text: str | None, unit: str | None, role: str | None) -> Column | None:
    name = clean_line(text)
    if name is None:
        return None
    match = _HEADER.fullmatch(name) if unit is None else None
    if match is not None:
        name, unit = match["name"], match["unit"]
    return Column(name=name, unit=clean_line(unit), description=role)


def _addresses(draft: Draft, node: Node, name: str) -> None:
    """Where the table can be had in its formats."""
    for part in (*node.children("data"), *node.child("access_urls").children("links")):
        read_addresses(draft, part, name)


def read_addresses(draft: Draft, node: Node, name: str) -> None:
    """An object of format → address; the same address is taken once."""
    for format, address in list(node.members()):
        url = clean_url(address.text())
        if url is not None and not draft.has_distribution(url):
            draft.distributions.append(
                Distribution(
                    url=url,
                    protocol=url.partition(":")[0],
                    title=f"{name} ({format})",
                    media_type=MEDIA_TYPES.get(format),
                )
            )


def _links(draft: Draft, node: Node) -> None:
    read_resources(draft, node)
    for _, doi in node.texts("related_to_table_dois"):
        draft.relate("IsRelatedTo", doi, "DOI")
    for member in ("related_tables", "related_to_this_tables"):
        for one in node.children(member):
            draft.relate("IsRelatedTo", one.text("doi") or one.text(), title=one.text("name"))
            one.take("description", "recid")
    for licence in node.children("data_license", "license", "table_license"):
        draft.add_rights(licence.text("description"), licence.text("url"), licence.text("name"))


def read_resources(draft: Draft, node: Node) -> None:
    """Additional resources: those with an address become relations, files of the upload stay as they are."""
    for member in ("additional_resources", "resources", "table_resources"):
        for one in node.children(member):
            if not one.is_object:
                continue
            address, title = clean_url(one.text("location", "url")) or "", clean_line(one.text("description"))
            if address.startswith(("http://", "https://")):
                draft.relate("IsSupplementedBy", address, title=title)
            else:
                draft.keep(one.path, f"{title}: {address}" if title and address else title or address or None)
            one.take("type", "id", "thumbnail")
            for licence in one.children("license"):
                for path, text in licence.left():
                    draft.keep(path, f"{title}: {text}" if title else text)
                licence.take()
