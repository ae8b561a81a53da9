"""The Zalo stand-in's case: an article with a cover and a picture in its body."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from channel_case import Case, make_picture

from publisher.channels.base import Post, Sent

KIND = "zalo"
BODY = (
    '<p class="lead">Sáng 18/5, tỉnh Mẫu <strong>mở cửa</strong> 12 phòng thí nghiệm.</p><h2 id="muc-1">Ba bước</h2>'
    '<ol class="steps"><li>Đăng ký</li><li>Nhận lịch</li></ol>'
    '<figure class="picture"><img src="trong-bai.png" alt="Học sinh xem kính hiển vi"></figure>'
)


def article(folder: Path, key: str) -> Post:
    media = (
        make_picture(folder, "bìa.png", (11, 79, 138), "Bìa: Ngày 18/5"),
        make_picture(folder, "trong-bai.png", (242, 165, 65), "Học sinh xem kính hiển vi"),
    )
    return Post(
        key,
        "zalo-thu",
        "article",
        "Tỉnh Mẫu mở cửa phòng thí nghiệm",
        "Mời bà con.",
        html=BODY,
        summary="Mười hai phòng thí nghiệm mở cửa.",
        author="Ban biên tập",
        media=media,
    )


def words(post: Post) -> list[str]:
    parts = ["Sáng 18/5, tỉnh Mẫu mở cửa 12 phòng thí nghiệm.", "Ba bước", "1. Đăng ký", "2. Nhận lịch"]
    return [post.title, post.summary, *parts]


CASES = (
    Case(
        "zalo-article",
        KIND,
        {
            "app_id": "1001",
            "pictures_url": "https://tinhmau.example/anh",
            "pictures_folder": "/srv/www/anh",
            "polls": 3,
            "poll_s": 0,
        },
        {"refresh_token": "ZALO_THU_REFRESH", "app_secret": "ZALO_THU_SECRET"},
        article,
        words,
        lambda post: replace(post, title="x" * 150),
        # An expired access token is renewed and the call, surely refused, is made once more.
        faults={"expired": (Sent, 1)},
        throttled_s=60.0,
        token_setting="app_secret_env",
    ),
)
