"""is everything here that tomorrow's posts need: tools, fonts, clock, database, accounts and their tokens"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import imageio_ffmpeg
from rich.table import Table

from publisher.channels.base import Account, Finding
from publisher.channels.registry import connect, load_accounts
from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.cli.gather import check_workspace
from publisher.cli.stock import open_store
from publisher.engine.accounts import sandbox_address
from publisher.engine.alarms import address_of
from publisher.errors import CredentialsError, PublisherError
from publisher.queue.bucket import Bucket

NAME = "doctor"
MIN_FREE_MB = 500  # a year of one campaign for a province with its communes stays below this
Check = Callable[[Context], Iterator[Finding]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="ask no channel")


def run(args: argparse.Namespace, context: Context) -> int:
    checks: dict[str, Check] = {
        "python": check_python,
        "tools": check_tools,
        "clock": check_clock,
        "disk": check_disk,
        "workspace": check_settings,
        "artifacts": check_artifacts,
        "queue": check_queue,
        "alarms": check_alarms,
    }
    rows = [(name, finding) for name, check in checks.items() for finding in guarded(check, context)]
    if not args.offline:
        rows += list(check_enabled(context))
    show(rows, context)
    worst = {finding.level for _, finding in rows}
    context.give(
        {"findings": [{"part": n, "level": f.level, "text": f.text} for n, f in rows], "ok": "error" not in worst}
    )
    return 1 if "error" in worst else 0


def guarded(check: Check, context: Context) -> Iterator[Finding]:
    """One broken part must not hide the others."""
    try:
        yield from check(context)
    except PublisherError as error:
        yield Finding("error", str(error))


def check_python(context: Context) -> Iterator[Finding]:
    yield Finding("ok", f"Python {sys.version.split()[0]}, publisher {importlib.metadata.version('publisher')}")


def check_tools(context: Context) -> Iterator[Finding]:
    """What draws and encodes."""
    yield Finding("ok", f"Typst {importlib.metadata.version('typst')}")
    try:
        ffmpeg = imageio_ffmpeg.get_ffmpeg_version()
        yield Finding("ok", f"ffmpeg {ffmpeg}")
    except (RuntimeError, OSError):
        yield Finding("error", "ffmpeg: not found. Install the packages again: make install")
    fonts = sorted({path.parent.name for path in (context.workspace.assets / "fonts").glob("*/*.ttf")})
    if fonts:
        yield Finding("ok", f"fonts: {', '.join(fonts)}")
    else:
        yield Finding("error", "fonts: none in assets/fonts. Put the folders that came with the program back.")
    if shutil.which("espeak-ng") is None:
        yield Finding("ok", "espeak-ng: not installed; proof-listening audio is not offered, nothing else needs it")


def check_clock(context: Context) -> Iterator[Finding]:
    """A wrong zone sends at the wrong hour; a wrong clock sends on the wrong day."""
    now = context.clock.now().astimezone(context.workspace.zone)
    yield Finding("ok", f"{now:%Y-%m-%d %H:%M} {context.workspace.zone.key}")
    built = datetime(2026, 11, 1, tzinfo=UTC)
    if not context.now and datetime.now(UTC) < built - timedelta(days=1):
        yield Finding(
            "error", "the machine's clock stands before this program was made. Set it, then run doctor again."
        )
    here = datetime.now().astimezone().utcoffset()
    if not context.now and now.utcoffset() not in (here, None) and here != timedelta(0):
        yield Finding(
            "warning",
            f"the machine's own zone is not {context.workspace.zone.key}; times here are read and shown in the latter.",
        )
    yield from check_time_server()
    zone = os.environ.get("TZ", "")
    if zone and zone not in (context.workspace.zone.key, "UTC", "Etc/UTC"):
        yield Finding("warning", f"TZ is {zone}; times here are read and shown in {context.workspace.zone.key}.")


def check_time_server() -> Iterator[Finding]:
    """A clock that nobody keeps right drifts by minutes a month; or shows local time as UTC, seven hours off."""
    tool = shutil.which("timedatectl")
    if tool is None:
        return
    try:
        asked = (tool, "show", "--property=NTPSynchronized", "--value")
        said = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return
    if said == "no":
        yield Finding("warning", "the clock is kept by no time server. Switch one on: timedatectl set-ntp true")


def check_disk(context: Context) -> Iterator[Finding]:
    free = shutil.disk_usage(context.workspace.root).free // 1_000_000
    if free < MIN_FREE_MB:
        yield Finding("error", f"{free} MB free; at least {MIN_FREE_MB} MB are needed. Make room before the day.")
    else:
        yield Finding("ok", f"{free:,} MB free")


def check_settings(context: Context) -> Iterator[Finding]:
    problems = check_workspace(context.workspace)
    for problem in problems:
        yield Finding(problem.level, str(problem))
    if not problems:
        yield Finding("ok", "units, key days, plans and accounts read without a problem")


def check_queue(context: Context) -> Iterator[Finding]:
    """Open the database, prove the ledger, and name what waits for a person."""
    with open_store(context) as store:
        wrong = store.verify_ledger()
        for line in wrong:
            yield Finding("error", f"ledger: {line}")
        if not wrong:
            yield Finding("ok", "ledger: every entry follows from the one before")
        last, now = store.last_sent_at(), context.clock.now()
        if last is not None and now < last:
            yield Finding(
                "error", f"the clock stands before the last sending ({last:%Y-%m-%d %H:%M} UTC). Nothing is sent until "
                "it is set right.",
            )  # fmt: skip
        for freeze in store.freezes(now):
            yield Finding("warning", f"freeze {freeze.id} by {freeze.by}: {freeze.reason}")
        for alarm in store.alarms(context.clock.now()):
            yield Finding("warning", str(alarm))


def check_artifacts(context: Context) -> Iterator[Finding]:
    """Whether the bucket that `publisher.yaml` names answers and lets us in."""
    settings = context.workspace.artifacts
    if settings is None:
        yield Finding("ok", "approved files lie in the state folder")
        return
    Bucket(settings, Secrets.from_environment()).check()
    yield Finding("ok", f"bucket {settings.bucket} answers")


def check_alarms(context: Context) -> Iterator[Finding]:
    """Whether somebody is told, and every variable that takes is set. No message is sent."""
    settings = context.workspace.alarms
    if not settings.to:
        yield Finding("warning", "nobody is told when a piece needs a person; add `alarms:` (docs/alarms.md)")
    for recipient in settings.to:
        try:
            address_of(recipient, Secrets.from_environment())
        except CredentialsError as error:
            yield Finding("warning", str(error))
        else:
            yield Finding("ok", f"{recipient.name} is told; try it with: publisher alarms test")


def check_enabled(context: Context) -> Iterator[tuple[str, Finding]]:
    """Ask every account that is switched on about its credentials."""
    try:
        accounts = [account for account in load_accounts(context.workspace) if account.enabled]
    except PublisherError:
        return  # check_settings has said it
    yield from check_accounts(context, accounts)


def check_accounts(context: Context, accounts: Iterable[Account]) -> Iterator[tuple[str, Finding]]:
    """Ask these accounts about their credentials."""
    secrets = Secrets.from_environment()
    sandbox = sandbox_address()
    for account in accounts:
        try:
            channel = connect(account, secrets=secrets, folder=context.workspace.state, sandbox=sandbox)
            findings = channel.check()
        except CredentialsError as error:
            findings = (Finding("warning", str(error)),)
        yield from ((account.name, finding) for finding in findings)


def show(rows: list[tuple[str, Finding]], context: Context) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    signs = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "error": "[red]✗[/]"}
    for name, finding in rows:
        table.add_row(signs[finding.level], name, finding.text)
    context.table(table)
