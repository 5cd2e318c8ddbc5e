"""Making object groups: each change is a page of the source of groups, with who made it and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import mappings.base
from catalogue.audit import Audit
from catalogue.errors import Conflict, NotFound, SettingsError
from catalogue.identity import scheme_and_value
from catalogue.json_form import dumps
from catalogue.opening import Catalogue
from catalogue.product import JOINABLE
from catalogue.record import Page, RawRecord, record_id
from catalogue.related import members_of
from catalogue.relation_keys import OURS, name_of
from catalogue.relations import RelationLookup
from catalogue.runs import now
from catalogue.sources import NAME as NAMES
from catalogue.sources import Source
from harvesters.groups import NAME
from mappings.object_group import MOST_MEMBERS, PREFIX, Action, Group, GroupChange, GroupMember, group_of

LONGEST_TITLE = 2000
LONGEST_DESCRIPTION = 100_000
LONGEST_BY = 200

Change = Callable[[Group], Group]


class ObjectGroups:
    """The groups of a catalogue; whoever changes one says who he is (``by``).

    Members are given by our ids, or by identifiers of records that are here.  Raises `NotFound` for
    a group or record that is not, `Conflict` for a name that is taken, `SettingsError` for what
    cannot be, `SourceBusy` while another makes a change.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lookup = RelationLookup(catalogue.database, catalogue.settings.base_url)

    def all(self) -> list[Group]:
        """The groups that are not dissolved, oldest first."""
        if all(source.name != NAME for source in self._catalogue.sources.all()):
            return []
        return [self._stored(id) for id in self._catalogue.store.live_ids(NAME)]

    def get(self, name: str) -> Group:
        """The group of this name, be it dissolved."""
        try:
            return self._stored(id_of(name))
        except NotFound:
            known = ", ".join(group.name for group in self.all())
            raise NotFound(
                f"There is no group «{name}»; " + (f"known are {known}." if known else "none is there.")
            ) from None

    def create(
        self, name: str, title: str, ids: Sequence[str], *, by: str, description: str | None = None
    ) -> Group:
        """Make a group; one that was dissolved comes back under the id that it had."""
        if not NAMES.fullmatch(name):
            raise SettingsError(
                f"«{name}» cannot be a group's name: use up to 63 lower-case letters, digits, «.», «_», «-»."
            )
        _check_texts(title, description)
        members = self._members(ids)
        self._register()
        with self._catalogue.database.source_lock(NAME):
            before = self._before(name)
            group = Group(name=name, title=title, description=description)
            changes = before.changes if before is not None else ()
            group = _added(replace(group, changes=changes), members)
            return self._save(_noted(group, by, "created", (one.id for one in group.members)))

    def add(self, name: str, ids: Sequence[str], *, by: str) -> Group:
        """Put records into a group; those that are in it stay where they are."""
        members = self._members(ids)

        def change(group: Group) -> Group:
            after = _added(group, members)
            return _noted(after, by, "added", (one.id for one in after.members[len(group.members) :]))

        return self._change(name, change)

    def remove(self, name: str, ids: Sequence[str], *, by: str) -> Group:
        """Take records out of a group, be they withdrawn by now."""
        wanted = {*ids, *((one.scheme, one.value) for one in self._members(ids, missing=True))}

        def change(group: Group) -> Group:
            gone = [one for one in group.members if {one.id, (one.scheme, one.value)} & wanted]
            if not gone:
                raise NotFound(f"None of these is in the group «{name}»; see: almagest group show {name}")
            kept = tuple(one for one in group.members if one not in gone)
            return _noted(replace(group, members=kept), by, "removed", (one.id for one in gone))

        return self._change(name, change)

    def describe(
        self, name: str, *, by: str, title: str | None = None, description: str | None = None
    ) -> Group:
        """Give a group another title or description."""
        _check_texts(title if title is not None else name, description)

        def change(group: Group) -> Group:
            after = replace(
                group,
                title=group.title if title is None else title,
                description=group.description if description is None else description or None,
            )
            return group if after == group else _noted(after, by, "described", ())

        return self._change(name, change)

    def dissolve(self, name: str, *, by: str) -> Group:
        """End a group; its tombstone stays, and who did it."""
        return self._change(name, lambda group: _noted(group, by, "dissolved", ()))

    def _change(self, name: str, change: Change) -> Group:
        if self.get(name).is_dissolved:
            raise Conflict(
                f"The group «{name}» is dissolved; make it again with: almagest group create {name}"
            )
        with self._catalogue.database.source_lock(NAME):
            before = self.get(name)
            after = change(before)
            return after if after == before else self._save(after)

    def _before(self, name: str) -> Group | None:
        try:
            before = self._stored(id_of(name))
        except NotFound:
            return None
        if not before.is_dissolved:
            raise Conflict(
                f"There is a group «{name}» already; add to it with: almagest group add {name} ID…"
            )
        return before

    def _stored(self, id: str) -> Group:
        stored = self._catalogue.store.raw(id)
        if stored.provenance.source != NAME:
            raise NotFound(f"There is no group «{id}».")
        form = mappings.base.format_of(PREFIX)
        return group_of(mappings.base.parse(form, stored.data))

    def _register(self) -> None:
        """The source of groups is there once there is a group."""
        for source in self._catalogue.sources.all():
            if source.name == NAME:
                if source.kind != NAME:
                    raise Conflict(
                        f"A source of kind {source.kind} is called «{NAME}»; object groups need that name."
                    )
                return
        # Its originals say who has changed what: that is nobody else's business.
        options = {"originals": "no", "title": "Object groups"}
        address = self._catalogue.settings.base_url
        self._catalogue.sources.add(Source(name=NAME, kind=NAME, url=address, options=options))

    def _members(self, ids: Sequence[str], *, missing: bool = False) -> list[GroupMember]:
        """The records of these ids or identifiers; one that is not there is `NotFound`, or left out."""
        names = {id: name_of(*_named(id), "") for id in ids}
        things = self._lookup.things(names.values())
        changes = self._catalogue.store.get_many(sorted({one for found in things.values() for one in found}))
        members: list[GroupMember] = []
        for id, name in names.items():
            found = [changes[one] for one in things.get(name, ()) if one in changes]
            if not found and not missing:
                raise NotFound(f"There is no live record «{id}»; give the id or the identifier of one.")
            for change in found:
                record = change.record
                assert record is not None
                worldwide = (
                    one for one in record.identifiers if one.role == "own" and one.scheme in JOINABLE
                )
                first = next(worldwide, None)
                # A product may part; the record of a source keeps its id.
                ours = members_of(change)[0].id
                members.append(
                    GroupMember(
                        id=change.id,
                        scheme=first.scheme if first is not None else OURS,
                        value=first.value if first is not None else ours,
                        kind=record.kind,
                        title=record.title,
                    )
                )
        return members

    def _save(self, group: Group) -> Group:
        sources, store = self._catalogue.sources, self._catalogue.store
        raw = RawRecord(
            identifier=group.name,
            format=PREFIX,
            data=dumps(group),
            datestamp=group.changes[-1].at,
            deleted=group.is_dissolved,
        )
        run = store.put_page(sources.begin_run(NAME), Page(records=(raw,), requests=0), mappings.base.read)
        sources.finish_run(run, "succeeded", since=run.started)
        last = group.changes[-1]
        Audit(self._catalogue.database).note(
            by=last.by,
            subject="group",
            name=group.name,
            action=last.action,
            detail={"members": list(last.members)} if last.members else None,
        )
        return group


def id_of(name: str) -> str:
    """The id of the record that a group is."""
    return record_id(NAME, name)


def _named(text: str) -> tuple[str, str]:
    """Scheme and value of what a curator has typed: an id of ours, or any identifier."""
    is_ours = len(text) == 20 and set(text) <= set("0123456789abcdef")
    return (OURS, text) if is_ours else scheme_and_value(text.removeprefix(f"{OURS}:"))


def _added(group: Group, members: Iterable[GroupMember]) -> Group:
    known = {(one.scheme, one.value): one for one in group.members}
    for member in members:
        if member.id == id_of(group.name):
            raise SettingsError(f"The group «{group.name}» cannot be in itself.")
        known.setdefault((member.scheme, member.value), member)
    if len(known) > MOST_MEMBERS:
        raise SettingsError(f"A group has at most {MOST_MEMBERS} members; make several, and one of them.")
    return replace(group, members=tuple(known.values()))


def _noted(group: Group, by: str, action: Action, ids: Iterable[str]) -> Group:
    """The group with a change in its list; one that changes nothing is none."""
    members = tuple(ids)
    if action == "added" and not members:
        return group
    who = " ".join(by.split())[:LONGEST_BY]
    if not who:
        raise SettingsError("Say who makes this change: --by NAME.")
    step = GroupChange(at=now(), by=who, action=action, members=members)
    return replace(group, changes=(*group.changes, step))


def _check_texts(title: str, description: str | None) -> None:
    if not title.strip() or len(title) > LONGEST_TITLE:
        raise SettingsError(f"A group needs a title of at most {LONGEST_TITLE} characters.")
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        raise SettingsError(f"The description of a group has at most {LONGEST_DESCRIPTION} characters.")
