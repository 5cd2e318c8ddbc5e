"""What software has beyond other works, in the words of schema.org and CodeMeta 1 to 3."""

from __future__ import annotations

from catalogue.identity import is_url
from catalogue.record import Distribution, Environment
from mappings.draft import Draft
from mappings.json_ld import Entities
from mappings.json_reading import Node
from mappings.schema_works import read_relation
from mappings.text import clean_line, clean_url

_RELATIONS = {
    "referencePublication": ("IsSupplementTo", "publication"),
    "relatedPublications": ("IsSupplementTo", "publication"),
    "softwarePaperCitationIdentifiers": ("IsSupplementTo", "publication"),
    "supportingData": ("IsSupplementedBy", "dataset"),
    "relatedLink": ("IsRelatedTo", None),
    "readme": ("IsDocumentedBy", "document"),
    "softwareHelp": ("IsDocumentedBy", "document"),
    "buildInstructions": ("IsDocumentedBy", "document"),
}
_NEEDS = {
    "operatingSystem": "",
    "operatingSystems": "",
    "runtimePlatform": "",
    "runtime": "",
    "memoryRequirements": "memory: ",
    "processorRequirements": "processor: ",
    "storageRequirements": "storage: ",
}


def read_software(draft: Draft, entities: Entities, work: Node) -> None:
    """Environment, downloads and the relations that only software has."""
    source = entities.of(work.child("hasSourceCode"))
    repository = _address(entities, work.child("codeRepository")) or _address(
        entities, source.child("codeRepository")
    )
    languages = [name for node in work.children("programmingLanguage") for name in _language(entities, node)]
    environment = Environment(
        languages=tuple(dict.fromkeys(languages)),
        repository=repository,
        container=_container(entities, work),
        requirements=tuple(dict.fromkeys(_requirements(draft, entities, work))),
        entry_point=clean_line(work.text("entryPoint", "mainEntity", "executableName")),
    )
    if environment != Environment():
        draft.environment = environment
    for name in work.having(("downloadUrl", "downloadLink", "installUrl", "zippedCode")):
        for node in work.children(name):
            url = _address(entities, node)
            if url and is_url(url):
                draft.distributions.append(Distribution(url=url, title=_TITLES.get(name)))
            else:
                draft.keep(node.path, url)
    for name in work.having(_RELATIONS):
        type, kind = _RELATIONS[name]
        for node in work.children(name):
            read_relation(draft, entities, node, type, kind)
    _notes(draft, entities, work)
    for node in work.children("softwareSuggestions", "suggests"):
        draft.keep(node.path, requirement(entities, node))
        draft.keep(node.where("sameAs"), entities.of(node).text("sameAs"))
    status = work.text("developmentStatus")
    if status:
        draft.keep("developmentStatus", status.rpartition("#")[2] if "repostatus.org" in status else status)


_TITLES = {"installUrl": "Installation"}
_LASTING = ("10.", "doi:", "swh:", "ascl:")


def _notes(draft: Draft, entities: Entities, work: Node) -> None:
    """Release notes: an address of them, or the notes themselves."""
    for node in work.children("releaseNotes"):
        text = node.text()
        if text and is_url(text):
            draft.relate("IsDocumentedBy", text, target_kind="document")
        elif text:
            draft.add_description(text, node.path, type="technical")


def _address(entities: Entities, node: Node) -> str | None:
    found = entities.of(node)
    return clean_url(found.text("@id", "url", "contentUrl") if found.is_object else found.text())


def _language(entities: Entities, node: Node) -> list[str]:
    found = entities.of(node)
    if found.is_object:
        text = clean_line(found.text("name", "alternateName") or found.text("@id"))
        version = clean_line(found.text("version"))
        found.take("url", "@id", "identifier", "alternateName")
        return [f"{text} {version}" if version else text] if text else []
    return [name for part in (found.text() or "").split(",") if (name := clean_line(part)) is not None]


def _container(entities: Entities, work: Node) -> str | None:
    for name in work.having(("containerImage", "dockerImage", "container")):
        for node in work.children(name):
            found = _address(entities, node)
            if found:
                return found
    return None


def _requirements(draft: Draft, entities: Entities, work: Node) -> list[str]:
    found: list[str] = []
    for name in work.having(("softwareRequirements", "depends", "requirements")):
        for node in _numbered(work.children(name)):
            text = requirement(entities, node)
            if text:
                found.append(text)
                _requires(draft, entities.of(node))
    for name in work.having(_NEEDS):
        for node in work.children(name):
            text = requirement(entities, node)
            if text:
                found.append(_NEEDS[name] + text)
    return found


def _numbered(nodes: list[Node]) -> list[Node]:
    """A list that was written as an object with the keys "1", "2", … as codemetar does."""
    if len(nodes) == 1 and nodes[0].is_object and not nodes[0].has("name", "identifier", "@id"):
        members = list(nodes[0].members())
        if members and all(not name.startswith("@") for name, _ in members):
            return [node for name, node in members if node]
    return nodes


def requirement(entities: Entities, node: Node) -> str | None:
    """A package and its version, as «numpy >= 1.20»."""
    found = entities.of(node)
    if not found.is_object:
        return clean_line(found.text())
    name = (
        clean_line(found.text("name"))
        or clean_line(found.text("identifier"))
        or clean_line(found.text("@id"))
    )
    version = clean_line(found.text("version"))
    if name is None:
        return None
    # Where the package comes from is in its name and in the registry that everybody knows.
    found.take("identifier", "@id", "@type", "provider", "packageSystem", "sameAs", "runtimePlatform")
    return f"{name} {version}" if version else name


def _requires(draft: Draft, node: Node) -> None:
    """A requirement that has a lasting identifier or an address is a relation too, to the best of them."""
    package = node.text("name")
    found = [one for name in node.having(("@id", "identifier", "sameAs")) for one in node.texts(name)]
    lasting = [text for _, text in found if "doi.org/10." in text or text.startswith(_LASTING)]
    best = next(iter(lasting or [text for _, text in found if is_url(text)]), None)
    if best is not None:
        draft.relate("Requires", best, target_kind="software", title=package)
    for path, text in found:
        if package is not None and text not in (best, package):
            draft.keep(path, f"{package}: {text}")
