"""What all offices share is proved once; each one's own words are proved for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.content.model import Campaign
from publisher.content.parse import Known, parse_campaign
from publisher.errors import RenderError
from publisher.render import infographic, proof
from publisher.render.base import RenderJob
from publisher.units import Unit, load_unit
from publisher.workspace import load_workspace

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)
UNIT = load_unit(WORKSPACE, "tinh-mau")
BODY = "# Mỗi nhà một tài khoản\n\nLàm một lần.\n\n" + "".join(
    f"## Việc {n}\n\n{'Mở trang, gõ địa chỉ của cổng rồi đăng nhập. ' * 9}\n\n" for n in range(1, 9)
)


def campaign(body: str = BODY) -> Campaign:
    made, problems = parse_campaign(body, path="campaigns/mau.md", known=Known())
    assert made is not None, problems
    return made


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many pages each proof looked at."""
    found: list[int] = []
    find_flaws = proof.find_flaws

    def count(source: object, data: object, pages: list[bytes], **more: object) -> object:
        found.append(len(pages))
        return find_flaws(source, data, pages, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(proof, "find_flaws", count)
    proof.forget()
    yield found
    proof.forget()


def draw(folder: Path, unit: Unit = UNIT, made: Campaign | None = None) -> int:
    """The number of pages."""
    return len(infographic.render(RenderJob(made or campaign(), unit, WORKSPACE, folder, ("feed",)))) - 1


def test_another_office_has_only_the_pages_with_its_own_words_looked_at(tmp_path: Path, looked_at: list[int]) -> None:
    pages = draw(tmp_path)
    draw(tmp_path, replace(UNIT, name="Ủy ban nhân dân xã Mẫu", hotline="0900 000 001"))
    assert pages >= 4
    assert looked_at == [pages, 2]  # the first, and the last with the address


def test_other_colours_another_text_or_another_shape_are_proved_in_full(tmp_path: Path, looked_at: list[int]) -> None:
    pages = draw(tmp_path)
    draw(tmp_path, replace(UNIT, primary="#7a1f2b"))
    draw(tmp_path, made=campaign(BODY.replace("Mỗi nhà", "Từng nhà")))
    draw(tmp_path, replace(UNIT, address=""))
    assert looked_at == [pages] * 4


def test_a_name_that_does_not_fit_is_found_whoever_came_before(tmp_path: Path, looked_at: list[int]) -> None:
    draw(tmp_path)
    with pytest.raises(RenderError, match=r"has to be seen"):
        draw(tmp_path, replace(UNIT, name="Ủyban" * 16))
    assert looked_at[1] == 2


def test_what_was_refused_is_not_remembered_as_sound(tmp_path: Path, looked_at: list[int]) -> None:
    for _ in range(2):
        with pytest.raises(RenderError):
            draw(tmp_path, replace(UNIT, name="Ủyban" * 16))
    pages = draw(tmp_path)
    assert looked_at == [pages] * 5  # what is refused was tried in smaller type, too
