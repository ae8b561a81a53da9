"""Where the blocks of a scene stand on its screen, and whether they fit."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.render.blocks import Block
from publisher.render.planes import Sprite
from publisher.render.scenes import SceneKind
from publisher.render.screen import Screen
from publisher.render.stage import Actor, Still

DENSITIES = (1.12, 1.0, 0.92, 0.85, 0.78, 0.7, 0.62, 0.54)
"""Sizes of type that are tried, largest first, until a scene fits its screen."""

ROOMY = (1.36, 1.24)
"""Sizes tried before these for few things that have a screen to themselves."""
SPREAD: tuple[SceneKind, ...] = ("figures", "bars", "steps", "picture", "question", "quotation")


def place_blocks(
    blocks: Sequence[Block], sprites: Sequence[Sequence[Sprite]], screen: Screen
) -> tuple[list[Actor], bool]:
    """The actors of all blocks, and whether they fit: heading above, items as one group in the middle of the rest."""
    heights = [
        max(block.least, block.height or (own[0].height if own else 0))
        for block, own in zip(blocks, sprites, strict=True)
    ]
    columns: dict[str, list[int]] = {"heading": [], "items": []}
    for index, block in enumerate(blocks):
        columns["items" if block.column == "full" else block.column].append(index)
    needed = {name: _stack_height(indexes, blocks, heights, screen) for name, indexes in columns.items()}
    whole = screen.bottom - screen.top
    if screen.broad:
        fits = max(needed.values()) <= whole
        tops = {name: screen.top + max(0, (whole - height) // 2) for name, height in needed.items()}
    else:
        # The heading always stands at the same height; a little above the middle looks like the middle.
        between = int(screen.px(50)) if needed["heading"] and needed["items"] else 0
        spare = whole - sum(needed.values()) - between
        fits = spare >= 0
        tops = {"heading": screen.top, "items": screen.top + needed["heading"] + between + int(max(spare, 0) * 0.36)}
    actors: list[Actor] = []
    for name, indexes in columns.items():
        y = tops[name]
        for index in indexes:
            block = blocks[index]
            actors += block.build(sprites[index], _left(block, screen, alone=not columns["heading"]), y)
            y += heights[index] + int(screen.px(block.gap))
    return actors, fits and all(_inside(actor, screen) for actor in actors)


def _left(block: Block, screen: Screen, *, alone: bool) -> int:
    if block.column == "items" and screen.broad:
        return screen.left + (screen.inner - screen.items_width) // 2 if alone else screen.items_left
    return screen.left


def _inside(actor: Actor, screen: Screen) -> bool:
    """Whether all of it is on the screen: nothing may ever be cut off."""
    if not isinstance(actor, Still):
        return True
    across = actor.x >= 0 and actor.x + actor.sprite.width <= screen.width
    return across and actor.y >= 0 and actor.y + actor.sprite.height <= screen.height


def _stack_height(indexes: Sequence[int], blocks: Sequence[Block], heights: Sequence[int], screen: Screen) -> int:
    total = sum(heights[i] + int(screen.px(blocks[i].gap)) for i in indexes)
    return total - int(screen.px(blocks[indexes[-1]].gap)) if indexes else 0
