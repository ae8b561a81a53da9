"""How things move: the few curves and lengths that every scene shares, so that a film has one rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from publisher.content.model import Number

ARRIVE = 16
"""Frames of an entrance."""
LEAVE = 9
"""Frames of an exit: leaving is quicker than arriving."""
CURTAIN = 13
"""Frames in which the wave between two sections covers or uncovers the screen."""
COUNT = 34
"""Frames of counting up."""
GROW = 26
"""Frames of a bar growing."""

Entrance = Literal["rise", "slide", "fade", "pop", "still"]


def ease_out(t: float) -> float:
    """Fast, then gently to rest (quintic); t and result 0…1."""
    t = min(max(t, 0.0), 1.0)
    return 1 - (1 - t) ** 4


def ease_in(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t**3


def ease_both(t: float) -> float:
    """Slow, fast, slow."""
    t = min(max(t, 0.0), 1.0)
    return t * t * t * (t * (6 * t - 15) + 10)


def ease_line(t: float) -> float:
    """Nearly even, with soft ends: for what is drawn along a path."""
    t = min(max(t, 0.0), 1.0)
    return 0.6 * t + 0.4 * t * t * (3 - 2 * t)


def overshoot(t: float) -> float:
    """To rest with one small swing past it: for marks and discs that pop up."""
    t = min(max(t, 0.0), 1.0)
    swing = 1.4
    return 1 + (swing + 1) * (t - 1) ** 3 + swing * (t - 1) ** 2


@dataclass(frozen=True)
class Shift:
    """How far from its place something is, its size there, and how much is seen."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    opacity: float = 1.0


def enter_shift(kind: Entrance, t: float, *, travel: float) -> Shift:
    """The shift at part `t` of an entrance; exactly at rest from t = 1."""
    if t >= 1 or kind == "still":
        return Shift()
    left = 1 - ease_out(t)
    seen = min(1.0, max(t, 0.0) * 2.2)
    match kind:
        case "rise":
            return Shift(y=left * travel, opacity=seen)
        case "slide":
            return Shift(x=-left * travel, opacity=seen)
        case "pop":
            return Shift(scale=max(overshoot(t), 0.0), opacity=min(1.0, max(t, 0.0) * 4))
        case _:
            return Shift(opacity=ease_both(t))


def leave_shift(t: float, *, travel: float) -> Shift:
    """The shift at part `t` of an exit: up and away."""
    return Shift(y=-ease_in(t) * travel, opacity=1 - min(1.0, max(t, 0.0) ** 2))


def count_to(number: Number, t: float) -> str:
    """The digits shown at part `t` of counting up to `number`; at t ≥ 1 exactly as written."""
    if t >= 1:
        return number.digits
    # Counted is what the digits spell: a word behind them (`1,2 triệu`) stays as it is.
    whole = int("".join(c for c in number.digits if c.isdigit()))
    reached = int(whole * Decimal(repr(round(ease_out(t), 6))))
    return format_like(Decimal(reached).scaleb(-number.decimals), number)


def format_like(value: Decimal, number: Number) -> str:
    """`value` written the way the number's own digits are: same decimals, same signs between them."""
    text = f"{value:.{number.decimals}f}"
    whole, _, decimals = text.partition(".")
    marks = [c for c in number.digits if not c.isdigit()]
    point = marks[-1] if number.decimals and marks else ""
    group = marks[0] if marks and (len(marks) > 1 or not number.decimals) else ""
    if group:
        groups: list[str] = []
        while len(whole) > 3:
            groups.insert(0, whole[-3:])
            whole = whole[:-3]
        whole = group.join([whole, *groups])
    return whole + point + decimals if number.decimals else whole
