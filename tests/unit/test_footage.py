"""A recording that an editor supplies: which part of it is shown, how fast, and by which frame elsewhere than in clips."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from publisher.content.load import load_campaigns
from publisher.content.model import Picture
from publisher.content.parse import Known
from publisher.errors import RenderError
from publisher.render.encoding import Encoder
from publisher.render.footage import open_footage
from publisher.render.pictures import crop_picture, source_of
from publisher.render.planes import Canvas
from publisher.render.scenes import Item
from publisher.workspace import load_workspace
from tests.unit.clip_sample import workspace_at

WIDTH, HEIGHT, FRAMES = 128, 96, 90


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds that grow brighter by two steps a frame; the right half stays dark."""
    path = tmp_path_factory.mktemp("footage") / "phim.mp4"
    with Encoder(path, width=WIDTH, height=HEIGHT) as encoder:
        canvas = Canvas(WIDTH, HEIGHT)
        for number in range(FRAMES):
            canvas.fill(canvas.rect, (16, 128, 128))
            canvas.y[:, : WIDTH // 2] = 40 + 2 * number
            encoder.write(canvas)
        encoder.finish()
    return path


def film(cut: tuple[float, float] | None = None, speed: float = 1.0, x: float = 0.5) -> Picture:
    return Picture("phim.mp4", "phim.mp4", "Đoạn phim", "", (x, 0.5), 12, cut, speed)


def shown_s(pixels: np.ndarray) -> float:
    """Which second of the recording this is, by the brightness of its left half."""
    luma = float(pixels[:, : pixels.shape[1] // 3].mean()) * 219 / 255 + 16
    return (luma - 40) / 2 / 30


@pytest.mark.parametrize(
    ("cut", "speed", "number", "second"),
    [(None, 1.0, 0, 0.0), (None, 1.0, 45, 1.5), ((1.0, 2.0), 1.0, 15, 1.5), ((1.0, 3.0), 2.0, 15, 2.0),
     ((0.0, 1.0), 0.5, 30, 0.5), ((1.0, 2.0), 1.0, 300, 2.0), ((2.5, 9.0), 1.0, 90, 3.0)],
)  # fmt: skip
def test_the_part_named_plays_at_its_speed_and_its_last_frame_is_held(
    recording: Path, cut: tuple[float, float] | None, speed: float, number: int, second: float
) -> None:
    with open_footage(recording, film(cut, speed), place="thu.md:12") as footage:
        assert shown_s(footage.pixels(number)) == pytest.approx(second, abs=2.5 / 30)


def test_a_window_shows_what_the_focus_says(recording: Path) -> None:
    with open_footage(recording, film(x=0.0), place="thu.md:12") as footage:
        assert footage.frame(60, 40, 96).mean() > 100
    with open_footage(recording, film(x=1.0), place="thu.md:12") as footage:
        assert footage.frame(60, 40, 96).mean() < 20


def test_a_part_behind_the_end_is_named(recording: Path) -> None:
    message = r"thu\.md:12: film `phim\.mp4` lasts 3\.0 s, its cut begins at 5\.0 s"
    with pytest.raises(RenderError, match=message), open_footage(recording, film((5.0, 8.0)), place="thu.md:12"):
        pass


def test_elsewhere_than_in_clips_the_first_frame_of_the_part_stands(recording: Path) -> None:
    source = source_of(film((2.0, 3.0)), recording.parent, place="thu.md:12")
    with Image.open(source) as still:
        assert still.size == (WIDTH, HEIGHT)
        assert shown_s(np.asarray(still.convert("RGB"))) == pytest.approx(2.0, abs=2.5 / 30)
    data = crop_picture(film((2.0, 3.0), x=0.0), recording.parent, width=100, height=90, place="thu.md")
    with Image.open(io.BytesIO(data)) as cropped:
        assert cropped.size == (100, 90)


def test_a_scene_lasts_as_long_as_the_part_it_plays() -> None:
    assert Item(picture=film((3.0, 9.0), 1.5)).shown_s == 4.0
    assert Item(picture=film()).shown_s == 0.0


def test_a_file_that_only_bears_the_name_of_a_film_is_refused(tmp_path: Path, recording: Path) -> None:
    root = workspace_at(tmp_path)
    (root / "campaigns").mkdir()
    (root / "campaigns" / "that.mp4").write_bytes(recording.read_bytes())
    (root / "campaigns" / "gia.mp4").write_text("<html>not a film</html>")
    (root / "campaigns" / "a.md").write_text("# Tên\n\nTóm tắt.\n\n## Mục\n\n![x](that.mp4)\n\n![y](gia.mp4)\n")
    loaded = load_campaigns([root / "campaigns" / "a.md"], load_workspace(root), Known())
    errors = [str(problem) for problem in loaded.problems if problem.level == "error"]
    assert len(errors) == 1
    assert "a.md:9" in errors[0]
    assert "`gia.mp4` holds no film" in errors[0]
