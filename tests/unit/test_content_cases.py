"""One file a case: a campaign, a line `# expected`, and its outline with every problem. Dropping in a file adds a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publisher.content.parse import Known, read_draft
from tests.unit.content_outline import outline

CASES = sorted((Path(__file__).parents[1] / "cases" / "content").glob("*.md"))
MARK = "\n# expected\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_campaign_is_read_as_its_case_says(path: Path) -> None:
    source, _, expected = path.read_text("utf-8").partition(MARK)
    draft, problems = read_draft(source + "\n", path="x.md", known=Known())
    assert outline(draft, problems) == expected.strip("\n").split("\n")


def test_the_editors_page_tells_messages_that_exist() -> None:
    page = (Path(__file__).parents[2] / "docs" / "campaign-format.md").read_text("utf-8")
    _, _, table = page.partition("## Những lỗi hay gặp")
    told = [row.split(" | ")[0].strip("| ") for row in table.split("\n") if row.startswith(("| `", "| ``"))]
    parts = [part.strip() for cell in told for part in re.sub("^`+ ?| ?`+$", "", cell).split("…")]
    said = "\n".join(path.read_text("utf-8").partition(MARK)[2] for path in CASES)
    assert len(told) >= 6
    assert [part for part in parts if part not in said] == []


def test_there_are_cases() -> None:
    assert len(CASES) >= 20
    assert all(MARK in path.read_text("utf-8") for path in CASES)
