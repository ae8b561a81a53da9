"""What a stand-in of `tests/servers/` offers the contract suite: cases, each an account with a post it takes."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from publisher.channels.base import Account, Channel, Media, Post, Rejected, Retry, Sent, Unknown
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets
from publisher.sandbox.server import Sandbox
from tests.by_path import load_by_path
from tests.real.fault_line import FaultLine

SERVERS = Path(__file__).parents[1] / "servers"
NOON = datetime(2027, 5, 18, 5, 0, tzinfo=UTC)

SLOW_S = 60.0
"""How long a slow answer takes; it ends with the stand-in, so no test waits for it."""

# Fault on the commit → the outcome the design asks for, and how many posts readers then see.
COMMIT_FAULTS: Mapping[str, tuple[type, int]] = {
    "slow": (Unknown, 1),
    "drop_before": (Unknown, 0),
    "drop_after": (Unknown, 1),
    "error_before": (Unknown, 0),
    "error_after": (Unknown, 1),
    "html_after": (Unknown, 1),
    "wrong_type": (Unknown, 1),
    "no_type": (Unknown, 1),
    "broken_json": (Unknown, 1),
    "unavailable": (Retry, 0),
    "throttle": (Retry, 0),
    "expired": (Rejected, 0),
    "policy": (Rejected, 0),
}
PREPARE_FAULTS = (
    "slow", "drop_before", "drop_after", "error_before", "error_after", "html_after", "wrong_type", "broken_json",
    "unavailable", "throttle",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One post as readers see it."""

    words: str
    files: tuple[bytes, ...]


@dataclass(frozen=True)
class Case:
    """An account and a post of one kind. `faults` says where a service differs from COMMIT_FAULTS."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    post: Callable[[Path, str], Post]
    words: Callable[[Post], Sequence[str]]
    too_long: Callable[[Post], Post]
    commit_step: str = "commit"
    prepare_step: str = "prepare"
    prepares: bool = True
    faults: Mapping[str, tuple[type, int]] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)
    """Faults that this kind's service cannot have, each with the reason."""
    verify_step: str = ""
    """The step whose result is processed later, if it is not the commit."""
    corrects: bool = True
    withdraws: bool = True
    throttled_s: float = 37.0
    token_setting: str = "token_env"
    """Setting a refused login must name; empty where the service has no login."""
    needs_person: bool = False
    leaves_drafts: bool = False
    """Whether an upload whose answer was lost may lie unseen beside the second one."""
    by_note: bool = False
    """Whether the channel shows nothing of what is out: without what was noted here nobody can say that it is not."""
    server: Callable[[Path], AbstractContextManager[Server]] | None = None
    """How to start what the account speaks to; None: the sandbox."""
    real: str = ""
    """Name of the software the account is proved against when it is the real one and not a stand-in."""
    against: str = ""
    """What the account is proved against in every run, where that is not plain from `server`."""
    line: bool = False
    """Whether `server` has a fault line before it, so that faults can be played on the way to a real server."""

    @property
    def over_http(self) -> bool:
        """Whether faults can be played on what the account sends."""
        return self.server is None or self.line


@dataclass(frozen=True)
class Server:
    """What is not the sandbox: extra settings, values of secrets, and what readers see."""

    settings: Mapping[str, Any]
    values: Mapping[str, str]
    seen: Callable[[], list[Seen]]
    drafts: Callable[[], int] = lambda: 0
    line: FaultLine | None = None
    version: str = ""


def load_cases(kind: str) -> dict[str, Case]:
    """The cases of the kind's stand-in by name. It is loaded by its path: its name may be a library's too."""
    path = SERVERS / f"{kind}.py"
    assert path.is_file(), f"kind {kind} needs its stand-in tests/servers/{kind}.py"
    return {case.name: case for case in load_by_path(path, f"stand_in_{kind}").CASES}


@dataclass
class Rig:
    """A case with its stand-in running."""

    case: Case
    folder: Path
    sandbox: Sandbox | None
    server: Server | None
    account: Account

    @property
    def line(self) -> Sandbox | FaultLine:
        """Where requests pass and faults are played: the sandbox, or the line before a real server."""
        line = self.server.line if self.server is not None else self.sandbox
        assert line is not None
        return line

    def channel(self, *, timeout_s: float = 10.0, values: Mapping[str, str] | None = None) -> Channel:
        known = self.channel_secrets()
        account = make_account(self.case, {**self.account.settings, "timeout_s": timeout_s})
        url = self.sandbox.url if self.sandbox else None
        secrets = Secrets(known if values is None else values)
        return connect(account, secrets=secrets, folder=self.folder / "state", sandbox=url)

    def channel_secrets(self) -> Mapping[str, str]:
        """The right value of each variable the account names."""
        return self.server.values if self.server else self.sandbox.tokens if self.sandbox else {}

    def post(self, key: str = "ngay-khoa-hoc/infographic/1") -> Post:
        return self.case.post(self.folder, key)

    def seen(self) -> list[Seen]:
        if self.server is not None:
            return self.server.seen()
        assert self.sandbox is not None
        return [
            Seen(
                "\n".join((post.title, post.text, post.html, *(value for _, value in post.blocks))),
                tuple(self.sandbox.shop(post.kind, post.account).store.kept(p.file) for p in post.pictures),
            )
            for post in self.sandbox.posts(self.case.kind)
            if post.state == "published"
        ]

    @property
    def impatient_s(self) -> float:
        """A time-out that ends the wait for a slow answer, and nothing else even on a busy machine."""
        return 4.0 if self.case.real else 1.0

    def wait_for_the_slow(self, fault: str, count: int) -> None:
        """We gave up waiting; the service may still be at work on what it got."""
        turns = iter(range(600))
        while fault == "slow" and (self.line.faults.left or len(self.seen()) < count) and next(turns, None) is not None:
            time.sleep(0.05)

    def drafts(self) -> int:
        """How many posts lie there that no reader sees."""
        if self.server is not None:
            return self.server.drafts()
        return sum(post.state == "draft" for post in self.sandbox.posts(self.case.kind)) if self.sandbox else 0

    def send(self, post: Post, channel: Channel | None = None) -> Sent:
        """Prepare and commit with nothing going wrong."""
        channel = channel or self.channel()
        prepared = channel.prepare(post, {})
        assert not isinstance(prepared, Retry | Rejected), prepared
        sent = channel.commit(post, prepared.handles)
        assert isinstance(sent, Sent), sent
        return sent


def make_account(case: Case, settings: Mapping[str, Any]) -> Account:
    name = f"{case.kind}-thu"
    return Account(name, case.kind, "tinh-mau", settings, case.secrets, f"channels/{name}.yaml", {"kind": 1})


def make_picture(folder: Path, name: str, colour: tuple[int, int, int], alt: str) -> Media:
    stream = io.BytesIO()
    Image.new("RGB", (64, 80), colour).save(stream, "PNG")
    return make_file(folder, name, stream.getvalue(), "image/png", "image", alt)


def make_film(folder: Path, size: int = 3000) -> Media:
    data = b"\0\0\0\x18ftypisom" + bytes(range(256)) * (size // 256)
    return make_file(folder, "clip.mp4", data, "video/mp4", "video")


def make_file(folder: Path, name: str, data: bytes, mime: str, role: Any, alt: str = "") -> Media:
    path = folder / "media" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return Media(path, hashlib.sha256(data).hexdigest(), len(data), mime, role, name, alt)
