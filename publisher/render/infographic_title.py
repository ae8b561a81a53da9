"""How large the title of an infographic is set, and what stands below it on the first page."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.errors import RenderError
from publisher.render.infographic_heights import Ruler
from publisher.render.infographic_pages import Frame, first_room
from publisher.render.infographic_plan import Part

SMALLEST_WITH_LEAD = 0.74


def first_sizes(hero: Part, *, alone: bool) -> list[int]:
    """The sizes of a title that are tried first; `alone`: also those it may have with a page to itself."""
    largest = int(hero["size"])
    above = [round(largest * 1.3), round(largest * 1.15)] if alone else []
    return [*above, *(size for size in sizes_of(hero) if size >= largest * SMALLEST_WITH_LEAD)]


def sizes_of(hero: Part) -> list[int]:
    """From the largest to the smallest."""
    largest = int(hero["size"])
    return list(range(largest, 31, -3)) or [largest]


def fit_hero(
    hero: Part, ruler: Ruler, frame: Frame, *, width: float, leads: Sequence[float], place: str
) -> tuple[Part, float, list[Part], int | None]:
    """The title panel at the largest type with which it has its page, and if it can, one of the leads below it.

    Also the number of that lead. A summary that is too long for the panel is given back as the first paragraph of
    what follows. Raises RenderError.
    """
    most, largest = frame.height - frame.top - 150 - frame.foot, int(hero["size"])

    def fits(sizes: Sequence[int], most: float) -> list[tuple[int, float]]:
        heights = ruler.heights([{**hero, "size": size} for size in sizes], width)
        return [(size, height) for size, height in zip(sizes, heights, strict=True) if height <= most]

    fitting = fits(first_sizes(hero, alone=False), most) or fits(sizes_of(hero), most)
    if not fitting and hero["summary"]:
        moved: Part = {"kind": "paragraph", "runs": [{"t": hero["summary"]}]}
        bare, height, _, _ = fit_hero({**hero, "summary": ""}, ruler, frame, width=width, leads=(), place=place)
        return bare, height, [moved], None
    if not fitting:
        raise RenderError(f"{place}: the title does not fit on a page of this format. Shorten it.")
    # A title a little smaller is worth a first page that already says something.
    for number, lead in enumerate(leads):
        for size, height in fitting:
            if size >= largest * SMALLEST_WITH_LEAD and lead <= first_room(height, frame):
                return {**hero, "size": size}, height, [], number
    if leads:
        # The title has the whole page: let it speak up.
        fitting = fits([round(largest * 1.3), round(largest * 1.15)], most * 0.72) + fitting
    size, height = fitting[0]
    return {**hero, "size": size}, height, [], None
