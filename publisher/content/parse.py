"""A campaign file's text → a Campaign, or every problem of it with its line. Nothing is read, run or fetched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from publisher.content.body import Body, read_body
from publisher.content.frontmatter import FrontMatter, read_front_matter
from publisher.content.model import (
    Block,
    Bullets,
    Campaign,
    Figures,
    Paragraph,
    Questions,
    Quotation,
    Section,
    Steps,
    Text,
)
from publisher.content.slug import make_slug
from publisher.errors import Problem

LONGEST_SENTENCE = 30  # syllables; a listener loses longer ones (vietnamese readers' measured advice)
LONGEST_TITLE = 300
# Directions and controls that make a text read otherwise than it looks.
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\ufffe]")
_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})
_SENTENCE_END = re.compile(r"[.!?…;:]+(?=\s|$)|\n")


@dataclass(frozen=True)
class Known:
    """Ids that exist in the workspace; an empty set means that the name is not checked."""

    key_days: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


def parse_campaign(text: str, *, path: str, known: Known) -> tuple[Campaign | None, tuple[Problem, ...]]:
    """Parse one file. The campaign is None when any problem is an error."""
    text, problems = clean(text, path)
    front, body_text, first_line = read_front_matter(text, path=path, known=known)
    body = read_body(body_text, path=path, first_line=first_line)
    problems += front.problems + body.problems
    campaign = assemble(front, body, path, problems)
    problems += warn_long_sentences(campaign)
    failed = any(problem.level == "error" for problem in problems)
    return (None if failed else campaign), tuple(sorted(set(problems)))


def clean(text: str, path: str) -> tuple[str, list[Problem]]:
    """NFC, `\\n` line ends, look-alike letters repaired, hidden characters reported."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        hidden = _HIDDEN.search(line)
        if hidden:
            message = f"hidden character U+{ord(hidden.group()):04X}; texts hold letters, signs and blanks. Delete it."
            problems.append(Problem(path, number, message))
        if line != line.translate(_LOOKALIKES):
            problems.append(Problem(path, number, "Ð or Ɖ stands for Đ; read as Đ. Type Đ.", "warning"))
    return _HIDDEN.sub("", text).translate(_LOOKALIKES), problems


def assemble(front: FrontMatter, body: Body, path: str, problems: list[Problem]) -> Campaign:
    """Front matter and body as one campaign, with the defaults of the format filled in."""
    title = front.title or body.title.plain
    if front.title and body.title and front.title != body.title.plain:
        message = "the `#` heading and `title` differ; a campaign has one title. Keep one of them."
        problems.append(Problem(path, body.title_line, message))
    unreadable = any("not readable as YAML" in problem.message for problem in front.problems)
    if not title and not unreadable:
        problems.append(Problem(path, 1, "no title; write `title:` above or a `# heading`. Add one."))
    if len(title) > LONGEST_TITLE:
        message = f"title: {len(title)} characters; at most {LONGEST_TITLE}. Move a part of it into the summary."
        problems.append(Problem(path, front.title_line or body.title_line, message))
    sections, summary, summary_line = tuple(body.sections), front.summary, front.summary_line
    if not summary:
        sections, summary, summary_line = take_summary(sections)
    slug = front.slug or make_slug(title)
    if title and not slug:
        problems.append(Problem(path, 1, "slug: the title has no Latin letter or digit. Write `slug:` above."))
    return replace(
        front.campaign,
        path=path,
        title=title,
        summary=summary or title,
        slug=slug or "untitled",
        sections=sections,
        title_line=front.title_line or body.title_line or 1,
        summary_line=summary_line or 1,
    )


def take_summary(sections: tuple[Section, ...]) -> tuple[tuple[Section, ...], str, int]:
    """The first paragraph becomes the summary and leaves the body, so that no output shows it twice.

    A paragraph that is followed by nothing in its section takes a section without heading with it.
    """
    for index, section in enumerate(sections):
        for at, block in enumerate(section.blocks):
            if isinstance(block, Paragraph):
                rest = section.blocks[:at] + section.blocks[at + 1 :]
                kept = (replace(section, blocks=rest),) if rest or section.heading else ()
                return sections[:index] + kept + sections[index + 1 :], block.text.plain, block.line
    return sections, "", 0


def warn_long_sentences(campaign: Campaign) -> list[Problem]:
    """Sentences that nobody can read aloud in one breath."""
    found = []
    for text, line in spoken_texts(campaign):
        for sentence in _SENTENCE_END.split(text):
            count = len(sentence.split())
            if count > LONGEST_SENTENCE:
                start = " ".join(sentence.split()[:6])
                message = (
                    f"sentence “{start}…” has {count} syllables; at most {LONGEST_SENTENCE} are read well. Cut it."
                )
                found.append(Problem(campaign.path, line, message, "warning"))
    return found


def spoken_texts(campaign: Campaign) -> Iterable[tuple[str, int]]:
    yield campaign.summary, campaign.summary_line
    for block in campaign.blocks():
        yield from ((text.spoken, line) for text, line in _texts(block))


def _texts(block: Block) -> Iterable[tuple[Text, int]]:
    if isinstance(block, Paragraph):
        yield block.text, block.line
    elif isinstance(block, Bullets):
        yield from ((item, block.line) for item in block.items)
    elif isinstance(block, Figures):
        yield from ((item.label, item.line) for item in block.items)
    elif isinstance(block, Steps):
        yield from ((item.body, item.line) for item in block.items)
    elif isinstance(block, Quotation):
        yield from ((paragraph, block.line) for paragraph in block.paragraphs)
    elif isinstance(block, Questions):
        for item in block.items:
            yield item.question, item.line
            for part in item.answer:
                yield from _texts(part)
