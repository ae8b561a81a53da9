"""Making a campaign's outputs for one unit: what did not change is taken from the cache, never drawn again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import publisher
import publisher.render
from publisher.content.model import Campaign
from publisher.engine.pruning import mark_used, prune_cache
from publisher.errors import UsageError
from publisher.files import hash_file, replacing, write_text
from publisher.modules import modules_by_kind
from publisher.render.alt_texts import settle_alts
from publisher.render.base import Artifact, Renderer, RenderJob
from publisher.units import Unit
from publisher.workspace import Workspace

MANIFEST = ".artifacts.json"
# What may change a pixel or a letter without the project's own files changing.
LIBRARIES = (
    "imageio-ffmpeg", "jinja2", "markdown", "moviepy", "numpy", "opencv-python-headless", "pikepdf", "pillow",
    "python-docx", "segno", "typst",
)  # fmt: skip

Report = Callable[[str, int, int], None]
"""Called as `report(kind, done, total)` while an output is drawn."""


def say_nothing(kind: str, done: int, total: int) -> None:
    """No report."""


@lru_cache(maxsize=1)
def list_renderers() -> dict[str, Renderer]:
    """Every module of `publisher/render/` that makes an output, by its KIND."""
    return {kind: m for kind, m in modules_by_kind(publisher.render).items() if hasattr(m, "render")}


@dataclass(frozen=True)
class Rendering:
    """What there is now, and how many outputs were drawn or taken as they were."""

    artifacts: tuple[Artifact, ...]
    drawn: int
    reused: int


def choose_kinds(campaign: Campaign, only: Sequence[str]) -> list[str]:
    """The outputs to make: those asked for, else the campaign's own. Raises UsageError for one that is unknown."""
    known = list_renderers()
    wrong = [kind for kind in only if kind not in known]
    if wrong:
        raise UsageError(f"--only: found `{wrong[0]}`; outputs are: {', '.join(sorted(known))}.")
    return list(only or campaign.outputs)


def check_formats(formats: Sequence[str]) -> None:
    """Raise UsageError for a format that no output has."""
    known = sorted({name for renderer in list_renderers().values() for name in renderer.FORMATS})
    for name in formats:
        if name not in known:
            raise UsageError(f"--format: found `{name}`; formats are: {', '.join(known)}.")


def render_campaign(
    campaign: Campaign,
    unit: Unit,
    *,
    workspace: Workspace,
    out: Path,
    only: Sequence[str] = (),
    formats: Sequence[str] = (),
    options: dict[str, str] | None = None,
    report: Report = say_nothing,
) -> Rendering:
    """Make every output asked for below `out`. Raises RenderError; stale files of an earlier run are removed."""
    job = RenderJob(campaign, unit, workspace, out, tuple(formats), options=options or {})
    job.folder.mkdir(parents=True, exist_ok=True)
    artifacts: list[Artifact] = []
    drawn = 0
    for kind in choose_kinds(campaign, only):
        renderer = list_renderers()[kind]
        chosen = tuple(name for name in formats if name in renderer.FORMATS)
        if formats and renderer.FORMATS and not chosen:
            continue
        own = replace(job, formats=chosen, progress=partial(report, kind))
        key = hash_inputs(own, kind)
        found = take_from_cache(key, own)
        if found is None:
            found = settle_alts(renderer.render(own), campaign)
            keep_in_cache(key, own, found)
            prune_cache(workspace.cache)
            drawn += 1
        remove_stale(own, kind, found)
        artifacts += found
        report(kind, 1, 1)
    return Rendering(tuple(artifacts), drawn, len({a.kind for a in artifacts}) - drawn)


def hash_inputs(job: RenderJob, kind: str) -> str:
    """SHA-256 over everything that may change this output's bytes."""
    digest = hashlib.sha256()
    unit = {**asdict(job.unit), "folder": "", "mark": job.unit.mark.name if job.unit.mark else ""}
    renderer = list_renderers()[kind]
    options = sorted((name, value) for name, value in job.options.items() if name in renderer.OPTIONS)
    for part in (kind, repr(job.formats), repr(options), repr(job.campaign), repr(unit)):
        digest.update(part.encode() + b"\0")
    for path in used_files(job):
        digest.update(path.name.encode() + b"\0" + hash_file(path).encode() + b"\0")
    for name in sorted({job.campaign.theme, *renderer.TEMPLATES}):
        digest.update(name.encode() + b"\0" + hash_tree(job.workspace.templates / name).encode())
    digest.update(hash_tree(job.unit.folder).encode())
    for name in ("fonts", "reading", "sounds"):
        digest.update(hash_tree(job.workspace.assets / name).encode())
    digest.update(hash_code().encode())
    return digest.hexdigest()


def used_files(job: RenderJob) -> list[Path]:
    """Files that the campaign itself brings: its pictures, its voice-over and its recordings."""
    names = {block.path for block in job.campaign.pictures()}
    names |= {override.audio for override in job.campaign.channels.values() if override.audio}
    if job.campaign.voice:
        names.add(job.campaign.voice)
    paths = (job.workspace.root / name for name in sorted(names))
    return [path for path in paths if path.is_file()]


def hash_tree(folder: Path) -> str:
    """SHA-256 over names and bytes of every file below `folder`; of nothing when it is not there."""
    marks = tuple(
        (path.relative_to(folder).as_posix(), path.stat().st_mtime_ns, path.stat().st_size, str(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    )
    return _hash_files(marks)


@lru_cache(maxsize=64)
def _hash_files(marks: tuple[tuple[str, int, int, str], ...]) -> str:
    digest = hashlib.sha256()
    for name, _, _, path in marks:
        digest.update(name.encode() + b"\0" + hash_file(Path(path)).encode() + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def hash_code() -> str:
    """SHA-256 over the code that draws and the versions of what it draws with."""
    package = Path(publisher.__file__).parent
    digest = hashlib.sha256()
    for name in ("content", "vietnamese", "render"):
        digest.update(hash_tree(package / name).encode())
    for name in LIBRARIES:
        digest.update(f"{name}={importlib.metadata.version(name)};".encode())
    return digest.hexdigest()


def _entry(key: str, job: RenderJob) -> Path:
    return job.workspace.cache / "outputs" / key[:2] / key


def keep_in_cache(key: str, job: RenderJob, artifacts: Sequence[Artifact]) -> None:
    """Remember which bytes these inputs gave."""
    store = job.workspace.cache / "artifacts"
    for artifact in artifacts:
        kept = store / artifact.sha256[:2] / artifact.sha256
        if not kept.exists():
            with replacing(kept) as temporary:
                shutil.copyfile(artifact.path, temporary)
    rows = [{**asdict(a), "path": a.path.relative_to(job.out).as_posix()} for a in artifacts]
    write_text(_entry(key, job), json.dumps(rows, ensure_ascii=False))


def take_from_cache(key: str, job: RenderJob) -> list[Artifact] | None:
    """The artifacts of an earlier run with the same inputs, put in place; None when any byte of them is missing."""
    try:
        rows: list[dict[str, Any]] = json.loads(_entry(key, job).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    mark_used(_entry(key, job))
    artifacts = [Artifact(**{**row, "path": job.out / row["path"], "left_out": tuple(row["left_out"])}) for row in rows]
    return artifacts if all(_put_in_place(artifact, job) for artifact in artifacts) else None


def _put_in_place(artifact: Artifact, job: RenderJob) -> bool:
    if artifact.path.is_file() and hash_file(artifact.path) == artifact.sha256:
        return True
    kept = job.workspace.cache / "artifacts" / artifact.sha256[:2] / artifact.sha256
    if not kept.is_file() or hash_file(kept) != artifact.sha256:
        return False
    with replacing(artifact.path) as temporary:
        shutil.copyfile(kept, temporary)
    return True


def remove_stale(job: RenderJob, kind: str, artifacts: Sequence[Artifact]) -> None:
    """Forget files that an earlier run of this output made and this one did not (a page that is no longer needed)."""
    path = job.folder / MANIFEST
    try:
        known: dict[str, list[str]] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    slot = f"{kind}:{','.join(job.formats)}"
    now = sorted(artifact.path.relative_to(job.folder).as_posix() for artifact in artifacts)
    others = {name for key, names in known.items() if key != slot for name in names}
    for name in set(known.get(slot, [])) - set(now) - others:
        (job.folder / os.path.normpath(name)).unlink(missing_ok=True)
    if known.get(slot) != now:
        known[slot] = now
        write_text(path, json.dumps(dict(sorted(known.items())), ensure_ascii=False, indent=1))
