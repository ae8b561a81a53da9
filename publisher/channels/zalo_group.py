"""Ordinary Zalo groups: no program may post there, so a kit lies ready to copy from, and a person says that it is done.

The outcome is open until `da-dang.txt` stands in the kit: nothing here guesses that somebody has pasted it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.channels.base import (
    Account,
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
from publisher.channels.radio_script import safe_name

LIMITS = Limits(
    text=2_000,  # one message of the application, as its users report; the service prints no number
    images=10,
    image_bytes=1_000_000,
    image_mimes=("image/png", "image/jpeg"),
    video_bytes=50_000_000,
    shapes=("text", "link", "photo", "photos", "video"),
)
WORDS, DONE = "loi-nhan.txt", "da-dang.txt"
_SENT_ROLES = ("image", "video")


@dataclass
class GroupKit(PersonFolder):
    """Kits of one group, one folder each. `title` names the group to the person who pastes."""

    account: Account
    folder: Path
    title: str
    may_make_folder: bool = False
    limits: Limits = LIMITS
    can_correct: bool = False
    can_withdraw: bool = False
    thing = "kit"
    word = DONE
    unsaid = "nobody has said yet that it was pasted"
    empty = "the file is empty: write who pasted it, and when"
    where = "the group"

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_limits(post, self.limits))
        if not post.text.strip() and not post.media:
            reasons.append("text: empty; there is nothing to paste")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Write the kit: the words as they are pasted, the files in their order, and how to go on."""
        sent = [media for media in post.media if media.role in _SENT_ROLES]
        files: dict[str, bytes | Path] = {
            f"{number:02d}-{safe_name(media.name)}": media.path for number, media in enumerate(sent, 1)
        }
        guide = _GUIDE.format(group=self.title, words=WORDS, done=DONE)
        return self.lay(post, {**files, WORDS: f"{_words(post)}\n".encode(), "huong-dan.txt": guide.encode()})

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        return Unknown(f"the kit {self.place(post).name} waits for a person to paste it into the group {self.title}")

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        """Found once a person has written who pasted it and when."""
        said = self.read_word(post, handles)
        if not isinstance(said, str):
            return said
        said = " ".join(said.split())[:200]
        return Found(Sent(self.place(post).name, "", f"pasted by a person: {said}"), f"a person's word: {said}")


def _words(post: Post) -> str:
    link = post.link if post.link and post.link not in post.text else ""
    return "\n".join(part for part in (post.text.strip(), link) if part)


_GUIDE = """Đăng vào nhóm Zalo: {group}

1. Mở nhóm trên Zalo (máy tính hoặc điện thoại).
2. Gửi ảnh hoặc clip theo thứ tự số ở đầu tên tệp (nếu có), không đổi nội dung.
3. Mở tệp {words}, chọn tất cả, chép và dán vào khung nhắn; xem lại rồi gửi. Chỉ gửi một lần.
4. Ghi tên người đăng và giờ đăng vào tệp {done} trong thư mục này, ví dụ: "Lan, 8 giờ 05 ngày 18/5".
"""
