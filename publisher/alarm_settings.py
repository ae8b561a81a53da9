"""Who is told when something needs a person: the part `alarms` of `publisher.yaml`; never a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from publisher.settings import Marked, describe

PLAIN_SCHEMES = ("mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms")
"""Apprise addresses that need no secret inside: mail and plain webhooks. All others are named by a variable."""

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
_SECRET_QUERY = re.compile(r"(^|[?&+:-])(pass\w*|token|secret|api_?key|key)=", re.IGNORECASE)
_NAME = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class Recipient:
    """One address. `address` is an Apprise address without login; the other fields name variables, never values."""

    name: str
    address: str = ""
    address_env: str = ""
    user_env: str = ""
    password_env: str = ""


@dataclass(frozen=True)
class AlarmSettings:
    """Whom to tell, and after how many seconds again while nobody acts (0: only once)."""

    to: tuple[Recipient, ...] = ()
    repeat_s: float = 4 * 3600.0


def read_alarms(marked: Marked) -> AlarmSettings:
    """Read the part, complaining in it; a login or a token written there is refused and never repeated."""
    marked.refuse_unknown(("to", "repeat_h"), of="alarms")
    hours = marked.number("repeat_h", 4)
    if not (hours == 0 or 0.25 <= hours <= 168):
        marked.complain("repeat_h", f"{hours:g} hours; write 0 (only once) or 0.25 to 168.")
    to = tuple(_recipient(entry) for entry in marked.mappings("to"))
    names = [recipient.name for recipient in to]
    for name in sorted({name for name in names if names.count(name) > 1}):
        marked.complain("to", f"`{name}` stands here twice; give each recipient its own name.")
    return AlarmSettings(to, hours * 3600)


def _recipient(entry: Marked) -> Recipient:
    entry.refuse_unknown(("name", "address", "address_env", "user_env", "password_env"), of="a recipient")
    recipient = Recipient(
        entry.text("name"),
        entry.text("address", ""),
        entry.text("address_env", ""),
        entry.text("user_env", ""),
        entry.text("password_env", ""),
    )
    if recipient.name and not _NAME.fullmatch(recipient.name):
        entry.complain("name", "a short name of letters, digits and hyphens. Shorten it.")
    for key in ("address_env", "user_env", "password_env"):
        value = getattr(recipient, key)
        if value and not _VARIABLE.fullmatch(value):
            entry.complain(key, "needs the name of a variable in capitals (ALARM_MAIL), never the secret itself.")
    _check_address(entry, recipient)
    return recipient


def _check_address(entry: Marked, recipient: Recipient) -> None:
    if bool(recipient.address) == bool(recipient.address_env):
        entry.complain("address", "write either `address`, or `address_env` with the name of a variable that holds it.")
        return
    if not recipient.address:
        return
    parts = _split(recipient.address)
    if parts is None or parts.scheme not in PLAIN_SCHEMES or not parts.hostname:
        shown = describe(parts.scheme) if parts is not None else "no address"
        entry.complain(
            "address",
            f"found {shown}; here stand addresses without a secret: mailtos://server?from=…&to=…, jsons://server/path. "
            "Any other Apprise address holds a token: put it into a variable and name that in `address_env`.",
        )
    elif "@" in parts.netloc or _SECRET_QUERY.search(parts.query):
        entry.complain(
            "address",
            "holds a login. Take it out, renew the password, and name variables in `user_env` and `password_env`.",
        )


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None
