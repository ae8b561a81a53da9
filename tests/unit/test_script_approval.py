"""A script in which anything unreadable is left is never signed, however it came into the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from publisher.channels.base import Media
from publisher.errors import QueueError
from publisher.files import hash_file
from publisher.queue.model import NewDelivery
from publisher.queue.store import Store
from tests.faults.parts import AN, BINH, NOW, piece


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


def script_piece(folder: Path, said: str, *, problems: list[dict[str, str]] | None = None) -> NewDelivery:
    data: dict[str, Any] = {"problems": problems or [], "turns": [{"lines": [{"said": "Xin chào."}, {"said": said}]}]}
    return with_data(folder, json.dumps(data, ensure_ascii=False))


def with_data(folder: Path, text: str) -> NewDelivery:
    path = folder / "kich-ban.json"
    path.write_text(text, encoding="utf-8")
    media = Media(path, hash_file(path), path.stat().st_size, "application/json", "data", path.name)
    new = piece("dai-1", "dai-tinh")
    return replace(new, output="radio", post=replace(new.post, shape="script", media=(media,)))


def hand_in(store: Store, new: NewDelivery) -> None:
    store.add([new], author=AN.id, now=NOW)
    store.submit([new.id], by=AN.id, now=NOW)


@pytest.mark.parametrize("said", ["Còn 5 việc.", "Gửi UBND xã.", "Tăng 3 %.", "Một & hai."])
def test_what_an_announcer_cannot_read_is_not_approved(said: str, store: Store, tmp_path: Path) -> None:
    hand_in(store, script_piece(tmp_path, said))
    with pytest.raises(QueueError, match=r"kich-ban\.json: “.*cannot be read aloud") as error:
        store.approve(["dai-1"], person=BINH, now=NOW)
    assert "Nothing was approved." in str(error.value)
    assert store.get("dai-1").state == "in_review"


def test_an_error_the_script_itself_names_blocks_its_approval(store: Store, tmp_path: Path) -> None:
    hand_in(store, script_piece(tmp_path, "Xin hết.", problems=[{"level": "error", "message": "31 s where 30 s"}]))
    with pytest.raises(QueueError, match="31 s where 30 s"):
        store.approve(["dai-1"], person=BINH, now=NOW)


def test_data_that_is_no_script_is_not_approved(store: Store, tmp_path: Path) -> None:
    hand_in(store, with_data(tmp_path, "[]"))
    with pytest.raises(QueueError, match="cannot be read as a script"):
        store.approve(["dai-1"], person=BINH, now=NOW)


def test_a_script_in_plain_words_is_approved_and_a_warning_does_not_stop_it(store: Store, tmp_path: Path) -> None:
    warning = {"level": "warning", "message": "a sentence of 31 syllables"}
    hand_in(store, script_piece(tmp_path, "Tám mươi phần trăm người dân.", problems=[warning]))
    assert store.approve(["dai-1"], person=BINH, now=NOW).queued == ("dai-1",)
