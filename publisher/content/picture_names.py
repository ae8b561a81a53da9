"""How a campaign may name the files it shows or plays: by a path inside the workspace, never by an address."""

from __future__ import annotations

from pathlib import PurePosixPath

LONGEST = 200
FILMS = (".mp4", ".mov", ".m4v", ".webm")


def is_film(name: str) -> bool:
    """Whether a picture moves: a recording, shown as one in clips and by one of its frames elsewhere."""
    return name.lower().endswith(FILMS)


def judge_picture_name(name: str) -> str | None:
    """Why a picture's name is refused before any file is looked for."""
    return judge_file_name(name, what="picture")


def judge_file_name(name: str, *, what: str) -> str | None:
    """Why a name is refused; None when it may be looked for. `what` is the sort of file, for the message."""
    remedy = "Put the file beside the campaign or under assets/ and write its name."
    if not name or "\x00" in name or "\\" in name or ":" in name or name.startswith(("/", "~")):
        return f"{what} `{name[:60]}`: a {what} is a file of this workspace, never an address. {remedy}"
    if ".." in PurePosixPath(name).parts:
        return f"{what} `{name[:60]}`: its path leaves the folder. {remedy}"
    if "%" in name:
        return f"{what} `{name[:60]}`: a file's name has no `%` here. Write blanks as they are: ![…](<tên ảnh.png>)."
    if len(name) > LONGEST:
        return (
            f"{what} `{name[:60]}…`: {len(name)} characters; a name has at most {LONGEST}. Give the file a shorter one."
        )
    return None
