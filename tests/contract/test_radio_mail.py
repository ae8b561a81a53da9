"""Mail to a station: every answer of a mail server has its outcome, and no script is sent twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from channel_case import NOON, make_file

from publisher.channels.base import (
    Absent,
    Account,
    CannotTell,
    Channel,
    Found,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets

HELLO = {
    "AUTH": "235 welcome",
    "EHLO": "250-mail.example\r\n250 AUTH PLAIN LOGIN",
    "DATA": "354 go on",
    ".": "250 2.0.0 queued as 7",
}
PASSWORD = "mat-khau-rat-bi-mat"


class Server:
    """An SMTP server that says what it is told to; an empty answer hangs up."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = {**HELLO, **answers}
        self.taken: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                stream.write(b"220 mail.example\r\n")
                stream.flush()
                while self._answer(stream):
                    pass

    def _answer(self, stream) -> bool:
        line = stream.readline()
        verb = line.split()[0].decode().upper() if line.split() else ""
        if verb in ("", "QUIT"):
            return False
        answer = self.answers.get(verb, "250 ok")
        if not self._say(stream, answer):
            return False
        if verb == "DATA" and answer.startswith("354"):
            lines = []
            while (line := stream.readline()) not in (b".\r\n", b""):
                lines.append(line)
            if self.answers["."][:1] in ("2", ""):
                self.taken.append(b"".join(lines))
            return self._say(stream, self.answers["."])
        return True

    def _say(self, stream, answer: str) -> bool:
        if answer:
            stream.write(f"{answer}\r\n".encode())
            stream.flush()
        return bool(answer)


@contextmanager
def station(folder: Path, **answers: str) -> Iterator[tuple[Server, Channel]]:
    server = Server({**answers, **({".": answers["END"]} if "END" in answers else {})})
    settings = {
        "via": "mail", "host": "127.0.0.1", "port": server.port, "security": "none", "user": "publisher",
        "to": "thoi-su@dai.example", "from": "ban-tin@tinhmau.example", "timeout_s": 5,
    }  # fmt: skip
    account = Account("dai", "radio", "tinh-mau", settings, {"password": "RADIO_PASSWORD"}, "channels/dai.yaml")
    try:
        yield server, connect(account, secrets=Secrets({"RADIO_PASSWORD": PASSWORD}), folder=folder)
    finally:
        server.listener.close()


def script(folder: Path) -> Post:
    sound = make_file(folder, "ban-tin.mp3", b"ID3" + bytes(200), "audio/mpeg", "audio")
    return Post("ngay-18-5/radio/1", "dai", "script", "Bản tin 18/5", "Kính thưa bà con.", media=(sound,), due_at=NOON)


def attempt(channel: Channel, post: Post) -> tuple[Outcome | Prepared, Mapping[str, str]]:
    prepared = channel.prepare(post, {})
    if not isinstance(prepared, Prepared):
        return prepared, {}
    return channel.commit(post, prepared.handles), prepared.handles


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"END": "451 4.7.1 greylisted, come back"}, Retry),
        ({"END": "554 5.7.1 looks like spam"}, Rejected),
        ({"DATA": "421 too busy"}, Retry),
        ({"RCPT": "550 5.1.1 no such box"}, Rejected),
        ({"RCPT": "450 4.2.0 try later"}, Retry),
        ({"MAIL": "553 sender not allowed"}, Rejected),
        ({"AUTH": "535 5.7.8 wrong"}, Rejected),
        ({"EHLO": ""}, Retry),
    ],
)
def test_what_the_mail_server_did_not_take_is_surely_not_out(
    tmp_path: Path, answers: dict[str, str], outcome: type
) -> None:
    with station(tmp_path, **answers) as (server, channel):
        post = script(tmp_path)
        reached, handles = attempt(channel, post)
        assert isinstance(reached, outcome), reached
        assert server.taken == []
        if handles:  # what was refused while it was made ready is never looked for
            assert isinstance(channel.find(post, handles, NOON), Absent)
        assert PASSWORD not in repr((channel, reached, channel.check()))


def test_a_refused_login_names_the_setting(tmp_path: Path) -> None:
    with station(tmp_path, AUTH="535 5.7.8 wrong") as (_, channel):
        reached, _ = attempt(channel, script(tmp_path))
        assert isinstance(reached, Rejected)
        assert "password_env: RADIO_PASSWORD" in reached.reason


def test_a_connection_that_breaks_with_the_message_on_its_way_is_for_a_person(tmp_path: Path) -> None:
    with station(tmp_path, END="") as (server, channel):
        post = script(tmp_path)
        reached, handles = attempt(channel, post)
        assert isinstance(reached, Unknown)
        assert len(server.taken) == 1
        look = channel.find(post, handles, NOON)
        assert isinstance(look, CannotTell)
        assert "thoi-su@dai.example" in look.look_at


def test_a_message_whose_answer_was_not_recorded_is_found_and_never_sent_again(tmp_path: Path) -> None:
    """The worker dies between the server's word and the queue's."""
    with station(tmp_path) as (server, channel):
        post = script(tmp_path)
        _, handles = attempt(channel, post)
        assert isinstance(channel.find(post, handles, NOON), Found)
        again, _ = attempt(channel, post)
        assert isinstance(again, Sent)
        assert len(server.taken) == 1


def test_another_machine_cannot_say_that_nothing_was_sent(tmp_path: Path) -> None:
    with station(tmp_path / "one", END="") as (_, channel):
        post = script(tmp_path)
        _, handles = attempt(channel, post)
    with station(tmp_path / "two") as (_, other):
        assert isinstance(other.find(post, handles, NOON), CannotTell)


def test_the_message_holds_script_and_sound_and_says_what_it_answers(tmp_path: Path) -> None:
    with station(tmp_path) as (server, channel):
        post = script(tmp_path)
        sent, _ = attempt(channel, post)
        assert isinstance(sent, Sent)
        better = replace(post, text="Đính chính: 9 giờ.")
        assert channel.correct(better, sent) == Sent(sent.id, "", "a correcting message was sent: 2.0.0 queued as 7")
        assert isinstance(channel.withdraw(post, sent), Sent)
        first, second, third = server.taken
        assert b'filename="ban-tin.mp3"' in first
        assert b"In-Reply-To: " + sent.id.encode() in second
        assert b"filename=" not in third


def test_a_withdrawal_whose_answer_was_lost_is_not_mailed_a_second_time(tmp_path: Path) -> None:
    with station(tmp_path) as (server, channel):
        post = script(tmp_path)
        sent, handles = attempt(channel, post)
        assert isinstance(sent, Sent)
        known = {**handles, "id": sent.id}
        assert isinstance(channel.find(post, known, NOON), Found), "not withdrawn yet"
        server.answers["."] = ""
        assert isinstance(channel.withdraw(post, sent), Unknown)
        assert isinstance(channel.find(post, known, NOON), CannotTell), "a person asks the station"
        server.answers["."] = "250 ok"
        assert isinstance(channel.withdraw(post, sent), Sent)
        assert isinstance(channel.find(post, known, NOON), Absent), "gone: taken back by a message"


def test_too_large_a_piece_is_refused_before_the_server_is_asked(tmp_path: Path) -> None:
    with station(tmp_path) as (_, channel):
        post = script(tmp_path)
        large = replace(post, media=(replace(post.media[0], bytes=30_000_000),))
        assert any("a mail takes" in reason for reason in channel.fit(large))
