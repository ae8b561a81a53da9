"""Where approved files lie: beside the database, or in a bucket that several machines share. One suite for both."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from publisher.artifact_settings import BucketSettings
from publisher.channels.dummy import Dummy, Record
from publisher.channels.secrets import Secrets
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.errors import PublisherError, QueueError
from publisher.queue.artifacts import Artifacts
from publisher.queue.bucket import Bucket, SharedArtifacts
from publisher.queue.store import Store
from tests.faults.parts import NOW, piece, queue
from tests.real.installed import need
from tests.real.swift_store import KEY, SECRET, SwiftStore, running_swift

Open = Callable[[Path], Artifacts]


class FolderBucket:
    """A bucket as the store sees one, in a folder: quick, and held to the suite of the real one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.away = folder, False

    def _reach(self) -> None:
        if self.away:
            raise PublisherError("artifacts: bucket kho: it does not answer.")

    def size(self, place: str) -> int | None:
        self._reach()
        path = self.folder / place
        return path.stat().st_size if path.is_file() else None

    def put(self, place: str, path: Path) -> None:
        self._reach()
        (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, self.folder / place)

    def get(self, place: str, path: Path) -> bool:
        self._reach()
        if not (self.folder / place).is_file():
            return False
        shutil.copyfile(self.folder / place, path)
        return True

    def find(self, prefix: str) -> list[str]:
        self._reach()
        return sorted(
            p for f in self.folder.rglob("*.*") if (p := f.relative_to(self.folder).as_posix()).startswith(prefix)
        )


@cache
def store_of_this_process() -> tuple[SwiftStore, ExitStack]:
    import atexit

    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running_swift()), stack


def swift_bucket(name: str, *, secret: str = SECRET, timeout_s: float = 30.0, url: str = "") -> Bucket:
    need("swift")
    address = url or store_of_this_process()[0].url
    settings = BucketSettings(name, "KHO_KEY", "KHO_SECRET", address, prefix="tinh-mau", timeout_s=timeout_s)
    return Bucket(settings, Secrets({"KHO_KEY": KEY, "KHO_SECRET": secret}))


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Open]:
    if kind == "folder":
        yield lambda root: Artifacts(folder / "shared")
    elif kind == "bucket":
        bucket = FolderBucket(folder / "bucket")
        yield lambda root: SharedArtifacts(root, bucket=bucket)  # type: ignore[arg-type]
    else:
        real = swift_bucket(f"kho-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}")
        real._client.create_bucket(Bucket=real.name)
        yield lambda root: SharedArtifacts(root, bucket=real)


@pytest.fixture(params=["folder", "bucket", pytest.param("swift", marks=pytest.mark.slow)])
def open_artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with opened(request.param, tmp_path) as ready:
        yield ready


def draw(folder: Path, data: bytes = b"\x89PNG bytes") -> tuple[Path, str]:
    path = folder / "tranh.PNG"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def test_a_file_put_here_is_the_same_there(open_artifacts: Open, tmp_path: Path) -> None:
    """Bytes of every size: one that is sent in parts too."""
    here, there = open_artifacts(tmp_path / "here"), open_artifacts(tmp_path / "there")
    for data in (b"", b"\x89PNG bytes", bytes(range(256)) * 40_000):
        path, sha256 = draw(tmp_path, data)
        place = here.put(path, expected=sha256)
        assert place == f"{sha256[:2]}/{sha256}.png"
        assert there.verify(there.root / place, sha256) is None
        assert (there.root / place).read_bytes() == data
        found = there.get(sha256)
        assert found is not None
        assert found.read_bytes() == data


def test_a_file_is_found_by_its_hash_on_a_machine_that_never_had_it(open_artifacts: Open, tmp_path: Path) -> None:
    here, there = open_artifacts(tmp_path / "here"), open_artifacts(tmp_path / "there")
    path, sha256 = draw(tmp_path)
    here.put(path)
    found = there.get(sha256)
    assert found is not None
    assert found.read_bytes() == path.read_bytes()
    assert there.get("0" * 64) is None


def test_putting_twice_keeps_one_file(open_artifacts: Open, tmp_path: Path) -> None:
    artifacts = open_artifacts(tmp_path / "here")
    path, _ = draw(tmp_path)
    assert artifacts.put(path) == artifacts.put(path)


def test_another_content_than_expected_is_refused(open_artifacts: Open, tmp_path: Path) -> None:
    artifacts = open_artifacts(tmp_path / "here")
    path, sha256 = draw(tmp_path)
    path.write_bytes(b"other")
    with pytest.raises(QueueError, match="changed since it was rendered"):
        artifacts.put(path, expected=sha256)
    assert artifacts.get(sha256) is None


def test_a_file_nobody_put_is_no_longer_in_the_store(open_artifacts: Open, tmp_path: Path) -> None:
    artifacts = open_artifacts(tmp_path / "here")
    sha256 = "ab" * 32
    wrong = artifacts.verify(artifacts.root / artifacts.place(sha256, ".png"), sha256)
    assert wrong is not None
    assert "no longer" in wrong


@pytest.mark.parametrize("kind", ["bucket", pytest.param("swift", marks=pytest.mark.slow)])
def test_wrong_bytes_in_the_bucket_are_never_used(kind: str, tmp_path: Path) -> None:
    with opened(kind, tmp_path) as ready:
        here, there = ready(tmp_path / "here"), ready(tmp_path / "there")
        path, sha256 = draw(tmp_path)
        place = here.put(path)
        false = tmp_path / "false.png"
        false.write_bytes(b"\x89PNG other")
        there.bucket.put(place, false)  # type: ignore[attr-defined]
        assert there.verify(there.root / place, sha256) is not None
        assert not (there.root / place).exists()


@pytest.mark.parametrize("kind", ["bucket", pytest.param("swift", marks=pytest.mark.slow)])
def test_another_machine_sends_what_this_one_approved(kind: str, tmp_path: Path) -> None:
    """The whole queue: planned and approved here, sent from a machine that holds no file."""
    path, _ = draw(tmp_path)
    with opened(kind, tmp_path) as ready:
        url = f"sqlite:///{tmp_path}/queue.db"
        store = Store.open(url, artifacts=ready(tmp_path / "here"))
        queue(store, piece("k1", media=[path]))
        store.close()
        shutil.rmtree(tmp_path / "here")
        store = Store.open(url, artifacts=ready(tmp_path / "there"))
        Service(store, {"acc": Dummy("acc", tmp_path)}, SetClock(NOW)).run(until_idle=True)
        assert store.get("k1").state == "sent"
        assert [received.key for received in Record(tmp_path).posts()] == ["k1"]
        store.close()


def test_a_bucket_that_is_away_delays_a_piece_and_rejects_nothing(tmp_path: Path) -> None:
    path, _ = draw(tmp_path)
    bucket = FolderBucket(tmp_path / "bucket")
    url = f"sqlite:///{tmp_path}/queue.db"
    store = Store.open(url, artifacts=SharedArtifacts(tmp_path / "here", bucket=bucket))  # type: ignore[arg-type]
    queue(store, piece("k1", media=[path]))
    store.close()
    there = SharedArtifacts(tmp_path / "there", bucket=bucket)  # type: ignore[arg-type]
    store = Store.open(url, artifacts=there)
    bucket.away = True
    with pytest.raises(PublisherError, match="does not answer"):
        Service(store, {"acc": Dummy("acc", tmp_path)}, SetClock(NOW)).run(until_idle=True)
    assert store.get("k1").state == "claimed", "nothing left; the lease brings it back"
    bucket.away = False
    later = SetClock(datetime(2026, 5, 18, 1, 10, tzinfo=UTC))
    Service(store, {"acc": Dummy("acc", tmp_path)}, later).run(until_idle=True)
    assert (store.get("k1").state, len(Record(tmp_path).posts())) == ("sent", 1)
    store.close()


@pytest.mark.slow
def test_a_real_store_that_is_away_or_refuses_is_named_without_address_or_key(tmp_path: Path) -> None:
    need("swift")
    path, _ = draw(tmp_path)
    good = swift_bucket("kho-tinh-mau")
    good._client.create_bucket(Bucket=good.name)
    good.check()
    said = [repr(good)]
    for bucket in (
        swift_bucket("kho-tinh-mau", secret="sai-hoan-toan"),
        swift_bucket("khong-co-kho-nay"),
        swift_bucket("kho-tinh-mau", url="http://127.0.0.1:9", timeout_s=1),
    ):
        with pytest.raises(PublisherError) as caught:
            bucket.check()
        said.append(str(caught.value))
        with pytest.raises(PublisherError):
            SharedArtifacts(tmp_path / "here", bucket=bucket).put(path)
    text = " ".join(said)
    assert "refuses" in text
    assert "not there" in text
    assert "does not answer" in text
    assert not any(part in text for part in (KEY, SECRET, "sai-hoan-toan", "127.0.0.1", str(tmp_path)))
