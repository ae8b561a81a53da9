"""stand-ins for every channel on this machine, to try `run` without any account"""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType

from publisher.channels.registry import load_accounts
from publisher.channels.secrets import SECRETS_FOLDER
from publisher.cli.context import Context
from publisher.engine.accounts import SANDBOX
from publisher.files import write_text
from publisher.sandbox.server import Sandbox

NAME = "sandbox"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, metavar="N", help="a free one by default")


def run(args: argparse.Namespace, context: Context) -> int:
    """Serve until stopped. Posts dated by `--now` are found again by a `run` on the same `--now`."""
    folder = context.workspace.state / "sandbox"
    accounts = load_accounts(context.workspace)  # those that are off too: they are tried here before they are on
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    with Sandbox(folder, args.port, accounts=accounts, clock=context.clock) as sandbox:
        secrets = folder / "secrets"
        for name, value in sandbox.tokens.items():
            if not (secrets / name).is_file():  # what `channels login` has put there is newer, and the old one burnt
                write_text(secrets / name, value)
        shown = context.workspace.relative(secrets)
        context.show(f"export {SANDBOX}={sandbox.url} {SECRETS_FOLDER}={shown}")
        context.give({"url": sandbox.url, "secrets": shown})
        context.say(
            f"Xem các kênh ở {sandbox.url}/ (Ctrl-C để dừng).", f"See the channels at {sandbox.url}/ (Ctrl-C stops)."
        )
        stopped.wait()
    return 0
