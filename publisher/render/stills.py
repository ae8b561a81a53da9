"""The storyboard as a strip of stills: what a clip will show, before a frame of it is encoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from publisher.files import write_bytes
from publisher.render.base import RenderJob
from publisher.render.clip import make_film
from publisher.render.film import Film, draw_rest

GAP = 12


def draw_stills(film: Film) -> Iterator[Image.Image]:
    """Every scene of a film at rest, in its order and at its full size."""
    for scene in film.board.scenes:
        yield Image.fromarray(draw_rest(film, scene).to_rgb())


def storyboard_strip(job: RenderJob, path: Path, *, name: str = "reel", height: int = 480) -> Path:
    """Write a PNG with every scene at rest, side by side in the film's order. Raises RenderError."""
    film = make_film(job, name)
    width = round(film.screen.width * height / film.screen.height)
    stills = []
    for still in draw_stills(film):
        picture = cv2.cvtColor(np.asarray(still), cv2.COLOR_RGB2BGR)
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        stills.append(cv2.copyMakeBorder(small, GAP, GAP, GAP, GAP, cv2.BORDER_CONSTANT, value=(236, 236, 236)))
    write_bytes(path, cv2.imencode(".png", np.hstack(stills))[1].tobytes())
    return path
