"""Hashtags of a campaign, with or without `#`: YAML takes a bare `#` for a remark, so it is quoted before reading."""

from __future__ import annotations

import re

from publisher.settings import Marked, describe

_HASHTAG = re.compile(r"\w{1,100}")
_KEY = re.compile(r"(\s*hashtags:[ \t]*)(\S.*)")
_ITEM = re.compile(r"(\s*-[ \t]+)#(\w+)[ \t]*")
_IN_LIST = re.compile(r"(?<=[\[, \t])#(\w+)(?=[\], \t])")
_BARE = re.compile(r"#\w+(?:[ \t,]+#\w+)*[ \t]*")


def quote_hashtags(front: str) -> str:
    """The YAML text with every `#Tag` of a hashtag list in quotes; lines stay where they are."""
    return "\n".join(_quote_line(line) for line in front.split("\n"))


def _quote_line(line: str) -> str:
    if item := _ITEM.fullmatch(line):
        return f'{item.group(1)}"#{item.group(2)}"'
    key = _KEY.fullmatch(line)
    if key is None:
        return line
    value = key.group(2)
    if _BARE.fullmatch(value):
        tags = ", ".join(f'"{tag}"' for tag in re.findall(r"#\w+", value))
        return f"{key.group(1)}[{tags}]"
    if value.startswith("[") and "]" in value:
        inner, _, rest = value.rpartition("]")
        quoted = _IN_LIST.sub(r'"#\1"', f"{inner}]")
        return f"{key.group(1)}{quoted}{rest}"
    return line


def read_hashtags(marked: Marked) -> tuple[str, ...]:
    """The hashtags without `#`, each once; one that is not a single word is reported."""
    if "hashtags" in marked.values and marked.values["hashtags"] is None:
        marked.complain(
            "hashtags", "nothing stands here; a list of words is meant. Write [MotTu, HaiTu], or take it out."
        )
    tags = [tag.strip().removeprefix("#") for tag in marked.texts("hashtags")]
    for tag in tags:
        if not _HASHTAG.fullmatch(tag):
            message = f"{describe(tag)}; a hashtag has letters, digits and _ only. Write it as one word."
            marked.complain("hashtags", message)
    return tuple(dict.fromkeys(tag for tag in tags if _HASHTAG.fullmatch(tag)))
