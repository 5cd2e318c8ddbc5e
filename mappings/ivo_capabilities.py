"""Capabilities and interfaces of a VOResource (VOResource 1.1, section 3.2), with all their extensions."""

from __future__ import annotations

import math
from typing import Any

from catalogue.identity import normal_identifier
from catalogue.record import Capability, Interface, Parameter
from mappings.draft import Draft
from mappings.terms import read_language
from mappings.text import clean_block, clean_line, clean_url
from mappings.xml_reading import elements, first, local_name, text_at, text_of, type_name


def read_capability(draft: Draft, element: Any) -> None:
    """One capability; what its extension adds (limits, formats, languages …) becomes parameters."""
    standard = clean_url(element.get("standardID"))
    name = type_name(element)[1]
    path = f"capability[{len(draft.capabilities) + 1}]" + (f"/{name}" if name else "")
    interfaces: list[Interface] = []
    version: str | None = None
    description: str | None = None
    for child in elements(element):
        found = local_name(child)
        if found == "interface":
            version = version or _version(child)
            interfaces.extend(_interfaces(draft, child, path))
        elif found == "description":
            description = clean_block(text_of(child))
        elif found == "validationLevel":
            _validation(draft, child, path)
        elif found == "languageCode":
            language = read_language(text_of(child))
            if language is not None:
                draft.languages.append(language)
        else:
            _parameters(draft, child, found, path)
    draft.capabilities.append(
        Capability(
            standard=normal_identifier(standard).value if standard is not None else None,
            version=version,
            description=description,
            interfaces=tuple(interfaces),
        )
    )


def _version(interface: Any) -> str | None:
    """The version of the standard that the standard interface speaks."""
    return clean_line(interface.get("version")) if interface.get("role") != "rendered" else None


def _interfaces(draft: Draft, element: Any, path: str) -> list[Interface]:
    """An interface, one for each address that it has."""
    kind = type_name(element)[1]
    query = clean_line(text_at(element, "testQueryString"))
    security = tuple(
        clean_url(one.get("standardID")) or "unknown" for one in elements(element, "securityMethod")
    )
    role = clean_line(element.get("role"))
    if role is not None and role not in ("std", "standard"):
        draft.keep(f"{path}/interface/@role", role)
    found: list[Interface] = []
    for child in elements(element):
        name = local_name(child)
        if name in ("accessURL", "mirrorURL", "wsdlURL"):
            url = clean_url(text_of(child))
            if url is not None:
                use = clean_line(child.get("use")) if name == "accessURL" else name.removesuffix("URL")
                found.append(Interface(type=kind, url=url, use=use, security=security, test_query=query))
        elif name not in ("testQueryString", "securityMethod"):
            draft.keep_below(child, f"{path}/interface/{name}")
    if not found and (kind or query):
        found.append(Interface(type=kind, security=security, test_query=query))
    return found


def _validation(draft: Draft, element: Any, path: str) -> None:
    level = clean_line(text_of(element))
    if level is not None:
        by = clean_url(element.get("validatedBy"))
        draft.quality.append(f"{path}: validation level {level}" + (f" by {by}" if by else ""))


def _parameters(draft: Draft, element: Any, name: str, path: str) -> None:
    """A property of the capability: a number, a text, or a group of them."""
    if len(element):
        label = first(element, "name")
        if label is not None and first(element, "description") is not None:
            draft.keep_below(element, f"{path}/{name}")
            return
        for child in elements(element):
            _parameters(draft, child, f"{name}.{local_name(child)}", path)
    text = clean_line(element.text)
    for key in ("ivo-id", "standardID"):
        said = clean_url(element.get(key))
        if said is not None:
            text = f"{text} ({said})" if text else said
    if text is None:
        return
    unit = clean_line(element.get("unit"))
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        draft.parameters.append(Parameter(name=name, value=value, unit=unit, path=path))
    else:
        draft.parameters.append(Parameter(name=name, text=text, unit=unit, path=path))
