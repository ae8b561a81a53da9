"""The article as a draft for Word: the layout of a press draft, by styles, ready to be edited and signed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from publisher.content.model import (
    Block,
    Bullets,
    Campaign,
    Chart,
    Figures,
    Paragraph,
    Picture,
    Questions,
    Quotation,
    Span,
    Steps,
    Subheading,
    Table,
    Text,
    plain_text,
)
from publisher.render.article_markdown import body_blocks, chart_alt, safe_href
from publisher.render.article_media import ArticleMedia
from publisher.render.docx_file import (
    add_field,
    append_paragraph,
    describe_picture,
    document_bytes,
    keep_row_whole,
    mark_heading_row,
    new_document,
    set_numbering,
    set_style,
    start_numbering,
    style_ids,
)
from publisher.render.headlines import propose_headlines
from publisher.render.sentences import clean, end_sentence
from publisher.units import Unit

DRAFT_MARK = "BẢN NHÁP – CHƯA DUYỆT"
_COLUMN_MM = 160  # A4 less the margins of 30 and 20 mm
_TALLEST_MM = 190  # leaves room for the caption on the same page

LEAD, CAPTION, QUOTE, SOURCE, CELL, NOTE = "Lời dẫn", "Caption", "Quote", "Nguồn trích", "Ô bảng", "Ghi chú"


def write_docx(campaign: Campaign, unit: Unit, pictures: Mapping[int, ArticleMedia], *, font: str) -> bytes:
    """The bytes of the .docx; the same campaign gives the same bytes."""
    document = new_document(title=clean(campaign.title), author=clean(campaign.author or unit.name), font=font)
    _shape_styles(document)
    _write_head(document, unit)
    _Draft(document, pictures).write(campaign)
    return document_bytes(document)


def _shape_styles(document: Document) -> None:
    set_style(document, "Heading 1", size_pt=18, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, before_pt=12, after_pt=10)
    for level, size in ((2, 15), (3, 13.5), (4, 13), (5, 13), (6, 13)):
        heading = f"Heading {level}"
        set_style(document, heading, size_pt=size, bold=True, italic=level > 3, before_pt=12, keep_with_next=True)
    document.styles["Normal"].paragraph_format.widow_control = True
    set_style(document, LEAD, size_pt=13, bold=True, after_pt=10)
    set_style(document, CAPTION, size_pt=11.5, italic=True, align=WD_ALIGN_PARAGRAPH.CENTER, after_pt=10)
    set_style(document, QUOTE, size_pt=13, italic=True, before_pt=4)
    document.styles[QUOTE].paragraph_format.left_indent = Mm(10)
    set_style(document, SOURCE, size_pt=13, align=WD_ALIGN_PARAGRAPH.RIGHT, after_pt=10)
    set_style(document, CELL, size_pt=12, after_pt=2)
    set_style(document, NOTE, size_pt=12)
    set_style(document, "List Bullet", size_pt=13)
    set_style(document, "List Number", size_pt=13)
    for name in ("Header", "Footer"):
        set_style(document, name, size_pt=10.5, align=WD_ALIGN_PARAGRAPH.CENTER, after_pt=0)


def _write_head(document: Document, unit: Unit) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = f"{clean(unit.name).upper()}  ·  {DRAFT_MARK}"
    footer = section.footer.paragraphs[0]
    footer.add_run("Trang ")
    add_field(footer, "PAGE")
    footer.add_run("/")
    add_field(footer, "NUMPAGES")


class _Draft:
    """Writes the campaign's blocks into the document, in order."""

    def __init__(self, document: Document, pictures: Mapping[int, ArticleMedia]) -> None:
        self.document = document
        self.styles = style_ids(document)
        self.pictures = pictures
        self.level = 1
        self.count = {"Hình": 0, "Bảng": 0, "Biểu đồ": 0}

    def write(self, campaign: Campaign) -> None:
        headlines = propose_headlines(campaign)
        self._add("Heading 1", plain_text(campaign.title))
        self._add(LEAD, plain_text(campaign.summary))
        for section in campaign.sections:
            self.level = 1
            if section.heading:
                self._heading(section.heading, 2)
            self._blocks(body_blocks(campaign, section.blocks))
        self._list_texts("Nguồn tài liệu", campaign.sources)
        if campaign.ai_label:
            self._add(NOTE, Text((Span(campaign.ai_label, strong=True),)))
        self._sign(campaign)
        self._list_texts("Tiêu đề khác để chọn", headlines)

    def _add(self, style: str, text: Text) -> Any:
        paragraph = append_paragraph(self.document, self.styles[style])
        fill_paragraph(paragraph, text)
        return paragraph

    def _heading(self, text: Text, wanted: int) -> None:
        self.level = min(max(wanted, 2), self.level + 1, 6)
        self._add(f"Heading {self.level}", text)

    def _list_texts(self, heading: str, texts: Sequence[str]) -> None:
        if texts:
            self._heading(plain_text(heading), 2)
            for text in texts:
                self._add("List Bullet", plain_text(text))

    def _sign(self, campaign: Campaign) -> None:
        names = (("Người viết", campaign.author), ("Biên tập", campaign.editor), ("Người duyệt", ""))
        for role, name in names:
            line = (Span(f"{role}: ", strong=True), Span(clean(name) or "." * 40))
            self._add(NOTE, Text(line))

    def _blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                self._add("Normal", block.text)
            case Subheading():
                self._heading(block.text, max(block.level, 3))
            case Bullets():
                for item in block.items:
                    self._add("List Bullet", item)
            case Figures():
                for figure in block.items:
                    self._add(
                        "List Bullet", Text((Span(figure.lead.strip(), strong=True), Span(" "), *figure.label.spans))
                    )
            case Steps():
                self._steps(block)
            case Table():
                self._table(block.header, block.rows)
            case Chart():
                self._chart(block)
            case Quotation():
                for paragraph in block.paragraphs:
                    self._add(QUOTE, paragraph)
                if block.source:
                    self._add(SOURCE, Text((Span("— "), *block.source.spans)))
            case Picture():
                credit = f" Ảnh: {clean(block.credit).rstrip('.')}." if block.credit else ""
                self._picture(self.pictures[block.line], "Hình", f"{end_sentence(clean(block.alt))}{credit}")
            case Questions():
                self._questions(block)

    def _steps(self, block: Steps) -> None:
        number = start_numbering(self.document, "List Number")
        for step in block.items:
            head = tuple(Span(s.text, True, s.emphasis, s.href) for s in step.head.spans)
            glue = (Span(" "),) if step.head and step.body and step.body.plain[:1] not in ",.;: " else ()
            set_numbering(self._add("List Number", Text((*head, *glue, *step.body.spans))), number)

    def _questions(self, block: Questions) -> None:
        base = self.level
        for item in block.items:
            self.level = base
            self._heading(item.question, base + 1)
            self._blocks(item.answer)
        self.level = base

    def _chart(self, chart: Chart) -> None:
        names = ", ".join(cell.plain for cell in chart.header[1:])
        about = clean(f"{names} theo {chart.header[0].plain}")
        self._picture(self.pictures[chart.line], "Biểu đồ", f"{about}.", alt=chart_alt(chart))
        rows = [
            (label, *(plain_text(number.written if number else "–") for number in values))
            for label, values in zip(chart.labels, chart.values, strict=True)
        ]
        self._table(chart.header, rows, about=f"Số liệu của biểu đồ {self.count['Biểu đồ']}")

    def _picture(self, media: ArticleMedia, kind: str, caption: str, *, alt: str = "") -> None:
        paragraph = append_paragraph(self.document, self.styles["Normal"])
        paragraph.paragraph_format.keep_with_next = True
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        width_mm = min(_COLUMN_MM, _TALLEST_MM * media.width / media.height, media.width * 25.4 / 96)
        shape = paragraph.add_run().add_picture(io.BytesIO(media.data), width=Mm(width_mm))
        describe_picture(shape, alt=clean(alt or media.alt), name=media.name)
        self._caption(kind, caption)

    def _caption(self, kind: str, text: str, *, above: bool = False) -> None:
        self.count[kind] += 1
        paragraph = self._add(CAPTION, plain_text(f"{kind} {self.count[kind]}. {text}"))
        paragraph.paragraph_format.keep_with_next = above or None

    def _table(self, header: Sequence[Text], rows: Sequence[Sequence[Text]], *, about: str = "") -> None:
        about = about or ", ".join(cell.plain for cell in header if cell)
        self._caption("Bảng", f"{clean(about)}." if about else "", above=True)
        columns = max([len(header), *(len(row) for row in rows)])
        table = self.document.add_table(rows=1 + len(rows), cols=columns, style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for row_index, (row, cells) in enumerate(zip(table.rows, [header, *rows], strict=True)):
            _keep_row(row, heading=row_index == 0)
            for cell, text in zip(row.cells, cells, strict=False):
                paragraph = cell.paragraphs[0]
                paragraph._p.style = self.styles[CELL]
                spans = tuple(Span(s.text, True, s.emphasis, s.href) for s in text.spans) if not row_index else ()
                fill_paragraph(paragraph, Text(spans) if spans else text)
        append_paragraph(self.document, self.styles[CELL])


def _keep_row(row: Any, *, heading: bool) -> None:
    """No row breaks over two pages; the heading row stands again on each."""
    keep_row_whole(row)
    if heading:
        mark_heading_row(row)


def fill_paragraph(paragraph: Any, text: Text) -> None:
    """Put the runs of `text` into the paragraph; white space collapsed, links as links."""
    last = " "
    for span in text.spans:
        words = clean(span.text)
        lead = " " if span.text[:1] in (" ", "\n", "\t") and not last.endswith(" ") else ""
        trail = " " if words and span.text[-1:] in (" ", "\n", "\t") else ""
        shown = lead + words + trail
        if not shown:
            continue
        last = shown
        href = safe_href(span.href) if span.href else None
        run = _linked_run(paragraph, shown, href) if href else paragraph.add_run(shown)
        if span.strong:
            run.bold = True
        if span.emphasis:
            run.italic = True


def _linked_run(paragraph: Any, words: str, href: str) -> Any:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(words)
    run.underline = True
    link.append(run._r)
    paragraph._p.append(link)
    return run
