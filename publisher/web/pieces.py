"""From a composed piece to what a preview shows of it. Pure but for reading the script that is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from publisher.channels.base import Account, Limits, Media, Post
from publisher.channels.fitting import fit_limits
from publisher.channels.registry import limits_of
from publisher.queue.model import NewDelivery
from publisher.render.base import Artifact
from publisher.render.stills import SceneStill
from publisher.schedule.slots import Slot
from publisher.units import Unit
from publisher.web.model import ChannelPreview, MediaPreview


def show_piece(same: Sequence[NewDelivery], account: Account, unit: Unit, *, zone: ZoneInfo) -> ChannelPreview:
    """One piece with all its times; `same` differ in nothing else."""
    post, limits = same[0].post, limits_of(account)
    text, limit = shown_text(post, limits)
    return ChannelPreview(
        account=account.name,
        kind=account.kind,
        unit=unit.short_name,
        output=same[0].output,
        title=post.title,
        text=text,
        length=len(text),
        limit=limit,
        media=tuple(MediaPreview(m.path, m.role, m.mime, m.alt, m.bytes, m.width, m.height) for m in post.media),
        due=tuple(f"{piece.due_at.astimezone(zone):%Y-%m-%d %H:%M}" for piece in same),
        warnings=(*lint_script(post), *fit_limits(post, limits)),
        html=post.html,
        title_limit=limits.title,
    )


def show_refused(slot: Slot, account: Account, unit: Unit, *, reason: str) -> ChannelPreview:
    """A slot whose account cannot carry it: nothing but the reason."""
    return ChannelPreview(account.name, account.kind, unit.short_name, slot.output, "", "", 0, None, (), (), (reason,))


def shown_text(post: Post, limits: Limits) -> tuple[str, int | None]:
    """The words that go out and their limit: of a script itself, of an article its summary, elsewhere the caption."""
    if post.shape == "script":
        return read_script(post.media) or post.text, None
    if post.shape == "article" and post.html:
        return post.summary or post.text, limits.summary
    return (f"{post.text}\n{post.link}" if post.link and post.link not in post.text else post.text), limits.text


def read_script(files: Iterable[Media]) -> str:
    for media in files:
        if media.mime == "text/plain":
            return media.path.read_text("utf-8")
    return ""


def lint_script(post: Post) -> tuple[str, ...]:
    """What is to be looked at before a script is read aloud, as the script's own file says."""
    if post.shape != "script":
        return ()
    found = (json.loads(m.path.read_text("utf-8")) for m in post.media if m.mime == "application/json")
    return tuple(problem["message"] for script in found for problem in script.get("problems", ()))


def tell_span(scene: SceneStill) -> str:
    """From when to when a scene is seen: `0:04–0:12`."""
    start, end = round(scene.start_s), round(scene.end_s)
    return f"{start // 60}:{start % 60:02}–{end // 60}:{end % 60:02}"


def left_out(artifacts: Iterable[Artifact]) -> tuple[str, ...]:
    """What a clip had no time for."""
    return tuple(text for artifact in artifacts for text in artifact.left_out)
