"""The Word files open without a word about repair: held against the rules of the format by an independent reader."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from openxml_audit import OpenXmlValidator

from publisher.content.load import load_campaigns
from publisher.content.parse import Known, parse_campaign
from publisher.engine.rendering import render_campaign
from publisher.units import load_unit
from publisher.workspace import load_workspace
from tests.acceptance.test_pages import HOSTILE

ROOT = Path(__file__).parents[2]
WORKSPACE = load_workspace(ROOT)


def findings(path: Path) -> list[str]:
    """Schema, meaning and what Word would mend: every finding as one line."""
    return [f"{path.name}: {error.description}" for error in OpenXmlValidator().validate(path).errors]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Article and script of every sample and of a campaign that wants to do harm."""
    campaigns = list(load_campaigns(sorted((ROOT / "campaigns").glob("*.md")), WORKSPACE, Known()).campaigns)
    hostile, problems = parse_campaign(HOSTILE, path="do-ai.md", known=Known())
    assert hostile is not None, problems
    out = tmp_path_factory.mktemp("tai-lieu")
    workspace = replace(WORKSPACE, state_folder=out / "var")
    found = []
    for campaign in [*campaigns, hostile]:
        rendered = render_campaign(
            campaign, load_unit(WORKSPACE, "tinh-mau"), workspace=workspace, out=out, only=("article", "radio")
        )
        found += [artifact.path for artifact in rendered.artifacts if artifact.path.suffix == ".docx"]
    return found


def test_every_document_follows_the_rules_of_its_format(documents: list[Path]) -> None:
    assert len(documents) == 8
    assert [line for path in documents for line in findings(path)] == []


def test_the_reader_of_documents_finds_what_is_wrong(documents: list[Path], tmp_path: Path) -> None:
    """The check itself can fail: a paragraph inside a run, and the relics of the library's own template."""
    broken = tmp_path / "hong.docx"
    with zipfile.ZipFile(documents[0]) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = data.replace(b"<w:t>", b"<w:tbl/><w:t>", 1).replace(b"<w:t ", b"<w:tbl/><w:t ", 1)
            target.writestr(name, data)
    assert findings(broken)
    document = docx.Document()
    document.styles.add_style("Riêng", 1)
    document.save(str(tmp_path / "mau.docx"))
    assert findings(tmp_path / "mau.docx")
