"""Why a piece did or did not go out, in one paragraph an editor can read; in Vietnamese or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from publisher.queue import transitions as t
from publisher.queue.model import Attempt, Delivery, Freeze


@dataclass(frozen=True)
class Told:
    """All that the paragraph is made of."""

    delivery: Delivery
    approvers: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    freezes: tuple[Freeze, ...]


def explain(told: Told, *, now: datetime, language: str, zone: tzinfo | None = None) -> str:
    """The paragraph. Moments are shown in `zone` (Vietnam's by default)."""
    local = zone or ZoneInfo("Asia/Ho_Chi_Minh")

    def show(moment: datetime | None) -> str:
        return "—" if moment is None else moment.astimezone(local).strftime("%H:%M:%S %d/%m/%Y")

    words = _VI if language == "vi" else _EN
    d = told.delivery
    parts = [
        words["what"].format(id=d.id, account=d.account, due=show(d.due_at)),
        words["signed" if told.approvers else "unsigned"].format(who=", ".join(told.approvers), author=d.author),
        _state(told, words, show),
    ]
    if d.facts_open and d.state in (t.DRAFT, t.IN_REVIEW):
        parts.append(ask_facts(d.facts, language=language))
    if d.doubt_from is not None and d.state not in t.FINAL:
        parts.append(words["doubt"].format(since=show(d.doubt_from)))
    commits = [a for a in told.attempts if a.phase == "commit"]
    looks = [a for a in told.attempts if a.phase == "find"]
    if commits:
        last = commits[-1]
        parts.append(
            words["tried"].format(n=len(commits), at=show(last.started_at), outcome=last.outcome or words["none"])
        )
    if looks:
        parts.append(words["looked"].format(n=len(looks), found=looks[-1].essentials))
    if d.passes_freeze and d.act == "publish" and d.state not in t.FINAL:
        parts.append(words["passes"])
    if any(f.covers(d.unit) for f in told.freezes) and not d.passes_freeze and d.state not in t.FINAL:
        frozen = next(f for f in told.freezes if f.covers(d.unit))
        parts.append(words["frozen"].format(reason=frozen.reason, until=show(frozen.until_at)))
    return " ".join(parts)


def ask_facts(question: str, *, language: str) -> str:
    """Why a person is asked whether the facts still hold, as `Delivery.facts` has it."""
    words = _VI if language == "vi" else _EN
    kind, _, year = question.partition(":")
    return words[f"facts_{kind}"].format(year=year)


def _state(told: Told, words: Mapping[str, str], show: Callable[[datetime | None], str]) -> str:
    d = told.delivery
    key = f"{d.state}_ask" if d.state == t.UNKNOWN and d.asks_person else d.state
    return words[key].format(
        at=show(d.sent_at if d.state in t.FINAL else d.state_at),
        next=show(d.next_at),
        url=d.external_url or d.external_id or "—",
        reason=d.reason.rstrip(".") or words["none"],
        id=d.id,
        n=d.levels,
    )


_VI = {
    "none": "chưa ghi lại",
    "what": "{id}: bài cho kênh {account}, hẹn lúc {due}.",
    "signed": "Người soạn: {author}; người duyệt: {who}.",
    "unsigned": "Người soạn: {author}; chưa có ai duyệt nội dung và giờ đăng hiện tại.",
    "tried": "Đã gọi lệnh đăng {n} lần, lần cuối lúc {at}, kết quả: {outcome}.",
    "looked": "Đã đọc lại kênh {n} lần; lần cuối thấy: {found}.",
    "frozen": "Đang có lệnh tạm dừng ({reason}), đến {until}.",
    "passes": "Được đánh dấu vẫn đi khi có lệnh tạm dừng.",
    "facts_newest": (
        "Dữ kiện đã đổi chưa? Năm mới nhất bài nhắc đến là {year}. Phải có người trả lời trước khi duyệt: "
        "publisher facts hold hoặc facts changed."
    ),
    "facts_again": (
        "Dữ kiện đã đổi chưa? Chiến dịch này đã đăng năm trước. Phải có người trả lời trước khi duyệt: "
        "publisher facts hold hoặc facts changed."
    ),
    "doubt": "Có thể đã đăng sau bản sao lưu lúc {since}: kênh được đọc trước khi gửi.",
    t.DRAFT: "Chưa gửi đi vì còn là bản nháp: hãy trình duyệt.",
    t.IN_REVIEW: "Chưa gửi đi vì đang chờ duyệt: cần {n} người duyệt, không phải người soạn.",
    t.APPROVED: "Đã duyệt nhưng chưa được phát hành: người phụ trách đăng cần cho phát hành.",
    t.QUEUED: "Đã duyệt, nằm trong hàng đợi, sẽ gửi khi đến giờ.",
    t.CLAIMED: "Đang được chuẩn bị gửi từ lúc {at}.",
    t.SENDING: "Đang gửi từ lúc {at}; chưa có câu trả lời của kênh.",
    t.SENT: "Đã đăng lúc {at}: {url}.",
    t.CORRECTED: "Đã đăng lúc {at} ({url}), sau đó đã được đính chính.",
    t.WITHDRAWN: "Đã đăng lúc {at} ({url}), sau đó đã được gỡ.",
    t.WAITING: "Chắc chắn chưa đăng; sẽ thử lại lúc {next}. Lý do: {reason}.",
    t.REJECTED: "Không đăng, cần người sửa. Lý do: {reason}.",
    t.UNKNOWN: "Chưa rõ đã đăng hay chưa ({reason}); sẽ đọc lại kênh lúc {next} trước khi làm gì khác.",
    "unknown_ask": (
        "Chưa rõ đã đăng hay chưa: {reason}. Cần người xem kênh rồi ghi lại: "
        "publisher queue settle {id} --sent ĐỊA_CHỈ hoặc --not-sent."
    ),
    t.MISSED: "Không đăng vì đã quá giờ: {reason}. Muốn đăng, hãy thử lại hoặc hẹn giờ mới.",
    t.HELD: "Đang giữ lại, chờ người quyết định: {reason}.",
    t.CANCELLED: "Không đăng vì đã huỷ lúc {at} (lý do: {reason}).",
}

_EN = {
    "none": "not recorded",
    "what": "{id}: for the account {account}, due {due}.",
    "signed": "Written by {author}; approved by {who}.",
    "unsigned": "Written by {author}; nobody has approved its present content and time.",
    "tried": "The publishing call was made {n} times, last at {at}, with the outcome: {outcome}.",
    "looked": "The channel was read back {n} times; last seen: {found}.",
    "frozen": "A freeze is in force ({reason}), until {until}.",
    "passes": "It is marked to go out during a freeze.",
    "facts_newest": (
        "Have the facts changed? The newest year it names is {year}. Somebody answers before it is approved: "
        "publisher facts hold or facts changed."
    ),
    "facts_again": (
        "Have the facts changed? The campaign went out in an earlier year. Somebody answers before it is approved: "
        "publisher facts hold or facts changed."
    ),
    "doubt": "It may have gone out after the backup of {since}: its channel is read before it is sent.",
    t.DRAFT: "It has not gone out because it is a draft: submit it for review.",
    t.IN_REVIEW: "It has not gone out because it waits for approval: {n} people other than the author must approve.",
    t.APPROVED: "It is approved but not released: a publisher must release it.",
    t.QUEUED: "It is approved and queued, and goes out when its time comes.",
    t.CLAIMED: "It has been in preparation since {at}.",
    t.SENDING: "It has been sending since {at}; the channel has not answered yet.",
    t.SENT: "It went out at {at}: {url}.",
    t.CORRECTED: "It went out at {at} ({url}) and was corrected afterwards.",
    t.WITHDRAWN: "It went out at {at} ({url}) and was withdrawn afterwards.",
    t.WAITING: "It is surely not out; the next try is at {next}. Reason: {reason}.",
    t.REJECTED: "It did not go out and a person must change something. Reason: {reason}.",
    t.UNKNOWN: "It may be out ({reason}); the channel is read again at {next} before anything else is done.",
    "unknown_ask": (
        "It may be out: {reason}. A person must look at the channel and record it: "
        "publisher queue settle {id} --sent URL or --not-sent."
    ),
    t.MISSED: "It did not go out because its time had passed: {reason}. Retry it or give it a new time.",
    t.HELD: "It is held for a person to decide: {reason}.",
    t.CANCELLED: "It did not go out because it was cancelled at {at} (reason: {reason}).",
}
