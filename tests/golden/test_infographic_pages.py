"""Every theme and format with awkward campaigns, against recorded pictures. `make golden` records; look at them then."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from publisher.render import infographic
from publisher.render.base import RenderJob
from publisher.render.infographic_layout import lay_out
from publisher.render.theme import load_theme
from publisher.render.typesetting import set_png
from tests.golden.comparing import RECORD, differences, keep_difference
from tests.unit.test_infographic import FONTS, THEMES, UNIT, WORKSPACE, campaign_of

HERE = Path(__file__).parent / "infographic"
FORMATS = tuple(name for name in infographic.FORMATS if name != infographic.COVER)
TALL = 200  # of a page on a recorded strip, in pixels
COLOURS = 64  # of a recorded strip: a third of the bytes, and no difference that the tolerance would not swallow
MEAN, TILE = 2.5, 26.0

TITLE = "Chuyển đổi số toàn dân, toàn diện để mỗi người dân tỉnh Mẫu làm thủ tục tại nhà, " * 3
NAMES = (
    "hồ sơ trực tuyến",
    "tiếp nhận",
    "xã có sóng",
    "dịch vụ mới",
    "lệ phí",
    "tổ công nghệ",
    "lớp học",
    "điểm",
    "đội",
)
VALUES = ("80%", "24/7", "100%", "57", "0 đồng", "3.321", "1.234", "≥ 95%", "12")
HEAD = "# Mẫu khó\n\nTóm tắt một câu.\n\n"
CASES = {
    "title-200": f"# {TITLE[:200].rsplit(' ', 1)[0]}\n\nTóm tắt một câu.\n\n## Mục\n\nMột đoạn văn.\n",
    "figures-2": HEAD + "## Hai con số\n\n- **80%** hồ sơ trực tuyến\n- **Ít nhất 70%** cán bộ được tập huấn\n",
    "figures-9": HEAD + "## Chín con số\n\n" + "\n".join(f"- **{v}** {n}" for v, n in zip(VALUES, NAMES, strict=True)),
    "table-12": HEAD + "## Bảng\n\n| Việc | Nơi làm | Thời hạn |\n|---|---|---|\n"
    + "".join(f"| Thủ tục số {n} của người dân | Ủy ban nhân dân xã | {n} ngày |\n" for n in range(1, 13)),
    "nfd": unicodedata.normalize("NFD", HEAD + "## Ẩm ướt ỗ ữ ặ\n\nNguyễn Thị Mẫu ở Đồng Đăng. ẨM ƯỚT, ĐỖ QUYÊN, NGỮ.\n"),
    "quotation-long": HEAD + f"> {'Mỗi hồ sơ nộp tại nhà là một buổi sáng bà con không phải đi xa. ' * 8}\n> — Chị Mẫu\n",
    "words-glued": HEAD + "## Nghị quyết 57-NQ/TW\n\n- **1.234.567 đồng** theo Quyết định 1169/QĐ-TTg của Nguyễn Thị Mẫu\n"
    "- **3 lần** tại truyenthong.tinhmau.example/dich-vu-cong/tra-cuu\n",
    "picture-only": HEAD + "![Ba người bên một ý tưởng](campaigns/y-tuong.png \"Tỉnh Mẫu\"){focus: 50% 60%}\n",
    "questions": HEAD + "## Hỏi – đáp\n\n" + "".join(
        f"### Câu hỏi số {n} của bà con về hồ sơ?\n\nTrả lời ngắn gọn, có nơi làm và thời hạn.\n\n" for n in range(1, 5)
    ),
    "paragraph-only": "# Một đoạn\n\nChỉ có một đoạn văn và không có gì khác.\n",
    "chart-steps": HEAD + "## Hồ sơ trực tuyến\n\n| Năm | Tỷ lệ |\n|---|---:|\n| 2023 | 47,5% |\n| 2024 | 61% |\n| 2025 | 72% |\n\n"
    "## Ba bước\n\n1. **Đăng nhập.** Mở cổng dịch vụ.\n2. **Chọn.** Gõ tên việc.\n3. **Theo dõi.** Giữ mã số.\n",
}  # fmt: skip


def strip_of(case: str, theme: str, name: str) -> np.ndarray:
    """Every page of a format, small and side by side."""
    job = RenderJob(campaign_of(CASES[case], theme), UNIT, WORKSPACE, Path("khong-ghi"), options={"kicker": "Ngày mẫu"})
    size = infographic.FORMATS[name]
    layout = lay_out(job, load_theme(WORKSPACE, theme), size)
    pages = set_png(layout.source, {**layout.data, "pages": layout.pages}, fonts=FONTS, ppi=72 * 2 * TALL / size.height)
    small = []
    for page in pages:
        pixels = np.asarray(cv2.imdecode(np.frombuffer(page, np.uint8), cv2.IMREAD_COLOR))
        width = round(TALL * size.width / size.height)
        shrunk = cv2.resize(pixels, (width, TALL), interpolation=cv2.INTER_AREA)
        small.append(cv2.copyMakeBorder(shrunk, 0, 0, 0, 8, cv2.BORDER_CONSTANT, value=(128, 128, 128)))
    return np.hstack(small)


def record(strip: np.ndarray, path: Path) -> None:
    stream = io.BytesIO()
    rgb = Image.fromarray(cv2.cvtColor(strip, cv2.COLOR_BGR2RGB))
    rgb.quantize(COLOURS, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    path.write_bytes(stream.getvalue())


def chosen() -> list[tuple[str, str, str]]:
    """Every case in every format, each in the next theme, and one case in all themes and formats."""
    turns = [
        (case, THEMES[(at + place) % len(THEMES)], name)
        for at, case in enumerate(CASES)
        for place, name in enumerate(FORMATS)
    ]
    return sorted({*turns, *(("chart-steps", theme, name) for theme in THEMES for name in FORMATS)})


def cases() -> list[object]:
    """One in four is quick; the rest is compared by `make test-all`."""
    return [
        pytest.param(*one, id="-".join(one), marks=[] if number % 4 == 0 else [pytest.mark.slow])
        for number, one in enumerate(chosen())
    ]


@pytest.mark.parametrize(("case", "theme", "name"), cases())
def test_pages_look_as_recorded(case: str, theme: str, name: str) -> None:
    got, path = strip_of(case, theme, name), HERE / f"{case}-{theme}-{name}.png"
    if RECORD:
        record(got, path)
        return
    want = cv2.imread(str(path))
    assert want is not None, f"{path.name}: not recorded yet. Run `make golden` and look at it."
    if got.shape != want.shape:
        kept = keep_difference(got, np.asarray(want), path.name)
        pytest.fail(
            f"{path.name}: {got.shape[1]} pixels wide, {want.shape[1]} recorded (pages came or went); see {kept}"
        )
    mean, tile = differences(got, np.asarray(want))
    if mean > MEAN or tile > TILE:
        kept = keep_difference(got, np.asarray(want), path.name)
        pytest.fail(f"{path.name}: mean {mean:.2f}, worst tile {tile:.1f}; got, want and difference in {kept}")


def test_a_word_that_moved_or_vanished_is_seen() -> None:
    """The comparison itself can fail."""
    want = np.asarray(cv2.imread(str(HERE / "chart-steps-default-feed.png")))
    moved, bare = want.copy(), want.copy()
    moved[60:120] = np.roll(want[60:120], 5, axis=1)
    ink = np.abs(want.astype(float) - cv2.blur(want, (48, 48))).mean(axis=2)
    y, x = np.unravel_index(np.argmax(cv2.blur(ink, (64, 24))), ink.shape)  # where the words are thickest
    bare[max(0, y - 16) : y + 16, max(0, x - 40) : x + 40] = cv2.blur(want, (96, 96))[y, x]
    assert differences(moved, want)[1] > TILE
    assert differences(bare, want)[1] > TILE


def test_nothing_is_recorded_that_nobody_compares() -> None:
    named = {f"{case}-{theme}-{name}.png" for case, theme, name in chosen()}
    assert {path.name for path in HERE.glob("*.png")} == named
