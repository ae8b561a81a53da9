"""Chosen stills of a clip against recorded ones. `PUBLISHER_GOLDEN=record` records; look at the new pictures then."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from publisher.render import clip
from publisher.render.actors import Count
from publisher.render.base import Size
from publisher.render.film import build_set, draw_rest
from publisher.render.planes import Canvas
from tests.unit.clip_sample import ASKED, CHART, FIGURES, QUOTE, STEPS, campaign, tiny_job

HERE = Path(__file__).parent / "clip"
SIZES = {"reel": Size(324, 576), "square": Size(360, 360), "wide": Size(576, 324)}
SCENES = ("opening", "figures", "bars", "steps", "quotation", "question", "end")
MADE = campaign(FIGURES, CHART, STEPS, QUOTE, ASKED)

# Another processor may round a moved or scaled sample by one; a moved or missing word is far over this.
MEAN, TILE = 1.0, 12.0


def differences(got: np.ndarray, want: np.ndarray) -> tuple[float, float]:
    """Mean difference of all pixels, and of the 16 × 16 tile that differs most."""
    far = np.abs(got.astype(float) - want.astype(float)).mean(axis=2)
    height, width = (side // 16 * 16 for side in far.shape)
    tiles = far[:height, :width].reshape(height // 16, 16, width // 16, 16).mean(axis=(1, 3))
    return float(far.mean()), float(tiles.max())


def picture(canvas: Canvas) -> np.ndarray:
    return np.asarray(cv2.cvtColor(canvas.to_rgb(), cv2.COLOR_RGB2BGR))


@pytest.mark.parametrize("name", sorted(SIZES))
def test_stills_look_as_recorded(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = tiny_job(tmp_path, monkeypatch, MADE, options={"seconds": "60"})
    monkeypatch.setattr(clip, "FORMATS", SIZES)
    film = clip.make_film(job, name)
    wrong = []
    for scene in film.board.scenes:
        if scene.kind not in SCENES or scene.continues:
            continue
        got, path = picture(draw_rest(film, scene)), HERE / f"{name}-{scene.kind}.png"
        if os.environ.get("PUBLISHER_GOLDEN") == "record":
            cv2.imwrite(str(path), got)
            continue
        want = cv2.imread(str(path))
        assert want is not None, f"{path.name}: not recorded yet. Run `make golden` and look at it."
        mean, tile = differences(got, np.asarray(want))
        if mean > MEAN or tile > TILE:
            kept = Path("var") / "golden" / path.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(kept), np.hstack([got, np.asarray(want), cv2.absdiff(got, np.asarray(want))]))
            wrong.append(f"{path.name}: mean {mean:.2f}, worst tile {tile:.1f}; see {kept}")
    assert wrong == []


def test_a_word_that_moved_is_seen() -> None:
    """The comparison itself can fail."""
    want = np.asarray(cv2.imread(str(HERE / "reel-figures.png")))
    moved = want.copy()
    moved[200:260] = np.roll(want[200:260], 6, axis=1)
    assert differences(moved, want)[1] > TILE


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract-ocr is not installed")
def test_the_written_figures_can_be_read_off_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program reads digit for digit what the campaign says: nothing is cut off."""
    job = tiny_job(tmp_path, monkeypatch, campaign(FIGURES))
    monkeypatch.setattr(clip, "FORMATS", {"reel": Size(1080, 1920)})
    film = clip.make_film(job, "reel")
    scene = next(scene for scene in film.board.scenes if scene.kind == "figures")
    with build_set(film, scene) as ready:
        whole = picture(ready.rest())
        counts = [actor for actor in ready.actors if isinstance(actor, Count)]
    for count in counts:
        top = count.card.y
        # A third of the size: the reader was taught on type of a page, not of a poster.
        part = cv2.resize(whole[top : top + 230], None, fx=0.34, fy=0.34, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(tmp_path / "figure.png"), part)
        command = ["tesseract", str(tmp_path / "figure.png"), "-", "-l", "eng", "--psm", "7"]
        read = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert count.number.digits in read.replace(" ", "")
