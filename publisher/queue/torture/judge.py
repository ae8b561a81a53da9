"""The judge: what the services hold, piece by piece, against what the queue believes."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.channels.base import Account, Post
from publisher.channels.portal_package import ADDRESS
from publisher.queue.model import Delivery
from publisher.queue.store import Store
from publisher.queue.torture.plan import Plan
from publisher.queue.transitions import FINAL, HELD, MISSED, REJECTED, UNKNOWN
from publisher.sandbox.server import Sandbox

_MARK = re.compile(r"\b[dg]-\d{6}\b")


@dataclass(frozen=True)
class Shown:
    """One post as a reader of the service sees it; `files` are SHA-256 sums, None where the service shows no files."""

    account: str
    words: str
    files: frozenset[str] | None

    @property
    def mark(self) -> str:
        found = _MARK.search(self.words)
        return found[0] if found else ""


@dataclass
class Verdict:
    """Ids by what became of them. `lost` are believed to be out and are not, or lie there with other bytes, or are
    believed surely not out and are."""

    delivered: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.stuck)

    def __str__(self) -> str:
        return (
            f"{self.delivered} delivered, {len(self.lost)} lost, {len(self.twice)} sent twice, "
            f"{len(self.stuck)} stuck, {len(self.waiting)} waiting for a person"
        )


def judge(plan: Plan, accounts: Mapping[str, Account]) -> Verdict:
    """Look at every service and at every piece."""
    store = Store.open(plan.url, artifacts=plan.artifacts)
    verdict = compare(store.list(), list(look_around(plan, accounts)))
    # A queue whose ledger does not prove it is as bad as a piece that cannot move.
    verdict.stuck += store.verify_ledger()
    store.close()
    return verdict


def compare(deliveries: list[Delivery], shown: list[Shown]) -> Verdict:
    """Pieces that share their words are judged together: so many pieces, so many posts."""
    seen: dict[str, list[Shown]] = defaultdict(list)
    for post in shown:
        seen[f"{post.account}/{post.mark}"].append(post)
    groups: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        groups[f"{delivery.account}/{_mark_of(delivery.post)}"].append(delivery)
    verdict = Verdict(lost=[f"{key}: shown, but nobody's" for key in sorted(seen.keys() - groups.keys())])
    for key, pieces in sorted(groups.items()):
        _judge_group(pieces, seen.get(key, []), verdict)
    return verdict


def _judge_group(pieces: list[Delivery], posts: list[Shown], verdict: Verdict) -> None:
    out = [d for d in pieces if d.state in FINAL]
    doubtful = [d for d in pieces if d.state == UNKNOWN]
    names = " ".join(d.id for d in pieces)
    if len(posts) > len(pieces):
        verdict.twice.append(f"{names}: {len(posts)} posts")
    if len(posts) > len(out) + len(doubtful) and len(posts) <= len(pieces):
        # Somebody would send again what is out.
        verdict.lost.append(f"{names}: out, but believed surely not out")
    verdict.lost += [f"{d.id}: believed to be out" for d in out[len(posts) :]]
    good = out[: len(posts)]
    wrong = [d for d in good if not any(_is_as_approved(d.post, post) for post in posts)]
    verdict.lost += [f"{d.id}: other words or files than approved" for d in wrong]
    verdict.delivered += len(good) - len(wrong)
    for delivery in pieces:
        if delivery.state in FINAL:
            continue
        asks = delivery.state in (REJECTED, HELD, MISSED) or (delivery.state == UNKNOWN and delivery.asks_person)
        (verdict.waiting if asks and delivery.reason else verdict.stuck).append(f"{delivery.id}: {delivery.state}")


def _mark_of(post: Post) -> str:
    found = _MARK.search(post.text)
    return found[0] if found else post.key


def _is_as_approved(post: Post, shown: Shown) -> bool:
    wanted = {media.sha256 for media in post.media}
    words = post.text if post.text in shown.words else post.title
    return words in shown.words and (shown.files is None or wanted <= shown.files)


def look_around(plan: Plan, accounts: Mapping[str, Account]) -> Iterator[Shown]:
    """What every service shows to its readers."""
    sandbox = Sandbox(plan.services, accounts=accounts.values())
    for post in sandbox.posts():
        if post.state == "published":
            words = "\n".join((post.title, post.text, post.html, *(value for _, value in post.blocks)))
            yield Shown(post.account, words, frozenset(picture.file for picture in post.pictures))
    own = plan.state / "channels" / "sandbox"
    for path in own.glob("feed-*/feed/muc/[!.]*.json"):
        item = json.loads(path.read_text(encoding="utf-8"))
        yield Shown(path.parts[-4], f"{item['title']}\n{item['summary']}\n{item['html']}", None)
    for path in own.glob(f"package-*/package/*/{ADDRESS}"):
        yield Shown(path.parts[-4], _read_package(path.parent), None)


def _read_package(folder: Path) -> str:
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in ("tieu-de.txt", "noi-dung.html"))
