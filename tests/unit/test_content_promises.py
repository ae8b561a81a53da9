"""Promises of the campaign format about any text: nothing breaks it, no word is lost, work grows with length only."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.inline import judge_link
from publisher.content.load import load_campaigns
from publisher.content.model import Campaign
from publisher.content.numbers import format_number, parse_number
from publisher.content.parse import Known, parse_campaign, read_draft
from publisher.content.picture_names import judge_picture_name
from publisher.content.signs import judge_signs, tidy
from publisher.workspace import Workspace
from tests.unit.content_outline import outline
from tests.unit.step_counting import steps_of
from tests.unit.test_content import workspace  # noqa: F401  (a fixture)

KNOWN = Known()
WORDS = [
    "nhân",
    "dân",
    "Xã",
    "Mẫu",
    "đổi",
    "mới",
    "80%",
    "1.234,5",
    "18/5",
    "57-NQ/TW",
    "“Bình",
    "dân”",
    "(học)",
    "vụ;",
    "số.",
]
LINES = [
    "## Mục", "### Câu?", "## Hỏi – đáp", "- **80%** hộ", "- mục", "1. **Mở.** Làm", "| a | b |", "|---|---|", "| 1 | 2 | 3 |",
    "> câu", "> — ai", "![x](a.png)", "[x](https://a.vn)", "[a]: b", "---", "```", "<div>", "</div>", "<!--", "", "", "    mã",
    "title: x", "{{ 7*7 }}", "[a]{đọc: b}", "{focus: 1%}", "\\", "&#x202E;", "\u0301", "**đậm", "*", "\t- x", "=====", "-----",
]  # fmt: skip


def words_of(campaign: Campaign) -> list[str]:
    shown = [line.partition(": ")[2] for line in outline(campaign, ())]
    return re.findall(r"\w+", " ".join(shown))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join))
def test_any_mixture_of_blocks_is_read_and_every_line_is_in_the_file(text: str) -> None:
    draft, problems = read_draft(text, path="x.md", known=KNOWN)
    last = text.count("\n") + 1
    assert all(1 <= problem.line <= last for problem in problems)
    assert all(1 <= section.line <= last for section in draft.sections)
    assert all(1 <= block.line <= last for block in draft.blocks())
    campaign, _ = parse_campaign(text, path="x.md", known=KNOWN)
    assert (campaign is None) == any(problem.level == "error" for problem in problems)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=2, max_size=6),
    st.sampled_from(["", "- ", "1. ", "> ", "### "]),
)
def test_no_word_of_paragraphs_lists_and_quotations_is_lost(paragraphs: list[str], lead: str) -> None:
    body = "\n\n".join(f"{lead}{paragraph}" for paragraph in paragraphs)
    draft, problems = read_draft(f"# Tên\n\nTóm tắt.\n\n## Mục\n\n{body}\n", path="x.md", known=KNOWN)
    assert not [problem for problem in problems if problem.level == "error"]
    wanted = re.findall(r"\w+", " ".join(paragraphs))
    assert words_of(draft)[-len(wanted) :] == wanted


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=3, max_size=3), min_size=1, max_size=6))
def test_no_word_of_a_table_is_lost(rows: list[list[str]]) -> None:
    table = "\n".join(["| Cột một | Cột hai | Cột ba |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])
    draft, _ = read_draft(f"# Tên\n\nTóm tắt.\n\n## Mục\n\n{table}\n", path="x.md", known=KNOWN)
    (block,) = draft.blocks()
    cells = (
        [label.plain for label in block.labels] if hasattr(block, "labels") else [row[0].plain for row in block.rows]
    )  # type: ignore[union-attr]
    assert cells == [row[0] for row in rows]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aăâeêđĐDÐ\u0300\u0301\u0303\u0323\u0306 **80%\n#-|[]", max_size=120))
def test_decomposed_letters_make_no_difference(text: str) -> None:
    composed, decomposed = (
        read_draft(unicodedata.normalize(form, text), path="x.md", known=KNOWN)[0] for form in ("NFC", "NFD")
    )
    assert composed == decomposed
    assert unicodedata.is_normalized("NFC", "".join(outline(composed, ())))


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=80),
    st.sampled_from(["# {}", "---\nsources: [a, {}]\ntitle: {}\n---\n", "# T\n\n- {}", "# T\n\n|a|b|\n|-|-|\n|{}|c|"]),
)
def test_no_hidden_sign_gets_into_a_campaign(text: str, place: str) -> None:
    quoted = json.dumps(text) if "title" in place else text  # YAML's own way to write any sign
    draft, _ = read_draft(place.replace("{}", quoted), path="x.md", known=KNOWN)
    shown = "\n".join([*outline(draft, ()), *draft.sources])
    assert not [found for found in judge_signs(shown) if found[0]]
    shown.encode("utf-8")


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert judge_signs(tidy(text)) == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,%-–/ tỷđ\u00a0", max_size=24))
def test_a_number_is_the_text_it_was_taken_from(text: str) -> None:
    number = parse_number(text)
    if number is not None:
        assert number.prefix + number.digits + number.suffix == text == number.written
        assert number.value.is_finite()


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_number_written_the_vietnamese_way_is_read_again(value: object) -> None:
    number = parse_number(format_number(value, decimals=2))  # type: ignore[arg-type]
    assert number is not None
    assert number.value == value


@given(st.text(alphabet="ajvsc:/\\.rithpdelo\t\n %\u202e", max_size=40))
def test_no_link_runs_or_reads_anything(target: str) -> None:
    if judge_link(target) is None:
        assert re.match(r"https?://[^/\s]|mailto:.|tel:.", target, re.IGNORECASE)
        assert target == tidy(target)


@given(st.text(alphabet="ab./\\:~% \x00", max_size=40))
def test_no_picture_name_leaves_its_folder(name: str) -> None:
    if judge_picture_name(name) is None:
        assert ".." not in name.split("/")
        assert not name.startswith(("/", "~"))
        assert not set(name) & set(":\\%\x00")


HOSTILE = [
    "[", "![", "*", "**a", "`", "<", "<!--", "{{", "{đọc: ", "[a](", "[a]{đọc: b}", "&#", "9", "9.", "a|", "| a | b |\n",
    "- a\n", "- **1** a\n", "1. **a** b\n", "> a\n", "### x\n", "## x\n", "[a]: b\n", "![a](b.png)\n\n", "a\n\n", "<a ",
]  # fmt: skip


@pytest.mark.parametrize("run", HOSTILE)
def test_work_grows_with_length_only(run: str) -> None:
    """Twice the text, about twice the steps: no run of signs makes reading slow."""
    small, large = (
        steps_of(
            lambda size=size: read_draft(f"# T\n\nĐ.\n\n## M\n\n{run * (size // len(run))}\n", path="x.md", known=KNOWN)
        )  # type: ignore[misc]
        for size in (600, 1200)
    )
    assert large < 2.6 * small + 2000


def test_growth_that_is_not_linear_is_seen() -> None:
    """The check itself can fail."""

    def square(size: int) -> None:
        for _ in range(size):
            for _ in range(size):
                pass

    assert steps_of(lambda: square(120)) > 2.6 * steps_of(lambda: square(60)) + 2000


@pytest.mark.parametrize(
    "front",
    [
        "[" * 5000,
        "{a: " * 2000,
        "- " * 3000,
        "&a " * 2000,
        "? " * 3000,
        "!!python/object:os.system x",
        "*a",
        "<<: {a: b}",
    ],
)
def test_hostile_front_matter_is_an_error_and_nothing_else(front: str) -> None:
    campaign, problems = parse_campaign(f"---\ntitle: {front}\n---\n# T\n\nĐ.\n", path="x.md", known=KNOWN)
    assert campaign is None or campaign.title == "<<: {a: b}"
    assert len([problem for problem in problems if problem.level == "error"]) <= 2


def test_a_front_matter_too_long_to_read_is_one_error() -> None:
    _, problems = parse_campaign("---\n" + "a: b\n" * 30_000 + "---\n# T\n", path="x.md", known=KNOWN)
    assert [(p.line, "at most 100000" in p.message) for p in problems] == [(2, True)]


# -- files on the disk ---------------------------------------------------------------------------------------------


def problems_of(workspace: Workspace, *names: str) -> list[str]:  # noqa: F811
    loading = load_campaigns([workspace.campaigns / name for name in names], workspace, KNOWN)
    return [str(problem) for problem in loading.problems]


def write(workspace: Workspace, name: str, text: str) -> None:  # noqa: F811
    (workspace.campaigns / name).write_text(text, encoding="utf-8")


def test_the_same_file_twice_is_read_once(workspace: Workspace) -> None:  # noqa: F811
    write(workspace, "a.md", "# Một\n\nĐoạn.\n")
    assert problems_of(workspace, "a.md", "../campaigns/a.md", "a.md") == []


def test_pictures_are_looked_up_though_other_lines_are_wrong(workspace: Workspace) -> None:  # noqa: F811
    write(workspace, "a.md", "---\nlate: nie\n---\n# Một\n\nĐoạn.\n\n![x](a.png)\n")
    write(workspace, "b.md", "# Một\n\nĐoạn.\n\n[x](javascript:1)\n")
    assert [line.split(" ")[0] for line in problems_of(workspace, "a.md", "b.md")] == [
        "campaigns/a.md:2:", "campaigns/a.md:8:", "campaigns/b.md:1:", "campaigns/b.md:5:",
    ]  # fmt: skip


def test_a_recording_and_a_channel_s_picture_are_named_with_their_lines(workspace: Workspace) -> None:  # noqa: F811
    write(
        workspace,
        "a.md",
        "---\ntitle: T\nvoice: doc.mp3\nchannels:\n  zalo:\n    title: x\n    image: b.png\n---\nĐ.\n",
    )
    assert [line.split(" ")[0] for line in problems_of(workspace, "a.md")] == ["campaigns/a.md:3:", "campaigns/a.md:7:"]


def test_a_nearly_right_name_is_named(workspace: Workspace) -> None:  # noqa: F811
    (workspace.campaigns / "cong-lang.PNG").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(9))
    write(workspace, "a.md", "# Một\n\nĐ.\n\n![x](cong-lang.png)\n")
    assert "Did you mean `cong-lang.PNG`?" in problems_of(workspace, "a.md")[0]


def test_a_name_a_mac_wrote_is_found(workspace: Workspace) -> None:  # noqa: F811
    (workspace.campaigns / unicodedata.normalize("NFD", "cổng.png")).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(9))
    write(workspace, "a.md", "# Một\n\nĐ.\n\n![x](cổng.png)\n")
    assert problems_of(workspace, "a.md") == []


def test_what_is_no_picture_is_refused_before_anything_is_drawn(workspace: Workspace) -> None:  # noqa: F811
    (workspace.campaigns / "a.png").write_bytes(b"<svg onload='x'/>")
    write(workspace, "a.md", f"# Một\n\nĐ.\n\n![x](a.png)\n\n![y]({'a' * 5000}.png)\n")
    found = problems_of(workspace, "a.md")
    assert "holds no picture" in found[0]
    assert "at most 200" in found[1]


def test_a_campaign_that_is_a_link_out_of_the_workspace_is_not_read(workspace: Workspace) -> None:  # noqa: F811
    secret = workspace.root.parent / f"{workspace.root.name}-secret"
    secret.write_text("# Mật khẩu\n\nabc\n", encoding="utf-8")
    (workspace.campaigns / "a.md").symlink_to(secret)
    (found,) = problems_of(workspace, "a.md")
    assert "leads out of the workspace" in found
    assert "secret" not in found


def test_a_folder_and_a_file_without_end_are_refused(workspace: Workspace) -> None:  # noqa: F811
    (workspace.campaigns / "thu-muc.md").mkdir()
    write(workspace, "dai.md", "# T\n\n" + "a" * 1_000_001)
    found = problems_of(workspace, "thu-muc.md", "dai.md")
    assert [line.partition(";")[0] for line in found] == [
        "campaigns/dai.md: longer than 1000000 bytes", "campaigns/thu-muc.md: no file",
    ]  # fmt: skip


def test_spoken_title_and_summary_keep_their_overrides() -> None:
    draft, _ = read_draft("# Tin [10/10]{đọc: mồng mười}\n\nTheo [57]{đọc: năm bảy}.\n", path="x.md", known=KNOWN)
    assert (draft.title, draft.title_spoken) == ("Tin 10/10", "Tin mồng mười")
    assert (draft.summary, draft.summary_spoken) == ("Theo 57.", "Theo năm bảy.")
    assert replace(draft, title="Khác").title_spoken == "Khác"
