"""Channels of every account that is switched on, with their rates."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from publisher.channels.base import Account, Channel
from publisher.channels.rates import Network, Rate, rate_of
from publisher.channels.registry import connect, network_of
from publisher.channels.secrets import Secrets
from publisher.errors import CredentialsError

SANDBOX = "PUBLISHER_SANDBOX"
"""Names the sandbox's address: with it, nothing can reach a real service."""


@dataclass(frozen=True)
class Connected:
    """Channels by account; `missing` says of each account without credentials what is needed."""

    channels: Mapping[str, Channel]
    rates: Mapping[str, Rate]
    missing: Mapping[str, str]
    networks: Mapping[str, Network] = field(default_factory=dict)


def sandbox_address() -> str | None:
    return os.environ.get(SANDBOX) or None


def connect_all(
    accounts: Sequence[Account],
    *,
    secrets: Secrets,
    folder: Path,
    sandbox: str | None,
    spacing_s: Mapping[str, float] | None = None,
) -> Connected:
    """Connect every account; one without its secrets is left out and named, the others work on.

    `spacing_s` is the workspace's own spacing between all accounts of a kind.
    """
    networks: dict[str, Network] = {}
    channels: dict[str, Channel] = {}
    rates: dict[str, Rate] = {}
    missing: dict[str, str] = {}
    for account in accounts:
        try:
            channels[account.name] = connect(account, secrets=secrets, folder=folder, sandbox=sandbox)
        except CredentialsError as error:
            missing[account.name] = str(error)
            continue
        rates[account.name] = rate_of(account.settings)
        network = network_of(account, spacing_s or {})
        if network is not None:
            networks[account.name] = network
    return Connected(channels, rates, missing, networks)
