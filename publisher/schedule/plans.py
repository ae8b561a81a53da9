"""Plans: what goes out around a key day, where and at which local time (`schedules/plan-*.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal, get_args

from publisher.errors import Problem, SettingsError
from publisher.settings import Marked, describe, nearest, read_yaml
from publisher.workspace import Workspace

Late = Literal["send", "skip", "ask"]
OUTPUTS = ("infographic", "clip", "article", "radio", "poster", "led", "text", "link")
_POST_KEYS = ("id", "at", "to", "send", "format", "late", "grace_s", "passes_freeze", "workdays")
DEFAULTS_FILE = "defaults.yaml"
_AT = re.compile(r"D([+-]\d{1,3}|0)?\s+(\d{1,2}):(\d{2})")
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TO = re.compile(r"([a-z][a-z0-9_]*)(?::(\*|[a-z0-9]+(?:-[a-z0-9]+)*))?")


@dataclass(frozen=True)
class When:
    """Days from the key day and the local time, or a `date` of its own (ISO)."""

    days: int
    time: time
    date: str = ""

    def __str__(self) -> str:
        day = self.date or ("D0" if self.days == 0 else f"D{self.days:+d}")
        return f"{day} {self.time:%H:%M}"


@dataclass(frozen=True)
class Post:
    """One line of a plan. `kind` and `account` say where: every account of the kind when `account` is `*`.

    `workdays` moves a piece that falls on a Saturday or Sunday away from the key day, as other taken days do.
    """

    id: str
    when: When
    kind: str
    account: str
    send: str
    format: str
    late: Late
    grace_s: int
    passes_freeze: bool
    line: int
    workdays: bool = False


@dataclass(frozen=True)
class Plan:
    id: str
    key_day: str | None
    posts: tuple[Post, ...]
    path: str


@dataclass(frozen=True)
class Defaults:
    """Rules of the house: no piece inside quiet hours, and no burst on one network.

    `quiet_from` and `quiet_to` are local times; `spread_s` seconds lie between two accounts of one kind at the same
    moment, or what `spread` says of the kind. `taken` maps days that are to be kept free to the reason.
    """

    quiet_from: time = time(22, 0)
    quiet_to: time = time(5, 0)
    spread_s: int = 60
    late: Late = "ask"
    grace_s: int = 3600
    spread: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[date, str] = field(default_factory=dict)


def load_defaults(workspace: Workspace) -> Defaults:
    """The house rules of `schedules/defaults.yaml`, each with a default."""
    path = workspace.schedules / DEFAULTS_FILE
    if not path.is_file():
        return Defaults()
    marked = read_yaml(path, shown=f"schedules/{DEFAULTS_FILE}")
    marked.refuse_unknown(
        ("quiet_from", "quiet_to", "spread_s", "spread", "taken", "late", "grace_s"), of="the house rules"
    )
    kinds = marked.mapping("spread")
    defaults = Defaults(
        quiet_from=_clock(marked, "quiet_from", "22:00"),
        quiet_to=_clock(marked, "quiet_to", "05:00"),
        spread_s=_seconds(marked, "spread_s", 60),
        late=_late(marked, "ask"),
        grace_s=_seconds(marked, "grace_s", 3600),
        spread={kind: _seconds(kinds, kind, 60) for kind in kinds.values},
        taken=dict(_taken(entry) for entry in marked.mappings("taken")),
    )
    if marked.problems:
        raise SettingsError(marked.problems)
    return defaults


def load_plans(workspace: Workspace) -> dict[str, Plan]:
    """Every plan by id. Raises SettingsError with every problem of every file."""
    defaults = load_defaults(workspace)
    plans: dict[str, Plan] = {}
    problems: list[Problem] = []
    for path in sorted(workspace.schedules.glob("plan-*.yaml")):
        marked = read_yaml(path, shown=f"schedules/{path.name}")
        plan = read_plan(marked, defaults)
        if plan.id in plans:
            marked.complain("id", f"{describe(plan.id)} is taken by {plans[plan.id].path}. Rename one.")
        plans[plan.id] = plan
        problems += marked.problems
    if problems:
        raise SettingsError(problems)
    return plans


def read_plan(marked: Marked, defaults: Defaults) -> Plan:
    """One plan's file."""
    marked.refuse_unknown(("id", "key_day", "posts", "note"), of="a plan")
    posts = tuple(read_post(entry, defaults) for entry in marked.mappings("posts"))
    if not posts:
        marked.complain("posts", "a plan without posts sends nothing. Add at least one.")
    names = [post.id for post in posts]
    for post in posts:
        if names.count(post.id) > 1:
            message = f"two posts are named `{post.id}`; give one of them an `id:` of its own."
            marked.problems.append(Problem(marked.path, post.line, message))
    return Plan(marked.text("id"), marked.text("key_day", "") or None, posts, marked.path)


def read_post(entry: Marked, defaults: Defaults) -> Post:
    """One post of a plan, also as a campaign's front matter writes it."""
    entry.refuse_unknown(_POST_KEYS, of="a post of a plan")
    when = read_when(entry)
    kind, account = read_target(entry)
    send = entry.text("send")
    if send and send not in OUTPUTS:
        near = nearest(send, OUTPUTS)
        hint = f" Did you mean `{near}`?" if near else ""
        entry.complain("send", f"no output {describe(send)}; allowed: {', '.join(OUTPUTS)}.{hint}")
    day = when.date or f"d{when.days:+d}".replace("+0", "0").replace("+", "-plus-")
    own = f"{day}-{kind}-{send}" if account == "*" else f"{day}-{account}-{send}"
    return Post(
        id=_post_id(entry, own),
        when=when,
        kind=kind,
        account=account,
        send=send,
        format=entry.text("format", ""),
        late=_late(entry, defaults.late),
        grace_s=_seconds(entry, "grace_s", defaults.grace_s),
        passes_freeze=entry.flag("passes_freeze", False),
        line=entry.line,
        workdays=entry.flag("workdays", False),
    )


def _post_id(entry: Marked, default: str) -> str:
    """The post's own name; it becomes part of the delivery's, so it holds neither dots nor slashes."""
    name = entry.text("id", default)
    if "id" in entry.values and not (len(name) <= 60 and _ID.fullmatch(name)):
        entry.complain("id", f"found {describe(name)}; an id has a-z, 0-9 and single hyphens, at most 60. Correct it.")
        return default
    return name


def read_when(entry: Marked) -> When:
    """`D-7 08:00`, `D0 05:00`, or a date of its own `2026-10-10 08:00`."""
    text = entry.text("at")
    match = _AT.fullmatch(text) or _DATED.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        clock = time(int(match.group(2)), int(match.group(3)))
        if match.re is _DATED:
            return When(0, clock, date.fromisoformat(match.group(1)).isoformat())
        return When(int(match.group(1) or 0), clock)
    except ValueError:
        entry.complain("at", f"found {describe(text)}; written `D-7 08:00`, `D0 05:00` or `2026-10-10 08:00`.")
        return When(0, time(8, 0))


def read_target(entry: Marked) -> tuple[str, str]:
    """`facebook:*`, `facebook:facebook-tinh-mau`, or `radio` for every account of the kind."""
    text = entry.text("to")
    match = _TO.fullmatch(text)
    if match is None:
        entry.complain("to", f"found {describe(text)}; written `kind:*` or `kind:account`, such as facebook:*.")
        return "none", "*"
    return match.group(1), match.group(2) or "*"


def _late(marked: Marked, default: Late) -> Late:
    value = marked.text("late", default)
    for allowed in get_args(Late):
        if value == allowed:
            found: Late = allowed
            return found
    marked.complain("late", f"found {describe(value)}; allowed: {', '.join(get_args(Late))}.")
    return default


def _seconds(marked: Marked, key: str, default: int) -> int:
    value = marked.number(key, default)
    if value < 0 or value != int(value):
        marked.complain(key, f"found {describe(value)}; whole seconds, 0 or more. Correct it.")
        return default
    return int(value)


def _taken(entry: Marked) -> tuple[date, str]:
    """`- {date: 2026-03-15, note: …}`: a day kept free of everything that can go out on another."""
    entry.refuse_unknown(("date", "note"), of="a day that is taken")
    text = entry.text("date")
    try:
        return date.fromisoformat(text), entry.text("note")
    except ValueError:
        entry.complain("date", f"found {describe(text)}; written 2026-03-15. Correct it.")
        return date.min, ""


def _clock(marked: Marked, key: str, default: str) -> time:
    text = marked.text(key, default)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    try:
        if match is None:
            raise ValueError
        return time(int(match.group(1)), int(match.group(2)))
    except ValueError:
        marked.complain(key, f'found {describe(text)}; a time of day is written "22:00" in quotes.')
        return time(0, 0)
