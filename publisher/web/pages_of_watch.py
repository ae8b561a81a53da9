"""Pages that watch over the whole: freezes, alarms, the report."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask, abort, flash, redirect, render_template, request, send_file, url_for

from publisher.errors import NothingMatchedError, PublisherError, UsageError, Words
from publisher.units import load_parents, units_below
from publisher.web.app import here, read_moment, who
from publisher.web.gathering import gather_report
from publisher.web.report import Report, parse_period
from publisher.web.report_files import WRITERS

MIME = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
}


def register(app: Flask) -> None:
    app.add_url_rule("/tam-dung", "freezes", show_freezes)
    app.add_url_rule("/tam-dung", "freeze", begin_freeze, methods=["POST"])
    app.add_url_rule("/tam-dung/<int:number>/bo", "unfreeze", end_freeze, methods=["POST"])
    app.add_url_rule("/can-nguoi", "alarms", show_alarms)
    app.add_url_rule("/can-nguoi", "take", take_alarm, methods=["POST"])
    app.add_url_rule("/bao-cao", "report", show_report)
    app.add_url_rule("/bao-cao/tep", "report_file", give_report)


def show_freezes() -> Any:
    return render_template("freezes.html")


def begin_freeze() -> Any:
    """Over one office and all below it, or all offices."""
    office, form = here(), request.form
    unit, until = form.get("don-vi", ""), form.get("den", "")
    parents = load_parents(office.workspace)
    if unit and unit not in parents:
        abort(400, "Không có đơn vị này.")
    units = units_below([unit], parents) if unit else ()
    end = read_moment(until, office.workspace) if until else None
    number = office.store.freeze(form.get("ly-do", ""), person=who(), now=office.clock.now(), until=end, units=units)
    flash(f"Đã tạm dừng (số {number}).", "done")
    return redirect(url_for("freezes"))


def end_freeze(number: int) -> Any:
    queued, passed = here().store.unfreeze(number, person=who(), now=here().clock.now())
    flash(f"Đã bỏ tạm dừng: {len(queued)} bài vào lại hàng gửi, {len(passed)} bài đã quá giờ, cần hẹn lại.", "done")
    return redirect(url_for("freezes"))


def show_alarms() -> Any:
    office, now = here(), here().clock.now()
    told = office.store.alarm_book.in_force()
    pieces = {d.id: d for d in office.store.list()}
    found = []
    for alarm in office.store.alarms(now):
        piece = pieces.get(alarm.id)
        if piece is None or who().acts_for(piece.unit):
            text = alarm.text
            if piece is not None:
                text = office.store.why(alarm.id, now=now, language="vi", zone=office.workspace.zone)
            found.append(
                (alarm, piece is not None, text, [row["seen_by"] for row in told.get(alarm.id, []) if row["seen_by"]])
            )
    return render_template("alarms.html", alarms=found)


def take_alarm() -> Any:
    """Somebody takes care of it: no more reminders."""
    name = request.form.get("bai", "")
    here().store.alarm_book.note_seen([name], person=who(), now=here().clock.now())
    flash("Đã nhận việc; không nhắc nữa.", "done")
    return redirect(url_for("alarms"))


def show_report() -> Any:
    period = request.args.get("ky", "") or f"{here().clock.now().astimezone(here().workspace.zone):%Y-%m}"
    try:
        found: Report | None = gather(period)
        said = ""
    except (NothingMatchedError, UsageError) as error:
        found, said = None, error.words.vi
    return render_template("report.html", report=found, period=period, said=said)


def gather(period: str) -> Report:
    office, person = here(), who()
    if person.units is not None and not person.units:
        raise NothingMatchedError(Words("no unit is yours.", "Bạn không phụ trách đơn vị nào."))
    now = office.clock.now()
    return gather_report(office.store, office.workspace, parse_period(period), units=person.units or (), now=now)


def give_report() -> Any:
    period, form = request.args.get("ky", ""), f".{request.args.get('dang', 'xlsx')}"
    if form not in WRITERS:
        abort(404)
    try:
        data = WRITERS[form](gather(period), here().units.get(here().workspace.unit, ""))
    except PublisherError as error:
        abort(400, error.words.vi)
    return send_file(io.BytesIO(data), mimetype=MIME[form], as_attachment=True, download_name=f"bao-cao-{period}{form}")
