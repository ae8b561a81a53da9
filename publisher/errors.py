"""The error tree, split by what the reader can do, and the form every problem is reported in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing found wrong, at a place an editor can open.

    `path` is relative to the workspace; `line` counts from 1 and is 0 where a whole file is meant.
    `message` reads `what was found; what is allowed; what to do`.
    """

    path: str
    line: int
    message: str
    level: Level = "error"

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class Words:
    """One thing said in both languages; commands show that of the run, pages Vietnamese."""

    en: str
    vi: str


def join_words(lines: Iterable[Words]) -> Words:
    """One line each."""
    found = tuple(lines)
    return Words("\n".join(line.en for line in found), "\n".join(line.vi for line in found))


class PublisherError(Exception):
    """Something a person can act on; the text says where, what, what is allowed and what to do.

    Where no Vietnamese is given, both languages have the same words.
    """

    exit_code = 1

    def __init__(self, words: str | Words = "") -> None:
        self.words = words if isinstance(words, Words) else Words(words, words)
        super().__init__(self.words.en)


class ReportedError(PublisherError):
    """Several problems at once, each with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class SettingsError(ReportedError):
    """A file of `channels/`, `schedules/`, `assets/units/` or the workspace's own is wrong; nothing was tried."""

    exit_code = 2


class ContentError(ReportedError):
    """A campaign file is wrong; nothing was made or sent."""

    exit_code = 2


class UsageError(PublisherError):
    """The command line asks for something that does not exist or cannot be."""

    exit_code = 2


class NothingMatchedError(PublisherError):
    """What the command was asked about is not there."""

    exit_code = 3


class CredentialsError(PublisherError):
    """A secret is missing or no longer valid; the text names the variable, never its value."""

    exit_code = 4


class RenderError(PublisherError):
    """An output could not be made; no part of it was left behind."""


class QueueError(PublisherError):
    """A delivery cannot move as asked from the state it is in."""
