"""A clip with an editor's narration: scenes, captions and music keep to what is said, and all of it is heard."""

from __future__ import annotations

import re
import shutil
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest

from publisher.errors import RenderError
from publisher.render import clip
from publisher.render.base import Artifact, RenderJob
from publisher.render.cues import LONGEST, caption_cues, told_pieces
from publisher.render.encoding import run_ffmpeg
from publisher.render.narration import Recording, align
from publisher.render.recording import hear
from publisher.render.sound import DUCK, LOUDNESS, measure_loudness
from publisher.render.storyboard import BEAT, FPS, Storyboard
from tests.unit.clip_sample import ASKED, CHART, FIGURES, QUOTE, STEPS, campaign, tiny_job
from tests.unit.voice_sample import RATE, Spoken, burst, rest, speak, write_sound

SUMMARY = "Mỗi gia đình tự làm một thủ tục trên mạng. Tổ công nghệ số cộng đồng của thôn đến tận nhà hướng dẫn bà con."
MADE = replace(campaign(FIGURES, STEPS, CHART, QUOTE, ASKED, summary=SUMMARY), voice="doc.wav", voice_line=7)
NEAR_S = 0.5


@dataclass(frozen=True)
class Told:
    job: RenderJob
    board: Storyboard
    spoken: Spoken
    artifacts: list[Artifact]

    @property
    def video(self) -> Path:
        return next(a.path for a in self.artifacts if a.role == "video")


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> RenderJob:
    return tiny_job(tmp_path_factory.mktemp("voice"), patch, MADE)


def syllables_of(job: RenderJob) -> list[int]:
    """Of the captions that the film has when nobody speaks: what an editor reads out."""
    silent = replace(job, campaign=replace(job.campaign, voice=None))
    count = clip.syllable_counter(job.workspace)
    return [count(piece.text) for piece in told_pieces(clip.make_film(silent, "reel").board)]


@pytest.fixture(scope="module")
def told(job: RenderJob) -> Told:
    spoken = speak(job.workspace.root / "doc.wav", syllables_of(job))
    return Told(job, clip.make_film(job, "reel").board, spoken, clip.render(job))


def cue_starts(path: Path) -> list[float]:
    found = re.findall(r"(\d+):(\d\d):(\d\d)[,.](\d{3}) -->", path.read_text("utf-8"))
    return [int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in found]


def heard(path: Path) -> np.ndarray:
    """The sound of a finished clip, both channels together, 48 kHz."""
    with av.open(str(path)) as container:
        parts = [frame.to_ndarray().mean(axis=0) for frame in container.decode(audio=0)]
    return np.concatenate(parts)


def level(samples: np.ndarray, start_s: float, end_s: float, *, low: bool) -> float:
    """RMS of a stretch: what lies under 1.5 kHz (the music) or over it (the voice)."""
    part = samples[int(start_s * 48_000) : int(end_s * 48_000)]
    power = np.abs(np.fft.rfft(part)) ** 2
    below = np.fft.rfftfreq(len(part), 1 / 48_000) < 1500
    return float(np.sqrt(power[below if low else ~below].sum())) / len(part) * 2**0.5


def test_every_caption_begins_with_its_sentence(told: Told) -> None:
    for artifact in told.artifacts:
        if artifact.role == "captions":
            starts = cue_starts(artifact.path)
            assert len(starts) == len(told.spoken.starts_s) + 1  # and the end card's
            # The first one stands from the first frame on.
            off = [abs(a - b) for a, b in zip(starts[1:], told.spoken.starts_s[1:], strict=False)]
            assert max(off) < NEAR_S


def test_every_scene_is_on_while_it_is_told_of(told: Told) -> None:
    """Scenes begin with key frames, two seconds apart; none begins more than that from its first word."""
    said = dict[int, float]()
    for piece, start_s in zip(told_pieces(told.board), told.spoken.starts_s, strict=True):
        said.setdefault(piece.scene, start_s)
    assert all(scene.frames % BEAT == 0 for scene in told.board.scenes[:-1])
    assert max(abs(told.board.scenes[n].start / FPS - start_s) for n, start_s in said.items() if n) < BEAT / FPS
    for scene in told.board.scenes:
        enters = [timed.enter for timed in scene.items]
        assert enters == sorted(enters)
        assert all(enter < scene.frames for enter in enters)


def test_sound_and_picture_of_a_told_film_end_together(told: Told) -> None:
    with av.open(str(told.video)) as container:
        sound = container.streams.audio[0]
        assert (sound.codec.name, sound.profile, sound.rate, sound.channels) == ("aac", "LC", 48000, 2)
        assert float(sound.duration * sound.time_base) == pytest.approx(told.board.duration_s, abs=1 / FPS)
        frames = sum(1 for _ in container.decode(video=0))
    assert frames == told.board.frames
    # A packet of AAC holds 1024 samples; what is decoded ends within one of them.
    assert len(heard(told.video)) / 48_000 == pytest.approx(told.board.duration_s, abs=1024 / 48_000 + 1 / FPS)


def test_a_told_film_is_as_loud_as_networks_ask(told: Told) -> None:
    assert measure_loudness(told.video) == pytest.approx(LOUDNESS, abs=1)
    report = run_ffmpeg(
        "-loglevel", "info", "-i", str(told.video), "-vn", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"
    )  # fmt: skip
    assert float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", report)[-1]) < -0.5


def test_the_voice_is_heard_to_its_last_syllable(told: Told) -> None:
    samples, end_s = heard(told.video), told.spoken.end_s
    assert told.board.duration_s >= end_s
    usual = level(samples, end_s - 4, end_s - 1, low=False)
    assert level(samples, end_s - 0.25, end_s - 0.05, low=False) > usual * 0.5
    assert level(samples, end_s + 0.3, told.board.duration_s, low=False) < usual * 0.05


@pytest.mark.parametrize("gain", [0.02, 0.9])
def test_music_steps_back_for_the_voice_and_returns_when_it_pauses(job: RenderJob, gain: float) -> None:
    """However loud the recording is: the music under it lies far below it, and comes back where nobody speaks."""
    path = job.workspace.root / "doc.wav"
    talk = [part for _ in range(20) for part in (burst(0.17, gain), rest(0.04))]
    write_sound(path, np.concatenate([*talk, rest(6), *talk]))
    spoken_s = sum(map(len, talk)) / RATE
    made = replace(job, campaign=replace(campaign(QUOTE), voice="doc.wav"), out=job.out / f"music-{gain}")
    samples = heard(clip.render(made)[0].path)
    under = level(samples, 1, spoken_s - 0.2, low=True)
    between = level(samples, spoken_s + 1.5, spoken_s + 4.5, low=True)
    assert under / between == pytest.approx(DUCK, abs=0.1)
    assert level(samples, 1, spoken_s - 0.2, low=False) > under * 3


def test_a_voice_that_speaks_on_over_the_end_card_is_kept(job: RenderJob) -> None:
    """59 s of voice: the film takes what it may, and the last word is heard over the end card."""
    count, path = syllables_of(job), job.workspace.root / "doc.wav"
    slow, slower = (speak(path, count, pace_s=pace_s).end_s for pace_s in (0.2, 0.22))
    longer = speak(path, count, pace_s=0.2 + 0.02 * (59 - slow) / (slower - slow))
    assert longer.end_s == pytest.approx(59, abs=0.1)
    board = clip.make_film(job, "reel").board
    assert longer.end_s <= board.duration_s <= 60
    cues = caption_cues(board, end_text="Gọi 1900 0000")
    assert cues[-1].end_s == board.duration_s
    assert cues[-1].text == "Gọi 1900 0000"


def test_a_narrator_who_reads_the_end_card_is_heard_over_it(job: RenderJob) -> None:
    count = clip.syllable_counter(job.workspace)
    card = clip.end_caption(clip.film_unit(job))
    spoken = speak(job.workspace.root / "doc.wav", [*syllables_of(job), count(card)], pace_s=0.17)
    board = clip.make_film(job, "reel").board
    assert board.end.start / FPS == pytest.approx(spoken.starts_s[-1], abs=1.5)
    assert board.duration_s >= spoken.end_s
    assert max(abs(a - b) for a, b in zip(board.told_s[1:], spoken.starts_s[1:], strict=False)) < NEAR_S


def test_a_greeting_does_not_drive_the_film(job: RenderJob) -> None:
    """Four seconds cannot say all that is shown: the film keeps its own time, and its captions stay with its scenes."""
    speak(job.workspace.root / "doc.wav", [16])
    board = clip.make_film(job, "reel").board
    assert board.told_s == ()
    assert board.duration_s > 15


@pytest.mark.parametrize("seed", range(12))
def test_sentences_are_found_by_pauses_and_syllables(seed: int, tmp_path: Path) -> None:
    """Quiet and noisy rooms, quick and slow readers."""
    syllables = [12, 31, 6, 9, 22, 17, 8, 40, 5, 14]
    quiet = speak(
        tmp_path / "voice.wav", syllables, seed=seed, pace_s=(0.16, 0.21, 0.27)[seed % 3], noise=(0, 0.01)[seed % 2]
    )
    found = align(syllables, hear(tmp_path / "voice.wav", shown="voice.wav"))
    assert max(abs(a - b) for a, b in zip(found.starts_s, quiet.starts_s, strict=True)) < NEAR_S


def test_texts_without_a_pause_between_them_are_divided_by_their_syllables() -> None:
    found = align([10, 20, 10], Recording(8.0, ((0.0, 8.0),)))
    assert found.starts_s == pytest.approx((0.0, 2.0, 6.0))


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_a_spoken_narration_is_followed_sentence_by_sentence(job: RenderJob) -> None:
    """Real words in a real language, read by a machine; the truth is where each sentence was put."""
    silent = replace(job, campaign=replace(job.campaign, voice=None))
    texts = [piece.text for piece in told_pieces(clip.make_film(silent, "reel").board)]
    starts, parts = list[float](), list[np.ndarray]()
    for number, text in enumerate(texts):
        starts.append(sum(map(len, parts)) / RATE)
        parts += [say(text, job.workspace.root), rest(0.35 + 0.1 * (number % 4))]
    write_sound(job.workspace.root / "doc.wav", np.concatenate(parts))
    board = clip.make_film(job, "reel").board
    assert max(abs(a - b) for a, b in zip(board.told_s, starts, strict=True)) < NEAR_S


def say(text: str, folder: Path) -> np.ndarray:
    """What espeak-ng says, without the silence around it, at the rate of the samples."""
    path, plain = folder / "said.wav", folder / "plain.wav"
    subprocess.run(["espeak-ng", "-v", "vi", "-s", "180", "-w", str(path), text], check=True)
    run_ffmpeg("-i", str(path), "-ar", str(RATE), "-ac", "1", str(plain))
    with wave.open(str(plain)) as read:
        samples = np.frombuffer(read.readframes(read.getnframes()), "<i2").astype(float) / 32768
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1]


def test_captions_are_short_enough_to_be_read(told: Told) -> None:
    cues = caption_cues(told.board, end_text="")
    assert max(len(cue.text) for cue in cues) <= LONGEST


@pytest.mark.parametrize(
    ("samples", "told_of"),
    [
        (None, r"no recording `doc\.wav` there"),
        (b"not a sound", r"recording `doc\.wav` cannot be read as sound"),
        (np.zeros(RATE * 3), r"recording `doc\.wav` is silent"),
        (np.concatenate([burst(0.2, 0.3), rest(0.1)] * 204), r"the recording lasts 61\.2 s; a clip lasts at most 60 s"),
    ],
    ids=["missing", "unreadable", "silent", "too long"],
)
def test_a_recording_that_cannot_be_used_is_named_once_with_its_line(
    job: RenderJob, samples: object, told_of: str
) -> None:
    path = job.workspace.root / "doc.wav"
    path.unlink(missing_ok=True)
    if isinstance(samples, np.ndarray):
        write_sound(path, samples)
    elif isinstance(samples, bytes):
        path.write_bytes(samples)
    with pytest.raises(RenderError, match=r"^campaigns/thu\.md:7: voice: " + told_of):
        clip.render(replace(job, out=job.out / "none"))
    assert not list((job.out / "none").rglob("*.*"))


def test_a_run_stopped_while_the_sound_is_made_leaves_no_parts(
    job: RenderJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(job.workspace.root / "doc.wav", [16, 9])
    made = replace(job, campaign=replace(campaign(QUOTE, title="Dừng khi trộn"), voice="doc.wav"), out=tmp_path)

    def stop(wav: Path, path: Path) -> None:
        assert wav.stat().st_size > 1_000_000
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(clip, "encode_sound", stop)
    before = set(job.workspace.cache.rglob("*"))
    with pytest.raises(KeyboardInterrupt):
        clip.render(made)
    assert not list(tmp_path.rglob("*.*"))
    left = set(job.workspace.cache.rglob("*")) - before
    assert {path.suffix for path in left if path.is_file()} == {".mp4", ".fit"}
