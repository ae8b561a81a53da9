"""What a passer-by is shown of a campaign, and the names of what is not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from publisher.content.model import Block, Campaign, Chart, Figures, Table
from publisher.render.infographic_data import all_texts

# What a print read in passing gives up first.
_WEIGHT: Mapping[str, int] = MappingProxyType(
    {"Figures": 0, "Picture": 1, "Steps": 2, "Chart": 3, "Quotation": 4, "Bullets": 5, "Paragraph": 6, "Subheading": 7}
)
MOST_FIGURES = 3  # on a banner


def choose_figures(campaign: Campaign, most: int = MOST_FIGURES) -> tuple[Figures | None, tuple[str, ...]]:
    """The first figures and nothing else of the body: a banner is read in seconds."""
    chosen: Figures | None = None
    left_out = []
    for block in campaign.blocks():
        if isinstance(block, Figures) and chosen is None:
            chosen = replace(block, items=block.items[:most])
            left_out += [name_left(campaign, block.line, item.label.plain) for item in block.items[most:]]
        else:
            left_out.append(name_left(campaign, block.line, say_block(block)))
    return chosen, tuple(left_out)


def drop_least(campaign: Campaign) -> tuple[Campaign, tuple[str, ...]]:
    """The campaign without the block a passer-by misses least, and its name; headings go with their last block."""
    places = [
        (_WEIGHT.get(type(block).__name__, 8), at, inner)
        for at, section in enumerate(campaign.sections)
        for inner, block in enumerate(section.blocks)
    ]
    if not places:
        return campaign, ()
    _, at, inner = max(places)
    section = campaign.sections[at]
    block = section.blocks[inner]
    blocks = section.blocks[:inner] + section.blocks[inner + 1 :]
    own = (replace(section, blocks=blocks),) if blocks else ()
    dropped = name_left(campaign, block.line, say_block(block))
    return replace(campaign, sections=campaign.sections[:at] + own + campaign.sections[at + 1 :]), (dropped,)


def name_left(campaign: Campaign, line: int, text: str) -> str:
    return f"{campaign.path}:{line}: no room on the print for “{text[:60]}”"


def say_block(block: Block) -> str:
    """The first words of a block; of a table its headings."""
    if isinstance(block, Chart | Table):
        return ", ".join(cell.plain for cell in block.header)
    for text in all_texts(_plain(block)):
        if text.strip():
            return text.strip()
    return type(block).__name__.lower()


def _plain(value: Any) -> Any:
    """Texts inside a block, in order."""
    if hasattr(value, "plain"):
        return value.plain
    if hasattr(value, "__dataclass_fields__"):
        return [_plain(getattr(value, name)) for name in value.__dataclass_fields__ if name not in ("path", "kind")]
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str) else ""
