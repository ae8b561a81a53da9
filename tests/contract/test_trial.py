"""The test piece of every kind fits its account, is prepared without being seen, and says what it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from channel_case import NOON, load_cases, make_account

from publisher.channels.base import Account, Prepared
from publisher.channels.registry import connect, load_accounts
from publisher.channels.secrets import Secrets
from publisher.clock import SetClock
from publisher.engine.trial import MARK, make_trial
from publisher.sandbox.server import Sandbox
from publisher.workspace import load_workspace

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)
KINDS = {account.kind: account for account in load_accounts(WORKSPACE)}
LIBRETIME = make_account(case := load_cases("radio")["radio-libretime"], case.settings)


@pytest.mark.parametrize("account", [*KINDS.values(), LIBRETIME], ids=lambda account: account.name)
def test_a_test_piece_is_prepared_unseen_and_then_goes_out_once(account: Account, tmp_path: Path) -> None:
    workspace = replace(WORKSPACE, state_folder=tmp_path)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
        channel = connect(account, secrets=Secrets(sandbox.tokens), folder=tmp_path, sandbox=sandbox.url)
        post = make_trial(account, workspace, now=NOON).post
        assert channel.fit(post) == ()
        ready = channel.prepare(post, {})
        assert isinstance(ready, Prepared), ready
        assert all(shown.state != "published" for shown in sandbox.posts())
        channel.commit(post, ready.handles)
        [seen] = [shown for shown in sandbox.posts() if shown.state == "published"]
        assert MARK in seen.title + seen.text
