"""A version of a given length: which sentences stay, in the order a listener would miss them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from publisher.render.radio_lines import Line, Turn, seconds_of
from publisher.render.radio_told import Rank

# What says who speaks and what it is about comes first; sources are on paper in any case.
_SINGLY = (Rank.LEAD, Rank.GREETING, Rank.HELP)


def fit_length(turns: Sequence[Turn], *, rate: int, length_s: float) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """The turns with whole sentences of at most `length_s` seconds in all, and what was left out as written.

    Greeting, headline, farewell and what the law asks for stay whatever the length is.
    """
    lines = [(at, line) for at, turn in enumerate(turns) for line in turn.lines]
    kept = {index for index, (_, line) in enumerate(lines) if line.rank is Rank.ALWAYS}

    def fits(more: Sequence[int]) -> bool:
        return seconds_of([lines[index][1] for index in kept.union(more)], rate) <= length_s

    for rank in _SINGLY:
        kept.update(take_first(of_rank(lines, rank), fits, kept))
    for at, turn in enumerate(turns):
        steps = [index for index in of_rank(lines, Rank.STEPS) if lines[index][0] == at]
        heading = [index for index, (of, line) in enumerate(lines) if of == at and line is turn.lines[0] and line.opens]
        if steps and fits([*heading, *steps]):
            kept.update([*heading, *steps])
    for at in range(len(turns)):
        body = [index for index in of_rank(lines, Rank.BODY) if lines[index][0] == at]
        keep_body(body, lines, fits, kept)
    for group in (of_rank(lines, Rank.FAREWELL), topics_of(lines, turns, kept), of_rank(lines, Rank.SOURCES)):
        if fits(group):
            kept.update(group)
    left_out = tuple(line.written for index, (_, line) in enumerate(lines) if index not in kept)
    chosen = [
        Turn(turn.name, own, seconds_of(own, rate))
        for at, turn in enumerate(turns)
        if (own := tuple(line for index, (of, line) in enumerate(lines) if of == at and index in kept))
    ]
    return tuple(chosen), left_out


def of_rank(lines: Sequence[tuple[int, Line]], rank: Rank) -> list[int]:
    """Places of the lines of that rank, in order."""
    return [index for index, (_, line) in enumerate(lines) if line.rank is rank]


def take_first(places: Sequence[int], fits: Callable[[Sequence[int]], bool], kept: set[int]) -> list[int]:
    """As many of the places, from the first, as there is time for."""
    taken: list[int] = []
    for place in places:
        if not fits([*taken, place]):
            break
        taken.append(place)
    return taken


def keep_body(
    places: Sequence[int],
    lines: Sequence[tuple[int, Line]],
    fits: Callable[[Sequence[int]], bool],
    kept: set[int],
) -> None:
    """One section from its first sentence on. What only opens what follows stays with the sentence after it."""
    pending: list[int] = []
    for place in places:
        pending.append(place)
        if lines[place][1].opens:
            continue
        if not fits(pending):
            return
        kept.update(pending)
        pending = []


def topics_of(lines: Sequence[tuple[int, Line]], turns: Sequence[Turn], kept: set[int]) -> list[int]:
    """The announced topics that are in this version, with the sentence before them; none where there is but one."""
    heard = {turns[lines[index][0]].name for index in kept if lines[index][1].rank in (Rank.STEPS, Rank.BODY)}
    opening = [index for index in of_rank(lines, Rank.TOPICS) if lines[index][1].opens]
    topics = [
        index
        for index in of_rank(lines, Rank.TOPICS)
        if not lines[index][1].opens and lines[index][1].written.rstrip(".!?…:") in {h.rstrip(".!?…:") for h in heard}
    ]
    return [*opening, *topics] if len(topics) > 1 else []
