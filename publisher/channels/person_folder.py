"""A folder that a person works from: one place a delivery, and in it the file into which that person's word goes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from publisher.channels.base import (
    Absent,
    CannotTell,
    Finding,
    Look,
    OfAccount,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
)
from publisher.channels.radio_script import folder_name
from publisher.errors import PublisherError
from publisher.files import write_bytes

_NOT_THERE_S = 300.0  # a drive that is not mounted takes a person to come back


class PersonFolder(OfAccount):
    """A kind that lays things ready in `folder` and waits for a person's word.

    `thing` is what lies in a place (`kit`, `package`), and names its handle; `word` is the file the person fills.
    `unsaid` is told while that file is missing, `empty` while nothing stands in it. `where` is where the person acts.
    """

    folder: Path
    may_make_folder: bool
    thing: ClassVar[str]
    word: ClassVar[str]
    unsaid: ClassVar[str]
    empty: ClassVar[str]
    where: ClassVar[str]

    def place(self, post: Post) -> Path:
        return self.folder / folder_name(post.key)

    def look_at(self, post: Post) -> str:
        """The file of the person's word, as people are shown it."""
        return f"{self.place(post).name}/{self.word}"

    def lay(self, post: Post, files: Mapping[str, bytes | Path]) -> Prepared | Retry | Rejected:
        """Have just these files (bytes, or where they lie) in the delivery's place, beside the person's word."""
        if self.may_make_folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        if not self.folder.is_dir():
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
        try:
            said = (place / self.word).read_text(encoding="utf-8-sig").strip()
        except FileNotFoundError:
            if place.is_dir() or not self.folder.is_dir():
                return CannotTell(self.unsaid, self.look_at(post))
            if handles.get(self.thing):  # tidied away, perhaps after it was used; or its drive is not mounted
                return CannotTell(f"the {self.thing} is no longer there: ask who used it", self.look_at(post))
            return Absent(f"the {self.thing} was never written")
        except (OSError, UnicodeDecodeError):
            return CannotTell(f"{self.word} cannot be read", self.look_at(post))
        return said or CannotTell(self.empty, self.look_at(post))

    def known_here_only(self, post: Post) -> bool:
        """What lies on the disk is all there is."""
        return True

    def confirm(self, post: Post, sent: Sent) -> Sent:
        return sent

    def check(self) -> tuple[Finding, ...]:
        if self.folder.is_dir() or self.may_make_folder:
            return (Finding("ok", f"the folder of {self.thing}s is there"),)
        return (Finding("error", f"{self.account.path}: folder: not there. Mount it, or correct the line."),)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        return Rejected(f"a person corrects it on {self.where}; this channel cannot")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        return Rejected(f"a person takes it off {self.where}; this channel cannot")
