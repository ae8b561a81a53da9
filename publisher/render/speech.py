"""Proof listening: a synthetic reading of a script, where espeak-ng is installed. Never a broadcast.

It says so in its file name, in its tags and in its first words (Luật Trí tuệ nhân tạo 134/2025/QH15, Điều 11).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
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
PAUSE_S = 0.3


def can_speak() -> bool:
    """Whether there is a voice on this machine."""
    return shutil.which("espeak-ng") is not None


def speak_lines(lines: Sequence[str], path: Path, *, title: str, rate: int, region: str) -> None:
    """Read the sentences into an MP3 at that many syllables a minute. Raises RenderError; leaves no half file."""
    with tempfile.TemporaryDirectory(prefix="publisher-speech-") as name:
        spoken = Path(name) / "speech.wav"
        _speak("\n".join([NOTICE, *lines]), spoken, rate=rate, region=region)
        _write_mp3(spoken, path, title=title)


def speak_cues(cues: Sequence[tuple[float, str]], path: Path, *, title: str, rate: int, region: str) -> float:
    """Read each text at its second into an MP3, or as soon after it as the one before has ended; the notice goes first.

    Gives the second at which the last one ends, counted as the cues are. Raises RenderError; leaves no half file.
    """
    with tempfile.TemporaryDirectory(prefix="publisher-speech-") as name:
        spoken, said, end = Path(name) / "speech.wav", list[bytes](), 0.0
        frame_rate = 0
        for number, (start_s, text) in enumerate([(0.0, NOTICE), *cues]):
            _speak(text, spoken, rate=rate, region=region)
            with wave.open(str(spoken)) as read:
                frame_rate, data = read.getframerate(), read.readframes(read.getnframes())
            wait = PAUSE_S if number < 2 else max(start_s - end, PAUSE_S)
            said += [bytes(2 * round(wait * frame_rate)), data]
            end = (0.0 if number < 2 else end + wait) + len(data) / 2 / frame_rate
        with wave.open(str(spoken), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(frame_rate)
            out.writeframes(b"".join(said))
        _write_mp3(spoken, path, title=title)
    return end


def _speak(text: str, path: Path, *, rate: int, region: str) -> None:
    """16 bit, mono."""
    source = path.with_suffix(".txt")
    source.write_text(text, encoding="utf-8")
    voice, speed = VOICES.get(region, VOICES["north"]), str(round(rate * SPEED_PER_SYLLABLE))
    _run(["espeak-ng", "-v", voice, "-s", speed, "-f", str(source), "-w", str(path)])


def _write_mp3(spoken: Path, path: Path, *, title: str) -> None:
    with replacing(path) as temporary:
        tags = ["-metadata", f"title={title}", "-metadata", f"comment={NOTICE} (espeak-ng)"]
        exact = ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
        sound = ["-c:a", "libmp3lame", "-b:a", "64k", "-ac", "1"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(spoken)]
        _run([*command, *exact, *sound, *tags, "-f", "mp3", str(temporary)])


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT_S)
    except (OSError, subprocess.SubprocessError) as error:
        tool = Path(command[0]).name
        raise RenderError(
            f"proof-listening audio: {tool} failed. Leave --audio out, or install {tool} again."
        ) from error
