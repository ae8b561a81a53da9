"""The queue as the rest of the program sees it: one object, every act a method, every write one durable commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from publisher.channels.base import Post
from publisher.errors import PublisherError, QueueError, Words
from publisher.queue import adding, approvals, facts, freezes, passing, settling
from publisher.queue.alarming import AlarmBook
from publisher.queue.artifacts import Artifacts
from publisher.queue.database import connect, migrate
from publisher.queue.logins import Logins
from publisher.queue.model import AddReport, Decision, NewDelivery
from publisher.queue.rows import D
from publisher.queue.store_reading import ReadingStore
from publisher.queue.store_work import WorkStore
from publisher.units import units_below
from publisher.workspace import Person

Lifted = tuple[list[str], list[str]]


class Store(ReadingStore, WorkStore):
    """Deliveries, approvals, attempts and the ledger on SQLite or Postgres. May be used from many threads."""

    def __init__(self, engine: sa.Engine, artifacts: Artifacts) -> None:
        super().__init__(engine, artifacts)
        self.alarm_book = AlarmBook(self._reading, self._writer)
        self.logins = Logins(self._reading, self._writer)

    @classmethod
    def open(cls, url: str, *, artifacts: Path | Artifacts | None = None) -> Store:
        """Open the database, made or migrated as needed. Media lie in `artifacts` (`store/` beside a SQLite file).

        Raises PublisherError when the database cannot be reached; a password in the address is never shown.
        """
        engine = connect(url)
        if artifacts is None:
            if engine.dialect.name != "sqlite":
                raise QueueError("database: on a server, the folder for stored media must be named too.")
            artifacts = Path(str(engine.url.database)).resolve().parent / "store"
        try:
            migrate(engine)
        except sa.exc.OperationalError as error:
            engine.dispose()
            raise PublisherError(
                "database: cannot be opened. Check that its folder can be written to, or that the server of "
                "`database` in publisher.yaml is running and lets this user in."
            ) from error
        return cls(engine, Artifacts(artifacts) if isinstance(artifacts, Path) else artifacts)

    # -- planning and review ---------------------------------------------------------------------------------------

    def add(self, deliveries: Sequence[NewDelivery], *, author: str, now: datetime) -> AddReport:
        """Put planned pieces in as drafts; the same again changes nothing, changed bytes go back to review."""
        if not author:
            raise QueueError(Words("add: needs the author's name. Give --as NAME.", "Cần tên người soạn."))
        ready = [adding.make_ready(new, self.artifacts) for new in deliveries]
        return self._writer.write(lambda c: adding.add(c, ready, author=author, now=now))

    def submit(self, ids: Sequence[str], *, by: str, now: datetime) -> None:
        """Hand drafts in for review."""
        self._writer.write(lambda c: approvals.submit(c, ids, by=by, now=now))

    def approve(
        self, ids: Sequence[str], *, person: Person, now: datetime, seen: Mapping[str, str] | None = None
    ) -> Decision:
        """Sign the bytes, account and time of each piece; all or none. Fully signed pieces are queued for their time.

        `seen` maps ids to the content hash the person looked at. Raises QueueError, never by the author.
        """
        return self._writer.write(
            lambda c: approvals.approve(c, ids, person=person, now=now, seen=seen or {}, artifacts=self.artifacts)
        )

    def answer_facts(
        self, ids: Sequence[str], *, person: Person, hold: bool, note: str = "", now: datetime
    ) -> Sequence[str]:
        """Say of repeated pieces that their facts still hold, or that they changed (then they are rejected)."""
        answer = facts.hold if hold else facts.changed
        return self._writer.write(lambda c: answer(c, ids, person=person, note=note, now=now))

    def release(self, ids: Sequence[str], *, person: Person, now: datetime) -> None:
        """Queue approved pieces that were kept back for a publisher."""
        self._writer.write(lambda c: approvals.release(c, ids, person=person, now=now))

    def reject(self, ids: Sequence[str], *, person: Person, reason: str, now: datetime) -> None:
        """Send pieces back to their author with a reason."""
        self._writer.write(lambda c: approvals.reject(c, ids, person=person, reason=reason, now=now))

    def cancel(self, ids: Sequence[str], *, person: Person, now: datetime, reason: str = "") -> None:
        """Take pieces out of the plan; refused once they are being sent."""
        self._writer.write(lambda c: approvals.cancel(c, ids, person=person, reason=reason, now=now))

    def retry(self, ids: Sequence[str], *, person: Person, now: datetime) -> Decision:
        """Have rejected, missed, held or waiting pieces sent now; without a valid approval they go to review."""
        return self._writer.write(lambda c: approvals.retry(c, ids, person=person, now=now))

    def reschedule(self, delivery_id: str, *, due_at: datetime, person: Person, now: datetime) -> None:
        """Give a piece another time; its approval is void."""
        self._writer.write(
            lambda c: approvals.reschedule(
                c, delivery_id, due_at=due_at, person=person, now=now, artifacts=self.artifacts
            )
        )

    def settle(
        self, delivery_id: str, *, person: Person, now: datetime, sent: str | None = None, not_sent: bool = False,
        note: str = "",
    ) -> None:  # fmt: skip
        """A person's word about an unknown piece: out at `sent`, or surely not out (then it is queued again)."""
        self._writer.write(
            lambda c: settling.settle(c, delivery_id, person=person, now=now, sent=sent, not_sent=not_sent, note=note)
        )

    def correct(self, target: str, post: Post, *, author: str, due_at: datetime, now: datetime) -> str:
        """Draft a correction of something sent; it is reviewed and sent like any piece. Gives its id.

        `post.key` is replaced by that id.
        """
        return self._act(target, post, act="correct", author=author, due_at=due_at, now=now)

    def withdraw(self, target: str, *, author: str, due_at: datetime, now: datetime) -> str:
        """Draft the withdrawal of something sent; it is reviewed and carried out like any piece. Gives its id."""
        return self._act(target, self.get(target).post, act="withdraw", author=author, due_at=due_at, now=now)

    def _act(self, target: str, post: Post, *, act: Any, author: str, due_at: datetime, now: datetime) -> str:
        new = adding.make_act(self.get(target), post, act=act, number=self._acts(target) + 1, due_at=due_at)
        self.add([new], author=author, now=now)
        return new.id

    def _acts(self, target: str) -> int:
        with self._reading() as c:
            return c.execute(sa.select(sa.func.count()).where(D.c.target == target)).scalar_one()

    # -- freezes ---------------------------------------------------------------------------------------------------

    def freeze(
        self, reason: str, *, person: Person, now: datetime, until: datetime | None = None, units: Iterable[str] = ()
    ) -> int:
        """Hold everything of those units (none named: of all) that is not marked to pass. Gives the freeze's number."""
        names = tuple(units)
        return self._writer.write(
            lambda c: freezes.start(c, reason=reason, units=names, until=until, person=person, now=now)
        )

    def unfreeze(self, number: int | None = None, *, person: Person, now: datetime) -> Lifted:
        """End a freeze, or all. Gives the ids queued again, and those whose time has passed and need another."""
        return self._writer.write(lambda c: freezes.end(c, number, person=person, now=now))

    def widen_freezes(self, parents: Mapping[str, str | None], *, now: datetime) -> Sequence[str]:
        """Hold offices that came below a frozen one since; writes nothing when there is none. Gives their names."""
        if all(freeze.units >= set(units_below(freeze.units, parents)) for freeze in self.freezes(now)):
            return ()
        return self._writer.write(lambda c: freezes.widen(c, parents, now=now))

    def let_pass(self, ids: Sequence[str], *, person: Person, reason: str, now: datetime, undo: bool = False) -> None:
        """Mark pieces as going out during a freeze; another person approves them anew. `undo`: no longer."""
        act = passing.hold_again if undo else passing.let_pass
        self._writer.write(lambda c: act(c, ids, person=person, reason=reason, now=now))

    def hold_for_clock(self, *, ahead_s: float, now: datetime) -> int:
        """Hold everything: the clock was set ahead while the service ran."""
        return self._writer.write(lambda c: freezes.hold_for_clock(c, ahead_s=ahead_s, now=now))

    def lift_ended_freezes(self, now: datetime) -> Lifted:
        """End freezes whose last moment has come; writes nothing when there is none."""
        with self._reading() as c:
            if not freezes.ended(c, now=now):
                return [], []
        return self._writer.write(lambda c: freezes.lift_ended(c, now=now))
