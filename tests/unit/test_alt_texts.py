"""Text alternatives in the editor's own words: read with their lines, shown and sent in place of the generated ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.cli.gather import known_names
from publisher.cli.main import main
from publisher.content.model import Campaign
from publisher.content.parse import Known, parse_campaign
from publisher.engine.rendering import render_campaign
from publisher.errors import Problem, RenderError
from publisher.render.alt_texts import settle_alts
from publisher.render.base import Artifact
from tests.unit.test_infographic import UNIT, WORKSPACE

BODY = "# Tiêu đề\n\nMột đoạn.\n\n## Mục\n\nChữ thường.\n"
FORMATS = Known(formats=frozenset({"feed", "square", "a3"}))


def parse(alt: str) -> tuple[Campaign | None, tuple[Problem, ...]]:
    return parse_campaign(f"---\nslug: mau\nalt:{alt}\n---\n{BODY}", path="mau.md", known=FORMATS)


def campaign_of(alt: str) -> Campaign:
    campaign, problems = parse(alt)
    assert campaign is not None, problems
    return campaign


def artifact(kind: str, name: str, page: int, pages: int, role: str = "image") -> Artifact:
    path = Path("khong-ghi.png")
    return Artifact(kind, name, role, "x", "mau", path, "", 0, "image/png", page=page, pages=pages, alt="tự lập")


def alts(alt: str, *artifacts: Artifact) -> list[str]:
    return [a.alt for a in settle_alts(artifacts, campaign_of(alt))]


def test_a_page_a_format_and_an_output_are_described_by_the_nearest_words() -> None:
    made = [artifact("infographic", name, page, 2) for name in ("feed", "square") for page in (1, 2)]
    own = "\n  feed: {2: Trang hai của feed}\n  infographic: Cả đồ họa"
    assert alts(own, *made) == [
        "Cả đồ họa (trang 1 trên 2)",
        "Trang hai của feed",
        "Cả đồ họa (trang 1 trên 2)",
        "Cả đồ họa (trang 2 trên 2)",
    ]
    assert alts("\n  feed: {1: Một}", *made) == ["Một", "tự lập", "tự lập", "tự lập"]


def test_the_words_of_a_screen_format_are_not_those_of_a_clip_of_the_same_name() -> None:
    made = [artifact("infographic", "square", 1, 1), artifact("clip", "square", 0, 1, "video")]
    assert alts("\n  square: Đồ họa\n  clip: Phim", *made) == ["Đồ họa", "Phim"]
    assert alts("\n  square: Đồ họa", *made) == ["Đồ họa", "tự lập"]


@pytest.mark.parametrize(
    ("alt", "line", "said"),
    [
        ("\n  feed:\n    1: ''", 5, "1: has no text"),
        ("\n  feed: ''", 4, "feed: has no text"),
        ("\n  feed:", 4, "feed: has no text"),
        ("", 3, "alt: names nothing"),
        ("\n  feed: {0: x}", 4, "0: is no page"),
        ("\n  fed: {1: x}", 4, "fed: not a setting of `alt` (outputs and formats). Did you mean `feed`?"),
        (f"\n  clip: {'a' * 2001}", 4, "clip: 2001 characters; at most 2000"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(alt: str, line: int, said: str) -> None:
    campaign, problems = parse(alt)
    assert campaign is None
    assert any(problem.line == line and problem.message.startswith(said) for problem in problems), problems


def test_check_refuses_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(WORKSPACE.root)
    path = tmp_path / "mau.md"
    path.write_text(f"---\nslug: mau\nalt: {{feed: {{1: ' '}}}}\n---\n{BODY}", encoding="utf-8")
    assert main(["check", str(path)]) == 2


def test_every_format_that_is_drawn_may_be_named() -> None:
    assert {"feed", "story", "a4", "banner"} <= known_names(WORKSPACE).formats


def test_words_about_a_page_that_is_not_there_are_refused_with_the_line() -> None:
    with pytest.raises(RenderError, match=r"mau\.md:3: alt: feed has no page 7; it has 2"):
        alts("\n  feed: {7: x}", artifact("infographic", "feed", 1, 2))


def test_the_editors_words_are_what_is_rendered_and_kept(tmp_path: Path) -> None:
    own = replace(WORKSPACE, state_folder=tmp_path / "state")

    def first_alt(campaign: Campaign) -> str:
        made = render_campaign(
            campaign, UNIT, workspace=own, out=tmp_path, only=["infographic"], formats=["square"]
        ).artifacts
        return next(a.alt for a in made if a.role == "image")

    campaign = campaign_of("\n  square: {1: Lời của người biên tập}")
    assert [first_alt(campaign), first_alt(campaign)] == ["Lời của người biên tập"] * 2  # drawn, then kept
    assert "Chữ thường" in first_alt(replace(campaign, alts={}))
