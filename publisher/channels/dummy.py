"""A channel that fails as its script says and keeps its own record of what it received: the judge of the fault tests.

It is no kind of account: nothing in `channels/` can name it, and it reaches no network.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from publisher.channels.base import (
    Absent,
    CannotTell,
    Finding,
    Found,
    Limits,
    Look,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)

FAULTS: Mapping[str, tuple[str, ...]] = {
    "prepare": ("retry", "raises"),
    # `lost`, `raises after`: it is out, the answer never comes. `never`, `raises before`: it is not, nor is an answer.
    "commit": ("retry", "lost", "never", "raises after", "raises before"),
    "confirm": ("raises",),
    "find": ("cannot tell", "raises"),
}
"""What can go wrong in each call, apart from a refusal (`rejected`), which only a written script asks for."""


class Script(Protocol):
    def fault(self, method: str, key: str, call: int) -> str:
        """What goes wrong in the `call`th (from 1) call of the method for that post; empty for nothing."""
        ...


@dataclass(frozen=True)
class Written:
    """Faults by method, in the order of the calls for one post; after the last all goes well."""

    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def fault(self, method: str, key: str, call: int) -> str:
        listed = self.faults.get(method, ())
        return listed[call - 1] if call <= len(listed) else ""


@dataclass(frozen=True)
class Chance:
    """Faults by a seed: the same seed, post and call fail in the same way. `percent` of all calls fail."""

    seed: int
    percent: int

    def fault(self, method: str, key: str, call: int) -> str:
        drawn = hashlib.sha256(f"{self.seed}/{method}/{key}/{call}".encode()).digest()
        if int.from_bytes(drawn[:4], "big") % 100 >= self.percent:
            return ""
        names = FAULTS[method]
        return names[drawn[4] % len(names)]


@dataclass(frozen=True)
class Received:
    """One post that the channel shows to its readers."""

    id: str
    account: str
    key: str
    text: str
    handle: str


def nowhere(point: str) -> None:
    """Nothing happens at that point."""


class Dummy:
    """One account. `folder` holds the record of every account and process; `at` is told which point is reached."""

    limits = Limits(text=5000, images=10, shapes=("text", "link", "photo", "photos", "video", "article", "script"))
    can_correct = True
    can_withdraw = True

    def __init__(
        self,
        name: str,
        folder: Path,
        script: Script | None = None,
        *,
        can_find: bool = True,
        gives_handles: bool = True,
        at: Callable[[str], None] = nowhere,
    ) -> None:
        self.name = name
        self.can_find = can_find
        self._record = Record(folder)
        self._script = script or Written()
        self._gives_handles = gives_handles
        self._at = at

    def __repr__(self) -> str:
        return f"Dummy({self.name!r})"

    def fit(self, post: Post) -> tuple[str, ...]:
        """Text over the limit is refused; nothing is recorded."""
        limit = self.limits.text or 0
        return (f"text: {len(post.text)} characters; at most {limit}",) if len(post.text) > limit else ()

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        self._at("prepare.inside")
        match self._fault("prepare", post):
            case "retry":
                return Retry("the channel asked to wait", 20)
            case "rejected":
                return Rejected("the channel refuses this text; change it")
            case "raises":
                raise ConnectionError("refused")
        return Prepared({"draft": f"draft-{post.key}"} if self._gives_handles else {})

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        match self._fault("commit", post):
            case "retry":
                return Retry("the channel asked to wait", 20)
            case "rejected":
                return Rejected("the channel refuses this text; change it")
            case "never":
                return Unknown("no answer in time")
            case "raises before":
                raise ConnectionResetError("reset")
            case fault:
                sent = self._receive(post, handles)
        if fault == "lost":
            return Unknown("no answer in time")
        if fault == "raises after":
            raise TimeoutError("timed out")
        return sent

    def _receive(self, post: Post, handles: Mapping[str, str]) -> Sent:
        number = self._record.receive(self.name, post, handles.get("draft", ""))
        self._at("commit.inside")
        return Sent(number, f"https://dummy.example/{self.name}/{number}")

    def confirm(self, post: Post, sent: Sent) -> Sent:
        if self._fault("confirm", post):
            raise TimeoutError("timed out")
        return Sent(sent.id, sent.url, "read back")

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        return self.find_except(post, handles, since, frozenset())

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        match self._fault("find", post):
            case "cannot tell":
                return CannotTell("the channel did not answer", f"https://dummy.example/{self.name}")
            case "raises":
                raise ConnectionError("refused")
        for received in self._record.posts(self.name):
            draft = handles.get("draft", "")
            mine = received.handle == draft if draft else received.text == post.text
            if mine and received.id not in others:
                found = Sent(received.id, f"https://dummy.example/{self.name}/{received.id}")
                return Found(found, f"post {received.id} has this text")
        return Absent("no post with this text")

    def check(self) -> tuple[Finding, ...]:
        return (Finding("ok", "a scripted channel needs no credentials"),)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        self._record.change(sent.id, post.text)
        return sent

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        self._record.remove(sent.id)
        return sent

    def received(self) -> list[Received]:
        """What this account's readers see, oldest first."""
        return self._record.posts(self.name)

    def _fault(self, method: str, post: Post) -> str:
        return self._script.fault(method, post.key, self._record.count(self.name, post.key, method))


class Record:
    """What every account received, in one SQLite file; survives the death of any process that writes to it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "received.sqlite"
        folder.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS posts (id INTEGER PRIMARY KEY, account TEXT NOT NULL, key TEXT NOT NULL, "
                "text TEXT NOT NULL, handle TEXT NOT NULL, at TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0)"
            )
            connection.execute("CREATE INDEX IF NOT EXISTS by_account ON posts (account)")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS calls (account TEXT, key TEXT, method TEXT, number INTEGER, "
                "PRIMARY KEY (account, key, method))"
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            # A killed process loses nothing that was committed; only a dead machine could, and it takes the test too.
            connection.execute("PRAGMA synchronous=OFF")
            yield connection
        finally:
            connection.close()

    def count(self, account: str, key: str, method: str) -> int:
        """Note one call; gives its number, from 1."""
        with self._open() as connection:
            row = connection.execute(
                "INSERT INTO calls VALUES (?, ?, ?, 1) ON CONFLICT (account, key, method) "
                "DO UPDATE SET number = number + 1 RETURNING number",
                (account, key, method),
            ).fetchone()
        return int(row[0])

    def receive(self, account: str, post: Post, handle: str) -> str:
        """Show the post to readers; gives its id."""
        now = datetime.now(UTC).isoformat()
        with self._open() as connection:
            row = connection.execute(
                "INSERT INTO posts (account, key, text, handle, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
                (account, post.key, post.text, handle, now),
            ).fetchone()
        return str(row[0])

    def change(self, number: str, text: str) -> None:
        with self._open() as connection:
            connection.execute("UPDATE posts SET text = ? WHERE id = ?", (text, number))

    def remove(self, number: str) -> None:
        with self._open() as connection:
            connection.execute("UPDATE posts SET gone = 1 WHERE id = ?", (number,))

    def posts(self, account: str | None = None) -> list[Received]:
        """What readers see, of one account or of all, oldest first."""
        where, values = ("AND account = ?", (account,)) if account is not None else ("", ())
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT id, account, key, text, handle FROM posts WHERE gone = 0 {where} ORDER BY id",  # noqa: S608
                values,
            ).fetchall()
        return [Received(str(number), *rest) for number, *rest in rows]
