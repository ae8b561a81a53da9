"""what is queued, why a piece did or did not go out, and what a person decides about it"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from rich.markup import escape
from rich.table import Table

from publisher.channels import registry
from publisher.channels.base import REPLY_TO, Aired, BroadcastPlanner, Sent
from publisher.cli.context import Context
from publisher.cli.gather import accounts_of, open_desk, sound_campaigns
from publisher.cli.held import take_back_held
from publisher.cli.plan import render_folder
from publisher.cli.run import connect_workspace
from publisher.cli.stock import local_time, open_store
from publisher.engine.accounts import sandbox_address
from publisher.engine.airing import hear_stations
from publisher.engine.planning import build_deliveries
from publisher.errors import NothingMatchedError, UsageError
from publisher.queue.approvals import EVERYBODY, need_role
from publisher.queue.model import Delivery
from publisher.queue.store import Store
from publisher.queue.transitions import CORRECTED, SENT, STATES
from publisher.schedule.planfile import Line
from publisher.schedule.slots import Slot
from publisher.workspace import Person

NAME = "queue"
STYLES = {
    "sent": "green", "corrected": "green", "withdrawn": "dim", "unknown": "bold red", "rejected": "red",
    "missed": "red", "held": "yellow", "waiting": "yellow", "cancelled": "dim", "queued": "cyan",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=sorted(ACTS), help="what to do")
    parser.add_argument("ids", nargs="*", metavar="ID", help="deliveries, as `queue list` names them")
    parser.add_argument("--state", default="", metavar="STATES", help="list: only these states")
    parser.add_argument("--account", default="", help="list: only this account")
    parser.add_argument("--campaign", default="", help="list: only this campaign")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who acts")
    parser.add_argument(
        "--sent", default="", metavar="URL", help="settle: it is out, here; aired: where it can be heard"
    )
    parser.add_argument("--not-sent", action="store_true", help="settle: it is surely not out")
    parser.add_argument("--at", default="", metavar="TIME", help="reschedule: the new time")
    parser.add_argument("--reason", default="", help="why, for the ledger")


def run(args: argparse.Namespace, context: Context) -> int:
    with open_store(context) as store:
        return ACTS[args.act](args, context, store)


def show_list(args: argparse.Namespace, context: Context, store: Store) -> int:
    states = [name.strip() for name in args.state.split(",") if name.strip()]
    for name in states:
        if name not in STATES:
            raise UsageError(f"--state: found `{name}`; states are: {', '.join(STATES)}.")
    found = store.list(states=states or None, account=args.account or None, campaign=args.campaign or None)
    context.table(delivery_table(found, context))
    counts = {state: number for state, number in store.counts().items() if number}
    context.say(", ".join(f"{n} {state}" for state, n in counts.items()) or "0", _count_line(counts))
    context.give({"deliveries": [delivery_json(d) for d in found], "counts": counts})
    return 0 if found else 3


def _count_line(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in counts.items()) or "nothing is queued"


def delivery_table(found: list[Delivery], context: Context) -> Table:
    """One line a delivery, in the order of time."""
    table = Table(box=None, pad_edge=False)
    for name in ("when", "state", "account", "output", "id"):
        table.add_column(name, no_wrap=name != "id", overflow="fold")
    for delivery in found:
        style = STYLES.get(delivery.state, "")
        state = f"[{style}]{delivery.state}[/]" if style else delivery.state
        table.add_row(local_time(delivery.due_at, context), state, delivery.account, delivery.output, delivery.id)
    return table


def delivery_json(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "state": delivery.state,
        "campaign": delivery.campaign,
        "unit": delivery.unit,
        "account": delivery.account,
        "output": delivery.output,
        "due_at": delivery.due_at.isoformat(),
        "author": delivery.author,
        "content_hash": delivery.content_hash,
        "reason": delivery.reason,
        "url": delivery.external_url,
        "attempts": delivery.attempt,
        "facts": delivery.facts if delivery.facts_open else "",
    }


def chosen(args: argparse.Namespace) -> list[str]:
    if not args.ids:
        raise UsageError(f"queue {args.act}: name at least one delivery. See: publisher queue list")
    return list(args.ids)


def show_one(args: argparse.Namespace, context: Context, store: Store) -> int:
    """Everything about each piece: text, files, history, attempts."""
    for name in chosen(args):
        delivery = store.get(name)
        context.show(f"{delivery.id}  [{delivery.state}]  {local_time(delivery.due_at, context)}  {delivery.account}")
        if delivery.post.title:
            context.show(delivery.post.title)
        context.show(delivery.post.text)
        for media in delivery.post.media:
            context.show(f"  {media.role}: {media.name}  {media.bytes:,} B  {media.sha256[:12]}  {media.alt}")
        for line in store.history(name):
            context.show(f"  {local_time(line.at, context)}  {line.by or '-'}  {line.act}: {line.old} → {line.new}")
        context.give({**delivery_json(delivery), "content": delivery.post.content()})
    return 0


def show_why(args: argparse.Namespace, context: Context, store: Store) -> int:
    language = "vi" if context.vietnamese else "en"
    for name in chosen(args):
        text = store.why(name, now=context.clock.now(), language=language, zone=context.workspace.zone)
        context.show(text)
        context.give({"id": name, "why": text})
    return 0


def retry(args: argparse.Namespace, context: Context, store: Store) -> int:
    decision = store.retry(chosen(args), person=context.person(args.person), now=context.clock.now())
    context.say(f"{len(decision.queued)} bài vào hàng gửi.", f"{len(decision.queued)} queued.")
    context.give({"queued": list(decision.queued), "pending": list(decision.pending)})
    return 0


def settle(args: argparse.Namespace, context: Context, store: Store) -> int:
    """A person's word about a piece whose outcome is unknown."""
    if bool(args.sent) == args.not_sent:
        raise UsageError("queue settle: say either --sent URL or --not-sent, after looking at the channel.")
    person, now = context.person(args.person), context.clock.now()
    for name in chosen(args):
        seen = look_at_page(store.get(name), args.sent, context) if args.sent else None
        note = args.reason if seen is None else f"{args.reason or f'{person.id} saw it at {args.sent}'}; {seen[0]}"
        store.settle(name, person=person, now=now, sent=args.sent or None, not_sent=args.not_sent, note=note)
        context.give({"id": name, "state": store.get(name).state, "page_shows_it": None if seen is None else seen[1]})
    return 0


def look_at_page(piece: Delivery, url: str, context: Context) -> tuple[str, bool] | None:
    """What the page there says and whether it shows the piece; None where it cannot be looked at. Says it too.

    The person's word stands either way: a page may be behind a login, or come a minute later.
    """
    account = accounts_of(context.workspace).get(piece.account)
    if account is None or sandbox_address() is not None:
        return None
    wrong = registry.look_at_page(account, title=piece.post.title, url=url)
    if wrong is None:
        return None
    if wrong:
        context.say(
            f"{piece.id}: đã ghi theo lời bạn, nhưng {url} không cho thấy bài này ({wrong}). Hãy xem lại.",
            f"{piece.id}: noted as you say, but {url} does not show it: {wrong}. Look again.",
        )
        return f"looked at: {wrong}", False
    context.say(f"{piece.id}: trang có tên bài.", f"{piece.id}: the page shows its title.")
    return "looked at: the page shows its title", True


def cancel(args: argparse.Namespace, context: Context, store: Store) -> int:
    store.cancel(chosen(args), person=context.person(args.person), now=context.clock.now(), reason=args.reason)
    take_back_held(context, store)
    context.give({"cancelled": chosen(args)})
    return 0


def release(args: argparse.Namespace, context: Context, store: Store) -> int:
    """Give approved pieces of offices with `release` to the clock."""
    store.release(chosen(args), person=context.person(args.person), now=context.clock.now())
    context.give({"released": chosen(args)})
    return 0


def reschedule(args: argparse.Namespace, context: Context, store: Store) -> int:
    """Another time for each piece; it is approved anew, by neither its writer nor who gave the time."""
    if not args.at:
        raise UsageError("queue reschedule: needs the new time: --at 2026-10-12T08:00")
    moment, person = context.moment(args.at, "--at"), context.person(args.person)
    for name in chosen(args):
        store.reschedule(name, due_at=moment, person=person, now=context.clock.now())
    context.say(
        f"{len(chosen(args))} bài có giờ mới, chờ duyệt lại.",
        f"{len(chosen(args))} have a new time and wait for approval.",
    )
    context.give({"in_review": chosen(args), "due_at": moment.isoformat()})
    return 0


def correct(args: argparse.Namespace, context: Context, store: Store) -> int:
    """Draft a correction from the campaign as it stands now; another person approves it like any piece."""
    person, now = context.person(args.person), context.clock.now()
    need_role(person, EVERYBODY, verb="correct")
    desk = open_desk(context, sound_campaigns(context, ()))
    made = []
    for name in chosen(args):
        target = store.get(name)
        if target.campaign not in desk.campaigns or target.account not in desk.accounts:
            raise NothingMatchedError(f"{name}: its campaign or account is no longer in this workspace.")
        leader = store.get(target.post.data.get(REPLY_TO, name))
        kind = desk.accounts[target.account].kind
        slot = Slot(
            leader.id, target.campaign, target.unit, target.account, kind, leader.output, "", now, "send", 0, None
        )
        built = build_deliveries([Line(slot, "", "", "make")], desk, out=render_folder(context))
        piece = next((piece for piece in built if piece.id == name), None)
        if piece is None:
            raise NothingMatchedError(f"{name}: the campaign names no sources any more. Withdraw it instead.")
        made.append(store.correct(name, piece.post, author=person.id, due_at=now, now=now))
    store.submit(made, by=person.id, now=now)
    context.say(f"Chờ duyệt: {', '.join(made)}", f"Waiting for approval: {', '.join(made)}")
    context.give({"in_review": made})
    return 0


def broadcast(args: argparse.Namespace, context: Context, store: Store) -> int:
    """Show what a broadcast of something that is out would be. A person presses it; nothing here can."""
    names = chosen(args)
    pieces = [store.get(name) for name in names]
    connected = connect_workspace(context, only={piece.account for piece in pieces})
    for piece in pieces:
        channel = connected.channels.get(piece.account)
        if not isinstance(channel, BroadcastPlanner):
            raise UsageError(f"{piece.id}: `{piece.account}` knows no broadcast, or its credentials are not set.")
        if piece.state not in (SENT, CORRECTED) or piece.act != "publish":
            raise UsageError(f"{piece.id}: is `{piece.state}`; only an article that is out can be broadcast.")
        now = context.clock.now().astimezone(context.workspace.zone)
        sheet = channel.lay_out_broadcast(piece.post, Sent(piece.external_id, piece.external_url), now)
        for line in sheet:
            context.show(line)
        context.give({"id": piece.id, "sheet": list(sheet), "pressed": False})
    return 0


def withdraw(args: argparse.Namespace, context: Context, store: Store) -> int:
    """Draft the withdrawal of what is out; another person approves it like any piece."""
    person, now = context.person(args.person), context.clock.now()
    need_role(person, EVERYBODY, verb="withdraw")
    made = [store.withdraw(name, author=person.id, due_at=now, now=now) for name in chosen(args)]
    store.submit(made, by=person.id, now=now)
    context.say(f"Chờ duyệt: {', '.join(made)}", f"Waiting for approval: {', '.join(made)}")
    context.give({"in_review": made})
    return 0


def find_for_review(store: Store, campaign: str, person: Person) -> list[str]:
    """Ids of everything that waits for this person's approval. Raises NothingMatchedError when there is nothing."""
    waiting = store.list(states=("in_review",), campaign=campaign or None)
    found = [d.id for d in waiting if may_sign(d, person, store)]
    if not found:
        raise NothingMatchedError(f"nothing waits for {person.id}; {len(waiting)} wait for others or an answer first.")
    return found


def may_sign(delivery: Delivery, person: Person, store: Store) -> bool:
    """Whether the piece waits for this person, and not for another or an answer first."""
    if person.id in (delivery.author, delivery.timed_by) or delivery.facts_open or not person.acts_for(delivery.unit):
        return False
    signed = store.approvers(delivery.id) if delivery.levels > 1 else ()
    levels = person.signs.get(delivery.unit)
    return person.id not in signed and (levels is None or len(signed) + 1 in levels)


def show_aired(args: argparse.Namespace, context: Context, store: Store) -> int:
    """What stations read on air and what not; with IDs: a person says that it was, with the link if there is one."""
    if args.ids:
        person = context.person(args.person)
        for name in chosen(args):
            aired = Aired(args.reason, _link(args.sent))
            if not store.note_aired(name, aired, by=person.id, now=context.clock.now()):
                context.say(f"{name}: đã ghi từ trước.", f"{name}: was noted before.")
        return 0
    stations = {name: account for name, account in accounts_of(context.workspace).items() if account.kind == "radio"}
    connected = connect_workspace(context, only=stations)
    hear_stations(store, connected.channels, list(connected.channels), now=context.clock.now())
    found = store.airings(list(stations))
    table = Table(box=None, pad_edge=False)
    for name in ("when", "on air", "account", "id", "link"):
        table.add_column(name, overflow="fold")
    for one in found:
        read = context.words("[green]đã phát[/]", "[green]read[/]")
        state = read if one.aired_at else context.words("[yellow]chưa phát[/]", "[yellow]not read[/]")
        table.add_row(local_time(one.due_at, context), state, one.account, one.id, escape(one.url or one.text))
    context.table(table)
    read_count = sum(one.aired_at is not None for one in found)
    context.say(
        f"{read_count} đã phát, {len(found) - read_count} chưa.", f"{read_count} read, {len(found) - read_count} not."
    )
    context.give({"pieces": [{"id": o.id, "account": o.account, "due_at": o.due_at.isoformat(), "url": o.url,
                              "aired_at": o.aired_at.isoformat() if o.aired_at else None, "text": o.text}
                             for o in found]})  # fmt: skip
    return 0 if found else 3


def _link(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise UsageError(f"--sent: an address begins with https://; found `{text}`.")
    return text


Act = Callable[[argparse.Namespace, Context, Store], int]
ACTS: dict[str, Act] = {
    "aired": show_aired,
    "broadcast": broadcast,
    "list": show_list,
    "show": show_one,
    "why": show_why,
    "release": release,
    "reschedule": reschedule,
    "retry": retry,
    "settle": settle,
    "cancel": cancel,
    "correct": correct,
    "withdraw": withdraw,
}
