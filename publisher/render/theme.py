"""A theme: a folder of `templates/` with `theme.yaml` and `theme.typ`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publisher.errors import SettingsError
from publisher.render.palette import Tints
from publisher.settings import Marked, describe, read_yaml
from publisher.workspace import Workspace

_KEYS = ("name", "heading", "step", "radius", "stroke", "paper", "tint", "card")


@dataclass(frozen=True)
class Theme:
    """How a theme looks; `look` is what its templates are told."""

    id: str
    name: str
    look: dict[str, str | float]
    tints: Tints
    folder: Path


def load_theme(workspace: Workspace, theme_id: str) -> Theme:
    """Read a theme. Raises SettingsError naming every wrong line."""
    folder = workspace.templates / theme_id
    marked = read_yaml(folder / "theme.yaml", shown=f"templates/{theme_id}/theme.yaml")
    marked.refuse_unknown(_KEYS, of="a theme")
    look: dict[str, str | float] = {
        "heading": _choice(marked, "heading", ("bar", "block", "rule")),
        "step": _choice(marked, "step", ("circle", "square")),
        "radius": marked.number("radius", 20),
        "stroke": marked.number("stroke", 0),
    }
    tints = Tints(_mixed(marked, "paper"), _mixed(marked, "tint"))
    theme = Theme(theme_id, marked.text("name", theme_id), look, tints, folder)
    if marked.problems:
        raise SettingsError(marked.problems)
    return theme


def _choice(marked: Marked, key: str, allowed: tuple[str, ...]) -> str:
    value = marked.text(key, allowed[0])
    if value not in allowed:
        marked.complain(key, f"found {describe(value)}; allowed: {', '.join(allowed)}.")
        return allowed[0]
    return value


def _mixed(marked: Marked, key: str) -> tuple[str, float]:
    """`white`, or `{mix: primary, with: white, part: 0.05}`."""
    if marked.values.get(key, "white") == "white":
        return "white", 1.0
    mixed = marked.mapping(key)
    mixed.refuse_unknown(("mix", "with", "part"), of="a mixed colour")
    part = float(mixed.number("part", 0.05))
    if not 0 <= part <= 0.4:
        mixed.complain("part", f"{part:g}; text stays readable on 0 to 0.4 of a colour. Choose less.")
    return _choice(mixed, "mix", ("primary", "accent")), part
