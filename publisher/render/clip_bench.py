"""What a clip costs against the encoder alone and against plain moviepy, as ratios from one run on one machine."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from moviepy import CompositeVideoClip, ImageClip

from publisher.content.model import Campaign
from publisher.render.base import RenderJob
from publisher.render.clip import make_film, render
from publisher.render.encoding import Encoder
from publisher.render.film import Film, build_set
from publisher.render.planes import Canvas
from publisher.render.stage import Still
from publisher.render.storyboard import FPS, Scene
from publisher.units import Unit
from publisher.workspace import Workspace


@dataclass(frozen=True)
class ClipCost:
    """CPU time (this process and the encoders it started) as ratios; `peak_mb` of this process."""

    against_encoder: float
    against_moviepy: float
    next_unit: float
    peak_mb: int


@dataclass(frozen=True)
class _CachedWorkspace(Workspace):
    """The workspace with a cache of its own, so that nothing is taken from an earlier run."""

    cache_path: Path = Path()

    @property
    def cache(self) -> Path:
        return self.cache_path


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def timed(work: Callable[[], object]) -> float:
    """CPU seconds that `work` takes."""
    before = cpu_s()
    work()
    return cpu_s() - before


def bench_clip(
    campaign: Campaign, unit: Unit, other: Unit, *, workspace: Workspace, seconds: float = 20.0, moviepy_s: float = 0.5
) -> ClipCost:
    """Render a reel of `campaign`, then the same frames through the encoder alone, then parts of it with moviepy.

    moviepy is so much slower that only `moviepy_s` seconds of each scene are composed with it and scaled up.
    """
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        folder = Path(name)
        values = {field: getattr(workspace, field) for field in Workspace.__dataclass_fields__}
        own = _CachedWorkspace(**values, cache_path=folder / "cache")
        job = RenderJob(campaign, unit, own, folder / "out", ("reel",), options={"seconds": f"{seconds:g}"})
        ours = timed(lambda: render(job))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        following = timed(lambda: render(replace(job, unit=other)))
        film = make_film(job, "reel")
        raw = folder / "frames.yuv"
        _store_frames(film, raw)
        encoder = timed(lambda: _encode_stored(film, raw, folder / "alone.mp4"))
        plain = 0.0
        for scene in film.board.scenes:
            spent = timed(partial(_compose_plainly, film, scene, folder / "plain.mp4", moviepy_s))
            plain += spent * scene.frames / FPS / moviepy_s
    return ClipCost(ours / encoder, plain / ours, following / ours, peak)


def _frames(film: Film) -> Iterator[Canvas]:
    for scene in film.board.scenes:
        with build_set(film, scene) as ready:
            yield from ready.play()


def _store_frames(film: Film, path: Path) -> None:
    with path.open("wb") as out:
        for canvas in _frames(film):
            out.write(canvas.data.data)


def _encode_stored(film: Film, raw: Path, path: Path) -> None:
    """The same preset on ready frames: read, hand over, encode."""
    canvas = Canvas(film.screen.width, film.screen.height)
    with Encoder(path, width=canvas.width, height=canvas.height) as encoder, raw.open("rb") as frames:
        while frames.readinto(canvas.data.data):
            encoder.write(canvas)
        encoder.finish()


def _compose_plainly(film: Film, scene: Scene, path: Path, seconds: float) -> None:
    """What a tutorial would write: every layer an ImageClip whose position depends on time, composed in RGB."""
    size = (film.screen.width, film.screen.height)
    with build_set(film, scene) as ready:
        ground = ready.backdrop.to_rgb()
        layers = [actor for actor in ready.actors if isinstance(actor, Still)]
    clips = [ImageClip(ground).with_duration(seconds)]
    for layer in layers:
        shown = layer.sprite
        rgba = np.dstack([shown.y, shown.y, shown.y, shown.alpha])

        def place(t: float, layer: Still = layer) -> tuple[float, float]:
            return layer.x, layer.y + 70 * (1 - t / seconds)

        clips.append(ImageClip(rgba).with_duration(seconds).with_position(place))
    made = CompositeVideoClip(clips, size=size)
    made.write_videofile(str(path), fps=FPS, codec="libx264", preset="veryfast", audio=False, logger=None)
