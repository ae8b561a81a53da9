"""Every kind of channel, found by listing the package, must keep these promises against its stand-in."""

from __future__ import annotations

import base64
import inspect
import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
import yaml
from channel_case import COMMIT_FAULTS, NOON, PREPARE_FAULTS, SLOW_S, Case, Rig, Server, load_cases, make_account

from publisher.channels import radio_libretime, zalo_video
from publisher.channels.base import (
    Absent,
    CannotTell,
    Found,
    KnownHere,
    Media,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.registry import connect, limits_of, list_kinds, load_account
from publisher.channels.secrets import Secrets
from publisher.channels.web import NeverLeft, NoAnswer, judge_exception
from publisher.clock import SetClock
from publisher.errors import CredentialsError, SettingsError
from publisher.files import hash_file
from publisher.sandbox.server import Sandbox
from tests.real.fault_line import FaultLine

SINCE = NOON - timedelta(minutes=1)


CASES: list[Case] = [case for kind in list_kinds() for case in load_cases(kind).values()]
HTTP = [case for case in CASES if case.server is None]


def each_of(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """The test once a case; a real server takes its time to start."""
    params = [pytest.param(case, id=case.name, marks=pytest.mark.slow if case.real else ()) for case in cases]
    return pytest.mark.parametrize("case", params)


def each_way_of(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """As `each_of`, quick once a way of sending; another shape of post on the same way can wait for `make test-all`."""
    params, known = [], set()
    for case in cases:
        way = (case.kind, case.settings.get("flavour"), case.settings.get("via"), case.commit_step)
        params.append(pytest.param(case, id=case.name, marks=pytest.mark.slow if case.real or way in known else ()))
        known |= {way} if not case.real else set()
    return pytest.mark.parametrize("case", params)


each = each_of(CASES)
each_http = each_of(case for case in CASES if case.over_http)
each_sandboxed = each_of(HTTP)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def note_proof(request: pytest.FixtureRequest, case: Case, server: Server) -> None:
    """Say in the report of this test which real server it spoke to."""
    if case.real:
        request.node.user_properties.append(("proved", [case.name, case.real, server.version]))


@pytest.fixture
def rig(case: Case, tmp_path: Path, stack: ExitStack, request: pytest.FixtureRequest) -> Rig:
    account = make_account(case, case.settings)
    if case.server is not None:
        server = stack.enter_context(case.server(tmp_path))
        note_proof(request, case, server)
        account = make_account(case, {**case.settings, **server.settings})
        if server.line is not None:
            stack.callback(lambda: check_sound(server.line))
        return Rig(case, tmp_path, None, server, account)
    sandbox = Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON), slow_s=SLOW_S)
    stack.callback(lambda: check_sound(sandbox))
    return Rig(case, tmp_path, stack.enter_context(sandbox), None, account)


def check_sound(sandbox: Sandbox | FaultLine) -> None:
    """A stand-in that breaks looks like a service that breaks: a test must not pass by it."""
    assert sandbox.errors == []


def play_person(rig: Rig) -> None:
    """A person pastes what lies ready, and says so."""
    for path in (rig.folder / "goi").iterdir():
        (path / "dia-chi.txt").write_text(f"{rig.account.settings.get('base_url')}/tin/1\n")
        (path / "da-dang.txt").write_text("Lan, 8 giờ 05 ngày 18/5\n")


@each
def test_a_post_arrives_as_written(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    assert channel.fit(post) == ()
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    assert rig.seen() == [], "prepare must show nothing"
    sent = channel.commit(post, prepared.handles)
    if case.needs_person:
        assert isinstance(sent, Unknown)
        assert isinstance(channel.find(post, prepared.handles, SINCE), CannotTell)
        play_person(rig)
    else:
        assert isinstance(sent, Sent), sent
    look = channel.find(post, prepared.handles, SINCE)
    assert isinstance(look, Found), look
    [seen] = rig.seen()
    for words in case.words(post):
        assert words in seen.words
    assert {m.path.read_bytes() for m in post.media} <= set(seen.files)
    assert channel.confirm(post, look.sent).id == look.sent.id


@each
def test_preparing_twice_posts_once(case: Case, rig: Rig) -> None:
    """A worker may die after prepare, with or without what it obtained."""
    channel, post = rig.channel(), rig.post()
    channel.prepare(post, {})
    first = channel.prepare(post, {})
    assert isinstance(first, Prepared)
    second = channel.prepare(post, first.handles)
    assert isinstance(second, Prepared)
    channel.commit(post, second.handles)
    if case.needs_person:
        play_person(rig)
    assert len(rig.seen()) == 1


@each
def test_what_was_changed_after_preparing_goes_out_as_it_is_now(case: Case, rig: Rig) -> None:
    """Approved, uploaded, changed, approved again: neither the old words nor the old files may go out."""
    channel, old = rig.channel(), rig.post()
    before = {media.path.read_bytes() for media in old.media}
    assert isinstance(channel.prepare(old, {}), Prepared)
    new = change(old)
    ready = channel.prepare(new, {})
    assert isinstance(ready, Prepared)
    assert isinstance(channel.commit(new, ready.handles), Unknown if case.needs_person else Sent)
    if case.needs_person:
        play_person(rig)
    [seen] = rig.seen()
    assert old.text not in seen.words.splitlines()
    for words in case.words(new):
        assert words in seen.words
    assert {media.path.read_bytes() for media in new.media} <= set(seen.files)
    assert not before & set(seen.files)


def change(post: Post) -> Post:
    """The post with other words, and other bytes under the same names."""

    def changed(media: Media) -> Media:
        path = media.path.with_name(f"moi-{media.path.name}")
        data = media.path.read_bytes()
        # A film of the same length: an upload counted by its bytes alone would be taken for the new one's.
        path.write_bytes(data[:12] + data[:11:-1] if media.role == "video" else data + b"\n\n")
        return replace(media, path=path, sha256=hash_file(path), bytes=path.stat().st_size)

    words = {"title": f"{post.title} mới", "text": f"{post.text} Sửa rồi.", "html": f"{post.html}<p>Sửa rồi.</p>"}
    return replace(post, **words, media=tuple(map(changed, post.media)))


@each
def test_a_post_that_was_never_sent_is_absent(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    rig.send(rig.post("another/key"), channel) if not case.needs_person else None
    other = replace(post, title=f"{post.title} (khác)", text=f"{post.text} (bài khác)")
    assert isinstance(channel.find(other, {}, SINCE), CannotTell if case.by_note else Absent)


@each
def test_what_is_out_is_not_taken_for_absent_on_a_new_machine(case: Case, rig: Rig) -> None:
    """After a restore neither ids nor notes need be there: who needs them to see a post has to say so."""
    post, channel = rig.post(), rig.channel()
    ready = channel.prepare(post, {})
    assert isinstance(ready, Prepared)
    channel.commit(post, ready.handles)
    shutil.rmtree(rig.folder / "state", ignore_errors=True)
    look = rig.channel().find(post, {}, SINCE)
    knows_here_only = isinstance(channel, KnownHere) and channel.known_here_only(post)
    assert knows_here_only or not isinstance(look, Absent)


@each_http
def test_over_a_limit_is_refused_before_any_request(case: Case, rig: Rig) -> None:
    channel = rig.channel()
    reasons = channel.fit(case.too_long(rig.post()))
    assert reasons
    assert len(rig.line.requests) == 0


@each_http
def test_a_film_longer_than_allowed_is_refused_before_any_request(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    limit = channel.limits.video_s
    if limit is None or not any(m.role == "video" for m in post.media):
        return
    longest = limit if post.shape == "reel" else 86_400.0
    films = tuple(replace(m, seconds=longest + 1) if m.role == "video" else m for m in post.media)
    assert any(" s; allowed: " in reason for reason in channel.fit(replace(post, media=films)))
    assert len(rig.line.requests) == 0


@each
def test_pictures_without_alt_text_are_refused(case: Case, rig: Rig) -> None:
    post = rig.post()
    bare = replace(post, media=tuple(replace(m, alt="") for m in post.media))
    if any(m.role == "image" for m in post.media):
        assert any("alt text" in reason for reason in rig.channel().fit(bare))


@each_http
@pytest.mark.parametrize("fault", COMMIT_FAULTS)
def test_a_fault_while_committing_loses_and_doubles_nothing(case: Case, rig: Rig, fault: str) -> None:
    expected, count = case.faults.get(fault, COMMIT_FAULTS[fault])
    channel, post = rig.channel(), rig.post()
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    rig.line.faults.play(fault, kind=case.kind, step=case.commit_step)
    sending = rig.channel(timeout_s=rig.impatient_s) if fault == "slow" else channel
    outcome = sending.commit(post, prepared.handles)
    rig.wait_for_the_slow(fault, count)
    assert isinstance(outcome, expected), outcome
    assert rig.line.faults.left == 0
    assert len(rig.seen()) == count
    look = channel.find(post, prepared.handles, SINCE)
    assert isinstance(look, Found if count else Absent), look
    if not count:  # what the queue does next: surely absent, so once more
        assert isinstance(channel.commit(post, prepared.handles), Sent)
    assert len(rig.seen()) == 1


@each_http
@pytest.mark.parametrize("fault", PREPARE_FAULTS)
def test_a_fault_while_preparing_is_never_unknown(
    case: Case, rig: Rig, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not case.prepares:
        return
    if fault == "slow":  # files are given minutes: here they wait as long as any other call
        for module in (zalo_video, radio_libretime):
            monkeypatch.setattr(module, "UPLOAD_S", rig.impatient_s)
    channel, post = rig.channel(), rig.post()
    rig.line.faults.play(fault, kind=case.kind, step=case.prepare_step)
    preparing = rig.channel(timeout_s=rig.impatient_s) if fault == "slow" else channel
    prepared = preparing.prepare(post, {})
    assert isinstance(prepared, Retry | Prepared), prepared
    assert rig.seen() == []
    rig.send(post, channel)
    assert len(rig.seen()) == 1
    assert case.leaves_drafts or rig.drafts() == 0, "an earlier draft is adopted, not left beside a second"


@each_http
def test_never_connected_is_retry(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    rig.line.stop()
    outcome = channel.commit(post, prepared.handles)
    assert isinstance(outcome, Retry), outcome
    assert isinstance(channel.find(post, prepared.handles, SINCE), CannotTell)
    assert all(finding.level != "ok" or "answers" not in finding.text for finding in channel.check())
    rig.line.start()
    assert rig.seen() == []


@each_http
def test_throttling_waits_as_told(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    for fault, wait_s in (("throttle", case.throttled_s), ("unavailable", 37.0)):
        rig.line.faults.play(fault, kind=case.kind, step=case.commit_step)
        outcome = channel.commit(post, prepared.handles)
        assert outcome == Retry(getattr(outcome, "reason", ""), wait_s)


@each_http
def test_reading_back_that_fails_decides_nothing(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    channel.commit(post, prepared.handles)
    for fault in ("drop_before", "error_before", "html_after", "throttle", "wrong_type"):
        rig.line.faults.play(fault, kind=case.kind, step="read")
        look = channel.find(post, prepared.handles, SINCE)
        rig.line.faults.clear()
        # A WebDAV folder answers with the file itself: a page in its place is no manifest of ours.
        assert isinstance(look, CannotTell) or (case.kind == "radio" and fault == "wrong_type"), (fault, look)


@each_http
def test_a_bad_token_is_rejected_and_names_the_setting(case: Case, rig: Rig) -> None:
    if not case.token_setting:
        return
    wrong = dict.fromkeys(case.secrets.values(), "sai-hoan-toan-000000")
    channel, post = rig.channel(values=wrong), rig.post()
    outcome = channel.prepare(post, {})
    if isinstance(outcome, Prepared):
        outcome = channel.commit(post, outcome.handles)
    assert isinstance(outcome, Rejected), outcome
    assert case.token_setting in outcome.reason
    assert "sai-hoan-toan" not in outcome.reason
    [finding, *_] = [f for f in channel.check() if f.level == "error"]
    assert case.token_setting in finding.text


@each
def test_a_missing_secret_names_the_variable(case: Case, rig: Rig) -> None:
    if not case.token_setting:
        return
    with pytest.raises(CredentialsError) as caught:
        rig.channel(values={})
    assert any(variable in str(caught.value) for variable in case.secrets.values())


@each_http
def test_no_secret_in_any_value_log_or_address(case: Case, rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel, post = rig.channel(), rig.post()
    said: list[object] = [channel, channel.check(), channel.prepare(post, {})]
    prepared = channel.prepare(post, {})
    assert isinstance(prepared, Prepared)
    for fault in ("expired", "policy", "throttle", "error_after"):
        rig.line.faults.play(fault, kind=case.kind, step=case.commit_step)
        said.append(channel.commit(post, prepared.handles))
    sent = channel.commit(post, prepared.handles)
    said += [sent, channel.find(post, prepared.handles, SINCE)]
    shown = "\n".join([*map(repr, said), caplog.text, *(request.target for request in rig.line.requests)])
    tokens = access_tokens(rig)
    for value in tokens:
        for form in (value, quote(value, safe=""), base64.b64encode(value.encode()).decode()):
            assert form not in shown
    assert "access_token=" not in shown


def access_tokens(rig: Rig) -> set[str]:
    """Every secret of the account, and tokens the stand-in gave out itself."""
    if rig.server is not None:
        return set(rig.server.values.values())
    assert rig.sandbox is not None
    state = rig.sandbox.shop(rig.case.kind, rig.account.name).store.get("login", "state") or {}
    return set(rig.sandbox.tokens.values()) | {str(state[key]) for key in ("access", "refresh") if state.get(key)}


@each
def test_a_correction_replaces_what_readers_see(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    if not case.corrects:
        assert not channel.can_correct
        return
    sent = rig.send(post, channel)
    better = replace(post, text="Đính chính: 9 giờ.", title=f"{post.title} (đính chính)", summary="Đính chính: 9 giờ.")
    # The queue approves a correction as a piece of its own: it has a key of its own.
    better = replace(better, key=f"{post.key}#correct-1")
    outcome = channel.correct(better, sent)
    assert isinstance(outcome, Sent), outcome
    assert outcome.id == sent.id
    [seen] = rig.seen()
    assert "Đính chính: 9 giờ." in seen.words


@each
def test_a_withdrawal_leaves_nothing_to_see(case: Case, rig: Rig) -> None:
    channel, post = rig.channel(), rig.post()
    if not case.withdraws:
        assert not channel.can_withdraw
        return
    sent = rig.send(post, channel)
    assert isinstance(channel.withdraw(post, sent), Sent)
    assert rig.seen() == []
    assert isinstance(channel.withdraw(post, sent), Sent | Rejected), "a second withdrawal is no accident"


@each
def test_settings_make_the_round_trip(case: Case, rig: Rig) -> None:
    """What a file says is what the account holds; an unknown key is an error with its line and the nearest name."""
    lines = {"kind": case.kind, "unit": "tinh-mau", **rig.account.settings}
    lines |= {f"{name}_env": variable for name, variable in case.secrets.items()}
    path = rig.folder / f"{case.kind}-thu.yaml"
    path.write_text(yaml.safe_dump(lines, allow_unicode=True, sort_keys=False))
    account = load_account(path, shown=path.name)
    assert {k: v for k, v in account.settings.items() if k not in ("kind", "unit")} == dict(rig.account.settings)
    assert account.secrets == case.secrets
    assert limits_of(account) == rig.channel().limits
    text = path.read_text()
    path.write_text(f"{text}timeot_s: 3\n")
    with pytest.raises(SettingsError) as caught:
        load_account(path, shown=path.name)
    [problem] = caught.value.problems
    line = text.count("\n") + 1
    wrong = f"timeot_s: not a setting of a {case.kind} channel. Did you mean `timeout_s`?"
    assert str(problem) == f"{path.name}:{line}: {wrong}"


@each_sandboxed
def test_in_the_sandbox_nothing_else_is_ever_called(case: Case, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = requests.Session.send

    def watched(self: requests.Session, request: requests.PreparedRequest, **more: object) -> requests.Response:
        asked.append(str(request.url))
        return real(self, request, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.Session, "send", watched)
    channel, post = rig.channel(), rig.post()
    channel.check()
    sent = rig.send(post, channel)
    channel.confirm(post, sent)
    channel.find(post, {}, SINCE)
    channel.correct(post, sent)
    channel.withdraw(post, sent)
    assert rig.sandbox is not None
    assert asked
    assert all(url.startswith(f"{rig.sandbox.url}/{case.kind}/") for url in asked), asked


def test_every_exception_class_of_requests_gets_an_outcome() -> None:
    classes = [
        value
        for _, value in inspect.getmembers(requests.exceptions, inspect.isclass)
        if issubclass(value, requests.RequestException)
    ]
    assert len(classes) > 15
    for kind in classes:
        error = kind("x", "x", 0) if kind is requests.exceptions.JSONDecodeError else kind("x")
        assert isinstance(judge_exception(error), NeverLeft | NoAnswer)


def test_only_what_surely_never_left_is_called_so() -> None:
    """A dropped connection, a time-out while reading and a broken answer may all hide a post."""
    errors = requests.exceptions
    for error in (errors.ConnectionError("aborted"), errors.ReadTimeout("x"), errors.ChunkedEncodingError("x")):
        assert isinstance(judge_exception(error), NoAnswer)
    assert isinstance(judge_exception(errors.ConnectTimeout("x")), NeverLeft)


def test_a_post_of_an_earlier_run_is_still_there(tmp_path: Path) -> None:
    """The sandbox keeps everything in its folder, so that a second demo finds the first one's posts."""
    case = next(case for case in HTTP if case.name == "facebook-text")
    account = make_account(case, case.settings)
    for _ in range(2):
        with Sandbox(tmp_path / "sandbox", accounts=[account], clock=SetClock(NOON)) as sandbox:
            rig = Rig(case, tmp_path, sandbox, None, account)
            if not rig.seen():
                rig.send(rig.post())
            assert isinstance(rig.channel().find(rig.post(), {}, SINCE), Found)
            assert len(rig.seen()) == 1


def test_an_account_without_sandbox_keeps_its_real_address(tmp_path: Path) -> None:
    case = next(case for case in HTTP if case.name == "facebook-text")
    channel = connect(
        make_account(case, case.settings),
        secrets=Secrets({"FB_THU_TOKEN": "abc-def", "FB_THU_SECRET": "ghi-jkl"}),
        folder=tmp_path,
    )
    assert channel.graph.web.bases[0] == "https://graph.facebook.com"  # type: ignore[attr-defined]
    assert datetime.now(UTC).year >= 2026
