"""Headline alternatives, cut by rule from the campaign's own words: nothing is invented."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.content.model import Campaign, Figures, Questions, Steps
from publisher.render.sentences import clean, cut_clause, split_sentences

MAX_HEADLINE = 90  # a headline of two lines in a portal's list


def propose_headlines(campaign: Campaign, *, count: int = 3) -> list[str]:
    """Up to `count` headlines other than the title, the most telling first.

    They are cut from a figure with its label, the summary, the title's parts, a question, a step and the sections'
    headings. Fewer are given when the campaign holds fewer words.
    """
    found: list[str] = []
    seen = {_key(campaign.title)}
    for candidate in _candidates(campaign):
        headline = _shape(candidate)
        if headline and _key(headline) not in seen:
            seen.add(_key(headline))
            found.append(headline)
        if len(found) == count:
            break
    return found


def _key(text: str) -> str:
    return clean(text).rstrip(".!?…:").casefold()


def _shape(text: str) -> str:
    """One sentence as a headline: no full stop, a capital first, cut at a clause when it is long."""
    sentences = split_sentences(text)
    line = sentences[0].rstrip(" .…:;,") if sentences else ""
    if len(line) > MAX_HEADLINE:
        line = cut_clause(line, limit=MAX_HEADLINE)
    return line[:1].upper() + line[1:]


def _candidates(campaign: Campaign) -> Iterator[str]:
    blocks = campaign.blocks()
    figures = [item for block in blocks if isinstance(block, Figures) for item in block.items]
    yield from (f"{item.lead}{item.label.plain}" for item in figures[:1])
    yield campaign.summary
    yield from (item.question.plain for b in blocks if isinstance(b, Questions) for item in b.items[:1])
    yield from _title_parts(campaign.title)
    yield from (item.head.plain for block in blocks if isinstance(block, Steps) for item in block.items[:1])
    yield from (f"{item.lead}{item.label.plain}" for item in figures[1:])
    yield from (section.heading.plain for section in campaign.sections)
    yield from split_sentences(campaign.summary)[1:]
    yield from _clauses(campaign.summary)


def _title_parts(title: str) -> list[str]:
    for sign in (": ", " – ", " — ", " - "):
        if sign in title:
            return title.split(sign)
    return []


def _clauses(text: str) -> list[str]:
    return [part for sentence in split_sentences(text) for part in sentence.split(", ") if len(part.split()) > 3]
