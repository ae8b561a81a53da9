"""Everything the queue can tell: pieces, what became of them, who signed them, and whether the ledger proves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from publisher.queue import approvals, audit, dump, freezes, ledger, pacing, reasons, schema, telling
from publisher.queue.dump import Dump
from publisher.queue.model import Alarm, Approval, Attempt, Delivery, Freeze, LedgerLine, Receipt
from publisher.queue.rows import D, fetch, to_delivery
from publisher.queue.store_base import StoreBase

Deliveries = list[Delivery]


class ReadingStore(StoreBase):
    """The reading half of the store. Changes nothing."""

    def get(self, delivery_id: str) -> Delivery:
        """The delivery of that id. Raises NothingMatchedError."""
        with self._reading() as c:
            return to_delivery(fetch(c, delivery_id), self.artifacts)

    def list(
        self, *, states: Iterable[str] | None = None, account: str | None = None, campaign: str | None = None,
        due_before: datetime | None = None, doubted: bool = False,
    ) -> Deliveries:  # fmt: skip
        """Deliveries in the order of their time; `doubted` are those that a restore may have forgotten as sent."""
        statement = sa.select(D).order_by(D.c.due_at, D.c.id)
        if states is not None:
            statement = statement.where(D.c.state.in_(sorted(states)))
        if account is not None:
            statement = statement.where(D.c.account == account)
        if campaign is not None:
            statement = statement.where(D.c.campaign == campaign)
        if due_before is not None:
            statement = statement.where(D.c.due_at < due_before)
        if doubted:
            statement = statement.where(D.c.doubt_from.is_not(None))
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

    def freezes(self, now: datetime) -> Sequence[Freeze]:
        """Freezes in force."""
        with self._reading() as c:
            return freezes.active(c, now=now)
