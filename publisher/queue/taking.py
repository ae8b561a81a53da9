"""Claims: the first piece due on each asked account, under a lease; many accounts in a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from publisher.queue import approvals, freezes, pacing, schema
from publisher.queue.claims import CLOCK_SLACK_S, ClockError
from publisher.queue.model import Freeze
from publisher.queue.rows import ROWS, D, Move, move_all
from publisher.queue.transitions import CLAIMED, QUEUED, SENDING, WAITING


@dataclass(frozen=True)
class Ask:
    """Somebody wants the next piece of an account, as of `now`, for `lease_s` seconds."""

    account: str
    owner: str
    now: datetime
    lease_s: float


@dataclass(frozen=True)
class Taken:
    """A claimed row as it now stands, with what is judged about it: who signed it, and the freezes in force."""

    row: Mapping[str, Any]
    approvers: tuple[str, ...]
    freezes: tuple[Freeze, ...]


def _first_due() -> sa.Select[Any]:
    """The first piece that may be taken on each account: its moment has come, nothing of the account is going out."""
    now = sa.bindparam("at", type_=schema.Moment)
    accounts: sa.BindParameter[Any] = sa.bindparam("accounts", expanding=True)
    busy = D.alias("busy")
    place = sa.func.row_number().over(
        partition_by=D.c.account, order_by=(sa.func.coalesce(D.c.next_at, D.c.due_at), D.c.id)
    )
    due = (
        sa.select(D.c.id, place.label("place"))
        .where(D.c.account.in_(accounts), D.c.state.in_((QUEUED, WAITING)), D.c.due_at <= now)
        .where(sa.or_(D.c.next_at.is_(None), D.c.next_at <= now))
        .where(~sa.exists().where(busy.c.account == D.c.account, busy.c.state.in_((CLAIMED, SENDING))))
        .where(~pacing.is_closed(now))
        .subquery()
    )
    return ROWS.join(due, due.c.id == D.c.id).where(due.c.place == 1)


_FIRST_DUE = _first_due()


def claim_all(connection: sa.Connection, asks: Sequence[Ask]) -> list[Taken | None]:
    """Take the first piece due on each account. None where nothing is due or the account is busy.

    Raises ClockError when a piece is due but the clock stands before the last commit.
    """
    now = min(ask.now for ask in asks)  # nothing is early for any of them
    asked = {"accounts": list(dict.fromkeys(ask.account for ask in asks)), "at": now}
    rows = {row["account"]: dict(row) for row in connection.execute(_FIRST_DUE, asked).mappings()}
    if not rows:
        return [None] * len(asks)
    _refuse_backwards(connection, now)
    moves = {}
    for ask in asks:
        if ask.account in rows and ask.account not in moves:
            moves[ask.account] = _move(rows[ask.account], ask)
    move_all(connection, list(moves.values()))
    signed = approvals.valid_approvers_of(connection, [move.row for move in moves.values()])
    frozen = tuple(freezes.active(connection, now=now))
    taken: list[Taken | None] = []
    for ask in asks:
        # Of two that ask for one account at once, the first has it.
        move = moves.pop(ask.account, None)
        taken.append(None if move is None else Taken(_moved(move), signed[move.row["id"]], frozen))
    return taken


def _move(row: Mapping[str, Any], ask: Ask) -> Move:
    lease_until = ask.now + timedelta(seconds=ask.lease_s)
    held = {"lease_owner": ask.owner, "lease_until": lease_until, "attempt": row["attempt"] + 1}
    return Move(row, CLAIMED, ask.now, ask.owner, "claim", None, held)


def _moved(move: Move) -> dict[str, Any]:
    """The row as the move leaves it, without reading it again."""
    return {**move.row, "state": move.to, "updated_at": move.now, "state_at": move.now, **move.values}


def _refuse_backwards(connection: sa.Connection, now: datetime) -> None:
    last = pacing.last_commit(connection)
    if last is not None and now < last - timedelta(seconds=CLOCK_SLACK_S):
        raise ClockError(
            f"clock: it is {now.isoformat(timespec='seconds')} now, but something was sent at "
            f"{last.isoformat(timespec='seconds')}. Nothing is sent while the clock is behind. "
            "Set the clock right (or --now later), then run again."
        )
