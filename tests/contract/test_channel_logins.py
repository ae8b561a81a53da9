"""Who is let in, and who is never shown a password: the logins of stations' servers and of Zalo."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from channel_case import Case, Rig, make_account
from test_channels import CASES, SINCE

from publisher.channels.base import Finding, Prepared, Rejected, Retry, Sent
from publisher.channels.facebook_check import check_page
from publisher.channels.zalo import Zalo
from publisher.clock import SetClock
from publisher.sandbox.server import Sandbox

SERVED = {case.name: case for case in CASES}
NOW = datetime(2027, 5, 18, 5, 0, tzinfo=UTC)


def rig_of(case: Case, folder: Path, server: object, **changed: object) -> Rig:
    account = make_account(case, {**case.settings, **server.settings, **changed})  # type: ignore[attr-defined]
    return Rig(case, folder, None, server, account)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["radio-sftp", "radio-ftps"])
def test_a_wrong_password_is_rejected_and_names_the_setting(name: str, tmp_path: Path) -> None:
    case = SERVED[name]
    assert case.server is not None
    with case.server(tmp_path) as server:
        rig = rig_of(case, tmp_path, server)
        outcome = rig.channel(values={"RADIO_THU_PASSWORD": "sai-mat-khau"}).prepare(rig.post(), {})
        assert isinstance(outcome, Rejected)
        assert "password_env" in outcome.reason
        assert "sai-mat-khau" not in outcome.reason


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("radio-sftp", {"host_key": "SHA256:" + "A" * 43}, "host_key"),
        ("radio-ftps", {"ca_file": ""}, "certificate"),
    ],
)
def test_a_server_that_is_not_the_station_gets_no_password(
    name: str, changed: dict[str, str], said: str, tmp_path: Path
) -> None:
    """Somebody between us and the station shows another key or certificate."""
    case = SERVED[name]
    assert case.server is not None
    with case.server(tmp_path) as server:
        rig = rig_of(case, tmp_path, server, **changed)
        outcome = rig.channel().prepare(rig.post(), {})
        assert isinstance(outcome, Rejected)
        assert said in outcome.reason
        assert rig.seen() == []


def test_a_share_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    """A folder made in the mount point's place would swallow scripts that nobody reads."""
    case = SERVED["radio-folder"]
    gone = tmp_path / "khong-gan"
    rig = Rig(case, tmp_path, None, None, make_account(case, {**case.settings, "folder": str(gone)}))
    channel = rig.channel()
    assert isinstance(channel.prepare(rig.post(), {}), Retry)
    assert isinstance(channel.commit(rig.post(), {}), Retry)
    assert not gone.exists()
    assert str(tmp_path) not in repr(channel.check()) + repr(channel.find(rig.post(), {}, SINCE))


@pytest.fixture
def zalo(tmp_path: Path):  # type: ignore[no-untyped-def]
    case = SERVED["zalo-article"]
    account = make_account(case, case.settings)
    with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOW)) as sandbox:
        yield Rig(case, tmp_path, sandbox, None, account)


def test_two_workers_burn_one_refresh_token(zalo: Rig) -> None:
    """Zalo's refresh token works once: whoever comes second must find the first one's new pair."""
    with ThreadPoolExecutor(4) as pool:
        findings = list(pool.map(lambda _: zalo.channel().check(), range(4)))
    assert all(finding[0].level == "ok" for finding in findings)
    assert zalo.sandbox is not None
    state = zalo.sandbox.shop("zalo", "zalo-thu").store.get("login", "state")
    assert state is not None
    assert state["number"] == 1


def test_a_refresh_whose_answer_was_lost_asks_for_consent_in_the_end(zalo: Rig) -> None:
    assert zalo.sandbox is not None
    zalo.sandbox.faults.play("drop_after", kind="zalo", step="login")
    channel, post = zalo.channel(), zalo.post()
    first = channel.prepare(post, {})
    assert isinstance(first, Retry)
    second = channel.prepare(post, {})
    assert isinstance(second, Rejected)
    assert "consent needed" in second.reason
    assert "refresh_token_env" in second.reason


def test_the_stored_pair_is_for_this_user_alone(zalo: Rig) -> None:
    channel = zalo.channel()
    channel.check()
    assert isinstance(channel, Zalo)
    path = channel.api.login.folder / "tokens.json"
    assert path.stat().st_mode & 0o077 == 0
    assert set(json.loads(path.read_text())) == {"access", "refresh", "origin", "at"}


def test_an_article_whose_processing_fails_is_not_called_sent(zalo: Rig) -> None:
    """A cover that cannot be fetched fails only at verify, minutes after the call was taken."""
    assert zalo.sandbox is not None
    channel, post = zalo.channel(), zalo.post()
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    zalo.sandbox.faults.play("verify_fails", kind="zalo", step="commit")
    outcome = channel.commit(post, prepared.handles)
    assert isinstance(outcome, Rejected)
    assert "pictures_url" in outcome.reason
    assert zalo.seen() == []


def test_a_throttled_look_at_the_result_does_not_undo_the_doubt(zalo: Rig) -> None:
    """The update was taken; that its result cannot be asked for right now says nothing against it."""
    assert zalo.sandbox is not None
    channel, post = zalo.channel(), zalo.post()
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    zalo.sandbox.faults.play("throttle", kind="zalo", step="verify", times=9)
    outcome = channel.commit(post, prepared.handles)
    assert not isinstance(outcome, Retry | Rejected | Sent)


def page(tmp_path: Path) -> Rig:
    case = SERVED["facebook-text"]
    account = make_account(case, case.settings)
    return Rig(case, tmp_path, Sandbox(tmp_path / "sandbox", accounts=[account]), None, account)


def test_a_version_of_graph_that_ends_soon_is_a_warning_before_the_day(tmp_path: Path) -> None:
    rig = page(tmp_path)
    assert rig.sandbox is not None
    with rig.sandbox:
        channel = rig.channel()

        def findings(ends: date) -> tuple[Finding, ...]:
            today = date(2027, 5, 1)
            return check_page(
                channel.graph,  # type: ignore[attr-defined]
                channel.settings,  # type: ignore[attr-defined]
                ends=ends,
                today=today,
                token="t",
                place="channels/a.yaml",
            )

        assert {f.level for f in findings(date(2028, 7, 29))} == {"ok"}
        assert findings(date(2027, 5, 20))[0] == Finding(
            "warning", "channels/a.yaml: version: v26.0 ends on 2027-05-20. Raise it before.", "version"
        )
        assert findings(date(2027, 4, 1))[0].level == "error"


def test_a_token_of_another_page_is_an_error(tmp_path: Path) -> None:
    """A person's token instead of the Page's posts under the wrong name, or not at all."""
    rig = page(tmp_path)
    assert rig.sandbox is not None
    with rig.sandbox:
        mistaken = replace(rig, account=make_account(rig.case, {**rig.case.settings, "page_id": "999999"}))
        [finding] = mistaken.channel().check()
        assert finding.level == "error"
        assert "not to Page 999999" in finding.text


@pytest.mark.parametrize(
    ("told", "level", "said"),
    [
        ({"expires_at": 1811818800}, "warning", "the token ends on 2027-06-01"),
        ({"expires_at": 1809000000}, "error", "the token ended on 2027-04-29"),
        ({"data_access_expires_at": 1811818800}, "warning", "access to data ends on 2027-06-01"),
        ({"scopes": ["pages_show_list"]}, "error", "lacks pages_manage_posts, pages_read_engagement"),
        ({"type": "USER"}, "error", "this is a token of a user, not of a Page"),
        ({"is_valid": False}, "error", "the token is not valid"),
        ({"app_id": "78"}, "warning", "another application"),
        ({"granular_scopes": [{"scope": "pages_manage_posts", "target_ids": ["5"]}]}, "error", "for other Pages"),
    ],
)
def test_what_is_wrong_with_a_token_is_said_before_the_day(
    tmp_path: Path, told: dict[str, object], level: str, said: str
) -> None:
    rig = page(tmp_path)
    assert rig.sandbox is not None
    with rig.sandbox as sandbox:
        sandbox.shop("facebook", "facebook-thu").store.put("debug", "token", told)
        findings = check_on(rig, date(2027, 5, 20))
        [finding] = [f for f in findings if f.level != "ok"]
        assert finding.level == level
        assert said in finding.text
        assert not any(value in repr(findings) for value in sandbox.tokens.values())


def test_what_facebook_does_not_tell_must_be_confirmed(tmp_path: Path) -> None:
    """No call says whether an application is in development mode, where only its own people see the posts."""
    rig = page(tmp_path)
    assert rig.sandbox is not None
    settings = {key: value for key, value in rig.case.settings.items() if key not in ("app_id", "app_live")}
    with rig.sandbox:
        bare = replace(rig, account=make_account(rig.case, settings))
        levels = [(f.level, f.text.split(": ")[1]) for f in check_on(bare, date(2027, 5, 20)) if f.level != "ok"]
        assert levels == [("warning", "app_id"), ("warning", "app_live")]


def check_on(rig: Rig, today: date) -> tuple[Finding, ...]:
    channel = rig.channel()
    return check_page(
        channel.graph,  # type: ignore[attr-defined]
        channel.settings,  # type: ignore[attr-defined]
        ends=None,
        today=today,
        token="channels/a.yaml:3: token_env: X.",
        place="channels/a.yaml",
    )
