"""The text alternative of every page, from its structure: what is on it, in order, as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from publisher.content.model import Campaign
from publisher.render.infographic_plan import Part


def describe_page(page: Mapping[str, Any], campaign: Campaign, number: int, count: int) -> str:
    """The text alternative of a page, from its structure: every word that is on it, in order."""
    said = [f"Đồ họa thông tin “{campaign.title}”, trang {number} trên {count}."]
    if page["hero"] is not None and campaign.summary != campaign.title:
        said.append(campaign.summary)
    if page["hero"] is not None and "side" in page["hero"]:
        said.append(end(f"Ảnh: {page['hero']['side']['alt']}"))
    said += [text for part in page["parts"] if (text := describe_part(part))]
    return " ".join(" ".join(said).translate({0x2060: "", 0x200B: "", 0xA0: " "}).split())


def describe_part(part: Part) -> str:
    """What one part says, as a sentence."""
    kind = part["kind"]
    if kind in ("heading", "subheading", "paragraph", "bullet"):
        return end(said_of(part["runs"]))
    if kind == "figures":
        return " ".join(
            end(f"{cell['lead']} {cell['value']} {said_of(cell['label'])}".strip()) for cell in part["cells"]
        )
    if kind == "steps":
        return " ".join(describe_part({**item, "kind": "step"}) for item in part["items"])
    if kind == "pair":
        return " ".join(describe_part(inner) for column in part["columns"] for inner in pair_column(column))
    if kind == "step":
        lead = f"Bước {part['number']}: " if part["number"] is not None else ""
        head, body = said_of(part["head"]), said_of(part["body"])
        joint = " " if not body or body[0].islower() or head[-1:] in ".?!:" else ": "
        return end(f"{lead}{head}{joint if head else ''}{body}".strip())
    if kind == "chart":
        rows = "; ".join(
            f"{row['label']}: {', '.join(v['text'] for v in row['values'] if v['text'])}" for row in part["rows"]
        )
        series = f" ({', '.join(part['series'])})" if len(part["series"]) > 1 else ""
        by = f" theo {part['by']}" if part["by"] else ""
        return end(f"Biểu đồ {part['title']}{by}{series}: {rows}")
    if kind == "table":
        rows = "; ".join(", ".join(said_of(cell) for cell in row) for row in part["rows"])
        return end(f"Bảng {', '.join(said_of(cell) for cell in part['header'])}: {rows}")
    if kind == "quote":
        source = f" – {said_of(part['source'])}" if part["source"] else ""
        return end(f"Trích dẫn: “{' '.join(said_of(p) for p in part['paragraphs'])}”{source}")
    if kind == "picture":
        return end(f"Ảnh: {part['alt']}")
    if kind == "question":
        return end(f"Hỏi: {said_of(part['question'])} Đáp: {' '.join(said_of(a) for a in part['answer'])}")
    if kind == "sources":
        return end(f"{part['title']} {'; '.join(part['items'])}")
    return end(f"{part['name']}: {', '.join(f'{label} {text}' for label, text in part['lines'])}")


def pair_column(column: Mapping[str, Any]) -> list[Part]:
    """The heading of a column, if it has one, and its parts."""
    return [*([column["head"]] if "head" in column else []), *column["parts"]]


def said_of(runs: Sequence[Mapping[str, Any]]) -> str:
    return "".join(str(run["t"]) for run in runs)


def end(text: str) -> str:
    """With a full stop at its end."""
    return text if text.rstrip().endswith((".", "?", "!", "…", ":", "”")) else f"{text.rstrip()}."
