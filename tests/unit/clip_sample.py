"""Campaigns and tiny films for tests: the same code as a full clip, on a screen a fifth as wide."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from publisher.content.model import (
    Block,
    Campaign,
    Chart,
    Figure,
    Figures,
    Number,
    Paragraph,
    Question,
    Questions,
    Quotation,
    Section,
    Step,
    Steps,
    plain_text,
)
from publisher.render import clip
from publisher.render.base import RenderJob, Size
from publisher.units import load_unit
from publisher.workspace import load_workspace

ROOT = Path(__file__).parents[2]
TINY = Size(216, 384)


def number(written: str, digits: str, suffix: str = "", decimals: int = 0) -> Number:
    value = Decimal(digits.replace(".", "").replace(",", "."))
    return Number(written, value, "", digits, suffix, decimals)


def figures(*cards: tuple[str, str, str, int, str]) -> Figures:
    """Cards of (written, digits, suffix, decimals, label)."""
    items = [Figure(w, plain_text(label), number(w, d, s, n), 10) for w, d, s, n, label in cards]
    return Figures(tuple(items), 10)


FIGURES = figures(
    ("80%", "80", "%", 0, "người dân trưởng thành có tài khoản"),
    ("1.234,5 tỷ", "1.234,5", " tỷ", 1, "đồng tiết kiệm được"),
)
STEPS = Steps(
    tuple(Step(plain_text(f"Bước {n}."), plain_text("Mở ứng dụng rồi chọn thủ tục."), 20 + n) for n in (1, 2, 3)), 20
)
CHART = Chart(
    "bars",
    (plain_text("Lĩnh vực"), plain_text("Tỷ lệ (%)")),
    (plain_text("Đất đai"), plain_text("Hộ tịch")),
    ((number("45", "45"),), (number("72", "72"),)),
    "%",
    30,
)
QUOTE = Quotation((plain_text("Việc của mọi nhà."),), plain_text("Bà Mẫu"), 40)
ASKED = Questions((Question(plain_text("Không có mạng thì sao?"), (Paragraph(plain_text("Đến xã."), 51),), 50),), 50)


def campaign(*blocks: Block, title: str = "Ngày Chuyển đổi số quốc gia", summary: str = "") -> Campaign:
    sections = (Section(plain_text("Những con số"), tuple(blocks), 5),) if blocks else ()
    return Campaign("campaigns/thu.md", title, summary, "thu", sections, sources=("Quyết định 505/QĐ-TTg",))


def workspace_at(folder: Path) -> Path:
    """A workspace with the project's own templates, fonts, units and sounds, and a cache of its own."""
    for name in ("templates", "assets", "schedules"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    shutil.copyfile(ROOT / "publisher.yaml", folder / "publisher.yaml")
    return folder


def tiny_job(
    folder: Path,
    patch: pytest.MonkeyPatch,
    made: Campaign,
    *,
    unit: str = "tinh-mau",
    options: Mapping[str, str] | None = None,
    out: str = "out",
) -> RenderJob:
    """A job whose reel is tiny."""
    patch.setattr(clip, "FORMATS", {"reel": TINY})
    root = folder / "workspace"
    if not root.is_dir():
        root.mkdir()
        workspace_at(root)
    workspace = load_workspace(root)
    return RenderJob(made, load_unit(workspace, unit), workspace, folder / out, ("reel",), options=options or {})
