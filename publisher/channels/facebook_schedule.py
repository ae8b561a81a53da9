"""Posts that Facebook holds and publishes at their time even when this machine is off: made early, taken back in time.

A scheduled post is one object with one id. At its moment we publish that id too; whoever is first, it is one post. So
nothing can come twice, and what is held, frozen or changed is deleted before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.channels.base import (
    Absent,
    CannotTell,
    Duplicate,
    Finding,
    Found,
    Look,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.facebook_errors import judge_graph
from publisher.channels.facebook_find import find_post
from publisher.channels.facebook_graph import Graph, Graphed, GraphError, GraphReply, UnreadError, unread
from publisher.channels.fitting import normal
from publisher.channels.reservations import Reservation, Reservations

SHAPES = ("text", "link", "photo", "photos")
# The vendor's own pages name 10 minutes to 30, 29 or 75 days; inside these bounds all of them agree.
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=29)
APART = timedelta(seconds=60)
HANDLE = "scheduled_id"
COPY_S = 3600.0
_SLACK_S = 60.0

Fields = Callable[[Post], "dict[str, object] | Retry | Rejected"]


@dataclass
class NativeSchedule:
    """The scheduled posts of one Page. `fields_of` uploads what a post needs, unseen, and gives its form."""

    graph: Graph
    page_id: str
    book: Reservations
    token: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def reserve(self, post: Post, fields_of: Fields, *, now: datetime) -> Reservation | Retry | Rejected:
        """Have Facebook hold the post. One that it holds already is given back; a doubt is never asked again."""
        known = self.book.get(post.key)
        if known is not None:
            return known if known.id and known.matches(post) else Retry("an earlier one is not settled yet", 60.0)
        if post.due_at is None or not SOONEST <= post.due_at - now <= LATEST:
            return Rejected(f"Facebook schedules from {SOONEST} to {LATEST.days} days ahead")
        fields = fields_of(post)
        if not isinstance(fields, dict):
            return fields
        moment = int(post.due_at.timestamp())
        fields |= {"published": False, "scheduled_publish_time": moment, "unpublished_content_type": "SCHEDULED"}
        asked = Reservation(post.key, post.content_hash(), post.due_at.isoformat(), post.text)
        self.book.put(asked)
        reply = self.graph.write(f"{self.page_id}/feed", fields)
        if not isinstance(reply, Graphed):
            return self._not_made(asked, reply)
        made = self.book.put(asked, id=str(reply.value.get("id", "")))
        return self._read_back(made, moment) if made.id else Retry("Facebook gave the scheduled post no id", 60.0)

    def _not_made(self, asked: Reservation, reply: GraphReply) -> Retry | Rejected:
        assert not isinstance(reply, Graphed)  # noqa: S101 - the caller has looked
        outcome = judge_graph(reply, token=self.token)
        if isinstance(outcome, Retry | Rejected):
            self.book.forget(asked.key)  # surely refused: nothing is held
            return outcome
        # Asked again, a copy is refused again: meanwhile the piece goes by our own clock.
        wait_s = COPY_S if isinstance(outcome, Duplicate) else 60.0
        return Retry("it is not known whether Facebook holds the post; it is looked for", wait_s)

    def _read_back(self, made: Reservation, moment: int) -> Reservation | Retry:
        """Facebook may understand another moment than was meant: then nothing is left there."""
        reply = self.graph.read(made.id, fields="id,is_published,scheduled_publish_time")
        held = reply.value.get("scheduled_publish_time") if isinstance(reply, Graphed) else None
        if isinstance(held, int) and held == moment:
            return made
        self.release(made.key)
        return Retry(f"Facebook holds the post for another time ({held}); it is taken back", 300.0)

    def release(self, key: str) -> bool:
        """Take a scheduled post back; True once nothing is held any more. Called again until it is."""
        known = self.book.get(key)
        if known is None:
            return True
        if not known.id:
            known = self._find_asked(known)
            if known is None:
                return True
            if not known.id:
                return False
        there = self.graph.read(known.id, fields="id,is_published")
        if _is_gone(there):
            self.book.forget(key)
            return True
        if isinstance(there, Graphed) and there.value.get("is_published") is True:
            self.book.put(known, out=True)  # readers have it: deleting what is public is a person's decision
            return False
        if isinstance(there, Graphed) and (_is_done(reply := self.graph.delete(known.id)) or _is_gone(reply)):
            self.book.forget(key)
            return True
        return False

    def settle(self, key: str) -> None:
        """Look for a post whose asking was never answered."""
        known = self.book.get(key)
        if known is not None and not known.id:
            self._find_asked(known)

    def _find_asked(self, asked: Reservation) -> Reservation | None:
        """The reservation with its id, or as it is while that is open, or None when it surely was never made."""
        look = self._look_for(asked)
        if isinstance(look, Found):
            return self.book.put(asked, id=look.sent.id)
        if isinstance(look, CannotTell):
            return asked
        if asked.absent_at and self.now() - datetime.fromisoformat(asked.absent_at) >= APART:
            self.book.forget(asked.key)
            return None
        return asked if asked.absent_at else self.book.put(asked, absent_at=self.now().isoformat())

    def reclaim(self, posts: Sequence[Post]) -> str:
        """Write down what Facebook holds of these posts unknown to this machine, whose backup is older than the asking.

        Known by its words alone, it may be of another version or time: it is noted as such, so that it is taken back.
        Gives '' when that is done, else why Facebook could not be asked.
        """
        unknown = {normal(post.text): post for post in posts if post.text.strip() and self.book.get(post.key) is None}
        known = {held.id for held in self.book.all()}
        try:
            entries = list(self._held()) if unknown else []
        except UnreadError as stop:
            return _say_unread(stop)
        for entry in entries:
            post = unknown.get(normal(str(entry.get("message") or "")))
            if post is None or str(entry.get("id")) in known:
                continue
            at = (post.due_at or self.now()).isoformat()
            self.book.put(Reservation(post.key, "", at, post.text, id=str(entry.get("id", ""))))
        return ""

    def _look_for(self, asked: Reservation) -> Look:
        """Among the scheduled posts by words and time, then among the published ones."""
        try:
            for entry in self._held():
                if _is_asked(entry, asked):
                    return Found(Sent(str(entry.get("id", "")), "", "scheduled"), "scheduled")
        except UnreadError as stop:
            return CannotTell(_say_unread(stop), f"https://www.facebook.com/{self.page_id}")
        post = Post(asked.key, "", "text", "", asked.text)
        # Only from its own moment on: what has the same words and came earlier is another piece's.
        return find_post(self.graph, self.page_id, post, {}, datetime.fromisoformat(asked.at), frozenset())

    def _held(self) -> Iterator[dict[str, Any]]:
        """Everything the Page has scheduled. Raises UnreadError."""
        return self.graph.entries(f"{self.page_id}/scheduled_posts", fields="id,message,scheduled_publish_time")

    def take(self, post: Post) -> Prepared | Retry | None:
        """What there is of this post at Facebook when its moment has come; None when it goes the usual way."""
        known = self.book.get(post.key)
        if known is None:
            return None
        if not known.matches(post):
            if self.release(post.key):
                return None
            return Retry("an earlier version is still scheduled at Facebook; it is taken back first", 60.0)
        if not known.id:
            known = self._find_asked(known)
            if known is None:
                return None
        if not known.id:
            return Retry("it is not known yet whether Facebook holds the post", APART.total_seconds() + 1)
        return Prepared({HANDLE: known.id})

    def published(self, post: Post) -> Sent | None:
        """The held post when Facebook has published it by its own clock; None when it has not, or nobody can tell."""
        known = self.book.get(post.key)
        if known is None or not known.id or not known.matches(post):
            return None
        look = self.look(known.id)
        return look.sent if isinstance(look, Found) else None

    def publish(self, post: Post, scheduled_id: str) -> Outcome:
        """Make the held post public, if Facebook has not done so already: the same post either way."""
        look = self.look(scheduled_id)
        if isinstance(look, Absent) and look.evidence == _GONE:
            return Rejected("the scheduled post was deleted at Facebook. If that was a mistake, plan the piece again")
        if not isinstance(look, Found):
            reply = self.graph.write(scheduled_id, {"is_published": True})
            if not isinstance(reply, Graphed):
                return judge_graph(reply, token=self.token)
            if not _is_done(reply):
                return Unknown("Facebook did not say that the scheduled post is public")
        self.book.forget(post.key)
        return Sent(scheduled_id, f"https://www.facebook.com/{scheduled_id}", "the scheduled post is public")

    def look(self, scheduled_id: str) -> Look:
        """Whether the held post is public."""
        look_at = f"https://www.facebook.com/{scheduled_id}"
        reply = self.graph.read(scheduled_id, fields="id,is_published,permalink_url")
        if _is_gone(reply):
            return Absent(_GONE)
        if not isinstance(reply, Graphed):
            return CannotTell(f"the scheduled post could not be read: {unread(reply)}", look_at)
        if reply.value.get("is_published") is True:
            url = str(reply.value.get("permalink_url") or look_at)
            return Found(Sent(scheduled_id, url, "the scheduled post is public"), "public")
        return Absent("scheduled at Facebook and not public yet")

    def check(self) -> tuple[Finding, ...]:
        """What a person must look at: posts that went out though they were to be taken back, and open questions."""
        findings = []
        for held in self.book.all():
            if held.out:
                words = (
                    f"{held.key}: Facebook has published it at {held.at} although it was to be taken back; look at it"
                )
                findings.append(Finding("error", words, held.key))
            elif not held.id:
                words = f"{held.key}: it is not known whether Facebook holds it for {held.at}; it is looked for"
                findings.append(Finding("warning", words, held.key))
        return tuple(findings)


_GONE = "Facebook knows no such post"


def _say_unread(stop: UnreadError) -> str:
    return stop.say("the scheduled posts could not be read", "the Page has more scheduled posts than can be read")


def _is_asked(entry: Mapping[str, object], asked: Reservation) -> bool:
    moment = entry.get("scheduled_publish_time")
    wanted = datetime.fromisoformat(asked.at).timestamp()
    same_time = isinstance(moment, int) and abs(moment - wanted) <= _SLACK_S
    return same_time and normal(str(entry.get("message") or "")) == normal(asked.text)


def _is_done(reply: GraphReply) -> bool:
    return isinstance(reply, Graphed) and reply.value.get("success") is True


def _is_gone(reply: GraphReply) -> bool:
    return isinstance(reply, GraphError) and reply.code == 100 and reply.subcode == 33
