"""From finished artifacts to the post one account gets: complete, so that nothing of it is decided later."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from publisher.channels.base import REPLY_TO, Account, Limits, Media, Post, Role
from publisher.content.model import Campaign
from publisher.errors import PublisherError
from publisher.files import hash_file
from publisher.queue.model import COMMENT
from publisher.render.base import Artifact
from publisher.render.captions import Caption, compose_caption
from publisher.units import Unit
from publisher.workspace import Workspace

FitImage = Callable[[Path, int, int], Path]
"""Gives a file of the same picture within that many bytes; a PNG within the second number of them."""


@dataclass(frozen=True)
class Piece:
    """What goes where: one campaign of one unit, one output in one format, for one account."""

    key: str
    campaign: Campaign
    unit: Unit
    account: Account
    limits: Limits
    output: str
    format: str
    due_at: datetime


class ComposeError(PublisherError):
    """The account cannot carry this output; the plan has to say something else."""

    exit_code = 2


def compose_post(piece: Piece, artifacts: Sequence[Artifact], *, workspace: Workspace, fit_image: FitImage) -> Post:
    """The post of this piece. Raises ComposeError when the account's kind cannot carry the output."""
    shape = choose_shape(piece, artifacts)
    if shape == "script":
        refuse_unreadable(piece, artifacts)
    caption = compose_caption(
        replace(piece.campaign, sources=()) if names_sources_below(piece.account, piece.limits) else piece.campaign,
        piece.unit,
        kind=piece.account.kind,
        account=piece.account.name,
        workspace=workspace,
        limit=piece.limits.text,
        title_limit=piece.limits.title,
        summary_limit=piece.limits.summary,
        link=piece.unit.qr,
    )
    return Post(
        key=piece.key,
        account=piece.account.name,
        shape=shape,
        # Where a channel has no title of its own, the text already begins with it.
        title=caption.title if piece.limits.title is not None or shape in ("article", "script") else "",
        text=caption.text,
        link=piece.unit.qr if shape == "link" else "",
        html=read_body(artifacts) if shape == "article" else "",
        summary=caption.summary,
        author=piece.campaign.author or piece.unit.name,
        hashtags=caption.hashtags,
        media=tuple(choose_media(piece, shape, artifacts, fit_image)),
        due_at=piece.due_at,
        data=describe(piece, caption),
    )


def names_sources_below(account: Account, limits: Limits) -> bool:
    """Whether the account names a campaign's sources in the first comment instead of in the post."""
    return COMMENT in limits.shapes and account.settings.get("sources") == COMMENT


def compose_comment(piece: Piece, *, key: str) -> Post | None:
    """The first comment below the piece's post, with the sources; None where there is nothing to name."""
    sources = [source.strip() for source in piece.campaign.sources if source.strip()]
    if not sources or not names_sources_below(piece.account, piece.limits):
        return None
    return Post(
        key=key,
        account=piece.account.name,
        shape=COMMENT,
        title="",
        text="Nguồn:\n" + "\n".join(f"• {source}" for source in sources),
        author=piece.campaign.author or piece.unit.name,
        due_at=piece.due_at,
        data={"campaign": piece.campaign.slug, "unit": piece.unit.id, REPLY_TO: piece.key},
    )


def choose_shape(piece: Piece, artifacts: Sequence[Artifact]) -> str:
    """What kind of post carries this output on this account."""
    wanted = {
        "infographic": ("photos", "photo", "article")
        if len(images_of(piece, artifacts)) > 1
        else ("photo", "photos", "article"),
        "clip": ("reel", "video") if piece.format in ("", "reel") else ("video", "reel"),
        "article": ("article", "link"),
        "radio": ("script",),
        "poster": ("photos", "photo") if len(images_of(piece, artifacts)) > 1 else ("photo", "photos"),
        "led": ("video",),
        "text": ("text",),
        "link": ("link", "text"),
    }
    for shape in wanted.get(piece.output, ()):
        if shape in piece.limits.shapes:
            return shape
    raise ComposeError(
        f"{piece.campaign.path}: {piece.account.name} ({piece.account.kind}) cannot carry `{piece.output}`; "
        f"it takes {', '.join(piece.limits.shapes)}. Change `send` in the plan, or the account."
    )


def refuse_unreadable(piece: Piece, artifacts: Sequence[Artifact]) -> None:
    """A script in which a digit, a sign or an abbreviation is left is not handed in for approval."""
    for artifact in artifacts:
        if artifact.kind == "radio" and artifact.role == "json":
            problems = json.loads(artifact.path.read_text("utf-8"))["problems"]
            wrong = [problem["message"] for problem in problems if problem["level"] == "error"]
            if wrong:
                raise ComposeError(f"{piece.campaign.path}: {wrong[0]}")


def images_of(piece: Piece, artifacts: Sequence[Artifact]) -> list[Artifact]:
    """Pages of the picture output in the wanted format, in order."""
    kind = "poster" if piece.output == "poster" else "infographic"
    found = [a for a in artifacts if a.kind == kind and a.role == "image"]
    chosen = piece.format or (found[0].format if found else "")
    return sorted((a for a in found if a.format == chosen), key=lambda a: a.page)


def choose_media(piece: Piece, shape: str, artifacts: Sequence[Artifact], fit_image: FitImage) -> list[Media]:
    """The files that go with the post, pictures within the channel's size."""
    if shape in ("photo", "photos"):
        return [picture(page, piece, fit_image) for page in images_of(piece, artifacts)]
    if shape in ("video", "reel"):
        kind = "led" if piece.output == "led" else "clip"
        return film([a for a in artifacts if a.kind == kind], piece, fit_image)
    if shape == "article":
        cover = [picture(page, piece, fit_image) for page in images_of(piece, artifacts)[:1]]
        return cover + inline_pictures(piece, artifacts, fit_image)
    if shape == "script":
        roles = {"text": "document", "docx": "document", "pdf": "document", "audio": "audio", "json": "data"}
        return [media(a, roles[a.role]) for a in artifacts if a.kind == "radio" and a.role in roles]  # type: ignore[arg-type]
    return []


def film(found: Sequence[Artifact], piece: Piece, fit_image: FitImage) -> list[Media]:
    """The clip with its captions and its still, which is a picture like any other."""
    films = [a for a in found if a.role == "video"]
    chosen = piece.format or (films[0].format if films else "")
    roles: dict[str, Role] = {"video": "video", "captions": "captions", "thumbnail": "thumbnail"}
    own = [a for a in found if a.format == chosen and a.role in roles]
    return [
        replace(picture(a, piece, fit_image), role="thumbnail") if a.role == "thumbnail" else media(a, roles[a.role])
        for a in own
    ]


def picture(artifact: Artifact, piece: Piece, fit_image: FitImage) -> Media:
    """A picture as this channel takes it: the same pixels, in a file that is small enough."""
    limits, path = piece.limits, artifact.path
    own = limits.png_bytes if artifact.mime == "image/png" and limits.png_bytes is not None else limits.image_bytes
    if own is not None and artifact.bytes > own:
        path = fit_image(path, limits.image_bytes or own, own)
    mime = mimetypes.guess_type(path.name)[0] or artifact.mime
    return Media(
        path=path,
        sha256=hash_file(path),
        bytes=path.stat().st_size,
        mime=mime,
        role="image",
        name=path.name,
        alt=artifact.alt,
        width=artifact.width,
        height=artifact.height,
    )


def inline_pictures(piece: Piece, artifacts: Sequence[Artifact], fit_image: FitImage) -> list[Media]:
    """Pictures that stand inside the article's body."""
    room = max(0, piece.limits.images - 1)
    body = read_body(artifacts)
    inside = [a for a in artifacts if a.kind == "article" and a.role == "image" and a.path.name in body]
    if len(inside) > room:
        raise ComposeError(
            f"{piece.campaign.path}: the article has {len(inside)} pictures; {piece.account.name} takes {room} "
            "beside the cover. Take some out, or send another output there."
        )
    return [picture(a, piece, fit_image) for a in inside]


def media(artifact: Artifact, role: Role) -> Media:
    return Media(
        path=artifact.path,
        sha256=artifact.sha256,
        bytes=artifact.bytes,
        mime=artifact.mime,
        role=role,
        name=artifact.path.name,
        alt=artifact.alt,
        width=artifact.width,
        height=artifact.height,
        seconds=artifact.duration_s,
    )


def read_body(artifacts: Sequence[Artifact]) -> str:
    """The article's body as portals take it."""
    for artifact in artifacts:
        if artifact.kind == "article" and artifact.role == "body":
            return artifact.path.read_text("utf-8")
    return ""


def describe(piece: Piece, caption: Caption) -> dict[str, str]:
    """What channels note beside the post: no secrets, nothing of this machine."""
    return {
        "campaign": piece.campaign.slug,
        "unit": piece.unit.id,
        "unit_name": piece.unit.name,
        "station": piece.unit.station,
        "slug": f"{piece.campaign.slug}-{piece.unit.id}",
        "level": "ordinary",  # loudspeaker pieces are never of the priority or urgent level
    }
