"""A campaign becomes scenes in time before any pixel is drawn."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.model import Chart, Figures, Paragraph, Step, Steps, Table, plain_text
from publisher.render.cues import LONGEST, SHORT, caption_cues
from publisher.render.scenes import Room, counts_up, draft_scenes, split_text
from publisher.render.storyboard import BEAT, FPS, plan_storyboard
from publisher.render.subtitles import write_srt, write_vtt
from tests.unit.clip_sample import ASKED, CHART, FIGURES, QUOTE, STEPS, campaign, figures, number

ROOM = Room(34, 17)
EVERYTHING = campaign(FIGURES, CHART, STEPS, QUOTE, ASKED, summary="Người dân làm thủ tục trên điện thoại.")


def test_a_film_has_an_opening_scenes_of_the_body_and_an_end_card() -> None:
    board = plan_storyboard(EVERYTHING, room=ROOM, limit_s=60)
    kinds = [scene.kind for scene in board.scenes]
    assert kinds == ["opening", "lead", "figures", "bars", "steps", "quotation", "question", "end"]
    assert board.left_out == ()


def test_a_heading_and_one_paragraph_make_a_film_of_15_seconds_at_least() -> None:
    board = plan_storyboard(campaign(summary="Một đoạn."), room=ROOM)
    assert 15 <= board.duration_s <= 20


@pytest.mark.parametrize("limit_s", [20, 30, 44, 60])
def test_a_film_keeps_its_limit_and_says_what_it_left_out(limit_s: int) -> None:
    board = plan_storyboard(EVERYTHING, room=ROOM, limit_s=limit_s)
    shown = " ".join(timed.item.text for scene in board.scenes for timed in scene.items)
    assert board.duration_s <= limit_s
    for draft in draft_scenes(EVERYTHING, ROOM):
        for item in draft.items:
            assert item.text in shown or item.text in {left.text for left in board.left_out}


def test_figures_stay_when_time_is_short() -> None:
    board = plan_storyboard(EVERYTHING, room=ROOM, limit_s=20)
    assert "figures" in {scene.kind for scene in board.scenes}
    assert {left.line for left in board.left_out} >= {40, 50}


def test_a_short_film_shows_fewer_figures_rather_than_nothing_else() -> None:
    many = figures(*((f"{n}0%", f"{n}0", "%", 0, "người dân trưởng thành có tài khoản định danh") for n in range(1, 6)))
    made = campaign(many, summary="Người dân làm thủ tục trên điện thoại, không phải đi lại nhiều lần.")
    board = plan_storyboard(made, room=ROOM, limit_s=20)
    shown = {scene.kind: len(scene.items) for scene in board.body}
    assert shown["lead"] == 1
    assert 2 <= shown["figures"] < 5
    assert len(board.left_out) == 5 - shown["figures"]


def test_steps_that_are_cut_say_that_there_are_more() -> None:
    many = Steps(
        tuple(
            Step(plain_text(f"Bước {n}."), plain_text("Làm theo hướng dẫn trên màn hình. " * 2), n) for n in range(14)
        ),
        1,
    )
    board = plan_storyboard(campaign(many), room=ROOM, limit_s=30)
    steps = [scene for scene in board.scenes if scene.kind == "steps"]
    assert [scene.more for scene in steps] == [False] * (len(steps) - 1) + [True]
    assert len(board.left_out) + sum(len(scene.items) for scene in steps) >= 14


def test_scenes_follow_one_another_in_whole_beats_before_the_end_card() -> None:
    board = plan_storyboard(EVERYTHING, room=ROOM)
    at = 0
    for scene in board.scenes:
        assert scene.start == at
        assert scene.frames % BEAT == 0 or scene.kind == "end"
        assert all(0 <= timed.enter < scene.frames for timed in scene.items)
        at += scene.frames


@pytest.mark.parametrize("limit_s", [15, 22, 44, 60])
def test_the_end_card_is_long_enough_to_read_and_to_take_its_code(limit_s: int) -> None:
    """It is what each office pays for on its own; and all of it stands inside the film's length."""
    board = plan_storyboard(EVERYTHING, room=ROOM, limit_s=limit_s)
    assert 3 <= board.end.frames / FPS <= 5
    assert 15 <= board.duration_s <= limit_s


def test_what_was_left_out_comes_back_where_a_larger_scene_made_room() -> None:
    """Text goes first, then the long table; the text fits into what the table leaves."""
    text = Paragraph(plain_text("Một câu ngắn về việc này."), 60)
    rows = tuple((plain_text(f"Thôn {n}"), plain_text("Nhà văn hóa thôn, từ 8 giờ đến 11 giờ")) for n in range(9))
    table = Table((plain_text("Nơi"), plain_text("Giờ")), rows, 70)
    board = plan_storyboard(campaign(FIGURES, text, table), room=ROOM, limit_s=26)
    assert {left.line for left in board.left_out} == {70}


def test_a_film_is_as_long_as_its_narration() -> None:
    board = plan_storyboard(campaign(FIGURES), room=ROOM, limit_s=20, voice_s=41.3)
    assert 41.3 <= board.duration_s < 41.3 + 2


def test_captions_lie_inside_the_film_and_never_overlap() -> None:
    board = plan_storyboard(EVERYTHING, room=ROOM)
    cues = caption_cues(board, end_text="Gọi 1900 0000")
    assert cues[0].start_s == 0
    assert cues[-1].end_s == board.duration_s
    assert all(cue.start_s < cue.end_s for cue in cues)
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(cues))


def test_captions_begin_when_their_words_arrive() -> None:
    board = plan_storyboard(EVERYTHING, room=ROOM)
    steps = next(scene for scene in board.scenes if scene.kind == "steps")
    cues = {cue.text: cue.start_s for cue in caption_cues(board, end_text="")}
    second = steps.items[1]
    assert cues[second.item.text] == (steps.start + second.enter) / FPS


def test_a_caption_ends_with_a_sentence_or_a_clause_and_holds_two_lines_at_most() -> None:
    long = (
        "Ngày 18/5 là Ngày Khoa học và Công nghệ Việt Nam. Ngày này gắn với bài nói chuyện của Chủ tịch Hồ Chí Minh "
        "về khoa học, ngày 18/5/1963, tại Đại hội lần thứ nhất của Hội Phổ biến khoa học và kỹ thuật Việt Nam."
    )
    asked = replace(campaign(ASKED, summary=long), title="Mục tiêu gì?")
    board = plan_storyboard(asked, room=ROOM)
    texts = [cue.text for cue in caption_cues(board, end_text="")]
    assert texts[1] == "Ngày 18/5 là Ngày Khoa học và Công nghệ Việt Nam."
    assert " ".join(texts[1:-1]).startswith(long)
    assert all(SHORT <= len(text) <= LONGEST for text in texts[1:4])
    assert not any(text[0].isdigit() for text in texts[1:4])
    assert not any("?:" in text for text in texts)


def test_captions_hold_text_that_looks_like_markup_or_a_time_line() -> None:
    nasty = campaign(Figures((replace(FIGURES.items[0], label=plain_text("a --> b <script> & c")),), 3))
    cues = caption_cues(plan_storyboard(nasty, room=ROOM), end_text="")
    vtt, srt = write_vtt(cues), write_srt(cues)
    assert vtt.startswith("WEBVTT\n\n")
    assert "a → b &lt;script&gt; &amp; c" in vtt
    assert srt.count("-->") == len(cues)


@pytest.mark.parametrize(
    ("prefix", "counts"), [("Ít nhất ", True), ("Tăng ", True), ("> ", True), ("Điều ", False), ("Nghị quyết ", False)]
)
def test_an_amount_may_have_a_word_before_it_and_a_name_does_not_count(prefix: str, counts: bool) -> None:
    assert counts_up(replace(number("70%", "70", "%"), prefix=prefix)) is counts


def test_parts_of_a_whole_are_shown_on_the_whole() -> None:
    """45 of 100 per cent is not a full bar; where nothing says what the whole is, the longest bar is."""
    (draft,) = draft_scenes(campaign(CHART), Room())
    assert [item.share for item in draft.items] == [0.45, 0.72]
    assert [item.leads for item in draft.items] == [False, True]
    (other,) = draft_scenes(campaign(replace(CHART, unit="tỷ")), Room())
    assert [item.share for item in other.items] == [0.625, 1.0]


def test_bars_of_one_group_stay_on_one_screen() -> None:
    """Two years of one place are compared with each other, so they are seen together, in a colour a year."""
    rows = tuple((number(str(n), str(n)), number(str(n + 5), str(n + 5))) for n in (10, 20, 30, 40))
    names = tuple(plain_text(f"Xã {n}") for n in "ABCD")
    header = (plain_text("Xã"), plain_text("2024"), plain_text("2025"))
    chart = replace(CHART, header=header, labels=names, values=rows, unit="")
    drafts = list(draft_scenes(campaign(chart), Room(30, 12)))
    assert len(drafts) > 1
    for draft in drafts:
        groups = [item.group for item in draft.items]
        assert [groups.count(group) for group in sorted(set(groups))] == [2] * len(set(groups))
        assert [item.series for item in draft.items] == [0, 1] * len(set(groups))


def years(count: int, *, columns: int = 1, digits: str = "1.820", unit: str = "mm") -> Chart:
    names = tuple(plain_text(str(2020 + n)) for n in range(count))
    header = (plain_text("Năm"), *(plain_text(f"Mưa {n}") for n in range(columns)))
    values = tuple(tuple(number(digits, digits) for _ in range(columns)) for _ in range(count))
    return Chart("line", header, names, values, unit, 30)


def test_a_line_has_its_unit_in_the_heading_and_stays_on_one_screen() -> None:
    """The numbers stand close over the points; a word after each would run into the next."""
    (draft,) = draft_scenes(campaign(years(5)), Room(34, 5))
    assert (draft.kind, draft.heading) == ("line", "Những con số (mm)")
    assert [item.body for item in draft.items] == ["1.820"] * 5
    (percent,) = draft_scenes(campaign(years(3, digits="34", unit="%")), ROOM)
    assert (percent.heading, percent.items[0].body) == ("Những con số", "34%")


@pytest.mark.parametrize("chart", [years(9), years(4, digits="1.234.567.890"), years(3, columns=2)])
def test_a_line_without_room_for_its_numbers_and_several_lines_become_bars(chart: Chart) -> None:
    drafts = list(draft_scenes(campaign(chart), ROOM))
    assert {draft.kind for draft in drafts} == {"bars"}
    assert all(item.body.endswith(" mm") for draft in drafts for item in draft.items)


@pytest.mark.parametrize(
    ("written", "digits", "suffix", "counts"),
    [
        ("80%", "80", "%", True),
        ("3.321 xã", "3.321", " xã", True),
        ("2030", "2030", "", False),
        ("24/7", "24", "/7", False),
        ("57-NQ/TW", "57", "-NQ/TW", False),
        ("10–15", "10", "–15", False),
        ("0", "0", "", False),
    ],
)
def test_amounts_count_up_and_names_made_of_digits_do_not(written: str, digits: str, suffix: str, counts: bool) -> None:
    assert counts_up(number(written, digits, suffix)) is counts


@given(st.text(alphabet="abc ,.đ", max_size=300), st.integers(5, 60))
@settings(max_examples=60, deadline=None)
def test_cutting_a_text_loses_no_word(text: str, most: int) -> None:
    assert " ".join(split_text(text, most)).split() == text.split()


def test_a_long_paragraph_goes_over_several_screens_at_ends_of_sentences() -> None:
    sentence = "Người dân nộp hồ sơ trên mạng và nhận kết quả tại nhà."
    made = campaign(Paragraph(plain_text(" ".join([sentence] * 20)), 3))
    items = [item.body for draft in draft_scenes(made, ROOM) for item in draft.items]
    assert len(items) > 1
    assert all(item.endswith(".") for item in items)
