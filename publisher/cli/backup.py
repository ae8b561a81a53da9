"""a backup of database, stored files and settings, without secrets; equal files are kept once"""

from __future__ import annotations

import argparse
from pathlib import Path

from publisher.cli.context import Context, count
from publisher.cli.stock import open_store
from publisher.engine.backup import drop_old, make_backup
from publisher.errors import UsageError

NAME = "backup"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", help="folder of backups, best on another disk; each run adds one")
    parser.add_argument("--keep", type=int, default=0, metavar="N", help="afterwards remove all but the newest N")


def run(args: argparse.Namespace, context: Context) -> int:
    if args.keep < 0:
        raise UsageError("--keep: 1 or more; without it every backup is kept.")
    target = Path(args.dir)
    target.mkdir(parents=True, exist_ok=True)
    with open_store(context) as store:
        made = make_backup(store, context.workspace, target, now=context.clock.now())
    dropped = drop_old(target, keep=args.keep) if args.keep else []
    rows, files = made.dump.rows["deliveries"], len(made.settings) + len(made.media)
    context.say(
        f"Đã sao lưu {made.name}: {rows} bài, {files} tệp. Không có mật khẩu, mã truy cập nào trong đó.",
        f"Backup {made.name}: {count(rows, 'piece')}, {count(files, 'file')}. No password or token is in it.",
    )
    for place in made.missing:
        context.say(
            f"thiếu hoặc đã bị sửa: {place}; vẽ và xếp lịch lại bài dùng tệp này.",
            f"missing or changed: {place}; render and plan again what uses it.",
        )
    context.give(
        {"backup": made.name, "rows": dict(made.dump.rows), "files": files, "missing": list(made.missing),
         "removed": dropped}
    )  # fmt: skip
    return 5 if made.missing else 0
