"""Capabilities and interfaces as VOResource (VOResource 1.1, section 3.2), with all their extensions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalogue.record import Capability, Interface, Parameter, Record
from mappings.ivo_writing_extensions import CAPABILITIES, INTERFACES, PARAM_HTTP, STANDARDS
from mappings.ivo_writing_parts import grown, written_parts
from mappings.ivo_writing_values import attribute_of, element, number, token, uri, value_of, web_address

_PATH = re.compile(r"capability\[(\d+)\](?:/([A-Z]\w*))?(?:/(.+))?")
_VALIDATION = re.compile(r"capability\[(\d+)\](?:/\w+)?: validation level ([0-4]) by (\S+)")
_DOWNLOADS = 16
"""Files beyond so many are left to the page of the record."""


@dataclass(slots=True)
class _Kept:
    """What the model keeps of a capability beside it: the name of its type, its properties, its roles."""

    type: str | None = None
    properties: list[tuple[str, str]] = field(default_factory=list)
    groups: list[tuple[str, str]] = field(default_factory=list)
    interface: list[tuple[str, str]] = field(default_factory=list)
    validations: list[tuple[str, str]] = field(default_factory=list)


def written_capabilities(record: Record) -> str:
    """All capabilities; of a thing without any, one that gives its files."""
    kept = _kept(record)
    languages = list(record.languages)
    out: list[str] = []
    for count, capability in enumerate(record.capabilities, 1):
        found = kept.get(count, _Kept())
        if found.type == "Edition" and languages:
            # The language of an edition of a document is a language of the record.
            found.properties.append(
                ("languageCode", languages.pop(0) if len(languages) > 1 else languages[0])
            )
        out.append(_capability(capability, found))
    return "".join(out) or _downloads(record)


def _kept(record: Record) -> dict[int, _Kept]:
    """By the number of the capability, from 1."""
    found: dict[int, _Kept] = {}
    for parameter in record.parameters:
        match = _PATH.fullmatch(parameter.path or "")
        if match is not None:
            one = found.setdefault(int(match[1]), _Kept())
            one.type = one.type or match[2]
            one.properties += _property(parameter)
    for extra in record.extra:
        match = _PATH.fullmatch(extra.path)
        if match is not None and match[3] is not None:
            one = found.setdefault(int(match[1]), _Kept())
            one.type = one.type or match[2]
            if match[3].startswith("interface/"):
                one.interface.append((match[3].removeprefix("interface/"), extra.text))
            else:
                one.groups.append((match[3], extra.text))
    for said in record.quality:
        match = _VALIDATION.fullmatch(said)
        if match is not None:
            found.setdefault(int(match[1]), _Kept()).validations.append((match[3], match[2]))
    return found


def _property(parameter: Parameter) -> Iterator[tuple[str, str]]:
    path = parameter.name.replace(".", "/")
    text = number(parameter.value) if parameter.value is not None else parameter.text
    if text is not None:
        yield path, text
    if parameter.unit is not None:
        yield f"{path}/@unit", parameter.unit


def _capability(capability: Capability, kept: _Kept) -> str:
    """One capability, of its type where it has all that the schema of the type demands."""
    standard = _standard(capability.standard)
    interfaces = "".join(_interfaces(capability, kept, standard is not None))
    type_ = CAPABILITIES.get(kept.type or "")
    added = None
    if type_ is not None and _follows(standard, type_.standard) and (interfaces or not type_.interfaces):
        grouped = grown(type_.model, kept.groups)
        flat = grown(type_.model, kept.properties, attributes_last=True)
        grouped.children += flat.children
        added = written_parts(grouped)
    named = f' xsi:type="{type_.name}"' if type_ is not None and added is not None else ""
    levels = "".join(
        element("validationLevel", level, attribute_of("validatedBy", found))
        for by, level in kept.validations
        if (found := uri(by))
    )
    return (
        f"<capability{named}{attribute_of('standardID', standard)}>{levels}"
        f"{element('description', capability.description)}{interfaces}{added or ''}</capability>"
    )


def _standard(identifier: str | None) -> str | None:
    """The identifier of the standard in the case in which it is registered."""
    found = uri(identifier)
    if found is None:
        return None
    base, mark, fragment = found.partition("#")
    return STANDARDS.get(base.casefold(), base) + mark + fragment


def _follows(standard: str | None, demanded: str | None) -> bool:
    return demanded is None or (standard or "").partition("#")[0] == demanded


def _interfaces(capability: Capability, kept: _Kept, is_standard: bool) -> Iterator[str]:
    """The interfaces, each with the mirrors that follow it."""
    groups: list[list[Interface]] = []
    for one in capability.interfaces:
        if one.use in ("mirror", "wsdl") and groups:
            groups[-1].append(one)
        elif uri(one.url) is not None:
            groups.append([one])
    roles = [text for path, text in kept.interface if path == "@role"]
    rest = [(path, text) for path, text in kept.interface if path != "@role"]
    for index, (main, *others) in enumerate(groups):
        name, model = INTERFACES.get(main.type or "", ("vs:ParamHTTP", PARAM_HTTP))
        role = "std" if is_standard and name != "vr:WebBrowser" else None
        if len(groups) == len(roles):
            role = value_of("nmtoken", roles[index])
        version = capability.version if role == "std" or index == 0 else None
        added = ""
        if model is not None and rest:
            added = written_parts(grown(model, rest)) or ""
            rest = []
        added += _addresses("wsdlURL", others, is_allowed=name == "vr:WebService")
        yield (
            f'<interface xsi:type="{name}"{attribute_of("version", version)}{attribute_of("role", role)}>'
            f"{_inside(main, others)}{added}</interface>"
        )


def _inside(main: Interface, others: Iterable[Interface]) -> str:
    use = value_of("full|base|dir", main.use or "")
    # A capability that names several methods of which one is enough does so in several interfaces.
    security = "".join(
        f"<securityMethod{attribute_of('standardID', uri(one))}/>" for one in main.security[:1]
    )
    return (
        f"{element('accessURL', uri(main.url), attribute_of('use', use))}"
        f"{_addresses('mirrorURL', others)}{security}"
        f"{element('testQueryString', token(main.test_query))}"
    )


def _addresses(name: str, others: Iterable[Interface], *, is_allowed: bool = True) -> str:
    found = [uri(one.url) for one in others if one.use == name.removesuffix("URL")]
    return "".join(element(name, one) for one in found) if is_allowed else ""


def _downloads(record: Record) -> str:
    """The files of a collection, each an address that a browser opens."""
    found = dict.fromkeys(web_address(one.url) for one in record.distributions[:_DOWNLOADS])
    full = attribute_of("use", "full")
    interfaces = "".join(
        f'<interface xsi:type="vr:WebBrowser">{element("accessURL", one, full)}</interface>'
        for one in found
        if one is not None
    )
    return f"<capability>{interfaces}</capability>" if interfaces else ""
