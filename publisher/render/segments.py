"""Scenes as encoded segments, kept by the hash of all that made them: what did not change is not drawn again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2

from publisher.errors import RenderError
from publisher.files import hash_file, write_bytes, write_text
from publisher.render import encoding
from publisher.render.encoding import Encoder
from publisher.render.film import Film, build_set, draw_rest, fits
from publisher.render.storyboard import Scene

_PART = "part-"
_STALE_S = 3600.0


@dataclass(frozen=True)
class Segment:
    """An encoded scene: its file in the cache and its number of frames."""

    path: Path
    frames: int


def hash_scene(film: Film, scene: Scene) -> str:
    """SHA-256 over everything that may change a byte of this scene; not where in the film it stands."""
    own_look = film.end_look if scene.kind == "end" else film.look
    parts = [
        repr(replace(scene, start=0)), repr(film.screen), repr((film.densities, film.dark)),
        repr(sorted(own_look.items())),
        repr(film.look["accent"]), repr(film.look["band"]), film.board.label, hash_drawing(film.workspace.root),
        hash_files(film.workspace.templates / "clip"), hash_files(film.workspace.assets / "fonts"),
    ]  # fmt: skip
    if scene.kind in ("opening", "end"):
        unit = film.unit if scene.kind == "end" else film.office
        parts += [unit.name, unit.hotline, unit.website, unit.qr, hash_file(unit.mark) if unit.mark else ""]
    for timed in scene.items:
        if timed.item.picture:
            parts.append(_hash_picture(film, timed.item.picture.path))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _hash_picture(film: Film, path: str) -> str:
    try:
        return hash_file(film.workspace.root / path)
    except OSError:
        return "missing"  # drawing will say so, with its line


@lru_cache(maxsize=2)
def hash_drawing(root: Path) -> str:
    """SHA-256 over the code that draws clips and the versions of the libraries it draws with."""
    digest = hashlib.sha256(encoding.versions().encode())
    package = Path(__file__).parent
    for path in [*sorted(package.glob("*.py")), package.parent / "vietnamese" / "typography.py"]:
        digest.update(path.name.encode() + path.read_bytes())
    for name in ("numpy", "opencv-python-headless", "pillow", "segno", "typst"):
        digest.update(f"{name}={importlib.metadata.version(name)}".encode())
    return digest.hexdigest()


def hash_files(folder: Path) -> str:
    """SHA-256 over names and bytes of all files below a folder."""
    found = [(path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file()]
    return _hash_files(folder, tuple((path, facts.st_size, facts.st_mtime_ns) for path, facts in found))


@lru_cache(maxsize=8)
def _hash_files(folder: Path, found: tuple[tuple[Path, int, int], ...]) -> str:
    """Read again only when a size or a time of change did: every scene asks for the same fonts."""
    digest = hashlib.sha256()
    for path, _, _ in found:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + hash_file(path).encode())
    return digest.hexdigest()


def keep_still(film: Film, scene: Scene) -> bytes:
    """The scene at rest as PNG; drawn once for all units that share it."""
    path = film.workspace.cache / "clip" / f"{hash_scene(film, scene)}.png"
    if not path.is_file():
        done, data = cv2.imencode(".png", cv2.cvtColor(draw_rest(film, scene).to_rgb(), cv2.COLOR_RGB2BGR))
        if not done:
            raise RenderError("a still of the clip could not be packed as PNG. Run the command again.")
        write_bytes(path, data.tobytes())
    return path.read_bytes()


def remember_fit(film: Film) -> bool:
    """Whether every scene of the body fits its screen; known from the cache when it was found before."""
    scenes = [hash_scene(film, scene) for scene in film.board.body]
    note = film.workspace.cache / "clip" / f"{hashlib.sha256(repr(scenes).encode()).hexdigest()}.fit"
    if note.is_file():
        return note.read_text("ascii") == "fits"
    found = fits(film)
    write_text(note, "fits" if found else "too full")
    return found


def encode_scenes(film: Film, advance: Callable[[int], None]) -> list[Segment]:
    """Every scene of the film as a segment; `advance(frames)` is told of frames done.

    A run that is stopped or fails leaves no part of a segment; scenes that were finished are taken up next time.
    """
    store = film.workspace.cache / "clip"
    store.mkdir(parents=True, exist_ok=True)
    _sweep(store)
    segments = []
    with ExitStack() as stack:
        folder = stack.enter_context(_parts_folder(store))
        running: _Running | None = None
        for scene in film.board.scenes:
            path = store / f"{hash_scene(film, scene)}.mp4"
            segments.append(Segment(path, scene.frames))
            if path.is_file():
                os.utime(path)  # what is of use stays when the cache is pruned
                advance(scene.frames)
                continue
            following = stack.enter_context(_encode(film, scene, folder / path.name, advance))
            if running:
                running.keep()
            running = _Running(following, folder / path.name, path)
        if running:
            running.keep()
    return segments


@contextmanager
def _parts_folder(store: Path) -> Iterator[Path]:
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PART, dir=store))
    except OSError as error:
        raise RenderError(f"var/cache: not writable: {error.strerror}. Free some space, then run again.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _encode(film: Film, scene: Scene, part: Path, advance: Callable[[int], None]) -> Iterator[Encoder]:
    """Hand every frame of the scene over; the encoder may still be at work when the next scene is laid out."""
    size = {"width": film.screen.width, "height": film.screen.height}
    with Encoder(part, **size, light=is_light(scene)) as encoder:
        with build_set(film, scene) as ready:
            for canvas in ready.play():
                encoder.write(canvas)
                advance(1)
        encoder.end()
        yield encoder


def is_light(scene: Scene) -> bool:
    """Whether it is coded with less work: the one scene that every office pays for on its own."""
    return scene.kind == "end"


@dataclass(frozen=True)
class _Running:
    """A segment that has all its frames and is being finished."""

    encoder: Encoder
    part: Path
    path: Path

    def keep(self) -> None:
        self.encoder.finish()
        os.replace(self.part, self.path)


def _sweep(store: Path) -> None:
    """Remove what a killed run left behind."""
    for folder in store.glob(f"{_PART}*"):
        if time.time() - folder.stat().st_mtime > _STALE_S:
            shutil.rmtree(folder, ignore_errors=True)
