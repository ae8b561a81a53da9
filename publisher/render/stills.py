"""The storyboard as a strip of stills: what a clip will show, before a frame of it is encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
from PIL import Image

from publisher.errors import RenderError
from publisher.files import write_bytes
from publisher.render.base import RenderJob
from publisher.render.clip import end_caption, make_film
from publisher.render.film import Film, draw_rest
from publisher.render.segments import hash_scene
from publisher.render.storyboard import FPS, Scene

HEIGHT = 480


def draw_stills(film: Film) -> Iterator[Image.Image]:
    """Every scene of a film at rest, in its order and at its full size."""
    for scene in film.board.scenes:
        yield Image.fromarray(draw_rest(film, scene).to_rgb())


@dataclass(frozen=True)
class SceneStill:
    """A scene at rest as a small PNG, when it is to be seen (seconds from the start) and what it says."""

    path: Path
    start_s: float
    end_s: float
    text: str
    width: int
    height: int


def keep_stills(job: RenderJob, *, name: str = "reel", height: int = HEIGHT) -> tuple[SceneStill, ...]:
    """Every scene of the film at rest, in its order; kept until what a scene shows changes. Raises RenderError."""
    film = make_film(job, name)
    width = round(film.screen.width * height / film.screen.height)
    return tuple(
        SceneStill(
            _keep_small(film, scene, width, height),
            scene.start / FPS,
            (scene.start + scene.frames) / FPS,
            _say(scene, film),
            width,
            height,
        )
        for scene in film.board.scenes
    )


def _say(scene: Scene, film: Film) -> str:
    """The scene in words."""
    if scene.kind == "end":
        return end_caption(film.unit)
    heading = "" if scene.kind == "opening" else scene.heading
    words = [heading, *(timed.item.text for timed in scene.items)]
    return ". ".join(word.rstrip(".") for word in words if word)


def _keep_small(film: Film, scene: Scene, width: int, height: int) -> Path:
    key = hashlib.sha256(f"{hash_scene(film, scene)} {width}x{height}".encode()).hexdigest()
    path = film.workspace.cache / "clip" / f"{key}.png"
    if not path.is_file():
        picture = cv2.cvtColor(draw_rest(film, scene).to_rgb(), cv2.COLOR_RGB2BGR)
        done, data = cv2.imencode(".png", cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))
        if not done:
            raise RenderError("a still of the clip could not be packed as PNG. Run the command again.")
        write_bytes(path, data.tobytes())
    return path
