"""The contract of the store, on SQLite and on a real Postgres."""

from __future__ import annotations

import dataclasses
import threading
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from publisher.channels.base import Rejected, Retry, Sent, Unknown
from publisher.channels.dummy import Dummy, Written
from publisher.channels.rates import Rate
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.errors import NothingMatchedError, PublisherError, QueueError
from publisher.queue import migrations, schema
from publisher.queue.claims import ClockError, Lease
from publisher.queue.database import writing
from publisher.queue.store import Store
from publisher.queue.transitions import TRANSITIONS
from publisher.workspace import Person
from tests.faults.parts import AN, BINH, CHI, NOW, piece, queue
from tests.servers import postgres

D = schema.deliveries
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres.running() as address:
        if address is None:
            pytest.skip("no Postgres here: apt-get install postgresql, or set PUBLISHER_TEST_POSTGRES")
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/queue.db"
        return
    address = sa.make_url(request.getfixturevalue("server")).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"test_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield address.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(url, artifacts=tmp_path / "store")
    yield opened
    opened.close()


def engine_of(store: Store) -> sa.Engine:
    return store._engine


def force(store: Store, statement: str) -> None:
    """What somebody with a database shell might do."""
    with writing(engine_of(store)) as connection:
        connection.exec_driver_sql(statement)


def drop_trigger(store: Store, name: str, table: str) -> None:
    where = f" ON {table}" if engine_of(store).dialect.name == "postgresql" else ""
    force(store, f"DROP TRIGGER {name}{where}")


def send(store: Store, channel: Dummy, *, hours: float = 0, at_hour: float = 0) -> dict[str, str]:
    """Run the service from `NOW + at_hour` for some hours; gives the last outcome by id."""
    start = NOW + timedelta(hours=at_hour)
    service = Service(store, {channel.name: channel}, SetClock(start))
    return dict(service.run(until_idle=True, until=start + timedelta(hours=hours)).outcomes)


# -- schema ------------------------------------------------------------------------------------------------------------


def test_the_migrations_make_exactly_the_schema(store: Store) -> None:
    with engine_of(store).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_the_migrations_give_the_same_columns_and_checks_as_the_schema(store: Store, tmp_path: Path) -> None:
    """What Alembic does not compare well: defaults and check constraints."""
    engine = engine_of(store)
    twin, space = engine, None
    if engine.dialect.name == "sqlite":
        twin = sa.create_engine(f"sqlite:///{tmp_path}/twin.db")
    else:
        force(store, "CREATE SCHEMA twin")
        space = "twin"
    with twin.begin() as connection:
        schema.metadata.create_all(connection.execution_options(schema_translate_map={None: space}))
    for table in schema.metadata.tables:
        assert described(engine, table, None) == described(twin, table, space)


def described(engine: sa.Engine, table: str, space: str | None) -> object:
    found = sa.inspect(engine)
    columns = [
        (c["name"], str(c["type"]), c["nullable"], str(c["default"]).replace("twin.", ""))
        for c in found.get_columns(table, schema=space)
    ]
    checks = sorted((c["name"], c["sqltext"]) for c in found.get_check_constraints(table, schema=space))
    indexes = sorted((i["name"], i["column_names"]) for i in found.get_indexes(table, schema=space))
    return sorted(columns, key=repr), checks, indexes


def test_the_newest_migration_is_the_head() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [schema.HEAD]


def test_opening_again_changes_nothing(store: Store, url: str, tmp_path: Path) -> None:
    queue(store, piece())
    again = Store.open(url, artifacts=tmp_path / "store")
    assert again.get("k1").state == "queued"
    again.close()


def test_the_trigger_knows_the_same_moves_as_the_table(store: Store) -> None:
    from publisher.queue.migrations.versions.m0003_people_and_restores import MOVES

    assert set(MOVES.split()) == {f"{old}>{new}" for old, news in TRANSITIONS.items() for new in news}


def test_every_rule_of_the_migrations_is_in_the_database(store: Store) -> None:
    from publisher.queue.migrations.versions import m0001_first, m0003_people_and_restores

    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger",
    }
    with engine_of(store).connect() as connection:
        names = set(connection.exec_driver_sql(catalogue[connection.dialect.name]).scalars())
    assert {rule[0] for rule in (*m0001_first.RULES, *m0003_people_and_restores.RULES)} <= names


# -- adding ------------------------------------------------------------------------------------------------------------


def test_the_same_slot_is_added_only_once(store: Store) -> None:
    assert store.add([piece()], author="an", now=NOW).added == ("k1",)
    lines = len(store.history("k1"))
    assert store.add([piece()], author="an", now=LATER).unchanged == ("k1",)
    assert len(store.history("k1")) == lines


def test_another_name_for_a_filled_slot_is_refused(store: Store) -> None:
    store.add([piece("k1", slot="s")], author="an", now=NOW)
    with pytest.raises(QueueError, match="already filled by k1"):
        store.add([piece("k2", slot="s")], author="an", now=NOW)


def test_a_changed_draft_is_updated(store: Store) -> None:
    store.add([piece()], author="an", now=NOW)
    assert store.add([piece(text="Mới")], author="an", now=NOW).updated == ("k1",)
    assert (store.get("k1").post.text, store.get("k1").state) == ("Mới", "draft")


@pytest.mark.parametrize("change", [{"text": "Mới"}, {"due_at": LATER}, {"levels": 2}])
def test_changing_an_approved_piece_voids_its_approval(store: Store, change: dict[str, object]) -> None:
    queue(store, piece())
    assert store.add([piece(**change)], author="an", now=NOW).updated == ("k1",)
    assert store.get("k1").state == "in_review"
    assert store.approvers("k1") == []
    assert store.approvals("k1")[0].voided_at is not None


def test_a_change_elsewhere_in_the_campaign_leaves_the_approval(store: Store) -> None:
    """Re-approval only of what changed: the radio's words are no matter of the page's picture."""
    queue(store, piece(source="a"))
    report = store.add([piece(source="b")], author="an", now=LATER)
    assert (report.updated, store.get("k1").state, store.get("k1").source) == (("k1",), "queued", "b")
    assert store.approvers("k1") == ["binh"]


@pytest.mark.parametrize(("before", "after"), [({}, {"passes_freeze": True}), ({"needs_release": True}, {})])
def test_what_would_go_out_where_it_was_kept_is_approved_again(
    store: Store, before: dict[str, bool], after: dict[str, bool]
) -> None:
    queue(store, piece(**before))
    store.add([piece(**after)], author="an", now=LATER)
    assert (store.get("k1").state, store.approvers("k1")) == ("in_review", [])
    store.add([piece(**before)], author="an", now=LATER)
    store.approve(["k1"], person=BINH, now=LATER)
    assert store.get("k1").state in ("queued", "approved")


def test_a_change_back_does_not_bring_the_approval_back(store: Store) -> None:
    queue(store, piece())
    store.add([piece(text="Mới")], author="an", now=NOW)
    store.add([piece()], author="an", now=NOW)
    assert store.approvers("k1") == []


def test_what_was_sent_is_kept(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    send(store, Dummy("acc", tmp_path))
    assert store.add([piece(text="Mới")], author="an", now=NOW).kept == ("k1",)


def test_stored_media_do_not_change_with_the_rendered_file(store: Store, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"approved")
    store.add([piece(media=[picture])], author="an", now=NOW)
    picture.write_bytes(b"rendered again")
    assert store.get("k1").post.media[0].path.read_bytes() == b"approved"


def test_a_file_that_is_not_what_the_post_says_is_refused(store: Store, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"one")
    new = piece(media=[picture])
    picture.write_bytes(b"two")
    with pytest.raises(QueueError, match="changed since it was rendered"):
        store.add([new], author="an", now=NOW)


# -- approval ----------------------------------------------------------------------------------------------------------


def test_the_author_cannot_approve(store: Store) -> None:
    store.add([piece()], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(QueueError, match="another person must approve"):
        store.approve(["k1"], person=Person("an", "An", frozenset({"approver", "administrator"})), now=NOW)


def test_the_database_itself_refuses_the_author_as_approver(store: Store) -> None:
    store.add([piece()], author="an", now=NOW)
    row = {"delivery": "k1", "by": "an", "at": NOW, "signature": store.get("k1").signature, "level": 1}
    with pytest.raises(sa.exc.DBAPIError, match="different people"), writing(engine_of(store)) as connection:
        connection.execute(schema.approvals.insert(), row)


def test_one_wrong_piece_means_that_none_is_approved(store: Store) -> None:
    store.add([piece("k1"), piece("k2")], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(QueueError, match="k2: is `draft`"):
        store.approve(["k1", "k2"], person=BINH, now=NOW)
    assert store.get("k1").state == "in_review"


def test_two_levels_take_two_people(store: Store) -> None:
    store.add([piece(levels=2)], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    assert store.approve(["k1"], person=BINH, now=NOW).pending == ("k1",)
    with pytest.raises(QueueError, match="already approved"):
        store.approve(["k1"], person=BINH, now=NOW)
    assert store.approve(["k1"], person=CHI, now=NOW).queued == ("k1",)


def test_approving_what_changed_since_it_was_seen_is_refused(store: Store) -> None:
    store.add([piece()], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(QueueError, match="look again"):
        store.approve(["k1"], person=BINH, now=NOW, seen={"k1": "0" * 64})


def test_an_editor_may_not_approve(store: Store) -> None:
    store.add([piece()], author="chi", now=NOW)
    store.submit(["k1"], by="chi", now=NOW)
    with pytest.raises(QueueError, match="takes the role approver"):
        store.approve(["k1"], person=AN, now=NOW)


def test_a_piece_kept_for_release_waits_for_a_publisher(store: Store, tmp_path: Path) -> None:
    queue(store, piece(needs_release=True))
    assert store.get("k1").state == "approved"
    assert send(store, Dummy("acc", tmp_path)) == {}
    store.release(["k1"], person=BINH, now=NOW)
    assert send(store, Dummy("acc", tmp_path)) == {"k1": "sent"}


def test_a_rejection_needs_a_reason_and_a_change_brings_it_back(store: Store) -> None:
    store.add([piece()], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(QueueError, match="needs a reason"):
        store.reject(["k1"], person=BINH, reason=" ", now=NOW)
    store.reject(["k1"], person=BINH, reason="Sai số liệu", now=NOW)
    assert store.get("k1").reason == "Sai số liệu"
    store.add([piece(text="Đúng số liệu")], author="an", now=NOW)
    assert store.get("k1").state == "in_review"


def test_the_database_refuses_approval_and_sending_without_signatures(store: Store) -> None:
    store.add([piece()], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(sa.exc.DBAPIError, match="without a valid approval"):
        force(store, "UPDATE deliveries SET state = 'approved'")
    for state in ("queued", "claimed", "sending", "sent"):
        with pytest.raises(sa.exc.DBAPIError, match=r"no such move|attempt written|valid approval"):
            force(store, f"UPDATE deliveries SET state = '{state}'")


@pytest.mark.parametrize("column", ["content", "post", "content_hash", "account", "author", "signature"])
def test_the_database_refuses_to_change_approved_bytes(store: Store, column: str) -> None:
    queue(store, piece())
    with pytest.raises(sa.exc.DBAPIError, match="do not change"):
        force(store, f"UPDATE deliveries SET {column} = 'other'")


# -- the ledger --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["UPDATE ledger SET act = 'x'", "DELETE FROM ledger"])
def test_the_database_keeps_the_ledger(store: Store, statement: str) -> None:
    queue(store, piece())
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        force(store, statement)


def test_an_untouched_ledger_verifies(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"), piece("k2"))
    send(store, Dummy("acc", tmp_path, Written({"commit": ["lost"]})), hours=3)
    assert store.verify_ledger() == []


@pytest.mark.parametrize(
    ("trigger", "table", "statement", "said"),
    [
        ("ledger_kept", "ledger", "UPDATE ledger SET data = '{\"x\":1}' WHERE seq = 2", "line 2: changed"),
        ("ledger_undeleted", "ledger", "DELETE FROM ledger WHERE seq = 3", "line 3: missing"),
        ("ledger_undeleted", "ledger", "DELETE FROM ledger WHERE seq = 4", "is `queued`, the ledger says `approved`"),
        (
            "deliveries_moves",
            "deliveries",
            "UPDATE deliveries SET state = 'sent'",
            "is `sent`, the ledger says `queued`",
        ),
        ("deliveries_bytes", "deliveries", "UPDATE deliveries SET content = 'x'", "not what its hash says"),
    ],
)
def test_tampering_is_found(store: Store, trigger: str, table: str, statement: str, said: str) -> None:
    queue(store, piece())
    drop_trigger(store, trigger, table)
    force(store, statement)
    assert any(said in problem for problem in store.verify_ledger())


@pytest.mark.parametrize(
    ("trigger", "statement"),
    [
        ("approvals_kept", "UPDATE approvals SET \"by\" = 'chi'"),
        ("approvals_kept", "UPDATE approvals SET at = '2026-05-18 00:00:00.000000'"),
        ("approvals_kept", "UPDATE approvals SET level = 2"),
        ("", "UPDATE approvals SET voided_at = '2026-05-18 02:00:00.000000'"),
        ("approvals_undeleted", "DELETE FROM approvals"),
        (
            "",
            (
                'INSERT INTO approvals (delivery, "by", at, signature, level)'
                " SELECT id, 'chi', state_at, signature, 2 FROM deliveries"
            ),
        ),
    ],
)
def test_an_approval_changed_by_hand_is_found(store: Store, trigger: str, statement: str) -> None:
    queue(store, piece())
    assert store.verify_ledger() == []
    if trigger:
        drop_trigger(store, trigger, "approvals")
    force(store, statement)
    assert any(problem.startswith("approval of k1 by ") for problem in store.verify_ledger())


def test_an_approval_revived_by_hand_is_found(store: Store) -> None:
    queue(store, piece())
    store.cancel(["k1"], person=BINH, now=LATER)
    assert store.verify_ledger() == []
    drop_trigger(store, "approvals_kept", "approvals")
    force(store, "UPDATE approvals SET voided_at = NULL")
    assert any(problem.startswith("approval of k1 by binh") for problem in store.verify_ledger())


@pytest.mark.parametrize(
    ("answers", "statement"),
    [
        (["lost"], "UPDATE settlements SET evidence = 'I saw it'"),
        (["lost"], "UPDATE settlements SET \"by\" = 'binh'"),
        (["lost"], "UPDATE settlements SET verdict = 'not_sent'"),
        (["never"], "UPDATE settlements SET evidence = 'I saw it'"),
        (["lost"], "DELETE FROM settlements"),
    ],
)
def test_a_settlement_changed_by_hand_is_found(
    store: Store, tmp_path: Path, answers: list[str], statement: str
) -> None:
    queue(store, piece())
    send(store, Dummy("acc", tmp_path, Written({"commit": answers})), hours=3)
    assert store.get("k1").state == "sent"
    assert store.verify_ledger() == []
    for name in ("settlements_kept", "settlements_undeleted"):
        drop_trigger(store, name, "settlements")
    force(store, statement)
    assert any(problem.startswith("settlement of k1, attempt 1: ") for problem in store.verify_ledger())


def test_an_address_changed_by_hand_is_found(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    send(store, Dummy("acc", tmp_path, Written({})), hours=1)
    force(store, "UPDATE deliveries SET external_url = 'https://khac.example/'")
    assert store.verify_ledger() == ["delivery k1: where it is out is not what the ledger says"]


def test_a_line_rewritten_with_a_fitting_hash_breaks_the_chain(store: Store) -> None:
    """Somebody who knows how hashes are made must rewrite every later line too."""
    from publisher.queue import ledger

    queue(store, piece())
    drop_trigger(store, "ledger_kept", "ledger")
    with writing(engine_of(store)) as connection:
        row = dict(connection.execute(sa.select(schema.ledger).where(schema.ledger.c.seq == 2)).mappings().one())
        row["by"] = "nobody"
        changed = {"by": "nobody", "hash": ledger.hash_line(row)}
        connection.execute(schema.ledger.update().where(schema.ledger.c.seq == 2).values(changed))
    assert store.verify_ledger() == ["ledger line 3: does not follow from the line before it"]


# -- sending -----------------------------------------------------------------------------------------------------------


def test_nothing_goes_out_before_its_time(store: Store, tmp_path: Path) -> None:
    queue(store, piece(due_at=LATER))
    assert send(store, Dummy("acc", tmp_path)) == {}
    assert send(store, Dummy("acc", tmp_path), hours=1) == {"k1": "sent"}


def test_one_account_is_drained_in_order(store: Store, tmp_path: Path) -> None:
    pieces = [piece(f"k{n}", due_at=NOW + timedelta(minutes=9 - n)) for n in range(5)]
    queue(store, *pieces)
    channel = Dummy("acc", tmp_path)
    send(store, channel, hours=1)
    assert [r.key for r in channel.received()] == ["k4", "k3", "k2", "k1", "k0"]


def test_an_account_is_claimed_by_one_worker_at_a_time(store: Store) -> None:
    queue(store, piece("k1"), piece("k2"), piece("k3", "other"))
    assert store.claim("acc", owner="a", now=NOW, lease_s=60) is not None
    assert store.claim("acc", owner="b", now=NOW, lease_s=60) is None
    assert store.claim("other", owner="b", now=NOW, lease_s=60) is not None


def test_a_lease_that_ends_in_claimed_is_taken_again(store: Store) -> None:
    queue(store, piece())
    first = store.claim("acc", owner="a", now=NOW, lease_s=60)
    assert first is not None
    assert store.recover(NOW + timedelta(seconds=61)) == (1, 0)
    second = store.claim("acc", owner="b", now=NOW + timedelta(seconds=61), lease_s=60)
    assert second is not None
    # The first worker wakes up: it may write nothing any more.
    assert not store.mark_sending("k1", Lease("a", first.attempt), handles={}, fingerprint="f", now=LATER)
    assert store.mark_sending("k1", Lease("b", second.attempt), handles={}, fingerprint="f", now=LATER)


def claimed_and_marked(store: Store) -> Lease:
    claimed = store.claim("acc", owner="a", now=NOW, lease_s=60)
    assert claimed is not None
    lease = Lease("a", claimed.attempt)
    assert store.mark_sending("k1", lease, handles={}, fingerprint="f", now=NOW)
    return lease


def test_a_lease_that_ends_in_sending_is_unknown(store: Store) -> None:
    queue(store, piece())
    claimed_and_marked(store)
    assert store.recover(NOW + timedelta(seconds=61)) == (0, 1)
    assert store.get("k1").state == "unknown"
    assert store.claim("acc", owner="b", now=LATER, lease_s=60) is None


def test_a_late_answer_still_counts_while_it_is_unknown(store: Store) -> None:
    queue(store, piece())
    lease = claimed_and_marked(store)
    store.recover(NOW + timedelta(seconds=61))
    assert store.finish("k1", lease, Sent("1", "https://x.example/1"), now=LATER)
    assert store.get("k1").state == "sent"


def test_an_answer_after_settlement_stops_the_second_sending(store: Store) -> None:
    queue(store, piece())
    lease = claimed_and_marked(store)
    store.recover(NOW + timedelta(seconds=61))
    store.settle("k1", person=BINH, now=LATER, not_sent=True)
    assert not store.finish("k1", lease, Sent("1", "https://x.example/1"), now=LATER)
    assert store.get("k1").state == "held"


@pytest.mark.parametrize("meanwhile", ["claimed", "waiting", "given back", "refused"])
def test_an_answer_after_settlement_stops_the_second_sending_wherever_it_has_come(store: Store, meanwhile: str) -> None:
    """A machine that slept awakes: its post is out, and another worker has already begun with the piece again."""
    queue(store, piece())
    lease = claimed_and_marked(store)
    store.recover(NOW + timedelta(seconds=61))
    store.settle("k1", person=BINH, now=LATER, not_sent=True)
    again = store.claim("acc", owner="b", now=LATER, lease_s=60)
    assert again is not None
    second = Lease("b", again.attempt)
    if meanwhile == "waiting":
        store.note_prepare("k1", second, Retry("wait", 5), now=LATER)
    elif meanwhile == "given back":
        store.give_back("k1", second, to="missed", now=LATER, reason="too late")
    elif meanwhile == "refused":
        store.note_prepare("k1", second, Rejected("no"), now=LATER)
    assert not store.finish("k1", lease, Sent("1", "https://x.example/1"), now=LATER)
    assert "https://x.example/1. Cancel it" in store.get("k1").reason
    assert not store.mark_sending("k1", second, handles={}, fingerprint="f", now=LATER)
    assert store.claim("acc", owner="c", now=LATER + timedelta(hours=1), lease_s=60) is None
    assert store.verify_ledger() == []


def test_the_database_lets_no_unknown_be_queued_without_a_settlement(store: Store) -> None:
    queue(store, piece())
    lease = claimed_and_marked(store)
    store.finish("k1", lease, Unknown("no answer"), now=NOW)
    with pytest.raises(sa.exc.DBAPIError, match="settled before"):
        force(store, "UPDATE deliveries SET state = 'queued'")


def test_a_clock_behind_what_was_sent_stops_everything(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"))
    send(store, Dummy("acc", tmp_path))
    queue(store, piece("k2", "other", due_at=NOW - timedelta(hours=2)))
    with pytest.raises(ClockError, match="clock"):
        store.claim("other", owner="a", now=NOW - timedelta(hours=1), lease_s=60)
    with pytest.raises(ClockError):
        Service(store, {}, SetClock(NOW - timedelta(hours=1))).run(until_idle=True)
    assert store.get("k2").state == "queued"


def test_a_stored_file_that_changed_is_never_sent(store: Store, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"approved")
    queue(store, piece(media=[picture]))
    store.get("k1").post.media[0].path.write_bytes(b"something else")
    channel = Dummy("acc", tmp_path)
    assert send(store, channel) == {"k1": "rejected"}
    assert channel.received() == []
    assert "a.png: its bytes on the disk are not those that were approved" in store.get("k1").reason


def test_a_post_changed_behind_the_triggers_is_never_sent(store: Store, tmp_path: Path) -> None:
    queue(store, piece(text="that was approved"))
    drop_trigger(store, "deliveries_bytes", "deliveries")
    force(store, "UPDATE deliveries SET post = REPLACE(post, 'that was approved', 'that was not')")
    channel = Dummy("acc", tmp_path)
    assert send(store, channel) == {"k1": "rejected"}
    assert channel.received() == []


def test_a_voided_approval_stops_the_sending(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    force(store, "UPDATE approvals SET voided_at = at")
    channel = Dummy("acc", tmp_path)
    assert send(store, channel) == {"k1": "rejected"}
    assert channel.received() == []


def test_an_account_without_a_channel_holds_its_pieces(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    assert dict(Service(store, {}, SetClock(NOW)).run(until_idle=True).outcomes) == {"k1": "held"}
    assert "no enabled account" in store.get("k1").reason
    assert [alarm.id for alarm in store.alarms(NOW)] == ["k1"]


def test_a_channel_that_always_asks_to_wait_ends_with_a_person(store: Store, tmp_path: Path) -> None:
    queue(store, piece(grace_s=10**6))
    channel = Dummy("acc", tmp_path, Written({"commit": ["retry"] * 50}))
    assert send(store, channel, hours=100) == {"k1": "rejected"}
    assert "not sent after 12 tries" in store.get("k1").reason
    assert store.retry(["k1"], person=BINH, now=NOW + timedelta(hours=200)).queued == ("k1",)


# -- unknown -----------------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_found_and_not_sent_again(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path, Written({"commit": ["lost"]}))
    assert send(store, channel, hours=1) == {"k1": "sent"}
    assert len(channel.received()) == 1
    assert store.receipts()[0].external_url == "https://dummy.example/acc/1"


def test_what_never_arrived_is_sent_after_two_absences(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path, Written({"commit": ["never"]}))
    assert send(store, channel, hours=1) == {"k1": "sent"}
    assert len(channel.received()) == 1
    looks = [a for a in store.attempts("k1") if a.phase == "find"]
    assert [a.outcome for a in looks] == ["absent", "absent"]
    assert looks[1].started_at - looks[0].started_at >= timedelta(seconds=120)


def test_what_never_arrives_ends_with_a_person_who_reads_the_last_answer(store: Store, tmp_path: Path) -> None:
    queue(store, piece(grace_s=10**6))
    channel = Dummy("acc", tmp_path, Written({"commit": ["never"] * 20}))
    assert send(store, channel, hours=100) == {"k1": "rejected"}
    answer = next(a.essentials for a in store.attempts("k1") if a.phase == "commit")
    assert f"not out after 12 tries; the last answer: {answer}" in store.get("k1").reason


def test_absences_with_a_failed_reading_between_them_do_not_count(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path, Written({"commit": ["never"], "find": ["", "cannot tell", ""]}))
    send(store, channel, hours=1)
    assert [a.outcome for a in store.attempts("k1") if a.phase == "find"] == [
        "absent",
        "cannottell",
        "absent",
        "absent",
    ]


def test_a_channel_without_read_back_asks_a_person(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path, Written({"commit": ["lost"]}), can_find=False)
    assert send(store, channel, hours=48) == {"k1": "ask"}
    assert [alarm.id for alarm in store.alarms(NOW)] == ["k1"]
    assert "publisher queue settle k1" in store.why("k1", now=NOW)
    store.settle("k1", person=BINH, now=LATER, sent="https://dummy.example/acc/1")
    assert store.get("k1").state == "sent"
    assert store.verify_ledger() == []


def test_settling_as_not_sent_sends_it_again(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path, Written({"commit": ["never"]}), can_find=False)
    send(store, channel)
    with pytest.raises(QueueError, match="either --sent URL or --not-sent"):
        store.settle("k1", person=BINH, now=LATER)
    with pytest.raises(QueueError, match="takes the role"):
        store.settle("k1", person=AN, now=LATER, not_sent=True)
    store.settle("k1", person=BINH, now=LATER, not_sent=True)
    assert send(store, channel, at_hour=1) == {"k1": "sent"}


def test_readings_that_decide_nothing_end_with_a_person(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path, Written({"commit": ["lost"], "find": ["raises"] * 50}))
    assert send(store, channel, hours=500) == {"k1": "ask"}
    assert len(channel.received()) == 1


# -- corrections, freezes, times ---------------------------------------------------------------------------------------


def test_a_correction_is_approved_and_receipted_like_a_post(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path)
    send(store, channel)
    changed = dataclasses.replace(store.get("k1").post, text="Đính chính")
    act = store.correct("k1", changed, author="an", due_at=LATER, now=LATER)
    assert send(store, channel, at_hour=1) == {}
    store.submit([act], by="an", now=LATER)
    store.approve([act], person=BINH, now=LATER)
    assert send(store, channel, at_hour=1) == {act: "sent"}
    assert (store.get("k1").state, store.get(act).state) == ("corrected", "sent")
    assert [r.text for r in channel.received()] == ["Đính chính"]
    assert [(r.id, r.act) for r in store.receipts()] == [("k1", "publish"), (act, "correct")]


def test_a_withdrawal_takes_the_post_back(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    channel = Dummy("acc", tmp_path)
    send(store, channel)
    act = store.withdraw("k1", author="an", due_at=LATER, now=LATER)
    store.submit([act], by="an", now=LATER)
    store.approve([act], person=BINH, now=LATER)
    send(store, channel, at_hour=1)
    assert store.get("k1").state == "withdrawn"
    assert channel.received() == []
    assert store.verify_ledger() == []


@pytest.mark.parametrize("act", ["correct", "withdraw"])
def test_a_mistake_is_put_right_at_once_and_takes_no_posts_turn(store: Store, tmp_path: Path, act: str) -> None:
    """On an account that lets one post go an hour: readers must not have the wrong figure so long."""
    queue(store, piece(), piece("k2", due_at=NOW + timedelta(hours=1)))
    post, channel, rates = store.get("k1").post, Dummy("acc", tmp_path), {"acc": Rate(spacing_s=3600)}
    service = Service(store, {"acc": channel}, SetClock(NOW), rates=rates)
    service.run(until_idle=True, until=NOW)
    ask = partial(store.correct, "k1", post) if act == "correct" else partial(store.withdraw, "k1")
    soon = NOW + timedelta(minutes=5)
    made = ask(author="an", due_at=soon, now=soon)
    store.submit([made], by="an", now=soon)
    store.approve([made], person=BINH, now=soon)
    service.run(until_idle=True, until=NOW + timedelta(hours=3))
    assert [store.get(name).sent_at for name in ("k1", made, "k2")] == [NOW, soon, NOW + timedelta(hours=1)]


@pytest.mark.parametrize("act", ["correct", "withdraw"])
def test_what_a_person_found_by_its_address_is_taken_back_by_a_person(store: Store, tmp_path: Path, act: str) -> None:
    """Without an id the service would be asked about nothing, and answer that it is gone."""
    queue(store, piece())
    send(store, Dummy("acc", tmp_path, Written({"commit": ["lost"]}), can_find=False), hours=48)
    store.settle("k1", person=BINH, now=LATER, sent="https://dummy.example/acc/1")
    post = store.get("k1").post
    ask = partial(store.correct, "k1", post) if act == "correct" else partial(store.withdraw, "k1")
    with pytest.raises(QueueError, match=rf"https://dummy.example/acc/1, .* has to {act} it there"):
        ask(author="an", due_at=LATER, now=LATER)


def test_what_is_not_out_cannot_be_withdrawn(store: Store) -> None:
    queue(store, piece())
    with pytest.raises(QueueError, match="nothing to withdraw"):
        store.withdraw("k1", author="an", due_at=LATER, now=LATER)


def test_a_freeze_holds_all_but_what_may_pass(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"), piece("k2", passes_freeze=True), piece("k3", due_at=NOW + timedelta(hours=30)))
    store.freeze("Quốc tang", person=BINH, now=NOW)
    assert send(store, Dummy("acc", tmp_path)) == {"k1": "held", "k2": "sent"}
    queued, late = store.unfreeze(person=BINH, now=LATER)
    assert (queued, late) == (["k1"], [])
    assert send(store, Dummy("acc", tmp_path), at_hour=1) == {"k1": "sent"}
    assert send(store, Dummy("acc", tmp_path), hours=30, at_hour=1) == {"k3": "sent"}


def test_an_office_added_below_a_frozen_one_is_frozen_too(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    store.freeze("Bão", person=BINH, now=NOW, units=["tinh", "xa-cu"])
    store.freeze("Lũ", person=BINH, now=NOW, units=["xa-xa"])
    parents = {"tinh": None, "xa-cu": "tinh", "xa-mau": "xa-cu", "xa-xa": None}
    assert store.widen_freezes({**parents, "xa-mau": None}, now=NOW) == ()
    assert store.widen_freezes(parents, now=NOW) == ["xa-mau"]
    assert store.widen_freezes(parents, now=NOW) == ()
    assert [freeze.covers("xa-mau") for freeze in store.freezes(NOW)] == [True, False]
    assert send(store, Dummy("acc", tmp_path)) == {"k1": "held"}
    assert store.verify_ledger() == []


def test_a_person_lets_a_held_piece_through_and_another_approves_it(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"), piece("k2"))
    store.freeze("Quốc tang", person=BINH, now=NOW)
    channel = Dummy("acc", tmp_path)
    assert set(send(store, channel).values()) == {"held"}
    store.let_pass(["k1"], person=BINH, reason="Tin báo tang", now=LATER)
    assert (store.get("k1").state, store.approvers("k1")) == ("in_review", [])
    with pytest.raises(QueueError, match="another person must approve"):
        store.approve(["k1"], person=BINH, now=LATER)
    with pytest.raises(sa.exc.DBAPIError, match="different people"):
        force(store, "INSERT INTO approvals (delivery, \"by\", at, signature, level)"
              " SELECT id, 'binh', state_at, signature, 1 FROM deliveries WHERE id = 'k1'")  # fmt: skip
    store.approve(["k1"], person=CHI, now=LATER)
    assert send(store, channel, at_hour=1)["k1"] == "sent"
    assert store.get("k2").state == "held"
    line = next(line for line in store.history("k1") if line.act == "pass")
    assert (line.by, line.data["reason"]) == ("binh", "Tin báo tang")
    assert store.verify_ledger() == []


def test_planning_again_does_not_undo_a_persons_mark(store: Store) -> None:
    queue(store, piece())
    store.let_pass(["k1"], person=BINH, reason="Tin báo tang", now=NOW)
    store.add([piece(source="b")], author="an", now=LATER)
    store.add([piece(text="Mới", due_at=LATER)], author="an", now=LATER)
    assert store.get("k1").passes_freeze
    with pytest.raises(QueueError, match="another person must approve"):
        store.approve(["k1"], person=BINH, now=LATER)
    store.let_pass(["k1"], person=BINH, reason="", now=LATER, undo=True)
    assert not store.get("k1").passes_freeze


def test_who_let_a_piece_pass_cannot_approve_it_after_another_gave_it_a_time(store: Store) -> None:
    queue(store, piece("k1"), piece("k2"))
    store.let_pass(["k1"], person=BINH, reason="Tin báo tang", now=NOW)
    with pytest.raises(QueueError, match="let it pass a freeze"):
        store.reschedule("k1", due_at=LATER, person=CHI, now=NOW)
    store.reschedule("k2", due_at=LATER, person=CHI, now=NOW)
    with pytest.raises(QueueError, match="gave it its time"):
        store.let_pass(["k2"], person=BINH, reason="Tin báo tang", now=NOW)


@pytest.mark.parametrize(("who", "reason", "said"), [(AN, "x", "takes the role"), (BINH, " ", "needs a reason")])
def test_letting_a_piece_pass_takes_a_role_and_a_reason(store: Store, who: Person, reason: str, said: str) -> None:
    queue(store, piece())
    with pytest.raises(QueueError, match=said):
        store.let_pass(["k1"], person=who, reason=reason, now=NOW)


def test_after_a_long_freeze_the_late_ones_need_a_new_time(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"))
    store.freeze("Quốc tang", person=BINH, now=NOW, until=NOW + timedelta(days=2), units=["xa-mau"])
    assert send(store, Dummy("acc", tmp_path), hours=72)["k1"] == "held"
    assert store.freezes(NOW + timedelta(days=3)) == []
    assert "give it a new time" in store.get("k1").reason
    store.reschedule("k1", due_at=NOW + timedelta(days=4), person=AN, now=NOW + timedelta(days=3))
    assert (store.get("k1").state, store.approvers("k1")) == ("in_review", [])


def test_a_freeze_of_one_unit_leaves_the_others(store: Store, tmp_path: Path) -> None:
    queue(store, piece("k1"))
    store.freeze("Bão", person=BINH, now=NOW, units=["xa-khac"])
    assert send(store, Dummy("acc", tmp_path)) == {"k1": "sent"}


def test_a_missed_piece_is_sent_after_a_person_says_so(store: Store, tmp_path: Path) -> None:
    queue(store, piece(late="skip"))
    assert send(store, Dummy("acc", tmp_path), at_hour=5) == {"k1": "missed"}
    store.retry(["k1"], person=AN, now=NOW + timedelta(hours=5))
    assert send(store, Dummy("acc", tmp_path), at_hour=5) == {"k1": "sent"}


def test_a_cancelled_piece_is_not_sent_and_not_planned_again(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    store.cancel(["k1"], person=AN, now=NOW)
    assert send(store, Dummy("acc", tmp_path)) == {}
    assert store.add([piece(text="Mới")], author="an", now=NOW).kept == ("k1",)


def test_cancelling_what_was_sent_is_refused(store: Store, tmp_path: Path) -> None:
    queue(store, piece())
    send(store, Dummy("acc", tmp_path))
    with pytest.raises(QueueError, match="to cancel it must be"):
        store.cancel(["k1"], person=AN, now=NOW)


def test_alarms_name_what_a_person_must_look_at(store: Store, tmp_path: Path) -> None:
    late = NOW + timedelta(days=2)
    queue(store, piece("k1", grace_s=10**6), piece("k2", "frozen", due_at=late), piece("k3", "off"))
    store.add([piece("k4", due_at=late)], author="an", now=NOW)
    channel = Dummy("acc", tmp_path, Written({"prepare": ["retry"] * 9}))
    Service(store, {"acc": channel}, SetClock(NOW)).run(until_idle=True, until=NOW + timedelta(minutes=50))
    assert [a.id for a in store.alarms(NOW + timedelta(minutes=50))] == ["k3"]  # held: no such account
    assert [a.id for a in store.alarms(NOW + timedelta(minutes=61))] == ["k3", "k1"]  # waiting for an hour now
    assert {a.id for a in store.alarms(NOW + timedelta(hours=25))} == {"k1", "k3", "k4"}  # a draft whose time is near
    store.freeze("Quốc tang", person=BINH, now=late)
    Service(store, {"acc": channel, "frozen": channel}, SetClock(late)).run(until_idle=True)
    assert store.get("k2").state == "held"
    assert "k2" not in {a.id for a in store.alarms(late)}


# -- reading and writing -----------------------------------------------------------------------------------------------


def test_an_unknown_id_is_named(store: Store) -> None:
    with pytest.raises(NothingMatchedError, match="k9"):
        store.get("k9")


def test_deliveries_are_listed_by_what_is_asked(store: Store) -> None:
    queue(store, piece("k1"), piece("k2", "other", due_at=LATER))
    store.add([piece("k3")], author="an", now=NOW)
    assert [d.id for d in store.list()] == ["k1", "k3", "k2"]
    assert [d.id for d in store.list(states=["queued"])] == ["k1", "k2"]
    assert [d.id for d in store.list(account="other")] == ["k2"]
    assert [d.id for d in store.list(due_before=LATER)] == ["k1", "k3"]
    assert [d.id for d in store.list(campaign="nothing")] == []
    assert (store.counts()["queued"], store.counts()["draft"]) == (2, 1)


def test_threads_share_commits_and_a_refused_write_takes_back_only_itself(store: Store) -> None:
    start = threading.Barrier(8)
    refused: list[str] = []

    def add(number: int) -> None:
        start.wait()
        for turn in range(5):
            author = "" if (number, turn) == (3, 3) else "an"
            try:
                store.add([piece(f"k{number}-{turn}")], author=author, now=NOW)
            except QueueError:
                refused.append(f"k{number}-{turn}")

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["k3-3"]
    assert store.counts()["draft"] == 39
    assert store.verify_ledger() == []


def test_a_write_that_fails_among_others_leaves_no_trace(store: Store) -> None:
    """The savepoint of one job goes back; its neighbours in the same commit stay."""
    queue(store, piece("k1"))
    held = threading.Event()
    go = threading.Event()
    errors: list[Exception] = []

    def slow() -> None:
        store._writer.write(lambda c: (held.set(), go.wait(10)))

    def cancel(delivery_id: str) -> None:
        try:
            store.cancel([delivery_id], person=AN, now=NOW)
        except PublisherError as error:
            errors.append(error)

    threads = [threading.Thread(target=slow)]
    threads[0].start()
    held.wait(10)
    threads += [threading.Thread(target=cancel, args=(i,)) for i in ("k1", "k9")]
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    assert (store.get("k1").state, len(errors)) == ("cancelled", 1)


def test_a_password_in_the_address_is_never_shown() -> None:
    with pytest.raises(PublisherError) as caught:
        Store.open("postgresql://user:geheim@127.0.0.1:1/none", artifacts=Path("x"))
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("address", ["nonsense", "sqlite://", "mysql://h/d"])
def test_an_address_of_no_use_is_refused_in_words(address: str) -> None:
    with pytest.raises(PublisherError, match="database"):
        Store.open(address)


# -- facts, people, offices ------------------------------------------------------------------------------------------------


def test_a_repeated_piece_is_approved_only_after_somebody_answers_for_its_facts(store: Store) -> None:
    store.add([piece(facts="newest:2024")], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(QueueError, match="have the facts changed"):
        store.approve(["k1"], person=BINH, now=NOW)
    assert "Dữ kiện đã đổi chưa? Năm mới nhất bài nhắc đến là 2024" in store.why("k1", now=NOW)
    assert store.answer_facts(["k1"], person=AN, hold=True, note="đã xem lại", now=NOW) == ["k1"]
    assert store.history("k1")[-1].data["note"] == "đã xem lại"
    assert store.approve(["k1"], person=BINH, now=NOW).queued == ("k1",)


def test_an_answer_holds_for_the_content_that_was_looked_at_only(store: Store) -> None:
    store.add([piece(facts="again")], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    store.answer_facts(["k1"], person=AN, hold=True, now=NOW)
    store.add([piece(facts="again", text="Số liệu khác")], author="an", now=LATER)
    with pytest.raises(QueueError, match="have the facts changed"):
        store.approve(["k1"], person=BINH, now=LATER)


def test_changed_facts_send_the_piece_back_with_what_has_changed(store: Store) -> None:
    store.add([piece(facts="again")], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(QueueError, match="needs a note"):
        store.answer_facts(["k1"], person=BINH, hold=False, now=NOW)
    store.answer_facts(["k1"], person=BINH, hold=False, note="nay là 62%", now=NOW)
    assert (store.get("k1").state, store.get("k1").reason) == ("rejected", "the facts have changed: nay là 62%")
    with pytest.raises(QueueError, match="must be draft, in_review"):
        store.answer_facts(["k1"], person=AN, hold=True, now=NOW)


def test_the_database_itself_waits_for_the_answer(store: Store) -> None:
    store.add([piece(facts="again")], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    row = {"delivery": "k1", "by": "binh", "at": NOW, "signature": store.get("k1").signature, "level": 1}
    with writing(engine_of(store)) as connection:
        connection.execute(schema.approvals.insert(), row)
    with pytest.raises(sa.exc.DBAPIError, match="facts still hold is answered"):
        force(store, "UPDATE deliveries SET state = 'approved'")


def test_who_gave_a_piece_its_time_does_not_approve_it_and_nor_does_its_writer(store: Store) -> None:
    """The writer's own text would pass otherwise, once a colleague has moved it by a minute."""
    queue(store, piece())
    store.reschedule("k1", due_at=LATER, person=BINH, now=NOW)
    assert (store.get("k1").state, store.get("k1").author, store.get("k1").timed_by) == ("in_review", "an", "binh")
    an_approves = dataclasses.replace(AN, roles=frozenset({"approver"}))
    for person, said in ((BINH, "decided when it goes out"), (an_approves, "wrote it")):
        with pytest.raises(QueueError, match=said):
            store.approve(["k1"], person=person, now=NOW)
    row = {"delivery": "k1", "by": "binh", "at": NOW, "signature": store.get("k1").signature, "level": 1}
    with pytest.raises(sa.exc.DBAPIError, match="different people"), writing(engine_of(store)) as connection:
        connection.execute(schema.approvals.insert(), row)
    assert store.approve(["k1"], person=CHI, now=NOW).queued == ("k1",)


@pytest.mark.parametrize(("due_at", "said"), [(NOW, "already past"), (NOW + timedelta(days=9), "valid only until")])
def test_a_new_time_is_one_at_which_the_piece_can_go_out(store: Store, due_at: datetime, said: str) -> None:
    queue(store, piece(valid_until=NOW + timedelta(days=1)))
    with pytest.raises(QueueError, match=said):
        store.reschedule("k1", due_at=due_at, person=AN, now=NOW)
    assert store.get("k1").state == "queued"


def test_people_of_one_office_do_not_act_for_another(store: Store) -> None:
    queue(store, piece("k1"))
    store.add([piece("k2", facts="again")], author="an", now=NOW)
    store.submit(["k2"], by="an", now=NOW)
    other = dataclasses.replace(BINH, id="dung", units=frozenset({"xa-khac"}))
    acts = {
        "approve": lambda: store.approve(["k2"], person=other, now=NOW),
        "reject": lambda: store.reject(["k2"], person=other, reason="không", now=NOW),
        "cancel": lambda: store.cancel(["k1"], person=other, now=NOW),
        "reschedule": lambda: store.reschedule("k1", due_at=LATER, person=other, now=NOW),
        "answer": lambda: store.answer_facts(["k2"], person=other, hold=True, now=NOW),
    }
    for name, act in acts.items():
        with pytest.raises(QueueError, match="does not act for `xa-mau`"):
            act()
        assert (store.get("k1").state, store.get("k2").state) == ("queued", "in_review"), name
    with pytest.raises(QueueError, match="acts for xa-khac only"):
        store.freeze("Quốc tang", person=other, now=NOW)
    store.freeze("Lũ", person=other, units=["xa-khac"], now=NOW)
    store.freeze("Quốc tang", person=BINH, now=NOW)
    with pytest.raises(QueueError, match="acts for xa-khac only"):
        store.unfreeze(person=other, now=NOW)
    assert len(store.freezes(NOW)) == 2


def test_each_level_is_signed_in_turn_by_those_the_office_names(store: Store) -> None:
    head = dataclasses.replace(CHI, signs={"xa-mau": frozenset({2})})
    clerk = dataclasses.replace(BINH, signs={"xa-mau": frozenset({1})})
    store.add([piece(levels=2)], author="an", now=NOW)
    store.submit(["k1"], by="an", now=NOW)
    with pytest.raises(QueueError, match="level 1 of `xa-mau` is signed by others"):
        store.approve(["k1"], person=head, now=NOW)
    assert store.approve(["k1"], person=clerk, now=NOW).pending == ("k1",)
    assert store.approve(["k1"], person=head, now=NOW).queued == ("k1",)
    assert [(a.by, a.level) for a in store.approvals("k1")] == [("binh", 1), ("chi", 2)]
