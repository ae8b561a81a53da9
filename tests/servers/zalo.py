"""The Zalo stand-in's case: an article with a cover and a picture in its body."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from channel_case import Case, Seen, Server, make_file, make_film, make_picture

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


def film(folder: Path, key: str) -> Post:
    still = make_file(folder, "bia.png", b"\x89PNG still", "image/png", "thumbnail", "Cảnh đầu của clip")
    return Post(
        key,
        "zalo-thu",
        "video",
        "Ngày Khoa học, Công nghệ 18/5",
        "Mời bà con xem.",
        summary="Năm mốc của ngày 18/5 trong một phút.",
        media=(make_film(folder, 300_000), still),
    )


def message(folder: Path, key: str) -> Post:
    pictures = (make_picture(folder, "một.png", (11, 79, 138), "Trang 1"),)
    words = "Mời bà con đến nhà văn hóa xã lúc 8 giờ."
    return Post(key, "zalo-thu", "photo", "", words, link="https://tinhmau.example/tin", media=pictures)


@contextmanager
def group_server(folder: Path) -> Iterator[Server]:
    place = folder / "goi"
    place.mkdir()

    def seen() -> list[Seen]:
        return [
            Seen((path.parent / "loi-nhan.txt").read_text(), tuple(p.read_bytes() for p in path.parent.glob("*.png")))
            for path in sorted(place.glob("*/da-dang.txt"))
        ]

    yield Server({"folder": str(place)}, {}, seen)


SETTINGS = {
    "app_id": "1001",
    "pictures_url": "https://tinhmau.example/anh",
    "pictures_folder": "/srv/www/anh",
    "polls": 3,
    "poll_s": 0,
}
SECRETS = {"refresh_token": "ZALO_THU_REFRESH", "app_secret": "ZALO_THU_SECRET"}
WITHOUT = {"duplicate": "no answer of Zalo's for an article that is there already is known"}
CASES = (
    Case(
        "zalo-group",
        KIND,
        {"via": "group", "title": "Thôn 3"},
        {},
        message,
        lambda post: [post.text, post.link],
        lambda post: replace(post, text="x" * 2_001),
        token_setting="",
        server=group_server,
        needs_person=True,
        corrects=False,
        withdraws=False,
    ),
    Case(
        "zalo-video",
        KIND,
        SETTINGS,
        SECRETS,
        film,
        lambda post: [post.title, post.summary],
        lambda post: replace(post, media=tuple(replace(m, bytes=50_000_001) for m in post.media)),
        faults={"expired": (Sent, 1)},
        without=WITHOUT,
        throttled_s=60.0,
        token_setting="app_secret_env",
        prepare_step="upload",
    ),
    Case(
        "zalo-article",
        KIND,
        SETTINGS,
        SECRETS,
        article,
        words,
        lambda post: replace(post, title="x" * 150),
        # An expired access token is renewed and the call, surely refused, is made once more.
        faults={"expired": (Sent, 1)},
        without=WITHOUT,
        throttled_s=60.0,
        token_setting="app_secret_env",
    ),
)
