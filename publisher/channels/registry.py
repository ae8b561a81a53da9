"""Accounts and kinds: a kind is a module of this package with KIND, an account is a file of `channels/`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast
from urllib.parse import urlsplit

import publisher.channels
from publisher.channels.base import Account, Channel, Limits, Rejected, Retry
from publisher.channels.consent import Consent
from publisher.channels.link import Link
from publisher.channels.rates import Network, Rate
from publisher.channels.secrets import Secret, Secrets, is_variable_name
from publisher.errors import CredentialsError, Problem, SettingsError, UsageError
from publisher.modules import modules_by_kind
from publisher.settings import Marked, describe, nearest, read_yaml
from publisher.workspace import Workspace

COMMON: Mapping[str, str] = MappingProxyType(
    {
        "kind": "which kind of channel this is",
        "title": "the name people know the channel by",
        "unit": "the office that speaks here (a folder of assets/units/)",
        "enabled": "false: known, but nothing is planned or sent",
        "posts_per_day": "at most so many posts in 24 hours (0: no limit of our own)",
        "spacing_s": "at least so many seconds between two posts",
    }
)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SECRET_WORDS = re.compile(r"(token|secret|password|passwd|api_?key|credential)", re.IGNORECASE)
_TOKEN_SHAPE = re.compile(r"(EAA[A-Za-z0-9]{12,}|[A-Za-z0-9_\-]{40,}|[A-Za-z0-9+/]{40,}={0,2})")


class Kind(Protocol):
    """What a module of this package offers when it is a kind."""

    KIND: str
    SETTINGS: Mapping[str, str]
    """Name of each setting → what it means, in one line."""
    SECRETS: Mapping[str, str]
    """Name of each secret (`token` is written `token_env:`) → where a person obtains it."""

    def parse_settings(self, marked: Marked, secrets: Mapping[str, str]) -> object:
        """Read the settings, complaining in `marked`; `secrets` are the names of variables given."""
        ...

    def limits_of(self, account: Account) -> Limits:
        """What one post may hold, as its settings say."""
        ...

    def connect(self, account: Account, link: Link) -> Channel:
        """The channel. Raises CredentialsError for a secret that is not set; makes no request."""
        ...


@functools.cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name, found by listing the package."""
    return MappingProxyType(modules_by_kind(publisher.channels))


def list_kinds() -> tuple[str, ...]:
    """The words that may stand after `kind:`, sorted."""
    return tuple(kinds())


def load_accounts(workspace: Workspace) -> tuple[Account, ...]:
    """Every file of `channels/`, sorted by name. Raises SettingsError with every problem of every file."""
    accounts: list[Account] = []
    problems: list[Problem] = []
    for path in sorted(workspace.channels.glob("*.yaml")):
        try:
            accounts.append(load_account(path, shown=workspace.relative(path)))
        except SettingsError as error:
            problems += error.problems
    if problems:
        raise SettingsError(problems)
    return tuple(accounts)


def load_account(path: Path, *, shown: str) -> Account:
    """Read one account. Raises SettingsError with every problem of the file; no value of a secret is ever shown."""
    marked = read_yaml(path, shown=shown)
    if not _NAME.fullmatch(path.stem):
        marked.problems.append(
            Problem(shown, 0, "an account's file is named in small letters, digits and hyphens. Rename it.")
        )
    _refuse_secret_values(marked)
    kind = _kind_of(marked)
    if marked.problems or kind is None:
        raise SettingsError(marked.problems)
    account = _account(path.stem, marked, kind)
    kind.parse_settings(_without_common(marked), account.secrets)
    if marked.problems:
        raise SettingsError(marked.problems)
    return account


def connect(account: Account, *, secrets: Secrets, folder: Path, sandbox: str | None = None) -> Channel:
    """The account's channel; `folder` is the workspace's state folder.

    With `sandbox` (an address such as http://127.0.0.1:8080) all of the account's addresses lie below
    `{sandbox}/{kind}/{account}`, and no real service can be reached. Raises CredentialsError.
    """
    return _kind(account).connect(account, _link(account, secrets, folder, sandbox))


def consent_of(account: Account, *, secrets: Secrets, folder: Path, sandbox: str | None = None) -> Consent | None:
    """How a person gives consent for the account; None for kinds whose secrets a person enters.

    Raises CredentialsError when a secret that the exchange itself needs is not set.
    """
    ask = getattr(_kind(account), "ask_consent", None)
    return None if ask is None else cast(Consent, ask(account, _link(account, secrets, folder, sandbox)))


def refine_secret(
    account: Account, name: str, given: Secret, *, secrets: Secrets, folder: Path, sandbox: str | None = None
) -> str | Retry | Rejected:
    """What is to be kept of a secret that a person has entered, where its kind makes something better of it."""
    refine = getattr(_kind(account), "refine_secret", None)
    if refine is None:
        return given.reveal()
    return cast("str | Retry | Rejected", refine(account, _link(account, secrets, folder, sandbox), name, given))


def look_at_page(account: Account, *, title: str, url: str) -> str | None:
    """What the page there says: '' that it shows the title, else why not; None where nothing can be looked at.

    Only the office's own portal is ever asked, and only as any reader would.
    """
    ask = getattr(_kind(account), "look_at_page", None)
    return None if ask is None else cast("str | None", ask(account, title=title, url=url))


def _kind(account: Account) -> Kind:
    kind = kinds().get(account.kind)
    if kind is None:
        raise UsageError(f"{account.path}: no kind `{account.kind}`; there are: {', '.join(list_kinds())}.")
    return kind


def _link(account: Account, secrets: Secrets, folder: Path, sandbox: str | None) -> Link:
    missing = [name for name in account.secrets.values() if not is_variable_name(name)]
    if missing:
        raise CredentialsError(f"{account.path}: a name of a variable is written in capitals, such as FB_TOKEN.")
    own = f"{sandbox.rstrip('/')}/{account.kind}/{account.name}" if sandbox else None
    state = folder / "channels" / ("sandbox" if sandbox else "live") / account.name
    return Link(secrets, state, own)


def limits_of(account: Account) -> Limits:
    """What one post of this account may hold; needs no secret and makes no request."""
    return kinds()[account.kind].limits_of(account)


def network_of(account: Account, spacing_s: Mapping[str, float]) -> Network | None:
    """All accounts of the account's kind together; None where they have no common rate.

    `spacing_s` (kind → seconds between two posts) goes before what the kind itself says; 0 means no common rate.
    """
    own: Rate = getattr(kinds()[account.kind], "NETWORK_RATE", Rate())
    every_s = spacing_s.get(account.kind, own.every_s)
    return Network(account.kind, replace(own, every_s=every_s)) if every_s > 0 else None


def _kind_of(marked: Marked) -> Kind | None:
    name = marked.text("kind")
    if not name or name in kinds():
        return kinds().get(name)
    near = nearest(name, list_kinds())
    hint = f" Did you mean `{near}`?" if near else ""
    marked.complain("kind", f"no kind {describe(name)}; there are: {', '.join(list_kinds())}.{hint}")
    return None


def _account(name: str, marked: Marked, kind: Kind) -> Account:
    env_names = [f"{secret}_env" for secret in kind.SECRETS]
    marked.refuse_unknown([*COMMON, *kind.SETTINGS, *env_names], of=f"a {kind.KIND} channel")
    secrets = {secret: marked.text(f"{secret}_env") for secret in kind.SECRETS if f"{secret}_env" in marked.values}
    marked.text("title", "")
    marked.number("posts_per_day", 0)
    marked.number("spacing_s", 0)
    return Account(
        name=name,
        kind=kind.KIND,
        unit=marked.text("unit", ""),
        settings={key: value for key, value in marked.values.items() if not key.endswith("_env")},
        secrets=secrets,
        path=marked.path,
        lines=dict(marked.lines),
        enabled=marked.flag("enabled", True),
    )


def _without_common(marked: Marked) -> Marked:
    """The same file, the same list of problems, for the kind's own reading."""
    return Marked(marked.values, marked.lines, marked.path, marked.line, marked.problems)


def _refuse_secret_values(marked: Marked) -> None:
    """A secret in a settings file ends in a repository: refused before anything else, and never repeated."""
    for key, value in marked.values.items():
        if key.endswith("_env"):
            if not isinstance(value, str) or not is_variable_name(value):
                marked.complain(key, "needs the name of a variable in capitals (FB_TOKEN), never the secret itself.")
        elif _SECRET_WORDS.search(key) and not key.endswith("_url"):
            marked.complain(
                key, f"a secret is not written into a settings file. Put it into a variable and name it: {key}_env."
            )
        elif isinstance(value, str) and _holds_secret(value):
            marked.complain(
                key, "looks like a token or a password. Remove it, renew it, and name a variable with …_env instead."
            )


def _holds_secret(value: str) -> bool:
    try:
        parts = urlsplit(value)
        has_login = parts.username is not None or parts.password is not None
    except ValueError:
        return False
    return (has_login and "@" in value and "://" in value) or bool(_TOKEN_SHAPE.fullmatch(value))
