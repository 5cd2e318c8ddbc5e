"""What a record of the CERN Open Data portal needs to be used: releases, containers, repositories."""

from __future__ import annotations

from catalogue.record import Environment
from mappings.cernopendata_links import Portal
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url


def read_software(draft: Draft, node: Node, portal: Portal) -> None:
    """The environment from ``system_details``, and where the source code is."""
    requirements: dict[str, None] = {}
    container = repository = None
    for details in node.children("system_details"):
        for name in ("release", "global_tag"):
            for _, text in details.texts(name):
                _add(requirements, text)
        for image in details.children("container_images"):
            label = clean_line(image.text("name"))
            container = container or label
            if label != container:
                _add(requirements, label)
            image.take("registry")
        draft.add_description(details.text("description"), details.where("description"), type="technical")
        portal.relate_all(draft, [one for one in [details] if one.has("recid")], "Requires")
        portal.relate_all(draft, details.children("links"), "Requires")
    for code in node.children("source_code_repository"):
        url = clean_url(code.text("url") or code.text())
        repository = repository or url
        draft.relate("IsDerivedFrom", url, title=code.text("description"), target_kind="software")
    if requirements or container or repository:
        draft.environment = Environment(
            repository=repository, container=container, requirements=tuple(requirements)
        )


def _add(requirements: dict[str, None], text: str | None) -> None:
    label = clean_line(text)
    if label is not None:
        requirements[label] = None
