"""One record taken into the store by itself, beside the harvests of its source and in their way.

It becomes the very row that a harvest would have made of it: the next harvest finds it there, and
withdraws it once its list has lacked it for the time of grace, as any other.
"""

from __future__ import annotations

from sqlalchemy import select

from catalogue import tables
from catalogue.errors import NotFound
from catalogue.issues import write_issues
from catalogue.outcome import Outcome, Reader, decide, provenance_of
from catalogue.record import RawRecord, record_id
from catalogue.rules import NO_RULES, rules_of
from catalogue.runs import now
from catalogue.store import Store
from catalogue.writing import forgive, known_rows, write_changes, write_raws


def put_picked(store: Store, source: str, raw: RawRecord, read: Reader) -> Outcome:
    """Store one raw record of a source, and what its crosswalk makes of it, in one transaction.

    No run begins, so that one which was cut off still goes on where it was.  Raises `NotFound` for a
    source that there is not; hold `Database.source_lock` meanwhile.
    """
    id, harvested = record_id(source, raw.identifier), now()
    with store.database.read() as connection:
        mine = select(tables.source.c.number, tables.source.c.options).where(tables.source.c.name == source)
        row = connection.execute(mine).one_or_none()
        if row is None:
            raise NotFound(f"There is no source «{source}».")
        known = known_rows(connection, [id])
    rules = NO_RULES if row.options is None else rules_of(source, row.options)
    provenance = provenance_of(source, raw, harvested)
    outcome = decide(id, raw, provenance, known.get(id), read, rules)
    with store.database.write() as connection:
        write_raws(connection, row.number, [outcome])
        write_issues(connection, row.number, source, [outcome], harvested)
        forgive(connection, row.number, known.values())
        write_changes(connection, row.number, [outcome])
    return outcome
