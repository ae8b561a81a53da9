"""The article as HTML: our own Markdown through the `markdown` library, then through an allow-list, then a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import markdown
import nh3
from markupsafe import Markup

from publisher.content.model import (
    Block,
    Campaign,
    Chart,
    Figures,
    Picture,
    Questions,
    Quotation,
    Subheading,
    plain_text,
)
from publisher.render.article_markdown import (
    block_markdown,
    body_blocks,
    chart_alt,
    chart_table,
    credit_lines,
    escape,
    inline,
)
from publisher.render.article_media import ArticleMedia
from publisher.render.contrast import TEXT, darken
from publisher.render.sentences import clean, end_sentence
from publisher.render.templating import markup, read_template
from publisher.units import Unit
from publisher.workspace import Workspace

_TAGS = {
    "a", "blockquote", "br", "cite", "dd", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h2", "h3",
    "h4", "h5", "h6", "img", "li", "ol", "p", "section", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "section": {"aria-labelledby"},
    "div": {"role", "tabindex", "aria-label"},
    **{name: {"id"} for name in ("h2", "h3", "h4", "h5", "h6")},
    "th": {"scope"},
}
_CLASSES = {
    "p": {"lead", "credits", "ai-label"},
    "dl": {"figures"},
    "div": {"figure-card", "table", "questions"},
    "figure": {"picture", "chart", "quotation"},
    "section": {"sources"},
    "ol": {"steps"},
}
_OUR_ID = re.compile(r"[a-z0-9-]+-(?:muc-\d+|nguon-tai-lieu)")


def make_markdown() -> markdown.Markdown:
    """The library with tables, and with everything that lets HTML of the source through taken out."""
    md = markdown.Markdown(extensions=["tables"], output_format="html")
    md.preprocessors.deregister("html_block")
    md.inlinePatterns.deregister("html")
    for name in ("reference", "image_reference", "short_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    md.parser.blockprocessors.deregister("reference")
    return md


@dataclass
class _Writer:
    """Turns blocks into HTML in order, keeping headings in order and ids apart, also from other articles' on a page."""

    slug: str
    pictures: dict[int, ArticleMedia]
    md: markdown.Markdown = field(default_factory=make_markdown)
    level: int = 1
    ids: int = 0
    tables: int = 0

    def convert(self, source: str) -> str:
        self.md.reset()
        return self.md.convert(source)

    def run(self, source: str) -> str:
        """One line of Markdown without the paragraph around it."""
        html = self.convert(source) if source else ""
        return html.removeprefix("<p>").removesuffix("</p>") if html.count("<p>") == 1 else html

    @property
    def heading_id(self) -> str:
        """The id of the heading written last."""
        return f"{self.slug}-muc-{self.ids}"

    def heading(self, source: str, wanted: int) -> str:
        """A heading that never skips a level; its id is unique on the page."""
        self.level = min(max(wanted, 2), self.level + 1, 6)
        self.ids += 1
        return f'<h{self.level} id="{self.heading_id}">{self.run(source)}</h{self.level}>'

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "\n".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        match block:
            case Subheading():
                return self.heading(inline(block.text), max(block.level, 3))
            case Figures():
                return self._figures(block)
            case Chart():
                picture = self._figure(self.pictures[block.line], "chart", chart_alt(block), "")
                return picture + self._table(chart_table(block))
            case Picture():
                return self._figure(self.pictures[block.line], "picture", block.alt, block.credit)
            case Quotation():
                return self._quotation(block)
            case Questions():
                return self._questions(block)
            case _:
                html = self.convert(block_markdown(block, {}))
                return self._table_around(html) if "<table>" in html else html

    def _figures(self, block: Figures) -> str:
        cards = (
            f'<div class="figure-card"><dt>{self.run(escape(item.value))}</dt>'
            f"<dd>{self.run(inline(item.label))}</dd></div>"
            for item in block.items
        )
        return f'<dl class="figures">{"".join(cards)}</dl>'

    def _figure(self, media: ArticleMedia, kind: str, alt: str, credit: str) -> str:
        size = f'width="{media.width}" height="{media.height}"'
        image = Markup('<img src="{}" alt="{}" ').format(media.name, clean(alt)) + markup(f'{size} loading="lazy">')
        caption = "" if kind == "chart" else Markup("{}").format(end_sentence(clean(alt)))
        if credit:
            caption += Markup(" Ảnh: {}.").format(clean(credit).rstrip("."))
        under = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f'<figure class="{kind}">{image}{under}</figure>'

    def _table(self, source: str) -> str:
        return self._table_around(self.convert(source))

    def _table_around(self, html: str) -> str:
        """A wide table scrolls inside its own box, which the keyboard can reach."""
        self.tables += 1
        html = html.replace("<th>", '<th scope="col">')
        return f'<div class="table" role="region" tabindex="0" aria-label="Bảng {self.tables}">{html}</div>'

    def _quotation(self, block: Quotation) -> str:
        words = "".join(self.convert(inline(paragraph)) for paragraph in block.paragraphs)
        source = f"<figcaption><cite>{self.run(inline(block.source))}</cite></figcaption>" if block.source else ""
        return f'<figure class="quotation"><blockquote>{words}</blockquote>{source}</figure>'

    def _questions(self, block: Questions) -> str:
        base = self.level
        parts = []
        for item in block.items:
            self.level = base
            parts.append(self.heading(inline(item.question), base + 1) + self.blocks(item.answer))
        self.level = base
        return f'<div class="questions">{"".join(parts)}</div>'


def write_body(campaign: Campaign, pictures: dict[int, ArticleMedia]) -> str:
    """The article below its headline as a sanitised fragment: lead, sections, sources, credits."""
    writer = _Writer(campaign.slug, pictures)
    parts = [f'<p class="lead">{writer.run(escape(campaign.summary))}</p>']
    for section in campaign.sections:
        inside = ""
        writer.level = 1
        label = ""
        if section.heading:
            inside = writer.heading(inline(section.heading), 2)
            label = f' aria-labelledby="{writer.heading_id}"'
        inside += "\n" + writer.blocks(body_blocks(campaign, section.blocks))
        parts.append(f"<section{label}>{inside}</section>" if label else inside)
    parts.append(_sources(campaign, writer))
    parts += [
        f'<p class="{"ai-label" if line == campaign.ai_label else "credits"}">{writer.run(escape(line))}</p>'
        for line in credit_lines(campaign)
    ]
    return sanitise("\n".join(part for part in parts if part), {m.name for m in pictures.values()})


def _sources(campaign: Campaign, writer: _Writer) -> str:
    if not campaign.sources:
        return ""
    items = "".join(f"<li>{writer.run(inline(plain_text(source)))}</li>" for source in campaign.sources)
    name = f"{campaign.slug}-nguon-tai-lieu"
    heading = f'<h2 id="{name}">Nguồn tài liệu</h2>'
    return f'<section class="sources" aria-labelledby="{name}">{heading}<ul>{items}</ul></section>'


def sanitise(html: str, pictures: set[str]) -> str:
    """Only the tags, attributes and addresses on our list; pictures only from `pictures`, ids only ours."""
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_filter(pictures),
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def _filter(pictures: set[str]) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            return value if value in pictures else None
        if attribute in ("id", "aria-labelledby"):
            return value if _OUR_ID.fullmatch(value) else None
        if tag == "a" and attribute == "href":
            return value if value.lower().startswith(("http://", "https://", "mailto:")) else None
        return value

    return keep


def write_page(
    campaign: Campaign, unit: Unit, *, workspace: Workspace, body: str, mark: ArticleMedia | None = None
) -> str:
    """The whole page: our template around the body. Raises SettingsError for a broken template."""
    path = workspace.templates / "article" / "page.html.j2"
    template = read_template(path, shown="templates/article/page.html.j2", autoescape=True)
    return template.render(
        {
            "title": clean(campaign.title),
            "summary": clean(campaign.summary),
            "author": clean(campaign.author),
            "body": markup(body),
            "colour": darken(unit.primary, ratio=TEXT),
            "accent": unit.accent,
            "unit": {
                "name": clean(unit.name),
                "address": clean(unit.address),
                "hotline": clean(unit.hotline),
                "website": clean(unit.website),
            },
            "mark": {"src": mark.name, "alt": mark.alt} if mark else {},
        }
    )
