"""Folders in which Typst finds copies of a template's own files and pictures, and nothing else.

A folder is used again while the same files are asked for: a layout is asked and drawn many times.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".typ", ".svg", ".png")
KEPT = 4
"""Folders that wait for being used again."""


@dataclass
class _Stage:
    root: Path
    owner: int
    users: int = 0


_stages: OrderedDict[str, _Stage] = OrderedDict()
_lock = threading.Lock()


@contextmanager
def staged(folders: Mapping[str, Path], pictures: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with copies of each folder's templates under its name, and the pictures under `pictures/`.

    Links are left out, so nothing else can be reached. Nobody may write into it.
    """
    files = read_files(folders, pictures)
    key = hash_files(files)
    with _lock:
        if key not in _stages:
            _stages[key] = _Stage(write_stage(files), os.getpid())
        stage = _stages[key]
        _stages.move_to_end(key)
        stage.users += 1
    try:
        yield stage.root
    finally:
        with _lock:
            stage.users -= 1
            _drop(KEPT)


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
    """Remove the folders that were used longest ago, down to `kept`, but none that is in use."""
    for key, stage in list(_stages.items()):
        if len(_stages) <= kept:
            return
        if not stage.users:
            del _stages[key]
            if stage.owner == os.getpid():  # a process that was forked leaves its parent's folder alone
                shutil.rmtree(stage.root, ignore_errors=True)


atexit.register(_drop, 0)
