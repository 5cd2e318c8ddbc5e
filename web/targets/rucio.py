"""Rucio: data identifiers ``SCOPE:NAME``, from «rucio:» addresses and identifiers.

An instance is a Rucio server; its options ``scopes`` (those that lie there), ``account`` and ``rse``
(from which store to take) go into the command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from catalogue.record import Distribution, Record
from catalogue.said import said
from web.languages import N_
from web.targets.base import Instance, Offer, Target, Use
from web.targets.files import fetched_by, quoted

_DID = re.compile(r"(?P<scope>[A-Za-z0-9][\w.-]{0,59}):(?P<name>/?\w[\w./+=@#%-]{0,499})", re.ASCII)
LOGIN = N_(
    "an account there: «export RUCIO_ACCOUNT=ACCOUNT», and a token by «rucio whoami» or a grid proxy (x509)"
)


def offers(use: Use) -> Iterator[Offer]:
    """A download for every data identifier, at the instance that has its scope."""
    for did, file in dids_of(use.record):
        for instance in _instances(use.instances, did):
            yield Offer(
                label="rucio" if instance is None else said("rucio at %(title)s", title=instance.title),
                command=f"rucio{_server(instance)} download{_store(instance)} {quoted(did)}",
                needs=LOGIN,
                of=file,
            )


def download(did: str, instances: Sequence[Instance], folder: str) -> str:
    """The command that fetches an identifier into a folder, from the first instance that has its scope."""
    instance = _instances(instances, did)[0]
    return f"rucio{_server(instance)} download --dir {quoted(folder)}{_store(instance)} {quoted(did)}"


def did_of(text: str) -> str | None:
    """``SCOPE:NAME`` out of «rucio:SCOPE:NAME», «rucio://SCOPE/NAME» or «SCOPE:NAME»."""
    rest = text.strip()
    if rest.lower().startswith("rucio://"):
        scope, mark, name = rest[8:].partition(":")
        if not mark or "/" in scope:
            scope, _, name = rest[8:].partition("/")
        rest = f"{scope}:{name}"
    elif rest.lower().startswith("rucio:"):
        rest = rest[6:]
    return rest if _DID.fullmatch(rest) else None


def dids_of(record: Record) -> Iterator[tuple[str, Distribution | None]]:
    """The data identifiers of a record, each once, and the file that bears it (``None``: the record)."""
    found = set()
    for known in record.identifiers:
        if known.scheme.lower() in {"rucio", "did-rucio", "rucio-did"} and (did := did_of(known.value)):
            found.add(did)
            yield did, None
    for file in fetched_by(record, "rucio"):
        if (did := did_of(file.url)) and did not in found:
            found.add(did)
            yield did, file


def _instances(instances: Sequence[Instance], did: str) -> list[Instance | None]:
    """Those that have the scope of an identifier, else those that name none; the client's own if none is."""
    scope = did.partition(":")[0]
    named = [one for one in instances if scope in one.options.get("scopes", "").split()]
    return list(named or [one for one in instances if not one.options.get("scopes")]) or [None]


def _server(instance: Instance | None) -> str:
    if instance is None:
        return ""
    # «-H», as its long form is --host in older clients and --hostname in newer ones.
    account = instance.options.get("account")
    return f" -H {quoted(instance.url)}" + (f" --account {quoted(account)}" if account else "")


def _store(instance: Instance | None) -> str:
    store = instance.options.get("rse") if instance is not None else None
    return f" --rses {quoted(store)}" if store else ""


TARGET = Target(name="rucio", title="Rucio", kind="fetch", rank=30, offers=offers)
