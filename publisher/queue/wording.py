"""How states, acts and roles are called in Vietnamese, where the queue refuses something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

STATES: Mapping[str, str] = {
    "draft": "bản nháp",
    "in_review": "chờ duyệt",
    "approved": "đã duyệt, chờ cho đi",
    "queued": "chờ đến giờ",
    "claimed": "sắp gửi",
    "sending": "đang gửi",
    "sent": "đã đăng",
    "corrected": "đã đăng, đã đính chính",
    "withdrawn": "đã gỡ",
    "waiting": "chưa gửi được, sẽ gửi lại",
    "rejected": "bị trả lại",
    "unknown": "chưa rõ đã đăng hay chưa",
    "missed": "lỡ giờ",
    "held": "đang tạm dừng",
    "cancelled": "đã hủy",
}
VERBS: Mapping[str, str] = {
    "answer for facts": "trả lời về dữ kiện",
    "answer for its facts": "trả lời về dữ kiện của bài",
    "approve": "duyệt",
    "be held by a freeze again": "để lệnh tạm dừng giữ lại bài",
    "cancel": "hủy bài",
    "correct": "đính chính",
    "freeze": "tạm dừng",
    "let a piece pass a freeze": "cho một bài đi khi đang tạm dừng",
    "let it pass": "cho bài đi",
    "pass a freeze": "cho bài đi khi đang tạm dừng",
    "plan pieces": "lập kế hoạch đăng",
    "reject": "trả lại bài",
    "release": "cho bài đi",
    "reschedule": "hẹn giờ lại",
    "restore a backup": "khôi phục bản sao lưu",
    "retry": "gửi lại",
    "settle": "xác nhận kết quả",
    "submit": "trình duyệt",
    "take that mark away": "bỏ dấu ấy",
    "unfreeze": "bỏ tạm dừng",
    "withdraw": "gỡ bài",
}
ROLES: Mapping[str, str] = {
    "editor": "biên tập",
    "approver": "duyệt",
    "publisher": "đăng",
    "administrator": "quản trị",
}


def name_states(states: Iterable[str]) -> str:
    """`“bản nháp”, “chờ duyệt”`."""
    return ", ".join(f"“{STATES[state]}”" for state in states)
