"""The `publisher` command."""

from __future__ import annotations


def main(argv: list[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    raise NotImplementedError
