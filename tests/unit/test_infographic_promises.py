"""What holds of every infographic and poster, whatever a campaign holds: asked of Typst's own layout and of the PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from publisher.content.model import Campaign
from publisher.content.parse import Known, parse_campaign
from publisher.render import infographic
from publisher.render.base import RenderJob
from publisher.render.poster_sheets import plan_sheets
from publisher.render.theme import load_theme
from publisher.render.typesetting import Source, query, set_pdf
from tests.unit.campaign_texts import campaign_texts
from tests.unit.test_infographic import FONTS, THEMES, UNIT, WORKSPACE, plain_body, words

SCREENS = tuple(name for name in infographic.FORMATS if name != infographic.COVER)
WHOLE_PRINTS = ("a4", "a2", "a0")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")


def campaign_of(text: str) -> Campaign:
    campaign, problems = parse_campaign(text, path="mau.md", known=Known())
    assert campaign is not None, (text, problems)
    return campaign


def lay_out(campaign: Campaign, theme: str, name: str) -> tuple[Source, dict[str, Any]]:
    """What Typst is given for a format: the template and the data with the planned pages."""
    job = RenderJob(campaign, UNIT, WORKSPACE, Path("khong-ghi"), options={"kicker": "10/10 · Ngày mẫu"})
    if name in SCREENS:
        layout = infographic.lay_out(job, load_theme(WORKSPACE, theme), infographic.FORMATS[name])
        return layout.source, {**layout.data, "pages": layout.pages}
    sheets = plan_sheets(job, load_theme(WORKSPACE, theme), name)
    return sheets.source, sheets.data


def shown_text(source: Source, data: dict[str, Any]) -> str:
    """The text of the PDF in the order it was written, page after page."""
    pdf = set_pdf(source, data, fonts=FONTS)
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def missing_words(campaign: Campaign, shown: str) -> list[str]:
    """Words that the PDF has less often than the campaign; one that breaks over two lines is looked for as a whole."""
    wanted = Counter(words(f"{campaign.title} {campaign.summary} {plain_body(campaign)} {' '.join(campaign.sources)}"))
    found, squeezed = Counter(words(shown)), "".join(words(shown))
    return [
        word
        for word, count in wanted.items()
        if found[word] < count and (len(word) < 7 or squeezed.count(word) < count)
    ]


def check_promises(text: str, theme: str, name: str) -> None:
    campaign = campaign_of(text)
    source, data = lay_out(campaign, theme, name)
    for page in query(source, data, "laid", fonts=FONTS):
        assert page["height"] == 0 or page["height"] <= page["room"] + 2, page
    seen = query(source, {**data, "drawn_as": "trace"}, "seen", fonts=FONTS)
    sizes = [text["size"] for text in seen if "size" in text and not text["decor"]]
    assert sizes
    assert min(sizes) >= 24 - 0.01
    assert missing_words(campaign, shown_text(source, data)) == []


QUICK = settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
LONG = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


@needs_poppler
@pytest.mark.parametrize("name", SCREENS)
@QUICK
@given(campaign_texts(), st.sampled_from(THEMES))
def test_a_page_never_overflows_loses_nothing_and_is_never_too_small(name: str, text: str, theme: str) -> None:
    check_promises(text, theme, name)


@needs_poppler
def test_a_long_word_below_a_figure_is_whole_in_a_column_of_a_poster() -> None:
    part = "## Một\n\nHai.\n\n"
    figures = "- **80%** chuyển\n- **80%** chuyển chuyển Nghiêngnghiêngnghiêng\n\n"
    text = (
        f"---\ntitle: Chuyển\nsources: [Ba]\n---\n\nMột hai.\n\n{part * 3}{figures}## Hỏi – đáp\n\n### Bốn?\n\nNăm.\n"
    )
    check_promises(text, "default", "a2")


@pytest.mark.slow
@needs_poppler
@pytest.mark.parametrize("name", [*SCREENS, *WHOLE_PRINTS])
@LONG
@given(campaign_texts(), st.sampled_from(THEMES))
def test_many_more_campaigns_keep_the_promises(name: str, text: str, theme: str) -> None:
    check_promises(text, theme, name)


@needs_poppler
def test_a_lost_word_and_an_overflowing_page_are_seen() -> None:
    """The checks themselves can fail."""
    campaign = campaign_of("# Tiêu đề\n\nĐoạn.\n\n## Mục\n\nChữ thường ở đây.\n")
    source, data = lay_out(campaign, "default", "feed")
    whole = shown_text(source, data)
    assert missing_words(campaign, whole) == []
    assert missing_words(campaign, re.sub("thường", "", whole)) == ["thường"]
    (page, *_) = data["pages"]
    page["parts"] = page["parts"] * 20
    page["gaps"] = [30.0] * (len(page["parts"]) - 1)
    assert any(page["height"] > page["room"] + 2 for page in query(source, data, "laid", fonts=FONTS))


@pytest.mark.parametrize("name", SCREENS)
def test_a_title_alone_on_its_page_leaves_no_height_behind(name: str) -> None:
    """However the lengths of such a page are rounded."""
    for count in range(1, 9):
        text = f"# {'Chuyển đổi ' * count}\n\nTóm tắt.\n\n## Hỏi – đáp\n\n" + "### Một câu?\n\nMột lời.\n\n" * count
        source, data = lay_out(campaign_of(text), "default", name)
        laid = query(source, data, "laid", fonts=FONTS)
        bare = [page["height"] for page, planned in zip(laid, data["pages"], strict=True) if not planned["parts"]]
        assert set(bare) <= {0}
