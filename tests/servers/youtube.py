"""The YouTube stand-in's case: a film."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from channel_case import Case, make_file, make_film

from publisher.channels.base import Post, Sent

KIND = "youtube"
SUBTITLES = "1\n00:00:00,000 --> 00:00:02,000\nChào bà con\n"


def film(folder: Path, key: str) -> Post:
    return Post(
        key,
        "youtube-thu",
        "video",
        "Ngày Khoa học, Công nghệ 18/5",
        "Mời bà con xem.",
        hashtags=("khoahoc",),
        media=(
            make_film(folder, 300_000),
            make_file(folder, "bia.png", b"\x89PNG still", "image/png", "thumbnail"),
            make_file(
                folder,
                "phu-de.srt",
                SUBTITLES.encode(),
                "text/plain",
                "captions",
            ),
        ),
    )


CASES = (
    Case(
        "youtube-video",
        KIND,
        {"client_id": "123.apps", "category": 28},
        {"refresh_token": "YT_THU_REFRESH", "client_secret": "YT_THU_SECRET"},
        film,
        lambda post: [post.title, post.text],
        lambda post: replace(post, title="x" * 101),
        # A refused access token is renewed and the call, surely refused, is made once more.
        faults={"expired": (Sent, 1)},
        without={"duplicate": "YouTube takes a film twice and says `duplicate` after processing: verify_fails"},
        verify_step="prepare",
        token_setting="refresh_token_env",
        leaves_drafts=True,
    ),
)
