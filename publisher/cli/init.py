"""make a new workspace: settings, templates, assets and sample campaigns"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import publisher
from publisher.cli.context import Context
from publisher.errors import UsageError
from publisher.workspace import MARKER

NAME = "init"
PARTS = (MARKER, "templates", "assets", "channels", "schedules", "campaigns")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", help="a folder that is new or empty")


def run(args: argparse.Namespace, context: Context) -> int:
    target = Path(args.dir)
    make_workspace(target)
    context.say(f"Đã tạo không gian làm việc trong {target}.", f"Made a workspace in {target}.")
    context.give({"workspace": str(target), "made": list(PARTS)})
    return 0


def workspace_source() -> Path:
    """Where the files of a new workspace come from: the wheel, or the repository this runs in."""
    packed = Path(publisher.__file__).parent / "_workspace"
    return packed if packed.is_dir() else Path(publisher.__file__).parent.parent


def make_workspace(target: Path) -> None:
    """Copy every part of a workspace into `target`. Raises UsageError when something is there already."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target}: is not empty. Name a folder that is new or empty.")
    source = workspace_source()
    for name in PARTS:
        here = source / name
        if here.is_dir():
            shutil.copytree(here, target / name)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, target / name)
