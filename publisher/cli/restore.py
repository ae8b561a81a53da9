"""a workspace from a backup, in an empty folder; nothing that may be out is sent before its channel was read"""

from __future__ import annotations

import argparse
from pathlib import Path

from publisher.cli.context import Context, count
from publisher.engine.backup import choose_backup
from publisher.engine.restore import restore
from publisher.errors import UsageError

NAME = "restore"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", help="the folder of backups")
    parser.add_argument("--into", required=True, metavar="FOLDER", help="a folder that is new or empty")
    parser.add_argument("--as", dest="person", default="", metavar="NAME", help="who restores; an administrator")
    parser.add_argument("--backup", default="", metavar="NAME", help="an older one; the newest by default")
    parser.add_argument(
        "--database", default="", metavar="URL", help="an empty database; that of the settings by default"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    if context.now and "+" not in context.now and not context.now.endswith("Z"):
        raise UsageError("--now: write it with its offset here, such as 2026-10-10T08:00+07:00.")
    backup = choose_backup(Path(args.dir), args.backup)
    done = restore(backup, Path(args.into), person_id=args.person, now=context.clock.now(), database=args.database)
    context.say(
        f"Đã khôi phục bản {backup.name} vào {args.into}: {backup.dump.rows['deliveries']} bài, {done.media} tệp.",
        f"Restored {backup.name} into {args.into}: {count(backup.dump.rows['deliveries'], 'piece')}, "
        f"{count(done.media, 'file')}.",
    )
    context.say(
        f"{done.queue.in_doubt} bài có thể đã đăng sau lúc sao lưu: kênh được đọc trước khi gửi. Mọi bài đang tạm giữ: "
        "xem hàng đợi, huỷ bài đã bị huỷ hay sửa từ sau bản sao lưu, rồi chạy `publisher unfreeze --as TÊN`.",
        f"{count(done.queue.in_doubt, 'piece')} may have gone out since: the channel is read before anything is sent. "
        "All is held: look at the queue, cancel what was cancelled or changed after the backup, then "
        "`publisher unfreeze --as NAME`.",
    )
    context.say(
        "Đặt lại các biến chứa mật khẩu, mã truy cập (publisher doctor) và mật khẩu đăng nhập của từng người.",
        "Set the variables with secrets again (publisher doctor), and the logins of the web app.",
    )
    context.give(
        {"backup": backup.name, "made_at": backup.made_at.isoformat(), "in_doubt": done.queue.in_doubt,
         "freeze": done.queue.freeze, "rows": dict(backup.dump.rows), "media": done.media}
    )  # fmt: skip
    return 0
