"""The two ends of a film: the opening with the office it comes from, the end card with a unit's mark and hotline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from publisher.errors import RenderError
from publisher.render.actors import Bar
from publisher.render.blocks import Block, Context
from publisher.render.layers import Spec, decode_png
from publisher.render.planes import Sprite, make_sprite, parse_colour
from publisher.render.qr import qr_matrix
from publisher.render.round_shapes import round_mask, rounded
from publisher.render.stage import Actor
from publisher.render.storyboard import Scene
from publisher.render.wording import hold, hold_title
from publisher.units import Unit


def plan_opening(scene: Scene, unit: Unit, context: Context) -> list[Block]:
    """Whose film it is, the day it is for, and the title."""
    screen, look = context.screen, context.look
    title, key_day = scene.heading, scene.items[0].item.body
    blocks = [_sender(unit, context)]
    if key_day:
        chip: Spec = {
            "kind": "chip", "text": hold(key_day), "size": context.size(44), "colour": look["accent_ink"],
            "fill": look["accent"], "width": screen.inner,
        }  # fmt: skip
        blocks.append(_placed(chip, context, 8, gap=44.0))
    size = next((s for limit, s in ((34, 118), (60, 100), (95, 84), (140, 70)) if len(title) <= limit), 60)
    words: Spec = {
        "kind": "text", "text": hold_title(title), "size": context.size(size), "weight": 800,
        "colour": look["white"], "width": screen.inner, "align": "left",
    }  # fmt: skip
    blocks.append(_placed(words, context, 4, gap=34.0))
    blocks.append(_accent_bar(context, 16))
    return blocks


def _placed(
    spec: Spec, context: Context, enter: int, *, gap: float = 30.0, centre: bool = False, column: str = "full"
) -> Block:
    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        left = context.screen.left + (context.screen.inner - sprites[0].width) // 2 if centre else x
        return [context.still(sprites[0], left, y, enter)]

    return Block((spec,), build, gap=gap, column=column)


def _accent_bar(context: Context, enter: int) -> Block:
    width, height = _even(context.screen.px(190)), max(_even(context.screen.px(16)), 2)
    sprite = rounded(width, height, height // 2, str(context.look["accent"]))

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        return [Bar(sprite, _even(x + context.inset), _even(y), enter, context.leave_at, context.travel)]

    return Block((), build, height=height, column="full")


def _sender(unit: Unit, context: Context) -> Block:
    """The mark on a white disc and the office's name beside it."""
    screen = context.screen
    disc = _even(screen.px(132))
    mark = draw_mark(unit, disc)
    beside = disc + _even(screen.px(28)) if mark else 0
    name: Spec = {
        "kind": "text", "text": hold_title(unit.name), "size": context.size(44), "weight": 600,
        "colour": context.look["white"], "width": screen.inner - beside, "align": "left",
    }  # fmt: skip

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        tall = max(disc if mark else 0, sprites[0].height)
        actors: list[Actor] = [context.still(sprites[0], x + beside, y + (tall - sprites[0].height) // 2, 6)]
        if mark:
            actors.append(context.still(mark, x, y + (tall - disc) // 2, 2, entrance="pop"))
        return actors

    return Block((name,), build, least=disc if mark else 0, gap=110.0, column="full")


def plan_end(scene: Scene, unit: Unit, context: Context) -> list[Block]:
    """Mark, name, where to call and read on, the code, and the sources that fit.

    All of it arrives within a second: the card is short, and reading begins when it rests.
    """
    screen, look = context.screen, context.look
    blocks = []
    square = not screen.broad and screen.height < 1.4 * screen.width
    if square:
        blocks.append(replace(_sender(unit, context), gap=44.0))
    else:
        mark = draw_mark(unit, _even(screen.px(230) * min(context.density, 1.0)))
        if mark:
            blocks.append(_sprite_block(mark, context, 0, entrance="pop"))

    def words(text: str, size: float, enter: int, *, weight: int = 600, colour: str = "white", gap: float = 18) -> None:
        spec: Spec = {
            "kind": "text", "text": hold_title(text), "size": context.size(size), "weight": weight,
            "colour": look[colour], "width": screen.items_width, "align": "left" if screen.broad else "center",
        }  # fmt: skip
        blocks.append(_placed(spec, context, enter, gap=gap, centre=not screen.broad, column="items"))

    if not square:
        words(unit.name, 56, 1, weight=800, gap=34)
    if unit.hotline:
        chip: Spec = {
            "kind": "chip", "text": f"Gọi {unit.hotline}".replace(" ", "\u00a0"), "size": context.size(56),
            "colour": look["accent_ink"], "fill": look["accent"], "width": screen.items_width,
        }  # fmt: skip
        blocks.append(_placed(chip, context, 3, gap=26, centre=not screen.broad, column="items"))
    if unit.website:
        words(unit.website, 46, 5, colour="band_accent", gap=40)
    if unit.qr:
        side = screen.px(270 if square else 330) * min(context.density, 1.0)
        if screen.broad:
            side = min(screen.px(430), (screen.bottom - screen.top) * 0.8)
        blocks.append(_sprite_block(draw_code(unit.qr, _even(side)), context, 7, column="heading"))
    sources = shown_sources([timed.item.body for timed in scene.items], most=60 if square else 150)
    if sources:
        words(sources, 40, 9, weight=400, colour="band_soft")
    return blocks


def shown_sources(sources: Sequence[str], *, most: int) -> str:
    """The sources that fit into `most` characters, whole, and how many more there are."""
    shown: list[str] = []
    for source in sources:
        if sum(len(s) + 2 for s in shown) + len(source) > most:
            break
        shown.append(source)
    rest = len(sources) - len(shown)
    if not shown:
        return f"Nguồn: {rest} tài liệu, ghi trong bài viết." if rest else ""
    return "Nguồn: " + "; ".join(shown) + (f"; và {rest} nguồn khác." if rest else "")


def _sprite_block(
    sprite: Sprite, context: Context, enter: int, *, column: str = "items", entrance: Any = "rise"
) -> Block:
    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        screen = context.screen
        left = screen.left + (screen.inner - sprite.width) // 2
        if screen.broad:
            left = x + (screen.heading_width - sprite.width) // 2 if column == "heading" else x
        return [context.still(sprite, left, y, enter, entrance=entrance)]

    return Block((), build, height=sprite.height, gap=34.0, column=column if context.screen.broad else "items")


def draw_mark(unit: Unit, side: int) -> Sprite | None:
    """The office's mark, whole and in its own colours, on a white disc."""
    if unit.mark is None:
        return None
    try:
        mark = decode_png(unit.mark.read_bytes())
    except (OSError, cv2.error) as error:
        raise RenderError(
            f"assets/units/{unit.id}: the mark cannot be read as a picture. Save it again as PNG."
        ) from error
    rgba = np.zeros((side, side, 4), np.float32)
    rgba[..., :3] = 255
    rgba[..., 3] = round_mask(side, side, side // 2)
    inner = int(side * 0.70)
    scale = inner / max(mark.shape[:2])
    size = (max(int(mark.shape[1] * scale), 1), max(int(mark.shape[0] * scale), 1))
    premultiplied = mark.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    small: NDArray[np.float32] = np.asarray(cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA), np.float32)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    region = rgba[top : top + size[1], left : left + size[0], :3]
    region[:] = small[..., :3] + region * (1 - small[..., 3:] / 255)
    return make_sprite(np.rint(rgba).astype(np.uint8))


def draw_code(address: str, side: int) -> Sprite:
    """The QR code in dark squares on a white card with its quiet zone."""
    rows = qr_matrix(address)
    cells = len(rows) + 8
    cell = max(side // cells, 1)
    code = np.full((cells, cells), 255, np.uint8)
    code[4:-4, 4:-4] = [[0 if sign == "1" else 255 for sign in row] for row in rows]
    code = np.kron(code, np.ones((cell, cell), np.uint8))
    side = _even(code.shape[0] + 1)
    rgba = np.full((side, side, 4), 255, np.uint8)
    dark = np.array(parse_colour("#101418"))
    rgba[: code.shape[0], : code.shape[1], :3] = np.where(code[..., None] == 0, dark, 255)
    rgba[..., 3] = round_mask(side, side, cell * 3)
    return make_sprite(rgba)


def _even(value: float) -> int:
    return int(value) // 2 * 2
