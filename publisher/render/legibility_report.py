"""What is told of a text that cannot be read: where it stands, what was found, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from publisher.content.model import Campaign
from publisher.errors import Problem, RenderError
from publisher.render.infographic_alt import describe_part
from publisher.render.infographic_pairs import longest_word
from publisher.render.legibility import SMALLEST, Flaw

MOST_TOLD = 8
QUOTED = 36
LONG = 16  # letters of a word that may be why a text has no room; where none is so long, a theme moved the text


def refuse_unreadable(
    flaws: Sequence[Flaw], pages: Sequence[Mapping[str, Any]], campaign: Campaign, *, unit: str, shape: str
) -> None:
    """Raise RenderError with the place of every text that cannot be read, one for each part of a page."""
    told: dict[tuple[int, int | str, str], Problem] = {}
    narrow = {(flaw.text.page, flaw.text.part) for flaw in flaws if flaw.kind == "narrow"}
    for flaw in flaws:
        if flaw.kind == "hidden" and (flaw.text.page, flaw.text.part) in narrow:
            continue  # a word beside it runs over it
        key = (flaw.text.page, flaw.text.part, flaw.kind)
        told.setdefault(key, tell_flaw(flaw, pages[flaw.text.page - 1], campaign, unit=unit, shape=shape))
    lines = [str(problem) for problem in told.values()]
    if len(lines) > MOST_TOLD:
        lines = [*lines[:MOST_TOLD], f"{campaign.path}: {len(lines) - MOST_TOLD} more texts cannot be read."]
    if lines:
        raise RenderError("\n".join(lines))


def tell_flaw(flaw: Flaw, page: Mapping[str, Any], campaign: Campaign, *, unit: str, shape: str) -> Problem:
    """A flaw at the line of its block; of what a theme puts on every page, at the theme."""
    theme = f"templates/{campaign.theme}/theme.typ"
    text, part = flaw.text, flaw.text.part
    path, line, name = campaign.path, 0, ""
    own: dict[str, Any] = {}
    if isinstance(part, int):
        own = page["parts"][part]
        line, name = int(own.get("line", 0)), quote(describe_part(own))
    elif part == "hero":
        own, line, name = page["hero"], campaign.title_line, quote(campaign.title)
    else:
        path, name = theme, f"the text at the {part} of the page"
    where = f"{name} on page {text.page} of {shape}"
    if flaw.kind == "size":
        said = f"{where} has type of {flaw.found:.3g}; at least {SMALLEST:.0f} (1/1080 of the page's width) is needed."
        return Problem(path, line, f"{said} Correct {theme} or templates/infographic.")
    if flaw.kind == "cut" and longest_word([own]) > LONG:
        said = f"{where} has a word that reaches over the edge of the page; every word has to be seen whole."
        return Problem(path, line, f"{said} Write it in two, or shorten it.")
    if flaw.kind in ("hidden", "cut"):
        found = "is covered by something" if flaw.kind == "hidden" else "reaches over the edge of the page"
        return Problem(path, line, f"{where} {found}; all of it has to be seen. Correct {theme}.")
    if flaw.kind == "narrow":
        said = f"{where} has a word that is wider than its place; every word has to be seen whole."
        return Problem(path, line, f"{said} Write it in two, shorten it, or show fewer side by side.")
    return Problem(
        path,
        line,
        f"{where} has {flaw.ink} on {flaw.ground}, a contrast of {flaw.found:.1f}; at least {flaw.needed:.1f} is "
        f"needed. Change what {theme} puts behind it, or the colours of assets/units/{unit}/unit.yaml.",
    )


def quote(text: str) -> str:
    """The first words of a text, as a name for it."""
    plain = " ".join(text.translate({0x2060: "", 0x200B: ""}).split())
    return f"“{plain}”" if len(plain) <= QUOTED else f"“{plain[:QUOTED].rsplit(' ', 1)[0]}…”"
