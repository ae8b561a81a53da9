"""A planted secret is looked for everywhere a piece leaves a trace: logs, values, addresses, database, files, pages."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from channel_case import NOON, Case
from desk import KEY, Desk, open_desk
from test_channels import CASES, access_tokens, each_way_of

from publisher.errors import PublisherError
from publisher.sandbox.exchange import Response
from publisher.sandbox.service import services

WITH_SECRETS = [case for case in CASES if case.secrets]
TROUBLE = ("expired", "policy", "throttle", "duplicate", "error_after", "drop_before", "html_after")


@pytest.fixture
def desk(case: Case, tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield open_desk(case, tmp_path, stack)


@each_way_of(WITH_SECRETS)
def test_a_secret_is_found_nowhere(
    case: Case, desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[object] = [desk.rig.channel(), desk.rig.channel().check(), desk.rig.account]
    if case.over_http:
        repeat_secrets(desk, monkeypatch)
    keys = [KEY]
    for fault in TROUBLE if case.over_http else ():
        keys.append(f"{KEY}-{fault}")
        desk.queue(keys[-1])
        desk.before_commit = partial(desk.rig.line.faults.play, fault, kind=case.kind, step=case.commit_step)
        desk.send()
        desk.rig.line.faults.play("expired", kind=case.kind, step="read")
        said += [desk.rig.channel().check(), desk.rig.channel().find(desk.rig.post(), {}, NOON)]
        desk.rig.line.faults.clear()
        desk.run(minutes=180)
    post = desk.queue()
    desk.run(minutes=180)
    said += refuse_wrong_secrets(desk)
    if desk.get().state == "sent" and case.corrects:
        desk.correct(post)
        desk.run(minutes=180)
    if case.withdraws and desk.get().state in ("sent", "corrected"):
        desk.withdraw()
        desk.run(minutes=180)
    now = desk.clock.now()
    for key in keys:
        said += [desk.get(key), desk.store.history(key), desk.store.attempts(key), desk.store.why(key, now=now)]
    said += [desk.store.alarms(now), desk.store.receipts()]
    state = desk.get().state
    shown = "\n".join([*map(repr, said), caplog.text, *addresses(desk)]).encode() + written(desk)
    for secret in access_tokens(desk.rig):
        for form in forms(case, desk, secret):
            assert form.encode() not in shown, f"a secret of {case.name} is left in plain sight"
    assert state in ("sent", "corrected", "withdrawn", "unknown")


def repeat_secrets(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service repeats our own secrets in every word of a refusal, as real ones have done."""
    service: Any = services()[desk.rig.case.kind]
    refuse = service.refuse

    def loud(fault: str) -> Response | None:
        response = refuse(fault)
        if response is None or not response.body:
            return response
        echo = " ".join(sorted(access_tokens(desk.rig)))
        return replace(response, body=json.dumps(with_echo(json.loads(response.body), echo)).encode())

    monkeypatch.setattr(service, "refuse", loud)


def with_echo(value: Any, echo: str) -> Any:
    if isinstance(value, dict):
        return {key: with_echo(part, echo) for key, part in value.items()}
    return f"{value} {echo}" if isinstance(value, str) else value


def refuse_wrong_secrets(desk: Desk) -> list[object]:
    """What a channel says with a wrong secret, and without any."""
    wrong = {name: f"sai-{value}" for name, value in desk.rig.channel_secrets().items()}
    channel = desk.rig.channel(values=wrong)
    said: list[object] = [channel, channel.check()]
    try:
        desk.rig.channel(values={})
    except PublisherError as error:
        said += [error, str(error)]
    return said


def addresses(desk: Desk) -> list[str]:
    return [request.target for request in desk.rig.line.requests] if desk.rig.case.over_http else []


def written(desk: Desk) -> bytes:
    """Every file this piece left: the database with its ledger, notes, and the sandbox' pages."""
    desk.store.close()
    folder = desk.rig.folder
    found = list(folder.glob("queue.db*"))
    found += [path for path in (folder / "state").rglob("*") if path.is_file() and not is_token_file(path)]
    if desk.rig.sandbox is not None:
        desk.rig.sandbox.write_pages(folder / "pages")
        found += list((folder / "pages").rglob("*.html"))
    assert found
    return b"\n".join(path.read_bytes() for path in found)


def is_token_file(path: Path) -> bool:
    """The one file that holds a token: Zalo's pair, which must be written down before use, for its owner alone."""
    return path.stat().st_mode & 0o077 == 0 and path.name == "tokens.json"


def forms(case: Case, desk: Desk, secret: str) -> set[str]:
    """The secret as it is, as in an address, and as in a login header."""
    login = f"{desk.rig.account.settings.get('user', '')}:{secret}"
    return {
        secret, quote(secret, safe=""), quote_plus(secret), base64.b64encode(secret.encode()).decode(),
        base64.b64encode(login.encode()).decode(),
    }  # fmt: skip
