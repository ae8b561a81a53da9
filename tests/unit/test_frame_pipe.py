"""Frames lent to a pipe: what the reader gets when it is slow, and where lending is not possible."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from publisher.render import frame_pipe
from publisher.render.frame_pipe import PIPE_BYTES, FramePipe

FRAMES, LARGE, SMALL = 12, PIPE_BYTES + 12_345, 6_000


class SlowReader(threading.Thread):
    """Takes a little at a time, so that the pipe is full all the while."""

    def __init__(self, end: int) -> None:
        super().__init__()
        self.end, self.seen = end, bytearray()

    def run(self) -> None:
        with open(self.end, "rb", buffering=0) as file:
            while piece := file.read(50_000):
                self.seen += piece


def hand_over(size: int) -> bytes:
    """Frames of one value each from two buffers in turn, as a stage draws them; gives what was read."""
    reading, writing = os.pipe()
    reader = SlowReader(reading)
    reader.start()
    buffers = [np.zeros(size, np.uint8), np.zeros(size, np.uint8)]
    with open(writing, "wb") as file:
        pipe = FramePipe(file)
        for number in range(FRAMES):
            buffers[number % 2][:] = number
            pipe.write(buffers[number % 2])
    reader.join()
    return bytes(reader.seen)


@pytest.mark.parametrize("size", [LARGE, 3 * PIPE_BYTES, SMALL])
def test_every_frame_arrives_as_it_was_handed_over(size: int) -> None:
    """The reader looks at the very pages; drawing on them too early would show here."""
    assert hand_over(size) == b"".join(bytes([number]) * size for number in range(FRAMES))


def test_frames_are_copied_where_lending_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a sandbox: the first try is refused after a part, everything arrives all the same."""
    real, tries = frame_pipe._find_lending(), []

    def forbidden(file: int, address: int, length: int) -> int:
        tries.append(length)
        if real is None or len(tries) > 1:
            raise PermissionError
        return real(file, address, min(length, 8192))

    monkeypatch.setattr(frame_pipe, "_find_lending", lambda: forbidden)
    assert hand_over(LARGE) == b"".join(bytes([number]) * LARGE for number in range(FRAMES))
    assert tries == ([LARGE, LARGE - 8192] if real else [LARGE])


def test_a_reader_that_died_is_told_as_such() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb", buffering=0) as file, pytest.raises(BrokenPipeError):
        FramePipe(file).write(np.zeros(LARGE, np.uint8))
