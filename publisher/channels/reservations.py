"""Posts a service was asked to publish by its own clock: written down before it is asked, kept until settled."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from publisher.channels.base import Post
from publisher.files import write_text


@dataclass(frozen=True)
class Reservation:
    """`id` is the service's; '' while it is not known whether the service took it. Moments are ISO 8601 with zone."""

    key: str
    content: str
    at: str
    text: str
    id: str = ""
    absent_at: str = ""
    """When it was once not found; a second look, apart, makes that certain."""
    out: bool = False
    """The service has published it although it was to be taken back."""

    def matches(self, post: Post) -> bool:
        """Whether it is this post, byte for byte, at its time."""
        same_time = post.due_at is not None and datetime.fromisoformat(self.at) == post.due_at
        return self.content == post.content_hash() and same_time


@dataclass(frozen=True)
class Reservations:
    """One small file each, in the account's own folder; on the disk when a method returns."""

    folder: Path

    def get(self, key: str) -> Reservation | None:
        return _read(self._path(key))

    def all(self) -> list[Reservation]:
        found = (_read(path) for path in sorted(self.folder.glob("[!.]*.json")))
        return [reservation for reservation in found if reservation is not None]

    def put(self, reservation: Reservation, **changes: object) -> Reservation:
        changed = replace(reservation, **changes)  # type: ignore[arg-type]
        write_text(self._path(changed.key), json.dumps(asdict(changed), ensure_ascii=False, indent=1) + "\n")
        return changed

    def forget(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"


def _read(path: Path) -> Reservation | None:
    try:
        return Reservation(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
