"""The tables, one definition for SQLite and Postgres; triggers live in the migrations and are tested against this."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from publisher.queue.transitions import STATES

HEAD = "0004"
"""The newest migration; a database that says this is up to date."""


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC. Refuses one without a zone: SQLite would silently take it as local."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, *, default: str | None = "", **kinds: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default, **kinds)


def _count(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def _moment(name: str, *, needed: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Moment, nullable=not needed)


deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("slot", default=None, unique=True),
    _text("campaign", default=None),
    _text("unit", default=None),
    _text("account", default=None),
    _text("output", default=None),
    # publish, or an act on something sent: correct, withdraw (target names it).
    _text("act", default="publish"),
    sa.Column("target", sa.Text, sa.ForeignKey("deliveries.id"), nullable=True),
    _moment("due_at", needed=True),
    _moment("valid_until"),
    _text("late", default="send"),
    _count("grace_s"),
    _text("state", default="draft"),
    _text("author", default=None),
    _text("content", default=None),  # canonical JSON of Post.content(); content_hash is the SHA-256 of these bytes
    _text("post", default=None),  # the whole Post; media paths relative to the artifact store
    _text("content_hash", default=None),
    _text("signature", default=None),
    _count("levels", 1),
    _count("needs_release"),
    _count("passes_freeze"),  # 1: the plan says so; 2: a person does
    _moment("created_at", needed=True),
    _moment("updated_at", needed=True),
    _moment("state_at", needed=True),
    _moment("next_at"),
    _moment("released_at"),
    _count("attempt"),
    _count("tries"),
    _text("lease_owner"),
    _moment("lease_until"),
    _text("handles", default="{}"),
    _text("external_id"),
    _text("external_url"),
    _moment("sent_at"),
    _text("reason"),
    _count("absences"),
    _count("looks"),
    _count("asks_person"),
    _count("freeze"),
    _text("source"),  # SHA-256 over everything the piece was made from: what planning compares; nobody signs it
    _text("timed_by"),  # who gave it another time than its author's, or let it pass a freeze; may not approve it either
    _text("facts"),  # why a person is asked whether the facts still hold; empty: nobody is asked
    _text("facts_hash"),  # the content for which somebody said that they hold
    _text("facts_by"),
    # It may have gone out between these moments, which a restored backup cannot know: its channel is read first.
    _moment("doubt_from"),
    _moment("doubt_until"),
    sa.CheckConstraint("state IN ({})".format(", ".join(f"'{s}'" for s in STATES)), name="state"),
    sa.CheckConstraint("late IN ('send', 'skip', 'ask')", name="late"),
    sa.CheckConstraint("act IN ('publish', 'correct', 'withdraw')", name="act"),
    sa.CheckConstraint("(act = 'publish') = (target IS NULL)", name="target"),
    sa.Index("ix_deliveries_account_state_due_at", "account", "state", "due_at"),
    sa.Index("ix_deliveries_state_due_at", "state", "due_at"),
    sa.Index("ix_deliveries_campaign", "campaign"),
)

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery", sa.Text, sa.ForeignKey("deliveries.id"), nullable=False),
    _text("by", default=None),
    _moment("at", needed=True),
    _text("signature", default=None),
    _count("level", 1),
    _moment("voided_at"),
    sa.Index("ix_approvals_delivery", "delivery"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery", sa.Text, sa.ForeignKey("deliveries.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    _text("phase", default=None),
    _count("turn"),
    _text("fingerprint"),
    _moment("started_at", needed=True),
    _moment("ended_at"),
    _text("outcome"),
    _text("essentials"),
    # One commit an attempt, whoever believes to hold the row.
    sa.UniqueConstraint("delivery", "number", "phase", "turn"),
    sa.CheckConstraint("phase IN ('prepare', 'commit', 'confirm', 'find')", name="phase"),
)

settlements = sa.Table(
    "settlements",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery", sa.Text, sa.ForeignKey("deliveries.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    _text("verdict", default=None),
    _text("by", default=None),
    _moment("at", needed=True),
    _text("evidence"),
    sa.UniqueConstraint("delivery", "number"),
    sa.CheckConstraint("verdict IN ('sent', 'not_sent')", name="verdict"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _moment("at", needed=True),
    _text("delivery"),
    _text("act", default=None),
    _text("by"),
    _text("old"),
    _text("new"),
    _text("data", default="{}"),
    _text("previous", default=None),
    _text("hash", default=None),
    sa.Index("ix_ledger_delivery", "delivery"),
)

freezes = sa.Table(
    "freezes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("reason", default=None),
    _text("units"),  # space-separated ids; empty means every unit
    _text("by", default=None),
    _moment("from_at", needed=True),
    _moment("until_at"),
    _moment("ended_at"),
    _text("ended_by"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    _moment("next_at"),
    _moment("last_commit_at"),
    _moment("held_until"),  # the service asked for patience; `next_at` is never before this
    _text("bucket"),  # the state of the account's rate, as channels.rates writes it
)

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("key", default=None),  # what is wrong, and since when: a later fault of the same piece is another alarm
    _text("recipient", default=None),
    _text("subject", default=None),
    _moment("raised_at", needed=True),
    _moment("told_at"),
    _moment("next_at", needed=True),
    _count("times"),
    _count("tries"),
    _text("seen_by"),
    sa.UniqueConstraint("recipient", "key", name="uq_alarms_recipient_key"),
    sa.Index("ix_alarms_subject", "subject"),
)

restores = sa.Table(
    "restores",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _moment("made_at", needed=True),  # the moment the backup shows
    _moment("restored_at", needed=True),
    _text("by", default=None),
)

logins = sa.Table(
    "logins",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    _text("secret", default=None),  # scrypt with its parameters and salt
    _moment("changed_at", needed=True),
    _count("failures"),
    _moment("closed_until"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    _text("person", default=None),
    _moment("began_at", needed=True),
    _moment("seen_at", needed=True),
    sa.Index("ix_sessions_person", "person"),
)
