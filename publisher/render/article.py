"""The article: Markdown, a web page, a fragment for portals and a draft for Word, with its pictures beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.content.model import Campaign
from publisher.files import write_bytes
from publisher.render.article_docx import write_docx
from publisher.render.article_html import write_body, write_page
from publisher.render.article_markdown import campaign_markdown
from publisher.render.article_media import ArticleMedia, collect_media, read_mark
from publisher.render.base import Artifact, RenderJob, Size
from publisher.units import Unit
from publisher.workspace import Workspace

KIND = "article"
OPTIONS = ("docx_font",)
TEMPLATES = ("article",)
FORMATS: Mapping[str, Size] = {}
STEPS = 3  # what `progress` counts: pictures, texts, the Word draft

DOCX_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Article:
    """An article ready to be sent: a sanitised HTML body whose pictures go by the names in `media`."""

    title: str
    summary: str
    body: str
    media: tuple[ArticleMedia, ...]


def compose_article(campaign: Campaign, unit: Unit, *, workspace: Workspace) -> Article:
    """The body and the pictures it uses, for a portal post. Raises RenderError for a picture that cannot be read."""
    pictures = collect_media(campaign, unit, workspace)
    return Article(campaign.title, campaign.summary, write_body(campaign, pictures), _unique(pictures))


def article_body(campaign: Campaign, unit: Unit, *, workspace: Workspace) -> str:
    """The sanitised HTML below the headline; the same bytes as the artifact of role `body`."""
    return compose_article(campaign, unit, workspace=workspace).body


def _unique(pictures: Mapping[int, ArticleMedia]) -> tuple[ArticleMedia, ...]:
    """Each file once, in the order of the text."""
    return tuple({media.name: media for _, media in sorted(pictures.items())}.values())


def render(job: RenderJob) -> list[Artifact]:
    """Write all files of the article into `<folder>/article/`. The same job gives the same bytes."""
    campaign, unit = job.campaign, job.unit
    pictures = collect_media(campaign, unit, job.workspace)
    mark = read_mark(unit)
    media = [*_unique(pictures), *([mark] if mark else [])]
    job.progress(1, STEPS)
    body = write_body(campaign, pictures)
    page = write_page(campaign, unit, workspace=job.workspace, body=body, mark=mark)
    names = {line: picture.name for line, picture in pictures.items()}
    files = [
        ("html", ".html", "text/html", page.encode()),
        ("body", "-body.html", "text/html", body.encode()),
        ("markdown", ".md", "text/markdown", campaign_markdown(campaign, names).encode()),
    ]
    job.progress(2, STEPS)
    own_font = unit.font if job.options.get("docx_font") == "unit" else "Times New Roman"
    files.append(("docx", ".docx", DOCX_MIME, write_docx(campaign, unit, pictures, font=own_font)))
    made = [_put_picture(job, picture) for picture in media]
    made += [_put(job, role, f"{campaign.slug}{ending}", (mime, data)) for role, ending, mime, data in files]
    job.progress(3, STEPS)
    return made


def _put_picture(job: RenderJob, media: ArticleMedia) -> Artifact:
    size = (media.width, media.height)
    return _put(job, "image", media.name, (media.mime, media.data), alt=media.alt, size=size)


def _put(
    job: RenderJob, role: str, name: str, content: tuple[str, bytes], *, alt: str = "", size: tuple[int, int] = (0, 0)
) -> Artifact:
    mime, data = content
    path: Path = job.folder / "article" / name
    write_bytes(path, data)
    return Artifact(
        kind=KIND,
        format="",
        role=role,
        unit=job.unit.id,
        campaign=job.campaign.slug,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        mime=mime,
        width=size[0],
        height=size[1],
        alt=alt,
    )
