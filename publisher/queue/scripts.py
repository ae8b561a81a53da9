"""Whether a script may reach an announcer: what its own data says is spoken, looked at once more at the signature."""

from __future__ import annotations

import json
from pathlib import Path

from publisher.channels.base import Post
from publisher.vietnamese.reader import find_unreadable

SHOWN = 48  # characters of a sentence that are enough to find it


def judge_script(post: Post) -> str | None:
    """Why a piece with a script cannot be signed; None for one that can, and for every piece without a script."""
    if post.shape != "script":
        return None
    for media in post.media:
        if media.role == "data" and media.mime == "application/json":
            reason = _judge_file(media.path)
            if reason:
                return f"{media.name}: {reason}"
    return None


def _judge_file(path: Path) -> str | None:
    try:
        script = json.loads(path.read_text("utf-8"))
        errors = [problem["message"] for problem in script["problems"] if problem["level"] == "error"]
        said = [line["said"] for turn in script["turns"] for line in turn["lines"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "cannot be read as a script; render the campaign again and plan it again"
    if errors:
        return str(errors[0])
    return next((reason for line in said if (reason := _judge_line(line))), None)


def _judge_line(said: str) -> str | None:
    left = find_unreadable(said)
    if not left:
        return None
    shown = said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
    return f"“{shown}”: `{left[0]}` cannot be read aloud; write {{đọc: …}} there in the campaign and plan it again"
