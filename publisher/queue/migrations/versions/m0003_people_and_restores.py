"""Who set a time, whether the facts still hold, what a restored backup cannot know, and the web app's logins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from publisher.queue.migrations.versions import m0001_first as first

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOVES = first.MOVES + "claimed>unknown\n"

SIGNED = (*first.SIGNED, "timed_by")

CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in SIGNED) + (
    " OR COALESCE(NEW.target, '') <> COALESCE(OLD.target, '')"
)

# As in the first schema; those of a name that is there already take its place.
RULES = (
    (
        "approvals_by_another",
        "approvals",
        "INSERT",
        (
            "NEW.\"by\" = '' OR EXISTS (SELECT 1 FROM deliveries d WHERE d.id = NEW.delivery"
            ' AND (d.author = NEW."by" OR d.timed_by = NEW."by"))'
        ),
        "author and approver are different people",
    ),
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
            ' AND a.signature = NEW.signature AND a."by" <> NEW.author AND a."by" <> NEW.timed_by) < NEW.levels'
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
        "deliveries_facts",
        "deliveries",
        "UPDATE",
        "NEW.state <> OLD.state AND NEW.state = 'approved' AND NEW.facts <> '' AND NEW.facts_hash <> NEW.content_hash",
        "whether the facts still hold is answered before approval",
    ),
    (
        "deliveries_doubt",
        "deliveries",
        "UPDATE",
        "NEW.state <> OLD.state AND NEW.state = 'sending' AND NEW.doubt_from IS NOT NULL",
        "after a restore the channel is read before anything is sent",
    ),
)
NEW_RULES = ("deliveries_facts", "deliveries_doubt")


def upgrade() -> None:
    for name in ("source", "timed_by", "facts", "facts_hash", "facts_by"):
        op.add_column("deliveries", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("doubt_from", "doubt_until"):
        op.add_column("deliveries", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _create_restores()
    _create_logins()
    postgres = op.get_bind().dialect.name == "postgresql"
    create = first._postgres if postgres else first._sqlite
    for name, table, event, condition, message in RULES:
        if name not in NEW_RULES:
            drop = f"DROP FUNCTION {name}() CASCADE" if postgres else f"DROP TRIGGER {name}"
            op.get_bind().exec_driver_sql(drop)
        for statement in create(name, table, event, condition, message):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before this version instead")


def _create_restores() -> None:
    op.create_table(
        "restores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restores")),
    )


def _create_logins() -> None:
    op.create_table(
        "logins",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_logins")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"], unique=False)
