"""Delivered is not read: what stations say was on air is kept once, and what they do not say stays open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from publisher.channels.base import Account, Aired, Channel, Post, Sent
from publisher.channels.dummy import Dummy
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets
from publisher.cli.main import main
from publisher.clock import SetClock
from publisher.engine.airing import hear_stations
from publisher.engine.local import Service
from publisher.errors import QueueError
from publisher.queue.store import Store
from tests.faults.parts import NOW, piece, queue


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


class Station(Dummy):
    """A station that has read what stands in `said`."""

    said: ClassVar[dict[str, Aired]] = {}

    def aired(self, post: Post, sent: Sent) -> Aired | None:
        if post.key == "broken":
            raise RuntimeError("a mistake of the kind")
        return self.said.get(post.key)


def test_the_queue_shows_what_was_read_on_air_and_what_was_not(store: Store, tmp_path: Path) -> None:
    queue(store, *[piece(name, "dai") for name in ("broken", "read", "silent")])
    station = Station("dai", tmp_path)
    Service(store, {"dai": station}, SetClock(NOW)).run(until_idle=True)
    Station.said = {"read": Aired("bản tin 5 giờ", "https://dai.example/5h.mp3")}
    later = NOW + timedelta(hours=1)
    channels: dict[str, Channel] = {"dai": station}
    assert hear_stations(store, channels, ["dai"], now=later) == 1
    assert hear_stations(store, channels, ["dai"], now=later) == 0, "its word is kept once"
    assert {a.id: a.aired_at for a in store.airings(["dai"])} == {"broken": None, "read": later, "silent": None}
    assert store.get("read").external_url == "https://dai.example/5h.mp3"
    assert store.get("read").state == "sent"
    assert store.verify_ledger() == []


def test_nothing_is_read_on_air_that_was_not_delivered(store: Store) -> None:
    queue(store, piece("k1", "dai"))
    with pytest.raises(QueueError, match="only what was delivered"):
        store.note_aired("k1", Aired("x"), by="an", now=NOW)


def station_folder(place: Path) -> Account:
    settings = {"via": "folder", "folder": str(place), "station": "Đài tỉnh Mẫu"}
    return Account("dai", "radio", "tinh-mau", settings, {}, "channels/dai.yaml")


@pytest.mark.parametrize(
    ("note", "word"),
    [
        (
            b"https://dai.example/5h.mp3\nB\xe1\xba\xa3n tin 5 gi\xe1\xbb\x9d\n",
            Aired("Bản tin 5 giờ", "https://dai.example/5h.mp3"),
        ),
        (b"\xef\xbb\xbfda phat 05:10\r\n", Aired("da phat 05:10")),
        (b"", Aired("")),
        (b"javascript:alert(1)", Aired("javascript:alert(1)")),
        (b"\xff\xfe\x00", Aired("\ufffd\ufffd\x00")),
        (b"x" * 9000, Aired("x" * 500)),
    ],
)
def test_a_file_put_back_is_the_stations_word(tmp_path: Path, note: bytes, word: Aired) -> None:
    place = tmp_path / "dai"
    place.mkdir()
    channel = connect(station_folder(place), secrets=Secrets({}), folder=tmp_path / "state")
    post = Post("k1", "dai", "script", "Bản tin", "Kính thưa bà con.", due_at=NOW)
    prepared = channel.prepare(post, {})
    sent = channel.commit(post, prepared.handles)  # type: ignore[union-attr]
    assert isinstance(sent, Sent)
    assert channel.aired(post, sent) is None  # type: ignore[attr-defined]
    (place / sent.id / "da-phat.txt").write_bytes(note)
    assert channel.aired(post, sent) == word  # type: ignore[attr-defined]


def test_a_person_enters_the_link_and_the_list_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, place = tmp_path / "home", tmp_path / "dai"
    place.mkdir()
    assert main(["init", str(home)]) == 0
    for path in (home / "channels").glob("*.yaml"):
        path.unlink()
    (home / "channels" / "dai.yaml").write_text(f"kind: radio\nunit: tinh-mau\nvia: folder\nfolder: {place}\n")
    store = Store.open(f"sqlite:///{home}/var/publisher.db")
    queue(store, piece("k1", "dai", text="một"), piece("k2", "dai", text="hai"))
    channel = connect(station_folder(place), secrets=Secrets({}), folder=home / "var")
    Service(store, {"dai": channel}, SetClock(NOW)).run(until_idle=True)
    store.close()
    (place / store_folder(place, "k1") / "da-phat.txt").write_text("https://dai.example/1.mp3")
    at = ["--workspace", str(home), "--now", "2026-05-19T08:00:00+07:00"]
    link = "https://dai.example/2.mp3"
    assert main(["queue", "aired", "k2", "--sent", link, "--as", "lan", *at]) == 0
    assert main(["queue", "aired", "k2", "--sent", "ftp://x", "--as", "lan", *at]) == 2
    capsys.readouterr()
    assert main(["queue", "aired", "--json", *at]) == 0
    pieces = json.loads(capsys.readouterr().out)["pieces"]
    assert {p["id"]: p["url"] for p in pieces} == {"k1": "https://dai.example/1.mp3", "k2": link}
    assert all(p["aired_at"] for p in pieces)


def store_folder(place: Path, key: str) -> str:
    [found] = [p.name for p in place.iterdir() if p.name.startswith(f"{key}-")]
    return found
