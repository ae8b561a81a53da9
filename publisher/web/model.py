"""What a preview shows: every channel's piece as it will go out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publisher.render.stills import SceneStill


@dataclass(frozen=True)
class MediaPreview:
    """A file of a piece. `role` is that of the channel's port (`image`, `video`, `captions`, `document`…)."""

    path: Path
    role: str
    mime: str
    alt: str
    bytes: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class ChannelPreview:
    """One account's piece. `length` and `limit` count characters; `limit` is None where none is known.

    `due` are local times as people read them, `2026-10-10 08:00`; `html` is the body of an article, as it will go out.
    """

    account: str
    kind: str
    unit: str
    output: str
    title: str
    text: str
    length: int
    limit: int | None
    media: tuple[MediaPreview, ...]
    due: tuple[str, ...]
    warnings: tuple[str, ...]
    html: str = ""
    title_limit: int | None = None
    comment: str = ""
    """What goes below the post as its first comment."""


@dataclass(frozen=True)
class Preview:
    """A campaign on its channels. `problems` are those of the file and of its schedule.

    `others` names accounts that get what one of `channels` gets, in the name of their own office. `scenes` is the
    storyboard of the clip, when one of them gets it.
    """

    title: str
    slug: str
    path: str
    key_day: str
    channels: tuple[ChannelPreview, ...]
    problems: tuple[str, ...]
    others: tuple[str, ...] = ()
    scenes: tuple[SceneStill, ...] = ()
