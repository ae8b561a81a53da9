"""The encoder: ffmpeg as its own process, fed frames through a pipe; segments joined without encoding again.

The program is the one that imageio-ffmpeg ships. Nothing of a campaign reaches a command line.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

import imageio_ffmpeg

from publisher.errors import RenderError
from publisher.render.frame_pipe import FramePipe
from publisher.render.planes import Canvas
from publisher.render.storyboard import BEAT, FPS

THREADS = 3
"""Fixed, because x264's choices depend on it: the same film has the same bytes on every machine."""

# 8-bit BT.709 in limited range, written into the stream so that no player has to guess.
_COLOUR = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")
# `stitchable` keeps the headers of all segments alike, so that they can be joined.
X264 = (
    "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-tune", "animation", "-profile:v", "high",
    "-pix_fmt", "yuv420p", "-g", str(BEAT), "-keyint_min", str(BEAT), "-sc_threshold", "0",
    "-flags", "+cgop", "-threads", str(THREADS), "-x264-params", "stitchable=1:open-gop=0",
)  # fmt: skip
# What rests after a second, as an end card does, is coded as well at half the work: no search between pixels, little
# looked at ahead, no threads to wait for each other. The headers stay those of all other segments, so that they join.
LIGHT = "subme=0:me=dia:partitions=none:trellis=0:mixed-refs=0:rc-lookahead=5:b-adapt=0:threads=1"
# `fast`: at this rate ffmpeg's manual calls it better than its usual search, and it takes half the time.
AAC = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "128k", "-ar", "48000", "-ac", "2")
_QUIET = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y")
_EXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")


def ffmpeg() -> str:
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def versions() -> str:
    """What a cache key has to hold of the encoder."""
    return f"imageio-ffmpeg-{importlib.metadata.version('imageio-ffmpeg')} {' '.join((*X264, LIGHT, *_COLOUR))}"


class Encoder:
    """One segment on its way to a file: a context that ends the process, whatever happens inside it."""

    def __init__(self, path: Path, *, width: int, height: int, light: bool = False) -> None:
        self._path = path
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `__exit__`
        command = [ffmpeg(), *_QUIET, *_encode_raw("pipe:0", path, width=width, height=height, light=light)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors
            )
        except OSError as error:
            self._errors.close()
            raise RenderError("the video encoder does not start. Install the package imageio-ffmpeg again.") from error
        self._stdin = cast(IO[bytes], self._process.stdin)
        self._frames = FramePipe(self._stdin)

    def __enter__(self) -> Encoder:
        return self

    def write(self, canvas: Canvas) -> None:
        """Hand one frame over; waits while the encoder is busy, so that frames never pile up.

        The canvas may be drawn on again when the next one has been handed over.
        """
        try:
            self._frames.write(canvas.data)
        except BrokenPipeError as error:
            raise RenderError(self._failure()) from error

    def end(self) -> None:
        """Say that there are no more frames, without waiting."""
        if not self._stdin.closed:
            try:
                self._stdin.close()
            except BrokenPipeError as error:
                raise RenderError(self._failure()) from error

    def finish(self) -> None:
        """Wait until the segment is whole. Raises RenderError with what the encoder said."""
        self.end()
        if self._process.wait() != 0:
            raise RenderError(self._failure())

    def __exit__(self, *raised: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        self._errors.close()

    def _failure(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        return _say(self._errors.read())


def _say(errors: bytes) -> str:
    last = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no message"]
    return f"the video encoder stopped: {last[0][:160]}. Check the free space on the disk, then run the command again."


def _encode_raw(source: str, path: Path, *, width: int, height: int, light: bool) -> tuple[str, ...]:
    """What ffmpeg is told for turning ready frames into a segment."""
    x264 = (*X264[:-1], f"{X264[-1]}:{LIGHT}") if light else X264
    return (
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-framerate", str(FPS), *_COLOUR,
        "-i", source, *x264, *_COLOUR, "-an", *_EXACT, "-video_track_timescale", "15360", "-f", "mp4", str(path),
    )  # fmt: skip


def encode_file(source: Path, path: Path, *, width: int, height: int, light: bool = False) -> None:
    """Encode the ready frames of a file; nothing is cheaper, so that this is what a clip is measured against."""
    run_ffmpeg(*_encode_raw(str(source), path, width=width, height=height, light=light))


def join_segments(segments: Sequence[tuple[Path, int]], sound: Path | None, path: Path) -> None:
    """One MP4 of all segments (each with its number of frames) and the sound, cut to the same length; index in front.

    Pictures and sound are copied, not encoded again.
    """
    frames = sum(count for _, count in segments)
    with tempfile.TemporaryDirectory(prefix="publisher-join-") as folder:
        listing = Path(folder) / "list.txt"
        lines = ["ffconcat version 1.0"]
        for segment, count in segments:
            lines += [f"file '{segment.resolve()}'".replace("\\", "/"), f"duration {count / FPS:.6f}"]
        listing.write_text("\n".join(lines) + "\n", "utf-8")
        heard = ("-i", str(sound)) if sound else ()
        tracks = ("-map", "0:v:0", "-map", "1:a:0", "-c:a", "copy") if sound else ("-map", "0:v:0", "-an")
        run_ffmpeg(
            "-f", "concat", "-safe", "0", "-i", str(listing), *heard, *tracks, "-c:v", "copy",
            "-t", f"{frames / FPS:.6f}", *_EXACT, "-video_track_timescale", "15360",
            "-movflags", "+faststart", "-f", "mp4", str(path),
        )  # fmt: skip


def encode_sound(wav: Path, path: Path) -> None:
    """The WAV as AAC-LC, 48 kHz, stereo. Raises RenderError."""
    run_ffmpeg("-i", str(wav), *AAC, *_EXACT, "-f", "mp4", str(path))


def run_ffmpeg(*arguments: str) -> str:
    """Run ffmpeg to its end; gives what it reported. Raises RenderError."""
    result = subprocess.run([ffmpeg(), *_QUIET, *arguments], capture_output=True, check=False)
    if result.returncode != 0:
        raise RenderError(_say(result.stderr))
    return result.stderr.decode("utf-8", "replace")
