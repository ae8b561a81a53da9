"""Frames on their way to the encoder: lent to its pipe page by page where the system can do that, else copied.

A frame of 1080 × 1920 has 3 MB, a clip of 20 s some 2 GB of them; lending them costs a third of copying them.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from collections import deque
from collections.abc import Callable
from typing import IO

from publisher.render.planes import Plane

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

PIPE_BYTES = 1 << 20
"""What Linux gives any user without asking."""

KEPT = 2
"""Frames that may not change: the one just handed over and, while that is on its way, the one before."""


class _Region(ctypes.Structure):
    """The system's `struct iovec`."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class FramePipe:
    """The writing end of a pipe. A frame handed over must stay as it is until the one after next is asked for.

    Only frames at least as large as the pipe are lent: when the next one is wholly inside, all of this one has been
    read. The last ones are kept alive here until the reader has ended, for their pages are still in the pipe.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._lent: deque[Plane] = deque(maxlen=KEPT)
        self._room = _widen(pipe)
        self._lend = _find_lending() if self._room else None

    def write(self, data: Plane) -> None:
        """Hand a frame over; waits while the reader is busy. Raises BrokenPipeError."""
        self._lent.append(data)
        if self._lend is None or data.nbytes < self._room or not data.flags.c_contiguous:
            self._pipe.write(data.data)
            return
        done = 0
        while done < data.nbytes:
            try:
                done += self._lend(self._pipe.fileno(), data.ctypes.data + done, data.nbytes - done)
            except BrokenPipeError:
                raise
            except OSError:  # a sandbox may forbid it
                self._lend = None
                self._pipe.write(data.data[done:])
                return


def _widen(pipe: IO[bytes]) -> int:
    """Let a third of a frame wait in the pipe, where the system can, and say how much that is; 0: not known."""
    if fcntl is None or not hasattr(fcntl, "F_SETPIPE_SZ"):
        return 0
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    try:
        return int(fcntl.fcntl(pipe.fileno(), fcntl.F_GETPIPE_SZ))
    except OSError:
        return 0


def _find_lending() -> Callable[[int, int, int], int] | None:
    """vmsplice(2) as a function of file, address and length that gives the bytes taken; None where it is missing."""
    try:
        vmsplice = ctypes.CDLL(None, use_errno=True).vmsplice
    except (OSError, AttributeError, TypeError):
        return None
    vmsplice.argtypes = (ctypes.c_int, ctypes.POINTER(_Region), ctypes.c_ulong, ctypes.c_uint)
    vmsplice.restype = ctypes.c_ssize_t

    def lend(file: int, address: int, length: int) -> int:
        taken = int(vmsplice(file, ctypes.byref(_Region(address, length)), 1, 0))
        code = ctypes.get_errno()
        if taken < 0 and code == errno.EINTR:
            return 0  # Python looks at its signals before the next try
        if taken < 0:
            raise OSError(code, os.strerror(code))
        return taken

    return lend
