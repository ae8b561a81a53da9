"""A campaign file's text → a Campaign, or every problem of it with its line. Nothing is read, run or fetched."""

from __future__ import annotations

import re
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
from publisher.content.signs import clean_source
from publisher.content.slug import make_slug
from publisher.errors import Problem

LONGEST_SENTENCE = 30  # syllables; a listener loses longer ones (vietnamese readers' measured advice)
LONGEST_TITLE = 300
_SENTENCE_END = re.compile(r"[.!?…;:]+(?=\s|$)|\n")


@dataclass(frozen=True)
class Known:
    """Ids that exist in the workspace; an empty set means that the name is not checked."""

    key_days: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()


def parse_campaign(text: str, *, path: str, known: Known) -> tuple[Campaign | None, tuple[Problem, ...]]:
    """Parse one file. The campaign is None when any problem is an error."""
    draft, problems = read_draft(text, path=path, known=known)
    failed = any(problem.level == "error" for problem in problems)
    return (None if failed else draft), problems


def read_draft(text: str, *, path: str, known: Known) -> tuple[Campaign, tuple[Problem, ...]]:
    """What can be read of one file, errors or not: so that its pictures are looked up too. Its slug may be ''."""
    text, problems = clean_source(text, path)
    front, body_text, first_line = read_front_matter(text, path=path, known=known)
    body = read_body(body_text, path=path, first_line=first_line)
    problems += front.problems + body.problems
    draft = assemble(front, body, path, problems)
    problems += warn_long_sentences(draft)
    return draft, tuple(sorted(set(problems)))


def assemble(front: FrontMatter, body: Body, path: str, problems: list[Problem]) -> Campaign:
    """Front matter and body as one campaign, with the defaults of the format filled in."""
    title = front.title or body.title
    line = front.title_line or body.title_line or 1
    problems += judge_title(front, body, path) if front.readable else []
    sections, summary, summary_line = tuple(body.sections), front.summary, front.summary_line
    if not summary:
        sections, summary, summary_line, found = take_summary(sections)
        problems += [Problem(path, summary_line, message, "warning") for message in found]
    slug = front.slug or make_slug(title.plain)
    if title and not slug:
        problems.append(Problem(path, line, "slug: the title has no Latin letter or digit. Write `slug:` above."))
    return replace(
        front.campaign,
        path=path,
        title=title.plain,
        summary=summary.plain or title.plain,
        slug=slug,
        sections=sections,
        title_line=line,
        summary_line=summary_line or 1,
        title_text=title,
        summary_text=summary or title,
    )


def judge_title(front: FrontMatter, body: Body, path: str) -> list[Problem]:
    """A campaign has one title, not too long to stand above anything."""
    found = []
    title = front.title or body.title
    line = front.title_line or body.title_line or 1
    if front.title and body.title and front.title.plain != body.title.plain:
        message = "the `#` heading and `title` differ; a campaign has one title. Keep one of them."
        found.append(Problem(path, body.title_line, message))
    if not title:
        found.append(Problem(path, line, "no title; write `title:` above or a `# heading`. Add one."))
    if len(title.plain) > LONGEST_TITLE:
        message = f"title: {len(title.plain)} characters; at most {LONGEST_TITLE}. Move a part of it into the summary."
        found.append(Problem(path, line, message))
    return found


def take_summary(sections: tuple[Section, ...]) -> tuple[tuple[Section, ...], Text, int, list[str]]:
    """The first paragraph becomes the summary and leaves the body, so that no output shows it twice.

    A paragraph that is followed by nothing in its section takes a section without heading with it. Gives the
    sections left, the summary, its line, and what an editor should know about it.
    """
    for index, section in enumerate(sections):
        for at, block in enumerate(section.blocks):
            if isinstance(block, Paragraph):
                rest = section.blocks[:at] + section.blocks[at + 1 :]
                kept = (replace(section, blocks=rest),) if rest or section.heading else ()
                found = list(judge_summary(section, block.text))
                return sections[:index] + kept + sections[index + 1 :], block.text, block.line, found
    return sections, Text(), 0, []


def judge_summary(section: Section, text: Text) -> Iterable[str]:
    if section.heading:
        yield (
            f"no `summary:` and no paragraph above the first `##`; this one leaves “{section.heading.plain[:40]}” and "
            "becomes the summary. Write `summary:` to keep it here."
        )
    if any(span.href for span in text.spans):
        yield "the summary holds a link; outputs show its words only. Move the link into a section."


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
    yield campaign.summary_spoken, campaign.summary_line
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
