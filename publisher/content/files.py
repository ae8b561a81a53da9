"""The files a campaign names: looked up beside it and under assets/, and nowhere else."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.content.model import Block, Campaign, Override, Picture, Question, Questions
from publisher.content.picture_names import FILMS, is_film, judge_file_name
from publisher.errors import Problem
from publisher.settings import nearest
from publisher.workspace import Workspace

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
VOICES = (".mp3", ".m4a", ".wav", ".ogg")
MAX_PICTURE_BYTES = 50_000_000  # a camera's largest JPEG has 30 MB
MAX_FILM_BYTES = 500_000_000  # minutes of a telephone's recording
_BEGINNINGS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WebP": b"RIFF"}


def settle_files(campaign: Campaign, folder: Path, workspace: Workspace) -> tuple[Campaign, list[Problem]]:
    """The campaign with every picture and recording at its place, and a problem for each that is not there."""
    finder = _Finder(campaign.path, folder, workspace)
    sections = tuple(
        replace(section, blocks=tuple(finder.settle(block) for block in section.blocks))
        for section in campaign.sections
    )
    channels = {name: finder.settle_override(override) for name, override in campaign.channels.items()}
    voice = finder.find(campaign.voice, "recording", campaign.voice_line) if campaign.voice else None
    return replace(campaign, sections=sections, voice=voice, channels=channels), finder.problems


@dataclass
class _Finder:
    path: str
    folder: Path
    workspace: Workspace
    problems: list[Problem] = field(default_factory=list)

    def settle(self, block: Block) -> Block:
        if isinstance(block, Picture):
            what = "film" if is_film(block.name) else "picture"
            return replace(block, path=self.find(block.name, what, block.line) or block.path)
        if isinstance(block, Questions):
            return replace(block, items=tuple(self.settle_question(item) for item in block.items))
        return block

    def settle_question(self, item: Question) -> Question:
        return replace(item, answer=tuple(self.settle(part) for part in item.answer))

    def settle_override(self, override: Override) -> Override:
        if override.image:
            self.find(override.image, "picture", override.image_line or override.line)
        if override.audio:
            return replace(override, audio=self.find(override.audio, "recording", override.audio_line))
        return override

    def find(self, name: str, what: str, line: int) -> str | None:
        """The file's path relative to the workspace; a problem is noted when there is none that may be used."""
        endings = {"picture": PICTURES, "film": FILMS}.get(what, VOICES)
        reason = judge_file_name(name, what=what)
        if reason is None and not name.lower().endswith(endings):
            reason = f"`{name[:60]}`; a {what} ends in {', '.join(endings)}. Convert it."
        found = None
        if reason is None:
            try:
                found, reason = self.look(name, what)
            except OSError as error:
                reason = (
                    f"`{name[:60]}` cannot be read: {(error.strerror or 'input/output error').lower()}. Check its name."
                )
        if reason is not None:
            self.problems.append(Problem(self.path, line, reason))
        return found

    def look(self, name: str, what: str) -> tuple[str | None, str | None]:
        """The path and no reason, or no path and the reason."""
        root = self.workspace.root.resolve()
        places = (self.folder, self.workspace.root, self.workspace.assets)
        for found in (place / form for place in places for form in _forms(name)):
            if not found.is_file():
                continue
            real = found.resolve()
            allowed = (self.folder.resolve(), self.workspace.assets.resolve())
            if found.is_symlink() or not any(real.is_relative_to(place) for place in allowed):
                return None, (
                    f"`{name}` leads out of the workspace. Put the file itself beside the campaign or under assets/."
                )
            judge = {"picture": judge_picture, "film": judge_film}.get(what)
            reason = judge(found, name) if judge else None
            return (real.relative_to(root).as_posix() if real.is_relative_to(root) else real.as_posix()), reason
        near = nearest(
            name, sorted(p.name for p in self.folder.iterdir() if p.suffix.lower() in PICTURES + VOICES + FILMS)
        )
        hint = f" Did you mean `{near}`?" if near else " Put the file there or correct the name."
        return None, f"`{name}` not found. Looked beside the campaign and in assets/.{hint}"


def _forms(name: str) -> tuple[str, ...]:
    """The name as written, and as a Mac writes it on the disk."""
    return tuple(dict.fromkeys((name, unicodedata.normalize("NFD", name))))


def judge_picture(path: Path, name: str) -> str | None:
    """Why a file is no picture that can be shown, from its size and its first bytes."""
    size = path.stat().st_size
    if size > MAX_PICTURE_BYTES:
        return f"`{name}` has {size} bytes; a picture has at most {MAX_PICTURE_BYTES}. Save it smaller."
    with path.open("rb") as stream:
        start = stream.read(12)
    kind = next((kind for kind, begins in _BEGINNINGS.items() if start.startswith(begins)), None)
    if kind is None or (kind == "WebP" and start[8:] != b"WEBP"):
        return f"`{name}` holds no picture; {', '.join(_BEGINNINGS)} are read. Save it again as PNG or JPEG."
    return None


def judge_film(path: Path, name: str) -> str | None:
    """Why a file is no film that can be shown, from its size and its first bytes."""
    size = path.stat().st_size
    if size > MAX_FILM_BYTES:
        return f"`{name}` has {size} bytes; a film has at most {MAX_FILM_BYTES}. Cut it first."
    with path.open("rb") as stream:
        start = stream.read(12)
    if start[4:8] not in (b"ftyp", b"moov", b"wide", b"mdat") and start[:4] != b"\x1aE\xdf\xa3":
        return f"`{name}` holds no film; MP4, MOV and WebM are read. Save it again as MP4 (H.264)."
    return None
