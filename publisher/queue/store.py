"""The queue as the rest of the program sees it: one object, every act a method, every write one durable commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from publisher.channels.base import Aired, Look, Outcome, Post, Rejected, Retry, Sent
from publisher.channels.rates import Network, Rate
from publisher.errors import PublisherError, QueueError, Words
from publisher.queue import (
    adding,
    airing,
    approvals,
    audit,
    claims,
    doubts,
    dump,
    facts,
    freezes,
    ledger,
    pacing,
    passing,
    reasons,
    schema,
    sending,
    settling,
    taking,
    telling,
    turns,
)
from publisher.queue.alarming import AlarmBook
from publisher.queue.artifacts import Artifacts
from publisher.queue.claims import Lease
from publisher.queue.database import Writer, connect, migrate, translated
from publisher.queue.dump import Dump
from publisher.queue.logins import Logins
from publisher.queue.model import (
    AddReport,
    Alarm,
    Approval,
    Attempt,
    Claimed,
    Decision,
    Delivery,
    Freeze,
    LedgerLine,
    NewDelivery,
    Receipt,
)  # fmt: skip
from publisher.queue.rows import D, fetch, to_delivery
from publisher.units import units_below
from publisher.workspace import Person

NO_RATE = Rate()
Deliveries = list[Delivery]
Lifted = tuple[list[str], list[str]]


class Store:
    """Deliveries, approvals, attempts and the ledger on SQLite or Postgres. May be used from many threads."""

    def __init__(self, engine: sa.Engine, artifacts: Artifacts) -> None:
        self.artifacts = artifacts
        self._engine = engine
        self._writer = Writer(engine)
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

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise translated(error) from error

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

    def freezes(self, now: datetime) -> Sequence[Freeze]:
        """Freezes in force."""
        with self._reading() as c:
            return freezes.active(c, now=now)

    def lift_ended_freezes(self, now: datetime) -> Lifted:
        """End freezes whose last moment has come; writes nothing when there is none."""
        with self._reading() as c:
            if not freezes.ended(c, now=now):
                return [], []
        return self._writer.write(lambda c: freezes.lift_ended(c, now=now))

    # -- reading ---------------------------------------------------------------------------------------------------

    def get(self, delivery_id: str) -> Delivery:
        """The delivery of that id. Raises NothingMatchedError."""
        with self._reading() as c:
            return to_delivery(fetch(c, delivery_id), self.artifacts)

    def list(
        self, *, states: Iterable[str] | None = None, account: str | None = None, campaign: str | None = None,
        due_before: datetime | None = None,
    ) -> Deliveries:  # fmt: skip
        """Deliveries in the order of their time."""
        statement = sa.select(D).order_by(D.c.due_at, D.c.id)
        if states is not None:
            statement = statement.where(D.c.state.in_(sorted(states)))
        if account is not None:
            statement = statement.where(D.c.account == account)
        if campaign is not None:
            statement = statement.where(D.c.campaign == campaign)
        if due_before is not None:
            statement = statement.where(D.c.due_at < due_before)
        with self._reading() as c:
            return [to_delivery(row, self.artifacts) for row in c.execute(statement).mappings()]

    def last_sent_at(self) -> datetime | None:
        """When anything was last sent, on any account."""
        with self._reading() as c:
            return pacing.last_commit(c)

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        with self._reading() as c:
            return telling.counts(c)

    def receipts(self, *, campaign: str | None = None) -> Sequence[Receipt]:
        """One receipt a piece that went out."""
        with self._reading() as c:
            return telling.receipts(c, campaign=campaign)

    def alarms(self, now: datetime) -> Sequence[Alarm]:
        """What a person must look at."""
        with self._reading() as c:
            return telling.alarms(c, now=now)

    def history(self, delivery_id: str) -> Sequence[LedgerLine]:
        """The ledger's lines about a delivery."""
        with self._reading() as c:
            fetch(c, delivery_id)
            return ledger.read(c, delivery_id)

    def attempts(self, delivery_id: str) -> Sequence[Attempt]:
        """Every phase of every attempt, oldest first."""
        table = schema.attempts
        statement = sa.select(table).where(table.c.delivery == delivery_id).order_by(table.c.number, table.c.id)
        with self._reading() as c:
            rows = c.execute(statement).mappings().all()
        return [Attempt(**{k: v for k, v in row.items() if k != "id"}) for row in rows]

    def approvals(self, delivery_id: str) -> Sequence[Approval]:
        """Every approval given, voided ones too."""
        table = schema.approvals
        statement = sa.select(table).where(table.c.delivery == delivery_id).order_by(table.c.id)
        with self._reading() as c:
            rows = c.execute(statement).mappings().all()
        return [Approval(**{k: v for k, v in row.items() if k != "id"}) for row in rows]

    def approvers(self, delivery_id: str) -> Sequence[str]:
        """Who has validly approved the delivery as it stands now."""
        with self._reading() as c:
            return approvals.valid_approvers(c, fetch(c, delivery_id))

    def why(self, delivery_id: str, *, now: datetime, language: str = "vi", zone: Any = None) -> str:
        """One paragraph on why a piece did or did not go out."""
        delivery = self.get(delivery_id)
        told = reasons.Told(
            delivery, tuple(self.approvers(delivery_id)), tuple(self.attempts(delivery_id)), tuple(self.freezes(now))
        )
        return reasons.explain(told, now=now, language=language, zone=zone)

    def verify_ledger(self) -> Sequence[str]:
        """Every place where ledger and queue do not prove each other; empty when all is well."""
        with self._reading() as c:
            return audit.verify(c)

    def dump(self, folder: Path) -> Dump:
        """Write every table, as of one moment, into the folder."""
        with self._reading():  # translates what the database refuses
            return dump.dump(self._engine, folder)

    # -- for the worker and the engine -----------------------------------------------------------------------------

    def due_accounts(self, now: datetime) -> Sequence[str]:
        """Accounts with something to send now."""
        with self._reading() as c:
            return telling.due_accounts(c, now=now)

    def next_moment(self, now: datetime) -> datetime | None:
        """When there is next something to do; None when nothing is awaited."""
        with self._reading() as c:
            return telling.next_moment(c, now=now)

    def claim(self, account: str, *, owner: str, now: datetime, lease_s: float) -> Delivery | None:
        """Take the next due piece of the account under a lease. Raises ClockError when the clock went back."""
        claimed = self.claim_to_judge(account, owner=owner, now=now, lease_s=lease_s)
        return None if claimed is None else claimed.delivery

    def claim_to_judge(self, account: str, *, owner: str, now: datetime, lease_s: float) -> Claimed | None:
        """`claim`, with what the piece is judged by as of the same moment."""
        ask = taking.Ask(account, owner, now, lease_s)
        taken: taking.Taken | None = self._writer.wait(self._writer.submit(taking.claim_all, ask))
        if taken is None:
            return None
        return Claimed(to_delivery(taken.row, self.artifacts), taken.approvers, taken.freezes)

    def give_back(
        self, delivery_id: str, lease: Lease, *, to: str, now: datetime, reason: str, freeze: int = 0
    ) -> bool:
        return self._writer.write(
            lambda c: claims.give_back(c, delivery_id, lease, to=to, now=now, reason=reason, freeze=freeze)
        )

    def wait_until(self, delivery_id: str, lease: Lease, *, until: datetime, reason: str, now: datetime) -> bool:
        """Have a claimed piece wait until a moment, without counting a try. False when the lease was lost."""
        return self._writer.write(
            lambda c: claims.wait_until(c, delivery_id, lease, until=until, reason=reason, now=now)
        )

    def note_prepare(self, delivery_id: str, lease: Lease, outcome: Retry | Rejected, *, now: datetime) -> str:
        """Record a prepare that did not succeed; gives the state reached, empty when the lease was lost."""
        if isinstance(outcome, Retry):
            return self._writer.write(lambda c: claims.note_retry(c, delivery_id, lease, outcome, now=now))
        return self._writer.write(lambda c: claims.note_rejected(c, delivery_id, lease, outcome.reason, now=now))

    def mark_sending(
        self, delivery_id: str, lease: Lease, *, handles: Mapping[str, str], fingerprint: str, now: datetime,
        rate: Rate | None = NO_RATE,
    ) -> bool:  # fmt: skip
        """When this gives True, the `sending` mark, the attempt and the handles are on the disk.

        False when the lease was lost or a freeze has come meanwhile.
        """
        mark = sending.Mark(delivery_id, lease, handles, fingerprint, now, rate)
        return bool(self._writer.wait(self._writer.submit(sending.mark_all, mark)))

    def finish(self, delivery_id: str, lease: Lease, outcome: Outcome, *, now: datetime) -> str:
        """Record what commit answered; gives the state reached, empty when the attempt was settled meanwhile."""
        answer = sending.Answer(delivery_id, lease, outcome, now)
        return str(self._writer.wait(self._writer.submit(sending.finish_all, answer)))

    def confirm(self, delivery_id: str, lease: Lease, sent: Sent, *, now: datetime) -> bool:
        """Keep what reading back gave; False when the piece is no longer simply sent."""
        answer = sending.Answer(delivery_id, lease, sent, now)
        return bool(self._writer.wait(self._writer.submit(sending.confirm_all, answer)))

    def confirm_later(self, delivery_id: str, lease: Lease, sent: Sent, *, now: datetime) -> None:
        """`confirm` with the next commit, at the latest with `flush`: nothing of the piece depends on it."""
        self._writer.submit(sending.confirm_all, sending.Answer(delivery_id, lease, sent, now))

    def flush(self) -> None:
        """Have everything that was left for later on the disk."""
        self._writer.flush()

    def begin_doubt(self, delivery_id: str, lease: Lease, *, fingerprint: str, now: datetime) -> bool:
        """A claimed piece may have gone out before a restore: `unknown`, until its channel was read."""
        return self._writer.write(lambda c: doubts.begin(c, delivery_id, lease, fingerprint=fingerprint, now=now))

    def end_doubt(self, delivery_id: str, lease: Lease, *, now: datetime) -> bool:
        return self._writer.write(lambda c: doubts.dismiss(c, delivery_id, lease, now=now))

    def close_account(self, account: str, *, until: datetime) -> None:
        """Take nothing from the account before `until`."""
        self._writer.write(lambda c: pacing.hold(c, account, until=until))

    def take_turn(self, delivery_id: str, lease: Lease, *, network: Network, now: datetime) -> datetime | None:
        """None when the claimed piece may go now; else it is `waiting` for its turn, at the moment given."""
        return self._writer.write(lambda c: turns.take_turn(c, delivery_id, lease, network=network, now=now))

    def close_network(self, network: Network, *, until: datetime, now: datetime) -> None:
        """Give no turn on the network before `until`."""
        self._writer.write(lambda c: turns.close(c, network, until=until, now=now))

    def airings(self, accounts: Sequence[str]) -> Sequence[airing.Airing]:
        """Every script delivered to these accounts, and whether it was read on air."""
        with self._reading() as c:
            return airing.airings(c, accounts)

    def awaited_airings(self, accounts: Sequence[str], *, now: datetime) -> Sequence[airing.Airing]:
        with self._reading() as c:
            return airing.awaited(c, accounts, now=now)

    def note_aired(self, delivery_id: str, aired: Aired, *, by: str, now: datetime) -> bool:
        """Keep a station's word that a piece was read; False when there is one already."""
        return self._writer.write(lambda c: airing.note_aired(c, delivery_id, aired, by=by, now=now))

    def renew(self, owner: str, *, now: datetime, lease_s: float) -> int:
        """Lengthen every lease of the owner."""
        return self._writer.write(lambda c: claims.renew(c, owner, now=now, lease_s=lease_s))

    def recover(self, now: datetime) -> tuple[int, int]:
        """Take back what dead workers held; gives how many are queued again and how many are unknown."""
        with self._reading() as c:
            if not claims.ended_leases(c, now=now):
                return 0, 0
        return self._writer.write(lambda c: claims.recover(c, now=now))

    def due_looks(self, now: datetime) -> Sequence[tuple[str, str]]:
        """Ids and accounts of unknown pieces to look for now."""
        with self._reading() as c:
            return settling.due_looks(c, now=now)

    def take_unknown(self, delivery_id: str, *, owner: str, now: datetime, lease_s: float) -> Delivery | None:
        row = self._writer.write(lambda c: settling.take(c, delivery_id, owner=owner, now=now, lease_s=lease_s))
        return None if row is None else to_delivery(row, self.artifacts)

    def commit_started_at(self, delivery_id: str, number: int) -> datetime | None:
        with self._reading() as c:
            return settling.started_at(c, delivery_id, number)

    def ids_of_others(self, delivery: Delivery) -> frozenset[str]:
        """What the channel calls the posts of all other pieces of that account."""
        with self._reading() as c:
            return settling.ids_of_others(c, delivery.id, delivery.account)

    def note_look(self, delivery_id: str, look: Look, *, owner: str, attempt: int, gap_s: float, now: datetime) -> str:
        return self._writer.write(
            lambda c: settling.note_look(c, delivery_id, look, owner=owner, attempt=attempt, gap_s=gap_s, now=now)
        )

    def ask_person(self, delivery_id: str, *, owner: str, evidence: str, look_at: str, now: datetime) -> None:
        """Leave an unknown piece to a person at once: the channel cannot be read."""

        def work(c: sa.Connection) -> None:
            row = fetch(c, delivery_id)
            if row["lease_owner"] == owner:
                settling.ask(c, row, evidence=evidence, look_at=look_at, now=now)

        self._writer.write(work)
