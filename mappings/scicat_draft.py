"""What the readers of SciCat and PaNOSC share: pids, people, dates, techniques, groups of access."""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime

from catalogue.record import Agent, AgentIdentifier, Date, DateKind, Interval, Reference, Term
from mappings.agents import agent_identifier, read_name, split_name
from mappings.dates import OF_DESCRIPTION
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.scicat_people import agent_of
from mappings.text import clean_line, clean_url
from vocab.base import vocabulary

PID = "scicat-pid"
LOCAL = "local"
"""The scheme of identifiers that are only unique within their installation."""
_HANDLE = re.compile(r"(?:hdl:)?\d+(?:\.\d+)+/\S+", re.ASCII)
_PANET = re.compile(r"(?:https?://purl\.org/pan-science/PaNET/)?(PaNET\d{5,7})", re.IGNORECASE | re.ASCII)
_PANET_URI = "http://purl.org/pan-science/PaNET/"
_OTHERS = re.compile(r"(?:et\s*)?al\.?", re.IGNORECASE)
_AND_OTHERS = re.compile(r",?\s+et\s+al\.?\s*$", re.IGNORECASE)
_MJD_ZERO = date(1858, 11, 17).toordinal()
_PROBES = {
    "PaNET00100": Term(label="Photon", uri="http://www.ivoa.net/rdf/messenger#Photon", scheme="messenger"),
    "PaNET00101": Term(label="Neutron"),
    "PaNET00102": Term(label="Muon"),
    "PaNET00107": Term(label="Positron"),
}
INTERNAL = (
    *("_id", "id", "__v", "createdBy", "updatedBy", "scicatUser", "sharedWith"),
    *("history", "thumbnail", "attachments"),
)
"""Names of the database, accounts and pictures: nothing of the thing itself."""


def pid_scheme(pid: str) -> str | None:
    """The scheme of a pid: ``None`` for what tells it itself, handle for those of a registered prefix."""
    if pid.startswith("10.") or ":" in pid[:12]:
        return None
    return "handle" if _HANDLE.fullmatch(pid) else PID


def add_pid(draft: Draft, pid: str | None, *, own: bool = True) -> None:
    """A pid of SciCat, which is a handle or a DOI at many installations."""
    cleaned = clean_url(pid)
    if cleaned is not None:
        draft.add_identifier(cleaned, pid_scheme(cleaned), own=own)


def relate_pid(draft: Draft, type: str, pid: str | None, kind: str | None, title: str | None = None) -> None:
    """A relation to what a pid, an address or a path names."""
    cleaned = clean_url(pid)
    if cleaned is not None:
        first, _, rest = cleaned.partition("/")
        if first and rest.startswith(f"{first}/"):
            # Some lists of pids have the prefix twice.
            cleaned = rest
        scheme = "other" if cleaned.startswith(("/", ".")) else pid_scheme(cleaned)
        draft.relate(type, cleaned, scheme, target_kind=kind, title=title)


def moment(node: Node, *names: str) -> str | None:
    """A date or time: a text, or the {"$date": …} of an exported database."""
    for found in node.children(*names):
        text = found.text("$date") if found.is_object else found.text()
        if text is not None:
            return text
    return None


def add_moment(draft: Draft, node: Node, name: str, kind: DateKind, information: str | None = None) -> None:
    """A date of the thing, where the member has one."""
    draft.add_date(moment(node, name), kind, node.where(name), information)


def add_record_dates(draft: Draft, node: Node) -> None:
    """When the description was made and changed."""
    add_moment(draft, node, "createdAt", "created", OF_DESCRIPTION)
    add_moment(draft, node, "updatedAt", "updated", OF_DESCRIPTION)


def add_period(draft: Draft, start: str | None, end: str | None, path: str) -> None:
    """The time in which data were taken, as date and as MJD (UTC)."""
    low, high = mjd(start), mjd(end)
    for text, value in ((start, low), (end, high)):
        if text is not None and value is None:
            draft.issue(path, "This is not a moment in ISO 8601; it is kept as text.", text)
            draft.keep(path, text)
    if low is None and high is None:
        return
    if low is not None and high is not None and low > high:
        draft.issue(path, "The end lies before the beginning.", f"{start}/{end}")
        draft.keep(path, f"{start}/{end}")
        return
    draft.dates.append(
        Date(
            kind="collected",
            start=clean_line(start) if low is not None else None,
            end=clean_line(end) if high is not None else None,
        )
    )
    draft.temporal.append(Interval(low=low, high=high))
    draft.time_scale = "UTC"


def mjd(text: str | None) -> float | None:
    """Modified Julian Date of a moment in ISO 8601 (without zone: UTC)."""
    try:
        found = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
    if found is None:
        return None
    try:
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None
    seconds = found.hour * 3600 + found.minute * 60 + found.second + found.microsecond / 1e6
    return found.toordinal() - _MJD_ZERO + seconds / 86400


def people(draft: Draft, node: Node, *names: str) -> list[Agent]:
    """The people in a member: a name, several with «;» between them, or a list of names or objects.

    A literal «al.» is nobody, and stays among the extra values.
    """
    found: list[Agent] = []
    for one in node.children(*names):
        if one.is_object:
            agent = agent_of(draft, one)
            found += [agent] if agent is not None else []
            continue
        text = one.text() or ""
        is_others = _OTHERS.fullmatch(text.strip()) is not None
        if is_others or "://" in text:
            draft.keep(one.path, text)
            continue
        shorter = _AND_OTHERS.sub("", text)
        if shorter != text:
            draft.keep(one.path, text)
        found += [agent for part in shorter.split(";") if (agent := person(part)) is not None]
    return list(dict.fromkeys(found))


def person(text: str | None) -> Agent | None:
    """A person of whom only the name is known; never an e-mail address."""
    name = read_name(text)
    if name is None:
        return None
    given, family = split_name(name)
    return Agent(name=name, given=given, family=family, kind="person" if family else None)


def orcid(draft: Draft, text: str | None, path: str) -> tuple[AgentIdentifier, ...]:
    """An ORCID, bare or as address; an issue where it is none."""
    cleaned = clean_line(text)
    if cleaned is None or cleaned.casefold() == "unknown":
        return ()
    identifier = agent_identifier(cleaned, "orcid")
    if identifier is None:
        draft.issue(path, "This is no valid ORCID.", cleaned)
        return ()
    return (identifier,)


def add_techniques(draft: Draft, node: Node, name: str = "techniques") -> None:
    """Techniques by their PaNET concept where the pid is one, else by their name."""
    for one in node.children(name):
        if not one.is_object:
            _add_technique(draft, None, one.text(), one.path)
            continue
        _add_technique(draft, one.text("pid"), one.text("name"), one.where("name"))
        one.take("createdAt", "updatedAt")


def _add_technique(draft: Draft, pid: str | None, name: str | None, path: str) -> None:
    match = _PANET.fullmatch((pid or "").strip())
    label = clean_line(name)
    if label is not None and "." in label and (leaf := _leaf(label)) is not None:
        # The whole path through the ontology, written as one name.
        draft.keep(path, name)
        label = leaf
    label = label or clean_line(pid)
    if label is None:
        return
    code = "PaNET" + match[1][5:] if match is not None else None
    concept = vocabulary("techniques").lookup(code or label)
    if concept is not None:
        term = Term(label=concept.label, uri=concept.uri, scheme="PaNET")
        _add_probe(draft, concept.code)
        if label.casefold() not in (concept.label.casefold(), (code or "").casefold()) and label == name:
            draft.keep(path, label)
    else:
        term = Term(label=label, uri=_PANET_URI + code if code else None, scheme="PaNET" if code else None)
    address = clean_url(pid)
    if code is None and address is not None and address != label:
        draft.keep(path.removesuffix("name") + "pid", address)
    if not draft.has("techniques", term):
        draft.techniques.append(term)


def _add_probe(draft: Draft, code: str) -> None:
    """What the technique probes with, as PaNET's hierarchy says it."""
    draft.messengers += _probes(code)


@functools.lru_cache(maxsize=1024)
def _probes(code: str) -> tuple[Term, ...]:
    above = (code, *(one.code for one in vocabulary("techniques").ancestors(code)))
    return tuple(_PROBES[one] for one in above if one in _PROBES)


@functools.lru_cache(maxsize=1024)
def _leaf(label: str) -> str | None:
    """The last concept of «a.b.c; a.d.c», where all paths end in the same."""
    ends = {part.strip().rpartition(".")[2] for part in label.split(";") if part.strip()}
    if len(ends) != 1 or " " in label.replace("; ", ";"):
        return None
    return clean_line(ends.pop().replace("_", " "))


def references(node: Node, *names: str, scheme: str | None = None) -> list[Reference]:
    """References by the identifiers in the first of these members that has any."""
    found = []
    for _, text in node.texts(*names):
        cleaned = clean_url(text)
        if cleaned is not None:
            found.append(Reference(label=cleaned, identifier=cleaned, scheme=scheme or pid_scheme(cleaned)))
    return found


def size_of(node: Node, *names: str) -> int | None:
    """A number of bytes or files; zero, which stands for «not known», is none."""
    value = node.scalar(*names)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or value is None or not 0 < value < 2**63:
        return None
    return int(value)
