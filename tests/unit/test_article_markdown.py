"""Campaign text through Markdown and back: whatever signs it holds, the same words come out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from article_sample import HOSTILE, full_campaign
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from publisher.content.model import Campaign, Paragraph, Section, Span, Text
from publisher.content.parse import Known, parse_campaign
from publisher.render.article_html import write_body
from publisher.render.article_markdown import campaign_markdown, escape, inline, safe_href
from publisher.render.sentences import clean

SIGNS = st.text(alphabet=st.sampled_from("ab1ễđ \\`*_{}[]()<>#+-.!|&~=:;'\"/%$@^?\u00a0\n\t"), max_size=40)
WORDS = st.one_of(SIGNS, st.text(max_size=40), st.sampled_from(HOSTILE))


def shown(words: str) -> str:
    """What a reader sees; a browser joins white space and so does this."""
    return " ".join(words.split())


def body_words(campaign: Campaign) -> str:
    return shown(lxml.html.fragment_fromstring(write_body(campaign, {}), create_parent="div").text_content())


def one_paragraph(words: Text) -> Campaign:
    return Campaign("campaigns/a.md", "a", "", "a", (Section(Text(), (Paragraph(words, 2),), 1),))


@settings(max_examples=300, deadline=None)
@given(WORDS)
@example("1. một")
@example("- một")
@example("# một")
@example("=== ---")
@example("a ** b ** c __d__ `e`")
@example("\\*a\\*")
@example("&amp; &#60; &lt;b&gt;")
def test_text_comes_out_of_the_html_as_it_went_in(words: str) -> None:
    assert body_words(one_paragraph(Text((Span(words),)))) == shown(clean(words))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(SIGNS, st.booleans(), st.booleans()), max_size=4))
def test_runs_of_every_weight_keep_their_words(runs: list[tuple[str, bool, bool]]) -> None:
    text = Text(tuple(Span(words, strong, emphasis) for words, strong, emphasis in runs))
    joined = "".join(words for words, _, _ in runs)
    assert body_words(one_paragraph(text)).replace(" ", "") == shown(clean(joined)).replace(" ", "")


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_another_reader_of_markdown_shows_the_same(words: str) -> None:
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(f"- {escape(words)}\n")
    if clean(words):
        assert shown(lxml.html.fragment_fromstring(html, create_parent="div").text_content()) == shown(clean(words))


@given(st.text(max_size=60))
def test_an_address_ends_no_link_and_opens_no_other(words: str) -> None:
    href = safe_href("https://a.example/" + words)
    assert href is None or not set(href) & set("<>\"'()[]`\\ \n|{}")
    assert safe_href("javascript:" + words) is None
    assert safe_href("file:///" + words) is None


def test_weight_and_links_survive() -> None:
    text = Text((Span("Xem "), Span("ngay", strong=True), Span(" "), Span("đây", href="https://a.example/b_c")))
    assert inline(text) == "Xem **ngay** [đây](https://a.example/b%5Fc)"
    html = write_body(one_paragraph(text), {})
    assert "<strong>ngay</strong>" in html
    assert '<a href="https://a.example/b%5Fc" rel="noopener noreferrer">đây</a>' in html


@pytest.mark.parametrize("words", HOSTILE)
def test_the_markdown_file_is_read_again_as_the_same_plain_words(words: str) -> None:
    campaign = replace(one_paragraph(Text((Span(words),))), title=f"Tin {words}", summary=words)
    again, problems = parse_campaign(campaign_markdown(campaign, {}), path="campaigns/b.md", known=_anything())
    assert [p for p in problems if p.level == "error"] == []
    assert again is not None
    assert again.title == clean(f"Tin {words}")
    assert again.summary == clean(words)


def test_the_markdown_of_a_whole_campaign_is_a_campaign_of_the_same_blocks(tmp_path: Path) -> None:
    campaign = full_campaign()
    names = {14: "x-0.png", 20: "x-1.png", 44: "x-2.png"}
    source = campaign_markdown(campaign, names)
    again, problems = parse_campaign(source, path="campaigns/b.md", known=_anything())
    assert again is not None, problems
    kinds = [type(b).__name__ for b in again.blocks() if type(b).__name__ != "Picture"]
    wanted = [type(b).__name__ for b in campaign.blocks() if type(b).__name__ != "Picture"]
    assert kinds[1 if kinds[0] == "Paragraph" else 0 :][: len(wanted)] == wanted


def _anything() -> Known:
    none: frozenset[str] = frozenset()
    return Known(key_days=none, plans=none, units=none, themes=none, channels=none)
