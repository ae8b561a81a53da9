"""Raw HTML is shown in no output; `check` names it and the words that go with it."""

from __future__ import annotations

import re

_TAG = re.compile(r"<[/!?]?[a-zA-Z][^<>]{0,2000}>")


def describe_html(content: str) -> str:
    """What `check` says of raw HTML: the beginning of it, and the words inside that no reader would see."""
    shown = content.strip().splitlines()[0][:40] if content.strip() else ""
    words = " ".join(_TAG.sub(" ", drop_comments(content)).split())
    if any(sign.isalnum() for sign in words):
        return f"HTML `{shown}` is shown in no output, nor are its words “{words[:40]}”. Write it as Markdown."
    return f"HTML `{shown}` is shown in no output. Write it as Markdown, or take it out."


def drop_comments(content: str) -> str:
    """Without `<!-- … -->`; one that never ends hides nothing from the reader of `check`."""
    kept, at = [], 0
    while (start := content.find("<!--", at)) >= 0:
        end = content.find("-->", start + 4)
        if end < 0:
            break
        kept.append(content[at:start])
        at = end + 3
    return "".join([*kept, content[at:]])
