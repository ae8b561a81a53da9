"""A list item that starts with a bold figure is a figure card; a bold word with a number in it is not."""

from __future__ import annotations

import re

from publisher.content.inline import restyle, strip_text
from publisher.content.model import Figure, Span, Text
from publisher.content.numbers import parse_number

_LONGEST = 24
# What may stand before the figure itself: a sign, or words that say how exact it is.
_LEAD = re.compile(
    r"(?:[-−+~≈≥≤<>±$€₫]\s*)*(?:(?:trên|dưới|hơn|gần|khoảng|chừng|độ|xấp xỉ|ít nhất|nhiều nhất|tối thiểu|tối đa"
    r"|không quá|không dưới|đạt|đủ|chỉ|cả|tất cả|mọi|từ|đến|tới|tăng|giảm|gấp|thêm|bớt|còn|top|tốp|hạng|thứ)\s+){0,3}"
    r"(?:[-−+~≈≥≤<>±$€₫]\s*)*\d",
    re.IGNORECASE,
)


def read_figure(text: Text, line: int) -> Figure | None:
    """`**80%** người dân…` as a figure card; None when the item does not start with a bold figure.

    `**Ngày 18/5:** khai mạc` names a day and `**57-NQ/TW** …` a document: neither is a figure.
    """
    head = leading_strong(text)
    written = "".join(span.text for span in head).strip()
    value = written.rstrip(":").rstrip()
    if not head or len(value) > _LONGEST or not _LEAD.match(value) or _is_document(value):
        return None
    rest = text.spans[len(head) :]
    parted = written.endswith(":")
    if rest:
        label = rest[0].text.lstrip(" :–—-")
        parted = parted or bool(rest[0].text.removesuffix(label).strip())
        rest = (restyle(rest[0], label), *rest[1:])
    return Figure(value, strip_text(Text(rest)), parse_number(value), line, parted)


def _is_document(value: str) -> bool:
    """`57-NQ/TW`, `147/2024/NĐ-CP`."""
    return re.search(r"\d[-/]\w*[^\W\d_]\w*[-/]\w", value) is not None


def leading_strong(text: Text) -> tuple[Span, ...]:
    """The bold runs a text begins with."""
    head = []
    for span in text.spans:
        if not span.strong:
            break
        head.append(span)
    return tuple(head)
