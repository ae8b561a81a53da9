"""The front matter of a campaign file: every key optional, every wrong one named with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from publisher.content.alt_texts import read_alts
from publisher.content.hashtags import quote_hashtags, read_hashtags
from publisher.content.inline import read_line
from publisher.content.model import AiUse, Campaign, Late, Output, Override, PlannedPost, Text
from publisher.content.picture_names import judge_file_name
from publisher.content.signs import judge_signs, tidy
from publisher.content.slug import SLUG
from publisher.errors import Problem
from publisher.settings import Marked, describe, nearest, parse_yaml

if TYPE_CHECKING:
    from publisher.content.parse import Known

AUDIO_CHANNEL = "radio"  # the only kind that takes sound
KEYS = (
    "title", "summary", "slug", "key_day", "unit", "author", "editor", "sources", "hashtags", "theme", "outputs",
    "plan", "valid_until", "late", "ai_use", "voice", "channels", "alt", "contains_state_secrets",
)  # fmt: skip
MAX_CHARACTERS = 100_000  # a long front matter has 3,000; parsing a hundred times more only costs time
_FENCE = re.compile(r"(?:[ \t]*\n)*---[ \t]*\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE_COLON = "mapping values are not allowed"  # what PyYAML says of `title: Hỏi: đáp`


@dataclass
class FrontMatter:
    """The campaign as far as its front matter tells (no title yet, no body), and where title and summary stand."""

    campaign: Campaign
    title: Text
    summary: Text
    slug: str
    title_line: int
    summary_line: int
    problems: list[Problem]
    readable: bool = True


def read_front_matter(text: str, *, path: str, known: Known) -> tuple[FrontMatter, str, int]:
    """Front matter, the text of the body, and the line on which the body begins."""
    fence = _FENCE.match(text)
    if fence is None:
        return read_keys(Marked({}, {}, path), known), text, 1
    first = text.count("\n", 0, fence.end()) + 1
    end = _END.search(text, fence.end())
    if end is None:
        problem = Problem(path, first - 1, "front matter begins with `---` and never ends. Add a line `---` below it.")
        return _unreadable(path, [problem], known), "", first
    marked = parse_front(text[fence.end() : end.start()], path=path, first_line=first)
    front = read_keys(marked, known)
    if marked.problems and not marked.values:
        front = _unreadable(path, marked.problems, known)
    return front, text[end.end() :], text.count("\n", 0, end.end()) + 1


def _unreadable(path: str, problems: list[Problem], known: Known) -> FrontMatter:
    return replace(read_keys(Marked({}, {}, path), known), problems=problems, readable=False)


def parse_front(text: str, *, path: str, first_line: int) -> Marked:
    """The keys of a front matter, every text in NFC and without hidden signs that YAML's `\\u` may have brought."""
    if len(text) > MAX_CHARACTERS:
        message = (
            f"front matter of {len(text)} characters; at most {MAX_CHARACTERS}. Move the text below the second `---`."
        )
        return Marked({}, {}, path, first_line, [Problem(path, first_line, message)])
    marked = parse_yaml(quote_hashtags(text), path=path, first_line=first_line)
    marked.problems = [_say_plainly(problem) for problem in marked.problems]
    for key, value in marked.values.items():
        for found in {found for part in _texts({key: value}) for found in judge_signs(part)}:
            level: Any = "error" if found[0] else "warning"
            marked.problems.append(Problem(path, marked.at(key), f"{tidy(key)}: {found[1]}", level))
    _tidy_in_place(marked.values)
    return marked


def _say_plainly(problem: Problem) -> Problem:
    if _BARE_COLON not in problem.message:
        return problem
    message = 'not readable as YAML: a second `: ` in a line. Put the text between quotes: title: "Hỏi: đáp".'
    return replace(problem, message=message)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _tidy_in_place(value: Any) -> None:
    """In place, because the mappings know their lines."""
    for key, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        if isinstance(inner, str):
            value[key] = tidy(inner)
        elif isinstance(inner, (dict, list)):
            _tidy_in_place(inner)


def read_keys(marked: Marked, known: Known) -> FrontMatter:
    """Every key of the format; what is wrong is collected in `marked`."""
    marked.refuse_unknown(KEYS, of="a campaign")
    _refuse_secrets(marked)
    campaign = Campaign(
        path=marked.path,
        title="",
        summary="",
        slug="untitled",
        sections=(),
        key_day=_known(marked, "key_day", known.key_days, "schedules/key-days.yaml"),
        unit=_known(marked, "unit", known.units, "assets/units/"),
        author=_line(marked, "author"),
        editor=_line(marked, "editor"),
        sources=tuple(" ".join(source.split()) for source in marked.texts("sources")),
        hashtags=read_hashtags(marked),
        theme=_known(marked, "theme", known.themes, "templates/") or "default",
        outputs=_outputs(marked),
        plan=_plan(marked, known),
        valid_until=_date(marked, "valid_until"),
        late=_choice(marked, "late", get_args(Late)),
        ai_use=_choice(marked, "ai_use", get_args(AiUse)) or "none",
        voice=_file(marked, "voice", "recording"),
        voice_line=marked.at("voice"),
        channels=_channels(marked, known),
        alts=read_alts(marked, known.formats),
        alts_line=marked.at("alt"),
    )
    title, summary, slug = read_line(_line(marked, "title")), read_line(_line(marked, "summary")), _slug(marked)
    return FrontMatter(
        campaign,
        title,
        summary,
        slug,
        marked.lines.get("title", 0),
        marked.lines.get("summary", 0),
        marked.problems,
    )


def _line(marked: Marked, key: str) -> str:
    """A text on one line: YAML may spread it over several."""
    return " ".join(marked.text(key, "").split())


def _refuse_secrets(marked: Marked) -> None:
    value = marked.values.get("contains_state_secrets", False)
    if value is not False:
        message = "must be absent or false: a text with state secrets is never published. Take the file out of here."
        marked.complain("contains_state_secrets", message)


def _slug(marked: Marked) -> str:
    slug = marked.text("slug", "")
    if slug and not SLUG.fullmatch(slug):
        marked.complain("slug", f"{describe(slug)}; 1 to 80 of a-z, 0-9 and hyphen. Write another.")
        return ""
    return slug


def _known(marked: Marked, key: str, names: frozenset[str], where: str) -> str | None:
    value = marked.text(key, "")
    if not value:
        return None
    if not SLUG.fullmatch(value):
        marked.complain(key, f"{describe(value)}; an id has a-z, 0-9 and hyphen. Write one of {where}")
        return None
    if names and value not in names:
        near = nearest(value, names)
        hint = f" Did you mean `{near}`?" if near else ""
        marked.complain(key, f"no {describe(value)} in {where}; there are: {', '.join(sorted(names))}.{hint}")
        return None
    return value


def _choice(marked: Marked, key: str, allowed: tuple[str, ...]):  # type: ignore[no-untyped-def]
    """One of the allowed words, or None; the caller's type names them."""
    value = marked.values.get(key)
    if value is None or value == "":
        return None
    if value not in allowed:
        near = nearest(value, allowed)
        hint = f" Did you mean `{near}`?" if near else ""
        marked.complain(key, f"found {describe(value)}; allowed: {', '.join(allowed)}.{hint}")
        return None
    return value


def _date(marked: Marked, key: str) -> date | None:
    value = marked.text(key, "")
    if not value:
        return None
    try:
        if not _DATE.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        marked.complain(key, f"found {describe(value)}; a date is written 2026-10-10. Correct it.")
        return None


def _outputs(marked: Marked) -> tuple[Output, ...]:
    if "outputs" not in marked.values:
        return ("infographic", "clip", "article", "radio")
    allowed: tuple[Output, ...] = get_args(Output)
    names = marked.texts("outputs")
    for name in names:
        if name not in allowed:
            near = nearest(name, allowed)
            hint = f" Did you mean `{near}`?" if near else ""
            marked.complain("outputs", f"no output {describe(name)}; allowed: {', '.join(allowed)}.{hint}")
    if not names:
        marked.complain("outputs", f"an empty list makes nothing. Allowed: {', '.join(allowed)}. Name at least one.")
    return tuple(output for name in dict.fromkeys(names) for output in allowed if output == name)


def _file(marked: Marked, key: str, what: str) -> str | None:
    """The name of a file beside the campaign; whether it is there is looked up later."""
    name = marked.text(key, "")
    if name and (reason := judge_file_name(name, what=what)):
        marked.complain(key, reason)
        return None
    return name or None


def _plan(marked: Marked, known: Known) -> str | tuple[PlannedPost, ...] | None:
    if isinstance(marked.values.get("plan"), list):
        return tuple(_post(entry) for entry in marked.mappings("plan"))
    return _known(marked, "plan", known.plans, "schedules/")


def _post(entry: Marked) -> PlannedPost:
    entry.refuse_unknown(("at", "to", "send", "late"), of="a planned post")
    late = _choice(entry, "late", get_args(Late))
    return PlannedPost(entry.text("at"), entry.text("to"), entry.text("send"), late, entry.line)


def _channels(marked: Marked, known: Known) -> dict[str, Override]:
    """Replacements per channel kind or account."""
    channels = marked.mapping("channels")
    if known.channels:
        channels.refuse_unknown(known.channels, of="`channels` (kinds and accounts)")
    found = {}
    for name in channels.values:
        own = channels.mapping(str(name))
        own.refuse_unknown(("text", "title", "hashtags", "image", "audio"), of="a channel's override")
        if "audio" in own.values and name != AUDIO_CHANNEL:
            own.complain("audio", f"a recording belongs to `{AUDIO_CHANNEL}` alone. Take the line away here.")
        found[str(name)] = Override(
            text=own.text("text", "") or None,
            title=_line(own, "title") or None,
            hashtags=read_hashtags(own) if "hashtags" in own.values else None,
            image=_file(own, "image", "picture"),
            audio=_file(own, "audio", "recording"),
            line=channels.at(str(name)),
            image_line=own.at("image"),
            audio_line=own.at("audio"),
        )
    return found
