"""A channel as a worker of the run has it: dies in the middle of its calls when told to, and may lack a protection."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from publisher.channels.base import (
    Absent,
    Channel,
    Finding,
    Limits,
    Look,
    Outcome,
    Post,
    Prepared,
    Recogniser,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.portal_package import Package
from publisher.channels.rates import Usage
from publisher.queue.points import reach

_calling = threading.local()


def watch_requests() -> None:
    """From now on every thread passes `<call>.inside` between the last byte of a request and the answer's first."""
    read: Any = http.client.HTTPConnection.getresponse

    def getresponse(self: http.client.HTTPConnection) -> Any:
        point = getattr(_calling, "point", "")
        if point:
            reach(point)
        return read(self)

    http.client.HTTPConnection.getresponse = getresponse  # type: ignore[method-assign]


@contextmanager
def _inside(point: str) -> Iterator[None]:
    _calling.point = point
    try:
        yield
    finally:
        _calling.point = ""


class Tortured:
    """The channel, but `without` takes out `look`: reading shows nothing; or `doubt`: an unknown is taken for sent."""

    can_find = True
    can_correct = True
    can_withdraw = True

    def __init__(self, channel: Channel, without: str = "") -> None:
        self.channel = channel
        self.limits: Limits = channel.limits
        self._without = without

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def usage(self) -> Usage:
        usage = getattr(self.channel, "usage", None)
        return usage if isinstance(usage, Usage) else Usage()

    def fit(self, post: Post) -> tuple[str, ...]:
        return self.channel.fit(post)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        with _inside("prepare.inside"):
            return self.channel.prepare(post, handles)

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        with _inside("commit.inside"):
            outcome = self.channel.commit(post, handles)
        if self._without == "doubt" and isinstance(outcome, Unknown):
            return Sent("", "", "taken for sent")
        return outcome

    def confirm(self, post: Post, sent: Sent) -> Sent:
        return self.channel.confirm(post, sent)

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        return self.find_except(post, handles, since, frozenset())

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        # A package is out when a person says so: without reading that, it would be made again for ever.
        if self._without == "look" and not isinstance(self.channel, Package):
            return Absent("not looked at")
        if isinstance(self.channel, Recogniser):
            return self.channel.find_except(post, handles, since, others)
        return self.channel.find(post, handles, since)

    def check(self) -> tuple[Finding, ...]:
        return self.channel.check()

    def correct(self, post: Post, sent: Sent) -> Outcome:
        return self.channel.correct(post, sent)

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        return self.channel.withdraw(post, sent)
