"""The story of the demo: sources are registered, harvested, change, and are harvested again."""

from __future__ import annotations

import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from catalogue.following import follow
from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.relations import RelationLookup
from catalogue.runs import Run
from catalogue.sources import Source
from harvesters.object_groups import ObjectGroups
from harvesters.run import harvest
from web.demo.content import campaigns
from web.demo.sample import EVERY_TEN_MINUTES, samples
from web.demo.server import NEXT_DAY
from web.followers import followers
from web.search_parameters import address as search_address

Say = Callable[[str], None]
_GROUP = "showcase"


@contextmanager
def sample_sources() -> Iterator[str]:
    """The sample sources in a process of their own: the address they answer at."""
    command = [sys.executable, "-P", "-m", "web.demo.server"]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def sources(address: str, folder: Path) -> tuple[Source, ...]:
    """The sample sources as an operator would register them; ``folder`` takes those made of files."""
    wanted = (
        ("helix", "/helix/oai2d", ()),
        ("meridian", "/meridian/oai.xml", ("ivo_managed",)),
        ("alma", "/alma/oai/request", ()),
        ("library", "/library/oai2d", ()),
    )
    speak_oai = tuple(
        Source(name=name, kind="oai-pmh", url=address + path, sets=sets, schedule=EVERY_TEN_MINUTES)
        for name, path, sets in wanted
    )
    return (*speak_oai, *(sample.source(address, folder) for sample in samples()))


def registration(source: Source) -> str:
    """The command by which an operator would register the source, without its schedule."""
    words = ["almagest", "source", "add", source.name, "--kind", source.kind, "--url", source.url]
    for one in source.sets:
        words += ["--set", one]
    for name, value in source.options.items():
        words += ["--option", f"{name}={value}"]
    return shlex.join(words)


def tell(
    catalogue: Catalogue, address: str, say: Say, progress: Callable[[Run], None] | None = None
) -> list[Run]:
    """Register, harvest, let a day pass, harvest again; the runs of both harvests."""
    registered = sources(address, catalogue.settings.home / "samples")
    say(f"{len(registered)} sample sources answer at {address}, in a process of their own:")
    for source in registered:
        catalogue.sources.add(source)
        say(f"  {registration(source)}")
    say("They are harvested, all at once, each in the richest format that it offers:")
    first = _harvest(catalogue, say, progress)
    say("A day passes at the sources:")
    for line in _next_day(address).splitlines():
        new, changed, deleted, name = line.split(" ", 3)
        say(f"  {name}: {new} new, {changed} changed, {deleted} deleted")
    say(
        "They are harvested again: only what has changed, or the full list where that tells no changes "
        "or no deletions:"
    )
    second = _harvest(catalogue, say, progress)
    _by_hand(catalogue, say)
    for followed in follow(catalogue, followers(catalogue)):
        fault = f", but is behind: {followed.fault}" if followed.fault else ""
        say(f"The {followed.name} has followed {followed.changes} changes{fault}.")
    _searches(catalogue, say)
    say("Records with faults are kept as they came and listed with the reason, two of each source here:")
    for source in registered:
        for _, issue in catalogue.sources.issues(source.name, limit=2):
            say(f"  {source.name}: {issue.identifier}: {issue.reason}")
    return [*first, *second]


def _by_hand(catalogue: Catalogue, say: Say) -> None:
    """A curator puts together a paper, its software, its workflow and its first data."""
    lookup = RelationLookup(catalogue.database, catalogue.settings.base_url)
    for campaign in campaigns():
        parts = ("paper", "software", "workflow", str(campaign.runs[0].number))
        names = [f"doi:{campaign.doi(part)}" for part in parts]
        things = lookup.things(names)
        if len(things) == len(names):
            title = f"All of «{campaign.text('paper')}»"
            ObjectGroups(catalogue).create(_GROUP, title, names, by="demo")
            say("A curator makes a group by hand, of a paper, its software, its workflow and its data:")
            say(f"  {shlex.join(['almagest', 'group', 'create', _GROUP, '--title', title, *names])}")
            (paper,) = things[names[0]]
            say("What they are tied to is one graph, on the page of each of them, as of the paper:")
            say(f"  {catalogue.settings.base_url}/records/{paper}#product")
            return


SEARCHES = (
    ("a cone on the sky", Query(sky="83.6,22,20")),
    ("an energy", Query(energy="1 keV/100 keV")),
    ("a parameter", Query(parameters=("temperature 1..300 K",))),
    ("a technique, with all that are narrower", Query(facets={"technique": ("small angle scattering",)})),
)
"""What only a catalogue of all communities answers."""


def _searches(catalogue: Catalogue, say: Say) -> None:
    """What is found by coverage and by vocabulary, in which communities."""
    say("Searches find what several communities have:")
    for what, query in SEARCHES:
        found = catalogue.index.search(replace(query, counts=("source",)))
        sources = ", ".join(f"{count.count} of {count.label}" for count in found.facets["source"])
        say(f"  by {what}: {sources}")
        say(f"    {catalogue.settings.base_url}{search_address('/', query)}")


def _harvest(catalogue: Catalogue, say: Say, progress: Callable[[Run], None] | None) -> list[Run]:
    runs = harvest(catalogue, [], progress=progress)
    for run in runs:
        state = catalogue.sources.state(run.source)
        pages = "page" if run.pages == 1 else "pages"
        say(
            f"  {run.source}: {run.status}, {run.fetched} fetched on {run.pages} {pages}: "
            f"{run.created} new, {run.updated} changed, {run.deleted} deleted, {run.quarantined} unreadable; "
            f"{state.records} records now" + (f" ({run.error})" if run.error else "")
        )
    return runs


def _next_day(address: str) -> str:
    request = urllib.request.Request(address + NEXT_DAY, data=b"", method="POST")  # noqa: S310
    # Never through a proxy: the sources are on this machine.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        text: str = answer.read().decode()
    return text
