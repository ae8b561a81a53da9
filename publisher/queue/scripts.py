"""Whether a script may reach an announcer: what its own data says is spoken, looked at once more at the signature."""

from __future__ import annotations

import json
from pathlib import Path

from publisher.channels.base import Post
from publisher.errors import Words
from publisher.vietnamese.reader import find_unreadable

SHOWN = 48  # characters of a sentence that are enough to find it


def judge_script(post: Post) -> Words | None:
    """Why a piece with a script cannot be signed; None for one that can, and for every piece without a script."""
    if post.shape != "script":
        return None
    for media in post.media:
        if media.role == "data" and media.mime == "application/json":
            reason = _judge_file(media.path)
            if reason:
                return Words(f"{media.name}: {reason.en}", f"{media.name}: {reason.vi}")
    return None


def _judge_file(path: Path) -> Words | None:
    try:
        script = json.loads(path.read_text("utf-8"))
        errors = [problem["message"] for problem in script["problems"] if problem["level"] == "error"]
        said = [line["said"] for turn in script["turns"] for line in turn["lines"]]
    except (OSError, ValueError, KeyError, TypeError):
        return Words(
            "cannot be read as a script; render the campaign again and plan it again",
            "không đọc được như một kịch bản; dựng lại chiến dịch rồi lập lại kế hoạch",
        )
    if errors:
        return Words(str(errors[0]), f"kịch bản còn lỗi ({errors[0]})")
    return next((reason for line in said if (reason := _judge_line(line))), None)


def _judge_line(said: str) -> Words | None:
    left = find_unreadable(said)
    if not left:
        return None
    shown = said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
    return Words(
        f"“{shown}”: `{left[0]}` cannot be read aloud; write {{đọc: …}} there in the campaign and plan it again",
        f"“{shown}”: không đọc thành lời được `{left[0]}`; ghi {{đọc: …}} ở đó trong chiến dịch rồi lập lại kế hoạch",
    )
