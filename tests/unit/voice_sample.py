"""Narrations for tests: bursts of a high tone for syllables, with known times; the music of a clip lies lower."""

from __future__ import annotations

import random
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
TONE_HZ = 3000


@dataclass(frozen=True)
class Spoken:
    """What was said: when each text began, and when the last one ended, in seconds."""

    starts_s: tuple[float, ...]
    end_s: float


def speak(
    path: Path, syllables: Sequence[int], *, seed: int = 1, pace_s: float = 0.21, level: float = 0.2, noise: float = 0.0
) -> Spoken:
    """Write a narration of texts of so many syllables: uneven in pace, a breath here and there, pauses between texts."""
    chance = random.Random(seed)
    parts: list[NDArray[np.float64]] = [rest(chance.uniform(0.1, 0.6))]
    starts = []
    for count in syllables:
        starts.append(sum(map(len, parts)) / RATE)
        pace = pace_s * chance.uniform(0.85, 1.15)
        for number in range(count):
            parts.append(burst(pace * 0.8, level))
            breath = chance.uniform(0.1, 0.25) if number % 7 == 5 and number < count - 2 else 0.0
            parts.append(rest(pace * 0.2 + breath))
        parts.append(rest(chance.uniform(0.3, 0.8)))
    samples = np.concatenate(parts[:-1])
    samples = samples + np.random.default_rng(seed).normal(0, noise, len(samples))
    write_sound(path, samples)
    return Spoken(tuple(starts), len(samples) / RATE)


def burst(seconds: float, level: float) -> NDArray[np.float64]:
    times = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(level * np.sin(2 * np.pi * TONE_HZ * times) * np.sin(np.pi * times / seconds) ** 0.5)


def rest(seconds: float) -> NDArray[np.float64]:
    return np.zeros(round(seconds * RATE))


def write_sound(path: Path, samples: NDArray[np.float64]) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
