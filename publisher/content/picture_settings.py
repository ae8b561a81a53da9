"""What stands in braces behind a picture or a film: `{focus: 30% 40%; cut: 0:03–0:09; speed: 1,5}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

SETTINGS = re.compile(r"\s*\{\s*((?:focus|cut|speed)\s*:[^{}\n]{1,120})\}")
SLOWEST, FASTEST = 0.25, 4.0
LONGEST_CUT_S = 30.0
_FOCUS = re.compile(r"(\d{1,3})\s*%\s+(\d{1,3})\s*%")
_TIME = r"(?:(\d{1,3}):)?(\d{1,4}(?:[.,]\d{1,2})?)"
_CUT = re.compile(rf"{_TIME}\s*[-–]\s*{_TIME}")
_SPEED = re.compile(r"\d(?:[.,]\d{1,2})?")


@dataclass(frozen=True)
class PictureSettings:
    """`focus` is (x, y) in 0…1; `cut` the seconds of a film from and to; `speed` how fast it plays."""

    focus: tuple[float, float] | None = None
    cut: tuple[float, float] | None = None
    speed: float = 1.0
    problems: tuple[str, ...] = ()


def read_picture_settings(text: str) -> PictureSettings:
    """Read what stands between the braces; what is wrong is in `problems`, and the default is taken."""
    found, problems = PictureSettings(), list[str]()
    for key, value in _split(text):
        try:
            match key:
                case "focus":
                    found = replace(found, focus=_read_focus(value))
                case "cut":
                    found = replace(found, cut=_read_cut(value))
                case "speed":
                    found = replace(found, speed=_read_speed(value))
                case _:
                    raise ValueError(f"`{key[:20]}` is no setting of a picture; focus, cut and speed are")
        except ValueError as error:
            problems.append(f"{error}.")
    return replace(found, problems=tuple(problems))


def _split(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        key, _, value = part.partition(":")
        if part.strip():
            yield key.strip(), value.strip()


def _read_focus(value: str) -> tuple[float, float]:
    match = _FOCUS.fullmatch(value)
    point = (int(match[1]) / 100, int(match[2]) / 100) if match else (2.0, 2.0)
    if max(point) > 1:
        raise ValueError("focus: needs two parts of 0% to 100%. Write {focus: 30% 40%}")
    return point


def _read_cut(value: str) -> tuple[float, float]:
    match = _CUT.fullmatch(value)
    start, end = (_seconds(match[1], match[2]), _seconds(match[3], match[4])) if match else (0.0, 0.0)
    if not 0 < end - start <= LONGEST_CUT_S:
        raise ValueError(
            f"cut: needs where a film begins and ends, at most {LONGEST_CUT_S:.0f} s apart. Write {{cut: 0:03–0:09}}"
        )
    return start, end


def _read_speed(value: str) -> float:
    speed = float(value.replace(",", ".")) if _SPEED.fullmatch(value) else 0.0
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"speed: needs a number from {SLOWEST} to {FASTEST:.0f}. Write {{speed: 1.5}}")
    return speed


def _seconds(minutes: str | None, seconds: str) -> float:
    return int(minutes or 0) * 60 + float(seconds.replace(",", "."))
