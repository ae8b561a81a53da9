"""What LibreOffice makes of a Word file: the words, headings, pictures and page numbers a reader sees."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn

needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None, reason="LibreOffice is not installed"
)
_BOOKMARKS = 'pdf:writer_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"}}'


@dataclass(frozen=True)
class Seen:
    """`headings` are (level, text) in order, `pictures` how many are drawn, `pages` how many there are."""

    text: str
    headings: list[tuple[int, str]]
    pictures: int
    pages: int


def open_in_libreoffice(path: Path, folder: Path) -> Seen:
    """Open a .docx headless, print it to PDF and read that again."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", _BOOKMARKS, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    pdf = folder / f"{path.stem}.pdf"
    text = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    images = subprocess.run(["pdfimages", "-list", str(pdf)], check=True, capture_output=True, text=True).stdout
    drawn = [line for line in images.strip().splitlines()[2:] if line.split()[2] == "image"]
    with pikepdf.open(pdf) as opened, opened.open_outline() as outline:
        return Seen(text, list(_headings(outline.root, 1)), len(drawn), len(opened.pages))


def _headings(items: list[pikepdf.OutlineItem], level: int) -> Iterator[tuple[int, str]]:
    for item in items:
        yield level, item.title
        yield from _headings(item.children, level + 1)


def lost_in_libreoffice(path: Path, seen: Seen) -> list[str]:
    """Words, headings, pictures and page numbers of the file that the reader of the PDF does not see."""
    document = docx.Document(str(path))
    body = document.element.body
    words = Counter(" ".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p"))).split())
    headings = [
        (int(p.style.name.removeprefix("Heading ")), " ".join(p.text.split()))
        for p in document.paragraphs
        if p.style is not None and str(p.style.name).startswith("Heading")
    ]
    joined = "".join(seen.text.split())  # a long number of a document may go over two lines, after its hyphen
    missing = words - Counter(seen.text.split())
    lost = [f"word {word}" for word in missing if "-" not in word or word not in joined]
    lost += [f"heading {heading}" for heading in headings if heading not in seen.headings]
    pictures = len(list(body.iter(qn("wp:docPr"))))
    lost += [] if pictures == seen.pictures else [f"{pictures} pictures, {seen.pictures} drawn"]
    return lost + [f"page {n}" for n in range(1, seen.pages + 1) if f"Trang {n}" not in seen.text]
