"""From the token a person has to the one a Page needs: a user's is made long-lived, and the Page's is taken from it.

A Page token taken from a long-lived user token has no end of its own. Tokens travel in headers and forms only, never
in an address, and are masked in whatever Facebook says.
"""

from __future__ import annotations

from typing import Any

from publisher.channels.base import Account, Rejected, Retry
from publisher.channels.facebook_errors import judge_graph
from publisher.channels.facebook_graph import Graph, Graphed, GraphReply, UnreadError
from publisher.channels.facebook_settings import Settings
from publisher.channels.link import Link, token_help
from publisher.channels.outcomes import before_commit
from publisher.channels.secrets import Secret, is_printable
from publisher.channels.web import Web

_MOST_PAGES = 20  # of a hundred Pages each
_TASK = "CREATE_CONTENT"


def take_page_token(
    account: Account, settings: Settings, link: Link, given: Secret, app_secret: Secret | None
) -> str | Retry | Rejected:
    """The Page's token: what was given when it is that already, else what the user's long-lived token leads to."""
    base, remedy = link.base(settings.base_url), token_help(account, "token", "Enter a token of a user or of the Page.")

    def reach(token: Secret) -> Graph:
        known = (given, token) if app_secret is None else (given, token, app_secret)
        web = Web((base,), settings.timeout_s, known, sandboxed=link.sandbox is not None)
        return Graph(web, token, version=settings.version, app_secret=app_secret)

    me = reach(given).read("me", fields="id")
    if not isinstance(me, Graphed):
        return _refuse(me, remedy)
    if str(me.value.get("id")) == settings.page_id:
        return given.reveal()
    if app_secret is None or not settings.app_id:
        return Rejected(
            f"this is the token of a person or of another Page. {account.path}: app_id and app_secret_env are needed "
            f"to take that of Page {settings.page_id} from it."
        )
    exchanged = reach(given).exchange_token(settings.app_id)
    longer = exchanged.value.get("access_token") if isinstance(exchanged, Graphed) else None
    if not isinstance(longer, str) or not is_printable(longer):
        return _refuse(exchanged, remedy)
    return _find_page(reach(Secret(given.variable, longer)), settings.page_id, remedy)


def _find_page(graph: Graph, page_id: str, remedy: str) -> str | Retry | Rejected:
    """The token of that Page among those the person has a role on."""
    try:
        for page in graph.entries("me/accounts", pages=_MOST_PAGES, fields="id,access_token,tasks"):
            if str(page.get("id")) == page_id:
                return _token_of(page, page_id)
    except UnreadError as stop:
        if stop.reply is not None:
            return _refuse(stop.reply, remedy)
    return Rejected(f"this person has no role on Page {page_id}. Give one in the Page's settings, then log in again.")


def _token_of(page: dict[str, Any], page_id: str) -> str | Rejected:
    tasks, token = page.get("tasks"), page.get("access_token")
    if isinstance(tasks, list) and _TASK not in tasks:
        return Rejected(f"this person may not post on Page {page_id}. The Page's settings give the right to content.")
    if isinstance(token, str) and is_printable(token):
        return token
    return Rejected(f"Facebook gives no token of Page {page_id}. Agree to pages_show_list and pages_manage_posts.")


def _refuse(reply: GraphReply, remedy: str) -> Retry | Rejected:
    if isinstance(reply, Graphed):
        return Rejected(f"the answer is not what Facebook gives. {remedy}")
    return before_commit(judge_graph(reply, token=remedy))
