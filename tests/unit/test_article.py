"""The article's files: the same words everywhere, sound HTML, nothing active, the same bytes twice."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import lxml.html
import pytest
from article_sample import HOSTILE, full_campaign, hostile_campaign, office, text, workspace_at
from docx.oxml.ns import qn
from lxml import etree
from office import lost_in_libreoffice, needs_libreoffice, open_in_libreoffice
from PIL import Image

from publisher.content.model import Campaign, Paragraph, Section, Subheading
from publisher.errors import RenderError
from publisher.render import article
from publisher.render.base import Artifact, RenderJob
from publisher.render.sentences import clean

WORDS = (
    "Ngày Chuyển đổi số 10/10: mỗi người một việc làm số",
    "Tỉnh Mẫu mời bà con làm một việc số có ích.",
    "1.234,5 tỷ",
    "đồng giao dịch không tiền mặt",
    "Kết quả công bố mỗi quý",
    "81,5%",
    "Mở ứng dụng VNeID và đăng nhập.",
    "Chọn thủ tục. Tìm đúng tên thủ tục.",
    "Gửi hồ sơ, giữ lại mã.",
    "Xem cổng dịch vụ nhé.",
    "Làm một lần là quen.",
    "Bà Trần Thị Mẫu",
    "Đổi | căn cước",
    "Không có điện thoại thì sao?",
    "Đến bộ phận một cửa.",
    "Quyết định 505/QĐ-TTg ngày 22/4/2022",
    "Người viết: Nguyễn Thị Lan",
    "Nội dung có sử dụng AI",
)


def make(campaign: Campaign, root: Path) -> dict[str, Artifact]:
    """The article's artifacts by role; pictures by their file name."""
    root.mkdir(exist_ok=True)
    job = RenderJob(campaign, office(), workspace_at(root), root / "out")
    return {a.path.name if a.role == "image" else a.role: a for a in article.render(job)}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Artifact]:
    return make(full_campaign(), tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def hostile_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Artifact]:
    return make(hostile_campaign(), tmp_path_factory.mktemp("hostile"))


def page_of(files: dict[str, Artifact]) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(files["html"].path.read_text("utf-8"))


def docx_words(path: Path) -> str:
    """Every word of the document, tables and links included, one line a paragraph."""
    body = docx.Document(str(path)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))


def problems_of(page: lxml.html.HtmlElement) -> list[str]:
    """What a validator and a screen reader's user would complain about."""
    found = []
    headings = [int(e.tag[1]) for e in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if headings.count(1) != 1 or headings[0] != 1:
        found.append("not exactly one h1, first")
    found += [f"h{a} then h{b}" for a, b in itertools.pairwise(headings) if b > a + 1]
    ids = page.xpath("//@id")
    if len(ids) != len(set(ids)):
        found.append("an id twice")
    found += [f"no target {i}" for i in page.xpath("//@aria-labelledby") if i not in ids]
    found += ["img without alt" for e in page.iter("img") if not (e.get("alt") or "").strip()]
    found += [f"active {e.tag}" for e in page.iter("script", "iframe", "object", "embed", "form", "input", "base")]
    found += [f"{e.tag} has {name}" for e in page.iter(etree.Element) for name in e.attrib if name.startswith("on")]
    allowed = re.compile(r"https?://|mailto:|[a-z-]+-[0-9a-f]{16}\.(png|jpg)$")
    found += [f"address {u}" for u in page.xpath("//@href | //@src") if not allowed.match(u)]
    found += ["th without scope" for e in page.iter("th") if e.get("scope") not in ("col", "row")]
    if page.get("lang") != "vi":
        found.append("no language")
    return found


def test_every_word_is_in_the_page_the_draft_and_the_markdown(files: dict[str, Artifact]) -> None:
    page = " ".join(page_of(files).text_content().split())
    draft = " ".join(docx_words(files["docx"].path).split())
    for words in WORDS:
        assert words in page
        assert words in draft


def test_the_page_has_no_fault_of_structure(files: dict[str, Artifact]) -> None:
    assert problems_of(page_of(files)) == []


def test_the_check_of_the_page_can_fail() -> None:
    bad = lxml.html.document_fromstring(
        '<html><body><h1>a</h1><h3 id="x">b</h3><p id="x" onclick="y()">c</p>'
        '<img src="file:/a"><script>1</script></body>'
    )
    assert len(problems_of(bad)) == 7


def test_headings_that_skip_levels_are_put_in_order(tmp_path: Path) -> None:
    blocks = (Subheading(text("Sâu"), 6, 5), Paragraph(text("Lời."), 6), Subheading(text("Vừa"), 3, 7))
    campaign = replace(full_campaign(), sections=(Section(text(""), blocks, 4),))
    assert problems_of(page_of(make(campaign, tmp_path))) == []


def test_the_pictures_lie_beside_the_page_without_hidden_data(files: dict[str, Artifact]) -> None:
    page = page_of(files)
    names = [e.get("src") for e in page.iter("img")]
    assert len(names) == 3
    for name in names:
        data = (files["html"].path.parent / name).read_bytes()
        assert b"SECRET" not in data
        assert b"Exif" not in data
        with Image.open(io.BytesIO(data)) as picture:
            assert max(picture.size) <= 1600
            assert (files[name].width, files[name].height) == picture.size


def test_a_chart_is_a_picture_and_a_table_and_its_words_say_the_ends(files: dict[str, Artifact]) -> None:
    page = page_of(files)
    alts = [e.get("alt") for e in page.xpath('//figure[@class="chart"]/img')]
    assert "Cao nhất: Phường Một, 92%; thấp nhất: Xã Mẫu, 81,5%" in alts[0]
    assert [cell.text for cell in page.xpath('(//div[@class="table"])[1]//td')] == [
        *("Phường Một", "92%", "Xã Mẫu", "81,5%", "Xã Ba", "–")
    ]


def test_the_body_for_portals_is_the_page_without_its_frame(files: dict[str, Artifact], tmp_path: Path) -> None:
    body = files["body"].path.read_text("utf-8")
    assert body in files["html"].path.read_text("utf-8")
    assert "<h1" not in body
    composed = article.compose_article(full_campaign(), office(), workspace=workspace_at(tmp_path))
    assert composed.body == body
    assert {m.name for m in composed.media} == set(re.findall(r'src="([^"]+)"', body))
    assert article.article_body(full_campaign(), office(), workspace=workspace_at(tmp_path)) == body


def test_the_draft_has_real_headings_captions_alt_texts_and_page_numbers(files: dict[str, Artifact]) -> None:
    document = docx.Document(str(files["docx"].path))
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    page = [(f"Heading {e.tag[1]}", e.text_content()) for e in page_of(files).iter("h1", "h2", "h3")]
    assert headings == [*page, ("Heading 2", "Tiêu đề khác để chọn")]
    captions = [p.text.split(".")[0] for p in document.paragraphs if p.style.name == "Caption"]
    assert captions == ["Biểu đồ 1", "Bảng 1", "Biểu đồ 2", "Bảng 2", "Bảng 3", "Hình 1"]
    alts = [d.get("descr") for d in document.element.body.iter(qn("wp:docPr"))]
    assert len(alts) == 3
    assert all(alts)
    footer = document.sections[0].footer._element.xml
    assert re.findall(r"> (\w+) <", footer) == ["PAGE", "NUMPAGES"]
    assert "BẢN NHÁP" in document.sections[0].header.paragraphs[0].text
    assert "TRUNG TÂM TRUYỀN THÔNG TỈNH MẪU" in document.sections[0].header.paragraphs[0].text


def test_the_draft_is_shaped_by_styles_in_vietnamese(files: dict[str, Artifact]) -> None:
    document = docx.Document(str(files["docx"].path))
    fonts = {f.get(qn("w:ascii")) for f in document.styles.element.iter(qn("w:rFonts"))}
    assert fonts == {"Times New Roman"}
    assert {e.get(qn("w:val")) for e in document.styles.element.iter(qn("w:lang"))} == {"vi-VN"}
    by_hand = list(document.element.body.iter(qn("w:sz"), qn("w:color"), qn("w:rFonts")))
    assert by_hand == []


def test_each_list_of_steps_starts_at_one(tmp_path: Path) -> None:
    campaign = full_campaign()
    twice = replace(campaign, sections=(campaign.sections[1], replace(campaign.sections[1], line=90)))
    document = docx.Document(str(make(twice, tmp_path)["docx"].path))
    steps = [p for p in document.paragraphs if p.style.name == "List Number"]
    ids = [p._p.pPr.numPr.numId.val for p in steps]
    assert len(ids) == 6
    assert len(set(ids)) == 2
    numbering = document.part.numbering_part.element
    assert all(numbering.num_having_numId(i).lvlOverride_lst[0].startOverride.val == 1 for i in set(ids))


def test_the_draft_offers_three_headlines_of_the_campaigns_own_words(files: dict[str, Artifact]) -> None:
    lines = docx_words(files["docx"].path).split("\n")
    offered = lines[lines.index("Tiêu đề khác để chọn") + 1 :]
    assert offered == [
        "80% người dân có tài khoản định danh",
        "Ngày 10/10 là Ngày Chuyển đổi số quốc gia",
        "Có mất phí không?",
    ]


def test_two_runs_give_the_same_bytes_in_two_places(files: dict[str, Artifact], tmp_path: Path) -> None:
    again = make(full_campaign(), tmp_path / "elsewhere")
    assert {k: a.sha256 for k, a in again.items()} == {k: a.sha256 for k, a in files.items()}
    with zipfile.ZipFile(files["docx"].path) as document:
        assert {entry.date_time[0] for entry in document.infolist()} == {1980}
        assert document.namelist()[0] == "[Content_Types].xml"


def test_a_hostile_campaign_leaves_only_plain_text(hostile_files: dict[str, Artifact]) -> None:
    page = page_of(hostile_files)
    assert problems_of(page) == []
    shown = " ".join(page.text_content().split())
    body = lxml.html.fragment_fromstring(hostile_files["body"].path.read_text("utf-8"), create_parent="div")
    in_body = " ".join(body.text_content().split())
    draft = " ".join(docx_words(hostile_files["docx"].path).split())
    for words in HOSTILE:
        plain = " ".join(words.split())
        assert plain in shown
        assert plain in in_body
        assert plain in draft
    assert "49" not in shown


def test_a_hostile_campaign_leaves_no_field_macro_or_foreign_address_in_the_draft(
    hostile_files: dict[str, Artifact],
) -> None:
    with zipfile.ZipFile(hostile_files["docx"].path) as document:
        names = document.namelist()
        links = re.findall(r'Target="([^"]+)" TargetMode', document.read("word/_rels/document.xml.rels").decode())
        body = document.read("word/document.xml").decode()
    assert not [n for n in names if "vba" in n.lower() or "embed" in n.lower()]
    assert all(link.startswith("https://a.example/") for link in links)
    assert "instrText" not in body


def test_a_file_with_one_heading_and_one_paragraph_gives_all_files(tmp_path: Path) -> None:
    campaign = Campaign(
        path="campaigns/a.md",
        title="Tiêu đề",
        summary="Một đoạn.",
        slug="a",
        sections=(Section(text(""), (Paragraph(text("Một đoạn."), 3),), 3),),
    )
    files = make(campaign, tmp_path)
    assert set(files) == {"html", "body", "markdown", "docx"}
    assert page_of(files).text_content().count("Một đoạn.") == 1
    assert docx_words(files["docx"].path).count("Một đoạn.") == 1


def test_nothing_is_lost_from_a_campaign_of_great_size(tmp_path: Path) -> None:
    long = replace(full_campaign(), title="Chữ " * 50)
    steps = replace(long.sections[1].blocks[0], items=long.sections[1].blocks[0].items * 4)
    files = make(replace(long, sections=(Section(text("Bước"), (steps,), 4),)), tmp_path)
    assert page_of(files).text_content().count("Gửi hồ sơ, giữ lại mã.") == 4
    assert clean("Chữ " * 50) in page_of(files).text_content()


def test_a_draft_of_thousands_of_paragraphs_holds_each_in_its_place(tmp_path: Path) -> None:
    """Each is put straight before the section's properties, which stay last; a search for them would take hours."""
    parts = tuple(Paragraph(text(f"Đoạn số {number}."), number + 4) for number in range(3000))
    long = replace(full_campaign(), sections=(Section(text("Mục"), parts, 3),))
    body = docx.Document(str(make(long, tmp_path)["docx"].path)).element.body
    said = [p.text for p in body.p_lst if p.text.startswith("Đoạn số")]
    assert said == [f"Đoạn số {number}." for number in range(3000)]
    assert body[-1].tag == qn("w:sectPr")


def test_a_file_that_is_no_picture_is_one_clear_error(tmp_path: Path) -> None:
    workspace = workspace_at(tmp_path)
    (tmp_path / "campaigns" / "anh.jpg").write_text("<svg onload=alert(1)>")
    with pytest.raises(RenderError, match=r"campaigns/10-10.md:44: picture `anh.jpg`: cannot be opened") as caught:
        article.render(RenderJob(full_campaign(), office(), workspace, tmp_path / "out"))
    assert str(tmp_path) not in str(caught.value)


def test_a_picture_outside_the_workspace_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "in"
    root.mkdir()
    workspace = workspace_at(root)
    shutil.copy(root / "campaigns" / "anh.jpg", tmp_path / "out.jpg")
    (root / "campaigns" / "anh.jpg").unlink()
    (root / "campaigns" / "anh.jpg").symlink_to(tmp_path / "out.jpg")
    with pytest.raises(RenderError, match="lies outside the workspace"):
        article.compose_article(full_campaign(), office(), workspace=workspace)


@needs_libreoffice
def test_libreoffice_shows_the_same_words_headings_and_pictures(files: dict[str, Artifact], tmp_path: Path) -> None:
    seen = open_in_libreoffice(files["docx"].path, tmp_path)
    assert lost_in_libreoffice(files["docx"].path, seen) == []
    assert all(" ".join(words.split()) in " ".join(seen.text.split()) for words in WORDS)
    assert f"Trang 1/{seen.pages}" in seen.text
    assert seen.pictures == 3
    assert {level for level, _ in seen.headings} == {1, 2, 3}


@needs_libreoffice
def test_what_libreoffice_loses_is_found(files: dict[str, Artifact], tmp_path: Path) -> None:
    """The check can fail: a word hidden, a heading only shaped like one, a picture taken out."""
    document = docx.Document(str(files["docx"].path))
    document.paragraphs[1].runs[0].font.hidden = True
    whole = open_in_libreoffice(files["docx"].path, tmp_path)
    headings = [p for p in document.paragraphs if p.style.name == "Heading 2"]
    headings[0].style = document.styles["Normal"]
    next(document.element.body.iter(qn("w:drawing"))).getparent().clear()
    document.save(str(tmp_path / "hong.docx"))
    seen = open_in_libreoffice(tmp_path / "hong.docx", tmp_path)
    lost = lost_in_libreoffice(files["docx"].path, seen)
    assert {line.split()[0] for line in lost} == {"word", "heading", "3"}, lost
    assert lost_in_libreoffice(files["docx"].path, replace(whole, text=whole.text.replace("Trang", ""))) != []
