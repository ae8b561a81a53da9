"""`backup` and `restore`: database, stored media and settings in a folder of backups that share equal files.

    FOLDER/files/ab/abcd…               every file once, named by the SHA-256 of its bytes
    FOLDER/2026-11-21T140000Z/          one backup: backup.json says which files it holds, tables/ the database

No secret is in it: channels name theirs by variable, and a password in the database's address is taken out.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from publisher import __version__
from publisher.errors import NothingMatchedError, PublisherError
from publisher.files import hash_file, replacing, write_bytes, write_text
from publisher.queue.artifacts import Artifacts
from publisher.queue.dump import Dump
from publisher.queue.store import Store
from publisher.workspace import MARKER, Workspace

FORM = 1
MANIFEST = "backup.json"
PARTS = ("templates", "assets", "channels", "schedules", "campaigns")
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")
_NOTE = re.compile(r"[0-9a-f]{40}\.json")
_DATABASE = re.compile(r"^(\s*database\s*:\s*)(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Backup:
    """One backup as its manifest tells. `settings`, `media` and `notes` map places to SHA-256; `missing` could not be
    read.
    """

    folder: Path
    made_at: datetime
    dump: Dump
    settings: Mapping[str, str]
    media: Mapping[str, str]
    missing: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_files(self) -> dict[str, str]:
        """Everything beside the tables."""
        return {**self.settings, **self.media, **self.notes}

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def files(self) -> Path:
        return self.folder.parent / "files"


def make_backup(store: Store, workspace: Workspace, target: Path, *, now: datetime) -> Backup:
    """Write a backup of this moment. It appears under its name only when all of it is on the disk."""
    name = f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    if (target / name).exists():
        raise PublisherError(f"{name}: there is a backup of this second already. Run the command again.")
    partial = target / f".{name}"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        (partial / "tables").mkdir(parents=True)
        # The database first: a file is stored before a row names it, and never changed afterwards.
        dumped = store.dump(partial / "tables")
        settings = {place: _keep(path, target) for place, path in _settings_files(workspace.root)}
        settings[MARKER] = _keep_text(_without_password((workspace.root / MARKER).read_text("utf-8-sig")), target)
        media, missing = _keep_media(dumped.media, store.artifacts, target)
        notes = {place: _keep(path, target) for place, path in _notes(workspace.state)}
        made = Backup(partial, now.astimezone(UTC), dumped, settings, media, missing, notes)
        write_text(partial / MANIFEST, json.dumps(_to_json(made), ensure_ascii=False, indent=1) + "\n")
        partial.rename(target / name)
    except OSError as error:
        raise PublisherError(
            f"backup: cannot be written: {error.strerror or 'input/output error'}. Free some space or name another "
            "folder, then run the command again."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return read_backup(target / name)


def _settings_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Every plain file of the workspace's parts; what begins with a dot or leads elsewhere is no setting."""
    for part in PARTS:
        for path in sorted((root / part).rglob("*")):
            place = path.relative_to(root)
            hidden = any(name.startswith(".") for name in place.parts)
            linked = any((root / Path(*place.parts[:n])).is_symlink() for n in range(1, len(place.parts) + 1))
            if path.is_file() and not hidden and not linked:
                yield place.as_posix(), path


def _notes(state: Path) -> Iterator[tuple[str, Path]]:
    """What channels noted of uploads, mails and scheduled posts that are under way; never their tokens."""
    for path in sorted((state / "channels").rglob("*.json")):
        if _NOTE.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield path.relative_to(state).as_posix(), path


def _without_password(text: str) -> str:
    """`publisher.yaml` with the password of the database's address taken out."""

    def strip(match: re.Match[str]) -> str:
        try:
            address = sa.make_url(match.group(2).split(" #")[0].strip().strip("'\""))
        except sa.exc.ArgumentError:
            return match.group(0)
        if address.password is None:
            return match.group(0)
        return f"{match.group(1)}{address.set(password=None).render_as_string()}"

    return _DATABASE.sub(strip, text)


def _keep_media(places: Sequence[str], artifacts: Artifacts, target: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Copies of the stored media; those whose bytes are no longer what their name says are named instead."""
    kept, missing = {}, []
    for place in places:
        path = artifacts.root / place
        artifacts.bring(path, path.stem)
        if path.is_file() and (sha256 := _keep(path, target)) == path.stem:
            kept[place] = sha256
        else:
            missing.append(place)
    return kept, tuple(missing)


def _keep(path: Path, target: Path) -> str:
    """The file's hash, and a copy of it under that name unless there is one."""
    sha256 = hash_file(path)
    kept = place_of(sha256, target / "files")
    if not (kept.is_file() and hash_file(kept) == sha256):
        with replacing(kept) as temporary:
            shutil.copyfile(path, temporary)
        if hash_file(kept) != sha256:
            kept.unlink()
            raise PublisherError(f"{path.name}: changed while it was copied. Run the command again.")
    return sha256


def _keep_text(text: str, target: Path) -> str:
    with_bytes = target / f".{MARKER}"
    write_bytes(with_bytes, text.encode())
    try:
        return _keep(with_bytes, target)
    finally:
        with_bytes.unlink()


def place_of(sha256: str, files: Path) -> Path:
    return files / sha256[:2] / sha256


def _to_json(made: Backup) -> dict[str, Any]:
    return {
        "form": FORM,
        "made_at": made.made_at.isoformat(),
        "program": __version__,
        "schema": made.dump.revision,
        "tables": dict(made.dump.files),
        "rows": dict(made.dump.rows),
        "ledger": list(made.dump.ledger),
        "settings": dict(made.settings),
        "media": dict(made.media),
        "missing": list(made.missing),
        "notes": dict(made.notes),
    }


def list_backups(target: Path) -> list[Path]:
    """Every backup of the folder, oldest first."""
    return sorted(path for path in target.glob("*") if _NAME.fullmatch(path.name) and (path / MANIFEST).is_file())


def choose_backup(target: Path, name: str = "") -> Backup:
    """The backup of that name, or the newest. Raises NothingMatchedError."""
    found = list_backups(target)
    names = [path.name for path in found]
    if not found or (name and name not in names):
        known = ", ".join(names) or "none"
        raise NothingMatchedError(f"{name or target.name}: no such backup; there are: {known}.")
    return read_backup(target / (name or names[-1]))


def read_backup(folder: Path) -> Backup:
    """What the manifest says. Raises PublisherError when it cannot be read."""
    try:
        value = json.loads((folder / MANIFEST).read_text("utf-8"))
        if value["form"] != FORM:
            raise PublisherError(f"{folder.name}: a backup of another form. Install the program that made it.")
        seq, tip = value["ledger"]
        dumped = Dump(value["tables"], value["rows"], (int(seq), str(tip)), value["schema"], tuple(value["media"]))
        made_at = datetime.fromisoformat(value["made_at"])
        missing, notes = tuple(value["missing"]), value.get("notes", {})
        return Backup(folder, made_at, dumped, value["settings"], value["media"], missing, notes)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PublisherError(f"{folder.name}: its {MANIFEST} cannot be read. Take another backup.") from error


def find_damage(backup: Backup) -> list[str]:
    """Every file of the backup that is not there or not what it was; empty when all of it is good."""
    wrong = []
    for name, sha256 in backup.dump.files.items():
        path = backup.folder / "tables" / name
        if not path.is_file() or hash_file(path) != sha256:
            wrong.append(f"tables/{name}")
    for place, sha256 in backup.all_files.items():
        path = place_of(sha256, backup.files)
        if not path.is_file() or hash_file(path) != sha256:
            wrong.append(place)
    return wrong


def drop_old(target: Path, *, keep: int) -> list[str]:
    """Remove all but the newest `keep` backups, and the files that none of those needs; gives the names removed."""
    found = list_backups(target)
    old = found[: max(0, len(found) - keep)]
    for path in old:
        shutil.rmtree(path)
    left = [read_backup(path) for path in list_backups(target)]
    needed = {sha256 for one in left for sha256 in one.all_files.values()}
    for path in (target / "files").glob("*/*"):
        if path.name not in needed:
            path.unlink()
    return [path.name for path in old]
