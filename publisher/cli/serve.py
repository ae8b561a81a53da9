"""the web app: queue, preview, approval, freezes, alarms and report, for people who use no terminal"""

from __future__ import annotations

import argparse
import logging
import signal
from types import FrameType

from waitress.server import create_server

from publisher.cli.context import Context
from publisher.cli.stock import open_store
from publisher.errors import PublisherError, UsageError
from publisher.web.app import make_app

NAME = "serve"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; this machine only by default")
    parser.add_argument("--port", type=int, default=8080, help="0 for a free one")
    parser.add_argument(
        "--behind-proxy", action="store_true",
        help="a web server with TLS stands before it, says who asked, and takes nobody's word for that",
    )  # fmt: skip


def run(args: argparse.Namespace, context: Context) -> int:
    if args.host not in LOOPBACK and not args.behind_proxy:
        raise UsageError(
            "--host: passwords would travel unprotected. Let it listen on 127.0.0.1 behind a web server with TLS (see "
            "docs/web.md), or say --behind-proxy when one stands before it."
        )
    logging.getLogger("waitress").setLevel(logging.ERROR)
    with open_store(context) as store:
        if not store.logins.people():
            context.say(
                "Chưa ai có mật khẩu. Đặt bằng: publisher password TÊN",
                "Nobody has a password. publisher password NAME",
            )
        app = make_app(
            context.workspace, store, context.clock, https=args.behind_proxy, proxies=1 if args.behind_proxy else 0
        )
        try:
            server = create_server(
                app,
                host=args.host,
                port=args.port,
                threads=8,
                ident="",
                clear_untrusted_proxy_headers=not args.behind_proxy,
            )
        except OSError as error:
            raise PublisherError(f"serve: cannot listen on {args.host}:{args.port}: {error.strerror}.") from error
        url = f"http://{args.host}:{server.effective_port}/"
        context.say(f"Mở {url}", f"Open {url}")
        context.give({"url": url})

        def stop(number: int, frame: FrameType | None) -> None:
            raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, stop)
        try:
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            server.close()
    return 0
