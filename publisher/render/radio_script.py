"""A radio script: what is said, by whom, how long it takes, and what an editor still has to look at. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from publisher.content.model import Campaign, Span, Text, plain_text
from publisher.errors import Problem
from publisher.render.radio_length import fit_length
from publisher.render.radio_lines import Line, Reminder, Turn, seconds_of
from publisher.render.radio_told import Part, Said, tell_campaign
from publisher.render.sentences import split_sentences
from publisher.units import Unit
from publisher.vietnamese.glossary import Reading
from publisher.vietnamese.hearing import Doubt
from publisher.vietnamese.reader import count_syllables, find_unreadable, read_text

LONGEST = 30  # syllables a listener follows in one sentence (research on broadcast Vietnamese: 15–20, not over 30)
STUDIO_RATE = 230  # syllables a minute, measured on national radio news
LEAST_PART = 3  # words before a joining word, for a cut there
_JOINS = frozenset(("và", "để", "nhưng", "vì", "nên", "khi", "nếu", "trong", "từ", "với", "do", "bằng", "tại"))
_MARK = 0xE000  # of the private use area: no campaign text holds it


@dataclass(frozen=True)
class Paper:
    """What the station adds to the head of a programme: its number, day and time on air, who approved; '' if open."""

    number: str = ""
    on_air: str = ""
    approver: str = ""


@dataclass(frozen=True)
class Script:
    """A whole programme. `changed` lists what is not said as it is written; `left_out` what a version leaves away."""

    campaign: str
    title: str
    programme: str
    station: str
    writer: str
    editor: str
    rate: int
    length_s: int
    paper: Paper
    turns: tuple[Turn, ...]
    changed: tuple[tuple[str, str], ...]
    doubts: tuple[Doubt, ...]
    left_out: tuple[str, ...]

    @property
    def seconds(self) -> float:
        return sum(turn.seconds for turn in self.turns)

    @property
    def syllables(self) -> int:
        return sum(line.syllables for turn in self.turns for line in turn.lines)


def write_script(
    campaign: Campaign,
    unit: Unit,
    *,
    phrases: Mapping[str, str],
    reading: Reading,
    rate: int,
    length_s: int = 0,
    paper: Paper = Paper(),
) -> Script:
    """The script; with `length_s` the longest version of whole sentences that fits."""
    voice = _Voice(reading)
    parts = tell_campaign(campaign, unit, phrases)
    turns = tuple(voice.speak(part, number, rate) for number, part in enumerate(parts))
    left_out: tuple[str, ...] = ()
    if length_s:
        turns, left_out = fit_length(turns, rate=rate, length_s=length_s)
    notes = [voice.notes[line.written] for turn in turns for line in turn.lines]
    return Script(
        campaign=campaign.slug,
        title=campaign.title,
        programme=phrases["programme"].format(topic=unit.short_name),
        station=unit.station or unit.name,
        writer=campaign.author,
        editor=campaign.editor,
        rate=rate,
        length_s=length_s,
        paper=paper,
        turns=turns,
        changed=tuple(dict.fromkeys(pair for note in notes for pair in note.changed)),
        doubts=tuple(dict.fromkeys(doubt for note in notes for doubt in note.doubts)),
        left_out=left_out,
    )


@dataclass(frozen=True)
class Note:
    """What is not said as it is written in a sentence, and what is not sure."""

    changed: tuple[tuple[str, str], ...]
    doubts: tuple[Doubt, ...]


class _Voice:
    """Reads parts aloud, sentence by sentence, and remembers what was not said as written."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.notes: dict[str, Note] = {}

    def speak(self, part: Part, number: int, rate: int) -> Turn:
        """One part; announcers take turns, and in a dialogue one asks and the other answers."""
        lines: list[Line] = []
        for said in part.said:
            speaker = "PTV1" if said.kind == "question" else "PTV2" if said.kind == "answer" else f"PTV{number % 2 + 1}"
            sentences = self.sentences(said)
            lines += [
                replace(
                    self.line(speaker, sentence),
                    rank=said.rank,
                    opens=said.opens or (said.whole and number < len(sentences)),
                )
                for number, sentence in enumerate(sentences, 1)
            ]
        return Turn(part.name, tuple(lines), seconds_of(lines, rate))

    def sentences(self, said: Said) -> list[Text]:
        """Whole sentences, each with its own overrides: one character stands for each while they are told apart."""
        overridden = [span for span in said.text.spans if span.spoken is not None]
        marks = {chr(_MARK + at): span for at, span in enumerate(overridden)}
        names = iter(marks)
        whole = "".join(span.text if span.spoken is None else next(names) for span in said.text.spans)
        return [
            Text(tuple(marks[c] if c in marks else Span(c) for c in re.split(f"([{''.join(marks)}])", sentence) if c))
            if marks
            else plain_text(sentence)
            for sentence in split_sentences(whole)
        ]

    def line(self, speaker: str, sentence: Text) -> Line:
        spoken = read_text(sentence, self.reading)
        written, said = sentence.plain, spoken.text[:1].upper() + spoken.text[1:]
        doubts = tuple(replace(doubt, start=0) for doubt in spoken.doubts)
        self.notes[written] = Note(tuple(changes(written, said)), doubts)
        syllables = count_syllables(said)
        cut = propose_cut(said) if syllables > LONGEST else ""
        return Line(speaker, said, written, syllables, cut, notes=remind(self.notes[written]))


def remind(note: Note) -> tuple[Reminder, ...]:
    """The pronunciation column of a sentence: what changed, then what is unsure and was not in it."""
    unsure = {doubt.written for doubt in note.doubts}
    changed = [Reminder(old, new, sure=not any(part in old for part in unsure)) for old, new in note.changed]
    told = " ".join(old for old, _ in note.changed)
    rest = [Reminder(d.written, d.said, sure=False) for d in note.doubts if d.written not in told]
    return tuple(dict.fromkeys([*changed, *rest]))


def changes(written: str, said: str) -> list[tuple[str, str]]:
    """Runs of words that are not said as written: (`57-NQ/TW`, `năm mươi bảy`)."""
    old, new = written.split(), said.split()
    matcher = difflib.SequenceMatcher(None, [w.strip(".,;:()“”") for w in old], [w.strip(".,;:()“”") for w in new])
    found = []
    for tag, a, b, c, d in matcher.get_opcodes():
        before, after = " ".join(old[a:b]).strip(".,;:()“”"), " ".join(new[c:d]).strip(".,;:()“”")
        if tag == "replace" and before.lower() != after.lower():
            found.append((before, after))
    return found


def propose_cut(said: str) -> str:
    """The sentence with ‖ where it may be divided, until no part is too long or none can be divided further."""
    first, second = divide(said)
    return " ‖ ".join(
        propose_cut(part) if count_syllables(part) > LONGEST and len(part.split()) < len(said.split()) else part
        for part in (first, second)
        if part
    )


def divide(said: str) -> tuple[str, str]:
    """Two parts of a sentence: at a comma or before a joining word that stands in its middle, else at any."""
    words = said.split()
    half = len(words) / 2
    commas = [i + 1 for i, word in enumerate(words[:-1]) if word.endswith((",", ";", ":"))]
    joins = [i for i, word in enumerate(words) if i > LEAST_PART and word in _JOINS]
    middle = [[at for at in places if abs(at - half) <= half / 2] for places in (commas, joins)]
    places = middle[0] or middle[1] or commas or joins or [len(words) // 2]
    at = min(places, key=lambda place: abs(place - half))
    return " ".join(words[:at]), " ".join(words[at:])


def lint_script(script: Script, *, path: str) -> tuple[Problem, ...]:
    """What must not reach an announcer (errors), and what an editor should look at (warnings)."""
    problems = []
    if script.length_s and script.seconds > script.length_s:
        message = (
            f"radio script: {script.seconds:.0f} s where {script.length_s} s were asked for; greeting, title and "
            "farewell alone take so long. Ask for a longer version, or shorten the title."
        )
        problems.append(Problem(path, 0, message))
    for turn in script.turns:
        for line in turn.lines:
            left = find_unreadable(line.said)
            if left:
                message = (
                    f"radio script, “{line.said[:60]}…”: `{left[0]}` cannot be read aloud. Write {{đọc: …}} there."
                )
                problems.append(Problem(path, 0, message))
            if line.cut:
                message = f"radio script: a sentence of {line.syllables} syllables; at most {LONGEST}. Cut: {line.cut}"
                problems.append(Problem(path, 0, message, "warning"))
    for doubt in script.doubts:
        message = f"radio script: “{doubt.written}” read as “{doubt.said}”: {doubt.why}."
        problems.append(Problem(path, 0, message, "warning"))
    return tuple(dict.fromkeys(problems))


def header_rows(script: Script) -> list[tuple[str, str]]:
    """The programme's head; what is not known is a line to write on."""
    blank = "……………………"
    return [
        ("Chương trình", script.programme),
        ("Số", script.paper.number or blank),
        ("Đài", script.station),
        ("Ngày, giờ phát", script.paper.on_air or blank),
        ("Người viết", script.writer or blank),
        ("Biên tập", script.editor or blank),
        ("Người duyệt", script.paper.approver or blank),
        ("Thời lượng", f"{clock(script.seconds)} ({script.syllables} âm tiết, {script.rate} âm tiết/phút)"),
    ]


def clock(seconds: float) -> str:
    """`95` → 1 phút 35 giây."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} phút {rest:02d} giây" if minutes else f"{rest} giây"
