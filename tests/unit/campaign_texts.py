"""Campaigns that Hypothesis writes: any blocks, in any order, as long and as awkward as the format allows."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

PLAIN = [
    *("chuyển", "đổi", "số", "nhân", "dân", "thủ", "tục", "trực", "tuyến", "hồ", "sơ", "cán", "bộ", "xã", "phường"),
    *("tỉnh", "mạng", "lưới", "cộng", "đồng", "học", "tập", "sáng", "tạo", "khoa", "công", "nghệ", "năm", "tháng"),
    *("mọi", "người", "nhà", "gửi", "nhận", "kết", "quả", "miễn", "phí", "nhanh", "gọn", "ẩm", "ướt", "ngoằn", "ngoèo"),
]
# Stacked capitals, numbers with their units, names, numbers of documents: all of them are kept on one line.
AWKWARD = [
    *("ĐỔI", "ẨM", "ỖNG", "ỮNG", "PHƯỜNG", "3.321 xã", "47,5%", "1.234.567 đồng", "57-NQ/TW", "1169/QĐ-TTg", "A–B"),
    *("Nguyễn Thị Mẫu", "truyenthong.tinhmau.example", "0123456789", "24/7", "VNeID", "(một)", "“hai”"),
]
LONGEST = ("Nghiêngnghiêngnghiêng", "internationalisation", "donaudampfschifffahrt")

word = st.one_of(st.sampled_from(PLAIN), st.sampled_from(PLAIN), st.sampled_from(AWKWARD))
rare = st.one_of(word, word, word, word, word, st.sampled_from(LONGEST))


def plain_phrase(least: int, most: int) -> st.SearchStrategy[str]:
    """Without a word so long that a column of a table has no room for it: `check` of such a table names its line."""
    return st.lists(word, min_size=least, max_size=most).map(" ".join)


def phrase(least: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(rare, min_size=least, max_size=most).map(" ".join)


heading = phrase(1, 9).map("## {}".format)
paragraph = phrase(1, 60).map(lambda text: f"{text}.")
bullets = st.lists(phrase(1, 18), min_size=1, max_size=7).map(lambda items: "\n".join(f"- mục {i}" for i in items))
steps = st.lists(st.tuples(phrase(1, 5), phrase(1, 25)), min_size=1, max_size=9).map(
    lambda items: "\n".join(f"{n}. **{head}.** {body}." for n, (head, body) in enumerate(items, 1))
)
value = st.sampled_from(["80%", "100%", "3.321 xã", "1.234,5 tỷ", "24/7", "7", "Ít nhất 70%", "trên 1.000.000 người"])
figures = st.lists(st.tuples(value, phrase(1, 16)), min_size=1, max_size=9).map(
    lambda items: "\n".join(f"- **{shown}** {label}" for shown, label in items)
)
number = st.integers(0, 99_999).map(lambda n: f"{n // 10},{n % 10}")
cell = plain_phrase(1, 6)
bars = st.tuples(cell, cell, st.lists(st.tuples(cell, number), min_size=1, max_size=12)).map(
    lambda t: "\n".join([f"| {t[0]} | {t[1]} |", "|---|---:|", *(f"| {a} | {b} |" for a, b in t[2])])
)
line = st.tuples(cell, st.lists(number, min_size=2, max_size=8)).map(
    lambda t: "\n".join([f"| Năm | {t[0]} |", "|---|---:|", *(f"| {2010 + n} | {b} |" for n, b in enumerate(t[1]))])
)
grouped = st.tuples(cell, st.lists(st.tuples(cell, number, number), min_size=1, max_size=6)).map(
    lambda t: "\n".join([f"| {t[0]} | Nam | Nữ |", "|---|---:|---:|", *(f"| {a} | {b} | {c} |" for a, b, c in t[1])])
)
table = st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=12).map(
    lambda rows: "\n".join(
        ["| Việc | Nơi làm | Ghi chú |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    )
)
quotation = st.tuples(phrase(1, 60), phrase(1, 8)).map(lambda t: f"> {t[0]}.\n> — {t[1]}")
question = st.tuples(phrase(1, 14), phrase(1, 40)).map(lambda t: f"### {t[0]}?\n\n{t[1]}.")
questions = st.lists(question, min_size=1, max_size=5).map(lambda q: "## Hỏi – đáp\n\n" + "\n\n".join(q))

block = st.one_of(paragraph, bullets, steps, figures, bars, line, grouped, table, quotation)
section = st.tuples(heading, st.lists(block, min_size=1, max_size=3)).map(lambda t: "\n\n".join([t[0], *t[1]]))
title = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=45).map(lambda w: " ".join(w)[:200].strip().capitalize())


@st.composite
def campaign_texts(draw: st.DrawFn) -> str:
    """A campaign file; one in four is written with decomposed letters, as some editors save them."""
    body = draw(st.lists(section, min_size=0, max_size=4))
    if draw(st.booleans()):
        body.append(draw(questions))
    front = f"---\nslug: mau\ntitle: {draw(title)}\nsources: [{draw(phrase(1, 8))!r}]\n---\n"
    text = "\n\n".join([front, f"{draw(phrase(2, 30))}.", *body]) + "\n"
    return unicodedata.normalize("NFD", text) if draw(st.integers(0, 3)) == 0 else text
