"""A whole clip on a tiny screen: what the file is, what its frames show, and what a stopped run leaves."""

from __future__ import annotations

import itertools
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from publisher.content.model import Chart, Picture, plain_text
from publisher.errors import RenderError, UsageError
from publisher.render import clip, led
from publisher.render.actors import COUNT, Count
from publisher.render.base import Artifact, RenderJob, Size
from publisher.render.encoding import Encoder, run_ffmpeg
from publisher.render.film import build_set, draw_rest
from publisher.render.footage import Player
from publisher.render.planes import Canvas
from publisher.render.screen import make_screen
from publisher.render.segments import encode_scenes, hash_scene
from publisher.render.sound import LOUDNESS, measure_loudness
from publisher.render.speech import can_speak
from publisher.render.stage import Still
from publisher.render.stills import keep_stills
from tests.unit.clip_sample import CHART, FIGURES, QUOTE, STEPS, campaign, number, tiny_job

SHAPES = {"reel": Size(1080, 1920), "square": Size(1080, 1080), "wide": Size(1920, 1080)}
MADE = campaign(FIGURES, CHART, summary="Người dân làm thủ tục trên điện thoại.")


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clip")


@pytest.fixture(scope="module")
def job(folder: Path, patch: pytest.MonkeyPatch) -> RenderJob:
    return tiny_job(folder, patch, MADE, options={"seconds": "20"})


@pytest.fixture(scope="module")
def artifacts(job: RenderJob) -> list[Artifact]:
    return clip.render(job)


def video_of(artifacts: list[Artifact]) -> Artifact:
    return next(a for a in artifacts if a.role == "video")


def boxes(path: Path) -> list[str]:
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name.decode())
        at += size
    return names


def test_a_clip_comes_with_two_caption_files_and_a_still(artifacts: list[Artifact]) -> None:
    assert [(a.role, a.mime) for a in artifacts] == [
        ("video", "video/mp4"),
        ("captions", "application/x-subrip"),
        ("captions", "text/vtt"),
        ("thumbnail", "image/png"),
    ]
    assert "1.234,5 tỷ" in video_of(artifacts).alt
    assert all(a.path.is_file() and a.bytes == a.path.stat().st_size for a in artifacts)


TIMES = re.compile(r"(\d\d):(\d\d):(\d\d)[,.](\d{3}) --> (\d\d):(\d\d):(\d\d)[,.](\d{3})")


def test_the_times_of_the_caption_files_lie_inside_the_film(artifacts: list[Artifact]) -> None:
    """One after another, to the film's last frame."""
    for made in (a for a in artifacts if a.role == "captions"):
        found = [[int(part) for part in row] for row in TIMES.findall(made.path.read_text("utf-8"))]
        times = [h * 3600 + m * 60 + s + ms / 1000 for row in found for h, m, s, ms in (row[:4], row[4:])]
        assert times == sorted(times)
        assert times[0] == 0
        assert times[-1] == pytest.approx(video_of(artifacts).duration_s, abs=0.001)
        assert len(found) >= 5


def check_picture(made: Artifact) -> None:
    """H.264 High, yuv420p, BT.709 limited, constant 30 fps, a key frame every 2 s, the index in front."""
    with av.open(str(made.path)) as container:
        video = container.streams.video[0]
        context = video.codec_context
        assert (video.codec.name, video.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
        assert (video.width, video.height) == (made.width, made.height)
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert video.average_rate == video.base_rate == 30
        packets = [packet for packet in container.demux(video) if packet.pts is not None]
        assert len(packets) == round(made.duration_s * 30)
        ticks = int(1 / (30 * video.time_base))
        assert sorted(p.pts for p in packets) == [i * ticks for i in range(len(packets))]
        assert [p.dts - packets[0].dts for p in packets] == [i * ticks for i in range(len(packets))]
        keys = [p.pts // ticks for p in packets if p.is_keyframe]
        assert keys == list(range(0, len(packets), 60))
    assert boxes(made.path).index("moov") < boxes(made.path).index("mdat")


def test_the_picture_is_what_reels_ask_for(artifacts: list[Artifact]) -> None:
    check_picture(video_of(artifacts))


@pytest.mark.parametrize(("name", "size"), [("square", Size(216, 216)), ("wide", Size(384, 216))])
def test_the_other_shapes_have_the_same_facts(
    name: str, size: Size, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = tiny_job(folder, monkeypatch, MADE, options={"seconds": "15"})
    monkeypatch.setattr(clip, "FORMATS", {name: size})
    made = clip.render(replace(shape, formats=(name,)))
    check_picture(video_of(made))
    assert (video_of(made).width, video_of(made).height) == (size.width, size.height)


def test_the_sound_is_aac_as_long_as_the_picture(artifacts: list[Artifact]) -> None:
    made = video_of(artifacts)
    with av.open(str(made.path)) as container:
        sound = container.streams.audio[0]
        assert (sound.codec.name, sound.profile, sound.rate, sound.channels) == ("aac", "LC", 48000, 2)
        assert float(sound.duration * sound.time_base) == pytest.approx(made.duration_s, abs=1 / 30)


def test_the_loudness_of_the_finished_clip_is_that_of_the_networks(artifacts: list[Artifact]) -> None:
    """−16 LUFS to half a unit, measured on what is delivered, and no peak over −1 dBTP."""
    path = video_of(artifacts).path
    assert measure_loudness(path) == pytest.approx(LOUDNESS, abs=0.5)
    report = run_ffmpeg(
        "-loglevel", "info", "-i", str(path), "-vn", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"
    )  # fmt: skip
    assert float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", report)[-1]) < -1.0


def test_even_fields_stay_even_through_the_encoder(job: RenderJob, artifacts: list[Artifact]) -> None:
    """Grounds are drawn in single colours, and coding leaves no bands or blocks in them."""
    film = clip.make_film(job, "reel")
    scene = film.board.scenes[1]
    drawn = draw_rest(film, scene)
    field = drawn.y == np.bincount(drawn.y.ravel()).argmax()
    field = cv2.erode(field.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    assert field.sum() > 1000
    with av.open(str(video_of(artifacts).path)) as container:
        at = scene.start + scene.frames - 20
        frame = next(f for number, f in enumerate(container.decode(video=0)) if number == at)
    luma = frame.reformat(format="gray", dst_color_range="MPEG").to_ndarray()[field]
    assert int(luma.max()) - int(luma.min()) <= 1


def test_the_end_card_is_coded_as_well_as_the_film_and_with_its_headers(
    job: RenderJob, artifacts: list[Artifact]
) -> None:
    """It takes half the encoder's work; neither players nor eyes may tell."""
    film = clip.make_film(job, "reel")
    segments = encode_scenes(film, lambda frames: None)
    headers = set()
    for segment in segments:
        with av.open(str(segment.path)) as container:
            headers.add(bytes(container.streams.video[0].codec_context.extradata or b""))
    assert len(headers) == 1
    with build_set(film, film.board.end) as ready:
        drawn = [canvas.y.astype(int) for canvas in ready.play()]
    with av.open(str(video_of(artifacts).path)) as container:
        shown = [f.to_ndarray()[: film.screen.height].astype(int) for f in container.decode(video=0)]
    for want, got in zip(drawn, shown[-len(drawn) :], strict=True):
        assert 10 * np.log10(255**2 / max(((want - got) ** 2).mean(), 1e-9)) > 36


def test_no_frame_is_black_and_nothing_stands_still_for_two_seconds(artifacts: list[Artifact]) -> None:
    with av.open(str(video_of(artifacts).path)) as container:
        frames = [f.to_ndarray(format="gray") for f in container.decode(video=0)]
    assert all(frame.mean() > 30 for frame in frames)
    moved = [float(np.abs(a.astype(int) - b).mean()) for a, b in zip(frames, frames[60:], strict=False)]
    # ffmpeg's freezedetect calls less than 0.001 of full scale frozen.
    assert min(moved) > 0.255


def test_the_same_job_gives_the_same_bytes(job: RenderJob, artifacts: list[Artifact], folder: Path) -> None:
    """Made again from nothing: another cache, another folder."""
    elsewhere = folder / "again"
    elsewhere.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        again = clip.render(tiny_job(elsewhere, patch, MADE, options={"seconds": "20"}))
    assert [a.sha256 for a in again] == [a.sha256 for a in artifacts]


def test_another_unit_draws_only_its_own_end_card(job: RenderJob, artifacts: list[Artifact], folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        other = tiny_job(folder, patch, MADE, unit="xa-mau", options={"seconds": "20"})
        mine, theirs = clip.make_film(job, "reel"), clip.make_film(other, "reel")
        hashes = [
            (hash_scene(mine, a), hash_scene(theirs, b))
            for a, b in zip(mine.board.scenes, theirs.board.scenes, strict=True)
        ]
        made = video_of(clip.render(other))
    assert [a == b for a, b in hashes] == [True] * (len(hashes) - 1) + [False]
    assert made.sha256 != video_of(artifacts).sha256
    assert made.duration_s == video_of(artifacts).duration_s


def test_a_counting_figure_ends_on_the_typeset_figure_itself(job: RenderJob, artifacts: list[Artifact]) -> None:
    film = clip.make_film(job, "reel")
    scene = next(scene for scene in film.board.scenes if scene.kind == "figures")
    with build_set(film, scene) as ready:
        counts = [actor for actor in ready.actors if isinstance(actor, Count)]
    assert [count.number.written for count in counts] == ["80%", "1.234,5 tỷ"]
    for count in counts:
        shown, written = Canvas(216, 384), Canvas(216, 384)
        count.draw(shown, count.starts + COUNT + 40)
        replace(count.card, sprite=count.written).draw(written, count.starts + COUNT + 40)
        assert (shown.data == written.data).all()
        assert int((shown.y > 0).sum()) > 50


def test_nothing_of_a_scene_lies_outside_the_screen(job: RenderJob) -> None:
    film = clip.make_film(job, "reel")
    for scene in film.board.scenes:
        with build_set(film, scene) as ready:
            actors = ready.actors
        for actor in actors:
            sprite = getattr(actor, "sprite", None)
            if sprite is not None and hasattr(actor, "x"):
                assert actor.x >= 0
                assert actor.x + min(sprite.width, film.screen.width) <= film.screen.width


@pytest.mark.parametrize("name", ["reel", "square", "wide"])
def test_no_number_or_label_of_a_line_is_cut_or_touches_the_next(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many points as a line may have, each higher than the last: the first number is moved towards the edge."""
    points = tuple((number(f"{n}.820", f"{n}.820"),) for n in range(1, 6))
    labels = tuple(plain_text(str(2020 + n)) for n in range(5))
    chart = Chart("line", (plain_text("Năm"), plain_text("Mưa")), labels, points, "mm", 30)
    rainy = tiny_job(folder, monkeypatch, campaign(chart))
    monkeypatch.setattr(clip, "FORMATS", SHAPES)
    film = clip.make_film(rainy, name)
    scene = next(scene for scene in film.board.scenes if scene.kind == "line")
    with build_set(film, scene) as ready:
        values = [a for a in ready.actors if isinstance(a, Still) and a.entrance == "fade"]
    assert len(values) == 5
    edges = [(a.sprite.left, a.sprite.left + a.sprite.alpha.shape[1], a.sprite.width) for a in values]
    assert all(0 < left < right < width for left, right, width in edges)
    assert all(right < left for (_, right, _), (left, _, _) in itertools.pairwise(edges))
    # One row of digits each: a second line would be as tall again.
    assert max(a.sprite.alpha.shape[0] for a in values) < 1.3 * min(a.sprite.alpha.shape[0] for a in values)


def test_a_very_long_campaign_still_fits_its_screens(folder: Path) -> None:
    """A title of 200 letters, a word without a blank and long steps: all of it legible, nothing cut off."""
    long_word = "https://dichvucong.tinhmau.example/" + "thu-tuc" * 12
    steps = replace(
        STEPS,
        items=tuple(
            replace(s, body=replace(s.body, spans=(replace(s.body.spans[0], text=f"{long_word} " * 3),)))
            for s in STEPS.items
        ),
    )
    made = campaign(steps, QUOTE, title="Ngày Chuyển đổi số quốc gia " * 7, summary="Người dân " * 60)
    with pytest.MonkeyPatch.context() as patch:
        long_job = tiny_job(folder, patch, made, options={"seconds": "60"})
        film = clip.make_film(long_job, "reel")
        for scene in film.board.scenes:
            draw_rest(film, scene)


def test_a_letter_no_font_has_is_refused_by_name(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = tiny_job(folder, patch, campaign(QUOTE, title="Ngày hội 🦄"))
        with pytest.raises(RenderError, match="U\\+1F984"):
            clip.render(made)


def test_a_missing_narration_is_named(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = tiny_job(folder, patch, replace(MADE, voice="doc.wav"))
        with pytest.raises(RenderError, match=r"thu\.md:1: voice: no recording `doc\.wav`"):
            clip.render(made)


def test_an_encoder_that_dies_leaves_no_part_of_a_clip(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tiny_job(folder, monkeypatch, campaign(QUOTE, title="Một ngày khác"), out="broken")

    def killed(self: Encoder, canvas: Canvas) -> None:
        self._process.kill()
        self._process.wait()
        raise RenderError("the video encoder stopped")

    monkeypatch.setattr(Encoder, "write", killed)
    with pytest.raises(RenderError, match="stopped"):
        clip.render(made)
    assert not list((folder / "broken").rglob("*.*"))
    assert not list(made.workspace.cache.rglob("part-*"))


def test_a_run_that_was_stopped_goes_on_with_the_scenes_that_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tiny_job(tmp_path, monkeypatch, campaign(FIGURES, QUOTE, title="Làm tiếp"), out="resumed")
    scenes = len(clip.make_film(made, "reel").board.scenes)
    started: list[Path] = []
    begin, write, written = Encoder.__init__, Encoder.write, 0

    def count(self: Encoder, path: Path, *, width: int, height: int, light: bool) -> None:
        started.append(path)
        begin(self, path, width=width, height=height, light=light)

    def stop(self: Encoder, canvas: Canvas) -> None:
        nonlocal written
        written += 1
        if len(started) == scenes:
            raise KeyboardInterrupt
        write(self, canvas)

    monkeypatch.setattr(Encoder, "__init__", count)
    monkeypatch.setattr(Encoder, "write", stop)
    with pytest.raises(KeyboardInterrupt):
        clip.render(made)
    monkeypatch.setattr(Encoder, "write", write)
    before = len(started)
    clip.render(made)
    # The one that was being drawn, and at most the one whose last frames were still being coded.
    assert before == scenes
    assert 1 <= len(started) - before <= 2


STOPPED = """
import sys
from pathlib import Path
import pytest
from publisher.render import clip
from tests.unit.clip_sample import QUOTE, FIGURES, campaign, tiny_job
with pytest.MonkeyPatch.context() as patch:
    job = tiny_job(Path(sys.argv[1]), patch, campaign(FIGURES, QUOTE, title="Bị dừng giữa chừng"), out="stopped")
    from dataclasses import replace
    def say(done, total):
        if done > 150:
            print("now", flush=True)
    clip.render(replace(job, progress=say))
"""


def test_ctrl_c_leaves_neither_parts_nor_an_encoder(folder: Path) -> None:
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(folder)], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"now\n"
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=60) != 0
    child.stdout.close()
    assert not list((folder / "stopped").rglob("*.mp4"))
    assert not list((folder / "workspace" / "var").rglob("part-*"))


def test_footage_of_an_editor_plays_in_its_window(
    job: RenderJob, artifacts: list[Artifact], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clip itself serves as somebody's recording: its frames are seen moving inside the picture scene."""
    recording = job.workspace.root / "phim.mp4"
    recording.write_bytes(video_of(artifacts).path.read_bytes())
    shown = Picture("phim.mp4", "phim.mp4", "Đoạn phim về xã Mẫu", "Xã Mẫu", None, 12)
    film = clip.make_film(tiny_job(folder, monkeypatch, campaign(shown)), "reel")
    scene = next(scene for scene in film.board.scenes if scene.kind == "picture")
    with build_set(film, scene) as ready:
        player = next(actor for actor in ready.actors if isinstance(actor, Player))
        seen = []
        for frame in (player.enter + 40, player.enter + 70):
            canvas = Canvas(216, 384)
            player.draw(canvas, frame)
            seen.append(canvas.y.copy())
    assert (seen[0] != seen[1]).mean() > 0.01


def test_a_recording_that_is_no_film_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = tiny_job(folder, monkeypatch, campaign(Picture("hong.mp4", "hong.mp4", "Phim", "", None, 12)))
    (job.workspace.root / "hong.mp4").write_text("not a film")
    with pytest.raises(RenderError, match=r"thu\.md:12: film `hong\.mp4` cannot be read"):
        clip.render(job)


def test_the_storyboard_shows_every_scene_before_anything_is_encoded(folder: Path) -> None:
    """A still for each scene, one behind the other in time, with its words; the second time from the cache."""
    with pytest.MonkeyPatch.context() as patch:
        fresh = tiny_job(folder, patch, campaign(FIGURES, QUOTE, title="Chỉ xem phân cảnh"), options={"seconds": "20"})
        patch.setattr(Encoder, "__init__", None)
        scenes = keep_stills(fresh, height=96)
        drawn = [scene.path.stat().st_mtime_ns for scene in scenes]
        assert [s.path.stat().st_mtime_ns for s in keep_stills(fresh, height=96)] == drawn
        board = clip.make_film(fresh, "reel").board
    assert [s.start_s for s in scenes] == [s.start / 30 for s in board.scenes]
    assert scenes[-1].end_s == board.duration_s
    assert "1.234,5 tỷ đồng tiết kiệm được" in scenes[1].text
    for scene in scenes:
        with Image.open(scene.path) as image:
            assert image.size == (scene.width, scene.height) == (54, 96)


def test_a_led_loop_is_silent_and_begins_as_it_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = led.render(tiny_job(folder, monkeypatch, MADE, options={"size": "320x128"}))
    with av.open(str(video_of(made).path)) as container:
        assert not container.streams.audio
        frames = [f.to_ndarray(format="gray").astype(int) for f in container.decode(video=0)]
    check_picture(video_of(made))
    assert frames[0].shape == (128, 320)
    assert np.abs(frames[0] - frames[-1]).mean() < 2
    assert all(a.alt for a in made)


@pytest.mark.parametrize("size", ["1920x1080", "512x768"])
def test_no_word_on_a_wall_is_cut_at_the_edge_of_its_column(
    size: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every layer has room beside its words; ink in its last columns was cut there."""
    film = led.make_loop(tiny_job(folder, monkeypatch, MADE), make_screen(*led.parse_size(size)))
    for scene in film.board.scenes:
        with build_set(film, scene) as ready:
            for sprite in [actor.sprite for actor in ready.actors if isinstance(actor, Still)]:
                assert sprite.left + sprite.alpha.shape[1] <= sprite.width - 2, scene.heading


@pytest.mark.parametrize("size", ["1920", "101x200", "64x64", "9999x200", "../x"])
def test_a_size_no_wall_has_is_refused(size: str) -> None:
    with pytest.raises(UsageError, match="two even numbers"):
        led.parse_size(size)


@pytest.mark.parametrize(("text", "seconds"), [("", 44.0), ("15", 15.0), ("22,5", 22.5), ("60", 60.0)])
def test_a_length_is_taken_as_written(text: str, seconds: float) -> None:
    assert clip.parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["14", "61", "nan", "hai mươi", "-20"])
def test_a_length_no_clip_has_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="15 to 60"):
        clip.parse_seconds(text)


@pytest.mark.skipif(not can_speak(), reason="espeak-ng is not installed")
def test_a_proof_reading_says_the_captions_at_their_times_and_what_it_is(job: RenderJob, folder: Path) -> None:
    """Marked in its name, its tags and its first words; no piece takes it along, for its role is that of no film."""
    made = clip.render(replace(job, options={**job.options, "audio": "yes"}, out=folder / "spoken"))
    spoken = next(a for a in made if a.role == "audio")
    assert spoken.path.name == "clip-reel-giong-tong-hop.mp3"
    with av.open(str(spoken.path)) as container:
        assert "Giọng đọc tổng hợp" in container.metadata["comment"]
        heard_s = float(container.duration) / 1_000_000
    film_s = video_of(made).duration_s
    # The notice comes first; the last caption, that of the end card, begins where the end card does.
    assert heard_s > clip.make_film(job, "reel").board.scenes[-1].start / 30
    assert bool(spoken.left_out) == (spoken.duration_s > film_s + 1)
    assert [a.role for a in clip.render(job)].count("audio") == 0
