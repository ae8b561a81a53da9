"""What workers and the engine do with the queue: claims, the writes around each sending, doubts and their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from publisher.channels.base import Aired, Look, Outcome, Rejected, Retry, Sent
from publisher.channels.rates import Network, Rate
from publisher.queue import airing, claims, doubts, pacing, sending, settling, taking, telling, turns
from publisher.queue.claims import Lease
from publisher.queue.model import Claimed, Delivery
from publisher.queue.rows import fetch, to_delivery
from publisher.queue.store_base import StoreBase

NO_RATE = Rate()


class WorkStore(StoreBase):
    """The half of the store that sends and settles. Every write names the lease it is made under."""

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
