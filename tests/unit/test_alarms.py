"""Alarms reach a person through a real mail server and a real webhook: once, again while nobody acts, never lost."""

# ruff: noqa: F811 - fixtures of the store, taken over from its own tests

from __future__ import annotations

import email
import email.policy
import json
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from publisher.alarm_settings import AlarmSettings, Recipient, read_alarms
from publisher.channels.base import Finding
from publisher.channels.dummy import Dummy, Written
from publisher.channels.secrets import Secrets
from publisher.clock import SetClock
from publisher.engine.alarms import MOST_TOLD, Asking, Bell
from publisher.engine.local import Service
from publisher.errors import NothingMatchedError
from publisher.queue.store import Store
from publisher.settings import parse_yaml
from tests.contract.test_store import server, store, url  # noqa: F401 - SQLite, and Postgres where slow tests run
from tests.faults.parts import BINH, NOW, piece, queue

PASSWORD = "mat khau p@ss/w0rd:?"
LATE = NOW + timedelta(hours=8)


class Hook:
    """A webhook on a real socket; answers with `status` and keeps what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[dict[str, Any]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.taken.append(json.loads(body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self._server.server_address[1]}/bao-dong"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.close()


class Letters:
    """Takes mail only from who logs in with the right password."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.taken.append((envelope.rcpt_tos, letter))
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[str, Letters]]:
    def login(server: object, session: object, envelope: object, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"may", PASSWORD.encode()))

    letters = Letters()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        letters, hostname="127.0.0.1", port=port, authenticator=login, auth_required=True, auth_require_tls=False
    )
    controller.start()
    yield f"mailto://127.0.0.1:{port}?from=may@tinh.vn&to=truc@tinh.vn&format=text", letters
    controller.stop()


def make_bell(store: Store, *recipients: Recipient, clock: SetClock, **more: Any) -> Bell:
    values = {"MAIL_USER": "may", "MAIL_PASSWORD": PASSWORD, **more.pop("values", {})}
    settings = AlarmSettings(recipients, more.pop("repeat_s", 4 * 3600.0))
    return Bell(store, settings, clock=clock, secrets=Secrets(values), **more)


def refused(store: Store, tmp_path: Path, *ids: str) -> None:
    """Pieces that the channel refused."""
    queue(store, *[piece(name) for name in ids])
    script = Written({"commit": ["rejected"]})
    Service(store, {"acc": Dummy("acc", tmp_path, script)}, SetClock(NOW)).run(until_idle=True)
    assert {store.get(name).state for name in ids} == {"rejected"}


def test_an_alarm_is_told_once_and_again_only_while_nobody_acts(store: Store, tmp_path: Path, hook: Hook) -> None:
    refused(store, tmp_path, "k1")
    clock = SetClock(NOW)
    bell = make_bell(store, Recipient("truc", hook.address), clock=clock)
    assert [bell.ring() for _ in range(3)] == [{"truc": 1}, {"truc": 0}, {"truc": 0}]
    clock.wait_until(NOW + timedelta(hours=3, minutes=59))
    assert bell.ring() == {"truc": 0}
    clock.wait_until(NOW + timedelta(hours=4, minutes=1))
    assert bell.ring() == {"truc": 1}
    first, second = (message["message"] for message in hook.taken)
    assert "k1" in first
    assert "nhắc lần" not in first
    assert "nhắc lần 2" in second
    store.cancel(["k1"], person=BINH, now=clock.now())
    clock.wait_until(NOW + timedelta(days=2))
    assert bell.ring() == {"truc": 0}
    assert store.verify_ledger() == []


def test_the_rate_of_repetition_is_a_setting_and_nought_means_once(store: Store, tmp_path: Path, hook: Hook) -> None:
    refused(store, tmp_path, "k1")
    clock = SetClock(NOW)
    hourly = make_bell(store, Recipient("moi-gio", hook.address), clock=clock, repeat_s=3600.0)
    once = make_bell(store, Recipient("mot-lan", hook.address), clock=clock, repeat_s=0.0)
    told = {"moi-gio": 0, "mot-lan": 0}
    for hour in range(24):
        clock.wait_until(NOW + timedelta(hours=hour))
        for bell in (hourly, once):
            for name, number in bell.ring().items():
                told[name] += number
    assert told == {"moi-gio": 24, "mot-lan": 1}


def test_a_restart_does_not_tell_it_again(store: Store, tmp_path: Path, hook: Hook, url: str) -> None:
    refused(store, tmp_path, "k1")
    make_bell(store, Recipient("truc", hook.address), clock=SetClock(NOW)).ring()
    again = Store.open(url, artifacts=tmp_path / "store")
    assert make_bell(again, Recipient("truc", hook.address), clock=SetClock(NOW)).ring() == {"truc": 0}
    again.close()


def test_two_processes_tell_it_once(store: Store, tmp_path: Path, hook: Hook, url: str) -> None:
    refused(store, tmp_path, *[f"k{n}" for n in range(5)])
    other = Store.open(url, artifacts=tmp_path / "store")
    bells = [make_bell(s, Recipient("truc", hook.address), clock=SetClock(NOW)) for s in (store, other) * 4]
    threads = [threading.Thread(target=bell.ring) for bell in bells]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    text = "".join(message["message"] for message in hook.taken)
    assert [text.count(f"• k{n} ") for n in range(5)] == [1] * 5


def test_an_alarm_that_does_not_get_through_is_logged_and_tried_again(
    store: Store,
    tmp_path: Path,
    hook: Hook,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused(store, tmp_path, "k1")
    clock = SetClock(NOW)
    hook.status = 503
    bell = make_bell(store, Recipient("truc", hook.address), clock=clock)
    with caplog.at_level(logging.DEBUG):
        assert bell.ring() == {"truc": 0}
    said = [record.getMessage() for record in caplog.records if record.name.startswith("publisher")]
    assert any("did not get through" in line and "truc" in line for line in said)
    hook.status = 200
    assert bell.ring() == {"truc": 0}  # not before its time
    clock.wait_until(NOW + timedelta(seconds=61))
    assert bell.ring() == {"truc": 1}


def test_one_dead_recipient_does_not_keep_it_from_the_other(store: Store, tmp_path: Path, hook: Hook) -> None:
    refused(store, tmp_path, "k1")
    dead, lost = Recipient("chet", "json://127.0.0.1:9/"), Recipient("thieu", address_env="KHONG_CO")
    bell = make_bell(store, dead, lost, Recipient("truc", hook.address), clock=SetClock(NOW))
    assert bell.ring() == {"chet": 0, "thieu": 0, "truc": 1}


def test_somebody_who_takes_care_of_it_is_not_reminded(store: Store, tmp_path: Path, hook: Hook) -> None:
    refused(store, tmp_path, "k1", "k2")
    clock = SetClock(NOW)
    bell = make_bell(store, Recipient("truc", hook.address), clock=clock)
    bell.ring()
    store.alarm_book.note_seen(["k1"], person=BINH, now=clock.now())
    with pytest.raises(NothingMatchedError, match="k9"):
        store.alarm_book.note_seen(["k9"], person=BINH, now=clock.now())
    clock.wait_until(LATE)
    assert bell.ring() == {"truc": 1}
    assert "k1" not in hook.taken[-1]["message"]
    assert [line.by for line in store.history("k1") if line.act == "alarm seen"] == ["binh"]


def test_the_same_fault_later_is_a_new_alarm(store: Store, tmp_path: Path, hook: Hook) -> None:
    refused(store, tmp_path, "k1")
    clock = SetClock(NOW)
    bell = make_bell(store, Recipient("truc", hook.address), clock=clock)
    bell.ring()
    store.retry(["k1"], person=BINH, now=NOW)
    assert bell.ring() == {"truc": 0}
    again = {"acc": Dummy("acc", tmp_path / "2", Written({"commit": ["rejected"]}))}
    Service(store, again, SetClock(NOW + timedelta(minutes=1))).run(until_idle=True)
    clock.wait_until(NOW + timedelta(minutes=1))
    assert bell.ring() == {"truc": 1}


def test_mail_goes_through_a_server_that_asks_for_a_login(
    store: Store,
    tmp_path: Path,
    mail: tuple[str, Letters],
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused(store, tmp_path, "k1")
    address, letters = mail
    recipient = Recipient("truc", address, user_env="MAIL_USER", password_env="MAIL_PASSWORD")
    bell = make_bell(store, recipient, clock=SetClock(NOW), office="Tỉnh Mẫu")
    with caplog.at_level(logging.DEBUG):
        assert bell.ring() == {"truc": 1}
    ((to, letter),) = letters.taken
    assert to == ["truc@tinh.vn"]
    assert "Tỉnh Mẫu: 1 việc cần người xem" in letter["Subject"]
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "k1" in text
    assert "Không đăng, cần người sửa" in text
    assert PASSWORD not in caplog.text
    assert "p%40ss" not in caplog.text


def test_a_wrong_password_is_no_delivery_and_stays_out_of_the_log(
    store: Store,
    tmp_path: Path,
    mail: tuple[str, Letters],
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused(store, tmp_path, "k1")
    recipient = Recipient("truc", f"{mail[0]}&cto=1", user_env="MAIL_USER", password_env="MAIL_PASSWORD")
    bell = make_bell(store, recipient, clock=SetClock(NOW), values={"MAIL_PASSWORD": "sai-mat-khau-1"})
    with caplog.at_level(logging.DEBUG):
        assert bell.ring() == {"truc": 0}
    assert mail[1].taken == []
    assert "sai-mat-khau-1" not in caplog.text


def test_after_an_outage_one_message_tells_how_many(store: Store, tmp_path: Path, hook: Hook) -> None:
    names = [f"k{n:03}" for n in range(MOST_TOLD + 15)]
    refused(store, tmp_path, *names)
    assert make_bell(store, Recipient("truc", hook.address), clock=SetClock(NOW)).ring() == {"truc": len(names)}
    (message,) = hook.taken
    assert f"{len(names)} việc" in message["title"]
    assert "và 15 việc nữa" in message["message"]


class Ailing(Dummy):
    """An account whose token says of itself what is wrong."""

    said: tuple[Finding, ...] = ()

    def check(self) -> tuple[Finding, ...]:
        return self.said


def test_a_token_about_to_end_is_told_and_again_when_it_has_ended(store: Store, tmp_path: Path, hook: Hook) -> None:
    channel, clock = Ailing("acc", tmp_path), SetClock(NOW)
    bell = make_bell(
        store, Recipient("truc", hook.address), clock=clock, asking=Asking({"acc": channel}, {"khac": "no variable"})
    )
    assert bell.ring() == {"truc": 1}  # the account without its variable
    channel.said = (Finding("ok", "answers"), Finding("warning", "the token ends on 25/05/2026"))
    clock.wait_until(NOW + timedelta(hours=6, minutes=1))
    bell.ring()
    assert "the token ends on 25/05/2026" in hook.taken[-1]["message"]
    number = len(hook.taken)
    channel.said = (Finding("error", "the token is not valid"),)
    clock.wait_until(NOW + timedelta(hours=6, minutes=32))
    bell.ring()
    assert "the token is not valid" in hook.taken[number]["message"]
    channel.said = ()
    clock.wait_until(NOW + timedelta(days=3))
    bell.ring()
    assert "the token is not valid" not in hook.taken[-1]["message"]


def test_one_warning_of_an_account_does_not_hide_another(store: Store, tmp_path: Path, hook: Hook) -> None:
    """Nobody has confirmed that the application is live; weeks later the token is about to end as well."""
    channel, clock = Ailing("acc", tmp_path), SetClock(NOW)
    bell = make_bell(store, Recipient("truc", hook.address), clock=clock, asking=Asking({"acc": channel}))
    live = Finding("warning", "not confirmed to be live", "app_live")
    channel.said = (live,)
    assert bell.ring() == {"truc": 1}
    channel.said = (live, Finding("warning", "the token ends on 25/05/2026", "expires_at"))
    clock.wait_until(NOW + timedelta(hours=1))
    assert bell.ring() == {"truc": 1}
    assert "the token ends on 25/05/2026" in hook.taken[-1]["message"]
    clock.wait_until(NOW + timedelta(hours=2))
    assert bell.ring() == {"truc": 0}, "each is told once"


def test_the_service_rings_at_the_end_of_a_run_and_a_dead_mail_server_does_not_keep_it_from_sending(
    store: Store,
    tmp_path: Path,
    hook: Hook,
) -> None:
    queue(store, piece("k1"), piece("k2"))
    bell = make_bell(store, Recipient("chet", "mailto://127.0.0.1:9?from=a@b.vn&to=c@d.vn"),
                     Recipient("truc", hook.address), clock=SetClock(NOW))  # fmt: skip
    channel = Dummy("acc", tmp_path, Written({"commit": ["rejected"]}))
    service = Service(store, {"acc": channel}, SetClock(NOW), ring=bell.ring)
    ended = service.run(until_idle=True)
    assert dict(ended.outcomes) == {"k1": "rejected", "k2": "rejected"}
    (message,) = hook.taken
    assert message["message"].count("• ") == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("address: mailtos://may:matkhau123@smtp.tinh.vn?to=a@b.vn", "holds a login"),
        ("address: mailtos://smtp.tinh.vn?to=a@b.vn&pass=matkhau123", "holds a login"),
        ("address: slack://T0000/B0000/matkhau123", "address_env"),
        ("address_env: matkhau123", "never the secret itself"),
        ("password_env: matkhau123\n    address: mailto://x.vn?to=a@b.vn", "never the secret itself"),
        ("address: mailto://x.vn?to=a@b.vn\n    address_env: ALARM", "either"),
    ],
)
def test_a_secret_in_the_settings_is_refused_and_not_repeated(line: str, said: str) -> None:
    marked = parse_yaml(f"to:\n  - name: truc\n    {line}\n", path="publisher.yaml")
    read_alarms(marked)
    told = " ".join(str(problem) for problem in marked.problems)
    assert said in told
    assert "matkhau123" not in told
