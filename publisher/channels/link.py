"""What a kind is given to reach its service: secrets by name, a folder for its own notes, and the sandbox, if any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publisher.channels.base import Account
from publisher.channels.secrets import Secret, Secrets
from publisher.settings import Marked


@dataclass(frozen=True)
class Link:
    """`folder` is the account's own; with `sandbox` (an address) every base address is it and nothing else."""

    secrets: Secrets
    folder: Path
    sandbox: str | None = None

    def base(self, address: str) -> str:
        """`address`, or the sandbox in its stead: the only way a kind may come by an address to call."""
        return (self.sandbox or address).rstrip("/")

    def secret(self, account: Account, name: str, remedy: str) -> Secret:
        """The secret that `<name>_env` names. Raises CredentialsError when it is not set."""
        return self.secrets.get(account.secrets[name], place=account.path, remedy=remedy)

    def optional_secret(self, account: Account, name: str) -> Secret | None:
        """The secret, or None when the account names none or the variable is not set."""
        variable = account.secrets.get(name)
        return self.secrets.find(variable) if variable else None


def marked_settings(account: Account) -> Marked:
    """The account's settings as read from its file, able to complain with the line of each."""
    return Marked(account.settings, account.lines, account.path)


def token_help(account: Account, name: str, remedy: str) -> str:
    """Where to look when a credential is refused: file, line, setting, variable, remedy."""
    key = f"{name}_env"
    line = account.lines.get(key)
    place = f"{account.path}:{line}" if line else account.path
    return f"{place}: {key}: {account.secrets.get(name, 'missing')}. {remedy}"
