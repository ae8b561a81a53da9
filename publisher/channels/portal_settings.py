"""Settings of a portal: which system it runs, or by which file a person or the portal itself takes the article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from publisher.channels.parsing import read_address, read_whole, read_word
from publisher.settings import Marked, describe

FLAVOURS = ("wordpress", "liferay", "feed", "package")
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "flavour": "wordpress, liferay (7.4 or later), feed (files the portal reads) or package (a person pastes)",
        "base_url": "address of the portal",
        "user": "login name (wordpress, liferay)",
        "client_id": "OAuth 2 client for client credentials, instead of user and password (liferay)",
        "categories": "numbers of the categories an article goes into (wordpress)",
        "site_id": "number of the site (liferay)",
        "folder": "folder the files are written to (feed, package): an absolute path",
        "feed_title": "title of the feed",
        "timeout_s": "seconds without an answer after which a call is given up",
    }
)
SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "password": "WordPress: Users > Profile > Application passwords, of a user with the role Editor. "
        "Liferay: the password of a user who may write articles on the site; for trials, else use client_id.",
        "client_secret": "Liferay: Control Panel > OAuth 2 Administration > the application, of the type Headless "
        "Server with the scope Liferay.Headless.Delivery.everything: its client secret.",
    }
)
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "wordpress": ("base_url", "user"),
        "liferay": ("base_url", "site_id"),
        "feed": ("base_url", "folder"),
        "package": ("base_url", "folder"),
    }
)


@dataclass(frozen=True)
class Settings:
    flavour: str = "wordpress"
    base_url: str = ""
    user: str = ""
    client_id: str = ""
    categories: tuple[int, ...] = ()
    site_id: str = ""
    folder: str = ""
    feed_title: str = ""
    timeout_s: float = 30.0


def parse_settings(marked: Marked, secrets: Mapping[str, str]) -> Settings:
    """The portal's settings; what is wrong is reported in `marked` with its line."""
    flavour = read_word(marked, "flavour", FLAVOURS, "wordpress")
    for key in _NEEDED[flavour]:
        if not marked.values.get(key):
            marked.complain(key, f"missing; `flavour: {flavour}` needs it: {SETTINGS[key]}.")
    _check_login(marked, secrets, flavour)
    folder = marked.text("folder", "")
    if folder and not Path(folder).is_absolute():
        marked.complain("folder", f"an absolute path such as /srv/www/tin; found {describe(folder)}.")
    site_id = marked.text("site_id", "")
    if site_id and not site_id.isdigit():
        marked.complain("site_id", f"the site's number, digits only; found {describe(site_id)}.")
    return Settings(
        flavour=flavour,
        base_url=read_address(marked, "base_url", ""),
        user=marked.text("user", ""),
        client_id=marked.text("client_id", ""),
        categories=_categories(marked),
        site_id=site_id,
        folder=folder,
        feed_title=marked.text("feed_title", ""),
        timeout_s=read_whole(marked, "timeout_s", 30.0, low=0.1, high=600),
    )


def _check_login(marked: Marked, secrets: Mapping[str, str], flavour: str) -> None:
    if flavour == "liferay" and marked.values.get("client_id"):
        if "client_secret" not in secrets:
            marked.complain("client_secret_env", f"missing. {SECRETS['client_secret']}")
        if marked.values.get("user"):
            marked.complain("user", "beside `client_id`; write one of the two ways to log in.")
        return
    if flavour in ("wordpress", "liferay"):
        if flavour == "liferay" and not marked.values.get("user"):
            marked.complain("client_id", f"missing, and so is `user`; one is needed: {SETTINGS['client_id']}.")
        if "password" not in secrets:
            marked.complain("password_env", f"missing. {SECRETS['password']}")


def _categories(marked: Marked) -> tuple[int, ...]:
    texts = marked.texts("categories")
    wrong = [text for text in texts if not text.isdigit()]
    if wrong:
        marked.complain("categories", f"numbers of categories; found {describe(wrong[0])}.")
    return tuple(int(text) for text in texts if text.isdigit())
