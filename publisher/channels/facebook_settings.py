"""Settings of a Facebook Page: each with its meaning, its default and its check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from publisher.channels.parsing import read_address, read_whole, read_word
from publisher.settings import Marked, describe

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "page_id": "the number of the Page",
        "version": "version of Graph, such as v26.0",
        "version_ends": "last day of that version (YYYY-MM-DD), warned about 60 days before",
        "base_url": "address of Graph",
        "video_url": "address that takes videos",
        "upload_url": "address that takes the bytes of Reels",
        "timeout_s": "seconds without an answer after which a call is given up",
        "app_id": "the application's number; with app_secret_env the token's expiry is checked daily",
        "app_live": "true once somebody has seen a post without being logged in: the application is not in development",
        "native_schedule": "true: Facebook holds approved posts (text, link, pictures) from up to 29 days before and "
        "publishes them even when this machine is off; taken back when held, frozen, cancelled or changed",
        "sources": "text: sources stand in the post; comment: in a first comment below it, a piece of its own",
        "polls": "how often a video's processing is looked at within one attempt",
        "poll_s": "seconds between two such looks",
    }
)
SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "token": "Make a Page token (a system user's, or a long-lived one) with pages_manage_posts, "
        "pages_read_engagement and pages_show_list, and put it into this variable.",
        "app_secret": "App dashboard > Settings > Basic > App secret.",
    }
)
# From the changelog of Graph, read 2026-11-20; v26.0 has no end announced.
VERSION_ENDS: Mapping[str, date] = MappingProxyType(
    {
        "v19.0": date(2026, 5, 21),
        "v20.0": date(2026, 9, 24),
        "v21.0": date(2027, 1, 21),
        "v22.0": date(2027, 5, 20),
        "v23.0": date(2027, 10, 8),
        "v24.0": date(2028, 2, 18),
        "v25.0": date(2028, 7, 29),
    }
)


@dataclass(frozen=True)
class Settings:
    page_id: str
    version: str = "v26.0"
    version_ends: date | None = None
    base_url: str = "https://graph.facebook.com"
    video_url: str = "https://graph-video.facebook.com"
    upload_url: str = "https://rupload.facebook.com"
    timeout_s: float = 30.0
    app_id: str = ""
    app_live: bool = False
    native_schedule: bool = False
    sources: str = "text"
    polls: int = 10
    poll_s: float = 6.0


def parse_settings(marked: Marked, secrets: Mapping[str, str]) -> Settings:
    """The Page's settings; what is wrong is reported in `marked` with its line."""
    if "token" not in secrets:
        marked.complain("token_env", f"missing. {SECRETS['token']}")
    page_id = marked.text("page_id")
    if page_id and not re.fullmatch(r"\d{3,25}", page_id):
        marked.complain("page_id", f"the Page's number, digits only; found {describe(page_id)}.")
    version = marked.text("version", Settings.version)
    if not re.fullmatch(r"v\d{1,3}\.\d", version):
        marked.complain("version", f"such as v26.0; found {describe(version)}.")
    return Settings(
        page_id=page_id,
        version=version,
        version_ends=_day(marked),
        base_url=read_address(marked, "base_url", Settings.base_url),
        video_url=read_address(marked, "video_url", Settings.video_url),
        upload_url=read_address(marked, "upload_url", Settings.upload_url),
        timeout_s=read_whole(marked, "timeout_s", Settings.timeout_s, low=0.1, high=600),
        app_id=marked.text("app_id", ""),
        app_live=marked.flag("app_live", False),
        native_schedule=marked.flag("native_schedule", False),
        sources=read_word(marked, "sources", ("text", "comment"), Settings.sources),
        polls=int(read_whole(marked, "polls", Settings.polls, low=1, high=100)),
        poll_s=read_whole(marked, "poll_s", Settings.poll_s, low=0, high=60),
    )


def _day(marked: Marked) -> date | None:
    text = marked.text("version_ends", "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        marked.complain("version_ends", f"a day is written 2028-07-29; found {describe(text)}.")
        return None
