"""Portals: the office's web pages, by the interface each system has, or by files where it has none."""

from __future__ import annotations

from pathlib import Path

from requests.auth import HTTPBasicAuth

from publisher.channels import portal_feed, portal_liferay, portal_package, portal_wordpress
from publisher.channels.base import Account, Channel, Limits
from publisher.channels.link import Link, marked_settings, token_help
from publisher.channels.portal_oauth import ClientCredentials
from publisher.channels.portal_page import origin_of, why_not_shown
from publisher.channels.portal_settings import SECRETS, SETTINGS, Settings, parse_settings
from publisher.channels.web import Web

__all__ = ["KIND", "LIMITS", "SECRETS", "SETTINGS", "connect", "limits_of", "parse_settings"]

KIND = "portal"
LIMITS = portal_wordpress.LIMITS


def limits_of(account: Account) -> Limits:
    """What an article may hold; the same for every way an article gets to a portal."""
    return LIMITS


def connect(account: Account, link: Link) -> Channel:
    """The portal's channel. Raises CredentialsError when the password it needs is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    if settings.flavour in ("feed", "package"):
        folder = link.folder / settings.flavour if link.sandbox is not None else Path(settings.folder)
        may_make = link.sandbox is not None
        if settings.flavour == "feed":
            return portal_feed.Feed(account, settings, folder, may_make_folder=may_make)
        # In the sandbox no page of a real portal is ever fetched.
        web = None if link.sandbox is not None else Web((origin_of(settings.base_url),), settings.timeout_s)
        return portal_package.Package(account, settings, folder, web, may_make_folder=may_make)
    if settings.client_id:
        return _connect_client(account, settings, link)
    password = link.secret(account, "password", SECRETS["password"])
    base = link.base(settings.base_url)
    # As bytes: HTTP's basic login is Latin-1 otherwise, and names of users need not be.
    auth = HTTPBasicAuth(settings.user.encode(), password.reveal().encode())
    web = Web((base,), settings.timeout_s, (password,), sandboxed=link.sandbox is not None, auth=auth)
    help_text = token_help(account, "password", SECRETS["password"])
    if settings.flavour == "liferay":
        return portal_liferay.Liferay(account, settings, web, base, help_text, web.call)
    return portal_wordpress.WordPress(account, settings, web, base, help_text)


def look_at_page(account: Account, *, title: str, url: str) -> str | None:
    """Why the address is not that of the article; '' when its page shows the title, None where there is no portal."""
    settings = parse_settings(marked_settings(account), account.secrets)
    if not settings.base_url:
        return None
    web = Web((origin_of(settings.base_url),), settings.timeout_s)  # without a login: what readers see
    return why_not_shown(web, settings.base_url, title=title, url=url)


def _connect_client(account: Account, settings: Settings, link: Link) -> Channel:
    """Liferay with a client of its own instead of a person's password."""
    secret = link.secret(account, "client_secret", SECRETS["client_secret"])
    base = link.base(settings.base_url)
    web = Web((base,), settings.timeout_s, (secret,), sandboxed=link.sandbox is not None)
    client = ClientCredentials(web, base, settings.client_id, secret)
    help_text = token_help(account, "client_secret", SECRETS["client_secret"])
    return portal_liferay.Liferay(account, settings, web, base, help_text, client.call)
