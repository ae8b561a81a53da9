"""Reading campaign files from the disk: what is missing or outside the workspace is a problem, not a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.content.files import settle_files
from publisher.content.model import Campaign
from publisher.content.parse import Known, read_draft
from publisher.errors import Problem
from publisher.workspace import Workspace

MAX_BYTES = 1_000_000  # a long campaign has 30 kB; thirty times that is a mistake


@dataclass(frozen=True)
class Loading:
    """The campaigns without errors, and every problem of every file."""

    campaigns: tuple[Campaign, ...]
    problems: tuple[Problem, ...]


def load_campaigns(paths: Sequence[Path], workspace: Workspace, known: Known) -> Loading:
    """Read and parse every file, each once; the same slug in two files is an error of the second."""
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    slugs: dict[str, str] = {}
    seen: set[Path] = set()
    for path in paths:
        real = path.absolute().resolve()
        if real in seen:
            continue
        seen.add(real)
        draft, found = read_campaign(path, workspace, known)
        problems += found
        if draft is None:
            continue
        first = slugs.setdefault(draft.slug, draft.path) if draft.slug else draft.path
        if first != draft.path:
            message = (
                f"slug `{draft.slug}` is taken by {first}; each campaign has its own. Write `slug:` in one of them."
            )
            problems.append(Problem(draft.path, 1, message))
        elif not any(problem.level == "error" for problem in found):
            campaigns.append(draft)
    return Loading(tuple(campaigns), tuple(sorted(set(problems))))


def read_campaign(path: Path, workspace: Workspace, known: Known) -> tuple[Campaign | None, tuple[Problem, ...]]:
    """One file with the files it names looked up. What could be read comes back even when there are errors."""
    shown = workspace.relative(path)
    text, problem = read_source(path, workspace)
    if problem is not None:
        return None, (problem,)
    draft, problems = read_draft(text, path=shown, known=known)
    draft, missing = settle_files(draft, path.parent, workspace)
    return draft, tuple(sorted({*problems, *missing}))


def read_source(path: Path, workspace: Workspace) -> tuple[str, Problem | None]:
    """The text of a file, or why it cannot be had. Waits on no pipe and reads no more than a campaign's worth."""
    shown = workspace.relative(path)
    try:
        if path.exists() and not path.is_file():
            return "", Problem(shown, 0, "no file; a campaign is one Markdown file. Name the file.")
        if path.is_symlink() and not path.resolve().is_relative_to(workspace.root.resolve()):
            return "", Problem(path.name, 0, "leads out of the workspace. Put the file itself into campaigns/.")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "input/output error").lower()
        return "", Problem(shown, 0, f"cannot be read: {reason}. Check the name and the rights of the file.")
    if len(data) > MAX_BYTES:
        return "", Problem(shown, 0, f"longer than {MAX_BYTES} bytes; no campaign is. Cut it into several files.")
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return "", Problem(shown, line, "not UTF-8 text. Save the file as UTF-8 (Unicode) and try again.")
