"""Pages that show each stand-in as the channel's readers would see it. Every word from a post is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from publisher.files import write_bytes, write_text
from publisher.sandbox.exchange import Response, give_html
from publisher.sandbox.service import Picture, Shop, ShownPost
from publisher.sandbox.style import CSS

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # what a reader of these channels has on the wall
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "video/mp4": "mp4"}
KIND_NAMES = {
    "facebook": "Trang Facebook",
    "zalo": "Zalo Official Account",
    "portal": "Cổng thông tin điện tử",
    "radio": "Hàng chờ bài phát thanh",
    "youtube": "Kênh YouTube",
}
STATES = {
    "published": "Đã đăng",
    "draft": "Bản nháp – chưa ai thấy",
    "withdrawn": "Đã gỡ",
    "replaced": "Đã được thay bằng bản đính chính",
    "processing": "Đang xử lý",
    "failed": "Xử lý không thành công",
}
# What a post holds is shown, never run or fetched from elsewhere.
_POLICY = "default-src 'none'; img-src 'self' file: data:; media-src 'self' file:; style-src 'unsafe-inline'"

Address = Callable[[Shop, Picture], str]


def write_pages(folder: Path, shops: Sequence[Shop], posts: Sequence[ShownPost]) -> Path:
    """Write one page a channel and a first page that leads to them, with copies of all files; gives the first page."""

    def address(shop: Shop, picture: Picture) -> str:
        name = f"{picture.file}.{ENDINGS.get(picture.mime, 'bin')}"
        if not (folder / "tep" / name).is_file():
            write_bytes(folder / "tep" / name, shop.store.kept(picture.file))
        return f"tep/{name}"

    for shop in shops:
        text = _channel_page(shop, _own(shop, posts), address, home="index.html")
        write_text(folder / f"{shop.account.kind}-{shop.account.name}.html", text)
    index = folder / "index.html"
    write_text(index, _home_page(shops, posts, lambda shop: f"{shop.account.kind}-{shop.account.name}.html"))
    return index


def show_live(target: str, shops: Sequence[Shop], posts: Sequence[ShownPost]) -> Response:
    """The same pages, served: `/`, `/xem/<kind>/<account>` and `/tep/<kind>/<account>/<file>`."""
    pieces = [unquote(piece) for piece in target.split("?", maxsplit=1)[0].split("/") if piece]
    if not pieces:
        return give_html(_home_page(shops, posts, lambda s: f"/xem/{s.account.kind}/{s.account.name}"))
    found = [s for s in shops if pieces[1:3] == [s.account.kind, s.account.name]]
    if pieces[0] == "xem" and found:
        return give_html(_channel_page(found[0], _own(found[0], posts), _live_address, home="/"))
    if pieces[0] == "tep" and found and len(pieces) == 4:
        return _file(found[0], pieces[3], posts)
    return give_html(_page("Không có trang này", "<p class='empty'>Không có trang này.</p>", home="/"), status=404)


def _live_address(shop: Shop, picture: Picture) -> str:
    return f"/tep/{shop.account.kind}/{shop.account.name}/{picture.file}"


def _file(shop: Shop, name: str, posts: Sequence[ShownPost]) -> Response:
    for post in _own(shop, posts):
        for picture in post.pictures:
            if picture.file == name:
                mime = picture.mime if picture.mime in ENDINGS else "application/octet-stream"
                return Response(200, shop.store.kept(name), {"Content-Type": mime, "X-Content-Type-Options": "nosniff"})
    return give_html("<h1>404</h1>", status=404)


def _own(shop: Shop, posts: Sequence[ShownPost]) -> list[ShownPost]:
    return [post for post in posts if (post.kind, post.account) == (shop.account.kind, shop.account.name)]


def _home_page(shops: Sequence[Shop], posts: Sequence[ShownPost], link: Callable[[Shop], str]) -> str:
    cards = []
    for shop in shops:
        count = sum(post.state == "published" for post in _own(shop, posts))
        kind = shop.account.kind
        cards.append(
            f"<a class='channel {_e(kind)}' href='{_e(link(shop))}'>"
            f"<span class='avatar'>{_e(_initials(shop.title))}</span>"
            f"<span><b>{_e(shop.title)}</b><small>{_e(KIND_NAMES.get(kind, kind))}</small></span>"
            f"<em>{count} bài</em></a>"
        )
    intro = (
        "<h1>Những gì người xem sẽ thấy</h1><p class='lead'>Mỗi kênh dưới đây là một máy chủ thử chạy trên máy này.</p>"
    )
    return _page("Các kênh thử nghiệm", f"{intro}<nav class='channels'>{''.join(cards)}</nav>", home="")


def _channel_page(shop: Shop, posts: Sequence[ShownPost], address: Address, *, home: str) -> str:
    kind = shop.account.kind
    shown = [post for post in reversed(posts) if post.state != "draft"]
    drafts = [post for post in reversed(posts) if post.state == "draft"]
    draw = {"zalo": _zalo, "portal": _article, "radio": _script}.get(kind, _card)
    body = "".join(draw(shop, post, address) for post in shown) or "<p class='empty'>Chưa có bài nào.</p>"
    if drafts:
        inner = "".join(draw(shop, post, address) for post in drafts)
        body += (
            f"<details class='drafts'><summary>{len(drafts)} bản nháp (người xem không thấy)</summary>{inner}</details>"
        )
    head = (
        f"<header class='cover {_e(kind)}'><span class='avatar'>{_e(_initials(shop.title))}</span>"
        f"<div><h1>{_e(shop.title)}</h1><p>{_e(KIND_NAMES.get(kind, kind))}</p></div></header>"
    )
    return _page(shop.title, f"{head}<main class='{_e(kind)}'>{body}</main>", home=home)


def _card(shop: Shop, post: ShownPost, address: Address) -> str:
    """A post on a wall."""
    title = f"<h2>{_e(post.title)}</h2>" if post.title else ""
    link = f"<p class='link'>{_e(post.link)}</p>" if post.link else ""
    return (
        f"<article class='post {_e(post.state)}' id='{_e(post.id)}'><div class='by'>"
        f"<span class='avatar small'>{_e(_initials(shop.title))}</span><div><b>{_e(shop.title)}</b>"
        f"<small>{_moment(post.created_at)}{_state(post)}</small></div></div>{title}"
        f"<p class='text'>{_e(post.text)}</p>{link}{_media(shop, post, address)}{_comments(shop, post)}</article>"
    )


def _comments(shop: Shop, post: ShownPost) -> str:
    """What stands below a post, oldest first."""
    return "".join(
        f"<div class='comment'><b>{_e(shop.title)}</b><p class='text'>{_e(text)}</p></div>" for text in post.comments
    )


def _zalo(shop: Shop, post: ShownPost, address: Address) -> str:
    """An article, or a film with its words."""
    return _card(shop, post, address) if "film" in post.data else _article(shop, post, address)


def _article(shop: Shop, post: ShownPost, address: Address) -> str:
    """An article: the portal's own HTML is shown as it was taken; the page's policy lets nothing in it run."""
    body = post.html or _blocks(shop, post, address)
    said = _e(post.text) in body  # an excerpt is for lists of articles; most begin with the same words
    lead = f"<p class='lead'>{_e(post.text)}</p>" if post.text and not said else ""
    by = f"<p class='credit'>{_e(post.data.get('author', ''))}</p>" if post.data.get("author") else ""
    for picture in post.pictures:
        if picture.name:
            ending = re.escape(_e(picture.name))
            body = re.sub(rf'src="[^"]*{ending}"', f'src="{address(shop, picture)}"', body)
    covers = replace(post, pictures=post.pictures[:1])
    cover = _media(shop, covers, address) if post.data.get("cover") == "show" else ""
    return (
        f"<article class='story {_e(post.state)}' id='{_e(post.id)}'>"
        f"<small>{_moment(post.created_at)}{_state(post)}</small>"
        f"<h2>{_e(post.title)}</h2>{lead}{cover}<div class='body'>{body}</div>{by}</article>"
    )


def _blocks(shop: Shop, post: ShownPost, address: Address) -> str:
    by_name = {picture.name: picture for picture in post.pictures}
    drawn = []
    for kind, value in post.blocks:
        if kind == "text":
            drawn.append(f"<p>{_e(value)}</p>")
        elif value in by_name:
            picture = by_name[value]
            where, alt = _e(address(shop, picture)), _e(picture.alt)
            drawn.append(f"<figure><img src='{where}' alt='{alt}'><figcaption>{alt}</figcaption></figure>")
    return "".join(drawn)


def _script(shop: Shop, post: ShownPost, address: Address) -> str:
    """A piece waiting at a station."""
    files = "".join(f"<li>{_e(picture.name)}</li>" for picture in post.pictures)
    due = f"<dt>Giờ phát đề nghị</dt><dd>{_moment(post.data['due_at'])}</dd>" if post.data.get("due_at") else ""
    station = f"<dt>Đài</dt><dd>{_e(post.data['station'])}</dd>" if post.data.get("station") else ""
    return (
        f"<article class='script {_e(post.state)}' id='{_e(post.id)}'>"
        f"<small>{_moment(post.created_at)}{_state(post)}</small>"
        f"<h2>{_e(post.title or post.id)}</h2><dl>{due}{station}"
        f"<dt>Mức ưu tiên</dt><dd>{_e(post.data.get('level', ''))}</dd></dl>"
        f"<details open><summary>Kịch bản</summary><p class='text'>{_e(post.text)}</p></details>"
        f"<ul class='files'>{files}</ul></article>"
    )


def _media(shop: Shop, post: ShownPost, address: Address) -> str:
    drawn = []
    for picture in post.pictures:
        where = _e(address(shop, picture))
        if picture.mime == "video/mp4":
            tall = " tall" if post.data.get("film") == "reel" else ""
            drawn.append(
                f"<figure><video class='film{tall}' src='{where}' controls preload='metadata'></video></figure>"
            )
        elif picture.mime in ENDINGS:
            alt = f"<figcaption><b>Mô tả ảnh:</b> {_e(picture.alt)}</figcaption>" if picture.alt else ""
            drawn.append(f"<figure><img src='{where}' alt='{_e(picture.alt)}' loading='lazy'>{alt}</figure>")
    return f"<div class='media n{min(len(drawn), 4)}'>{''.join(drawn)}</div>" if drawn else ""


def _state(post: ShownPost) -> str:
    if post.state == "published":
        return ""
    return f" · <mark>{_e(STATES.get(post.state, post.state))}</mark>"


def _moment(text: str) -> str:
    if not text:
        return ""
    moment = datetime.fromisoformat(text).astimezone(ZONE)
    return f"{moment:%H:%M} · {moment.day}/{moment.month}/{moment.year}"


def _initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in words[-2:]).upper() or "?"


def _page(title: str, body: str, *, home: str) -> str:
    back = f"<a href='{_e(home)}'>← Tất cả các kênh</a>" if home else "<span></span>"
    return (
        "<!doctype html><html lang='vi'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{_e(title)} – Bản thử nghiệm</title><style>{CSS}</style></head><body>"
        f"<div class='notice'>{back}<strong>Bản thử nghiệm – không phải trang thật</strong><span></span></div>"
        f"{body}</body></html>\n"
    )


def _e(text: object) -> str:
    return html.escape(str(text), quote=True)
