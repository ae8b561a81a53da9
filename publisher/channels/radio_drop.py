"""Folders a station takes scripts from: the port, and the one on a disk (or a mounted share)."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from publisher.files import write_bytes

UNREACHABLE_S = 300.0  # a share that is not mounted needs a person, or the network to come back


class DropError(Exception):
    """Something about the folder; the text is one line without a secret."""


class UnreachableError(DropError):
    """The folder could not be reached, or asked to wait `wait_s` seconds; nothing was changed."""

    def __init__(self, reason: str, wait_s: float = UNREACHABLE_S) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class LostError(DropError):
    """The connection broke during a change: it may have been made."""


class RefusedError(DropError):
    """The folder's owner does not allow it: login, rights, space."""


class TakenError(DropError):
    """The name a folder was to get is already taken."""


class Drop(Protocol):
    """Paths are relative, with `/`. Reading never changes anything; `rename` is one step or none."""

    def make_folder(self, path: str) -> None:
        """Make the folder; one that is there is kept."""
        ...

    def write(self, path: str, data: bytes) -> None: ...

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None when there is no such file."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Give a folder its name. Raises TakenError when the name is taken."""
        ...

    def remove_folder(self, path: str) -> None:
        """Remove the folder with its files; one that is not there is no error."""
        ...

    def check(self) -> str:
        """Reach the folder and say, in words, what was found."""
        ...

    def close(self) -> None: ...


@dataclass
class LocalDrop:
    """A folder of this machine. It has to exist: an unmounted share must not become a folder nobody reads."""

    root: Path

    def make_folder(self, path: str) -> None:
        self._need_root()
        try:
            (self.root / path).mkdir(exist_ok=True)
        except OSError as error:
            raise RefusedError(f"no folder can be made there ({error.strerror})") from error

    def write(self, path: str, data: bytes) -> None:
        try:
            write_bytes(self.root / path, data)
        except Exception as error:
            raise RefusedError("a file cannot be written there; look at its rights and free space") from error

    def read(self, path: str) -> bytes | None:
        self._need_root()
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UnreachableError(f"the folder cannot be read ({error.strerror})") from error

    def rename(self, old: str, new: str) -> None:
        self._need_root()
        if (self.root / new).exists():
            raise TakenError("a folder of this name is already there")
        try:
            (self.root / old).rename(self.root / new)
            _sync(self.root)
        except OSError as error:
            # A rename on one file system is made or not made; what is there afterwards says which.
            if (self.root / new).exists():
                raise TakenError("a folder of this name is already there") from error
            raise RefusedError(f"the folder cannot be renamed ({error.strerror})") from error

    def remove_folder(self, path: str) -> None:
        shutil.rmtree(self.root / path, ignore_errors=True)

    def check(self) -> str:
        self._need_root()
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise RefusedError("the folder is there and cannot be written to; ask for the right")
        return "the folder is there and can be written to"

    def close(self) -> None: ...

    def _need_root(self) -> None:
        if not self.root.is_dir():
            raise UnreachableError("the folder is not there: mount the share, or correct `folder`")


def _sync(folder: Path) -> None:
    """The new name is on the disk, not only in memory."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
