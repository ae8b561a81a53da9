"""A broadcast of an article to the followers, laid out for the person who presses it. Nothing here can send one.

A broadcast cannot be read back, listed or taken back, and costs a quota: so it is pressed in the account's own pages,
and this module knows neither its address nor a token. Facts: quotas and hours as clients quote the vendor's pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from publisher.channels.base import Post, Sent

MANAGER = "https://oa.zalo.me/manage"
OPENS, CLOSES = time(6, 0), time(22, 0)  # an older page says until 20 h
QUOTA = "1 lượt/tháng cho mỗi người quan tâm (gói Cơ bản), 4 (Dùng thử, Nâng cao), 6 (Cao cấp); mỗi ngày nhiều nhất 1"


@dataclass(frozen=True)
class Broadcast:
    """What the person sees before pressing."""

    article_id: str
    url: str
    title: str
    summary: str
    audience: str
    warnings: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The sheet, in Vietnamese, for a terminal or a page."""
        return (
            f"Bài: {self.title}",
            f"Mã bài: {self.article_id}   {self.url}",
            f"Tóm tắt: {self.summary}",
            f"Người nhận đề nghị: {self.audience}",
            f"Hạn mức: {QUOTA}.",
            *(f"Lưu ý: {warning}" for warning in self.warnings),
            f"1. Mở {MANAGER} > Tin nhắn > Gửi broadcast, chọn đúng bài trên.",
            "2. Chọn người nhận, xem trước, rồi người có thẩm quyền bấm gửi. Chương trình không bấm thay được.",
            "3. Zalo duyệt khoảng 30 phút; đã gửi thì không thu hồi được.",
        )


def lay_out(post: Post, sent: Sent, *, now: datetime, audience: str = "") -> Broadcast:
    """The sheet for an article that is out. `now` is local to the readers."""
    warnings = []
    if not OPENS <= now.time() < CLOSES:
        warnings.append("bây giờ ngoài khung giờ gửi (6 giờ đến 22 giờ); Zalo sẽ từ chối")
    if post.shape != "article":
        warnings.append("broadcast nhận bài viết; bài video thì gửi liên kết")
    summary = (post.summary or post.text).strip()
    return Broadcast(sent.id, sent.url, post.title, summary, audience or "tất cả người quan tâm", tuple(warnings))
