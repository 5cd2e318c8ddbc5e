"""The Virtual Observatory: how each service of a record is asked, ready to run."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.said import said
from web.languages import N_
from web.targets.base import Offer, Sending, Target, Use
from web.targets.positions import position_of
from web.targets.vo import Service, curl, pyvo, services_of, stilts


def offers(use: Use) -> Iterator[Offer]:
    """curl, pyvo, STILTS and SAMP for every interface whose protocol is known."""
    where = None if position_of(use.record) else N_("the position is that of M31: put in your own")
    for service in services_of(use.record):
        needs = _needs(service)
        note = None if service.protocol in {"TAP", "DataLink"} else where
        name = said(service.title)
        yield from (
            Offer(
                label=said("%(name)s: %(tool)s", name=name, tool=tool),
                command=command,
                needs=needs,
                note=note,
            )
            for tool, command in (("curl", curl(service)), ("STILTS", stilts(service)))
            if command
        )
        if source := pyvo(service):
            yield Offer(label=said("%(name)s: pyvo", name=name), python=source, needs=needs, note=note)
        if service.address and service.protocol != "DataLink":
            yield Offer(
                label=said("%(name)s: to TOPCAT or Aladin", name=name),
                send=Sending("table.load.votable", service.address, use.record.title[:200]),
                needs=N_("a hub of SAMP on your machine: TOPCAT or Aladin, running"),
                note=note,
            )


def _needs(service: Service) -> str | None:
    if not service.security:
        return None
    return said("a login there (%(how)s)", how=", ".join(service.security))


TARGET = Target(name="services", title="Virtual Observatory", kind="open", rank=10, offers=offers)
