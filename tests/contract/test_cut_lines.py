"""Whatever breaks on the wire to a station's real server: it holds one script or none, and the ledger says which."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import paramiko
import pytest
from channel_case import NOON, Case, Server, load_cases, make_file
from desk import BINH, KEY, Desk, open_desk
from test_channels import note_proof

from publisher.channels.base import Post
from publisher.channels.radio_ftps import FtpsDrop, _Ftps
from publisher.channels.radio_sftp import SftpDrop
from publisher.channels.radio_webdav import WebdavDrop
from tests.real.cut_line import CUT_AFTER, CUT_BEFORE, CUT_WITHIN, STALL_AFTER, STALL_BEFORE, CutLine

CASES = load_cases("radio")
STALLS = (STALL_BEFORE, STALL_AFTER)


@dataclass(frozen=True)
class Call:
    """A method, and what it is given first where that matters."""

    kind: type
    name: str
    given: object = None


@dataclass(frozen=True)
class Way:
    """How a script travels: the call that delivers it, on which of its turns, and the call that uploads its files."""

    case: Case
    commits: Call
    turn: int
    uploads: Call
    megabytes: float = 0.4


WAYS = {
    "sftp": Way(CASES["radio-sftp-real"], Call(paramiko.SFTPClient, "rename"), 1, Call(SftpDrop, "write")),
    "ftps": Way(CASES["radio-ftps-real"], Call(_Ftps, "rename"), 2, Call(FtpsDrop, "write")),  # RNFR, RNTO
    "webdav": Way(CASES["radio-webdav-real"], Call(WebdavDrop, "rename"), 1, Call(WebdavDrop, "write")),
    # More than the kernel keeps for a connection: the client notices before it has written everything.
    "mail": Way(
        CASES["radio-mail"],
        Call(smtplib.SMTP, "send", b".\r\n"),
        0,
        Call(smtplib.SMTP, "docmd", "DATA"),
        megabytes=8,
    ),
}
FOLDERS = [pytest.param(name, id=name, marks=pytest.mark.slow) for name in ("sftp", "ftps", "webdav")]
FAULTS = pytest.mark.parametrize(
    ("fault", "count"),
    [
        (CUT_BEFORE, 0),
        (CUT_AFTER, 1),
        pytest.param(STALL_BEFORE, 0, marks=pytest.mark.slow),
        pytest.param(STALL_AFTER, 1, marks=pytest.mark.slow),
    ],
)
"""Each with how many scripts the server then holds."""


@dataclass
class Stage:
    """A queue, the line, and the real server behind it."""

    way: Way
    desk: Desk
    line: CutLine
    patch: pytest.MonkeyPatch

    def play(self, fault: str, at: Call, *, turn: int = 1, within: int = 0) -> None:
        """Play the fault the next time that call is made."""
        real: Callable[..., Any] = getattr(at.kind, at.name)

        def armed(self_: object, *given: Any) -> Any:
            if at.given in (None, given[0]):
                setattr(at.kind, at.name, real)
                self.line.play(fault, turn=turn, within=within, acted=lambda: len(self.desk.rig.seen()) == 1)
            return real(self_, *given)

        self.patch.setattr(at.kind, at.name, armed)

    def send(self, fault: str) -> None:
        """Send once, over the line as it was told to be."""
        self.desk.timeout_s = self.desk.rig.impatient_s if fault in STALLS else 30.0
        self.desk.send()
        self.desk.timeout_s = 30.0
        assert self.line.played == 1, "the fault was not played"
        turns = iter(range(300))
        while fault == STALL_AFTER and not self.desk.rig.seen() and next(turns, None) is not None:
            time.sleep(0.05)
        self.line.mend()

    def check_sent(self) -> None:
        """It is out once, whole, and so says the ledger."""
        piece = self.desk.get()
        assert (piece.state, self.desk.said_last()) == ("sent", "sent"), piece.reason
        [seen] = self.desk.rig.seen()
        assert set(seen.files) == {media.path.read_bytes() for media in piece.post.media}
        assert self.desk.store.verify_ledger() == []


@pytest.fixture
def stage(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Stage]:
    used = WAYS[way]
    with ExitStack() as stack:
        line = stack.enter_context(CutLine())
        case = replace(used.case, server=behind(line, used.case), post=script_of(used.megabytes), line=False)
        desk = open_desk(case, tmp_path, stack)
        assert desk.rig.server is not None
        note_proof(request, case, desk.rig.server)
        pasv = _Ftps.makepasv  # where a data connection goes, a line goes too

        def led_around(self: _Ftps) -> tuple[str, int]:
            host, port = pasv(self)
            return host, line.way_to(port)

        monkeypatch.setattr(_Ftps, "makepasv", led_around)
        yield Stage(used, desk, line, monkeypatch)


def behind(line: CutLine, case: Case) -> Callable[[Path], Any]:
    """The case's server, reached through the line only."""

    @contextmanager
    def server(folder: Path) -> Iterator[Server]:
        assert case.server is not None
        with case.server(folder) as real:
            if real.line is not None:  # there are two lines before it: this one leads to the server itself
                settings = {"url": f"http://127.0.0.1:{line.way_to(real.line.port)}"}
            else:
                settings = {**real.settings, "port": line.way_to(int(real.settings["port"]))}
            yield replace(real, settings=settings, line=None)

    return server


def script_of(megabytes: float) -> Callable[[Path, str], Post]:
    def script(folder: Path, key: str) -> Post:
        data = b"PK\3\4" + bytes(range(256)) * int(megabytes * 4096)
        document = make_file(folder, "kich-ban.docx", data, "application/msword", "document")
        return Post(key, "radio-thu", "script", "Bài phát thanh", "Kính thưa bà con!", media=(document,), due_at=NOON)

    return script


@FAULTS
@pytest.mark.parametrize("way", FOLDERS)
def test_a_folder_that_may_have_its_name_is_looked_for_before_anything_is_sent_again(
    stage: Stage, fault: str, count: int
) -> None:
    stage.desk.queue()
    stage.play(fault, stage.way.commits, turn=stage.way.turn)
    stage.send(fault)
    assert (stage.desk.get().state, stage.desk.said_last()) == ("unknown", "unknown")
    assert len(stage.desk.rig.seen()) == count
    stage.desk.run(minutes=60)
    stage.check_sent()
    assert stage.desk.commits() == (["unknown"] if count else ["unknown", "sent"])


@pytest.mark.parametrize("way", [*FOLDERS, "mail"])
def test_what_broke_off_while_it_was_written_is_written_anew(stage: Stage) -> None:
    stage.desk.queue()
    stage.play(CUT_WITHIN, stage.way.uploads, within=100_000)
    stage.send(CUT_WITHIN)
    assert (stage.desk.get().state, stage.desk.said_last()) == ("waiting", "waiting"), stage.desk.get().reason
    assert stage.desk.rig.seen() == [], "nobody sees half a script"
    stage.desk.run(minutes=60)
    stage.check_sent()


@FAULTS
@pytest.mark.parametrize("way", ["mail"])
def test_mail_without_an_answer_to_its_final_dot_is_for_a_person(stage: Stage, fault: str, count: int) -> None:
    stage.desk.queue()
    stage.play(fault, stage.way.commits, turn=stage.way.turn)
    stage.send(fault)
    assert (stage.desk.get().state, stage.desk.said_last()) == ("unknown", "unknown")
    stage.desk.run(minutes=300)
    asked = stage.desk.get()
    assert (asked.state, asked.asks_person, len(stage.desk.rig.seen())) == ("unknown", True, count)
    assert "thoi-su@dai.example" in asked.reason, "whom to ask"
    said = {"not_sent": True} if count == 0 else {"sent": "https://dai.example/thu/1", "not_sent": False}
    stage.desk.store.settle(KEY, person=BINH, now=stage.desk.clock.now(), **{"sent": None, **said})
    stage.desk.run(minutes=60)
    stage.check_sent()
    assert stage.desk.commits() == ["unknown", *(["sent"] if count == 0 else [])]


@pytest.mark.parametrize(("word", "state"), [("DATA", "waiting"), ("quit", "sent")])
@pytest.mark.parametrize("way", ["mail"])
def test_only_the_final_dot_leaves_a_doubt(stage: Stage, word: str, state: str) -> None:
    """Cut before the message begins it is surely not out; cut after the server's 250 it surely is."""
    stage.desk.queue()
    stage.play(CUT_BEFORE, Call(smtplib.SMTP, "docmd", word))
    stage.send(CUT_BEFORE)
    assert (stage.desk.get().state, stage.desk.said_last()) == (state, state), stage.desk.get().reason
    stage.desk.run(minutes=60)
    stage.check_sent()
    assert stage.desk.commits()[-1:] == ["sent"]
