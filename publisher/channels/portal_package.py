"""Portals without an interface: a folder with everything a person pastes, and a file to put the address into.

Nothing here can publish, so commit says what is true: a person has to, and the outcome is open until the address of
the published article stands in `dia-chi.txt`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.channels.base import (
    Account,
    CannotTell,
    Found,
    Limits,
    Look,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.fitting import fit_limits
from publisher.channels.person_folder import PersonFolder
from publisher.channels.portal_page import is_of, why_not_shown
from publisher.channels.portal_settings import Settings
from publisher.channels.portal_wordpress import LIMITS
from publisher.channels.radio_script import safe_name
from publisher.channels.web import Web

ADDRESS = "dia-chi.txt"


@dataclass
class Package(PersonFolder):
    account: Account
    settings: Settings
    folder: Path
    web: Web | None = None
    """Fetches pages of the account's own portal only; None: none is fetched."""
    may_make_folder: bool = False
    limits: Limits = LIMITS
    can_correct: bool = False
    can_withdraw: bool = False
    thing = "package"
    word = ADDRESS
    unsaid = "a person has not entered the article's address yet"
    empty = "the file for the address is empty"
    where = "the portal"

    def fit(self, post: Post) -> tuple[str, ...]:
        return fit_limits(post, self.limits)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Write the package: words, HTML, pictures with their descriptions, and how to go on."""
        alts = {safe_name(media.name): media.alt for media in post.media if media.alt}
        files: dict[str, bytes | Path] = {safe_name(media.name): media.path for media in post.media}
        texts = {
            "tieu-de.txt": f"{post.title}\n",
            "tom-tat.txt": f"{post.summary or post.text}\n",
            "noi-dung.html": post.html or post.text,
            "mo-ta-anh.json": json.dumps(alts, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
            "huong-dan.txt": _GUIDE.format(address=ADDRESS),
        }
        return self.lay(post, {**files, **{name: text.encode() for name, text in texts.items()}})

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        return Unknown(f"the package {self.place(post).name} waits for a person to paste it and enter its address")

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        """Found once a person has put an address of the portal into the package."""
        url = self.read_word(post, handles)
        if not isinstance(url, str):
            return url
        if not is_of(url, self.settings.base_url):
            return CannotTell(f"the address entered is not one of {self.settings.base_url}", self.look_at(post))
        wrong = why_not_shown(self.web, self.settings.base_url, title=post.title, url=url) if self.web else ""
        if wrong:
            return CannotTell(f"{wrong}; correct the address", self.look_at(post))
        return Found(Sent(url, url, "a person entered the address"), "the address entered by a person shows the title")


_GUIDE = """Dán bài lên cổng thông tin

1. Mở trang quản trị của cổng, tạo bài mới.
2. Dán tiêu đề (tieu-de.txt), tóm tắt (tom-tat.txt) và nội dung (noi-dung.html, ở chế độ mã nguồn).
3. Tải ảnh lên; mô tả của từng ảnh ở mo-ta-anh.json – ảnh nào cũng phải có mô tả.
4. Xem trước, đăng bài.
5. Ghi địa chỉ của bài đã đăng vào tệp {address} trong thư mục này.
"""
