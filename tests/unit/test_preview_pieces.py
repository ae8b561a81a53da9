"""What a preview says of a composed piece: the words that go out, not words that stay behind."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from publisher.channels.article_body import TextItem, split_body
from publisher.channels.base import Account, Media, Post
from publisher.cli.preview import pick_examples
from publisher.queue.model import NewDelivery
from publisher.schedule.slots import Slot
from publisher.units import load_unit
from publisher.web.model import ChannelPreview, Preview
from publisher.web.pieces import show_piece, show_refused
from publisher.web.terminal import draw_preview
from publisher.workspace import load_workspace

WORKSPACE = load_workspace(Path(__file__).parents[2])
UNIT = load_unit(WORKSPACE, "tinh-mau")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = datetime(2026, 10, 10, 1, 0, tzinfo=UTC)


def account(kind: str) -> Account:
    return Account(f"{kind}-mau", kind, "tinh-mau", {}, {}, f"channels/{kind}-mau.yaml")


def piece(kind: str, shape: str, **parts: object) -> NewDelivery:
    post = replace(Post("k", f"{kind}-mau", shape, "", "Chữ đi kèm."), **parts)  # type: ignore[arg-type]
    return NewDelivery("k", "mau", "tinh-mau", f"{kind}-mau", "x", DUE, post)


def shown(kind: str, shape: str, **parts: object) -> ChannelPreview:
    return show_piece([piece(kind, shape, **parts)], account(kind), UNIT, zone=ZONE)


def printed(channel: ChannelPreview, *, others: tuple[str, ...] = ()) -> str:
    console = Console(file=io.StringIO(), force_terminal=False, width=400)
    draw_preview(Preview("T", "t", "campaigns/t.md", "", (channel,), (), others), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_posts_text_is_counted_against_the_channels_limit() -> None:
    channel = shown("facebook", "photo")
    assert (channel.text, channel.length, channel.limit) == ("Chữ đi kèm.", 11, 63206)
    assert channel.due == ("2026-10-10 08:00",)
    assert channel.warnings == ()


def test_the_first_comment_is_shown_with_its_post() -> None:
    text = printed(replace(shown("facebook", "photo"), comment="Nguồn: Báo Tỉnh Mẫu"))
    assert text.index("Chữ đi kèm.") < text.index("Bình luận đầu tiên") < text.index("Nguồn: Báo Tỉnh Mẫu")
    assert "Bình luận" not in printed(shown("facebook", "photo"))


def test_of_an_article_summary_and_body_go_out_and_the_caption_stays_behind() -> None:
    channel = shown("zalo", "article", title="Tên", summary="Tóm tắt.", html="<h2>Mục</h2><p>Thân.</p>")
    assert (channel.text, channel.limit, channel.title_limit) == ("Tóm tắt.", 299, 149)
    text = printed(channel)
    assert all(words in text for words in ("Tên", "Tóm tắt.", "Mục", "Thân.", "3 / 149"))
    assert "Chữ đi kèm." not in text


def test_of_a_script_its_own_text_is_shown_with_what_its_file_finds_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1. PTV1: Xin chào.\n", encoding="utf-8")
    (tmp_path / "a.json").write_text(
        json.dumps({"problems": [{"level": "warning", "message": "câu dài"}]}), encoding="utf-8"
    )
    files = tuple(
        Media(tmp_path / name, "0", 1, mime, role, name)
        for name, mime, role in (("a.txt", "text/plain", "document"), ("a.json", "application/json", "data"))
    )  # type: ignore[arg-type]
    channel = shown("radio", "script", media=files)
    assert channel.text == "1. PTV1: Xin chào.\n"
    assert channel.length == len(channel.text)
    assert "câu dài" in channel.warnings


def test_what_does_not_fit_is_a_warning() -> None:
    channel = shown("zalo", "article", title="x" * 150, summary="s", html="<p>b</p>")
    assert any(warning.startswith("title: 150") for warning in channel.warnings)


def test_a_piece_the_account_cannot_carry_shows_the_reason() -> None:
    slot = Slot("k", "mau", "tinh-mau", "zalo-mau", "zalo", "clip", "", DUE, "ask", 0, None)
    channel = show_refused(slot, account("zalo"), UNIT, reason="zalo-mau cannot carry `clip`")
    assert "cannot carry `clip`" in printed(channel)


def test_into_a_file_lines_are_neither_framed_nor_wrapped() -> None:
    text = printed(shown("facebook", "photo", text="chữ " * 200))
    assert not set("╭│╯") & set(text)
    assert ("chữ " * 200).strip() in text


def test_accounts_that_are_not_shown_are_named() -> None:
    assert "facebook-xa-49" in printed(shown("facebook", "photo"), others=("facebook-xa-49",))


def slots(*accounts: tuple[str, str]) -> list[Slot]:
    return [
        Slot(f"k.{name}.{output}", "mau", unit, name, "facebook", output, "", DUE, "ask", 0, None)
        for output in ("infographic", "clip")
        for name, unit in accounts
    ]


def test_of_a_hundred_communes_one_is_shown_and_of_the_office_itself_all() -> None:
    communes = [(f"facebook-xa-{n:03d}", f"xa-{n:03d}") for n in range(100)]
    chosen = pick_examples(slots(("facebook-tinh", "tinh"), ("facebook-tinh-2", "tinh"), *communes), "tinh")
    assert [slot.account for slot in chosen] == ["facebook-tinh", "facebook-tinh-2", "facebook-xa-000"] * 2


@pytest.mark.parametrize("row", ["<tr>\n<td>2022</td>\n<td>34%</td>\n</tr>", "<tr><td>2022</td><td>34%</td></tr>"])
def test_a_row_of_a_table_stays_one_line_however_its_source_is_broken(row: str) -> None:
    assert split_body(f"<table>\n{row}\n</table>") == (TextItem("2022 – 34%"),)


def test_only_a_break_breaks_a_line() -> None:
    assert split_body("<p>một\nhai<br>ba</p>") == (TextItem("một hai\nba"),)
