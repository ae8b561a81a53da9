"""The sound of a clip: a music bed, lowered under a narration, at the loudness networks expect. Mixed by moviepy."""

from __future__ import annotations

import re
import wave
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from publisher.errors import RenderError
from publisher.render.encoding import run_ffmpeg
from publisher.render.storyboard import FPS

Samples: TypeAlias = NDArray[np.float32]

RATE = 48_000
LOUDNESS = -16.0
"""LUFS, integrated (EBU R 128 measure): what phones play clearly and networks do not turn down."""
PEAK = 10 ** (-1.5 / 20)
"""Highest sample: 1.5 dB below full scale leaves AAC room."""
KNEE = PEAK * 0.8
"""Under it samples stay as they are."""
DUCK = 0.22
"""What is left of the music while somebody speaks (−13 dB)."""
RAMP_S = 0.5
BREATH_S = 1.2
"""Shorter pauses of a speaker do not bring the music back: it would come and go with every sentence."""
MUSIC = -21.0
"""LUFS of the music where nobody speaks in a narrated clip: 5 dB under the voice."""
MOST_GAIN_DB = 40.0
CLOSE = 0.2
"""LU: nearer to the loudness that is asked for need not be."""


def measure_duration(path: Path, *, shown: str) -> float:
    """Seconds of a recording, read to its end. Raises RenderError when it cannot be read as sound."""
    try:
        report = run_ffmpeg("-loglevel", "info", "-stats", "-i", str(path), "-map", "0:a:0", "-f", "null", "-")
    except RenderError as error:
        raise _no_sound(shown) from error
    found = re.findall(r"time=(\d+):(\d\d):(\d\d\.\d+)", report)
    if not found:
        raise _no_sound(shown)
    hours, minutes, seconds = found[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def mix_sound(
    path: Path, *, frames: int, bed: Path, voice: Path | None = None, speech: Sequence[tuple[float, float]] = ()
) -> None:
    """Write a WAV exactly as long as `frames` frames: music with gentle ends, at −16 LUFS.

    A voice is brought to that loudness, too, whatever it was recorded at, and the music is lowered while somebody
    speaks (`speech`, stretches in seconds). A second of it is in memory at a time.
    """
    raw, spoken = path.with_suffix(".f32"), path.with_suffix(".voice.wav")
    try:
        if voice is not None:
            bring_to_loudness(voice, spoken)
        with ExitStack() as stack:
            mixed = _compose(stack, frames / FPS, bed, spoken if voice else None, speech)
            with raw.open("wb") as out:
                for piece in _pieces(mixed, frames):
                    out.write(piece.tobytes())
        _write_at_loudness(raw, path)
    finally:
        raw.unlink(missing_ok=True)
        spoken.unlink(missing_ok=True)


def _compose(
    stack: ExitStack, duration: float, bed: Path, voice: Path | None, speech: Sequence[tuple[float, float]]
) -> Any:
    """Music and voice together, as moviepy mixes them; open until the end of the stack."""
    from moviepy import CompositeAudioClip  # noqa: PLC0415 - most of a second, and only a clip has sound
    from moviepy.audio.fx import AudioFadeIn, AudioFadeOut, AudioLoop, MultiplyVolume  # noqa: PLC0415

    music = stack.enter_context(_open(bed, bed.name))
    effects = [AudioLoop(duration=duration), AudioFadeIn(0.4), AudioFadeOut(1.2)]
    if voice is None:
        return music.with_effects(effects)
    quieter = MultiplyVolume(10 ** ((MUSIC - measure_loudness(bed)) / 20))
    said = stack.enter_context(_open(voice, voice.name))
    said = said.subclipped(0, min(float(said.duration), duration))
    lowered = _duck(music.with_effects([*effects, quieter]), join_speech(speech))
    return CompositeAudioClip([lowered, said]).with_duration(duration)


def bring_to_loudness(voice: Path, path: Path) -> None:
    """The recording as stereo WAV at −16 LUFS; samples that pass full scale are kept, to be bent later."""
    gain = min(LOUDNESS - measure_loudness(voice), MOST_GAIN_DB)
    run_ffmpeg(
        "-i", str(voice), "-map", "0:a:0", "-af", f"aformat=sample_fmts=flt,volume={gain:.2f}dB",
        "-ar", str(RATE), "-ac", "2", "-c:a", "pcm_f32le", str(path),
    )  # fmt: skip


def join_speech(speech: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches of speech, those with only a breath between them as one."""
    joined = list[tuple[float, float]]()
    for start, end in speech:
        if joined and start - joined[-1][1] < BREATH_S:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _write_at_loudness(raw: Path, path: Path) -> None:
    """Write the stored samples so that they measure −16 LUFS after their peaks are bent, which takes a little away."""
    gain_db = LOUDNESS - measure_loudness(raw, "-f", "f32le", "-ar", str(RATE), "-ac", "2")
    for _ in range(3):
        gain = np.float32(10 ** (gain_db / 20))
        highest = _write_wav(path, (limit_peaks(piece * gain) for piece in _stored(raw)))
        if highest <= KNEE:
            return  # nothing was bent
        missing = LOUDNESS - measure_loudness(path)
        if abs(missing) < CLOSE or missing > MOST_GAIN_DB:
            return
        gain_db += missing


def _open(path: Path, shown: str) -> Any:
    from moviepy import AudioFileClip  # noqa: PLC0415

    try:
        return AudioFileClip(str(path), fps=RATE)
    except Exception as error:  # moviepy raises OSError, KeyError and others for a file that is no sound
        raise _no_sound(shown) from error


def _no_sound(shown: str) -> RenderError:
    return RenderError(f"recording `{shown}` cannot be read as sound. Save it again as WAV, MP3 or M4A.")


def _duck(music: Any, speech: Sequence[tuple[float, float]]) -> Any:
    """The music, lowered from just before the voice begins until just after it ends."""

    def level(t: Any) -> Any:
        inside = np.zeros(np.shape(t))
        for start, end in speech:
            ramps = np.clip((t - start + RAMP_S) / RAMP_S, 0, 1), np.clip((end + RAMP_S - t) / RAMP_S, 0, 1)
            inside = np.maximum(inside, np.minimum(*ramps))
        return 1 - (1 - DUCK) * inside

    def lowered(get_frame: Any, t: Any) -> Any:
        frame = get_frame(t)
        gain = level(np.asarray(t))
        return frame * (gain[..., None] if np.ndim(gain) else gain)

    return music.transform(lowered, keep_duration=True)


def _pieces(clip: Any, frames: int) -> Iterator[Samples]:
    """Stereo samples of exactly `frames` frames, a second at a time, as moviepy's readers expect.

    Asked for at the middle of each sample, so that none is read twice.
    """
    wanted = frames * RATE // FPS
    for first in range(0, wanted, RATE):
        times = (np.arange(first, min(first + RATE, wanted)) + 0.5) / RATE
        samples = np.atleast_2d(clip.get_frame(times)).astype("<f4")
        yield np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2]


def _stored(path: Path) -> Iterator[Samples]:
    with path.open("rb") as file:
        while data := file.read(RATE * 8):
            yield np.frombuffer(data, "<f4").reshape(-1, 2)


def limit_peaks(samples: Samples) -> Samples:
    """Samples bent softly so that none passes the highest allowed; what is well under it stays as it was."""
    loud = np.abs(samples) > KNEE
    if not loud.any():
        return samples
    bent = samples.copy()
    over = np.abs(samples[loud]) - KNEE
    bent[loud] = np.sign(samples[loud]) * (KNEE + (PEAK - KNEE) * np.tanh(over / (PEAK - KNEE)))
    return bent


def measure_loudness(path: Path, *form: str) -> float:
    """Integrated loudness in LUFS as ffmpeg's ebur128 measures it; −70 for silence. `form` tells of raw samples."""
    report = run_ffmpeg(
        "-loglevel", "info", *form, "-i", str(path), "-af", "ebur128=framelog=quiet", "-f", "null", "-"
    )  # fmt: skip
    found = re.findall(r"I:\s+(-?[\d.]+) LUFS", report)
    return float(found[-1]) if found else -70.0


def _write_wav(path: Path, pieces: Iterable[Samples]) -> float:
    """Write the samples as 16 bit; gives the highest of them."""
    highest = 0.0
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for piece in pieces:
            highest = max(highest, float(np.abs(piece).max(initial=0.0)))
            out.writeframes(np.rint(np.clip(piece, -1, 1) * 32767).astype("<i2").tobytes())
    return highest
