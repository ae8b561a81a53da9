"""Stand-in for a portal: WordPress' REST interface, and Liferay's create-or-replace by external reference code."""

from __future__ import annotations

from publisher.sandbox import liferay, wordpress
from publisher.sandbox.exchange import Request, Response, give_json
from publisher.sandbox.service import Shop, ShownPost

KIND = "portal"


def step(request: Request) -> str:
    return liferay.step(request) if request.parts[:1] == ["o"] else wordpress.step(request)


def refuse(fault: str) -> Response | None:
    if fault == "throttle":
        return give_json({"code": "too_many", "message": "slow down"}, status=429, headers={"Retry-After": "37"})
    if fault == "expired":
        body = {"code": "incorrect_password", "message": "The provided password is an invalid application password."}
        return give_json(body, status=401)
    return give_json({"code": "rest_forbidden", "message": "Not allowed"}, status=403)


def handle(request: Request, shop: Shop) -> Response:
    return liferay.handle(request, shop) if request.parts[:1] == ["o"] else wordpress.handle(request, shop)


def shown(shop: Shop) -> list[ShownPost]:
    return sorted(wordpress.shown(shop) + liferay.shown(shop), key=lambda post: post.order)
