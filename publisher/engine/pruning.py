"""Keeping var/cache small: what nobody has used for longest goes first, never what may still go out."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from publisher.files import write_text

FOLDERS = ("clip", "artifacts", "outputs")
"""Where everything can be made again from the campaigns. Pictures fitted for a channel go out, so they stay."""

MOST_BYTES = 5_000_000_000
"""Some 200 campaigns with the clips of a hundred offices each."""
YOUNG_S = 24 * 3600.0
"""Nothing used within a day goes, whatever the size: a run may be at work with it."""
EVERY_S = 3600.0
STAMP = ".pruned"


@dataclass(frozen=True)
class _Kept:
    path: Path
    bytes: int
    used_at: float


def mark_used(path: Path) -> None:
    """Note that a file of the cache was of use now."""
    with contextlib.suppress(OSError):
        os.utime(path)


def prune_cache(cache: Path, *, most_bytes: int = MOST_BYTES, now: float | None = None) -> int:
    """Remove what was used longest ago until at most `most_bytes` are left; gives the bytes removed.

    Looks once an hour.
    """
    at = time.time() if now is None else now
    stamp = cache / STAMP
    with contextlib.suppress(OSError):
        if at - stamp.stat().st_mtime < EVERY_S:
            return 0
    write_text(stamp, "")
    os.utime(stamp, (at, at))
    files = sorted(_list_files(cache), key=lambda kept: kept.used_at)
    spare, removed = sum(kept.bytes for kept in files) - most_bytes, 0
    for kept in files:
        if removed >= spare or at - kept.used_at < YOUNG_S:
            break
        with contextlib.suppress(OSError):
            kept.path.unlink()
            removed += kept.bytes
    return removed


def _list_files(cache: Path) -> list[_Kept]:
    found = []
    for folder in FOLDERS:
        for path in (cache / folder).rglob("*"):
            with contextlib.suppress(OSError):
                facts = path.lstat()
                if path.is_file() and not path.is_symlink():
                    found.append(_Kept(path, facts.st_size, facts.st_mtime))
    return found
