"""What every command is given: the workspace, the clock, the language, and where to show things."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from publisher.clock import Clock, SetClock, SystemClock
from publisher.errors import Problem, UsageError
from publisher.units import load_person
from publisher.workspace import MARKER, Person, Workspace, find_root, load_workspace

PIPE_WIDTH = 400  # into a file or a pipe nothing is wrapped


def count(number: int, noun: str) -> str:
    """A number of things in English: `1 piece`, `2 pieces`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass
class Context:
    """One run of the command. Data goes to stdout, everything else to stderr."""

    json: bool = False
    now: str = ""
    lang: str = ""
    folder: str = ""
    events: int = field(default=0, init=False)

    @cached_property
    def out(self) -> Console:
        return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)

    @cached_property
    def err(self) -> Console:
        return Console(file=sys.stderr, highlight=False, width=None if sys.stderr.isatty() else PIPE_WIDTH)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace around the current folder, or the one `--workspace` names."""
        start = Path(self.folder or Path.cwd())
        root = start if (start / MARKER).is_file() else find_root(start.resolve())
        if root is None:
            raise UsageError(
                f"no workspace here: no folder at or above this one holds {MARKER}. "
                "Go into a workspace, or make one: publisher init DIR"
            )
        return load_workspace(root)

    @cached_property
    def clock(self) -> Clock:
        """The machine's clock, or one that stands at `--now` (local to the workspace's zone without an offset)."""
        if not self.now:
            return SystemClock()
        return SetClock(self.moment(self.now, "--now"))

    def moment(self, text: str, option: str) -> datetime:
        """A moment written by a person, aware. Raises UsageError naming the option."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise UsageError(f"{option}: found `{text}`; write a time such as 2026-10-10T08:00.") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=self.workspace.zone)

    @cached_property
    def vietnamese(self) -> bool:
        if self.lang:
            return self.lang == "vi"
        locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return locale.startswith("vi")

    def words(self, vi: str, en: str) -> str:
        """The sentence in the language of this run."""
        return vi if self.vietnamese else en

    def say(self, vi: str, en: str) -> None:
        """One line to the person, on stderr."""
        self.err.print(self.words(vi, en), markup=False, soft_wrap=True)

    def show(self, text: str) -> None:
        """One line of data, on stdout; nothing with `--json`."""
        if not self.json:
            self.out.print(text, markup=False, soft_wrap=True)

    def table(self, table: Table) -> None:
        if not self.json:
            self.out.print(table)

    def give(self, value: Mapping[str, Any]) -> None:
        """The JSON object of this command, with `--json` only."""
        if self.json:
            self.events += 1
            sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()

    def report(self, problems: Sequence[Problem]) -> None:
        """Every problem, errors red, one a line, on stderr."""
        for problem in sorted(problems):
            mark = "" if problem.level == "error" else self.words("lưu ý: ", "warning: ")
            style = "red" if problem.level == "error" else "yellow"
            self.err.print(f"{mark}{problem}", style=style, markup=False, soft_wrap=True)

    @contextmanager
    def progress(self, words: str) -> Iterator[Bar]:
        """A progress bar on stderr; none when stderr is no terminal or with `--json` (then events)."""
        shown = sys.stderr.isatty() and not self.json
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err, disable=not shown, transient=True) as progress:
            yield Bar(progress, progress.add_task(words, total=None), words)

    def person(self, identity: str) -> Person:
        """The person `--as` names. Raises UsageError listing who there is."""
        name = identity or os.environ.get("PUBLISHER_AS", "")
        for person in self.workspace.people:
            if person.id == name:
                return load_person(self.workspace, person)
        known = ", ".join(person.id for person in self.workspace.people) or "none"
        found = f"found `{name}`" if name else "missing"
        raise UsageError(f"--as: {found}; people of this workspace: {known}. Add people in {MARKER}.")


class Bar:
    """One progress bar; calling it moves it."""

    def __init__(self, progress: Progress, task: Any, words: str) -> None:
        self._progress, self._task, self._words = progress, task, words

    def __call__(self, done: int, total: int, words: str = "") -> None:
        self._progress.update(self._task, completed=done, total=total, description=words or self._words)
