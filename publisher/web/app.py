"""The web app: queue, preview, approval, freezes, alarms and report, as pages that work without JavaScript.

No rule lives here: each form is one act of the store, done as the person who is logged in. Every page needs a login,
every form its session's token; nothing is loaded from elsewhere and no script runs.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, flash, g, redirect, render_template, request, url_for
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from publisher.clock import Clock
from publisher.errors import PublisherError
from publisher.queue.store import Store
from publisher.queue.wording import STATES
from publisher.schedule.wording import name_moment, name_output
from publisher.units import list_unit_ids, load_person, load_unit
from publisher.workspace import Person, Workspace

log = logging.getLogger(__name__)

COOKIE = "phien"
MOST_BYTES = 64 * 1024  # a form holds names and a reason; files are never sent here
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
OPEN_PAGES = frozenset({"log_in", "static"})


@dataclass(frozen=True)
class Office:
    """What every page is made from. `https` says that readers reach it over TLS, so that the cookie asks for it."""

    workspace: Workspace
    store: Store
    clock: Clock
    https: bool = False
    units: Mapping[str, str] = field(default_factory=dict)

    def person(self, name: str) -> Person | None:
        """The person with everything acted for; None for one who is no longer in the settings."""
        found = next((person for person in self.workspace.people if person.id == name), None)
        return None if found is None else load_person(self.workspace, found)


def make_app(workspace: Workspace, store: Store, clock: Clock, *, https: bool = False, proxies: int = 0) -> Flask:
    """The app as WSGI. `proxies`: how many of our own servers stand before it and say who asked."""
    units = {name: load_unit(workspace, name).short_name for name in list_unit_ids(workspace)}
    office = Office(workspace, store, clock, https, units)
    app = Flask(__name__, template_folder="pages", static_folder="static", static_url_path="/tinh")
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_PARTS=3000, TEMPLATES_AUTO_RELOAD=False)
    app.secret_key = secrets.token_bytes(32)  # signs notices between two pages only; sessions are in the database
    app.config.update(SESSION_COOKIE_NAME="loi-nhan", SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_SECURE=https)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.extensions["office"] = office
    app.before_request(guard)
    app.after_request(close_page)
    app.register_error_handler(PublisherError, say_refused)
    app.register_error_handler(HTTPException, say_error)
    app.register_error_handler(Exception, say_broken)
    app.jinja_env.filters["unit_name"] = lambda name: units.get(name, name)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: words_of(office))
    app.add_url_rule("/dang-nhap", "log_in", log_in, methods=["GET", "POST"])
    app.add_url_rule("/dang-xuat", "log_out", log_out, methods=["POST"])
    from publisher.web import pages_of_queue, pages_of_watch  # noqa: PLC0415 - they use what stands here

    pages_of_queue.register(app)
    pages_of_watch.register(app)
    return app


def office_of(app: Flask) -> Office:
    found: Office = app.extensions["office"]
    return found


def here() -> Office:
    from flask import current_app  # noqa: PLC0415

    return office_of(current_app)


def who() -> Person:
    """The person who is logged in."""
    found: Person = g.person
    return found


def guard() -> Response | None:
    """Let in whoever has a session; take a form only with its token and from our own page."""
    g.person, g.token = None, request.cookies.get(COOKIE, "")
    if request.method not in ("GET", "HEAD"):
        refuse_foreign_page()
    if request.endpoint is None or request.endpoint in OPEN_PAGES:
        return None
    office = here()
    name = office.store.logins.person_of(g.token, now=office.clock.now()) if g.token else None
    g.person = office.person(name) if name else None
    if g.person is None:
        return redirect(url_for("log_in"))  # type: ignore[return-value]
    if request.method not in ("GET", "HEAD") and not hmac.compare_digest(request.form.get("the", ""), form_token()):
        abort(400, "Trang đã cũ. Mở lại trang rồi làm lại.")
    return None


def refuse_foreign_page() -> None:
    """A form on somebody else's page says where it stands; browsers do not let it lie."""
    origin = request.headers.get("Origin", "")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(400, "Yêu cầu đến từ trang khác.")
    if origin and urlsplit(origin).netloc != request.host:
        abort(400, "Yêu cầu đến từ trang khác.")


def form_token() -> str:
    """What every form of this session carries; it cannot be worked out without the session's own token."""
    return hmac.new(g.token.encode(), b"form", hashlib.sha256).hexdigest()


def close_page(response: Response) -> Response:
    """Nothing from elsewhere, no script, no frame, no copy left in a shared computer."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Frame-Options"] = "DENY"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def words_of(office: Office) -> dict[str, Any]:
    """What every page knows: who is here, the freezes in force, how states and moments are called."""
    now = office.clock.now()
    known = getattr(g, "person", None) is not None
    return {
        "person": getattr(g, "person", None),
        "token": form_token() if known else "",
        "frozen": office.store.freezes(now) if known else (),
        "sandbox": office_sandbox(),
        "units": office.units,
        "state": lambda name: STATES.get(name, name),
        "output": name_output,
        "moment": lambda at: name_moment(at, office.workspace.zone) if at else "—",
        "may": lambda *roles: known and bool(g.person.roles & {*roles, "administrator"}),
    }


def office_sandbox() -> bool:
    from publisher.engine.accounts import sandbox_address  # noqa: PLC0415

    return sandbox_address() is not None


def log_in() -> Any:
    """One answer for a wrong name, a wrong password and a login that rests: nobody learns which."""
    if request.method == "GET":
        return render_template("login.html", wrong="")
    office = here()
    name = request.form.get("ten", "").strip()
    token = office.store.logins.begin(name, request.form.get("mat-khau", ""), now=office.clock.now())
    if token is None or office.person(name) is None:
        wrong = "Tên hoặc mật khẩu không đúng; sau năm lần sai phải đợi năm phút."
        return render_template("login.html", wrong=wrong), 403
    response = redirect(url_for("queue"))
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=office.https, path="/")
    return response


def log_out() -> Any:
    here().store.logins.end(g.token)
    response = redirect(url_for("log_in"))
    response.delete_cookie(COOKIE, path="/")
    return response


def say_refused(error: PublisherError) -> Any:
    """What the queue refused, in its own words, on the page it was asked from."""
    flash(error.words.vi, "wrong")
    back = request.form.get("ve", "")
    if request.method == "POST" and back.startswith("/") and not back.startswith("//") and "\\" not in back:
        return redirect(back)
    return render_template("error.html", title="Không làm được", text=error.words.vi), 409


def say_error(error: HTTPException) -> Any:
    titles = {404: "Không có trang này", 405: "Không có trang này", 400: "Không nhận được yêu cầu"}
    code = error.code or 500
    text = error.description if code == 400 else ""
    return render_template("error.html", title=titles.get(code, "Có lỗi"), text=text), code


def say_broken(error: Exception) -> Any:
    """An error nobody foresaw: its kind in the log, nothing of it on the page."""
    log.error("page %s: unexpected %s", request.endpoint, type(error).__name__, exc_info=error)
    return render_template("error.html", title="Có lỗi trong chương trình", text="Đã ghi vào nhật ký."), 500


def read_moment(text: str, workspace: Workspace) -> datetime:
    """What a field for date and time gives, local to the workspace. Raises PublisherError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PublisherError(f"giờ: `{text}`; viết như 2026-10-10T08:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=workspace.zone)
