"""Reading aloud: every file of tests/cases/reading is one case; the rest are promises about any text."""

from __future__ import annotations

from pathlib import Path
from re._constants import MAXREPEAT
from re._parser import parse as parse_pattern
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.model import Span, Text
from publisher.errors import SettingsError
from publisher.vietnamese.glossary import Reading, load_reading
from publisher.vietnamese.reader import count_syllables, find_unreadable, read_aloud, read_text
from publisher.vietnamese.tokens import PATTERNS
from publisher.workspace import Workspace, load_workspace
from tests.unit.step_counting import steps_of

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "cases" / "reading").glob("*.txt"))
WORKSPACE = load_workspace(ROOT)
READING = load_reading(WORKSPACE)
MODES = {
    "broadcast": READING,
    "spell": load_reading(WORKSPACE, mode="spell"),
    "expand": load_reading(WORKSPACE, mode="expand"),
}
SOUTH = load_reading(WORKSPACE, region="south")


def read_case(path: Path) -> tuple[Reading, str, str, list[str]]:
    """Settings, input, expected words, and what has to be listed as a doubt."""
    given, expected = path.read_text("utf-8").split("# expected\n")
    *head, text = given.rstrip("\n").split("\n")
    chosen = dict(line.split(": ") for line in head)
    reading = SOUTH if chosen.get("region") == "south" else MODES[chosen.get("mode", "broadcast")]
    lines = expected.rstrip("\n").split("\n")
    doubts = [line.removeprefix("# doubt: ") for line in lines if line.startswith("# doubt: ")]
    return reading, text, "\n".join(line for line in lines if not line.startswith("# doubt: ")), doubts


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 600


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_text_is_read_as_a_listener_expects(path: Path) -> None:
    reading, text, expected, doubts = read_case(path)
    spoken = read_aloud(text, reading)
    assert spoken.text == expected
    assert [doubt.written for doubt in spoken.doubts] == doubts


def test_an_override_is_said_as_it_stands() -> None:
    text = Text((Span("Nghị quyết "), Span("57-NQ/TW", spoken="số năm bảy"), Span(" và 2 việc")))
    assert read_text(text, READING).text == "Nghị quyết số năm bảy và hai việc"


def test_decomposed_letters_are_read_like_composed_ones() -> None:
    assert read_aloud("Ngày 10/10 ở Tỉnh Mẫu", READING) == read_aloud("Ngày 10/10 ở Tỉnh Mẫu", READING)


def test_what_cannot_be_read_is_found() -> None:
    assert find_unreadable("còn 5 việc") == ["5"]
    assert find_unreadable("ở UBND xã") == ["UBND"]
    assert find_unreadable("một & hai") == ["&"]
    assert find_unreadable("Tám mươi phần trăm người dân.") == []


def test_syllables_are_counted_by_words() -> None:
    assert count_syllables("Hai mươi mốt – xã, phường.") == 5


def test_a_word_list_that_cannot_be_read_aloud_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "assets" / "reading"
    folder.mkdir(parents=True)
    (folder / "glossary.yaml").write_text("words:\n  UBND: Ủy ban\n  X: 5 việc\n", encoding="utf-8")
    workspace = Workspace(tmp_path, WORKSPACE.zone, "tinh-mau", "vi", "")
    with pytest.raises(SettingsError, match=r"glossary.yaml:3: X: `5 việc` cannot be read aloud"):
        load_reading(workspace)


LETTERS = "abcdđêôơưáàảãạ ABCĐU0123456789.,;:-–/%°@#()&+=~<>≥≤\"'“”…\n_*²"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=LETTERS, max_size=120))
def test_no_digit_and_no_sign_is_left_over(text: str) -> None:
    """Whatever is written, what reaches an announcer has no digit in it."""
    spoken = read_aloud(text, READING).text
    assert not any(c.isdigit() for c in spoken)
    assert not set(spoken) & set("%@#&+=~<>≥≤*_°²")


ODD_SIGNS = "aĐ 5½⅔²³⁷₂①Ⅳ№℃µαЖ字😀♥★►“”‰§¶†~^|\\{}[]<>=±×÷→′″º%&+*#@_`´¨\u200b\u0301٣"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=ODD_SIGNS, max_size=40))
def test_a_sign_that_is_left_over_or_left_away_is_named_as_a_doubt(text: str) -> None:
    spoken = read_aloud(text, READING)
    assert not find_unreadable(spoken.text) or spoken.doubts
    if set(text) & set("¶†★►♥😀字Ж^"):
        assert spoken.doubts


@pytest.mark.parametrize("text", ["1.2.3.4.5.6.7", "12.34.56,78", "1/2.3/4", "9:99:99", "0,5,7", "10.5.6/7"])
def test_figures_that_run_together_are_never_read_silently(text: str) -> None:
    assert read_aloud(f"chỉ số {text} của tỉnh", READING).doubts


def test_an_abbreviation_with_several_meanings_names_them_all() -> None:
    (doubt,) = read_aloud("họp tại TT xã", READING).doubts
    assert doubt.said == "trung tâm"
    assert "thông tư, thường trực" in doubt.why


def test_the_title_is_not_said_twice_where_the_text_gives_it() -> None:
    said = read_aloud("Nghị quyết 57-NQ/TW về đột phá phát triển khoa học", MODES["expand"]).text
    assert said == "Nghị quyết năm mươi bảy của Bộ Chính trị về đột phá phát triển khoa học"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["nhân dân", "học tập", "xã Mẫu", "trực tuyến", "đổi mới"]), max_size=12))
def test_plain_words_are_said_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert read_aloud(text, READING).text == text


NAMES = {
    "CLB": "câu lạc bộ", "HTX": "hợp tác xã", "BCĐ": "Ban Chỉ đạo", "UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân",
    "BHXH": "bảo hiểm xã hội", "TTHC": "thủ tục hành chính", "ANTT": "an ninh trật tự", "HND": "Hội Nông dân",
    "XNK": "xuất nhập khẩu", "KCN": "khu công nghiệp", "DNNVV": "doanh nghiệp nhỏ và vừa",
}  # fmt: skip
JOINED = st.sampled_from(
    [
        *NAMES,
        *NAMES.values(),
        "và",
        "phối hợp",
        "đại hội",
        "công an",
        "sản xuất",
        "gặp",
        "xã Mẫu",
        "của",
        "tỉnh,",
        "ủy ban",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(JOINED, min_size=1, max_size=9))
def test_an_abbreviation_is_said_unless_its_own_name_stands_before_it(parts: list[str]) -> None:
    """Behind its beginning (thủ tục TTHC) an abbreviation goes on; said earlier in the sentence, it is said again."""
    said = f" {read_aloud(' '.join(parts), READING).text.lower()} "
    for letters, name in NAMES.items():
        places = [at for at, part in enumerate(parts) if part in (letters, name)]
        glosses = [at for at in places if at and parts[at] == letters and parts[at - 1] == name]
        assert said.count(name.lower()) >= len(places) - len(glosses)


HOSTILE = (
    "1", "1.", "1/", "9,", "A", "a.", "1-", "-", "/", "0", " 1", "1.000", "A/", "@a.", "XXX", "1x", "1 x ", "45'", "A.1-",
    "0912 ", "1:", "II. ", "½", "1°1'", "1/QĐ-", "#a1", "ha/", "5 đồng/", "P.A", "(0", "T1/", "1 000 ", "&", "×1", "km/",
    "10:23:", "12,8N ", "14'3", "(0263) 3 ", "1.004222.", "AB 1", "QĐ 1/QĐ-", "lớp 5/2, ", "gọi 123, ", "1m6", "STK 12 ",
)  # fmt: skip


@pytest.mark.parametrize("run", HOSTILE)
def test_hostile_runs_are_read_to_their_end(run: str) -> None:
    """No pattern may look back and forth over a whole run: one that does never comes back from these."""
    text = run * (24_000 // len(run))
    assert not any(c.isdigit() for c in read_aloud(text, READING).text)


@pytest.mark.parametrize(
    "run", [*HOSTILE, "Xã Mẫu họp lúc 8 giờ ngày 18/5 theo Quyết định 1169/QĐ-TTg, giá 7.200 đồng/kg. "]
)
def test_reading_takes_steps_by_the_length_of_the_text(run: str) -> None:
    """Twice the text, about twice the steps; what a pattern does inside is bounded by the test below."""
    small, large = (steps_of(lambda size=size: read_aloud(run * (size // len(run)), READING)) for size in (800, 1600))  # type: ignore[misc]
    assert large < 2.4 * small + 2000


def test_no_pattern_repeats_without_bound() -> None:
    """What every pattern can take is bounded, so the work for a text grows as its length does."""
    for name, pattern in PATTERNS:
        assert not unbounded_parts(parse_pattern(pattern)), name


def unbounded_parts(parsed: Any) -> list[object]:
    """Repeats of a parsed pattern that have no upper bound."""
    found: list[object] = []
    for op, value in parsed:
        if str(op) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            found += [value] if value[1] == MAXREPEAT else []
            found += unbounded_parts(value[2])
        elif str(op) == "SUBPATTERN":
            found += unbounded_parts(value[3])
        elif str(op) == "BRANCH":
            found += [part for branch in value[1] for part in unbounded_parts(branch)]
        elif str(op).startswith("ASSERT"):
            found += unbounded_parts(value[1])
    return found
