"""A queue with one account behind it: pieces are added, approved and sent as in an office, on a clock that is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channel_case import NOON, SLOW_S, Case, Rig, make_account

from publisher.channels.base import Outcome, Post
from publisher.clock import SetClock
from publisher.engine.local import Service
from publisher.queue.database import writing
from publisher.queue.doubts import Gap, mark_restored
from publisher.queue.model import Delivery, NewDelivery
from publisher.queue.store import Store
from publisher.sandbox.server import Sandbox
from publisher.workspace import Person

AN = Person("an", "An", frozenset({"editor"}))
BINH = Person("binh", "Bình", frozenset({"approver", "publisher"}))
KEY = "ngay-khoa-hoc/kenh/D0"
CORRECTED = "Đính chính: 9 giờ"


class Desk:
    """Everything about one piece, `KEY`, on the rig's account."""

    def __init__(self, rig: Rig, folder: Path, clock: SetClock | None = None) -> None:
        self.rig, self.clock = rig, clock or SetClock(NOON)
        self.database = folder / "queue.db"
        self.store = Store.open(f"sqlite:///{self.database}")
        self.timeout_s = 30.0
        self.before_commit: Callable[[], None] | None = None
        """Done once, just before the call that publishes."""

    def queue(self, key: str = KEY, *, valid_until: datetime | None = None) -> Post:
        """Add the rig's post, due now, and approve it; under another key it has words of its own."""
        now, name = self.clock.now(), self.rig.account.name
        post = replace(self.rig.post(key), account=name, due_at=now)
        if key != KEY:
            post = replace(post, title=f"{post.title} ({key[-8:]})", text=f"{post.text} ({key})")
        self.queue_as(key, post, valid_until=valid_until)
        return post

    def queue_as(self, key: str, post: Post, *, valid_until: datetime | None = None) -> None:
        """Add this very post under that key, due now, and approve it."""
        now, name = self.clock.now(), self.rig.account.name
        post = replace(post, key=key, due_at=now)
        piece = NewDelivery(key, "ngay-khoa-hoc", "tinh-mau", name, "article", now, post, valid_until=valid_until)
        self.store.add([piece], author=AN.id, now=now)
        self.approve(key)

    def approve(self, delivery_id: str) -> None:
        self.store.submit([delivery_id], by=AN.id, now=self.clock.now())
        self.store.approve([delivery_id], person=BINH, now=self.clock.now())

    def run(self, minutes: float = 0) -> None:
        """Send and settle all that is due from now until so many minutes later."""
        self._service().run(until_idle=True, until=self.clock.now() + timedelta(minutes=minutes))

    def send(self) -> None:
        """Send what is due, once; nothing unknown is looked for."""
        self._service().drain_account(self.rig.account.name)

    def _service(self) -> Service:
        channel = self.rig.channel(timeout_s=self.timeout_s)
        self._arm(channel)
        return Service(self.store, {self.rig.account.name: channel}, self.clock)

    def _arm(self, channel: Any) -> None:
        commit = channel.commit

        def armed(post: Post, handles: Mapping[str, str]) -> Outcome:
            act, self.before_commit = self.before_commit, None
            if act is not None:
                act()
            return commit(post, handles)

        channel.commit = armed

    def correct(self, post: Post) -> str:
        """Approve a correction of the piece; gives the correction's id."""
        better = replace(post, title=CORRECTED, text="Đính chính", html=f"<p>{CORRECTED}.</p>")
        made = self.store.correct(KEY, better, author=AN.id, due_at=self.clock.now(), now=self.clock.now())
        self.approve(made)
        return made

    def withdraw(self) -> str:
        made = self.store.withdraw(KEY, author=AN.id, due_at=self.clock.now(), now=self.clock.now())
        self.approve(made)
        return made

    def mark_restored(self, *, hours: float) -> None:
        """As if the queue had just been put back from a backup that old."""
        now = self.clock.now()
        with writing(self.store._engine) as connection:
            mark_restored(connection, Gap(now - timedelta(hours=hours), now), by="quan-tri")

    def retry(self) -> None:
        """A person has put right what was refused."""
        self.store.retry([KEY], person=BINH, now=self.clock.now())

    def get(self, delivery_id: str = KEY) -> Delivery:
        return self.store.get(delivery_id)

    def commits(self, delivery_id: str = KEY) -> list[str]:
        """How each commit of the piece ended."""
        return [attempt.outcome for attempt in self.store.attempts(delivery_id) if attempt.phase == "commit"]

    def said_last(self) -> str:
        """The state the ledger's last line about the piece gives."""
        return self.store.history(KEY)[-1].new


def open_desk(case: Case, folder: Path, stack: ExitStack) -> Desk:
    """A desk for the case, with what it speaks to, until the stack is closed."""
    clock = SetClock(NOON)
    if case.server is not None:
        server = stack.enter_context(case.server(folder))
        rig = Rig(case, folder, None, server, make_account(case, {**case.settings, **server.settings}))
    else:
        account = make_account(case, case.settings)
        sandbox = Sandbox(folder / "sandbox", accounts=[account], clock=clock, slow_s=SLOW_S)
        rig = Rig(case, folder, stack.enter_context(sandbox), None, account)
    desk = Desk(rig, folder, clock)
    stack.callback(desk.store.close)
    return desk
