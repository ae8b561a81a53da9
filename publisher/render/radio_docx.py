"""The radio script for Word: large type, numbered lines, and styles throughout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from publisher.render.docx_file import (
    add_field,
    document_bytes,
    keep_row_whole,
    mark_heading_row,
    new_document,
    set_numbering,
    set_style,
    start_numbering,
)
from publisher.render.radio_lines import Turn
from publisher.render.radio_script import Script, clock, header_rows
from publisher.units import Unit

SIZE_PT = 16  # an announcer reads at arm's length
SPOKEN, HEAD, NOTE, NUMBER = "Lời đọc", "Đầu chương trình", "Ghi chú biên tập", "List Number"
COLUMNS = ("Số", "Giọng", "Lời đọc", "Trong bài viết")
LINE_MM = (13, 17, 100, 40)
HEAD_MM = (36, 49, 36, 49)


def write_docx(script: Script, unit: Unit) -> bytes:
    """The bytes of the .docx; the same script gives the same bytes."""
    document = new_document(title=script.title, author=script.writer or unit.name, font="Times New Roman")
    _shape_styles(document)
    section = document.sections[0]
    section.left_margin = section.right_margin = Mm(20)
    document.add_paragraph(script.station, style=HEAD).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_heading(script.title, level=1)
    _write_head(document, script)
    number_id = start_numbering(document, NUMBER)
    for turn in script.turns:
        document.add_heading(f"{turn.name} ({clock(turn.seconds)})", level=2)
        _write_turn(document, turn, number_id)
    _write_lists(document, script)
    _write_foot(document)
    return document_bytes(document)


def _shape_styles(document: Document) -> None:
    set_style(document, SPOKEN, size_pt=SIZE_PT, after_pt=4)
    set_style(document, HEAD, size_pt=13, after_pt=2)
    set_style(document, NOTE, size_pt=12, after_pt=2)
    set_style(document, NUMBER, size_pt=11, after_pt=0)
    set_style(document, "Heading 1", size_pt=20, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, after_pt=10)
    set_style(document, "Heading 2", size_pt=13, bold=True, before_pt=12, after_pt=4, keep_with_next=True)


def _write_head(document: Document, script: Script) -> None:
    """What the station fills in and signs, two by two."""
    rows = header_rows(script)
    table = _add_table(document, HEAD_MM, style="Table Grid")
    for at in range(0, len(rows), 2):
        cells = table.add_row().cells
        texts = [text for row in rows[at : at + 2] for text in row]
        for cell, text, width in zip(cells, texts, HEAD_MM, strict=False):
            _fill(cell, text, HEAD, width)


def _write_turn(document: Document, turn: Turn, number_id: int) -> None:
    """One block as rows: number, announcer, what is said, and how the article writes it."""
    table = _add_table(document, LINE_MM)
    head = table.add_row()
    mark_heading_row(head)
    for cell, text, width in zip(head.cells, COLUMNS, LINE_MM, strict=True):
        _fill(cell, text, NOTE, width)
    for line in turn.lines:
        row = table.add_row()
        keep_row_whole(row)
        cut = [f"Câu dài {line.syllables} âm tiết, nên ngắt ở dấu ‖."] if line.cut else []
        _fill(row.cells[0], "", NUMBER, LINE_MM[0])
        set_numbering(row.cells[0].paragraphs[0], number_id)
        _fill(row.cells[1], line.speaker, NOTE, LINE_MM[1])
        _fill(row.cells[2], line.cut or line.said, SPOKEN, LINE_MM[2], more=cut)
        first, *rest = [note.short for note in line.notes] or [""]
        _fill(row.cells[3], first, NOTE, LINE_MM[3], more=rest)


def _add_table(document: Document, widths_mm: Sequence[float], *, style: str | None = None) -> Any:
    """An empty table whose columns are as wide as told in every program, not as wide as their words."""
    table = document.add_table(rows=0, cols=len(widths_mm), style=style)
    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    return table


def _fill(cell: Any, text: str, style: str, width_mm: float, *, more: Sequence[str] = ()) -> None:
    """One cell: its text in `style`, then notes under it."""
    cell.width = Mm(width_mm)
    cell.paragraphs[0].style = style
    cell.paragraphs[0].add_run(text)
    for note in more:
        cell.add_paragraph(note, style=NOTE)


def _write_lists(document: Document, script: Script) -> None:
    """What an editor still has to decide, and what a short version leaves out."""
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
