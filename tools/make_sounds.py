"""Make assets/sounds/bed.ogg: a calm loop of pads and plucked notes, made of sine waves and nothing else.

Run: .venv/bin/python tools/make_sounds.py. The same numbers give the same music.
"""

from __future__ import annotations

import subprocess
import tempfile
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
BEAT_S = 0.6  # 100 beats a minute
BARS = 8
LENGTH = int(BARS * 4 * BEAT_S * RATE)
Track = NDArray[np.float64]

# D major, softly: D, Bm7, G, A, two bars each. MIDI numbers.
CHORDS = [(50, 57, 62, 66, 69), (47, 54, 62, 66, 69), (43, 55, 62, 66, 71), (45, 57, 61, 64, 69)]
# Steps of a chord in eighths of a bar; None is a rest. Two patterns, so that it does not tire.
PATTERNS = [(1, 3, 2, 4, 3, 2, None, 3), (1, 2, 4, None, 3, 4, 2, None)]


def frequency(note: int) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def add(track: Track, sound: Track, at_s: float) -> None:
    """Lay a sound into the loop; what passes the end goes on at the start."""
    places = (np.arange(len(sound)) + int(at_s * RATE)) % LENGTH
    np.add.at(track, places, sound)


def pad(note: int, length_s: float) -> Track:
    """Three slightly detuned tones that swell and fade."""
    t = np.arange(int(length_s * RATE)) / RATE
    shape = np.minimum(t / 1.1, 1) * np.minimum((length_s - t) / 1.4, 1)
    tone = sum(np.sin(2 * np.pi * frequency(note) * detune * t + i) for i, detune in enumerate((0.9985, 1.0, 1.0015)))
    warm = 0.25 * np.sin(4 * np.pi * frequency(note) * t)
    return np.asarray((tone + warm) * np.clip(shape, 0, 1) ** 1.5)


def pluck(note: int, loud: float) -> Track:
    """A soft mallet: few overtones, the higher the sooner gone."""
    t = np.arange(int(1.6 * RATE)) / RATE
    tone = sum(
        part * np.sin(2 * np.pi * frequency(note) * n * t) * np.exp(-t * (3.2 + 2.4 * n))
        for n, part in ((1, 1.0), (2, 0.35), (3, 0.12), (4, 0.05))
    )
    return np.asarray(loud * tone * np.minimum(t / 0.006, 1) * np.minimum((1.6 - t) / 0.2, 1))


def compose() -> NDArray[np.float64]:
    """Stereo samples of one loop."""
    left, right = np.zeros(LENGTH), np.zeros(LENGTH)
    for bar in range(BARS):
        chord = CHORDS[bar // 2 % 4]
        start = bar * 4 * BEAT_S
        if bar % 2 == 0:
            for index, note in enumerate(chord):
                sound = pad(note, 8 * BEAT_S + 1.2) * (0.05 if index else 0.085)
                add(left, sound * (1.1 - 0.05 * index), start)
                add(right, sound * (0.9 + 0.05 * index), start)
        for eighth, step in enumerate(PATTERNS[bar % 2]):
            if step is None:
                continue
            sound = pluck(chord[step] + 12, 0.16 if eighth % 4 == 0 else 0.11)
            side = 0.5 + 0.28 * np.sin(eighth * 1.7 + bar)
            add(left, sound * (1 - side), start + eighth * BEAT_S / 2)
            add(right, sound * side, start + eighth * BEAT_S / 2)
    stereo = np.stack([left, right], axis=1)
    return np.asarray(stereo / np.abs(stereo).max() * 0.7)


def main() -> None:
    folder = Path(__file__).parents[1] / "assets" / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        plain = Path(name) / "bed.wav"
        with wave.open(str(plain), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(np.rint(compose() * 32767).astype("<i2").tobytes())
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y", "-i", str(plain)]
        command += ["-c:a", "libvorbis", "-q:a", "3", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
        subprocess.run([*command, str(folder / "bed.ogg")], check=True)


if __name__ == "__main__":
    main()
