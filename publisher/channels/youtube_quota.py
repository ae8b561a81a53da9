"""What YouTube lets a project do in a day, and how much of it is used: counted here, since no call tells.

Source: the vendor's table of quota costs. A day ends at midnight Pacific; uploads have a number of their own.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from publisher.files import write_text

PACIFIC = ZoneInfo("America/Los_Angeles")
UNITS, UPLOADS = 10_000, 100
COSTS: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        ("GET", "videos"): 1,
        ("GET", "channels"): 1,
        ("GET", "playlistItems"): 1,
        ("PUT", "videos"): 50,
        ("DELETE", "videos"): 50,
        ("POST", "set"): 50,  # thumbnails.set
        ("GET", "captions"): 50,
        ("POST", "captions"): 400,
    }
)
"""Units by method and the last part of the path; an upload costs none of them but one of UPLOADS."""


@dataclass(frozen=True)
class Used:
    """What was used in one Pacific day."""

    day: str
    units: int = 0
    uploads: int = 0


@dataclass
class Quota:
    """The day's count of one project, shared by all its channels on this machine."""

    folder: Path
    client_id: str
    units: int = UNITS
    uploads: int = UPLOADS
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def used(self) -> Used:
        """Today's count; nothing when today began since."""
        today = self._today()
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))
            used = Used(str(value["day"]), int(value["units"]), int(value["uploads"]))
        except (OSError, ValueError, TypeError, KeyError):
            return Used(today)
        return used if used.day == today else Used(today)

    def take(self, units: int, *, uploads: int = 0) -> float:
        """Count a call and give 0; when too little is left, count nothing and give the seconds until the day ends."""
        with self._locked():
            used = self.used()
            if used.units + units > self.units or used.uploads + uploads > self.uploads:
                return self.left_s()
            self._keep(Used(used.day, used.units + units, used.uploads + uploads))
        return 0.0

    def give_back(self, units: int, *, uploads: int = 0) -> None:
        """Take back the count of a call that never left this machine."""
        with self._locked():
            used = self.used()
            self._keep(Used(used.day, max(0, used.units - units), max(0, used.uploads - uploads)))

    def _keep(self, used: Used) -> None:
        write_text(self._path, json.dumps(asdict(used)) + "\n")

    def left_s(self) -> float:
        """Seconds until the count begins anew, a minute over."""
        here = self.now().astimezone(PACIFIC)
        midnight = datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), PACIFIC)
        return (midnight.astimezone(UTC) - here.astimezone(UTC)).total_seconds() + 60.0

    def shown(self) -> str:
        """One line for a person."""
        used = self.used()
        return (
            f"quota today: {used.uploads} of {self.uploads} uploads, {used.units:,} of {self.units:,} units; "
            f"begins anew in {self.left_s() / 3600:.0f} h"
        )

    def _today(self) -> str:
        return self.now().astimezone(PACIFIC).date().isoformat()

    @property
    def _path(self) -> Path:
        return self.folder / f"quota-{hashlib.sha256(self.client_id.encode()).hexdigest()[:16]}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def cost_of(method: str, path: str) -> tuple[int, int]:
    """Units and uploads a call costs."""
    last = path.rstrip("/").rpartition("/")[2]
    if method == "POST" and last == "videos":
        return 0, 1
    return COSTS.get((method, last), 1), 0
