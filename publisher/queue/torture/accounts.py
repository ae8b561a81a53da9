"""Accounts of every kind and the pieces they are to carry: what goes in, by the plan's seed alone."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from publisher.channels.base import Account, Media, Post
from publisher.channels.rates import Network, Rate
from publisher.queue.model import NewDelivery
from publisher.queue.torture.clock import EPOCH
from publisher.queue.torture.plan import TIMEOUT_S, Plan

WEB = "https://tinhmau.example"
PICTURE = b"\x89PNG\r\n\x1a\n"
FILM = b"\0\0\0\x18ftypisom"
ALIKE = 40  # one in so many pieces of a Page has the very words of another one


@dataclass(frozen=True)
class Sort:
    """One sort of account: its kind, its own settings and secrets, and the shapes of post it takes in turn."""

    kind: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    shapes: tuple[str, ...]


def _portal(flavour: str) -> Sort:
    settings = {"flavour": flavour, "base_url": WEB, "user": "bien-tap", "site_id": "20121", "folder": "/srv/tin"}
    return Sort("portal", settings, {"password": "PORTAL_PASSWORD"}, ("article",))


SORTS: Mapping[str, Sort] = MappingProxyType(
    {
        "facebook": Sort(
            "facebook",
            {"page_id": "100000000000001", "app_id": "77", "app_live": True, "polls": 1, "poll_s": 0},
            {"token": "FB_TOKEN", "app_secret": "FB_SECRET"},
            ("text", "photos", "text", "photos", "link", "photos", "reel", "video"),
        ),
        "zalo": Sort(
            "zalo",
            {"app_id": "1001", "pictures_url": f"{WEB}/anh", "pictures_folder": "/srv/anh", "polls": 3, "poll_s": 0},
            {"refresh_token": "ZALO_REFRESH", "app_secret": "ZALO_SECRET"},
            ("article",),
        ),
        "wordpress": _portal("wordpress"),
        "liferay": _portal("liferay"),
        "feed": _portal("feed"),
        "package": _portal("package"),
        "radio": Sort("radio", {"via": "webdav", "url": f"{WEB}/dav", "station": "Đài xã"}, {}, ("script",)),
        "youtube": Sort(
            "youtube",
            # The day of a quota is the vendor's own and does not pass faster here: the run must never meet its end.
            {"client_id": "123.apps", "category": 28, "units_per_day": 10**7, "uploads_per_day": 10**6},
            {"refresh_token": "YT_REFRESH", "client_secret": "YT_SECRET"},
            ("video",),
        ),
    }
)
# As offices have them: most have a Page. Of twenty accounts in a row every sort is there.
_ROW = (
    "facebook", "zalo", "wordpress", "facebook", "radio", "youtube", "liferay", "facebook", "feed", "package",
    "facebook", "zalo", "facebook", "radio", "facebook", "wordpress", "facebook", "zalo", "youtube", "facebook",
)  # fmt: skip
KINDS = tuple(sorted({sort.kind for sort in SORTS.values()}))
# Slower than at once, so that turns are given; much faster than on the real network, so that a run ends.
NETWORKS: Mapping[str, Network] = MappingProxyType({"facebook": Network("facebook", Rate(every_s=0.5))})


def make_accounts(plan: Plan) -> dict[str, Account]:
    """Every account by name; the name begins with its sort."""
    return {account.name: account for account in (_account(number) for number in range(plan.accounts))}


def sort_of(name: str) -> str:
    return name.partition("-")[0]


def _account(number: int) -> Account:
    name = _ROW[number % len(_ROW)]
    sort = SORTS[name]
    own = f"{name}-{number:03}"
    settings = {**sort.settings, "timeout_s": TIMEOUT_S}
    return Account(own, sort.kind, "xa-mau", settings, sort.secrets, f"channels/{own}.yaml")


def make_pieces(plan: Plan) -> Iterator[NewDelivery]:
    """Every delivery of the run."""
    drawn = random.Random(plan.seed)  # noqa: S311 - a repeatable plan is wanted
    names = list(make_accounts(plan))
    folder = Path(plan.folder) / "rendered"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(plan.deliveries):
        due_at = EPOCH + timedelta(seconds=drawn.randrange(plan.window_s))
        post = _post(number, names[number % len(names)], plan, folder)
        yield NewDelivery(post.key, "torture", "xa-mau", post.account, "piece", due_at, post, grace_s=10**7)


def mark_of(number: int, account: str, plan: Plan) -> str:
    """What stands in the words of a piece, to know it by at the service; some pieces of a Page share theirs."""
    turn, step = number // plan.accounts, plan.accounts
    if sort_of(account) == "facebook" and plan.deliveries > 4 * step:
        first = turn - turn % 4
        # Of four pieces the first and the third are alike, now and then: never two that follow each other.
        alike = hashlib.sha256(f"{account}/{first}".encode()).digest()[0] % (ALIKE // 4) == 0
        if alike and turn % 4 in (0, 2) and (first + 2) * step + number % step < plan.deliveries:
            return f"g-{first * step + number % step:06}"
    return f"d-{number:06}"


def _post(number: int, account: str, plan: Plan, folder: Path) -> Post:
    sort, key = SORTS[sort_of(account)], f"d-{number:06}"
    shape = sort.shapes[number // plan.accounts % len(sort.shapes)]
    mark = mark_of(number, account, plan)
    if mark != key:
        shape = "text"
    words = f"Tin {mark} của {account}"
    html = f"<p>{words}.</p>" if shape == "article" else ""
    media = tuple(_media(folder, key, role, head) for role, head in _files(shape, sort.kind))
    return Post(
        key, account, shape, words, f"{words}. Mời bà con theo dõi.", html=html, media=media, author="An",
        summary=f"Tóm tắt {mark}." if shape == "article" else "",
        link=f"{WEB}/{key}" if shape == "link" else "",
    )  # fmt: skip


def _files(shape: str, kind: str) -> tuple[tuple[str, bytes], ...]:
    if shape in ("photos", "article"):
        return (("image", PICTURE),)
    if shape in ("reel", "video"):
        return (("video", FILM),)
    return (("document", b"PK\3\4"),) if kind == "radio" else ()


def _media(folder: Path, key: str, role: Any, head: bytes) -> Media:
    """A file of this piece alone, so that a picture under the wrong post is seen."""
    ending, mime = {"image": ("png", "image/png"), "video": ("mp4", "video/mp4")}.get(
        role, ("docx", "application/msword")
    )
    data = head + key.encode() * 40
    path = folder / f"{key}.{ending}"
    path.write_bytes(data)
    return Media(
        path, hashlib.sha256(data).hexdigest(), len(data), mime, role, path.name, f"Ảnh của {key}", seconds=9.0
    )
