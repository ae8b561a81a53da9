"""What a clip costs against the encoder alone and against plain moviepy, as ratios from one run on one machine."""

from __future__ import annotations

import resource
import statistics
import tempfile
from collections.abc import Callable, Iterator
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
from publisher.render.planes import Canvas
from publisher.units import Unit
from publisher.workspace import Workspace

ROUNDS = 3
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


@dataclass(frozen=True)
class ClipCost:
    """CPU time (this process and the encoders it started) as ratios, each the median of some rounds.

    `duration_s` is the sample's length; `peak_mb` what this process and the largest encoder held at most, together.
    """

    against_encoder: float
    against_moviepy: float
    next_unit: float
    duration_s: float
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
    used = [resource.getrusage(who) for who in WHO]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def timed(work: Callable[[], object]) -> float:
    """CPU seconds that `work` takes."""
    before = cpu_s()
    work()
    return cpu_s() - before


def bench_clip(campaign: Campaign, unit: Unit, other: Unit, *, workspace: Workspace, seconds: float = 22.0) -> ClipCost:
    """Render a reel of `campaign`, the same for another unit, and the same frames through the encoder alone.

    Then plain moviepy once: it is so much slower that a part of its frames is drawn and scaled up.
    """
    rounds: list[tuple[float, float, float]] = []
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
                peak = sum(resource.getrusage(who).ru_maxrss for who in WHO) // 1024
                _store_frames(film, folder / "frames.yuv")
            alone = timed(partial(encode_file, folder / "frames.yuv", folder / "alone.mp4", **_shape(film)))
            rounds.append((ours / alone, following / ours, ours))
        plain = _cost_plainly(film, folder / "plain.mp4")
    middle = [statistics.median(values) for values in zip(*rounds, strict=True)]
    return ClipCost(middle[0], plain / middle[2], middle[1], film.board.duration_s, peak)


def _cost_plainly(film: Film, path: Path) -> float:
    """CPU seconds of moviepy: building all scenes, and its part of the frames scaled up to all."""
    made: list[VideoClip] = []
    scale: list[float] = []
    building = timed(lambda: made.append(build_plain_film(film)))
    writing = timed(lambda: scale.append(write_part(made[0], film.board.frames, path)))
    return building + writing * scale[0]


def _shape(film: Film) -> dict[str, int]:
    return {"width": film.screen.width, "height": film.screen.height}


def _frames(film: Film) -> Iterator[Canvas]:
    for scene in film.board.scenes:
        with build_set(film, scene) as ready:
            yield from ready.play()


def _store_frames(film: Film, path: Path) -> None:
    with path.open("wb") as out:
        for canvas in _frames(film):
            out.write(canvas.data.data)
