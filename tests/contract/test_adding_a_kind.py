"""A kind is one file: put into the package it is listed, read, connected and planned with, and nothing else is edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import publisher.channels
from publisher.channels.base import Prepared, Sent
from publisher.channels.registry import connect, kinds, limits_of, list_kinds, load_account
from publisher.channels.secrets import Secrets
from publisher.errors import SettingsError
from tests.faults.parts import piece

KIND = '''
"""A notice board: a file a post."""

from dataclasses import dataclass
from pathlib import Path

from publisher.channels.base import Absent, Finding, Found, Limits, Prepared, Sent
from publisher.channels.link import marked_settings

KIND = "bang-tin"
SETTINGS = {"folder": "where the notices hang"}
SECRETS = {}
LIMITS = Limits(text=500)


def parse_settings(marked, secrets):
    return Path(marked.text("folder"))


def limits_of(account):
    return LIMITS


def connect(account, link):
    return Board(account, parse_settings(marked_settings(account), account.secrets))


@dataclass
class Board:
    account: object
    folder: Path
    limits = LIMITS
    can_find = True
    can_correct = can_withdraw = False

    @property
    def name(self):
        return self.account.name

    def fit(self, post):
        return ()

    def prepare(self, post, handles):
        return Prepared()

    def commit(self, post, handles):
        (self.folder / f"{post.key}.txt").write_text(post.text)
        return Sent(post.key, "")

    def confirm(self, post, sent):
        return sent

    def find(self, post, handles, since):
        there = (self.folder / f"{post.key}.txt").is_file()
        return Found(Sent(post.key, ""), "it hangs") if there else Absent("it does not hang")

    def check(self):
        return (Finding("ok", "the board is there"),)
'''


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "them"
    folder.mkdir()
    (folder / "bangtin.py").write_text(KIND, encoding="utf-8")
    monkeypatch.setattr(publisher.channels, "__path__", [*publisher.channels.__path__, str(folder)])
    kinds.cache_clear()
    yield tmp_path
    kinds.cache_clear()


def test_a_file_put_into_the_package_is_a_kind(dropped: Path) -> None:
    assert "bang-tin" in list_kinds()
    (dropped / "dinh-lang.yaml").write_text(f"kind: bang-tin\nunit: xa-mau\nfolder: {dropped}\n", encoding="utf-8")
    account = load_account(dropped / "dinh-lang.yaml", shown="channels/dinh-lang.yaml")
    assert limits_of(account).text == 500
    channel = connect(account, secrets=Secrets({}), folder=dropped / "state")
    post = piece("thong-bao", "dinh-lang").post
    assert channel.prepare(post, {}) == Prepared()
    assert channel.commit(post, {}) == Sent("thong-bao", "")
    assert (dropped / "thong-bao.txt").read_text() == post.text


def test_its_settings_are_checked_like_those_of_every_kind(dropped: Path) -> None:
    (dropped / "dinh-lang.yaml").write_text("kind: bang-tin\nfoldr: /x\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_account(dropped / "dinh-lang.yaml", shown="channels/dinh-lang.yaml")
    assert "channels/dinh-lang.yaml:2: foldr: not a setting of a bang-tin channel. Did you mean `folder`?" in str(
        caught.value
    )


def test_without_the_file_there_is_no_such_kind() -> None:
    kinds.cache_clear()
    assert "bang-tin" not in list_kinds()
