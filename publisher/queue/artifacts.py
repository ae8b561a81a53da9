"""Media by the hash of their bytes: what was approved lies here untouched by later renderings."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import QueueError, Words
from publisher.files import hash_file, replacing

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True)
class Artifacts:
    """A folder of files named by SHA-256. A file put once is never written again."""

    root: Path

    def put(self, path: Path, *, expected: str | None = None) -> str:
        """Copy the file in; gives its place relative to the store. Raises QueueError when it is not `expected`."""
        try:
            sha256 = hash_file(path)
        except OSError as error:
            raise QueueError(
                Words(
                    f"{path.name}: cannot be read: {error.strerror}. Render the campaign again.",
                    f"{path.name}: không đọc được tệp. Dựng lại chiến dịch.",
                )
            ) from error
        if expected is not None and sha256 != expected:
            raise QueueError(
                Words(
                    f"{path.name}: changed since it was rendered. Render the campaign again, then plan again.",
                    f"{path.name}: đã đổi từ khi dựng. Dựng lại chiến dịch rồi lập lại kế hoạch.",
                )
            )
        place = self.place(sha256, path.suffix)
        stored = self.root / place
        if not (stored.is_file() and hash_file(stored) == sha256):
            with replacing(stored) as temporary:
                shutil.copyfile(path, temporary)
                if hash_file(temporary) != sha256:
                    raise QueueError(
                        Words(
                            f"{path.name}: changed while it was being stored. Run the command again.",
                            f"{path.name}: đổi trong lúc đang cất. Làm lại.",
                        )
                    )
        return place

    def place(self, sha256: str, suffix: str = "") -> str:
        """Where a file of that hash lies: `ab/abcd….png`."""
        if not _SHA256.fullmatch(sha256):
            raise QueueError(
                Words(
                    "a stored file is named by 64 hexadecimal digits. Render the campaign again.",
                    "Tên tệp đã cất phải là 64 chữ số thập lục phân. Dựng lại chiến dịch.",
                )
            )
        end = suffix.lower() if _SUFFIX.fullmatch(suffix.lower()) else ""
        return f"{sha256[:2]}/{sha256}{end}"

    def get(self, sha256: str) -> Path | None:
        """The stored file, or None when it is not there."""
        if not _SHA256.fullmatch(sha256):
            return None
        found = sorted((self.root / sha256[:2]).glob(f"{sha256}*"))
        return found[0] if found else None

    def bring(self, path: Path, sha256: str) -> None:
        """Have the file on this machine, if the store has it at all: in a folder it is there or it is not."""

    def verify(self, path: Path, sha256: str) -> str | None:
        """Why the bytes on the disk are not those of `sha256`; None when they are."""
        try:
            return None if hash_file(path) == sha256 else "its bytes on the disk are not those that were approved"
        except OSError:
            return "it is no longer in the store"
