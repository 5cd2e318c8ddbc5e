"""Who runs a repository, who may use it and how, and by which rules."""

from __future__ import annotations

from catalogue.record import Access, AccessRight, Agent, AgentIdentifier, Funding, Parameter
from mappings.agents import agent_identifier, read_name
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.re3data_tree import scheme_and_text, words
from mappings.text import clean_line, clean_url

_RIGHTS: dict[str, AccessRight] = {
    "open": "open",
    "restricted": "restricted",
    "embargoed": "embargoed",
    "closed": "closed",
}
_FEATURES = {
    "PID system": ("pidSystem", "pidSystems"),
    "author identifier system": ("aidSystem", "aidSystems"),
    "software": ("software",),
    "certificate": ("certificate", "certificates"),
    "provider type": ("providerType", "providerTypes"),
    "versioning": ("versioning",),
    "quality management": ("qualityManagement",),
    "enhanced publication": ("enhancedPublication",),
}
_PAGES = {
    "missionStatementUrl": "Mission statement",
    "citationGuidelineUrl": "How to cite",
}
_NOTHING = frozenset({"none", "unknown"})


def read_policies(draft: Draft, node: Node) -> None:
    """Institutions, access, licences, policies and the features that one chooses a repository by."""
    for one in node.children("institution", "institutions"):
        _institution(draft, one)
    _accesses(draft, node)
    for name in ("databaseLicense", "dataLicense", "metadataLicense", "databaseLicenses", "dataLicenses"):
        for one in node.children(name):
            draft.add_rights(one.text("name") or words(one), one.text("url"))
    for one in node.children("policy", "policies"):
        draft.relate("IsDocumentedBy", one.text("url"), title=one.text("name"))
    for name, title in _PAGES.items():
        draft.relate("IsDocumentedBy", node.text(name), title=title)
    for label, names in _FEATURES.items():
        for one in node.children(*names):
            _feature(draft, label, words(one), one.path)
    for one in node.children("metadataStandard", "metadataStandards"):
        _standard(draft, one)


def _institution(draft: Draft, node: Node) -> None:
    named = node.child("name")
    name = read_name(words(named))
    named.take("language")
    node.take("nameLanguage")
    if name is None:
        return
    identifiers = _identifiers(node)
    does = {
        text.lower()
        for one in node.children("responsibilityType", "responsibilityTypes")
        if (text := words(one))
    }
    agent = Agent(name=name, kind="organisation", identifiers=identifiers)
    if "general" in does and draft.publisher is None:
        draft.publisher = agent
    role = "HostingInstitution" if does & {"general", "technical"} or not does else "Sponsor"
    draft.contributors.append(Agent(name=name, kind="organisation", identifiers=identifiers, role=role))
    if "funding" in does:
        ror = next((one.value for one in identifiers if one.scheme == "ror"), None)
        draft.funding.append(Funding(funder=name, funder_identifier=ror and f"https://ror.org/{ror}"))
    node.take("type")


def _identifiers(node: Node) -> tuple[AgentIdentifier, ...]:
    """«ROR:…», «RRID:…», a URN or an address."""
    found = []
    for one in node.children("identifier", "identifiers"):
        scheme, text = scheme_and_text(one)
        if text is None:
            continue
        identifier = agent_identifier(text, scheme)
        if identifier is not None and identifier not in found:
            found.append(identifier)
    return tuple(found)


def _accesses(draft: Draft, node: Node) -> None:
    """To the database, the data and the upload; where several kinds of data differ, «open» says most."""
    of_data: list[Access] = []
    for label, names in (
        ("database access", ("databaseAccess", "databaseAccesses")),
        ("data access", ("dataAccess", "dataAccesses")),
        ("data upload", ("dataUpload", "dataUploads")),
    ):
        for one in node.children(*names):
            type = clean_line(one.text("type"))
            limits = [clean_line(words(part)) for part in one.children("restriction", "restrictions")]
            how = ", ".join(filter(None, limits)) or None
            _feature(draft, label, f"{type} ({how})" if type and how else type, one.path)
            right = _RIGHTS.get((type or "").lower())
            if right is not None and label == "data access":
                of_data.append(Access(right=right, how=how))
    of_data.sort(key=lambda access: list(_RIGHTS).index(access.right))
    draft.access = of_data[0] if of_data else None


def _feature(draft: Draft, name: str, text: str | None, path: str) -> None:
    value = clean_line(text)
    if value is not None and value.lower() not in _NOTHING:
        draft.parameters.append(Parameter(name=name, text=value, path=path))


def _standard(draft: Draft, node: Node) -> None:
    named = node.child("name")
    name, url = clean_line(words(named) or words(node)), clean_url(node.text("url"))
    scheme = clean_line(named.text("scheme", "metadataStandardScheme") or node.text("scheme"))
    if scheme is not None and name is not None:
        draft.keep(node.where("scheme"), f"{name}: {scheme}")
    _feature(draft, "metadata standard", f"{name} ({url})" if name and url else name or url, node.path)
