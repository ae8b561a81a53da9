"""The port of every channel kind: what is sent, what a channel may answer, and what it must be able to tell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

REPLY_TO = "reply_to"
"""In a post's data: the delivery it stands below. In its handles: that delivery's id on the channel."""

Role = Literal["image", "video", "thumbnail", "captions", "document", "audio", "data"]


@dataclass(frozen=True)
class Media:
    """A file that goes out with a post. The approval is bound to `sha256`; `path` only says where it lies."""

    path: Path
    sha256: str
    bytes: int
    mime: str
    role: Role
    name: str
    alt: str = ""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    """How long a film or a sound lasts; 0 where it is not known, or it is neither."""


@dataclass(frozen=True)
class Post:
    """One piece for one account, complete: nothing of it is decided later.

    `key` names the delivery for ever; `shape` is what kind of post it is (`text`, `link`, `photo`, `photos`,
    `video`, `reel`, `article`, `script`). `html` is the sanitised body for portals and article channels.
    """

    key: str
    account: str
    shape: str
    title: str
    text: str
    link: str = ""
    html: str = ""
    summary: str = ""
    author: str = ""
    hashtags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    due_at: datetime | None = None
    data: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """All that goes out, as JSON values: what an approval signs. Paths are left out, hashes stay."""
        return {
            "account": self.account,
            "shape": self.shape,
            "title": self.title,
            "text": self.text,
            "link": self.link,
            "html": self.html,
            "summary": self.summary,
            "author": self.author,
            "hashtags": list(self.hashtags),
            "media": [[m.sha256, m.mime, m.role, m.name, m.alt] for m in self.media],
            "data": dict(sorted(self.data.items())),
        }

    def content_hash(self) -> str:
        """SHA-256 over `content()` in canonical JSON."""
        canonical = json.dumps(self.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Limits:
    """What one post of this kind may hold; 0 means the channel takes none, None that no limit is known.

    `text` and `title` count characters as the channel does; sizes are bytes. Each number's source stands beside
    it in the channel's own file.
    """

    text: int | None
    title: int | None = None
    summary: int | None = None
    images: int = 0
    image_bytes: int | None = None
    png_bytes: int | None = None  # where a PNG may be no larger than this, though other pictures may
    image_mimes: tuple[str, ...] = ("image/png", "image/jpeg")
    video_bytes: int = 0
    video_s: float | None = None
    shapes: tuple[str, ...] = ("text",)


@dataclass(frozen=True)
class Sent:
    """It is out. `id` is the channel's own, `url` the public address ('' where the channel gives none)."""

    id: str
    url: str
    evidence: str = ""


@dataclass(frozen=True)
class Retry:
    """Surely not out; trying again after `after_s` seconds is safe."""

    reason: str
    after_s: float


@dataclass(frozen=True)
class Rejected:
    """Surely not out; a person must change something first. `reason` says what and where."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may be out. Never sent again before the channel was looked at."""

    reason: str


@dataclass(frozen=True)
class Duplicate(Unknown):
    """Refused as a copy of what is there already. That may be an earlier attempt; else a person changes the piece."""


Outcome: TypeAlias = Sent | Retry | Rejected | Unknown


@dataclass(frozen=True)
class Prepared:
    """What prepare obtained (a video id, unpublished photo ids, a draft's id): stored before commit."""

    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The channel shows the post."""

    sent: Sent
    evidence: str


@dataclass(frozen=True)
class Absent:
    """The channel was read and surely does not hold the post."""

    evidence: str


@dataclass(frozen=True)
class CannotTell:
    """Reading did not decide it; `look_at` is what a person should open."""

    evidence: str
    look_at: str


Look: TypeAlias = Found | Absent | CannotTell


@dataclass(frozen=True)
class Aired:
    """The station says that it was read: in its own words, and under which address it can be heard ('' for none)."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """One line of `check`: credentials, rights, expiry."""

    level: Literal["ok", "warning", "error"]
    text: str
    about: str = ""
    """What it is about, in one word that stays: findings about different things are told one by one."""


class Channel(Protocol):
    """One account of one kind, made by the kind's `connect(settings, secrets)`.

    Every method is synchronous and bounded by time-outs. None raises for what a network or a service does: that is
    an outcome. No method writes a secret into anything it returns, logs or raises.
    """

    @property
    def name(self) -> str: ...

    # A kind whose service tells how much of its limit is used up also has `usage`, a `rates.Usage`.
    limits: Limits
    can_find: bool
    can_correct: bool
    can_withdraw: bool

    def fit(self, post: Post) -> tuple[str, ...]:
        """Why the channel would refuse the post, in words; empty when it fits. No request is made."""
        ...

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Upload what nobody can see yet. Repeatable; `handles` is what an earlier prepare stored."""
        ...

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        """Make the one call that publishes. Called at most once an attempt, after `sending` is on the disk."""
        ...

    def confirm(self, post: Post, sent: Sent) -> Sent:
        """Read back what is out, for the receipt; gives `sent` unchanged when reading fails."""
        ...

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        """Look for the post on the channel: stored ids first, else text fingerprint and time window."""
        ...

    def check(self) -> tuple[Finding, ...]:
        """Whether the credentials are there, valid and sufficient."""
        ...

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Replace what is out by `post`."""
        ...

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        """Take what is out back."""
        ...


@runtime_checkable
class Recogniser(Channel, Protocol):
    """A channel whose posts carry no mark of ours: they are known by their words, which two pieces may share."""

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        """`find`, passing over posts whose ids are in `others`: they are other pieces', however alike."""
        ...


@runtime_checkable
class KnownHere(Channel, Protocol):
    """A channel that shows some posts only to whom holds what was kept here in sending them: an id, a note, a kit."""

    def known_here_only(self, post: Post) -> bool:
        """Whether looking without what was kept shows nothing: after a restore, absence is then no proof."""
        ...


@runtime_checkable
class Broadcaster(Channel, Protocol):
    """A channel that delivers to a station, which reads it later or not at all."""

    def aired(self, post: Post, sent: Sent) -> Aired | None:
        """The station's word that it was read; None when there is none yet, or it cannot be read now."""
        ...


@runtime_checkable
class Reserver(Channel, Protocol):
    """A channel whose service can hold approved posts and publish them by its own clock, if the account wants that."""

    @property
    def reserves(self) -> bool:
        """Whether the account wants it. What is held already is seen to either way."""
        ...

    def may_reserve(self, post: Post, now: datetime) -> bool:
        """Whether the service takes this post for its time."""
        ...

    def reserve(self, post: Post, now: datetime) -> Retry | Rejected | None:
        """Have the post held for `due_at`; None when it is. Asked again, it is held once."""
        ...

    def reserved(self) -> tuple[str, ...]:
        """Keys of everything that is, or may be, held."""
        ...

    def holds(self, post: Post) -> bool:
        """Whether what is held for its key is this very post at its time."""
        ...

    def reclaim(self, posts: Sequence[Post]) -> None:
        """Find out which of the posts the service holds without anything here knowing it, as after a restore; what is
        found counts as another version, which is taken back."""
        ...

    def settle_reservation(self, key: str) -> None:
        """Find out whether what was asked for without an answer is held; nothing where that is known."""
        ...

    def release(self, key: str) -> bool:
        """Have it deleted before anybody sees it; False while it is, or may be, still held."""
        ...

    def published(self, post: Post) -> Sent | None:
        """The post, when the service has published it by its own clock; None when not, or when nobody can tell."""
        ...

    def forget_reservation(self, key: str) -> None:
        """It is out and recorded: nothing is held any more."""
        ...


@runtime_checkable
class BroadcastPlanner(Channel, Protocol):
    """A channel whose posts a person, and only a person, may push to every follower."""

    def lay_out_broadcast(self, post: Post, sent: Sent, now: datetime) -> tuple[str, ...]:
        """What that person sees and does, line by line. Sends nothing; `now` is local to the readers."""
        ...


@dataclass(frozen=True)
class Account:
    """One file of `channels/`: where it is on the network and the names, never the values, of its secrets."""

    name: str
    kind: str
    unit: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    path: str
    lines: Mapping[str, int] = field(default_factory=dict)
    enabled: bool = True


class OfAccount:
    """What every kind of account has in common: its name, and that it can do all there is unless it says otherwise."""

    account: Account
    can_find: bool = True
    can_correct: bool = True
    can_withdraw: bool = True

    @property
    def name(self) -> str:
        return self.account.name
