"""Is a Page's token there, alive, of the right kind and with the rights? Asked daily, long before the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from publisher.channels.base import Finding, Rejected
from publisher.channels.facebook_errors import judge_graph
from publisher.channels.facebook_graph import Graph, Graphed
from publisher.channels.facebook_settings import Settings
from publisher.channels.web import NeverLeft

NEEDED = ("pages_manage_posts", "pages_read_engagement", "pages_show_list")
SOON_DAYS = 14
VERSION_SOON_DAYS = 60


def check_page(
    graph: Graph, settings: Settings, *, ends: date | None, today: date, token: str, place: str
) -> tuple[Finding, ...]:
    """Every finding about version, token and rights."""
    findings = list(_check_version(settings.version, ends, today, place))
    reply = graph.read("me", fields="id,name")
    if not isinstance(reply, Graphed):
        outcome = judge_graph(reply, token=token)
        reason = getattr(outcome, "reason", "the Page did not answer")
        return (*findings, Finding("error" if isinstance(outcome, Rejected) else "warning", reason))
    found = str(reply.value.get("id", ""))
    if found != settings.page_id:
        text = f"the token belongs to {found or 'nobody'}, not to Page {settings.page_id}. {token}"
        return (*findings, Finding("error", text))
    findings.append(Finding("ok", f"Page {graph.web.clean(reply.value.get('name', found))} answers"))
    findings += _check_application(settings, place)
    if settings.app_id:
        findings += _check_token(graph, settings, today, token)
    return tuple(findings)


def _check_application(settings: Settings, place: str) -> Iterator[Finding]:
    """What no call tells: whether the application is live. In development mode only its own people see the posts."""
    if not settings.app_id:
        yield Finding(
            "warning",
            f"{place}: app_id: missing, so nobody sees the token end. Write the application's number.",
            "app_id",
        )
    if not settings.app_live:
        yield Finding(
            "warning",
            f"{place}: app_live: not confirmed. In development mode only people of the application see the posts. "
            "Set it to Live in the App dashboard, look at a post without being logged in, then write `app_live: true`.",
            "app_live",
        )


def _check_version(version: str, ends: date | None, today: date, place: str) -> Iterator[Finding]:
    if ends is None:
        return
    days = (ends - today).days
    if days < 0:
        yield Finding("error", f"{place}: version: {version} ended on {ends}. Raise it.", "version")
    elif days <= VERSION_SOON_DAYS:
        yield Finding("warning", f"{place}: version: {version} ends on {ends}. Raise it before.", "version")


def _check_token(graph: Graph, settings: Settings, today: date, token: str) -> Iterator[Finding]:
    reply = graph.debug_token(settings.app_id)
    data = reply.value.get("data") if isinstance(reply, Graphed) else None
    if isinstance(reply, NeverLeft) and reply.settings:
        yield Finding("warning", f"{reply.reason}, so nobody sees the token end", "app_secret")
        return
    if not isinstance(data, dict):
        yield Finding("warning", "Facebook did not say how long the token lives; look again tomorrow")
        return
    if data.get("is_valid") is not True:
        yield Finding("error", f"the token is not valid. {token}")
    if data.get("type") not in ("PAGE", None):
        yield Finding(
            "error", f"this is a token of a {str(data['type']).lower()}, not of a Page. {token}", "kind of token"
        )
    if str(data.get("app_id", settings.app_id)) != settings.app_id:
        yield Finding("warning", "the token was made by another application than app_id names", "application")
    yield from _check_rights(data, settings, token)
    yield from _check_expiry(data, today, token)


def _check_rights(data: Mapping[str, Any], settings: Settings, token: str) -> Iterator[Finding]:
    """Rights that are missing, and rights that were given for other Pages only."""
    scopes = data.get("scopes")
    needed = NEEDED if settings.sources == "text" else (*NEEDED, "pages_manage_engagement")
    missing = [right for right in needed if isinstance(scopes, list) and right not in scopes]
    if missing:
        yield Finding("error", f"the token lacks {', '.join(missing)}. {token}", "rights")
    granular = data.get("granular_scopes")
    for entry in granular if isinstance(granular, list) else ():
        targets = entry.get("target_ids") if isinstance(entry, dict) else None
        if entry.get("scope") in needed and isinstance(targets, list) and settings.page_id not in map(str, targets):
            yield Finding(
                "error",
                f"the right {entry['scope']} was given for other Pages, not for {settings.page_id}. {token}",
                "rights",
            )


def _check_expiry(data: Mapping[str, Any], today: date, token: str) -> Iterator[Finding]:
    for key, what in (("expires_at", "the token"), ("data_access_expires_at", "the token's access to data")):
        moment = data.get(key)
        if not isinstance(moment, int) or moment == 0:  # 0: no end
            continue
        day = datetime.fromtimestamp(moment, UTC).date()
        if day < today:
            yield Finding("error", f"{what} ended on {day}. {token}", key)
        elif (day - today).days <= SOON_DAYS:
            yield Finding("warning", f"{what} ends on {day}. {token}", key)
