"""Folders in which Typst finds copies of a template's own files and pictures, and nothing else.

A folder is used again when the same files are asked for: a layout is asked and drawn many times. It belongs to one
user at a time, who may write data into it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".typ", ".svg", ".png")
KEPT = 6
"""Folders that wait for being used again."""


@dataclass(frozen=True)
class _Stage:
    key: str
    root: Path
    owner: int


_idle: list[_Stage] = []
"""The one used last is the last."""
_lock = threading.Lock()


@contextmanager
def staged(folders: Mapping[str, Path], pictures: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with copies of each folder's templates under its name, and the pictures under `pictures/`.

    Links are left out, so nothing else can be reached. Nobody else has it until it is given back, and what is written
    beside these files is left for the next one to write over.
    """
    files = read_files(folders, pictures)
    stage = _take(hash_files(files), files)
    try:
        yield stage.root
    finally:
        with _lock:
            _idle.append(stage)
            _drop(KEPT)


def _take(key: str, files: Mapping[str, bytes]) -> _Stage:
    """The folder with these files that was used last and waits, or a new one."""
    with _lock:
        for stage in reversed(_idle):
            # A process that was forked leaves its parent's folders alone.
            if stage.key == key and stage.owner == os.getpid():
                _idle.remove(stage)
                return stage
    return _Stage(key, write_stage(files), os.getpid())


def read_files(folders: Mapping[str, Path], pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every file by its name below the folder."""
    files = {f"pictures/{Path(name).name}": data for name, data in pictures.items()}
    for name, folder in folders.items():
        for path in folder.rglob("*"):
            if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink():
                files[f"{name}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return files


def hash_files(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def write_stage(files: Mapping[str, bytes]) -> Path:
    root = Path(tempfile.mkdtemp(prefix="publisher-typst-")).resolve()
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def _drop(kept: int) -> None:
    """Remove the folders that were used longest ago, down to `kept`."""
    while len(_idle) > kept:
        stage = _idle.pop(0)
        if stage.owner == os.getpid():
            shutil.rmtree(stage.root, ignore_errors=True)


atexit.register(_drop, 0)
