"""VISA: a desktop beside the data of a photon or neutron facility.

Only installations that settings name are offered; the option ``sources`` says for the records of which
sources.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.said import said
from web.languages import N_
from web.targets.base import Offer, Target, Use


def offers(use: Use) -> Iterator[Offer]:
    """One link an installation, for the data of its facility."""
    if use.record.kind not in {"dataset", "collection", "project"}:
        return
    for instance in use.instances:
        if use.record.provenance.source not in instance.options.get("sources", "").replace(",", " ").split():
            continue
        proposals = ", ".join(dict.fromkeys(one.label for one in use.record.proposals[:3]))
        yield Offer(
            label=said("Open %(title)s", title=instance.title),
            url=instance.url,
            needs=N_("an account of the facility, and a part in the experiment where the data are not open"),
            note=said("choose the proposal %(proposals)s there", proposals=proposals) if proposals else None,
        )


TARGET = Target(name="visa", title="VISA", kind="run", rank=30, offers=offers)
