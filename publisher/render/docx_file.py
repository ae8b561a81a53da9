"""A Word document by styles: page, fonts, language and numbering set once, and the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # a document's own dates would make every copy differ
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold


def new_document(*, title: str, author: str, font: str, size_pt: float = 13) -> Document:
    """An empty A4 document in Vietnamese with the margins of Nghị định 30/2020/NĐ-CP and one font in all styles."""
    document = docx.Document()
    _drop_relics(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = section.footer_distance = Mm(10)
    properties = document.core_properties
    properties.title, properties.author, properties.language = title[:255], author[:255], "vi-VN"
    properties.comments = properties.keywords = properties.subject = ""
    properties.last_modified_by = author[:255]
    properties.created = properties.modified = MOMENT.replace(tzinfo=None)
    properties.revision = 1
    _set_defaults(document, font=font)
    normal = document.styles["Normal"]
    normal.font.size = Pt(size_pt)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.3
    return document


def _drop_relics(document: Document) -> None:
    """Parts of the library's template that say nothing of ours, and that Word would mend because they disagree."""
    for part in (document.part, document.part.package):
        for name, relation in list(part.rels.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail", "/customXml")):
                del part.rels[name]


def _set_defaults(document: Document, *, font: str) -> None:
    """Font and language of every style: those that name another font are turned to this one."""
    for style in document.styles.element.iter(qn("w:rPr")):
        fonts = style.find(qn("w:rFonts"))
        if fonts is not None:
            style.remove(fonts)
        language = style.find(qn("w:lang"))
        if language is not None:
            style.remove(language)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    fonts = OxmlElement("w:rFonts")
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{slot}"), font)
    defaults.insert(0, fonts)
    language = OxmlElement("w:lang")
    for slot in ("val", "eastAsia"):
        language.set(qn(f"w:{slot}"), "vi-VN")
    defaults.append(language)


def set_style(
    document: Document,
    name: str,
    *,
    size_pt: float,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
    before_pt: float = 0,
    after_pt: float = 6,
    keep_with_next: bool = False,
) -> None:
    """Shape a paragraph style, made from Normal when the document has none of the name."""
    if name in [style.name for style in document.styles]:
        style: Any = document.styles[name]
    else:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.quick_style = True
    style.font.size, style.font.bold, style.font.italic = Pt(size_pt), bold, italic
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.paragraph_format.alignment = align
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before_pt), Pt(after_pt)
    style.paragraph_format.keep_with_next = keep_with_next


def style_ids(document: Document) -> dict[str, str | None]:
    """The id of every style by its name, looked up once; None for the one that a paragraph has by itself."""
    found = {str(style.name): style.style_id for style in document.styles}
    return {**found, "Normal": None}


def append_paragraph(document: Document, style_id: str | None) -> Paragraph:
    """A paragraph at the end; the library's own way looks through the whole text for its end each time."""
    element = OxmlElement("w:p")
    document.element.body[-1].addprevious(element)  # the last child is always the section's own properties
    paragraph = Paragraph(element, document._body)
    if style_id is not None:
        paragraph._p.style = style_id
    return paragraph


def add_field(paragraph: Any, code: str) -> None:
    """A field that the reader's program works out (`PAGE`, `NUMPAGES`)."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)


def start_numbering(document: Document, style: str) -> int:
    """A fresh count for one ordered list in `style` (`List Number`); gives the id its paragraphs carry."""
    numbering = document.part.numbering_part.element
    of_style = document.styles[style].element.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    first = numbering.num_having_numId(int(of_style.get(qn("w:val"))))
    number = numbering.add_num(first.abstractNumId.val)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.numId)


def set_numbering(paragraph: Any, number_id: int) -> None:
    """Let the paragraph count in the list `number_id`."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number_id


def mark_heading_row(row: Any) -> None:
    """Repeat the row at the top of every page its table reaches, as a row of headings."""
    _add_row_property(row, "w:tblHeader")


def keep_row_whole(row: Any) -> None:
    """Let no page end inside the row."""
    _add_row_property(row, "w:cantSplit")


def _add_row_property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def describe_picture(inline_shape: Any, *, alt: str, name: str) -> None:
    """Give an embedded picture its text alternative."""
    for properties in (inline_shape._inline.docPr, inline_shape._inline.graphic.graphicData.pic.nvPicPr.cNvPr):
        properties.set("descr", alt)
        properties.set("name", name)


def document_bytes(document: Document) -> bytes:
    """The document as a .docx file: parts in a fixed order with a fixed date."""
    stream = io.BytesIO()
    document.save(stream)
    return settle_zip(stream.getvalue())


def settle_zip(data: bytes, *, edit: Callable[[str, bytes], bytes] = lambda name, part: part) -> bytes:
    """The same ZIP with its entries sorted and dated alike, each as `edit(name, bytes)` gives it.

    `[Content_Types].xml` stays first, as readers expect.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n != "_rels/.rels", n)):
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            target.writestr(entry, edit(name, source.read(name)), compresslevel=6)
    return out.getvalue()
