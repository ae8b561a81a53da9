"""Pages of the queue: the list, one piece with all that goes out, and what waits for this person's signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, abort, flash, redirect, render_template, request, send_file, url_for
from markupsafe import Markup

from publisher.queue.model import Delivery
from publisher.queue.reasons import ask_facts
from publisher.queue.transitions import (
    APPROVED,
    CANCELLED,
    CHANGEABLE,
    HELD,
    IN_REVIEW,
    MISSED,
    OPEN,
    REJECTED,
    UNKNOWN,
    WAITING,
)
from publisher.queue.transitions import STATES as ALL_STATES
from publisher.render.article_html import sanitise
from publisher.web.app import here, read_moment, who
from publisher.web.pieces import read_script

PAGE = 100  # pieces on one page of the list
RETRYABLE = frozenset({REJECTED, MISSED, HELD, WAITING, CANCELLED})
SHOWN_AS_IS = frozenset({"image/png", "image/jpeg", "image/webp", "video/mp4", "audio/mpeg", "audio/wav"})


@dataclass(frozen=True)
class Shown:
    """One piece as a page shows it. `body` is an article's text, cleaned; `script` the words of a radio piece."""

    piece: Delivery
    body: Markup
    script: str
    asked: str
    approvers: tuple[str, ...]


def register(app: Flask) -> None:
    app.add_url_rule("/", "queue", show_queue)
    app.add_url_rule("/duyet", "review", show_review)
    app.add_url_rule("/duyet", "sign", sign, methods=["POST"])
    app.add_url_rule("/bai/<name>", "piece", show_piece)
    app.add_url_rule("/bai/<name>/<act>", "act", act_on, methods=["POST"])
    app.add_url_rule("/bai/<name>/tep/<int:number>", "file", show_file)


def seen_by(person: Any, found: Sequence[Delivery]) -> list[Delivery]:
    return [delivery for delivery in found if person.acts_for(delivery.unit)]


def fetch(name: str) -> Delivery:
    """The piece, when this person acts for its office; for anybody else it does not exist."""
    try:
        found = here().store.get(name)
    except Exception:
        abort(404)
    if not who().acts_for(found.unit):
        abort(404)
    return found


def show_queue() -> Any:
    office = here()
    states = [name for name in request.args.getlist("trang-thai") if name in ALL_STATES]
    campaign, unit = request.args.get("chien-dich", ""), request.args.get("don-vi", "")
    wanted = states or ([] if campaign else sorted(OPEN))  # what is over is shown when it is asked for
    found = seen_by(who(), office.store.list(states=wanted or None, campaign=campaign or None))
    found = [d for d in found if not unit or d.unit == unit]
    page = max(0, request.args.get("trang", 0, type=int))
    counts = {name: number for name, number in office.store.counts().items() if number}
    campaigns = sorted({d.campaign for d in found} | ({campaign} if campaign else set()))
    return render_template(
        "queue.html",
        pieces=found[page * PAGE : (page + 1) * PAGE],
        total=len(found),
        page=page,
        pages=-(-len(found) // PAGE),
        counts=counts,
        chosen=states,
        campaign=campaign,
        campaigns=campaigns,
        unit=unit,
    )


def show_review() -> Any:
    """Everything this person can sign now, with all that would go out; below it what waits for others."""
    waiting = seen_by(who(), here().store.list(states=(IN_REVIEW,)))
    mine = [d for d in waiting if may_sign(d)]
    others = [d for d in waiting if d not in mine]
    return render_template("review.html", pieces=[show(d) for d in mine[:PAGE]], others=others, total=len(mine))


def may_sign(delivery: Delivery) -> bool:
    person = who()
    if not person.roles & {"approver", "administrator"} or person.id in (delivery.author, delivery.timed_by):
        return False
    signed = here().store.approvers(delivery.id)
    levels = person.signs.get(delivery.unit)
    return not delivery.facts_open and person.id not in signed and (levels is None or len(signed) + 1 in levels)


def show(delivery: Delivery) -> Shown:
    post = delivery.post
    body = Markup(clean_body(delivery)) if post.html else Markup("")  # noqa: S704 - cleaned on the line before
    script = read_script(post.media) if post.shape == "script" else ""
    asked = ask_facts(delivery.facts, language="vi") if delivery.facts_open else ""
    return Shown(delivery, body, script, asked, tuple(here().store.approvers(delivery.id)))


def clean_body(delivery: Delivery) -> str:
    """The article as it will go out, its pictures from the stored files."""
    places = {media.name: at for at, media in enumerate(delivery.post.media)}
    body = sanitise(delivery.post.html, set(places))
    for name, at in places.items():
        body = body.replace(f'src="{name}"', f'src="{url_for("file", name=delivery.id, number=at)}"')
    return body


def sign() -> Any:
    """Approve what was ticked, exactly as it was shown: `hash ID` is what the person looked at."""
    chosen = [value.partition(" ") for value in request.form.getlist("bai")]
    if not chosen:
        flash("Chưa chọn bài nào.", "wrong")
        return redirect(url_for("review"))
    seen = {name: content_hash for content_hash, _, name in chosen}
    for name in seen:
        fetch(name)
    decision = here().store.approve(list(seen), person=who(), now=here().clock.now(), seen=seen)
    flash(f"Đã duyệt {len(seen)} bài: {len(decision.queued)} chờ đến giờ, {len(decision.pending)} chờ cấp sau, "
          f"{len(decision.approved)} chờ cho đi.", "done")  # fmt: skip
    return redirect(url_for("review"))


def show_piece(name: str) -> Any:
    office, delivery = here(), fetch(name)
    now = office.clock.now()
    return render_template(
        "piece.html",
        shown=show(delivery),
        why=office.store.why(name, now=now, language="vi", zone=office.workspace.zone),
        history=office.store.history(name),
        attempts=office.store.attempts(name),
        can={
            "sign": delivery.state == IN_REVIEW and may_sign(delivery),
            "reject": delivery.state in (IN_REVIEW, APPROVED),
            "release": delivery.state == APPROVED,
            "retry": delivery.state in RETRYABLE,
            "cancel": delivery.state in CHANGEABLE,
            "settle": delivery.state == UNKNOWN,
            "withdraw": delivery.state in ("sent", "corrected") and delivery.act == "publish",
        },
    )


def act_on(name: str, act: str) -> Any:
    """One decision about one piece."""
    if act not in ACTS:
        abort(404)
    fetch(name)
    flash(ACTS[act](name), "done")
    return redirect(url_for("piece", name=name))


def _approve(name: str) -> str:
    here().store.approve([name], person=who(), now=here().clock.now(), seen={name: request.form.get("seen", "")})
    return "Đã duyệt."


def _reject(name: str) -> str:
    reason = request.form.get("ly-do", "")
    here().store.reject([name], person=who(), reason=reason, now=here().clock.now())
    return "Đã trả lại cho người soạn."


def _release(name: str) -> str:
    here().store.release([name], person=who(), now=here().clock.now())
    return "Đã cho đi; bài chờ đến giờ."


def _retry(name: str) -> str:
    decision = here().store.retry([name], person=who(), now=here().clock.now())
    return "Đã vào hàng gửi." if decision.queued else "Phải duyệt lại trước khi gửi."


def _cancel(name: str) -> str:
    here().store.cancel([name], person=who(), reason=request.form.get("ly-do", ""), now=here().clock.now())
    return "Đã huỷ."


def _settle(name: str) -> str:
    url, note = request.form.get("dia-chi", "").strip(), request.form.get("ly-do", "")
    out = request.form.get("ket-qua") == "da-dang"
    if out and not url.startswith(("https://", "http://")):
        flash("Ghi địa chỉ của bài đã đăng, bắt đầu bằng https://.", "wrong")
        return "Chưa ghi gì."
    store, now = here().store, here().clock.now()
    store.settle(name, person=who(), now=now, sent=url if out else None, not_sent=not out, note=note)
    return "Đã ghi lại."


def _reschedule(name: str) -> str:
    moment = read_moment(request.form.get("gio", ""), here().workspace)
    here().store.reschedule(name, due_at=moment, person=who(), now=here().clock.now())
    return "Đã hẹn giờ mới; phải duyệt lại."


def _facts(name: str) -> str:
    """The answer is for every piece of the campaign that asks and this person acts for."""
    store, own = here().store, fetch(name)
    asked = [
        d.id for d in seen_by(who(), store.list(states=("draft", IN_REVIEW), campaign=own.campaign)) if d.facts_open
    ]
    hold, note = request.form.get("tra-loi") == "van-dung", request.form.get("ly-do", "")
    done = store.answer_facts(asked, person=who(), hold=hold, note=note, now=here().clock.now())
    return f"Đã trả lời cho {len(done)} bài của chiến dịch."


def _withdraw(name: str) -> str:
    from publisher.queue.approvals import EVERYBODY, need_role  # noqa: PLC0415

    need_role(who(), EVERYBODY, verb="withdraw")
    now = here().clock.now()
    made = here().store.withdraw(name, author=who().id, due_at=now, now=now)
    here().store.submit([made], by=who().id, now=now)
    return f"Đã soạn lệnh gỡ {made}; người khác phải duyệt."


ACTS = {
    "duyet": _approve, "tu-choi": _reject, "cho-di": _release, "gui-lai": _retry, "huy": _cancel,
    "xac-nhan": _settle, "hen-gio": _reschedule, "du-kien": _facts, "go": _withdraw,
}  # fmt: skip


def show_file(name: str, number: int) -> Any:
    """A stored file of the piece; what a browser might run is given to save instead."""
    delivery = fetch(name)
    if number >= len(delivery.post.media):
        abort(404)
    media = delivery.post.media[number]
    if not media.path.is_file():
        abort(404)
    inside = media.mime in SHOWN_AS_IS
    mime = media.mime if inside else "application/octet-stream"
    return send_file(media.path, mimetype=mime, as_attachment=not inside, download_name=media.name, max_age=0)
