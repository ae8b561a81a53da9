"""A storyboard put on the stage: for each scene its layers, its actors and its frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from publisher.content.model import Picture
from publisher.content.picture_names import is_film
from publisher.errors import RenderError
from publisher.render.backdrop import Ground, Waves, draw_ground, make_curtain, make_waves, tones_of
from publisher.render.blocks import Block, Context
from publisher.render.cards import plan_end, plan_opening
from publisher.render.footage import Footage, open_footage
from publisher.render.layers import Spec, advance, draw_layers, heavy_font, measure_layers
from publisher.render.layout import DENSITIES, ROOMY, SPREAD, place_blocks
from publisher.render.line_room import holds_words
from publisher.render.motion import CURTAIN, LEAVE
from publisher.render.pictures import open_upright
from publisher.render.planes import Canvas, Sprite, hollow_sprite, make_sprite
from publisher.render.scene_blocks import plan_blocks
from publisher.render.screen import Screen
from publisher.render.stage import Actor, Stage, Still, still_frame
from publisher.render.storyboard import Scene, Storyboard
from publisher.units import Unit
from publisher.workspace import Workspace

WAVES = 0.075
"""Part of the height that the drifting waves take."""


@dataclass(frozen=True)
class Film:
    """Everything the frames of a storyboard depend on.

    `look` and `office` are the film's own and the same for all units; `unit` and `end_look` make the end card.
    """

    board: Storyboard
    screen: Screen
    look: Mapping[str, Any]
    end_look: Mapping[str, Any]
    office: Unit
    unit: Unit
    workspace: Workspace
    place: str
    densities: tuple[float, ...] = DENSITIES
    dark: bool = False
    """Whether every scene stands on the deep colour: on a wall of lamps at night white would dazzle."""


@dataclass(frozen=True)
class Set:
    """A scene ready to play."""

    scene: Scene
    backdrop: Canvas
    actors: tuple[Actor, ...]
    under: tuple[Actor, ...]
    over: tuple[Actor, ...]
    leave_at: int | None

    def play(self) -> Iterator[Canvas]:
        stage = Stage(self.backdrop, self.actors, under=self.under, over=self.over, leave_at=self.leave_at)
        return stage.play(self.scene.frames)

    def rest(self) -> Canvas:
        """The picture when everything has arrived and nothing has left."""
        frame = self.scene.frames - 1 - max(CURTAIN if self.over else 0, LEAVE if self.leave_at else 0)
        return still_frame(self.backdrop, (*self.under, *self.actors), frame)


def ground_of(film: Film, scene: Scene) -> Ground:
    return "band" if film.dark or scene.kind in ("opening", "quotation", "end") else "light"


@contextmanager
def build_set(film: Film, scene: Scene) -> Iterator[Set]:
    """Lay a scene out at the largest size of type that fits; recordings it shows are open until the end of the block.

    Raises RenderError when not even the smallest type fits.
    """
    with ExitStack() as stack:
        context = _largest_fit(film, scene, stack)
        if context is None:
            raise RenderError(
                f"{film.place}:{scene.line}: too long for one screen of the clip, even in its smallest type. "
                "Make the sentence or the heading shorter."
            )
        yield _dress(film, scene, context, _arrange(film, scene, context, hollow=False)[0])


def draw_rest(film: Film, scene: Scene) -> Canvas:
    """The scene's picture when everything has arrived."""
    with build_set(film, scene) as ready:
        return ready.rest()


def fits(film: Film) -> bool:
    """Whether every scene of the body fits its screen."""
    with ExitStack() as stack:
        return all(_largest_fit(film, scene, stack) is not None for scene in film.board.body)


def _largest_fit(film: Film, scene: Scene, stack: ExitStack) -> Context | None:
    ground = ground_of(film, scene)
    pictures = _load_pictures(film, scene, stack)
    for density in _densities(film, scene):
        context = Context(
            screen=film.screen,
            look=film.end_look if scene.kind == "end" else film.look,
            density=density,
            dark=ground == "band",
            leave_at=scene.frames - LEAVE if scene.is_continued else None,
            width_of=partial(_width_of, film),
            pictures=pictures,
            end=scene.frames,
        )
        if _arrange(film, scene, context, hollow=True)[1]:
            return context
    return None


def _densities(film: Film, scene: Scene) -> tuple[float, ...]:
    """The sizes to try. Parts of one block keep to the usual ones, so that they look alike."""
    spread = scene.kind in SPREAD and scene.parts == 1 and not film.dark
    return (*ROOMY, *film.densities) if spread else film.densities


def _width_of(film: Film, text: str, size: float) -> float:
    family = str(film.look["fonts"][0])
    return advance(text, size, font=heavy_font(film.workspace, family))


def _arrange(film: Film, scene: Scene, context: Context, *, hollow: bool) -> tuple[list[Actor], bool]:
    if scene.kind == "opening":
        blocks = plan_opening(scene, film.office, context)
    elif scene.kind == "end":
        blocks = plan_end(scene, film.unit, context)
    else:
        blocks = plan_blocks(scene, context)
    actors, fits = place_blocks(blocks, _sprites(film, blocks, context, hollow=hollow), film.screen)
    return actors, fits and all(holds_words(spec, context) for block in blocks for spec in block.specs)


def _sprites(film: Film, blocks: list[Block], context: Context, *, hollow: bool) -> list[list[Sprite]]:
    """The sprites of each block; `hollow` ones know only their size, which is all that laying out needs."""
    specs: list[Spec] = [spec for block in blocks for spec in block.specs]
    look = _scaled(film, context)
    if hollow:
        made = iter([hollow_sprite(*size) for size in measure_layers(specs, look, film.workspace)])
    else:
        made = iter([make_sprite(pixels) for pixels in draw_layers(specs, look, film.workspace)])
    return [[next(made) for _ in block.specs] for block in blocks]


def _scaled(film: Film, context: Context) -> dict[str, Any]:
    return {**context.look, "unit": film.screen.unit}


def _dress(film: Film, scene: Scene, context: Context, actors: list[Actor]) -> Set:
    """Ground, waves, the label the law asks for, and the curtain where a section begins or ends."""
    screen, look = film.screen, context.look
    tones = tones_of(look, ground_of(film, scene))
    backdrop = draw_ground(screen.width, screen.height, tones)
    waves: Waves = make_waves(screen.width, screen.height, tones, share=WAVES, phase=scene.phase)
    opens, closes = _is_uncovered(film, scene), scene.kind != "end" and not scene.is_continued
    over: list[Actor] = []
    if film.board.label:
        over.append(_label(film, context))
    if opens or closes:
        over.append(
            make_curtain(screen.width, screen.height, film.look, opens=opens, frames=scene.frames, closes=closes)
        )
    return Set(scene, backdrop, tuple(actors), (waves,), tuple(over), context.leave_at)


def _is_uncovered(film: Film, scene: Scene) -> bool:
    """Whether the wave that covered the scene before clears it; an end card of the same colour stands there at once."""
    if scene.kind == "end":
        return bool(film.end_look["band"] != film.look["band"])
    return scene.kind != "opening" and not scene.continues


def _label(film: Film, context: Context) -> Actor:
    """The notice about artificial intelligence: on every frame, in the upper corner of the safe region."""
    spec: Spec = {
        "kind": "chip", "text": film.board.label, "size": max(film.screen.px(40), 8), "width": film.screen.inner,
        "colour": "#101418", "fill": "#ffffff",
    }  # fmt: skip
    sprite = make_sprite(draw_layers([spec], _scaled(film, context), film.workspace)[0])
    y = max(film.screen.top - sprite.height - 4, 4)
    return Still(sprite, (film.screen.right - sprite.width) // 2 * 2, y // 2 * 2, entrance="still")


def _load_pictures(film: Film, scene: Scene, stack: ExitStack) -> dict[str, Sprite | Footage]:
    found: dict[str, Sprite | Footage] = {}
    for timed in scene.items:
        picture = timed.item.picture
        if picture is None:
            continue
        if is_film(picture.name):
            path, place = film.workspace.root / picture.path, f"{film.place}:{picture.line}"
            found[picture.path] = stack.enter_context(open_footage(path, picture, place=place))
        else:
            found[picture.path] = _load_picture(film, picture)
    return found


def _load_picture(film: Film, picture: Picture) -> Sprite:
    """The picture a little larger than its window, so that moving it never has to invent pixels."""
    place = f"{film.place}:{picture.line}"
    with open_upright(film.workspace.root / picture.path, shown=picture.name, place=place) as image:
        width = film.screen.items_width * 1.1
        scale = min(width / image.width, 4.0)
        size = (max(int(image.width * scale), 2), max(int(image.height * scale), 2))
        rgba = np.asarray(image.resize(size).convert("RGBA"), np.uint8)
    return make_sprite(rgba, trim=False)
