"""What leaves var/cache and what stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

from publisher.engine.pruning import EVERY_S, STAMP, YOUNG_S, mark_used, prune_cache

NOW = time.time()


def put(cache: Path, name: str, *, days_ago: float, size: int = 100) -> Path:
    path = cache / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (NOW - days_ago * 86400,) * 2)
    return path


def test_what_was_used_longest_ago_goes_first_and_only_as_much_as_must(tmp_path: Path) -> None:
    old, older, oldest = (put(tmp_path, f"clip/{days}.mp4", days_ago=days) for days in (3, 5, 9))
    assert prune_cache(tmp_path, most_bytes=150, now=NOW) == 200
    assert (old.exists(), older.exists(), oldest.exists()) == (True, False, False)


def test_what_was_used_within_a_day_stays_whatever_its_size(tmp_path: Path) -> None:
    """A run at work may be about to join it."""
    young = put(tmp_path, "clip/a.mp4", days_ago=YOUNG_S / 86400 - 0.01)
    assert prune_cache(tmp_path, most_bytes=0, now=NOW) == 0
    assert young.exists()


def test_what_may_still_go_out_is_never_touched(tmp_path: Path) -> None:
    """Pictures fitted for a channel belong to pieces of the queue."""
    fitted = put(tmp_path, "fitted/a.jpg", days_ago=400)
    assert prune_cache(tmp_path, most_bytes=0, now=NOW) == 0
    assert fitted.exists()


def test_the_cache_is_looked_through_once_an_hour(tmp_path: Path) -> None:
    assert prune_cache(tmp_path, most_bytes=0, now=NOW) == 0
    put(tmp_path, "clip/a.mp4", days_ago=9)
    assert prune_cache(tmp_path, most_bytes=0, now=NOW + EVERY_S / 2) == 0
    assert prune_cache(tmp_path, most_bytes=0, now=NOW + EVERY_S * 2) == 100
    assert (tmp_path / STAMP).exists()


def test_what_was_of_use_again_is_no_longer_the_oldest(tmp_path: Path) -> None:
    first, second = put(tmp_path, "clip/a.mp4", days_ago=9), put(tmp_path, "clip/b.mp4", days_ago=5)
    mark_used(first)
    assert prune_cache(tmp_path, most_bytes=100, now=NOW) == 100
    assert (first.exists(), second.exists()) == (True, False)
