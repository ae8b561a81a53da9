"""Proof listening: a synthetic reading of a script, where espeak-ng is installed. Never a broadcast.

It says so in its file name, in its tags and in its first words (Luật Trí tuệ nhân tạo 134/2025/QH15, Điều 11).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

from publisher.errors import RenderError
from publisher.files import replacing

NOTICE = "Giọng đọc tổng hợp, chỉ để nghe thử."
VOICES = {"north": "vi", "south": "vi-vn-x-south"}
# Measured: espeak-ng's setting 175 reads 236 Vietnamese syllables a minute.
SPEED_PER_SYLLABLE = 175 / 236
TIMEOUT_S = 300


def can_speak() -> bool:
    """Whether there is a voice on this machine."""
    return shutil.which("espeak-ng") is not None


def speak_lines(lines: Sequence[str], path: Path, *, title: str, rate: int, region: str) -> None:
    """Read the sentences into an MP3 at that many syllables a minute. Raises RenderError; leaves no half file."""
    with tempfile.TemporaryDirectory(prefix="publisher-speech-") as name:
        text, wave = Path(name) / "text.txt", Path(name) / "speech.wav"
        text.write_text("\n".join([NOTICE, *lines]), encoding="utf-8")
        voice = VOICES.get(region, VOICES["north"])
        speed = str(round(rate * SPEED_PER_SYLLABLE))
        _run(["espeak-ng", "-v", voice, "-s", speed, "-f", str(text), "-w", str(wave)])
        with replacing(path) as temporary:
            tags = ["-metadata", f"title={title}", "-metadata", f"comment={NOTICE} (espeak-ng)"]
            exact = ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
            sound = ["-c:a", "libmp3lame", "-b:a", "64k", "-ac", "1"]
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(wave)]
            _run([*command, *exact, *sound, *tags, "-f", "mp3", str(temporary)])


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT_S)
    except (OSError, subprocess.SubprocessError) as error:
        tool = Path(command[0]).name
        raise RenderError(
            f"proof-listening audio: {tool} failed. Leave --audio out, or install {tool} again."
        ) from error
