"""The queue with one protection taken out, to prove that the judge sees what is then lost or doubled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from publisher.channels.base import Outcome
from publisher.channels.rates import Rate
from publisher.queue.claims import Lease
from publisher.queue.store import Store
from publisher.queue.store_work import NO_RATE


class Unmarked(Store):
    """The queue without the `sending` mark before the call: it is written only with the outcome."""

    _late: dict[str, tuple[Lease, Mapping[str, str], str, datetime]]

    def mark_sending(
        self,
        delivery_id: str,
        lease: Lease,
        *,
        handles: Mapping[str, str],
        fingerprint: str,
        now: datetime,
        rate: Rate | None = NO_RATE,
    ) -> bool:
        self._late = {**getattr(self, "_late", {}), delivery_id: (lease, handles, fingerprint, now)}
        return True

    def finish(self, delivery_id: str, lease: Lease, outcome: Outcome, *, now: datetime) -> str:
        _, handles, fingerprint, at = self._late[delivery_id]
        super().mark_sending(delivery_id, lease, handles=handles, fingerprint=fingerprint, now=at)
        return super().finish(delivery_id, lease, outcome, now=now)
