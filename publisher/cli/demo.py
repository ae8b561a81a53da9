"""three sample campaigns from Markdown to receipts, in a sandbox on this machine"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from rich.table import Table

from publisher.channels.secrets import Secrets
from publisher.cli.apply import apply_plan
from publisher.cli.context import Context, count
from publisher.cli.gather import check_workspace, open_desk, read_campaigns
from publisher.cli.init import make_workspace
from publisher.cli.plan import plan_against, plan_slots, show_plan
from publisher.cli.render import render_all
from publisher.cli.stock import local_time, open_store
from publisher.clock import SetClock
from publisher.content.model import Campaign
from publisher.engine.accounts import connect_all
from publisher.engine.local import Service
from publisher.engine.planning import Desk
from publisher.errors import ContentError, PublisherError, UsageError
from publisher.queue.model import Receipt
from publisher.queue.store import Store
from publisher.queue.transitions import IN_REVIEW
from publisher.render.base import Artifact
from publisher.sandbox.server import Sandbox

NAME = "demo"
YEAR = 2026  # the sample campaigns are written for it
FIRST_DAY, LAST_DAY = "2026-05-01T08:00", "2026-10-31T08:00"
WRITER, APPROVER = "lan", "minh"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dir", default="", metavar="DIR", help="where the demo works; var/demo by default")


def run(args: argparse.Namespace, context: Context) -> int:
    started = time.monotonic()
    prepare_workspace(args, context)
    campaigns = check(context)
    out = demo_folder(context) / "out"
    artifacts, drawn = draw(campaigns, context, out)
    desk = open_desk(context, campaigns)
    with open_store(context) as store:
        queue_year(desk, store, context)
        receipts, pages = deliver(desk, store, context, out)
        counts = {state: number for state, number in store.counts().items() if number}
        whole = not store.verify_ledger()
    show_receipts(receipts, pages, context)
    show_places(artifacts, out, pages, context)
    took = f"{time.monotonic() - started:.0f} s"
    ledger = context.words("nguyên vẹn", "whole") if whole else context.words("HỎNG", "BROKEN")
    context.say(
        f"{len(receipts)} bài đã đăng, mỗi bài một lần; {drawn} đầu ra vẽ mới; sổ {ledger}; {took}.",
        f"{count(len(receipts), 'piece')} out, each once; {count(drawn, 'output')} drawn; ledger {ledger}; {took}.",
    )
    rows = [receipt_json(receipt) for receipt in receipts]
    context.give({"receipts": rows, "counts": counts, "drawn": drawn, "pages": str(pages)})
    return 0 if whole and set(counts) == {"sent"} else 1


def demo_folder(context: Context) -> Path:
    return context.workspace.state


def prepare_workspace(args: argparse.Namespace, context: Context) -> None:
    """Work on the workspace here (or on a new one), with a state folder, a database and a clock of the demo's own."""
    try:
        workspace = context.workspace
    except UsageError:
        folder = Path(args.dir or "publisher-demo")
        if not (folder / "publisher.yaml").is_file():
            make_workspace(folder)
        context.folder = str(folder)
        context.__dict__.pop("workspace", None)
        workspace = context.workspace
    state = Path(args.dir) if args.dir else workspace.root / "var" / "demo"
    context.__dict__["workspace"] = replace(workspace, state_folder=state.resolve(), database="")
    context.now = context.now or FIRST_DAY
    step(context, "Không gian làm việc", "Workspace", workspace.relative(state) if state.is_absolute() else str(state))


def step(context: Context, vi: str, en: str, detail: str) -> None:
    """One line of what the demo does now."""
    context.err.print(f"[bold]{context.words(vi, en)}[/]  ", detail, soft_wrap=True)


def check(context: Context) -> tuple[Campaign, ...]:
    """`publisher check` over everything."""
    problems = check_workspace(context.workspace)
    loading = read_campaigns(context, ())
    problems += loading.problems
    if any(problem.level == "error" for problem in problems):
        raise ContentError(problems)
    context.report(problems)
    names = ", ".join(campaign.slug for campaign in loading.campaigns)
    step(context, "Kiểm tra", "Check", names)
    return loading.campaigns


def draw(campaigns: tuple[Campaign, ...], context: Context, out: Path) -> tuple[list[Artifact], int]:
    """`publisher render` of every campaign for its own office."""
    desk = open_desk(context, campaigns)
    jobs = [(c, desk.units[c.unit or context.workspace.unit]) for c in campaigns]
    artifacts: list[Artifact] = []
    drawn = 0
    for campaign, unit, made in render_all(jobs, context, out, (), (), {}):
        artifacts += made.artifacts
        drawn += made.drawn
        detail = f"{campaign.slug} · {unit.short_name}: {count(len(made.artifacts), 'file')}, {made.drawn} drawn"
        step(context, "Vẽ", "Render", detail)
    return artifacts, drawn


def queue_year(desk: Desk, store: Store, context: Context) -> None:
    """Plan the year, apply the plan as its writer, approve it as another person."""
    options = argparse.Namespace(year=YEAR, first="", last="")
    plan = plan_against(plan_slots(options, context, desk), desk, store, context)
    step(context, "Kế hoạch", "Plan", f"{len(plan.lines)} slots in {YEAR}")
    show_plan(plan, context)
    report = apply_plan(plan, desk, store, context.person(WRITER), context)
    step(context, "Xếp hàng", "Apply", f"{len(report.added)} new, {len(report.unchanged)} unchanged, by {WRITER}")
    waiting = [delivery.id for delivery in store.list(states=(IN_REVIEW,))]
    if waiting:
        store.approve(waiting, person=context.person(APPROVER), now=context.clock.now())
    step(context, "Duyệt", "Approve", f"{count(len(waiting), 'piece')}, by {APPROVER}")


def deliver(desk: Desk, store: Store, context: Context, out: Path) -> tuple[list[Receipt], Path]:
    """Run the clock over the three key days against the sandbox; every piece goes out at its minute."""
    clock = context.clock
    if not isinstance(clock, SetClock):
        raise PublisherError("demo: runs on a clock that is set. Say --now, or leave it out.")
    accounts = list(desk.accounts.values())
    until = context.moment(LAST_DAY, "--until")
    skip_to(clock, store, until)
    with Sandbox(demo_folder(context) / "sandbox", accounts=accounts, clock=clock) as sandbox:
        connected = connect_all(
            accounts, secrets=Secrets(sandbox.tokens), folder=context.workspace.state, sandbox=sandbox.url
        )
        step(context, "Đăng", "Run", f"{sandbox.url}, {FIRST_DAY[:10]} … {LAST_DAY[:10]}")
        Service(store, connected.channels, clock, rates=connected.rates).run(until_idle=True, until=until)
        pages = sandbox.write_pages(out / "channels")
    return list(store.receipts()), pages


def skip_to(clock: SetClock, store: Store, until: datetime) -> None:
    """A later run goes on where the earlier one stood: the queue refuses a clock that went back."""
    sent = [receipt.sent_at for receipt in store.receipts()]
    if sent:
        clock.wait_until(min(until, max(sent) + timedelta(minutes=1)))


def show_receipts(receipts: list[Receipt], pages: Path, context: Context) -> None:
    table = Table(title=context.words("Biên nhận", "Receipts"), box=None, pad_edge=False, title_justify="left")
    for name in ("sent", "account", "output", "by → approved", "hash", "address"):
        table.add_column(name, no_wrap=name != "address", overflow="fold")
    for receipt in receipts:
        people = f"{receipt.author} → {', '.join(receipt.approved_by)}"
        row = (local_time(receipt.sent_at, context), receipt.account, receipt.output, people, receipt.content_hash[:10])
        table.add_row(*row, page_of(receipt, pages))
    context.table(table)


def page_of(receipt: Receipt, pages: Path) -> str:
    """The written page that shows the piece: the sandbox itself is gone when the demo has ended."""
    mark = receipt.external_url.partition("#")[2]
    found = sorted(pages.parent.glob(f"*-{receipt.account}.html"))
    if not found:
        return receipt.external_url or receipt.external_id
    return f"{shown(found[0])}#{mark}" if mark else shown(found[0])


def show_places(artifacts: list[Artifact], out: Path, pages: Path, context: Context) -> None:
    """Where to look at what was made."""
    table = Table(title=context.words("Xem ở đâu", "Where to look"), box=None, pad_edge=False, title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("where", overflow="fold")
    for kind in dict.fromkeys(artifact.kind for artifact in artifacts):
        own = [artifact for artifact in artifacts if artifact.kind == kind]
        first = next((artifact for artifact in own if artifact.role == "html"), own[0])
        table.add_row(kind, shown(first.path))
    table.add_row(context.words("các kênh", "the channels"), shown(pages))
    context.table(table)


def shown(path: Path) -> str:
    """Relative to where the command was called, as a person would type it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def receipt_json(receipt: Receipt) -> dict[str, object]:
    return {
        "id": receipt.id,
        "account": receipt.account,
        "output": receipt.output,
        "sent_at": receipt.sent_at.isoformat(),
        "url": receipt.external_url,
        "author": receipt.author,
        "approved_by": list(receipt.approved_by),
        "content_hash": receipt.content_hash,
        "attempts": receipt.attempts,
    }
