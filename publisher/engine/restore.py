"""Restoring a backup into an empty folder: everything is checked before anything is written."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from publisher.channels.secrets import Secrets
from publisher.engine.backup import Backup, find_damage, place_of
from publisher.errors import PublisherError, UsageError
from publisher.queue.bucket import open_artifacts
from publisher.queue.doubts import Gap
from publisher.queue.restoring import Restored, restore_queue
from publisher.workspace import Person, Workspace, load_workspace


@dataclass(frozen=True)
class Done:
    """The workspace as it now is, and what was restored of its queue."""

    workspace: Workspace
    queue: Restored
    media: int


def restore(backup: Backup, target: Path, *, person_id: str, now: datetime, database: str = "") -> Done:
    """Make `target` the workspace of the backup. Raises UsageError for a folder that is not empty, PublisherError when
    any file of the backup is damaged; then nothing is written.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target}: is not empty. Name a folder that is new or empty.")
    damaged = find_damage(backup)
    if damaged:
        more = f" and {len(damaged) - 5} more" if len(damaged) > 5 else ""
        raise PublisherError(
            f"{backup.name}: damaged: {', '.join(damaged[:5])}{more}. Nothing was restored. Take an older backup: "
            "publisher restore … --backup NAME."
        )
    if now < backup.made_at:
        raise PublisherError("clock: stands before the moment of the backup. Set it right, then run the command again.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.parent / f".{target.name}-partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        return _restore(backup, partial, target, person_id, now, database)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _restore(backup: Backup, partial: Path, target: Path, person_id: str, now: datetime, database: str) -> Done:
    _put(backup.settings, partial, backup)
    workspace = load_workspace(partial)
    _put(backup.notes, workspace.state, backup)
    _put(backup.media, workspace.state / "store", backup)
    _fill_bucket(backup.media, workspace)
    person = _person(workspace, person_id)
    address = database or workspace.database_address
    wanted = backup.dump
    queue = restore_queue(address, backup.folder / "tables", wanted, gap=Gap(backup.made_at, now), person=person)
    if target.exists():
        target.rmdir()
    partial.rename(target)
    return Done(replace(workspace, root=target), queue, len(backup.media))


def _put(places: Mapping[str, str], root: Path, backup: Backup) -> None:
    for place, sha256 in places.items():
        if PurePosixPath(place).is_absolute() or ".." in PurePosixPath(place).parts:
            raise PublisherError(f"{backup.name}: names a place outside the workspace. Take another backup.")
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place_of(sha256, backup.files), path)


def _fill_bucket(places: Mapping[str, str], workspace: Workspace) -> None:
    """Where machines share a bucket: what it has lost is put back, what it has is left."""
    if workspace.artifacts is None:
        return
    folder = workspace.state / "store"
    artifacts = open_artifacts(folder, workspace.artifacts, Secrets.from_environment())
    for place, sha256 in places.items():
        artifacts.put(folder / place, expected=sha256)


def _person(workspace: Workspace, person_id: str) -> Person:
    for person in workspace.people:
        if person.id == person_id:
            return person
    known = ", ".join(person.id for person in workspace.people) or "none"
    raise UsageError(f"--as: found `{person_id}`; people of the backup: {known}.")
