"""Whether a post fits a channel's limits: every reason at once, without a request. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from publisher.channels.base import Limits, Media, Post


def normal(text: str) -> str:
    """`text` as two services agree on it: NFC, `\\n` line ends, no blanks at line ends or around the whole."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def fit_limits(post: Post, limits: Limits) -> tuple[str, ...]:
    """Why the post does not fit, each with what was found and what is allowed; empty when it fits."""
    return (*_fit_texts(post, limits), *_fit_images(post, limits), *_fit_videos(post, limits))


def fit_script(post: Post, limits: Limits) -> tuple[str, ...]:
    """Why a station would not take the piece; the same for every way it gets there."""
    reasons = list(fit_limits(post, limits))
    if not post.text.strip() and not post.media:
        reasons.append("text: empty; a script needs words")
    if post.data.get("level", "ordinary") != "ordinary":
        reasons.append("level: only ordinary pieces are sent to loudspeakers; remove it")
    return tuple(reasons)


def images_of(post: Post) -> tuple[Media, ...]:
    return tuple(media for media in post.media if media.role == "image")


def media_of(post: Post, role: str) -> Media | None:
    """The first file of a role."""
    return next((media for media in post.media if media.role == role), None)


def _fit_texts(post: Post, limits: Limits) -> Iterator[str]:
    if post.shape not in limits.shapes:
        yield f"shape: found {post.shape}; allowed: {', '.join(limits.shapes)}"
    for name, text, limit in (
        ("text", post.text, limits.text),
        ("title", post.title, limits.title),
        ("summary", post.summary, limits.summary),
    ):
        if limit is not None and len(text) > limit:
            yield f"{name}: {len(text)} characters; allowed: {limit}. Shorten it; nothing is cut by itself"


def _fit_images(post: Post, limits: Limits) -> Iterator[str]:
    images = images_of(post)
    if len(images) > limits.images:
        yield f"pictures: {len(images)}; allowed: {limits.images}"
    for image in images:
        if not image.alt.strip():
            yield f"{image.name}: no alt text; every picture needs one"
        if limits.image_bytes is not None and image.bytes > limits.image_bytes:
            yield f"{image.name}: {image.bytes} bytes; allowed: {limits.image_bytes}"
        if limits.png_bytes is not None and image.mime == "image/png" and image.bytes > limits.png_bytes:
            yield f"{image.name}: a PNG of {image.bytes} bytes; allowed: {limits.png_bytes}. Send it as JPEG"
        if image.mime not in limits.image_mimes:
            yield f"{image.name}: {image.mime}; allowed: {', '.join(limits.image_mimes)}"


def _fit_videos(post: Post, limits: Limits) -> Iterator[str]:
    for video in (media for media in post.media if media.role == "video"):
        if limits.video_bytes == 0:
            yield f"{video.name}: takes no video"
        elif video.bytes > limits.video_bytes:
            yield f"{video.name}: {video.bytes} bytes; allowed: {limits.video_bytes}"
        if limits.video_s is not None and video.seconds > limits.video_s:
            yield f"{video.name}: {video.seconds:g} s; allowed: {limits.video_s:g} s. Make a shorter clip"
