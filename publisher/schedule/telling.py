"""What an editor is told about a plan: what moved, what repeats, what is left out, which facts to look at."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.content.model import Campaign
from publisher.errors import Problem
from publisher.schedule.plans import Post
from publisher.schedule.review import why_review

REPEATING = frozenset({"radio"})
"""Kinds whose listeners want to hear the same again."""


def note(campaign: Campaign, post: Post, message: str) -> Problem:
    """A warning about one post of the plan; it has a line where the campaign itself wrote the post."""
    line = post.line if isinstance(campaign.plan, tuple) else 0
    return Problem(campaign.path, line, f"plan post `{post.id}`: {message}", "warning")


def tell_twins(campaign: Campaign, posts: Sequence[Post]) -> list[Problem]:
    """Two posts that send the same to the same place: a network takes the second for a repetition."""
    seen: dict[tuple[str, str, str, str], Post] = {}
    notes = []
    for post in posts:
        place = (post.kind, post.account, post.send, post.format)
        if place in seen and post.kind not in REPEATING:
            sent = f"sends what `{seen[place].id}` has sent there"
            notes.append(note(campaign, post, f"{sent}; networks hold back repetitions. Send another output."))
        seen.setdefault(place, post)
    return notes


def tell_expired(campaign: Campaign, year: int, *, lost: int, of: int) -> list[Problem]:
    """What `valid_until` keeps from being planned is said, not dropped in silence."""
    if not lost:
        return []
    if lost < of:
        message = f"{lost} of {of} pieces of {year} lie after it; not planned."
    else:
        message = (
            f"nothing of it is planned in {year}. To repeat it, check that its facts still hold, then write a new one."
        )
    return [Problem(campaign.path, 0, f"valid_until {campaign.valid_until}: {message}", "warning")]


def tell_review(campaign: Campaign, year: int) -> list[Problem]:
    """Ask whether the facts have changed."""
    reason = why_review(campaign, year)
    if not reason:
        return []
    message = f"have the facts changed? For {year}, {reason}. Check them, then write a valid_until in {year}."
    return [Problem(campaign.path, 0, message, "warning")]
