"""An editor's own text alternatives in place of those made from the structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from publisher.content.alt_texts import EVERY_PAGE
from publisher.content.model import Campaign
from publisher.errors import RenderError
from publisher.render.base import Artifact

PAGED = ("infographic", "poster")  # outputs whose formats may be named; those of films go by the name of the output
DESCRIBED = ("image", "video", "thumbnail", "pdf")


def settle_alts(artifacts: Sequence[Artifact], campaign: Campaign) -> list[Artifact]:
    """The artifacts with what `alt:` of the campaign says of them.

    A format's own words win over its output's, a page's over those for all pages. Raises RenderError for words about
    a page that does not exist: what they say would silently be lost.
    """
    _refuse_missing_pages(artifacts, campaign)
    return [replace(a, alt=own) if (own := _own_words(a, campaign)) else a for a in artifacts]


def _names(artifact: Artifact) -> tuple[str, ...]:
    """The keys of `alt:` that speak of an artifact, the nearest first."""
    return (artifact.format, artifact.kind) if artifact.kind in PAGED else (artifact.kind,)


def _own_words(artifact: Artifact, campaign: Campaign) -> str:
    if artifact.role not in DESCRIBED:
        return ""
    for name in _names(artifact):
        pages = campaign.alts.get(name, {})
        if artifact.page in pages and artifact.page != EVERY_PAGE:
            return pages[artifact.page]
        if EVERY_PAGE in pages:
            of = f" (trang {artifact.page} trên {artifact.pages})" if artifact.page and artifact.pages > 1 else ""
            return pages[EVERY_PAGE] + of
    return ""


def _refuse_missing_pages(artifacts: Sequence[Artifact], campaign: Campaign) -> None:
    for name, texts in campaign.alts.items():
        pages = {artifact.pages for artifact in artifacts if name in _names(artifact)}
        for page in texts:
            if pages and page > max(pages):
                raise RenderError(
                    f"{campaign.path}:{campaign.alts_line}: alt: {name} has no page {page}; it has {max(pages)}. "
                    "Look at the pages with `publisher preview`, then correct the number."
                )
