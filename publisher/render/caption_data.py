"""What a caption is made from: the campaign as plain values, and how they are left out when room is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.content.model import Block, Bullets, Campaign, Figures, Paragraph, Questions, Steps
from publisher.render.sentences import clean, end_sentence, split_sentences
from publisher.units import Unit


@dataclass(frozen=True)
class Material:
    """The words a template may show, whole sentences each."""

    title: str
    lead: tuple[str, ...]
    figures: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    paragraphs: tuple[tuple[str, ...], ...]
    questions: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    hashtags: tuple[str, ...]

    def removals(self) -> list[tuple[str, int]]:
        """What goes first when room is short, and how often: the least needed before the hook and the source."""
        return [
            ("questions", len(self.questions)),
            ("sentences", sum(len(part) for part in self.paragraphs)),
            ("steps", 2 if self.steps else 0),
            ("figures", len(self.figures)),
            ("lead", max(0, len(self.lead) - 1)),
            ("sources", max(0, len(self.sources) - 1)),
            ("hashtags", max(0, len(self.hashtags) - 1)),
            ("lead", min(1, len(self.lead))),
            ("sources", min(1, len(self.sources))),
            ("hashtags", min(1, len(self.hashtags))),
        ]

    def total(self) -> int:
        """How many removals there are."""
        return sum(count for _, count in self.removals())


def gather_material(campaign: Campaign, *, hashtags: Sequence[str]) -> Material:
    """Everything of the campaign that a caption may say, in its order."""
    blocks = campaign.blocks()
    lead = tuple(end_sentence(sentence) for sentence in split_sentences(campaign.summary))
    figures = [item for block in blocks if isinstance(block, Figures) for item in block.items]
    steps = [item for block in blocks if isinstance(block, Steps) for item in block.items]
    questions = [item for block in blocks if isinstance(block, Questions) for item in block.items]
    return Material(
        title=clean(campaign.title),
        lead=lead,
        figures=tuple(clean(f"{item.lead}{item.label.plain}") for item in figures),
        steps=tuple((_step(item.head.plain, item.body.plain), clean(item.head.plain)) for item in steps),
        paragraphs=tuple(part for block in blocks if (part := _sentences(block)) and part != lead),
        questions=tuple((clean(item.question.plain), _answer(item.answer)) for item in questions),
        sources=tuple(clean(source) for source in campaign.sources if clean(source)),
        hashtags=tuple(hashtags),
    )


def _step(head: str, body: str) -> str:
    glue = "" if body[:1] in (",", ".", ";", ":", " ") or not head else " "
    return clean(f"{head}{glue}{body}")


def _sentences(block: Block) -> tuple[str, ...]:
    if isinstance(block, Paragraph):
        return tuple(end_sentence(sentence) for sentence in split_sentences(block.text.plain))
    if isinstance(block, Bullets):
        return tuple(end_sentence(clean(item.plain)) for item in block.items if item)
    return ()


def _answer(blocks: Sequence[Block]) -> str:
    return " ".join(sentence for block in blocks for sentence in _sentences(block))


def caption_values(
    material: Material, unit: Unit, *, removed: int, link: str, ai_label: str, title: str | None = None
) -> dict[str, object]:
    """The plain values a template is given after `removed` removals; docs/captions.md lists their names."""
    kept = _kept(material, removed)
    short_steps = kept["steps"] == 1
    steps = [head if short_steps else text for text, head in material.steps] if kept["steps"] else []
    if not all(steps):
        steps = []  # a step without a head cannot be said in short, and half of the steps would mislead
    return {
        "title": material.title if title is None else title,
        "lead": " ".join(material.lead[: kept["lead"]]),
        "figures": [{"text": text, "sentence": _as_sentence(text)} for text in material.figures[: kept["figures"]]],
        "steps": [{"number": number, "text": text} for number, text in enumerate(steps, 1)],
        "paragraphs": _paragraphs(material.paragraphs, kept["sentences"]),
        "questions": [{"question": q, "answer": a} for q, a in material.questions[: kept["questions"]]],
        "sources": list(material.sources[: kept["sources"]]),
        "hashtags": " ".join(f"#{tag}" for tag in material.hashtags[: kept["hashtags"]]),
        "link": link,
        "ai_label": ai_label,
        "shortened": removed > 0 or title is not None,
        "unit": {
            "name": clean(unit.name),
            "short_name": clean(unit.short_name),
            "hotline": clean(unit.hotline),
            "address": clean(unit.address),
            "website": clean(unit.website),
            "station": clean(unit.station),
        },
    }


def _kept(material: Material, removed: int) -> dict[str, int]:
    kept: dict[str, int] = {}
    for name, count in material.removals():
        kept[name] = kept.get(name, 0) + count
    for name, count in material.removals():
        taken = min(count, removed)
        kept[name] -= taken
        removed -= taken
    return kept


def _as_sentence(text: str) -> str:
    return end_sentence(text[:1].upper() + text[1:])


def _paragraphs(paragraphs: Sequence[Sequence[str]], count: int) -> list[str]:
    """The first `count` sentences, still in their paragraphs."""
    shown: list[str] = []
    for sentences in paragraphs:
        part = sentences[: max(0, count)]
        count -= len(sentences)
        if part:
            shown.append(" ".join(part))
    return shown
