"""A narration that an editor gives: where somebody speaks in it, whatever its level and the noise of its room."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from publisher.errors import RenderError
from publisher.render.encoding import run_ffmpeg
from publisher.render.narration import Recording
from publisher.render.sound import measure_duration

RATE = 8000
STEP_S = 0.02
MOST_S = 90
PAUSE_S = 0.16
"""Shorter gaps lie inside words, before stops such as p, t and k."""
SPEECH_S = 0.06
"""Shorter sounds are clicks."""
SILENT_DB = -55.0
"""A recording whose loud parts lie under this holds no voice."""


def hear(path: Path, *, shown: str) -> Recording:
    """The recording as it is heard. Raises RenderError when it cannot be read as sound or holds only silence."""
    facts = path.stat()
    return _hear(path, facts.st_size, facts.st_mtime_ns, shown)


@lru_cache(maxsize=4)
def _hear(path: Path, size: int, changed_ns: int, shown: str) -> Recording:
    """Read again only when a size or a time of change did: every format of a film asks for it."""
    duration_s = measure_duration(path, shown=shown)
    samples = read_samples(path)
    levels = measure_levels(samples)
    if not levels.size or np.percentile(levels, 95) < SILENT_DB:
        raise RenderError(f"recording `{shown}` is silent. Record it again, nearer to the microphone.")
    # What ffmpeg reports is cut to hundredths; nothing of the voice may be.
    return Recording(max(duration_s, len(samples) / RATE), find_speech(levels))


def read_samples(path: Path) -> NDArray[np.float64]:
    """The recording without hum, from −1 to 1, `RATE` a second; only so much of it as a clip could ever hold."""
    with tempfile.TemporaryDirectory(prefix="publisher-voice-") as name:
        raw = Path(name) / "voice.raw"
        run_ffmpeg(
            "-i", str(path), "-map", "0:a:0", "-af", "highpass=f=120", "-ac", "1", "-ar", str(RATE),
            "-t", str(MOST_S), "-f", "s16le", str(raw),
        )  # fmt: skip
        return np.fromfile(raw, "<i2").astype(np.float64) / 32768


def measure_levels(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Decibels below full scale of each 20 ms."""
    step = int(RATE * STEP_S)
    framed = samples[: len(samples) // step * step].reshape(-1, step)
    return np.asarray(10 * np.log10((framed**2).mean(axis=1) + 1e-9))


def find_speech(levels: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Stretches of speech in seconds: what stands out from the noise, short gaps inside it filled."""
    floor, loud = np.percentile(levels, [10, 90])
    # Well over the noise, but never so high that soft syllables are lost, nor so low that breathing counts.
    limit = max(min(floor + 8, loud - 8), loud - 28)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (levels > limit).astype(np.int8), [0]])))
    found = list[tuple[float, float]]()
    for first, last in edges.reshape(-1, 2) * STEP_S:
        if found and first - found[-1][1] < PAUSE_S:
            found[-1] = (found[-1][0], float(last))
        elif last - first >= SPEECH_S:
            found.append((float(first), float(last)))
    return tuple(found) or ((0.0, len(levels) * STEP_S),)
