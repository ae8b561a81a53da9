"""The radio script for Word: large type, numbered lines, and styles throughout."""

from __future__ import annotations

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from publisher.render.docx_file import (
    add_field,
    document_bytes,
    new_document,
    set_numbering,
    set_style,
    start_numbering,
)
from publisher.render.radio_script import Script, clock, header_rows
from publisher.units import Unit

SIZE_PT = 16  # an announcer reads at arm's length
SPOKEN, HEAD, NOTE = "List Number", "Đầu chương trình", "Ghi chú biên tập"


def write_docx(script: Script, unit: Unit) -> bytes:
    """The bytes of the .docx; the same script gives the same bytes."""
    document = new_document(title=script.title, author=script.writer or unit.name, font="Times New Roman")
    _shape_styles(document)
    document.add_paragraph(script.station, style=HEAD).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_heading(script.title, level=1)
    for label, value in header_rows(script):
        document.add_paragraph(f"{label}: {value}", style=HEAD)
    number_id = start_numbering(document, SPOKEN)
    for turn in script.turns:
        document.add_heading(f"{turn.name} ({clock(turn.seconds)})", level=2)
        for line in turn.lines:
            paragraph = document.add_paragraph(style=SPOKEN)
            set_numbering(paragraph, number_id)
            paragraph.add_run(f"{line.speaker}: ").bold = True
            paragraph.add_run(line.said)
            if line.cut:
                document.add_paragraph(f"Câu dài {line.syllables} âm tiết, nên ngắt: {line.cut}", style=NOTE)
    _write_lists(document, script)
    _write_foot(document)
    return document_bytes(document)


def _shape_styles(document: Document) -> None:
    set_style(document, SPOKEN, size_pt=SIZE_PT)
    set_style(document, HEAD, size_pt=13)
    set_style(document, NOTE, size_pt=12)


def _write_lists(document: Document, script: Script) -> None:
    """The pronunciation column, and what an editor still has to decide."""
    if script.changed:
        document.add_heading("Cách đọc", level=2)
        table = document.add_table(rows=1, cols=2, style="Table Grid")
        table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Viết", "Đọc"
        for written, said in script.changed:
            row = table.add_row()
            row.cells[0].text, row.cells[1].text = written, said
        for row in table.rows:
            row.cells[0].width, row.cells[1].width = Mm(60), Mm(100)
    lists = (
        ("Cần biên tập viên kiểm tra", [f"“{d.written}” đọc là “{d.said}”" for d in script.doubts]),
        ("Đã bỏ bớt để vừa thời lượng", list(script.left_out)),
    )
    for title, rows in lists:
        if rows:
            document.add_heading(title, level=2)
            for text in rows:
                document.add_paragraph(text, style=NOTE)


def _write_foot(document: Document) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("Trang ")
    add_field(paragraph, "PAGE")
