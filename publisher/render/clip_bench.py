"""What a clip costs against the encoder alone and against plain moviepy, as ratios from one run on one machine."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from moviepy import VideoClip

from publisher.content.model import Campaign
from publisher.render.base import RenderJob
from publisher.render.clip import make_film, render
from publisher.render.clip_bench_plain import build_plain_film, write_part
from publisher.render.encoding import encode_file
from publisher.render.film import Film, build_set
from publisher.render.segments import is_light
from publisher.render.storyboard import Scene
from publisher.units import Unit
from publisher.workspace import Workspace

ROUNDS = 3
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


@dataclass(frozen=True)
class ClipCost:
    """CPU time (this process and the encoders it started) as ratios, each the median of some rounds.

    `against_moviepy_elapsed` is the same by the clock: moviepy draws and encodes in turn, ours side by side.
    `duration_s` is the sample's length; `peak_mb` what this process held at most, `encoder_mb` the largest encoder.
    """

    against_encoder: float
    against_moviepy: float
    against_moviepy_elapsed: float
    next_unit: float
    duration_s: float
    peak_mb: int
    encoder_mb: int


@dataclass(frozen=True)
class Spent:
    """Seconds of work: by the processors and by the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class _CachedWorkspace(Workspace):
    """The workspace with a cache of its own, so that nothing is taken from an earlier run."""

    cache_path: Path = Path()

    @property
    def cache(self) -> Path:
        return self.cache_path


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in WHO]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def timed(work: Callable[[], object]) -> Spent:
    """What `work` takes."""
    before, started = cpu_s(), time.perf_counter()
    work()
    return Spent(cpu_s() - before, time.perf_counter() - started)


@dataclass(frozen=True)
class _Round:
    ours: Spent
    following: Spent
    alone: Spent


def bench_clip(campaign: Campaign, unit: Unit, other: Unit, *, workspace: Workspace, seconds: float = 22.0) -> ClipCost:
    """Render a reel of `campaign`, the same for another unit, and the same frames through the encoder alone.

    Then plain moviepy once: it is so much slower that a part of its frames is drawn and scaled up.
    """
    rounds: list[_Round] = []
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        folder = Path(name)
        values = {field: getattr(workspace, field) for field in Workspace.__dataclass_fields__}
        for number in range(ROUNDS):
            own = _CachedWorkspace(**values, cache_path=folder / f"cache-{number}")
            job = RenderJob(campaign, unit, own, folder / "out", ("reel",), options={"seconds": f"{seconds:g}"})
            ours = timed(partial(render, job))
            following = timed(partial(render, replace(job, unit=other)))
            film = make_film(job, "reel")
            if number == 0:
                peak, encoder = (resource.getrusage(who).ru_maxrss // 1024 for who in WHO)
                _store_frames(film, folder)
            alone = timed(partial(_encode_alone, film, folder))
            rounds.append(_Round(ours, following, alone))
        plain = _cost_plainly(film, folder / "plain.mp4")
    return ClipCost(
        _middle(rounds, lambda one: one.ours.cpu / one.alone.cpu),
        plain.cpu / _middle(rounds, lambda one: one.ours.cpu),
        plain.wall / _middle(rounds, lambda one: one.ours.wall),
        _middle(rounds, lambda one: one.following.cpu / one.ours.cpu),
        film.board.duration_s,
        peak,
        encoder,
    )


def _middle(rounds: list[_Round], value: Callable[[_Round], float]) -> float:
    return statistics.median(map(value, rounds))


def _cost_plainly(film: Film, path: Path) -> Spent:
    """What moviepy takes: building all scenes, and its part of the frames scaled up to all."""
    made: list[VideoClip] = []
    scale: list[float] = []
    building = timed(lambda: made.append(build_plain_film(film)))
    writing = timed(lambda: scale.append(write_part(made[0], film.board.frames, path)))
    return Spent(building.cpu + writing.cpu * scale[0], building.wall + writing.wall * scale[0])


def _store_frames(film: Film, folder: Path) -> None:
    """Every frame, those of the end card in a file of their own: it is coded with less work, here as there."""
    for scene in film.board.scenes:
        with build_set(film, scene) as ready, _frames_path(folder, scene).open("ab") as out:
            for canvas in ready.play():
                out.write(canvas.data.data)


def _encode_alone(film: Film, folder: Path) -> None:
    size = {"width": film.screen.width, "height": film.screen.height}
    for scene in (film.board.scenes[0], film.board.end):
        encode_file(_frames_path(folder, scene), folder / "alone.mp4", **size, light=is_light(scene))


def _frames_path(folder: Path, scene: Scene) -> Path:
    return folder / f"frames-{'light' if is_light(scene) else 'usual'}.yuv"
