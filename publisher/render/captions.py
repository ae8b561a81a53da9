"""What goes with a picture or a clip on a channel: title, text, summary and hashtags, each within its limit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from publisher.content.model import Campaign, Override
from publisher.content.signs import strip_marks
from publisher.errors import ContentError, Problem, SettingsError
from publisher.render.caption_data import Material, caption_values, gather_material
from publisher.render.sentences import clean, cut_cleanly, end_sentence
from publisher.render.templating import Template, read_template
from publisher.settings import Marked, describe, nearest, read_yaml
from publisher.units import Unit
from publisher.workspace import Workspace

FOLDER = "templates/captions"
_KIND = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Caption:
    """Texts for one account. `text` is complete (hashtags, source, link included); `hashtags` are without `#`."""

    title: str
    text: str
    summary: str
    hashtags: tuple[str, ...]


@dataclass(frozen=True)
class _Bounds:
    """The smaller of the channel's limit and the house's own, for each part; None: no limit."""

    text: int | None
    title: int | None
    summary: int | None
    count: Callable[[str], int]


def count_units(text: str) -> int:
    """UTF-16 units, which phones count in a message with Vietnamese marks."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_bytes(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


COUNTS: dict[str, Callable[[str], int]] = {"characters": len, "bytes": count_bytes, "units": count_units}


_GSM = str.maketrans({ord(a): b for a, b in zip("“”‘’–—…", "\"\"''--.", strict=True)})


def remove_marks(text: str) -> str:
    """Vietnamese without its marks (`Đường` → `Duong`), for messages in the GSM alphabet."""
    return strip_marks(text).translate(_GSM)


_FILTERS: dict[str, Callable[[str], str]] = {"sentence": end_sentence, "without_marks": remove_marks}


def compose_caption(
    campaign: Campaign,
    unit: Unit,
    *,
    kind: str,
    workspace: Workspace,
    limit: int | None,
    title_limit: int | None = None,
    summary_limit: int | None = None,
    link: str = "",
    account: str = "",
) -> Caption:
    """The caption of a channel kind, by the template `<kind>.txt.j2`, or `default.txt.j2` when there is none.

    Whole sentences are left out until it fits; no word is cut. What the campaign says for the kind or the account
    is used as written. Raises SettingsError for a broken template, ContentError when the campaign's own words for
    the channel are over the limit or not one word of its title fits.
    """
    override = choose_override(campaign, kind=kind, account=account)
    bounds = _bounds(workspace, kind, limits=(limit, title_limit, summary_limit))
    hashtags = _hashtags(override.hashtags if override.hashtags is not None else campaign.hashtags)
    if override.text is not None:
        text = _own_text(campaign, override, hashtags, bounds)
    else:
        text = _derive_text(campaign, unit, _read(workspace, kind), hashtags=hashtags, bounds=bounds, link=link)
    title = override.title if override.title is not None else campaign.title
    if override.title is not None:
        _refuse_long(campaign, override, "title", clean(title), bounds.title)
    return Caption(
        title=cut_cleanly(title, limit=bounds.title) if bounds.title is not None else clean(title),
        text=text,
        summary=cut_cleanly(campaign.summary, limit=bounds.summary) if bounds.summary else clean(campaign.summary),
        hashtags=hashtags,
    )


def choose_override(campaign: Campaign, *, kind: str, account: str = "") -> Override:
    """What the campaign says for this account, and for the rest what it says for the kind."""
    of_kind = campaign.channels.get(kind, Override())
    own = campaign.channels.get(account, Override()) if account and account != kind else of_kind
    return Override(
        text=own.text if own.text is not None else of_kind.text,
        title=own.title if own.title is not None else of_kind.title,
        hashtags=own.hashtags if own.hashtags is not None else of_kind.hashtags,
        image=own.image if own.image is not None else of_kind.image,
        line=own.line or of_kind.line,
    )


def _hashtags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each tag once, letters, digits and `_` only."""
    bare = (re.sub(r"\W", "", clean(tag)) for tag in tags)
    return tuple(dict.fromkeys(tag for tag in bare if tag))


def _bounds(workspace: Workspace, kind: str, *, limits: tuple[int | None, int | None, int | None]) -> _Bounds:
    if not _KIND.fullmatch(kind):
        raise SettingsError([Problem(FOLDER, 0, f"{describe(kind)} is no name of a channel kind; a–z, 0–9, - only.")])
    marked = read_yaml(workspace.root / FOLDER / "template.yaml", shown=f"{FOLDER}/template.yaml")
    house = marked.mapping(kind if kind in marked.values else "default")
    house.refuse_unknown(("text", "title", "summary", "count"), of="a caption")
    count = house.text("count", "characters")
    if count not in COUNTS:
        near = nearest(count, COUNTS)
        hint = f" Did you mean `{near}`?" if near else ""
        house.complain("count", f"one of {', '.join(COUNTS)}; found {describe(count)}.{hint}")
    own = [_limit(house, key) for key in ("text", "title", "summary")]
    if marked.problems:
        raise SettingsError(marked.problems)
    text, title, summary = (_smaller(a, b) for a, b in zip(limits, own, strict=True))
    return _Bounds(text, title, summary, COUNTS[count])


def _limit(house: Marked, key: str) -> int | None:
    if key not in house.values:
        return None
    value = house.number(key, 0)
    if value != int(value) or value < 1:
        house.complain(key, f"needs a whole number above 0, found {describe(value)}.")
    return int(value)


def _smaller(left: int | None, right: int | None) -> int | None:
    given = [value for value in (left, right) if value is not None]
    return min(given) if given else None


def _read(workspace: Workspace, kind: str) -> Template:
    folder = workspace.templates / "captions"
    name = f"{kind}.txt.j2" if (folder / f"{kind}.txt.j2").is_file() else "default.txt.j2"
    return read_template(folder / name, shown=f"{FOLDER}/{name}", autoescape=False, filters=_FILTERS)


def _own_text(campaign: Campaign, override: Override, hashtags: tuple[str, ...], bounds: _Bounds) -> str:
    """The campaign's own words for the channel, with the hashtags and the notice the law asks for."""
    text = _settle(override.text or "")
    missing = " ".join(f"#{tag}" for tag in hashtags if f"#{tag}" not in text)
    label = campaign.ai_label if campaign.ai_label not in text else ""
    text = _settle("\n\n".join(part for part in (text, label, missing) if part))
    _refuse_long(campaign, override, "text", text, bounds.text, bounds.count)
    return text


def _refuse_long(
    campaign: Campaign,
    override: Override,
    part: str,
    text: str,
    limit: int | None,
    count: Callable[[str], int] = len,
) -> None:
    if limit is not None and count(text) > limit:
        message = f"channels: `{part}` is {count(text)} long with its hashtags; {limit} at most. Shorten it."
        raise ContentError([Problem(campaign.path, override.line, message)])


def _derive_text(
    campaign: Campaign, unit: Unit, template: Template, *, hashtags: tuple[str, ...], bounds: _Bounds, link: str
) -> str:
    material = gather_material(campaign, hashtags=hashtags)

    def draw(removed: int, title: str | None = None) -> str:
        values = caption_values(material, unit, removed=removed, link=link, ai_label=campaign.ai_label, title=title)
        text = _settle(template.render(values))
        if remove_marks(campaign.ai_label) not in remove_marks(text):
            text = f"{text}\n{campaign.ai_label}"  # the law asks for it whatever a template leaves out
        return text

    def fits(text: str) -> bool:
        return bounds.text is None or bounds.count(text) <= bounds.text

    fullest = draw(0)
    if fits(fullest):
        return fullest
    barest = draw(material.total())
    if not fits(barest):
        return _shorten_title(campaign, material, draw, fits)
    return draw(_search(lambda n: fits(draw(n)), material.total()))


def _search(fits: Callable[[int], bool], most: int) -> int:
    """The fewest removals after which the text fits; `most` is known to."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _shorten_title(
    campaign: Campaign,
    material: Material,
    draw: Callable[[int, str | None], str],
    fits: Callable[[str], bool],
) -> str:
    """The barest caption with as much of the title as fits, cut at a clause or a word."""
    for limit in range(len(material.title) - 1, 0, -1):
        title = cut_cleanly(material.title, limit=limit)
        if not title:
            break
        text = draw(material.total(), title)
        if fits(text):
            return text
    message = (
        "title: one word of it and the lines that are never left out (office, link, notice) are over the channel's "
        "limit. Write a shorter `text` for the channel under `channels:`."
    )
    raise ContentError([Problem(campaign.path, campaign.title_line, message)])


def _settle(text: str) -> str:
    """NFC, no white space at line ends, at most one empty line, no control characters."""
    lines = [clean(line) for line in unicodedata.normalize("NFC", text).split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
