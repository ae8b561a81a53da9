"""Whether every word of a layer has room on a line of its own: a word that cannot break would be cut at the edge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.render.blocks import Context
from publisher.render.layers import Spec

# What stands beside the words of a layer in `templates/clip/layers.typ`, at 1080: shadow, insets, gutter.
_EDGE, _SHADOW, _PANEL, _STEP = 8, 44, 80, 98
VALUE = 1.15
"""A number of a line chart is so much larger than the labels."""
_BREAKS = re.compile("[ \u200b\n]+")


def holds_words(spec: Spec, context: Context) -> bool:
    """Whether no word of a layer is wider than its place; widths are of the heaviest weight, so never too small."""
    for text, size, room in _lines_of(spec, context):
        if any(context.width_of(word, size) > room for word in _BREAKS.split(text)):
            return False
    return True


def _lines_of(spec: Spec, context: Context) -> Iterator[tuple[str, float, float]]:
    """Each text of a layer with its size and the width it is set in, in pixels."""
    px, width = context.screen.px, spec.get("width") or 0
    if spec["kind"] in ("text", "quote") and width:
        yield spec["text"], spec["size"], width - px(_EDGE)
    elif spec["kind"] in ("panel", "step"):
        beside = _SHADOW + (_PANEL if spec["kind"] == "panel" else _STEP)
        room = width - px(beside) - spec.get("disc", 0)
        yield spec["head"], spec["size"] * 1.08, room
        yield spec["body"], spec["size"], room
    elif spec["kind"] == "line":
        for point in spec["points"]:
            yield point["label"], spec["size"], spec["slot"]
            yield point["value"], spec["size"] * VALUE, spec["slot"]
    elif spec["kind"] == "figure" and spec["label"]:
        yield spec["label"], spec["label_size"], width - px(_SHADOW) - 2 * spec["pad"]
