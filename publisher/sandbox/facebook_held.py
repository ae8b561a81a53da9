"""Posts the Graph stand-in holds and publishes by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from publisher.sandbox.exchange import Request
from publisher.sandbox.service import Shop


def read_schedule(request: Request, shop: Shop, photos: list[str]) -> tuple[int, str]:
    """The moment a post is to be held for (0: none), and what is wrong with it."""
    text = request.form.get("scheduled_publish_time", "")
    if not text:
        return 0, ""
    if not text.isdigit() or request.form.get("published") != "false":
        return 0, "(#100) You cannot specify a scheduled publish time on a published post"
    ahead_s = int(text) - shop.now().timestamp()
    if not 600 <= ahead_s <= 30 * 86_400:
        return 0, "(#100) The specified scheduled publish time is invalid"
    pictures = [shop.store.get("photos", photo) or {} for photo in photos]
    if not all(picture.get("temporary") for picture in pictures):
        return 0, "(#100) Photos of a scheduled post must be uploaded with temporary=true"
    shift = (shop.store.get("debug", "schedule") or {}).get("shift", 0)  # a service that understands another moment
    return int(text) + shift, ""


def publish_due(shop: Shop) -> None:
    """What is held goes public by the service's own clock, whoever is on or off."""
    now = shop.now().timestamp()
    for post in shop.store.all("posts"):
        if post["state"] == "scheduled" and post["at"] <= now:
            created = datetime.fromtimestamp(post["at"], UTC).isoformat()
            shop.store.put("posts", post["id"], {**post, "state": "published", "created": created})


def held(shop: Shop) -> list[dict[str, Any]]:
    return [post for post in shop.store.all("posts") if post["state"] == "scheduled"]
