"""A workspace: the folder with `publisher.yaml`, `campaigns/`, `templates/`, `assets/`, `channels/`, `schedules/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from publisher.alarm_settings import AlarmSettings, read_alarms
from publisher.artifact_settings import BucketSettings, read_artifacts
from publisher.errors import SettingsError
from publisher.settings import Marked, describe, read_yaml

MARKER = "publisher.yaml"


@dataclass(frozen=True)
class Workspace:
    """Where everything is, and the settings of `publisher.yaml`.

    `unit` is the default issuing office; `database` is a SQLAlchemy address (SQLite in `var/` by default);
    `network_spacing_s` says of a kind how many seconds lie between two posts of all its accounts.
    """

    root: Path
    zone: ZoneInfo
    unit: str
    language: str
    database: str
    people: tuple[Person, ...] = ()
    state_folder: Path | None = None
    network_spacing_s: Mapping[str, float] = field(default_factory=dict)
    alarms: AlarmSettings = field(default_factory=AlarmSettings)
    artifacts: BucketSettings | None = None

    @property
    def campaigns(self) -> Path:
        return self.root / "campaigns"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def assets(self) -> Path:
        return self.root / "assets"

    @property
    def channels(self) -> Path:
        return self.root / "channels"

    @property
    def schedules(self) -> Path:
        return self.root / "schedules"

    @property
    def state(self) -> Path:
        """Database, cache and stored artifacts; never part of the repository."""
        return self.state_folder or self.root / "var"

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address of the queue; SQLite in the state folder unless the settings say otherwise."""
        return self.database or f"sqlite:///{self.state / 'publisher.db'}"

    @property
    def cache(self) -> Path:
        return self.state / "cache"

    def relative(self, path: Path) -> str:
        """`path` as shown to people: relative to the workspace, never a private absolute path."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.name


@dataclass(frozen=True)
class Person:
    """Somebody who acts: `id` is what `--as` takes, `roles` of editor, approver, publisher, administrator.

    `units` are the offices the person acts for; None means all. `signs` gives, for offices that say who approves at
    which level, the levels this person signs; an office that is not in it takes every approver.
    """

    id: str
    name: str
    roles: frozenset[str]
    units: frozenset[str] | None = None
    signs: Mapping[str, frozenset[int]] = field(default_factory=dict, hash=False)

    def acts_for(self, unit: str) -> bool:
        return self.units is None or unit in self.units


ROLES = ("editor", "approver", "publisher", "administrator")


def find_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` that holds `publisher.yaml`."""
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    return None


def load_workspace(root: Path) -> Workspace:
    """Read `publisher.yaml` of `root`. Raises SettingsError with every problem of the file."""
    marked = read_yaml(root / MARKER, shown=MARKER)
    keys = ("zone", "language", "unit", "database", "people", "network_spacing_s", "alarms", "artifacts")
    marked.refuse_unknown(keys, of="a workspace")
    workspace = Workspace(
        root=root,
        zone=_zone(marked),
        unit=marked.text("unit", ""),
        language=marked.text("language", "vi"),
        database=marked.text("database", ""),
        people=tuple(_person(entry) for entry in marked.mappings("people")),
        network_spacing_s=_spacing(marked),
        alarms=read_alarms(marked.mapping("alarms")),
        artifacts=read_artifacts(marked.mapping("artifacts")),
    )
    if workspace.language not in ("vi", "en"):
        marked.complain("language", f"`vi` or `en`, found {describe(workspace.language)}.")
    if marked.problems:
        raise SettingsError(marked.problems)
    return workspace


def _zone(marked: Marked) -> ZoneInfo:
    name = marked.text("zone", "Asia/Ho_Chi_Minh")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        marked.complain("zone", f"{describe(name)} is no time zone. Write one such as `Asia/Ho_Chi_Minh`.")
        return ZoneInfo("UTC")


def _spacing(marked: Marked) -> dict[str, float]:
    """Kind → seconds between two posts of all accounts of that kind together."""
    given = marked.mapping("network_spacing_s")
    found = {kind: given.number(kind, 0) for kind in given.values}
    for kind, value in found.items():
        if not 0 <= value <= 3600:
            given.complain(kind, f"between 0 and 3600 seconds; found {describe(value)}.")
    return found


def _person(entry: Marked) -> Person:
    entry.refuse_unknown(("id", "name", "roles", "units"), of="a person")
    roles = entry.texts("roles")
    for role in roles:
        if role not in ROLES:
            entry.complain("roles", f"{describe(role)} is no role; allowed: {', '.join(ROLES)}.")
    identity = entry.text("id")
    units = frozenset(entry.texts("units")) if "units" in entry.values else None
    return Person(identity, entry.text("name", identity), frozenset(roles), units)
