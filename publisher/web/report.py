"""What went out in a period and what did not, as rows for people who answer for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from publisher.errors import UsageError, Words
from publisher.queue.model import Delivery
from publisher.queue.wording import STATES
from publisher.schedule.wording import name_network, name_output

OUT = frozenset(("sent", "corrected", "withdrawn"))
DROPPED = frozenset(("cancelled",))
ON_TIME_S = 300.0
_ACTS: Mapping[str, str] = {"publish": "đăng", "correct": "đính chính", "withdraw": "gỡ"}
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})|-Q([1-4]))?")


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both in it, in the workspace's zone."""

    first: date
    last: date

    def holds(self, moment: datetime, zone: ZoneInfo) -> bool:
        return self.first <= moment.astimezone(zone).date() <= self.last

    @property
    def words(self) -> str:
        """`từ 01/10/2026 đến 31/10/2026`."""
        return f"từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"


def parse_period(text: str) -> Period:
    """`2026`, `2026-10`, `2026-Q4` or `2026-10-01..2026-10-15`. Raises UsageError."""
    examples = "2026, 2026-10, 2026-Q4, 2026-10-01..2026-10-15"
    try:
        if ".." in text:
            first, last = (date.fromisoformat(part) for part in text.split("..", maxsplit=1))
            if first > last:
                raise UsageError(
                    Words(
                        f"--period: found `{text}`; its first day is after its last.",
                        f"Kỳ báo cáo: `{text}`; ngày đầu sau ngày cuối.",
                    )
                )
            return Period(first, last)
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise ValueError(text)
        year, month, quarter = int(found[1]), int(found[2] or 0), int(found[3] or 0)
        start = date(year, month or quarter * 3 - 2 if month or quarter else 1, 1)
        months = 1 if month else 3 if quarter else 12
    except ValueError as error:
        raise UsageError(
            Words(
                f"--period: found `{text}`; write a year, a month, a quarter or two days: {examples}.",
                f"Kỳ báo cáo: `{text}`; ghi một năm, một tháng, một quý hoặc hai ngày: {examples}.",
            )
        ) from error
    after = date(start.year + (start.month + months - 1) // 12, (start.month + months - 1) % 12 + 1, 1)
    return Period(start, after - timedelta(days=1))


@dataclass(frozen=True)
class Row:
    """One piece. Moments are in the workspace's zone; `late_s` is None for what is not out."""

    id: str
    due_at: datetime
    sent_at: datetime | None
    unit: str
    network: str
    account: str
    act: str
    output: str
    title: str
    state: str
    state_words: str
    url: str
    author: str
    approved_by: str
    attempts: int
    late_s: float | None
    reason: str


@dataclass(frozen=True)
class Total:
    """How one office did on one network."""

    unit: str
    network: str
    planned: int
    out: int
    on_time: int
    not_out: int
    dropped: int


@dataclass(frozen=True)
class Report:
    """A period's rows in the order of time, and the totals of every office and network."""

    period: Period
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]

    @property
    def out(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.state in OUT)

    @property
    def not_out(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.state not in OUT)


@dataclass(frozen=True)
class Names:
    """What ids are called by people: offices, accounts with their kinds, and people."""

    units: Mapping[str, str]
    accounts: Mapping[str, str]
    kinds: Mapping[str, str]
    people: Mapping[str, str]


def make_row(
    delivery: Delivery, *, names: Names, approvers: Iterable[str], why: str, title: str, zone: ZoneInfo
) -> Row:
    """One piece in people's words; `why` explains what is not out."""
    sent = delivery.sent_at.astimezone(zone) if delivery.sent_at else None
    due = delivery.due_at.astimezone(zone)
    is_out = delivery.state in OUT
    return Row(
        id=delivery.id,
        due_at=due,
        sent_at=sent,
        unit=names.units.get(delivery.unit, delivery.unit),
        network=name_network(names.kinds.get(delivery.account, "")) or delivery.account,
        account=names.accounts.get(delivery.account, delivery.account),
        act=_ACTS.get(delivery.act, delivery.act),
        output=name_output(delivery.output),
        title=title,
        state=delivery.state,
        state_words=STATES.get(delivery.state, delivery.state),
        url=delivery.external_url if is_out else "",
        author=names.people.get(delivery.author, delivery.author),
        approved_by=", ".join(names.people.get(person, person) for person in approvers),
        attempts=delivery.attempt,
        late_s=max(0.0, (sent - due).total_seconds()) if sent and is_out else None,
        reason="" if is_out else why,
    )


def make_report(rows: Sequence[Row], period: Period) -> Report:
    """Rows sorted by time, with totals."""
    ordered = tuple(sorted(rows, key=lambda row: (row.due_at, row.unit, row.network, row.id)))
    places = sorted({(row.unit, row.network) for row in ordered})
    return Report(period, ordered, tuple(_total(ordered, *place) for place in places))


def _total(rows: Sequence[Row], unit: str, network: str) -> Total:
    own = [row for row in rows if (row.unit, row.network) == (unit, network)]
    out = [row for row in own if row.state in OUT]
    dropped = [row for row in own if row.state in DROPPED]
    on_time = [row for row in out if row.late_s is not None and row.late_s <= ON_TIME_S]
    return Total(unit, network, len(own), len(out), len(on_time), len(own) - len(out) - len(dropped), len(dropped))


def end_of(period: Period) -> datetime:
    """The last moment of the period: what a file of it is dated with, so that its bytes do not change."""
    return datetime.combine(period.last, time(23, 59, 59), UTC)
