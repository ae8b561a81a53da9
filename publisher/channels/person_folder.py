"""A folder that a person works from: one place a delivery, and in it the file into which that person's word goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.channels.base import Absent, Account, CannotTell, Finding, Look, Post, Prepared, Rejected, Retry
from publisher.channels.radio_script import folder_name
from publisher.errors import PublisherError
from publisher.files import write_bytes

_NOT_THERE_S = 300.0  # a drive that is not mounted takes a person to come back


@dataclass(frozen=True)
class PersonFolder:
    """`thing` is what lies in it (`kit`, `package`), and names its handle; `word` is the file the person fills.

    `unsaid` is told while that file is missing, `empty` while nothing stands in it.
    """

    path: Path
    account: Account
    thing: str
    word: str
    unsaid: str
    empty: str
    may_make: bool = False

    def place(self, post: Post) -> Path:
        return self.path / folder_name(post.key)

    def lay(self, post: Post, files: Mapping[str, bytes | Path]) -> Prepared | Retry | Rejected:
        """Have just these files (bytes, or where they lie) in the delivery's place, beside the person's word."""
        if self.may_make:
            self.path.mkdir(parents=True, exist_ok=True)
        if not self.path.is_dir():
            return Retry("folder: not there. Mount it, or correct it in the account's file.", _NOT_THERE_S)
        place = self.place(post)
        try:
            for name, content in files.items():
                write_bytes(place / name, content.read_bytes() if isinstance(content, Path) else content)
            for path in place.iterdir():
                if path.name not in (*files, self.word) and path.is_file():
                    path.unlink()  # of an earlier version: a person pastes whatever lies here
        except (OSError, PublisherError):
            return Rejected(f"folder: the {self.thing} could not be written. Look at its rights and free space.")
        return Prepared({self.thing: place.name})

    def read_word(self, post: Post, handles: Mapping[str, str]) -> str | Look:
        """What the person has written, or why there is nothing to go by. `handles` may hold what `lay` gave."""
        place = self.place(post)
        look_at = f"{place.name}/{self.word}"
        try:
            said = (place / self.word).read_text(encoding="utf-8-sig").strip()
        except FileNotFoundError:
            if place.is_dir() or not self.path.is_dir():
                return CannotTell(self.unsaid, look_at)
            if handles.get(self.thing):  # tidied away, perhaps after it was used; or its drive is not mounted
                return CannotTell(f"the {self.thing} is no longer there: ask who used it", look_at)
            return Absent(f"the {self.thing} was never written")
        except (OSError, UnicodeDecodeError):
            return CannotTell(f"{self.word} cannot be read", look_at)
        return said or CannotTell(self.empty, look_at)

    def check(self) -> tuple[Finding, ...]:
        if self.path.is_dir() or self.may_make:
            return (Finding("ok", f"the folder of {self.thing}s is there"),)
        return (Finding("error", f"{self.account.path}: folder: not there. Mount it, or correct the line."),)
