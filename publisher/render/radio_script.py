"""A radio script: what is said, by whom, how long it takes, and what an editor still has to look at. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.content.model import Campaign, Span, Text, plain_text
from publisher.errors import Problem
from publisher.render.radio_told import Part, Said, tell_campaign
from publisher.render.sentences import split_sentences
from publisher.units import Unit
from publisher.vietnamese.glossary import Reading
from publisher.vietnamese.reader import Doubt, count_syllables, find_unreadable, read_text

LONGEST = 30  # syllables a listener follows in one sentence (research on broadcast Vietnamese: 15–20, not over 30)
STUDIO_RATE = 230  # syllables a minute, measured on national radio news
_MARK = 0xE000  # of the private use area: no campaign text holds it
PAUSE_S = 0.4  # between two sentences


@dataclass(frozen=True)
class Line:
    """One sentence. `said` is what the announcer reads; `cut` proposes where a long one is divided ('' when short)."""

    speaker: str
    said: str
    written: str
    syllables: int
    cut: str = ""


@dataclass(frozen=True)
class Turn:
    """A block of the script with its running time in seconds."""

    name: str
    lines: tuple[Line, ...]
    seconds: float


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
    campaign: Campaign, unit: Unit, *, phrases: Mapping[str, str], reading: Reading, rate: int, length_s: int = 0
) -> Script:
    """The script; with `length_s` the longest version of whole sentences that fits, its frame always kept."""
    voice = _Voice(reading)
    turns = [voice.speak(part, number, rate) for number, part in enumerate(tell_campaign(campaign, unit, phrases))]
    must = [part.must for part in tell_campaign(campaign, unit, phrases)]
    left_out: tuple[str, ...] = ()
    if length_s:
        turns, left_out = shorten(turns, must, rate, length_s)
    return Script(
        campaign=campaign.slug,
        title=campaign.title,
        programme=phrases["programme"].format(topic=unit.short_name),
        station=unit.station or unit.name,
        writer=campaign.author,
        editor=campaign.editor,
        rate=rate,
        turns=tuple(turns),
        changed=tuple(dict.fromkeys(voice.changed)),
        doubts=tuple(dict.fromkeys(voice.doubts)),
        left_out=left_out,
    )


class _Voice:
    """Reads parts aloud, sentence by sentence, and remembers what was not said as written."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.changed: list[tuple[str, str]] = []
        self.doubts: list[Doubt] = []

    def speak(self, part: Part, number: int, rate: int) -> Turn:
        """One part; announcers take turns, and in a dialogue one asks and the other answers."""
        lines: list[Line] = []
        for said in part.said:
            speaker = "PTV1" if said.kind == "question" else "PTV2" if said.kind == "answer" else f"PTV{number % 2 + 1}"
            lines += [self.line(speaker, sentence) for sentence in self.sentences(said)]
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
        self.doubts += [replace(doubt, start=0) for doubt in spoken.doubts]
        self.changed += changes(written, said)
        syllables = count_syllables(said)
        return Line(speaker, said, written, syllables, propose_cut(said) if syllables > LONGEST else "")


def seconds_of(lines: Sequence[Line], rate: int) -> float:
    """Running time: syllables at the station's rate, and a pause after each sentence."""
    return round(sum(line.syllables for line in lines) * 60 / rate + PAUSE_S * len(lines), 1)


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
    """The sentence with ‖ where it may be divided: at the comma, or before the joining word, nearest its middle."""
    words = said.split()
    joins = {"và", "để", "nhưng", "vì", "nên", "khi", "nếu", "trong", "từ", "với", "do", "bằng", "tại"}
    places = [i + 1 for i, word in enumerate(words[:-1]) if word.endswith((",", ";", ":"))]
    places = places or [i for i, word in enumerate(words) if i > 3 and word in joins] or [len(words) // 2]
    at = min(places, key=lambda place: abs(place - len(words) / 2))
    return f"{' '.join(words[:at])} ‖ {' '.join(words[at:])}"


def shorten(
    turns: Sequence[Turn], must: Sequence[bool], rate: int, length_s: int
) -> tuple[list[Turn], tuple[str, ...]]:
    """Whole sentences in order until the time is up; greeting, lead and farewell always stay."""
    room = length_s - sum(turn.seconds for turn, kept in zip(turns, must, strict=True) if kept)
    kept_turns: list[Turn] = []
    left_out: list[str] = []
    for turn, kept in zip(turns, must, strict=True):
        if kept:
            kept_turns.append(turn)
            continue
        lines: list[Line] = []
        for line in turn.lines:
            cost = seconds_of([line], rate)
            if cost <= room and len(lines) == turn.lines.index(line):
                lines.append(line)
                room -= cost
            else:
                left_out.append(line.written)
        if len(lines) == 1 and len(turn.lines) > 1:  # a heading that announces nothing
            room += seconds_of(lines, rate)
            left_out.append(lines.pop().written)
        if lines:
            kept_turns.append(Turn(turn.name, tuple(lines), seconds_of(lines, rate)))
    return kept_turns, tuple(left_out)


def lint_script(script: Script, *, path: str) -> tuple[Problem, ...]:
    """What must not reach an announcer (errors), and what an editor should look at (warnings)."""
    problems = []
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
    """The programme's head; what is not known yet is a line to write on."""
    blank = "……………………"
    return [
        ("Chương trình", script.programme),
        ("Số", blank),
        ("Đài", script.station),
        ("Ngày, giờ phát", blank),
        ("Người viết", script.writer or blank),
        ("Biên tập", script.editor or blank),
        ("Người duyệt", blank),
        ("Thời lượng", f"{clock(script.seconds)} ({script.syllables} âm tiết, {script.rate} âm tiết/phút)"),
    ]


def clock(seconds: float) -> str:
    """`95` → 1 phút 35 giây."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} phút {rest:02d} giây" if minutes else f"{rest} giây"
