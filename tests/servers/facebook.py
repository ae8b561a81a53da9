"""The Graph stand-in's cases: one for every shape of post a Page takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from channel_case import Case, make_film, make_picture

from publisher.channels.base import Post

KIND = "facebook"
SETTINGS = {"page_id": "100000000000001", "app_id": "77", "app_live": True, "polls": 1, "poll_s": 0}
SECRETS = {"token": "FB_THU_TOKEN", "app_secret": "FB_THU_SECRET"}
WORDS = "Ngày Khoa học, Công nghệ 18/5\n\nMời bà con đến nhà văn hóa xã lúc 8 giờ. #khoahoc"


def text_post(folder: Path, key: str) -> Post:
    return Post(key, "facebook-thu", "text", "Ngày 18/5", WORDS)


def link_post(folder: Path, key: str) -> Post:
    return Post(key, "facebook-thu", "link", "Ngày 18/5", WORDS, link="https://truyenthong.tinhmau.example/tin")


def photo_post(folder: Path, key: str) -> Post:
    pictures = (
        make_picture(folder, "một.png", (11, 79, 138), "Trang 1: năm mốc của ngày 18/5"),
        make_picture(folder, "hai.png", (242, 165, 65), "Trang 2: ba bước tham gia"),
    )
    return Post(key, "facebook-thu", "photos", "Ngày 18/5", WORDS, media=pictures)


def reel_post(folder: Path, key: str) -> Post:
    return Post(key, "facebook-thu", "reel", "Ngày 18/5", WORDS, media=(make_film(folder),))


def video_post(folder: Path, key: str) -> Post:
    return Post(key, "facebook-thu", "video", "Ngày 18/5", WORDS, media=(make_film(folder, 2_400_000),))


def too_long(post: Post) -> Post:
    return replace(post, text="x" * 63_207)


AT_ONCE = {"verify_fails": "words, links and pictures are there when Facebook answers"}


def _case(name, post, **more) -> Case:
    return Case(name, KIND, SETTINGS, SECRETS, post, lambda p: [p.text], too_long, throttled_s=420.0, **more)


CASES = (
    _case("facebook-text", text_post, prepares=False, without=AT_ONCE),
    _case("facebook-link", link_post, prepares=False, without=AT_ONCE),
    _case("facebook-photos", photo_post, without=AT_ONCE),
    _case("facebook-reel", reel_post, commit_step="video", prepare_step="video", leaves_drafts=True),
    _case("facebook-video", video_post, commit_step="video", prepare_step="video", leaves_drafts=True),
)
