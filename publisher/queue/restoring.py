"""Putting a dumped queue back: proved whole, everything that may have gone out since in doubt, and held."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from publisher.errors import PublisherError
from publisher.queue import audit, doubts, dump, freezes, ledger
from publisher.queue.approvals import need_role
from publisher.queue.database import connect, migrate, translated, upgrade, writing
from publisher.queue.doubts import Gap
from publisher.queue.dump import Dump
from publisher.workspace import Person


@dataclass(frozen=True)
class Restored:
    """`in_doubt` pieces are looked for on their channel before they are sent; `freeze` holds everything until then."""

    in_doubt: int
    freeze: int


def restore_queue(url: str, folder: Path, wanted: Dump, *, gap: Gap, person: Person) -> Restored:
    """Fill an empty database from the dump in `folder`: all of it or, when anything is wrong, nothing.

    Raises PublisherError when the database is not empty, or when what was restored does not prove itself.
    """
    need_role(person, (), verb="restore a backup")
    engine = connect(url)
    try:
        if not dump.is_empty(engine):
            raise PublisherError(
                "database: is not empty, and what is in it is not overwritten. Name an empty one: --database URL."
            )
        with writing(engine) as connection:
            restored = _fill(connection, folder, wanted, gap, person)
        migrate(engine)
        return restored
    except sa.exc.DBAPIError as error:
        raise translated(error) from error
    finally:
        engine.dispose()


def _fill(connection: sa.Connection, folder: Path, wanted: Dump, gap: Gap, person: Person) -> Restored:
    upgrade(connection, wanted.revision)
    dump.load(connection, folder, wanted.rows)
    upgrade(connection, "head")
    wrong = audit.verify(connection)
    if ledger.tip(connection) != wanted.ledger:
        wrong.append("the ledger does not end where the backup says")
    if wrong:
        raise PublisherError("backup: does not prove itself: " + "; ".join(wrong[:5]) + ". Take another backup.")
    in_doubt = doubts.mark_restored(connection, gap, by=person.id)
    # What was cancelled, rejected or changed after the backup is approved again in it: a person looks first.
    reason = (
        f"restored from the backup of {gap.made_at.isoformat(timespec='minutes')}; look at the queue, then unfreeze"
    )
    number = freezes.start(connection, reason=reason, units=(), until=None, person=person, now=gap.restored_at)
    return Restored(in_doubt, number)
