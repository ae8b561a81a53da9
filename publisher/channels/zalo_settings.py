"""Settings of a Zalo Official Account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from publisher.channels.parsing import read_address, read_whole, read_word
from publisher.settings import Marked, describe

WAYS = ("oa", "group")
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "via": "oa: the Official Account itself; group: an ordinary group, for which a kit to paste from is written",
        "folder": "folder the kits are written to (group): an absolute path",
        "audience": "whom a broadcast is suggested for, in words; a person presses it (oa)",
        "app_id": "number of the application the account gave its consent to",
        "author": "author printed under articles that name none",
        "comments": "true: followers may comment",
        "pictures_url": "public address under which pictures are found (Zalo fetches them from there)",
        "pictures_folder": "folder of this machine that is served under that address",
        "base_url": "address of the OpenAPI",
        "login_url": "address of the OAuth server",
        "redirect_uri": "where consent leads the browser back to, as entered at developers.zalo.me (channels login)",
        "timeout_s": "seconds without an answer after which a call is given up",
        "polls": "how often an article's processing is looked at within one attempt",
        "poll_s": "seconds between two such looks",
    }
)
_CONSENT = "An administrator of the account gives consent: publisher channels login NAME. publisher stores the rest."
SECRETS: Mapping[str, str] = MappingProxyType(
    {
        "refresh_token": f"The first refresh token. {_CONSENT}",
        "app_secret": "developers.zalo.me > the application > Settings: its secret key (not the Official Account's).",
    }
)


@dataclass(frozen=True)
class Settings:
    app_id: str
    via: str = "oa"
    folder: str = ""
    audience: str = ""
    author: str = ""
    comments: bool = False
    pictures_url: str = ""
    pictures_folder: str = ""
    base_url: str = "https://openapi.zalo.me"
    login_url: str = "https://oauth.zaloapp.com"
    redirect_uri: str = ""
    timeout_s: float = 30.0
    polls: int = 8
    poll_s: float = 3.0


def parse_settings(marked: Marked, secrets: Mapping[str, str]) -> Settings:
    """The account's settings; what is wrong is reported in `marked` with its line."""
    via = read_word(marked, "via", WAYS, "oa")
    if via == "group":
        return _parse_group(marked)
    for name, remedy in SECRETS.items():
        if name not in secrets:
            marked.complain(f"{name}_env", f"missing. {remedy}")
    folder = marked.text("pictures_folder", "")
    if folder and not Path(folder).is_absolute():
        marked.complain("pictures_folder", f"an absolute path such as /srv/www/anh; found {describe(folder)}.")
    for key in ("pictures_url", "pictures_folder"):
        if not marked.values.get(key):
            marked.complain(key, f"missing; every article needs a cover that Zalo can fetch: {SETTINGS[key]}.")
    app_id = marked.text("app_id")
    if app_id and not app_id.isdigit():
        marked.complain("app_id", f"the application's number, digits only; found {describe(app_id)}.")
    return Settings(
        app_id=app_id,
        audience=marked.text("audience", ""),
        author=marked.text("author", ""),
        comments=marked.flag("comments", False),
        pictures_url=read_address(marked, "pictures_url", ""),
        pictures_folder=folder,
        base_url=read_address(marked, "base_url", Settings.base_url),
        login_url=read_address(marked, "login_url", Settings.login_url),
        redirect_uri=read_address(marked, "redirect_uri", ""),
        timeout_s=read_whole(marked, "timeout_s", Settings.timeout_s, low=0.1, high=600),
        polls=int(read_whole(marked, "polls", Settings.polls, low=1, high=100)),
        poll_s=read_whole(marked, "poll_s", Settings.poll_s, low=0, high=60),
    )


def _parse_group(marked: Marked) -> Settings:
    """A group needs a folder only: nothing is sent anywhere."""
    folder = marked.text("folder", "")
    if not folder:
        marked.complain("folder", f"missing; `via: group` needs it: {SETTINGS['folder']}.")
    elif not Path(folder).is_absolute():
        marked.complain("folder", f"an absolute path such as /srv/zalo-nhom; found {describe(folder)}.")
    return Settings(
        app_id="",
        via="group",
        folder=folder,
        timeout_s=read_whole(marked, "timeout_s", Settings.timeout_s, low=0.1, high=600),
    )
