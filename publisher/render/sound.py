"""The sound of a clip: a music bed, lowered under a narration, at the loudness networks expect. Mixed by moviepy."""

from __future__ import annotations

import re
import wave
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import AudioClip, AudioFileClip, CompositeAudioClip
from moviepy.audio.fx import AudioFadeIn, AudioFadeOut, AudioLoop
from numpy.typing import NDArray

from publisher.errors import RenderError
from publisher.render.encoding import run_ffmpeg
from publisher.render.storyboard import FPS

RATE = 48_000
LOUDNESS = -16.0
"""LUFS, integrated (EBU R 128 measure): what phones play clearly and networks do not turn down."""
PEAK = 10 ** (-1.5 / 20)
"""Highest sample: 1.5 dB below full scale leaves AAC room."""
DUCK = 0.22
"""What is left of the music while somebody speaks (−13 dB)."""
RAMP_S = 0.5


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


def mix_sound(path: Path, *, frames: int, bed: Path, voice: Path | None, voice_shown: str = "") -> None:
    """Write a WAV exactly as long as `frames` frames: music with gentle ends, ducked under the voice, at −16 LUFS."""
    duration = frames / FPS
    with _open(bed, bed.name) as music:
        looped = music.with_effects([AudioLoop(duration=duration), AudioFadeIn(0.4), AudioFadeOut(1.2)])
        if voice is None:
            samples = _samples(looped, frames)
        else:
            with _open(voice, voice_shown) as spoken:
                spoken_s = min(float(spoken.duration), duration)
                ducked = _duck(looped, spoken_s)
                mixed = CompositeAudioClip([ducked, spoken.subclipped(0, spoken_s)]).with_duration(duration)
                samples = _samples(mixed, frames)
    _write_wav(path, samples)
    gain = 10 ** ((LOUDNESS - measure_loudness(path)) / 20)
    _write_wav(path, limit_peaks(samples * gain))


def _open(path: Path, shown: str) -> Any:
    try:
        return AudioFileClip(str(path), fps=RATE)
    except Exception as error:  # moviepy raises OSError, KeyError and others for a file that is no sound
        raise _no_sound(shown) from error


def _no_sound(shown: str) -> RenderError:
    return RenderError(f"recording `{shown}` cannot be read as sound. Save it again as WAV, MP3 or M4A.")


def _duck(music: Any, spoken_s: float) -> AudioClip:
    """The music, lowered from just before the voice begins until just after it ends."""

    def level(t: Any) -> Any:
        inside = np.minimum(np.clip((t + 0.1) / RAMP_S, 0, 1), np.clip((spoken_s + RAMP_S - t) / RAMP_S, 0, 1))
        return 1 - (1 - DUCK) * inside

    def lowered(get_frame: Any, t: Any) -> Any:
        frame = get_frame(t)
        gain = level(np.asarray(t))
        return frame * (gain[..., None] if np.ndim(gain) else gain)

    return music.transform(lowered, keep_duration=True)


def _samples(clip: Any, frames: int) -> NDArray[np.float64]:
    """Stereo samples of exactly `frames` frames."""
    wanted = frames * RATE // FPS
    # Asked for in pieces, as moviepy's readers expect, and at the middle of each sample, so that none is read twice.
    pieces = [
        np.atleast_2d(clip.get_frame((np.arange(first, min(first + RATE, wanted)) + 0.5) / RATE))
        for first in range(0, wanted, RATE)
    ]
    samples: NDArray[np.float64] = np.concatenate(pieces).astype(np.float64)
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2]


def limit_peaks(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Samples bent softly so that none passes the highest allowed; what is well under it stays as it was."""
    knee = PEAK * 0.8
    over = np.maximum(np.abs(samples) - knee, 0)
    bent = knee + (PEAK - knee) * np.tanh(over / (PEAK - knee))
    return np.where(over > 0, np.sign(samples) * bent, samples)


def measure_loudness(path: Path) -> float:
    """Integrated loudness in LUFS as ffmpeg's ebur128 measures it; −70 for silence."""
    report = run_ffmpeg("-loglevel", "info", "-i", str(path), "-af", "ebur128=framelog=quiet", "-f", "null", "-")
    found = re.findall(r"I:\s+(-?[\d.]+) LUFS", report)
    return float(found[-1]) if found else -70.0


def _write_wav(path: Path, samples: NDArray[np.float64]) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
