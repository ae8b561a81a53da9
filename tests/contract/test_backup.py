"""Backup and restore: into an empty folder, and on from there; what went out meanwhile is not sent again.

The judge is the channel's own record, which outlives the machine that is lost.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.artifact_settings import BucketSettings
from publisher.channels.base import Absent, Look, Post
from publisher.channels.dummy import Dummy
from publisher.channels.notes import Notes
from publisher.clock import SetClock
from publisher.engine.backup import Backup, choose_backup, drop_old, find_damage, list_backups, make_backup, place_of
from publisher.engine.local import Service
from publisher.engine.restore import Done, restore
from publisher.errors import NothingMatchedError, PublisherError, QueueError, UsageError
from publisher.queue.artifacts import Artifacts
from publisher.queue.bucket import SharedArtifacts
from publisher.queue.store import Store
from publisher.workspace import Workspace, load_workspace
from tests.contract.databases import EACH, Make, databases
from tests.contract.test_artifacts import FolderBucket, swift_bucket
from tests.faults.parts import BINH, NOW, piece, queue
from tests.real.swift_store import KEY, SECRET

MADE = NOW + timedelta(hours=1)
LOST = NOW + timedelta(hours=6)
SETTINGS = """\
unit: xa-mau
people:
  - {id: binh, name: Bình, roles: [approver, publisher]}
  - {id: quan-tri, name: Quản trị, roles: [administrator]}
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with databases(tmp_path) as made:
        yield made


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "office"
    for place, text in {
        "publisher.yaml": SETTINGS,
        "campaigns/mau.md": "# Mẫu\n",
        "channels/facebook.yaml": "kind: facebook\ntoken_env: FACEBOOK_TOKEN\n",
        "channels/.env": "FACEBOOK_TOKEN=bí-mật-1",
        "var/secrets/FACEBOOK_TOKEN": "bí-mật-1",
    }.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, "utf-8")
    return load_workspace(root)


def open_store(workspace: Workspace, url: str) -> Store:
    return Store.open(url, artifacts=workspace.state / "store")


def backup(store: Store, workspace: Workspace, tmp_path: Path) -> Backup:
    return make_backup(store, workspace, tmp_path / "backups", now=MADE)


def bring_back(tmp_path: Path, url: str, *, person: str = "quan-tri", into: str = "again") -> tuple[Done, Store]:
    done = restore(choose_backup(tmp_path / "backups"), tmp_path / into, person_id=person, now=LOST, database=url)
    return done, open_store(done.workspace, url)


def send(store: Store, *channels: Dummy, at_hour: float, hours: float = 1) -> None:
    start = NOW + timedelta(hours=at_hour)
    service = Service(store, {channel.name: channel for channel in channels}, SetClock(start))
    service.run(until_idle=True, until=start + timedelta(hours=hours))


def at(hours: float) -> dict[str, object]:
    return {"due_at": NOW + timedelta(hours=hours), "late": "send", "grace_s": 24 * 3600}


def lose_the_machine(make: Make, kind: str, workspace: Workspace, tmp_path: Path) -> list[Dummy]:
    """Hour 0: `out` goes out. Hour 1: backup. Then `gap` and `later`, unknown to the backup, go out; `down` is due while
    nothing runs; `tomorrow` is not due. Hour 6: the machine is gone. Gives the channel, which is not.
    """
    picture = tmp_path / "hinh.png"
    picture.write_bytes(b"\x89PNG mau")
    channel = Dummy("acc", tmp_path / "channel", gives_handles=False)
    store = open_store(workspace, make(kind))
    queue(store, piece("out", **at(0)), piece("gap", media=[picture], **at(2)))
    queue(store, piece("down", **at(5)), piece("tomorrow", **at(24)))
    send(store, channel, at_hour=0)
    backup(store, workspace, tmp_path)
    queue(store, piece("later", **at(3)), now=MADE)
    send(store, channel, at_hour=2)
    send(store, channel, at_hour=3)
    assert keys(channel) == ["out", "gap", "later"]
    store.close()
    return [channel]


def keys(*channels: Dummy) -> list[str]:
    return [received.key for channel in channels for received in channel.received()]


@pytest.mark.parametrize("kind", EACH)
def test_after_a_restore_nothing_is_sent_again_and_the_rest_goes_on(
    kind: str, make: Make, workspace: Workspace, tmp_path: Path
) -> None:
    (channel,) = lose_the_machine(make, kind, workspace, tmp_path)
    done, store = bring_back(tmp_path, make(kind))
    assert done.queue.in_doubt == 3  # gap, down, tomorrow
    assert (done.workspace.root / "campaigns/mau.md").read_text("utf-8") == "# Mẫu\n"
    assert store.verify_ledger() == []
    send(store, channel, at_hour=6)
    assert keys(channel) == ["out", "gap", "later"], "everything is held until a person has looked"
    queue(store, piece("later", **at(3)), now=LOST)  # the plan of that day is applied once more
    store.unfreeze(person=BINH, now=LOST + timedelta(hours=1))
    send(store, channel, at_hour=7)
    assert keys(channel) == ["out", "gap", "later", "down"]
    assert {store.get(name).state for name in ("gap", "later", "down")} == {"sent"}
    assert store.get("gap").external_url.startswith("https://dummy.example/acc/")
    send(store, channel, at_hour=24)
    assert keys(channel) == ["out", "gap", "later", "down", "tomorrow"]
    assert store.verify_ledger() == []
    store.close()


def test_what_channels_noted_is_in_the_backup_and_their_tokens_are_not(workspace: Workspace, tmp_path: Path) -> None:
    """A note lost is an upload begun anew, or a mail of which nobody knows whether it went."""
    account = workspace.state / "channels" / "live" / "facebook"
    Notes(account).write("k1", {"video_id": "77"})
    Notes(account / "scheduled").write("k2", {"id": "78"})
    (account / "tokens.json").write_text("bí-mật-2", "utf-8")
    store = open_store(workspace, f"sqlite:///{tmp_path}/notes.db")
    made = backup(store, workspace, tmp_path)
    store.close()
    assert len(made.notes) == 2
    kept = [path.read_text("utf-8") for path in (tmp_path / "backups" / "files").rglob("*") if path.is_file()]
    assert not [text for text in kept if "bí-mật-2" in text]
    drop_old(tmp_path / "backups", keep=1)
    done, again = bring_back(tmp_path, f"sqlite:///{tmp_path}/again.db")
    again.close()
    restored = done.workspace.state / "channels" / "live" / "facebook"
    assert Notes(restored).read("k1") == {"video_id": "77"}
    assert Notes(restored / "scheduled").read("k2") == {"id": "78"}
    note = next(iter(made.notes.values()))
    place_of(note, tmp_path / "backups" / "files").write_text("{}", "utf-8")
    assert find_damage(choose_backup(tmp_path / "backups")) == [next(iter(made.notes))]


def test_a_restore_fills_the_bucket_again(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine and the bucket are lost; the workspace names the bucket, so other machines look there."""
    settings = BucketSettings("kho", "KHO_KEY", "KHO_SECRET")
    bucket = FolderBucket(tmp_path / "bucket")
    opened: list[Path] = []

    def open_fake(folder: Path, wanted: BucketSettings | None, secrets: object) -> Artifacts:
        opened.append(folder)
        return SharedArtifacts(folder, bucket=bucket) if wanted else Artifacts(folder)  # type: ignore[arg-type]

    monkeypatch.setattr("publisher.engine.restore.open_artifacts", open_fake)
    monkeypatch.setattr(
        "publisher.engine.restore.load_workspace", lambda root: replace(load_workspace(root), artifacts=settings)
    )
    picture = tmp_path / "hinh.png"
    picture.write_bytes(b"\x89PNG mau")
    store = open_store(workspace, f"sqlite:///{tmp_path}/one.db")
    queue(store, piece("out", media=[picture], **at(0)))
    made = backup(store, workspace, tmp_path)
    store.close()
    _, again = bring_back(tmp_path, f"sqlite:///{tmp_path}/again.db")
    again.close()
    assert opened
    (place,) = made.media
    assert bucket.size(place) == len(b"\x89PNG mau")


@pytest.mark.slow
def test_a_restore_fills_a_real_store_that_was_lost_too(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another machine then sends with the bytes it finds in the bucket, named in the settings that came back."""
    bucket = swift_bucket("kho-khoi-phuc")
    bucket._client.create_bucket(Bucket=bucket.name)
    monkeypatch.setenv("KHO_KEY", KEY)
    monkeypatch.setenv("KHO_SECRET", SECRET)
    named = f"artifacts:\n  bucket: {bucket.name}\n  endpoint: {bucket._client.meta.endpoint_url}\n  prefix: tinh-mau\n"
    (workspace.root / "publisher.yaml").write_text(f"{SETTINGS}{named}  key_env: KHO_KEY\n  secret_env: KHO_SECRET\n")
    picture = tmp_path / "hinh.png"
    picture.write_bytes(b"\x89PNG mau")
    store = Store.open(
        f"sqlite:///{tmp_path}/one.db", artifacts=SharedArtifacts(workspace.state / "store", bucket=bucket)
    )
    queue(store, piece("out", media=[picture], **at(0)))
    made = backup(store, load_workspace(workspace.root), tmp_path)
    store.close()
    (place,) = made.media
    bucket._client.delete_object(Bucket=bucket.name, Key=f"tinh-mau/{place}")
    assert bucket.size(place) is None
    done, again = bring_back(tmp_path, f"sqlite:///{tmp_path}/again.db")
    assert done.workspace.artifacts is not None
    assert bucket.size(place) == picture.stat().st_size
    (media,) = again.get("out").post.media
    there = SharedArtifacts(tmp_path / "another-machine", bucket=bucket)
    there.bring(there.root / place, media.sha256)
    assert (there.root / place).read_bytes() == picture.read_bytes()
    again.close()


def test_without_the_reading_they_would_be_sent_again(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    """The test above can fail."""
    (channel,) = lose_the_machine(make, "sqlite", workspace, tmp_path)
    _, store = bring_back(tmp_path, make("sqlite"))
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET doubt_from = NULL")
    store.unfreeze(person=BINH, now=LOST)
    send(store, channel, at_hour=7)
    assert keys(channel).count("gap") == 2


@pytest.mark.parametrize("kind", EACH)
def test_the_database_itself_refuses_to_send_what_is_in_doubt(
    kind: str, make: Make, workspace: Workspace, tmp_path: Path
) -> None:
    from publisher.queue.claims import Lease

    lose_the_machine(make, kind, workspace, tmp_path)
    _, store = bring_back(tmp_path, make(kind))
    store.unfreeze(person=BINH, now=LOST)
    claimed = store.claim("acc", owner="w", now=LOST, lease_s=60)
    assert claimed is not None
    with pytest.raises(QueueError, match="channel is read before"):
        store.mark_sending(claimed.id, Lease("w", claimed.attempt), handles={}, fingerprint="f", now=LOST)
    store.close()


def test_ids_from_before_the_backup_do_not_hide_what_went_out_after_it(
    make: Make, workspace: Workspace, tmp_path: Path
) -> None:
    url, channel = make("sqlite"), Dummy("acc", tmp_path / "channel", gives_handles=False)
    store = open_store(workspace, url)
    queue(store, piece("gap", **at(2)))
    with store._engine.begin() as connection:
        connection.exec_driver_sql("""UPDATE deliveries SET handles = '{"draft": "of an earlier try"}'""")
    backup(store, workspace, tmp_path)
    channel.commit(store.get("gap").post, {})
    store.close()
    _, again = bring_back(tmp_path, make("sqlite"))
    again.unfreeze(person=BINH, now=LOST)
    send(again, channel, at_hour=6)
    assert keys(channel) == ["gap"]
    assert again.get("gap").state == "sent"


def test_on_a_channel_that_cannot_be_read_only_what_was_due_meanwhile_asks_a_person(
    make: Make, workspace: Workspace, tmp_path: Path
) -> None:
    store = open_store(workspace, make("sqlite"))
    channel = Dummy("acc", tmp_path / "channel", can_find=False)
    queue(store, piece("gap", **at(2)), piece("tomorrow", **at(24)))
    backup(store, workspace, tmp_path)
    store.close()
    _, again = bring_back(tmp_path, make("sqlite"))
    again.unfreeze(person=BINH, now=LOST)
    send(again, channel, at_hour=6)
    asked = again.get("gap")
    assert (asked.state, asked.asks_person, keys(channel)) == ("unknown", True, [])
    again.settle("gap", person=BINH, now=LOST, not_sent=True)
    send(again, channel, at_hour=7)
    send(again, channel, at_hour=24)
    assert keys(channel) == ["gap", "tomorrow"]


class ById(Dummy):
    """Shows a post only to whom knows its draft."""

    def known_here_only(self, post: Post) -> bool:
        return True

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        known = "draft" in handles
        return super().find_except(post, handles, since, others) if known else Absent("no id is known")


@pytest.mark.parametrize("handles", ["{}", '{"draft": "of an earlier try"}'])
def test_where_the_id_went_with_the_machine_an_absence_is_no_proof(
    handles: str, make: Make, workspace: Workspace, tmp_path: Path
) -> None:
    store, channel = open_store(workspace, make("sqlite")), ById("acc", tmp_path / "channel")
    queue(store, piece("gap", **at(2)), piece("tomorrow", **at(24)))
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET handles = ?", (handles,))
    backup(store, workspace, tmp_path)
    channel.commit(store.get("gap").post, {"draft": "draft-gap"})
    store.close()
    _, again = bring_back(tmp_path, make("sqlite"))
    again.unfreeze(person=BINH, now=LOST)
    send(again, channel, at_hour=6, hours=6)
    asked = again.get("gap")
    assert (asked.state, asked.asks_person, keys(channel)) == ("unknown", True, ["gap"])
    send(again, channel, at_hour=24)
    assert keys(channel) == ["gap", "tomorrow"], "what was not due meanwhile asks nobody"


def test_what_is_far_away_is_not_in_doubt(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    store = open_store(workspace, make("sqlite"))
    queue(store, piece("next-year", **at(24 * 200)))
    backup(store, workspace, tmp_path)
    store.close()
    done, again = bring_back(tmp_path, make("sqlite"))
    assert (done.queue.in_doubt, again.get("next-year").doubt_from) == (0, None)


def test_stored_files_come_back_byte_for_byte(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    lose_the_machine(make, "sqlite", workspace, tmp_path)
    done, store = bring_back(tmp_path, make("sqlite"))
    (media,) = store.get("gap").post.media
    assert done.media == 1
    assert media.path.read_bytes() == b"\x89PNG mau"
    assert media.path.is_relative_to(done.workspace.root)


def test_what_is_lost_in_the_store_is_named(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    store = open_store(workspace, make("sqlite"))
    picture = tmp_path / "hinh.png"
    picture.write_bytes(b"\x89PNG mau")
    queue(store, piece("k1", media=[picture]))
    (media,) = store.get("k1").post.media
    media.path.write_bytes(b"other")
    made = backup(store, workspace, tmp_path)
    assert [Path(place).name for place in made.missing] == [media.path.name]


@pytest.mark.slow
def test_a_queue_moves_from_sqlite_to_postgres_by_its_backup(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    (channel,) = lose_the_machine(make, "sqlite", workspace, tmp_path)
    _, store = bring_back(tmp_path, make("postgres"))
    store.unfreeze(person=BINH, now=LOST)
    queue(store, piece("new", **at(8)), now=LOST)  # rows get numbers after those put back
    send(store, channel, at_hour=8)
    assert keys(channel) == ["out", "gap", "later", "down", "new"]
    assert store.verify_ledger() == []
    store.close()


def test_no_secret_is_in_a_backup(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    settings = SETTINGS + 'database: "postgresql://writer:bí-mật-2@db.example/queue"  # của tỉnh\n'
    (workspace.root / "publisher.yaml").write_text(settings, "utf-8")
    store = open_store(workspace, make("sqlite"))
    queue(store, piece("k1"))
    with store._engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO logins (person, secret, changed_at) VALUES ('binh', 'bí-mật-3', '2026')"
        )
        connection.exec_driver_sql(
            "INSERT INTO sessions (token_hash, person, began_at, seen_at) VALUES ('bí-mật-4', 'binh', '2026', '2026')"
        )
    made = backup(store, workspace, tmp_path)
    files = [path for path in (tmp_path / "backups").rglob("*") if path.is_file()]
    opened = [gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in files]
    assert any(b"db.example" in data for data in opened)
    assert [data for data in opened if "bí-mật".encode() in data] == []
    assert "channels/.env" not in made.settings


def test_a_damaged_backup_is_refused_and_nothing_is_written(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    lose_the_machine(make, "sqlite", workspace, tmp_path)
    made = choose_backup(tmp_path / "backups")
    table = made.folder / "tables/deliveries.jsonl.gz"
    table.write_bytes(gzip.compress(gzip.decompress(table.read_bytes()).replace(b"Xin", b"Xon")))
    with pytest.raises(PublisherError, match=r"damaged: tables/deliveries\.jsonl\.gz"):
        bring_back(tmp_path, make("sqlite"))
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("kind", EACH)
def test_a_queue_that_is_there_is_not_overwritten(kind: str, make: Make, workspace: Workspace, tmp_path: Path) -> None:
    url = make(kind)
    store = open_store(workspace, url)
    backup(store, workspace, tmp_path)
    queue(store, piece("k1"))
    with pytest.raises(PublisherError, match="is not empty"):
        bring_back(tmp_path, url)
    assert store.get("k1").state == "queued"
    assert not (tmp_path / "again").exists()
    store.close()


def test_a_ledger_that_does_not_prove_itself_is_refused(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    """A backup somebody has rewritten, hashes and all."""
    import json

    from publisher.files import hash_file

    lose_the_machine(make, "sqlite", workspace, tmp_path)
    made = choose_backup(tmp_path / "backups")
    table = made.folder / "tables/ledger.jsonl.gz"
    table.write_bytes(gzip.compress(gzip.decompress(table.read_bytes()).replace(b'"by":"binh"', b'"by":"minh"')))
    manifest = json.loads((made.folder / "backup.json").read_text("utf-8"))
    manifest["tables"][table.name] = hash_file(table)
    (made.folder / "backup.json").write_text(json.dumps(manifest), "utf-8")
    url = make("sqlite")
    with pytest.raises(PublisherError, match="changed after it was written"):
        bring_back(tmp_path, url)
    again = open_store(workspace, url)
    assert again.list() == [], "all of it or nothing"


def test_a_folder_with_something_in_it_is_not_restored_into(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    backup(open_store(workspace, make("sqlite")), workspace, tmp_path)
    with pytest.raises(UsageError, match="is not empty"):
        bring_back(tmp_path, make("sqlite"), into="office")


def test_only_an_administrator_restores(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    backup(open_store(workspace, make("sqlite")), workspace, tmp_path)
    with pytest.raises(QueueError, match="may not restore"):
        bring_back(tmp_path, make("sqlite"), person="binh")
    with pytest.raises(UsageError, match="people of the backup: binh, quan-tri"):
        bring_back(tmp_path, make("sqlite"), person="ai-do")


def test_equal_files_are_kept_once_and_old_backups_go(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    store, target = open_store(workspace, make("sqlite")), tmp_path / "backups"
    names = []
    for day in range(3):
        (workspace.root / "campaigns/mau.md").write_text(f"# Mẫu {day}\n", "utf-8")
        names.append(make_backup(store, workspace, target, now=MADE + timedelta(days=day)).name)
    kept = sorted(path for path in (target / "files").glob("*/*"))
    assert len(kept) == 5  # two settings that never changed, one that did
    assert drop_old(target, keep=1) == names[:2]
    assert [path.name for path in list_backups(target)] == names[2:]
    assert len(list((target / "files").glob("*/*"))) == 3
    with pytest.raises(NothingMatchedError, match=names[0]):
        choose_backup(target, names[0])
