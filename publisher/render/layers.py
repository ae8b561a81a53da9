"""Layers of a clip: words set once by Typst on transparent pages, as sharp as the infographic's, ready to be moved."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray

from publisher.render.palette import make_palette
from publisher.render.theme import Theme
from publisher.render.typesetting import Source, set_png
from publisher.units import Unit, font_folder
from publisher.workspace import Workspace

Spec = dict[str, Any]
"""What one page of `templates/clip/layers.typ` shows; its `kind` names the drawing."""

TEMPLATE = "clip"
FALLBACK_FONT = "Noto Sans"  # for letters and signs that the unit's own font lacks


def make_look(unit: Unit, theme: Theme) -> dict[str, Any]:
    """The colours and fonts of a film."""
    palette = make_palette(unit.primary, unit.accent, theme.tints)
    return {**palette, "white": "#ffffff", "fonts": [unit.font, FALLBACK_FONT], "shadow": palette["band"]}


def draw_layers(specs: Sequence[Spec], look: Mapping[str, Any], workspace: Workspace) -> list[NDArray[np.uint8]]:
    """Each layer as straight RGBA pixels, one pixel a point. Raises RenderError."""
    return [decode_png(page) for page in _pages_of(specs, look, workspace)]


def measure_layers(specs: Sequence[Spec], look: Mapping[str, Any], workspace: Workspace) -> list[tuple[int, int]]:
    """Width and height of each layer in pixels, from the head of its PNG."""
    return [struct.unpack(">II", page[16:24]) for page in _pages_of(specs, look, workspace)]


def _pages_of(specs: Sequence[Spec], look: Mapping[str, Any], workspace: Workspace) -> tuple[bytes, ...]:
    if not specs:
        return ()
    data = json.dumps({"look": dict(look), "layers": list(specs)}, ensure_ascii=False)
    return _set_pages(data, workspace.templates / TEMPLATE, workspace.assets / "fonts")


@lru_cache(maxsize=48)
def _set_pages(data: str, template: Path, fonts: Path) -> tuple[bytes, ...]:
    """Pages are set once to see whether they fit and not again when they are drawn."""
    source = Source({TEMPLATE: template}, f"{TEMPLATE}/layers.typ")
    return tuple(set_png(source, json.loads(data), fonts=fonts))


def decode_png(data: bytes) -> NDArray[np.uint8]:
    """Straight RGBA."""
    bgra = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
    return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA), np.uint8)


@lru_cache(maxsize=8)
def _advances(path: Path) -> tuple[dict[int, str], dict[str, int], int]:
    with TTFont(path, lazy=True) as font:
        metrics = font["hmtx"]
        cmap: dict[int, str] = font.getBestCmap()
        return cmap, {name: metrics[name][0] for name in set(cmap.values())}, int(font["head"].unitsPerEm)


def advance(text: str, size: float, *, font: Path) -> float:
    """Width in pixels of `text` set in a size without kerning; a letter the font lacks counts as wide as a zero."""
    cmap, widths, em = _advances(font)
    zero = cmap[ord("0")]
    return sum(widths[cmap.get(ord(letter), zero)] for letter in text) * size / em


def heavy_font(workspace: Workspace, family: str) -> Path:
    """The shipped file that Typst takes for weight 800 of a family: the heaviest upright one."""
    files = [path for path in font_folder(workspace, family).glob("*.ttf") if "Italic" not in path.name]
    if not files:
        return heavy_font(workspace, FALLBACK_FONT)
    return max(files, key=lambda path: (path.stem.rpartition("_")[2], path.name))
