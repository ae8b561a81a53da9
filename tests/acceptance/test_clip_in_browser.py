"""A joined clip in a real browser: it plays through the joint of shared film and end card, and can be sought there."""

from __future__ import annotations

import io
import itertools
import re
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from publisher.render import clip
from publisher.render.base import Artifact
from tests.acceptance.pages import CHROMIUM, browser_page
from tests.unit.clip_sample import CHART, FIGURES, campaign, tiny_job

FPS = 30
PLAYED = """
async ({from, until}) => {
  const film = document.querySelector('video');
  film.muted = true;
  film.currentTime = from;
  await new Promise(done => film.addEventListener('seeked', done, {once: true}));
  let stalls = 0;
  film.addEventListener('waiting', () => stalls += 1);
  film.addEventListener('stalled', () => stalls += 1);
  const shown = [];
  const look = (now, facts) => { shown.push(facts.mediaTime); film.requestVideoFrameCallback(look); };
  film.requestVideoFrameCallback(look);
  await film.play();
  await new Promise((done, fail) => {
    film.addEventListener('ended', done, {once: true});
    film.addEventListener('error', () => fail(film.error.message), {once: true});
    film.addEventListener('timeupdate', () => { if (film.currentTime >= until) done(); });
  });
  const quality = film.getVideoPlaybackQuality();
  return {shown, stalls, ended: film.ended, at: film.currentTime, error: film.error && film.error.message,
          decoded: quality.totalVideoFrames};
}
"""
SOUGHT = """
async (time) => {
  const film = document.querySelector('video');
  const shown = new Promise(done => film.requestVideoFrameCallback((now, facts) => done(facts.mediaTime)));
  film.currentTime = time;
  return await shown;
}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Artifact, float]:
    """A clip of a unit below the office whose film it is, and the second at which its own end card begins."""
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        job = tiny_job(folder, patch, campaign(FIGURES, CHART), unit="xa-mau", options={"seconds": "18"})
        board = clip.make_film(job, "reel").board
        return clip.render(job)[0], board.scenes[-1].start / FPS


def test_ffmpeg_decodes_the_joint_without_error_or_gap(made: tuple[Artifact, float]) -> None:
    """Every frame 512 ticks after the one before, sound too, and not one word on the way."""
    video, _ = made
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-xerror", "-err_detect", "explode", "-i"]
    for track, step in (("0:v:0", 512), ("0:a:0", 1024)):
        done = subprocess.run(
            [*command, str(video.path), "-map", track, "-c", "copy" if step == 1024 else "rawvideo", "-f", "framecrc", "-"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stderr == ""
        rows = [row.split(",") for row in done.stdout.splitlines() if not row.startswith("#")]
        base = re.search(r"#tb 0: 1/(\d+)", done.stdout)
        assert base is not None
        ticks = round(int(base[1]) / FPS) if step == 512 else step
        stamps = [int(row[2]) for row in rows]
        assert {b - a for a, b in itertools.pairwise(stamps)} == {ticks}


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_browser_plays_through_the_joint(made: tuple[Artifact, float]) -> None:
    """Played from a second before the joint to the end: no stall, no error, frames on both sides of it, in order."""
    video, joint = made
    with browser_page() as page:
        show(page, video.path)
        assert page.evaluate("document.querySelector('video').duration") == pytest.approx(video.duration_s, abs=1 / FPS)
        played = page.evaluate(PLAYED, {"from": joint - 1, "until": video.duration_s})
    assert played["error"] is None
    assert played["ended"]
    assert played["at"] == pytest.approx(video.duration_s, abs=1 / FPS)
    # A browser says `waiting` while it fills its pipeline at the start; never again after that.
    assert played["stalls"] <= 1
    shown = played["shown"]
    assert shown == sorted(shown)
    assert min(shown) < joint - 0.5
    assert any(joint <= time < joint + 0.3 for time in shown)
    assert max(shown) > video.duration_s - 0.3


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_browser_seeks_across_the_joint(made: tuple[Artifact, float]) -> None:
    """Each side of the joint, there and back: the frame asked for is shown, and none of them is black."""
    video, joint = made
    with browser_page() as page:
        show(page, video.path)
        for frames in (0, -1, 1, -20, 20, -3, 5):
            wanted = joint + frames / FPS
            assert page.evaluate(SOUGHT, wanted + 0.5 / FPS) == pytest.approx(wanted, abs=0.1 / FPS)
            with Image.open(io.BytesIO(page.locator("video").screenshot())) as seen:
                assert float(np.asarray(seen.convert("L")).mean()) > 20


def show(page: Any, path: Path) -> None:
    place = path.parent / "page.html"
    place.write_text(f"<video src='{path.name}' preload='auto'></video>", "utf-8")
    page.goto(place.as_uri())
    page.wait_for_function("document.querySelector('video').readyState >= 3 || document.querySelector('video').error")
    assert (
        page.evaluate("document.querySelector('video').error && document.querySelector('video').error.message") is None
    )
