"""Reading campaign files from the disk: what is missing or outside the workspace is a problem, not a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.content.body import judge_picture_name
from publisher.content.model import Block, Campaign, Picture, Question, Questions
from publisher.content.parse import Known, parse_campaign
from publisher.errors import Problem
from publisher.workspace import Workspace

MAX_BYTES = 2_000_000  # a long campaign has 30 kB; a hundred times that is a mistake
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
VOICES = (".mp3", ".m4a", ".wav", ".ogg")


@dataclass(frozen=True)
class Loading:
    """The campaigns without errors, and every problem of every file."""

    campaigns: tuple[Campaign, ...]
    problems: tuple[Problem, ...]


def load_campaigns(paths: Sequence[Path], workspace: Workspace, known: Known) -> Loading:
    """Read and parse every file; the same slug in two files is an error of the second."""
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    slugs: dict[str, str] = {}
    for path in paths:
        campaign, found = load_campaign(path, workspace, known)
        problems += found
        if campaign is None:
            continue
        if campaign.slug in slugs:
            first = slugs[campaign.slug]
            message = (
                f"slug `{campaign.slug}` is taken by {first}; each campaign has its own. Write `slug:` in one of them."
            )
            problems.append(Problem(campaign.path, 1, message))
            continue
        slugs[campaign.slug] = campaign.path
        campaigns.append(campaign)
    return Loading(tuple(campaigns), tuple(sorted(set(problems))))


def load_campaign(path: Path, workspace: Workspace, known: Known) -> tuple[Campaign | None, tuple[Problem, ...]]:
    """Read one file."""
    shown = workspace.relative(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "input/output error").lower()
        return None, (Problem(shown, 0, f"cannot be read: {reason}. Check the name and the rights of the file."),)
    if len(data) > MAX_BYTES:
        message = f"{len(data)} bytes; a campaign has at most {MAX_BYTES}. Cut it into several files."
        return None, (Problem(shown, 0, message),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return None, (Problem(shown, line, "not UTF-8 text. Save the file as UTF-8 (Unicode) and try again."),)
    campaign, problems = parse_campaign(text, path=shown, known=known)
    if campaign is None:
        return None, problems
    finder = _Finder(path.parent, workspace)
    campaign = finder.find_all(campaign)
    problems = tuple(sorted({*problems, *finder.problems}))
    return (None if finder.problems else campaign), problems


class _Finder:
    """Looks up the files a campaign names, beside it and under assets/, and nowhere else."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder, self.workspace = folder, workspace
        self.problems: list[Problem] = []

    def find_all(self, campaign: Campaign) -> Campaign:
        path = campaign.path
        sections = tuple(
            replace(section, blocks=tuple(self.settle(block, path) for block in section.blocks))
            for section in campaign.sections
        )
        for override in campaign.channels.values():
            if override.image:
                self.find(override.image, PICTURES, path, override.line)
        voice = self.find(campaign.voice, VOICES, path, 1) if campaign.voice else None
        return replace(campaign, sections=sections, voice=voice)

    def settle(self, block: Block, path: str) -> Block:
        if isinstance(block, Picture):
            return replace(block, path=self.find(block.name, PICTURES, path, block.line) or block.path)
        if isinstance(block, Questions):
            items = tuple(self.settle_question(item, path) for item in block.items)
            return replace(block, items=items)
        return block

    def settle_question(self, item: Question, path: str) -> Question:
        return replace(item, answer=tuple(self.settle(part, path) for part in item.answer))

    def find(self, name: str, endings: tuple[str, ...], path: str, line: int) -> str | None:
        """The file's path relative to the workspace; a problem is noted when there is none that may be used."""
        reason = judge_picture_name(name) or self.judge_ending(name, endings)
        if reason:
            self.problems.append(Problem(path, line, reason))
            return None
        root = self.workspace.root.resolve()
        for folder in (self.folder, self.workspace.root, self.workspace.assets):
            found = folder / name
            if not found.is_file():
                continue
            real = found.resolve()
            allowed = (self.folder.resolve(), self.workspace.assets.resolve())
            if found.is_symlink() or not any(real.is_relative_to(place) for place in allowed):
                message = (
                    f"`{name}` leads out of the workspace. Put the file itself beside the campaign or under assets/."
                )
                self.problems.append(Problem(path, line, message))
                return None
            return real.relative_to(root).as_posix() if real.is_relative_to(root) else real.as_posix()
        message = (
            f"`{name}` not found. Looked beside the campaign and in assets/. Put the file there or correct the name."
        )
        self.problems.append(Problem(path, line, message))
        return None

    def judge_ending(self, name: str, endings: tuple[str, ...]) -> str | None:
        if name.lower().endswith(endings):
            return None
        return f"`{name[:60]}`; a file of this sort ends in {', '.join(endings)}. Convert it."
