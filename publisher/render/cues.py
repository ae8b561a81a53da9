"""Captions: the words of a film in short pieces, each with its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from publisher.render.sentences import split_sentences
from publisher.render.storyboard import FPS, Scene, Storyboard, reading_s

LONGEST = 84
"""Characters: two lines of 42, what captions for people who cannot hear usually keep to."""
SHORT = 24
"""Characters: less is gone before it is seen."""


@dataclass(frozen=True)
class Cue:
    """A caption: what is to be read between two times, in seconds from the film's start."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Piece:
    """So much of a scene's words as one caption holds; `item` is the one of the scene it tells of."""

    scene: int
    item: int
    text: str


def caption_cues(board: Storyboard, *, end_text: str) -> tuple[Cue, ...]:
    """Captions in step with the narration, else with what arrives on the screen; none past the end of the film.

    One follows another, that of the end card last.
    """
    pieces = list(told_pieces(board))
    starts = board.told_s or tuple(_shown_s(board, pieces))
    texts = [*(piece.text for piece in pieces), end_text]
    # What a narration still says over the end card is read there; the card itself is read when that is over.
    card_s = max([board.end.start / FPS, *([starts[-1] + reading_s(texts[-2])] if board.told_s else [])])
    times = [*starts, min(card_s, board.duration_s), board.duration_s]
    if times and pieces:
        times[0] = 0.0
    return tuple(
        Cue(start, end, text) for text, (start, end) in zip(texts, pairwise(times), strict=True) if text and end > start
    )


def told_pieces(board: Storyboard) -> Iterator[Piece]:
    """What the scenes say, in its order, but the end card."""
    for number, scene in enumerate(board.scenes[:-1]):
        for item, text in enumerate(_item_texts(scene)):
            if text:
                yield from (Piece(number, item, part) for part in _cut(text))


def _cut(text: str) -> list[str]:
    """At ends of sentences, and within long ones. Very short ones go together."""
    pieces = list[str]()
    for sentence in split_sentences(text):
        for part in _cut_sentence(sentence):
            short = pieces and min(len(pieces[-1]), len(part)) < SHORT
            if short and len(pieces[-1]) + 1 + len(part) <= LONGEST:
                pieces[-1] += f" {part}"
            else:
                pieces.append(part)
    return pieces


def _cut_sentence(sentence: str) -> list[str]:
    """At the clause, else the word, nearest to the middle, and each part again while it is too long."""
    blanks = [at for at, letter in enumerate(sentence) if letter == " "]
    if len(sentence) <= LONGEST or not blanks:
        return [sentence]
    clauses = [at for at in blanks if sentence[at - 1] in ",;:–" and SHORT < at < len(sentence) - SHORT]
    if len(sentence) <= 2 * LONGEST:
        clauses = [at for at in clauses if max(at, len(sentence) - at - 1) <= LONGEST]
    words = [at for at in blanks if not sentence[at + 1 : at + 2].isdigit()]
    at = min(clauses or words or blanks, key=lambda one: abs(one - len(sentence) / 2))
    return [*_cut_sentence(sentence[:at]), *_cut_sentence(sentence[at + 1 :])]


def _item_texts(scene: Scene) -> Iterator[str]:
    if scene.kind == "opening":
        yield ". ".join(text for text in (scene.items[0].item.body, scene.heading) if text)
        return
    for index, timed in enumerate(scene.items):
        text = timed.item.text
        headed = index == 0 and scene.heading and not scene.continues and scene.heading != text
        joint = " " if scene.heading and scene.heading[-1] in ".?!:…" else ": "
        yield f"{scene.heading}{joint}{text}" if headed and text else text


def _shown_s(board: Storyboard, pieces: list[Piece]) -> Iterator[float]:
    """When each piece is shown: with its item, and those of one item in turn, each as long as it takes to read."""
    for number, scene in enumerate(board.scenes[:-1]):
        own = [piece for piece in pieces if piece.scene == number]
        begins = [0 if piece.item == own[0].item else scene.items[piece.item].enter for piece in own]
        for index, (piece, begin) in enumerate(zip(own, begins, strict=True)):
            same = [other for other in own if other.item == piece.item]
            until = next((b for other, b in zip(own, begins, strict=True) if other.item > piece.item), scene.frames)
            before = sum(reading_s(other.text) for other in same[: index - own.index(same[0])])
            part = before / sum(reading_s(other.text) for other in same)
            yield (scene.start + begin + (until - begin) * part) / FPS
