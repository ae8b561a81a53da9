"""What is sent to Zalo of an article or a video article. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.channels.article_body import Pictures, TextItem, split_body
from publisher.channels.base import Media, Post
from publisher.channels.fitting import images_of, media_of


def make_payload(post: Post, handles: Mapping[str, str], *, author: str, comments: bool, status: str) -> dict[str, Any]:
    """The whole payload: Zalo takes no part of one. `handles` give addresses of pictures and the film's id."""
    urls = {key.removeprefix("picture:"): url for key, url in handles.items() if key.startswith("picture:")}
    cover = cover_of(post)
    address = urls.get(cover.sha256, "") if cover else ""
    shared = {
        "title": post.title,
        "description": summary_of(post),
        "status": status,
        "comment": "show" if comments else "hide",
    }
    if post.shape == "video":
        return {**shared, "type": "video", "video_id": handles.get("video_id", ""), "avatar": address}
    return {
        **shared,
        "type": "normal",
        "author": author,
        "cover": {"cover_type": "photo", "photo_url": address, "status": "show"},
        "body": make_body(post, urls),
    }


def cover_of(post: Post) -> Media | None:
    """The picture of an article, or the still of a film."""
    if post.shape == "video":
        return media_of(post, "thumbnail")
    return next(iter(images_of(post)), None)


def pictures_of(post: Post) -> tuple[Media, ...]:
    """Everything Zalo fetches from a public address."""
    still = cover_of(post)
    return images_of(post) if post.shape != "video" else (still,) if still else ()


def summary_of(post: Post) -> str:
    return (post.summary or post.text).strip()


def make_body(post: Post, urls: Mapping[str, str]) -> list[dict[str, str]]:
    """The article as Zalo's items. Pictures the post does not hold are named by their description instead."""
    pictures = Pictures(post.media)
    body: list[dict[str, str]] = []
    for item in split_body(post.html or ""):
        media = None if isinstance(item, TextItem) else pictures.find(item.name)
        if isinstance(item, TextItem):
            body.append({"type": "text", "content": item.text})
        elif media is not None and media.sha256 in urls:
            body.append({"type": "image", "url": urls[media.sha256], "caption": item.alt or media.alt})
        elif item.alt:
            body.append({"type": "text", "content": item.alt})
    return body or [{"type": "text", "content": post.text or post.summary or post.title}]
