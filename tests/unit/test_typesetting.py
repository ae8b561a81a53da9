"""Questions to Typst: asked once, answered from what they say, and the pages the same however they are drawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from publisher.render import infographic_heights
from publisher.render.infographic_heights import Ruler
from publisher.render.typesetting import Source, query, set_pages, set_png

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "assets" / "fonts"
PAGES = """#let data = json("/data.json")
#set page(width: 60pt, height: 40pt, margin: 4pt)
#set text(font: "Be Vietnam Pro")
#for (i, page) in data.pages.enumerate() {
  if i > 0 { pagebreak() }
  page
  [#metadata(page) <said>]
}
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "main.typ").write_text(PAGES, "utf-8")
    return Source({"t": tmp_path / "t"}, "t/main.typ")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_pages_drawn_beside_each_other_are_those_drawn_one_by_one(source: Source, count: int) -> None:
    data = {"pages": [f"Trang {number}" for number in range(count)]}
    assert set_pages(source, data, fonts=FONTS) == set_png(source, data, fonts=FONTS)


def test_questions_asked_at_the_same_time_get_their_own_answers(source: Source) -> None:
    def ask(number: int) -> list[Any]:
        return query(source, {"pages": [f"Câu {number}"]}, "said", fonts=FONTS)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(24))) == [[f"Câu {number}"] for number in range(24)]


def test_text_is_shown_and_never_read_as_markup(source: Source) -> None:
    said = '#read("/t/main.typ") *đậm* \\u{41} "'
    assert query(source, {"pages": [said]}, "said", fonts=FONTS) == [said]


def test_a_ruler_asks_of_every_part_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def answer(source: Source, data: dict[str, Any], label: str, *, fonts: Path) -> list[float]:
        asked.append(len(data["asked"]))
        return [part["tall"] * width for part, width in data["asked"]]

    monkeypatch.setattr(infographic_heights, "query", answer)
    ruler = Ruler(Source({}, "measure.typ"), {}, FONTS)
    one, other = {"kind": "step", "tall": 1.0}, {"kind": "step", "tall": 2.0}
    ruler.ask([(one, 100), (one, 100), (other, 50)])
    assert ruler.heights([other, one, other], 100) == [200, 100, 200]
    assert asked == [2, 1]
