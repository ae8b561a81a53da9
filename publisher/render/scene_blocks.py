"""From a scene to its blocks: which layers each thing needs, and when it arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from publisher.render.actors import Bar, Count, Glyphs, Pan, Reveal
from publisher.render.blocks import Block, Context
from publisher.render.footage import Footage, Player
from publisher.render.layers import Spec
from publisher.render.planes import Sprite
from publisher.render.round_shapes import even, make_window, rounded
from publisher.render.scenes import Item, counts_up
from publisher.render.stage import Actor
from publisher.render.storyboard import Scene, Timed
from publisher.render.wording import hold, hold_title
from publisher.vietnamese.typography import hold_brackets


def plan_blocks(scene: Scene, context: Context) -> list[Block]:
    """The blocks of a body scene, from top to bottom."""
    blocks = []
    if scene.heading:
        blocks.append(_heading(scene, context))
    plan = _PLANS[scene.kind]
    for index, timed in enumerate(scene.items):
        blocks += plan(timed, context, index, scene)
    if scene.kind == "line":
        blocks = [*blocks[: 1 if scene.heading else 0], _line(scene, context)]
    if scene.more:
        note = "Còn các bước tiếp theo: mời xem bài viết đầy đủ."
        last = scene.items[-1].enter + 14 if scene.items else 0
        blocks.append(_words(context, note, 40, last, weight=500, colour=str(context.look["soft"])))
    return blocks


def _words(
    context: Context, text: str, size: float, enter: int, *, weight: int = 400, colour: str = "", **more: Any
) -> Block:
    column = more.get("column", "items")
    screen = context.screen
    width = {"heading": screen.heading_width, "full": screen.inner}.get(column, screen.items_width)
    spec: Spec = {
        "kind": "text",
        "text": hold(text),
        "size": more.get("px") or context.size(size),
        "weight": weight,
        "colour": colour or context.ink,
        "width": more.get("width", width),
        "align": more.get("align", "left"),
    }

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        return [context.still(sprites[0], x, y, enter)]

    return Block((spec,), build, column=column, gap=more.get("gap", 30.0))


def _heading(scene: Scene, context: Context) -> Block:
    """The section's heading with a short bar of the accent colour; it stays while a section goes on."""
    size = next((s for most, s in ((30, 66), (60, 58), (100, 50)) if len(scene.heading) <= most), 44)
    # The same at every density, so that a section that goes on keeps its heading where and as it is.
    column = context.screen.heading_width
    steady = round(context.screen.px(size * max(1.0, context.density * 0.73)), 1)
    text = hold_title(hold_brackets(scene.heading, lambda part: context.width_of(part, steady) < column * 0.9))
    words = _words(context, text, size, 0, weight=800, colour=context.heading, column="heading", px=steady)
    bar_width, bar_height = even(context.screen.px(120)), max(even(context.screen.px(12)), 2)
    bar = rounded(bar_width, bar_height, bar_height // 2, str(context.look["accent"]))
    leave = None if scene.is_continued else context.leave_at

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        entrance: Any = "still" if scene.continues else "rise"
        mark: Actor = (
            context.still(bar, x + context.inset, y, 0, entrance="still", leave=leave)
            if scene.continues
            else Bar(bar, even(x + context.inset), even(y), 4, leave, context.travel)
        )
        return [
            mark,
            context.still(sprites[0], x, y + bar_height + int(context.screen.px(8)), 2, entrance=entrance, leave=leave),
        ]

    return Block(words.specs, build, column="heading", gap=40.0)


def _value_parts(item: Item) -> tuple[str, str, str]:
    """What stands before the digits, the digits that count, what follows; of a value that does not count, all of it."""
    if item.number is not None and counts_up(item.number):
        return item.number.prefix, item.number.digits, item.number.suffix
    return "", item.head, ""


PREFIX_PART = 0.52


def _suffix_part(suffix: str) -> float:
    return 1.0 if len(suffix.strip()) <= 2 else 0.52


def _figure_size(item: Item, context: Context, size: float, inner: float) -> float:
    """The size at which the value, its digits in equal cells, is no wider than the card."""
    prefix, digits, suffix = _value_parts(item)
    cells = "".join("0" if sign.isdigit() else sign for sign in digits)
    needed = context.width_of(cells, size) * 1.02 + context.width_of(suffix, size * _suffix_part(suffix))
    needed += context.width_of(prefix, size * PREFIX_PART)
    return round(size * min(1.0, inner / needed), 1) if needed else size


def _figure(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    item = timed.item
    pad, width = context.screen.px(46) * max(1.0, context.density), context.screen.items_width
    prefix, digits, suffix = _value_parts(item)
    # All figures of a screen have one size: the one that the widest of them allows.
    inner = width - 2 * pad - context.screen.px(44)
    largest = context.size(176 if len(scene.items) < 3 else 140)
    size = min(_figure_size(other.item, context, largest, inner) for other in scene.items)
    suffix_size = round(size * _suffix_part(suffix), 1)
    base: Spec = {
        "kind": "figure", "width": width, "size": size, "suffix_size": suffix_size, "pad": round(pad, 1),
        "colour": context.look["figure"], "label": hold(item.body), "label_size": context.size(46),
        "digits": digits.replace(" ", "\u00a0"), "suffix": suffix.replace(" ", "\u00a0"),
        "prefix": prefix.replace(" ", "\u00a0"), "prefix_size": round(size * PREFIX_PART, 1),
    }  # fmt: skip
    parts = [{**base, "show_part": part} for part in ("card", "value", "suffix")]
    signs = "".join(sorted(set("0123456789" + digits))) if suffix or counts_up(item.number) else ""
    parts += [{**base, "show_part": "glyph", "digits": sign, "suffix": "", "label": ""} for sign in signs]

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        card = context.still(sprites[0], x, y, timed.enter)
        if not counts_up(item.number) or item.number is None:
            return [card, context.still(sprites[1], x, y, timed.enter)]
        widths = {sign: context.width_of(sign, size) for sign in signs}
        glyphs = Glyphs(dict(zip(signs, sprites[3:], strict=True)), widths)
        return [card, Count(item.number, glyphs, sprites[2], sprites[1], card)]

    return [Block(tuple(parts), build, gap=6.0)]


def _bar(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    item, width = timed.item, context.screen.items_width
    thick = max(even(context.screen.px(40) * context.density), 4)
    size = context.size(44)
    base: Spec = {
        "kind": "bar", "width": width, "size": size, "bar": thick, "head": hold(item.head),
        "body": item.body.replace(" ", "\u00a0"), "colour": context.ink, "value_colour": context.look["figure"],
    }  # fmt: skip
    specs = ({**base, "show_part": "label"}, {**base, "show_part": "value"})

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        foot = even(y + sprites[0].height - thick - int(size * 0.4))
        track = rounded(even(width - 2 * context.inset), thick, thick // 2, str(context.look["track"]))
        long = max(even((width - 2 * context.inset) * item.share), thick)
        tones = context.look["series"]
        colour = context.look["accent"] if item.leads else tones[item.series % len(tones)]
        fill = rounded(long, thick, thick // 2, str(colour))
        return [
            context.still(sprites[0], x, y, timed.enter),
            context.still(track, x + context.inset, foot, timed.enter),
            Bar(fill, even(x + context.inset), foot, timed.enter + 8, context.leave_at, context.travel),
            context.still(sprites[1], x, y, timed.enter + 22, entrance="fade"),
        ]

    ends = index + 1 < len(scene.items) and item.group >= 0 and scene.items[index + 1].item.group != item.group
    return [Block(specs, build, gap=52.0 if ends else 20.0 if item.group < 0 else 4.0)]


def _line(scene: Scene, context: Context) -> Block:
    width = context.screen.items_width
    height = even(min(context.screen.px(820) * context.density, (context.screen.bottom - context.screen.top) * 0.66))
    size = context.size(44)
    slot = min(width / max(len(scene.items), 1), width / 2)
    points = [
        {"label": t.item.head.replace(" ", "\u00a0"), "value": hold(t.item.body), "share": t.item.share}
        for t in scene.items
    ]
    base: Spec = {
        "kind": "line", "width": width, "height": height, "size": size, "inset": slot / 2,
        "slot": slot - context.screen.px(20), "colour": context.ink, "points": points,
    }  # fmt: skip
    enter = scene.items[0].enter if scene.items else 0

    length = max((scene.items[-1].enter - enter) if scene.items else 0, 45)

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        drawn = Reveal(sprites[1], even(x), even(y), enter + 8, length, context.leave_at, context.travel)
        actors: list[Actor] = [context.still(sprites[0], x, y, enter), drawn]
        for index, value in enumerate(sprites[2:]):
            # A value shows when the line has reached its point.
            reached = (slot / 2 + (width - slot) * index / max(len(points) - 1, 1)) / width
            actors.append(context.still(value, x, y, drawn.frame_at(reached), entrance="fade"))
        return actors

    values = [{**base, "show_part": index} for index in range(len(points))]
    return Block(({**base, "show_part": "axis"}, {**base, "show_part": "dots"}, *values), build)


def _step(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    item = timed.item
    spec: Spec = {
        "kind": "step", "width": context.screen.items_width, "size": context.size(46),
        "disc": round(context.screen.px(84) * min(context.density, 1)), "mark": item.mark,
        "head": hold(item.head), "body": hold(item.body),
    }  # fmt: skip
    return [_one(spec, timed, context)]


def _panel(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    spec = _panel_spec(context, timed.item.head, timed.item.body)
    return [_one(spec, timed, context)]


def _panel_spec(context: Context, head: str, body: str, **more: Any) -> Spec:
    return {
        "kind": "panel", "width": context.screen.items_width, "size": context.size(46),
        "head": hold(head), "body": hold(body), "fill": "#ffffff", "weight": 400,
        "colour": context.look["ink"], "head_colour": context.look["heading"], **more,
    }  # fmt: skip


def _question(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    """The question first, on the office's colour; its answer after the time to read it."""
    look, item = context.look, timed.item
    asked = _panel_spec(
        context, "", item.head, fill=look["band"], colour=look["white"], weight=700, size=context.size(50)
    )
    answered = _panel_spec(context, "", item.body)
    wait = max(20, int(len(item.head.split()) * 5))
    blocks = [_one(asked, timed, context)]
    if item.body:
        blocks.append(_one(answered, Timed(item, timed.enter + wait), context))
    return blocks


def _one(spec: Spec, timed: Timed, context: Context) -> Block:
    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        return [context.still(sprites[0], x, y, timed.enter)]

    return Block((spec,), build, gap=8.0)


def _quotation(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    item = timed.item
    size = 72 if len(item.head) < 90 else 60 if len(item.head) < 180 else 50
    spec: Spec = {
        "kind": "quote", "width": context.screen.items_width, "size": context.size(size),
        "text": hold(item.head), "colour": context.ink,
    }  # fmt: skip
    blocks = [_one(spec, timed, context)]
    if item.body:
        said = f"— {item.body}"
        blocks.append(
            _words(context, said, 46, timed.enter + 22, weight=700, colour=str(context.look["band_accent"]), gap=24.0)
        )
    return blocks


def _lead(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    column = "items" if scene.heading else "full"
    size = 76 if len(timed.item.body) < 110 else 66 if len(timed.item.body) < 200 else 54
    words = _words(
        context, hold_title(timed.item.body), size, timed.enter, weight=600, colour=context.heading, column=column
    )
    bar = rounded(even(context.screen.px(120)), max(even(context.screen.px(12)), 2), 3, str(context.look["accent"]))

    def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
        return [Bar(bar, even(x + context.inset), even(y), timed.enter, context.leave_at, context.travel)]

    return [Block((), build, height=bar.height, gap=14.0, column=column), words]


def _picture(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    """The picture in a rounded window with its slow move, its description and whose it is."""
    picture = timed.item.picture
    blocks = []
    if picture is not None and picture.path in context.pictures:
        shown = context.pictures[picture.path]
        sprite = shown.first if isinstance(shown, Footage) else shown
        width, height = _picture_size(sprite, context)
        mask, half = make_window(width, height, even(context.screen.px(36)))

        def build(sprites: Sequence[Sprite], x: int, y: int) -> list[Actor]:
            x += (context.screen.items_width - width) // 2
            if isinstance(shown, Footage):
                return [Player(shown, mask, even(x), even(y), timed.enter, context.leave_at, context.travel)]
            length = (context.leave_at or context.end) - timed.enter
            return [Pan(sprite, mask, half, even(x), even(y), timed.enter, length, context.leave_at, context.travel)]

        blocks.append(Block((), build, height=height, gap=28.0))
    # On a broad screen the words stand beside the picture, which then has the whole height.
    column = "heading" if context.screen.broad else "items"
    blocks.append(_words(context, timed.item.body, 44, timed.enter + 14, weight=600, column=column))
    if picture is not None and picture.credit:
        soft = str(context.look["soft"])
        blocks.append(_words(context, f"Ảnh: {picture.credit}", 40, timed.enter + 20, colour=soft, column=column))
    return blocks


def _picture_size(sprite: Sprite, context: Context) -> tuple[int, int]:
    """The window of a picture: whole, unless that made it very narrow."""
    screen = context.screen
    width, side = screen.items_width, sprite.width / sprite.height
    tallest = min(screen.px(900) * context.density, screen.bottom - screen.top, width * 1.25)
    height = min(width / side, tallest)
    return even(min(max(height * side, width * 0.6), width)), even(height)


def _nothing(timed: Timed, context: Context, index: int, scene: Scene) -> list[Block]:
    return []


_PLANS: Mapping[str, Callable[[Timed, Context, int, Scene], list[Block]]] = {
    "lead": _lead,
    "figures": _figure,
    "bars": _bar,
    "line": _nothing,
    "steps": _step,
    "quotation": _quotation,
    "picture": _picture,
    "question": _question,
    "table": _panel,
    "text": _panel,
}
