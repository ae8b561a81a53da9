"""The first schema: deliveries, approvals, attempts, settlements, ledger, freezes, accounts, and their triggers.

What a trigger refuses is refused to every program, not only to this one: the rules that must never be broken
stand here in words the database itself checks. The conditions are the same text on SQLite and Postgres.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOVES = """
draft>in_review draft>cancelled
in_review>approved in_review>rejected in_review>missed in_review>cancelled
approved>queued approved>in_review approved>rejected approved>held approved>missed approved>cancelled
queued>claimed queued>in_review queued>held queued>missed queued>cancelled
claimed>queued claimed>sending claimed>waiting claimed>rejected claimed>held claimed>missed
sending>sent sending>waiting sending>rejected sending>unknown
unknown>sent unknown>queued unknown>rejected
waiting>claimed waiting>in_review waiting>held waiting>missed waiting>rejected waiting>cancelled
rejected>queued rejected>in_review rejected>cancelled
missed>queued missed>in_review missed>cancelled
held>queued held>in_review held>missed held>cancelled
cancelled>in_review sent>corrected sent>withdrawn corrected>withdrawn
"""

SIGNED = ("content", "post", "content_hash", "signature", "account", "due_at", "act", "author", "levels")

CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in SIGNED) + (
    " OR COALESCE(NEW.target, '') <> COALESCE(OLD.target, '')"
)

# Name, table, event, condition under which it is refused, what is said.
RULES = (
    ("ledger_kept", "ledger", "UPDATE", "1 = 1", "the ledger is append-only"),
    ("ledger_undeleted", "ledger", "DELETE", "1 = 1", "the ledger is append-only"),
    ("settlements_kept", "settlements", "UPDATE", "1 = 1", "a settlement is never changed"),
    ("settlements_undeleted", "settlements", "DELETE", "1 = 1", "a settlement is never removed"),
    ("deliveries_undeleted", "deliveries", "DELETE", "1 = 1", "a delivery is never removed; cancel it"),
    ("approvals_undeleted", "approvals", "DELETE", "1 = 1", "an approval is never removed; it is voided"),
    ("attempts_undeleted", "attempts", "DELETE", "1 = 1", "an attempt is never removed"),
    (
        "approvals_by_another",
        "approvals",
        "INSERT",
        'NEW."by" = \'\' OR EXISTS (SELECT 1 FROM deliveries d WHERE d.id = NEW.delivery AND d.author = NEW."by")',
        "author and approver are different people",
    ),
    (
        "approvals_kept",
        "approvals",
        "UPDATE",
        (
            'NEW.delivery <> OLD.delivery OR NEW."by" <> OLD."by" OR NEW.at <> OLD.at OR NEW.level <> OLD.level'
            " OR NEW.signature <> OLD.signature OR OLD.voided_at IS NOT NULL"
        ),
        "an approval is never changed; it is voided",
    ),
    ("deliveries_begin", "deliveries", "INSERT", "NEW.state <> 'draft'", "a delivery begins as a draft"),
    (
        "deliveries_moves",
        "deliveries",
        "UPDATE",
        "NEW.id <> OLD.id OR (NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ("
        + ", ".join(f"'{move}'" for move in MOVES.split())
        + "))",
        "no such move between states",
    ),
    (
        "deliveries_approved",
        "deliveries",
        "UPDATE",
        (
            "NEW.state <> OLD.state AND NEW.state IN ('approved', 'sending') AND ("
            'SELECT COUNT(DISTINCT a."by") FROM approvals a WHERE a.delivery = NEW.id AND a.voided_at IS NULL'
            ' AND a.signature = NEW.signature AND a."by" <> NEW.author) < NEW.levels'
        ),
        "nothing goes out without a valid approval",
    ),
    (
        "deliveries_bytes",
        "deliveries",
        "UPDATE",
        f"NEW.state NOT IN ('draft', 'in_review') AND ({CHANGED})",
        "approved bytes, account and time do not change",
    ),
    (
        "deliveries_marked",
        "deliveries",
        "UPDATE",
        (
            "NEW.state = 'sending' AND OLD.state <> 'sending' AND NOT EXISTS (SELECT 1 FROM attempts t"
            " WHERE t.delivery = NEW.id AND t.number = NEW.attempt AND t.phase = 'commit' AND t.ended_at IS NULL)"
        ),
        "sending needs its attempt written down first",
    ),
    (
        "deliveries_settled",
        "deliveries",
        "UPDATE",
        (
            "OLD.state = 'unknown' AND NEW.state IN ('queued', 'rejected') AND NOT EXISTS (SELECT 1 FROM settlements s"
            " WHERE s.delivery = NEW.id AND s.number = OLD.attempt AND s.verdict = 'not_sent')"
        ),
        "an unknown outcome is settled before anything is sent again",
    ),
)


def upgrade() -> None:
    _create_deliveries()
    _create_approvals()
    _create_attempts()
    _create_settlements()
    _create_ledger()
    _create_freezes()
    _create_accounts()
    create = _postgres if op.get_bind().dialect.name == "postgresql" else _sqlite
    for name, table, event, condition, message in RULES:
        for statement in create(name, table, event, condition, message):
            # Plain driver text: a colon or percent sign in it is no parameter.
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("the first schema has nothing before it; restore a backup instead")


def _sqlite(name: str, table: str, event: str, condition: str, message: str) -> list[str]:
    when = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition}"
    return [f"{when} BEGIN SELECT RAISE(ABORT, '{message}'); END"]


def _postgres(name: str, table: str, event: str, condition: str, message: str) -> list[str]:
    row = "OLD" if event == "DELETE" else "NEW"
    body = f"BEGIN IF {condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {row}; END"
    statements = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
    if event == "DELETE":
        statements.append(
            f"CREATE TRIGGER {name}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    return statements


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_commit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bucket", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_accounts")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), server_default="publish", nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Text(), server_default="send", nullable=False),
        sa.Column("grace_s", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("levels", sa.Integer(), server_default="1", nullable=False),
        sa.Column("needs_release", sa.Integer(), server_default="0", nullable=False),
        sa.Column("passes_freeze", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handles", sa.Text(), server_default="{}", nullable=False),
        sa.Column("external_id", sa.Text(), server_default="", nullable=False),
        sa.Column("external_url", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("absences", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asks_person", sa.Integer(), server_default="0", nullable=False),
        sa.Column("freeze", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(act = 'publish') = (target IS NULL)", name=op.f("ck_deliveries_target")),
        sa.CheckConstraint("act IN ('publish', 'correct', 'withdraw')", name=op.f("ck_deliveries_act")),
        sa.CheckConstraint("late IN ('send', 'skip', 'ask')", name=op.f("ck_deliveries_late")),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'approved', 'queued', 'claimed', 'sending', 'sent', 'corrected', "
            "'withdrawn', 'waiting', 'rejected', 'unknown', 'missed', 'held', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(["target"], ["deliveries.id"], name=op.f("fk_deliveries_target_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("slot", name=op.f("uq_deliveries_slot")),
    )
    op.create_index("ix_deliveries_account_state_due_at", "deliveries", ["account", "state", "due_at"], unique=False)
    op.create_index("ix_deliveries_campaign", "deliveries", ["campaign"], unique=False)
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"], unique=False)


def _create_freezes() -> None:
    op.create_table(
        "freezes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.Text(), server_default="", nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("old", sa.Text(), server_default="", nullable=False),
        sa.Column("new", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.Text(), server_default="{}", nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger")),
    )
    op.create_index("ix_ledger_delivery", "ledger", ["delivery"], unique=False)


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), server_default="1", nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_approvals_delivery_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index("ix_approvals_delivery", "approvals", ["delivery"], unique=False)


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("essentials", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("phase IN ('prepare', 'commit', 'confirm', 'find')", name=op.f("ck_attempts_phase")),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_attempts_delivery_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("delivery", "number", "phase", "turn", name=op.f("uq_attempts_delivery_number_phase_turn")),
    )


def _create_settlements() -> None:
    op.create_table(
        "settlements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("verdict IN ('sent', 'not_sent')", name=op.f("ck_settlements_verdict")),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_settlements_delivery_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint("delivery", "number", name=op.f("uq_settlements_delivery_number")),
    )
