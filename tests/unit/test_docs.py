"""What the documents show works, and what they point to is there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from publisher.content.parse import Known, parse_campaign
from publisher.render import infographic
from publisher.render.base import RenderJob
from publisher.schedule.keydays import load_key_days
from publisher.schedule.plans import load_defaults, load_plans
from publisher.units import load_unit
from publisher.vietnamese.glossary import load_reading
from publisher.vietnamese.reader import read_aloud
from publisher.workspace import Workspace, load_workspace

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WORKSPACE = load_workspace(ROOT)


def blocks(name: str, language: str) -> list[str]:
    """The examples of a page in one language."""
    text = (ROOT / "docs" / name).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)", prose):
        if not target.startswith(("https://", "http://", "mailto:")):
            assert (path.parent / target).exists(), target


def test_the_example_campaign_is_without_fault() -> None:
    (example,) = blocks("campaign-format.md", "markdown")
    campaign, problems = parse_campaign(example, path="x.md", known=Known())
    assert campaign is not None
    assert problems == ()


def test_the_example_key_day_and_plan_are_read(tmp_path: Path) -> None:
    day, plan, rules = blocks("schedule.md", "yaml")
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "key-days.yaml").write_text(day, encoding="utf-8")
    (tmp_path / "schedules" / "plan-gio-to.yaml").write_text(plan, encoding="utf-8")
    (tmp_path / "schedules" / "defaults.yaml").write_text(rules, encoding="utf-8")
    workspace = Workspace(tmp_path, WORKSPACE.zone, "x", "vi", "")
    assert load_defaults(workspace).spread == {"radio": 0, "portal": 0}
    assert load_key_days(workspace)["gio-to-hung-vuong"].plan in load_plans(workspace)


def test_the_table_of_readings_is_true() -> None:
    text = (ROOT / "docs" / "reading-aloud.md").read_text("utf-8")
    reading = load_reading(WORKSPACE)
    table = text.partition("| Viết | Đọc |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE)
    assert len(rows) >= 16
    for written, said in rows:
        assert read_aloud(written, reading).text == said


def test_the_example_theme_renders(tmp_path: Path) -> None:
    """A designer's first hour: the page's own example, as a theme of its own."""
    root = tmp_path / "ws"
    for name in ("templates", "assets"):
        shutil.copytree(ROOT / name, root / name)
    theme = root / "templates" / "xanh-la"
    theme.mkdir()
    (theme / "theme.yaml").write_text(blocks("themes.md", "yaml")[0], encoding="utf-8")
    (theme / "theme.typ").write_text(blocks("themes.md", "typst")[0], encoding="utf-8")
    workspace = Workspace(root, WORKSPACE.zone, "tinh-mau", "vi", "")
    campaign, _ = parse_campaign(
        "---\ntheme: xanh-la\n---\n# Tiêu đề\n\nĐoạn.\n\n## Mục\n\nChữ.\n", path="x.md", known=Known()
    )
    assert campaign is not None
    artifacts = infographic.render(RenderJob(campaign, load_unit(workspace, "xa-mau"), workspace, tmp_path / "out"))
    assert any(artifact.role == "image" for artifact in artifacts)
