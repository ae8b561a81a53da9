"""The person of a run: pastes packages into the portal, renews what has expired, has refused pieces tried again."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path

from publisher.channels.portal_package import ADDRESS
from publisher.errors import PublisherError
from publisher.queue.model import Delivery
from publisher.queue.store import Store
from publisher.queue.torture.accounts import WEB, sort_of
from publisher.queue.torture.clock import FastClock
from publisher.queue.torture.services import Flag
from publisher.queue.torture.worker import World
from publisher.queue.transitions import REJECTED
from publisher.workspace import Person

CHI = Person("chi", "Chi", frozenset({"publisher"}))
ROUND_S = 1.5
SAME_WORDS = "Duplicate status message"
PATIENCE = 8  # so often one piece is retried before it is left


def attend(world: World, ended: Flag) -> None:
    """Go round until told to stop; `world.rounds` counts, below zero while something is left to do."""
    logging.disable(logging.CRITICAL)
    store: Store | None = None
    retried: Counter[str] = Counter()
    rounds = 0
    while not ended.wait(ROUND_S):
        try:
            store = store or Store.open(world.plan.url, artifacts=world.plan.artifacts)
            busy = paste(world.plan.state) + retry_refused(store, world, retried)
        except PublisherError:
            continue  # the page does not load; another time
        rounds += 1
        world.rounds.value = -rounds if busy else rounds
    if store is not None:
        store.close()


def paste(state: Path) -> int:
    """Put every package that waits into the portal, and its address into the package; how many there were."""
    waiting = [
        path.parent for path in state.glob("channels/sandbox/package-*/package/*/huong-dan.txt")
        if not (path.parent / ADDRESS).exists()
    ]  # fmt: skip
    for folder in waiting:
        part = folder / f".{ADDRESS}"
        part.write_text(f"{WEB}/bai/{folder.name}\n", encoding="utf-8")
        part.replace(folder / ADDRESS)
    return len(waiting)


def retry_refused(store: Store, world: World, retried: Counter[str]) -> int:
    """Renew the logins that were refused, and have their pieces tried again; how many there were."""
    # Without a protection the verdict is known long before everything has been tried again.
    patience = 0 if world.plan.without else PATIENCE
    # A Page takes no words twice in a row: somebody has to write others, which is no part of a run.
    refused = [d for d in store.list(states={REJECTED}) if retried[d.id] < patience and SAME_WORDS not in d.reason]
    for delivery in refused:
        if "consent" in delivery.reason and sort_of(delivery.account) == "zalo":
            give_consent(delivery, world)
    for delivery in refused:
        store.retry([delivery.id], person=CHI, now=FastClock(world.plan.started).now())
        retried[delivery.id] += 1
    return len(refused)


def give_consent(delivery: Delivery, world: World) -> None:
    """The account's administrator gives consent anew: the first refresh token counts again, on both sides."""
    plan = world.plan
    (plan.services / "zalo" / delivery.account / "login" / "state.json").unlink(missing_ok=True)
    (plan.state / "channels" / "sandbox" / delivery.account / "tokens.json").unlink(missing_ok=True)
