"""The port of a stand-in: one module a kind, found by listing the package."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

import publisher.sandbox
from publisher.clock import Clock
from publisher.modules import modules_by_kind
from publisher.sandbox.exchange import Request, Response
from publisher.sandbox.store import Store


class SandboxAccount(Protocol):
    """What a stand-in must know of an account; an account read from `channels/` has all of it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def secrets(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Picture:
    """A file as a reader would see it: its bytes' name in the store, and the text for those who cannot see it."""

    file: str
    mime: str
    alt: str = ""
    name: str = ""


@dataclass(frozen=True)
class ShownPost:
    """One post as the channel's readers see it. `state`: published, draft, withdrawn, processing or failed."""

    kind: str
    account: str
    id: str
    url: str
    state: str
    created_at: str
    title: str = ""
    text: str = ""
    html: str = ""
    link: str = ""
    pictures: tuple[Picture, ...] = ()
    order: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()
    """(`text`, words) and (`image`, name of a picture), for articles made of blocks instead of HTML."""


@dataclass
class Shop:
    """One account at one stand-in. `base` is its address; `fail_processing` is set by the fault `verify_fails`."""

    account: SandboxAccount
    store: Store
    clock: Clock
    base: str
    fail_processing: bool = False

    def now(self) -> datetime:
        return self.clock.now()

    @property
    def title(self) -> str:
        return str(self.account.settings.get("title") or self.account.name)

    def secret(self, name: str) -> str | None:
        """The value the account's secret must have, or None when the account names none."""
        variable = self.account.secrets.get(name)
        return fake_secret(variable) if variable else None


def fake_secret(variable: str) -> str:
    """The sandbox's value for a variable: always the same, of no use anywhere else."""
    return f"thu-nghiem-{hashlib.sha256(variable.encode()).hexdigest()[:24]}"


class Service(Protocol):
    """What a module of this package offers when it stands in for a service."""

    KIND: str

    def step(self, request: Request) -> str:
        """What the request is for: `prepare`, `commit`, `read`, `change`, `login`…"""
        ...

    def handle(self, request: Request, shop: Shop) -> Response: ...

    def refuse(self, fault: str) -> Response | None:
        """The service's own words for `throttle`, `expired`, `policy`, `duplicate`; None where it has none."""
        ...

    def shown(self, shop: Shop) -> list[ShownPost]:
        """Everything posted, drafts and withdrawn posts too, oldest first."""
        ...


@functools.cache
def services() -> Mapping[str, Service]:
    """Every stand-in by kind."""
    return MappingProxyType(modules_by_kind(publisher.sandbox))
