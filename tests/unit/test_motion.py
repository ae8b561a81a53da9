"""Counting, easing and laying sprites: what the eye would catch when it went wrong."""

from __future__ import annotations

import numpy as np
import pytest

from publisher.render.actors import Pan
from publisher.render.motion import count_to, ease_both, ease_in, ease_out, enter_shift, overshoot
from publisher.render.planes import Canvas, Pose, Rect, fill_sprite, lay, make_sprite, yuv_of
from publisher.render.sound import LOUDNESS, PEAK, limit_peaks, measure_loudness, mix_sound
from publisher.render.stage import Stage, Still, still_frame
from tests.unit.clip_sample import ROOT, number


@pytest.mark.parametrize(
    ("digits", "decimals"), [("80", 0), ("3.321", 0), ("1.234,5", 1), ("0,75", 2), ("1.500.000", 0), ("45,60", 2)]
)
def test_counting_ends_exactly_as_written_and_never_falls(digits: str, decimals: int) -> None:
    made = number(digits, digits, "", decimals)
    shown = [count_to(made, t / 40) for t in range(41)]
    values = [int("".join(c for c in text if c.isdigit())) for text in shown]
    assert shown[-1] == digits
    assert values == sorted(values)
    assert all(len(text) <= len(digits) for text in shown)


def test_counting_writes_thousands_the_vietnamese_way() -> None:
    assert count_to(number("1.234,5", "1.234,5", "", 1), 0.9) == "1.234,3"


@pytest.mark.parametrize("ease", [ease_in, ease_out, ease_both, overshoot])
def test_every_curve_begins_at_0_and_ends_at_1(ease: object) -> None:
    assert callable(ease)
    assert (round(ease(0), 9), round(ease(1), 9), ease(2)) == (0, 1, 1)


def test_an_entrance_ends_exactly_at_its_place() -> None:
    shift = enter_shift("rise", 1.0, travel=70)
    assert (shift.x, shift.y, shift.scale, shift.opacity) == (0, 0, 1, 1)


def test_colours_are_those_of_bt709_in_limited_range() -> None:
    assert yuv_of("#f2a541") == (166, 76, 166)
    assert yuv_of("#000000") == (16, 128, 128)
    assert yuv_of("#ffffff") == (235, 128, 128)


def test_an_opaque_sprite_at_rest_covers_exactly() -> None:
    canvas = Canvas(64, 64)
    changed = lay(canvas, fill_sprite(20, 10, "#f2a541"), Pose(8, 6))
    assert changed == Rect(8, 6, 28, 16)
    assert (canvas.y[6:16, 8:28] == 166).all()
    assert (canvas.u[3:8, 4:14] == 76).all()
    assert int((canvas.y != 0).sum()) == 200


def test_a_slow_move_goes_on_in_parts_of_a_pixel() -> None:
    """The centre of the drawn mass follows the path to a tenth of a pixel: no steps, so no jitter."""
    rng = np.full((20, 20, 4), 255, np.uint8)
    sprite = make_sprite(rng)
    for step in range(20):
        canvas = Canvas(64, 64)
        x = 10 + step * 0.13
        lay(canvas, sprite, Pose(x, 12))
        mass = canvas.y.astype(float).sum(axis=0)
        centre = float((mass * np.arange(64)).sum() / mass.sum())
        assert abs(centre - (x + 9.5)) < 0.1


def test_a_picture_grows_without_trembling() -> None:
    """A bright spot off the middle of a slowly growing picture goes its way evenly, in parts of a pixel."""
    rgba = np.zeros((240, 320, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[40:52, 40:52, :3] = 255
    mask = np.full((200, 280), 255, np.uint8)
    pan = Pan(make_sprite(rgba, trim=False), mask, mask[::2, ::2].copy(), 0, 0, enter=0, length=200)
    places = []
    for frame in range(20, 180):
        canvas = Canvas(280, 200)
        pan.draw(canvas, frame)
        light = canvas.y.astype(float) - 16
        places.append(
            (light.sum(axis=0) @ np.arange(280) / light.sum(), light.sum(axis=1) @ np.arange(200) / light.sum())
        )
    steps = np.diff(np.array(places), axis=0)
    assert np.abs(steps - steps.mean(axis=0)).max() < 0.1


def test_redrawing_only_what_changed_gives_the_same_frames_as_drawing_all() -> None:
    backdrop = Canvas(80, 80)
    backdrop.fill(backdrop.rect, (60, 120, 130))
    actors = [
        Still(fill_sprite(40, 20, "#f2a541"), 10, 40, 2, leave=50),
        Still(fill_sprite(30, 30, "#0b4f8a"), 20, 30, 10, "slide", leave=50),
        Still(fill_sprite(16, 16, "#ffffff"), 4, 4, 5, "pop"),
    ]
    stage = Stage(backdrop, actors, leave_at=50)
    for frame, canvas in enumerate(stage.play(60)):
        assert (canvas.data == still_frame(backdrop, actors, frame).data).all(), frame


def test_peaks_are_bent_under_the_limit_and_quiet_samples_untouched() -> None:
    samples = np.array([[0.0, 0.3], [-0.5, 0.9], [2.0, -3.0]])
    limited = limit_peaks(samples)
    assert np.abs(limited).max() <= PEAK
    assert (limited[0] == samples[0]).all()


def test_the_mix_has_the_length_of_the_film_and_the_loudness_asked_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("sound") / "mix.wav"
    mix_sound(path, frames=180, bed=ROOT / "assets" / "sounds" / "bed.ogg")
    assert path.stat().st_size == 44 + 180 * 1600 * 4
    assert measure_loudness(path) == pytest.approx(LOUDNESS, abs=0.5)


def test_music_steps_back_while_somebody_speaks(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A silent narration leaves only the lowered music: what is left shows how far it stepped back."""
    import wave

    folder = tmp_path_factory.mktemp("sound")
    silent = folder / "voice.wav"
    with wave.open(str(silent), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(b"\0\0" * 48000 * 4)
    bed = ROOT / "assets" / "sounds" / "bed.ogg"
    mix_sound(folder / "mix.wav", frames=300, bed=bed, voice=silent, speech=((0.0, 4.0),))
    with wave.open(str(folder / "mix.wav"), "rb") as mixed:
        samples = np.frombuffer(mixed.readframes(480000), "<i2").astype(float).reshape(-1, 2)
    spoken, after = samples[48000 : 3 * 48000].std(), samples[6 * 48000 : 8 * 48000].std()
    assert spoken < after * 0.4
