"""Captions fit their channel by whole sentences, say what must be said, and their templates reach nothing."""

from __future__ import annotations

import os
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from article_sample import HOSTILE, REPOSITORY, full_campaign, hostile_campaign, office, text, workspace_at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.content.model import Campaign, Override, Paragraph, Section
from publisher.errors import ContentError, SettingsError
from publisher.render.captions import COUNTS, Caption, compose_caption, count_units, remove_marks
from publisher.render.sentences import clean, split_sentences
from publisher.render.templating import Template, make_environment
from publisher.workspace import Workspace

KINDS = sorted(p.name.removesuffix(".txt.j2") for p in (REPOSITORY / "templates" / "captions").glob("*.j2"))
LINK = "https://tinhmau.example/10-10"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace_at(tmp_path_factory.mktemp("captions"))


def compose(campaign: Campaign, workspace: Workspace, kind: str, **more: object) -> Caption:
    options = {"limit": None, "link": LINK, **more}
    return compose_caption(campaign, office(), kind=kind, workspace=workspace, **options)  # type: ignore[arg-type]


def with_template(root: Path, source: str, kind: str = "default") -> Workspace:
    """A workspace whose caption template an editor has rewritten."""
    folder = root / "templates" / "captions"
    folder.mkdir(parents=True)
    (folder / "template.yaml").write_text("default: {text: 1500}\n")
    (folder / f"{kind}.txt.j2").write_text(source)
    return Workspace(root, ZoneInfo("Asia/Ho_Chi_Minh"), "tinh-mau", "vi", "")


@pytest.mark.parametrize("kind", KINDS)
def test_the_hook_stands_first_and_source_and_hashtags_last(kind: str, workspace: Workspace) -> None:
    campaign = replace(full_campaign(), ai_use="none")
    lines = compose(campaign, workspace, kind).text.split("\n")
    hook = " ".join(lines[:2])
    assert remove_marks("Ngày Chuyển đổi số") in remove_marks(hook)
    if kind.startswith("sms"):
        source = f"Nguồn: {office().short_name}"
        source = remove_marks(source) if kind == "sms-plain" else source
        assert lines[-1].endswith((f"{source} #ChuyenDoiSo", f"{source} #ChuyenDoiSo #TinhMau"))
    elif kind != "radio":
        assert lines[-1] == "#ChuyenDoiSo #TinhMau"
        assert any("57-NQ/TW" in line for line in lines[-3:])


@pytest.mark.parametrize("kind", KINDS)
def test_the_notice_on_ai_is_never_left_out(kind: str, workspace: Workspace) -> None:
    label = remove_marks("Nội dung có sử dụng AI")
    assert label in remove_marks(compose(full_campaign(), workspace, kind).text)
    assert label in remove_marks(compose(full_campaign(), workspace, kind, limit=200).text)
    own = replace(full_campaign(), channels={kind: Override(text="Lời riêng.", line=9)})
    assert label in remove_marks(compose(own, workspace, kind).text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(KINDS),
    limit=st.integers(170, 1600),
    paragraphs=st.lists(st.text(alphabet="ab cđ ễ. Ư! 1,?", max_size=200).filter(lambda s: clean(s) != ""), max_size=8),
    title=st.text(alphabet="ab cđễ, :", min_size=1, max_size=250).filter(lambda s: clean(s) != ""),
)
def test_every_caption_fits_and_cuts_no_word(
    kind: str, limit: int, paragraphs: list[str], title: str, workspace: Workspace
) -> None:
    blocks = tuple(Paragraph(text(words), 10 + n) for n, words in enumerate(paragraphs))
    campaign = replace(full_campaign(), title=title, sections=(Section(text(""), blocks, 9),))
    limit += 400 if kind == "youtube" else 0  # bytes, and its template always names the office
    try:
        caption = compose(campaign, workspace, kind, limit=limit, title_limit=100, summary_limit=250)
    except ContentError:
        assert len(clean(title).split()[0]) > 20  # the first word of the title alone is over the limit
        return
    count = COUNTS["bytes" if kind == "youtube" else "units" if kind.startswith("sms") else "characters"]
    assert count(caption.text) <= limit
    assert len(caption.title) <= 100
    assert len(caption.summary) <= 250
    sample = (
        compose(full_campaign(), workspace, kind).text + " " + compose(full_campaign(), workspace, kind, limit=200).text
    )
    tags = [f"#{tag}" for tag in full_campaign().hashtags]
    whole = words_of(" ".join([title, sample, full_campaign().summary, *tags, *paragraphs]))
    assert words_of(caption.title) <= whole
    assert words_of(caption.text) <= whole


def words_of(said: str) -> set[str]:
    """Its words without the signs around them."""
    return {word.strip(".,:;!?…()") for word in remove_marks(clean(said.replace("\n", " "))).split()}


def test_a_shortened_caption_ends_its_sentences_and_leads_to_more(workspace: Workspace) -> None:
    long = Paragraph(text(" ".join(f"Câu số {n} nói một việc cần làm trong tháng." for n in range(100))), 9)
    campaign = replace(full_campaign(), sections=(Section(text("Dài"), (long,), 8),))
    shown = compose(campaign, workspace, "facebook").text
    assert len(shown) <= 1500
    assert f"Xem đầy đủ: {LINK}" in shown
    paragraph = next(line for line in shown.split("\n") if line.startswith("Câu số 0"))
    assert paragraph.endswith("trong tháng.")
    assert len(shown) > 1400


def test_steps_are_said_all_or_in_short_or_not_at_all(workspace: Workspace) -> None:
    """Three of five steps would send somebody half the way."""
    seen = set()
    for limit in range(200, 900, 20):
        shown = compose(full_campaign(), workspace, "facebook", limit=limit).text
        seen.add(sum(line[:3] in ("1. ", "2. ", "3. ") for line in shown.split("\n")))
    assert seen == {0, 3}


def test_the_channels_limit_holds_where_the_house_allows_more(workspace: Workspace) -> None:
    assert len(compose(full_campaign(), workspace, "facebook", limit=300).text) <= 300
    assert len(compose(full_campaign(), workspace, "zalo", title_limit=30).title) <= 30


def test_youtube_counts_bytes_and_sms_counts_what_a_phone_counts(workspace: Workspace) -> None:
    long = Paragraph(text("Ữ" * 9 + " " + "Việc cần làm rất dễ. " * 400), 9)
    campaign = replace(full_campaign(), sections=(Section(text("Dài"), (long,), 8),))
    described = compose(campaign, workspace, "youtube").text
    assert 4900 < len(described.encode()) <= 5000
    assert count_units(compose(campaign, workspace, "sms").text) <= 201
    plain = compose(campaign, workspace, "sms-plain").text
    assert plain.isascii()
    assert len(plain) <= 160


def test_a_kind_without_template_takes_the_default(workspace: Workspace) -> None:
    assert compose(full_campaign(), workspace, "mastodon").text == compose(full_campaign(), workspace, "default").text


def test_the_account_s_own_words_win_over_the_kind_s_and_both_over_what_is_derived(workspace: Workspace) -> None:
    channels = {
        "facebook": Override(text="Lời cho Facebook.", title="Tiêu đề riêng", hashtags=("Rieng",), line=9),
        "trang-tinh": Override(text="Lời cho trang tỉnh.", line=10),
    }
    campaign = replace(full_campaign(), channels=channels, ai_use="none")
    caption = compose(campaign, workspace, "facebook", account="trang-tinh")
    assert caption == Caption("Tiêu đề riêng", "Lời cho trang tỉnh.\n\n#Rieng", caption.summary, ("Rieng",))
    assert compose(campaign, workspace, "facebook").text == "Lời cho Facebook.\n\n#Rieng"
    assert compose(campaign, workspace, "zalo").hashtags == ("ChuyenDoiSo", "TinhMau")


def test_own_words_over_the_limit_are_refused_with_their_line_never_cut(workspace: Workspace) -> None:
    campaign = replace(full_campaign(), channels={"zalo": Override(title="Dài " * 50, text="x", line=12)})
    with pytest.raises(ContentError, match=r"campaigns/10-10.md:12: channels: `title` is 199 long"):
        compose(campaign, workspace, "zalo")


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_stays_text(kind: str, workspace: Workspace) -> None:
    try:
        caption = compose(hostile_campaign(), workspace, kind)
    except ContentError:
        return
    assert "49" not in caption.text
    assert caption.hashtags == ("b", "ab")
    if kind == "facebook":
        assert HOSTILE[1] in caption.text


@pytest.mark.parametrize(
    "expression",
    [
        "{{ ''.__class__ }}",
        "{{ title.__class__.__mro__ }}",
        "{{ figures.__init__.__globals__ }}",
        "{{ unit.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ title | attr('__class__') }}",
        "{{ [title] | map(attribute='__class__') | list }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ title.format }}",
        "{{ 'a' * 99999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ title.center(999999999) }}",
        "{{ title | center(999999999) }}",
        "{% include 'template.yaml' %}",
        "{% include '/etc/passwd' %}",
        "{% import 'default.txt.j2' as x %}",
        "{% extends 'default.txt.j2' %}",
        "{{ lipsum }}",
        "{{ cycler.__init__ }}",
        "{{ range(9) }}",
        "{{ self.__class__ }}",
        "{{ loop }}",
        "{% do sources.append(1) %}",
        "{{ sources.append('x') }}",
        "{{ unit.update({'name': 'x'}) }}",
        "{{ open('/etc/passwd') }}",
        "{{ tilte }}",
        "{{ title ",
        "{% for x in title %}",
        "{{ 1 / 0 }}",
        "{{ title() }}",
        "{{ title.upper() }}",
        "{{ title.ljust(9) }}",
        "{{ title + 1 }}",
    ],
)
def test_a_template_reaches_nothing_and_its_fault_is_told_with_its_line(expression: str, tmp_path: Path) -> None:
    workspace = with_template(tmp_path, f"{{{{ title }}}}\n\n{expression}\n")
    with pytest.raises(SettingsError) as caught:
        compose(full_campaign(), workspace, "facebook")
    (problem,) = caught.value.problems
    assert problem.path == "templates/captions/default.txt.j2"
    assert problem.line in (3, 4)  # an unclosed `{{` or `{%` is found at the end of the file
    assert str(tmp_path) not in str(caught.value)
    assert "root:" not in str(caught.value)


def test_a_template_that_never_ends_is_stopped(tmp_path: Path) -> None:
    loops = "".join(f"{{% for {v} in title %}}" for v in "abcde")
    workspace = with_template(tmp_path, loops + "{{ title }}" + "{% endfor %}" * 5)
    with pytest.raises(SettingsError, match="grows without end"):
        compose(full_campaign(), workspace, "facebook")


def test_a_wrong_limit_is_told_with_its_line(tmp_path: Path) -> None:
    workspace = with_template(tmp_path, "{{ title }}")
    settings_file = tmp_path / "templates" / "captions" / "template.yaml"
    settings_file.write_text("default: {text: 100}\nfacebook:\n  txet: 3\n  count: byte\n")
    with pytest.raises(SettingsError) as caught:
        compose(full_campaign(), workspace, "facebook")
    assert [(p.line, p.message.split("Did")[1]) for p in caught.value.problems] == [
        (3, " you mean `text`?"),
        (4, " you mean `bytes`?"),
    ]


def test_a_kind_is_never_a_path(workspace: Workspace) -> None:
    with pytest.raises(SettingsError, match="no name of a channel kind"):
        compose(full_campaign(), workspace, "../../secret")


def test_the_example_of_the_guide_runs_as_it_stands(tmp_path: Path) -> None:
    """docs/captions.md shows one template and what it gives; both are read from there."""
    parts = (REPOSITORY / "docs" / "captions.md").read_text("utf-8").split("```")
    source = next(p for p in parts if p.startswith("jinja")).split("\n", 1)[1]
    wanted = parts[parts.index(next(p for p in parts if p.startswith("jinja"))) + 2].split("\n", 1)[1]
    campaign = replace(full_campaign(), ai_use="none")
    assert compose(campaign, with_template(tmp_path, source, "telegram"), "telegram").text == wanted.strip()


def test_the_guide_names_every_value_a_template_may_use() -> None:
    from publisher.render.caption_data import caption_values, gather_material

    material = gather_material(full_campaign(), hashtags=("a",))
    values = caption_values(material, office(), removed=0, link="", ai_label="")
    guide = (REPOSITORY / "docs" / "captions.md").read_text("utf-8")
    assert [name for name in values if f"`{name}`" not in guide] == []


def test_a_template_s_source_comes_from_the_file_each_time(tmp_path: Path) -> None:
    workspace = with_template(tmp_path, "{{ title }}")
    campaign = replace(full_campaign(), ai_use="none")
    assert compose(campaign, workspace, "x").text == campaign.title
    path = tmp_path / "templates" / "captions" / "default.txt.j2"
    path.write_text("Mới: {{ title }}")
    os.utime(path, (time.time(), time.time()))
    assert compose(campaign, workspace, "x").text == f"Mới: {campaign.title}"


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ("Một. Hai! Ba? Bốn…", ["Một.", "Hai!", "Ba?", "Bốn…"]),
        ("TP. Mẫu có 1.234,5 tỷ. Hết.", ["TP. Mẫu có 1.234,5 tỷ.", "Hết."]),
        ("TS. Nguyễn V. An nói: “Được.” Xong.", ["TS. Nguyễn V. An nói: “Được.”", "Xong."]),
        ("v.v. và hơn nữa", ["v.v. và hơn nữa"]),
        ("", []),
        ("Không dấu", ["Không dấu"]),
    ],
)
def test_sentences_end_where_a_reader_stops(words: str, sentences: list[str]) -> None:
    assert split_sentences(words) == sentences


@given(st.text(max_size=300))
def test_sentences_joined_are_the_text(words: str) -> None:
    assert " ".join(split_sentences(words)) == clean(words)


GROW = "{% macro g(s, n) %}{% if n %}{{ g(STEP, n - 1) }}{% else %}{{ s | length }}{% endif %}{% endmacro %}{{ g('x' ~ 'x', 40) }}"
BLOCK = "{% macro g(s, n) %}{% set y %}{{ s }}{{ s }}{% endset %}{% if n %}{{ g(y, n - 1) }}{% endif %}{% endmacro %}{{ g('x', 40) }}"
TURNS = (
    "{% set y %}"
    + "{% for a in '0123456789' %}" * 9
    + "xxxxxxxxxxxxxxxx"
    + "{% endfor %}" * 9
    + "{% endset %}{{ y | length }}"
)
BOMBS = [GROW.replace("STEP", step) for step in ("s ~ s", "s + s", "s | replace('x', 'xx')", "[s, s] | join")]


@pytest.mark.parametrize("bomb", [*BOMBS, BLOCK, TURNS])
def test_no_template_fills_the_memory(bomb: str) -> None:
    """What is never shown costs memory too: doubled texts, copies and loops inside a block are paid for as they grow."""
    environment = make_environment(autoescape=False)
    tracemalloc.start()
    with pytest.raises(SettingsError, match="grows without end"):
        Template(bomb, shown="mau.txt.j2", environment=environment).render({})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400_000_000


@pytest.mark.parametrize(
    "shown", ["{{ [1, 2] }}", "{{ [['x']] | string }}", "{{ [['x']] | join }}", "{{ [1] ~ 'x' }}", "{{ self }}"]
)
def test_a_list_is_no_text(shown: str) -> None:
    """A list within lists, each twice, has more letters than any memory; none is turned into text."""
    with pytest.raises(SettingsError, match="is no text"):
        Template(shown, shown="mau.txt.j2", environment=make_environment(autoescape=False)).render({})


def test_texts_are_still_joined_added_and_replaced() -> None:
    source = (
        "{{ a ~ 1 ~ b }} {{ a + b }} {{ [a, b] | join('; ') }} {{ a | replace('x', 'yy') }} {{ 1 + 2 }} {{ '<' ~ a }}"
    )
    for autoescape, sign in ((False, "<"), (True, "&lt;")):
        template = Template(source, shown="mau.txt.j2", environment=make_environment(autoescape=autoescape))
        assert template.render({"a": "x", "b": "z"}) == f"x1z xz x; z yy 3 {sign}x"
