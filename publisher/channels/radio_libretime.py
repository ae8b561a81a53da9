"""Stations that run LibreTime: the recording goes into the library by its MD5, and into the station's own programme.

The programme is the one the station has set apart for such pieces (`show`): the first broadcast of it that has room
takes the piece. Nothing is ever put into another programme, and nothing that is scheduled is moved.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.channels.base import (
    Absent,
    Account,
    Aired,
    CannotTell,
    Finding,
    Found,
    Limits,
    Look,
    Media,
    OfAccount,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.fitting import fit_script, media_of, normal
from publisher.channels.outcomes import PREPARE_S, StoppedError, before_commit, judge, need_list, need_object
from publisher.channels.radio_settings import Settings
from publisher.channels.radio_slots import Entry, Slot, first_room, read_entries, read_length, read_slots
from publisher.channels.secrets import Secret
from publisher.channels.web import Answer, Reply, Web

AHEAD = timedelta(days=8)  # a weekly programme comes within this time
_READY, _PENDING = 0, 1
_USABLE = (_READY, _PENDING)
UPLOAD_S = 300.0
LIMITS = Limits(text=None, image_mimes=(), shapes=("script",))


@dataclass
class LibreTime(OfAccount):
    account: Account
    settings: Settings
    web: Web
    base: str
    key: Secret
    help: str
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_script(post, self.limits))
        if media_of(post, "audio") is None:
            reasons.append("audio: none; LibreTime plays recordings. Have the script recorded and add the file")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Put the recording into the library, once, and find room for it. Nothing is scheduled yet."""
        try:
            record = self._file(post)
            length = read_length(record.get("length"))
            if length is None:
                return Retry("LibreTime does not say yet how long the recording is", PREPARE_S)
            slot, entries = self._programme(length, max(datetime.now(UTC), post.due_at or datetime.now(UTC)))
        except StoppedError as stop:
            return before_commit(stop.outcome)
        if slot is None:
            days = AHEAD.days
            return Rejected(
                f"programme {self.settings.show} has no room of {length.total_seconds():.0f} s in the next {days} "
                "days. Ask the station for a longer or another one."
            )
        start = first_room(slot, entries, length)
        position = sum(entry.instance == slot.id for entry in entries)
        return Prepared(
            {
                "file_id": str(record["id"]),
                "instance": str(slot.id),
                "starts_at": start.isoformat() if start else "",
                "ends_at": (start + length).isoformat() if start else "",
                "cue_out": str(record.get("length")),
                "position": str(position),
            }
        )

    def _file(self, post: Post) -> dict[str, Any]:
        """The recording in the library; uploaded when its MD5 is not there, and named so that a person knows it."""
        audio = media_of(post, "audio")
        if audio is None:
            raise StoppedError(Rejected("audio: none; have the script recorded and add the file"))
        try:
            data = audio.path.read_bytes()
        except OSError as error:
            gone = f"{audio.name}: the file is no longer there. Render the post again."
            raise StoppedError(Rejected(gone)) from error
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        record = self._by_md5(md5)
        if record is None or record.get("import_status") not in _USABLE:  # failed before; a person asks again
            self._upload(audio, data)
            record = self._by_md5(md5)
        if record is None or record.get("import_status") == _PENDING:
            raise StoppedError(Retry("LibreTime is still taking the recording in", PREPARE_S))
        if record.get("import_status") != _READY:
            raise StoppedError(Rejected("LibreTime could not take the recording in: is it a sound file it knows?"))
        words = {"track_title": post.title, "artist_name": post.author or self.account.name, "description": post.text}
        if any(record.get(name) != text for name, text in words.items()):
            record = self._need("PATCH", f"files/{record['id']}", json=words)
        return record

    def _by_md5(self, md5: str) -> dict[str, Any] | None:
        found = self._list("files", {"md5": md5})
        if not found:
            return None
        return min(found, key=lambda r: (r.get("import_status") not in _USABLE, int(r.get("id", 0))))

    def _upload(self, audio: Media, data: bytes) -> None:
        # The library's upload is the older interface's; it takes the same key as the name of a login.
        reply = self.web.call(
            "POST",
            f"{self.base}/rest/media",
            files={"file": (f"{audio.sha256[:16]}-{audio.name}", data, audio.mime)},
            headers={"Authorization": f"Basic {b64encode(f'{self.key.reveal()}:'.encode()).decode()}"},
            timeout_s=UPLOAD_S,
        )
        outcome = judge(reply, web=self.web, token=self.help)
        if outcome is not None:
            raise StoppedError(outcome)

    def _programme(self, length: timedelta, due_at: datetime) -> tuple[Slot | None, list[Entry]]:
        """The first broadcast of the programme with room for the piece, and what is scheduled by then."""
        slots = read_slots(self._list("show-instances", {}), show=self.settings.show)
        window = {
            "starts_after": (due_at - timedelta(days=1)).isoformat(),
            "ends_before": (due_at + AHEAD).isoformat(),
        }
        entries = read_entries(self._list("schedule", window))
        for slot in slots:
            if due_at < slot.ends_at and slot.starts_at < due_at + AHEAD:
                open_slot = Slot(slot.id, max(slot.starts_at, due_at), slot.ends_at)
                if first_room(open_slot, entries, length) is not None:
                    return open_slot, entries
        return None, entries

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        if not handles.get("file_id") or not handles.get("starts_at"):
            return Rejected("the recording is not in the library: prepare the piece again")
        value = {
            "starts_at": handles["starts_at"],
            "ends_at": handles["ends_at"],
            "instance": int(handles["instance"]),
            "file": int(handles["file_id"]),
            "cue_in": "00:00:00",
            "cue_out": handles["cue_out"],
            "position": int(handles["position"]),
            "broadcasted": 0,
        }
        reply = self._call("POST", "schedule", json=value)
        outcome = self._judge(reply)
        if outcome is not None:
            return outcome
        entry = reply.body.get("id") if isinstance(reply, Answer) else None
        if not isinstance(entry, int):
            return Unknown("LibreTime accepted the piece and gave no number, so it may be scheduled")
        return Sent(str(entry), "", f"scheduled for {handles['starts_at']}")

    def confirm(self, post: Post, sent: Sent) -> Sent:
        reply = self._call("GET", f"schedule/{sent.id}")
        if not isinstance(reply, Answer) or not reply.ok or not isinstance(reply.body, dict):
            return sent
        return Sent(sent.id, "", f"read back: scheduled for {reply.body.get('starts_at')}")

    def aired(self, post: Post, sent: Sent) -> Aired | None:
        """LibreTime's own word that the piece was played."""
        reply = self._call("GET", f"schedule/{sent.id}")
        value = reply.body if isinstance(reply, Answer) and reply.ok and isinstance(reply.body, dict) else {}
        return Aired(f"LibreTime: played at {value.get('starts_at')}") if value.get("played") is True else None

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        """An entry of the schedule with this recording; where the place is known, at that place."""
        return self._look(post, handles, since, None)

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        """As `find`; at another place, the recording may have been moved there, unless it is another piece's."""
        return self._look(post, handles, since, others)

    def _look(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str] | None) -> Look:
        elsewhere: list[Entry] = []
        try:
            if "id" in handles:
                found = self._list("schedule", {"id": handles["id"]})
                entries = [entry for entry in read_entries(found) if str(entry.id) == handles["id"]]
            else:
                entries, elsewhere = self._scheduled(post, handles, since)
        except StoppedError as stop:
            return CannotTell(f"the schedule could not be read: {stop.reason}", self.settings.url)
        moved = [entry for entry in elsewhere if others is not None and str(entry.id) not in others]
        if not entries and moved:
            place = f"scheduled for {moved[0].starts_at.isoformat()}, not where it was put"
            return CannotTell(f"the recording is {place}: somebody may have moved it", self.settings.url)
        entries = [entry for entry in entries if others is None or str(entry.id) not in others]
        if not entries:
            return Absent("the schedule has no entry with this recording")
        entry = entries[0]
        place = f"scheduled for {entry.starts_at.isoformat()}"
        return Found(Sent(str(entry.id), "", place), place)

    def _scheduled(self, post: Post, handles: Mapping[str, str], since: datetime) -> tuple[list[Entry], list[Entry]]:
        """Entries with this recording that are this piece's, and those at other places than its own."""
        audio = media_of(post, "audio")
        md5 = hashlib.md5(audio.path.read_bytes(), usedforsecurity=False).hexdigest() if audio else ""
        record = self._by_md5(md5) if md5 else None
        if record is None:
            return [], []
        until = max(since, post.due_at or since) + AHEAD + timedelta(days=1)
        window = {"starts_after": (since - timedelta(days=1)).isoformat(), "ends_before": until.isoformat()}
        entries = [e for e in read_entries(self._list("schedule", window)) if e.file == record["id"]]
        known = handles.get("starts_at", "")
        if not known and normal(str(record.get("description") or "")) != normal(post.text):
            return [], []  # the same recording, for another piece
        here = [e for e in entries if not known or e.starts_at == datetime.fromisoformat(known)]
        return here, [e for e in entries if e not in here]

    def check(self) -> tuple[Finding, ...]:
        try:
            show = self._need("GET", f"shows/{self.settings.show}")
        except StoppedError as stop:
            if "HTTP 404" in stop.reason:
                text = f"{self.account.path}: show: the station has no programme {self.settings.show}. Ask for it."
                return (Finding("error", text),)
            return (Finding("error" if isinstance(stop.outcome, Rejected) else "warning", stop.reason),)
        return (Finding("ok", f"the station answers; programme: {self.web.clean(show.get('name', ''))}"),)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Play the new recording in the place of the old one."""
        try:
            record = self._file(post)
        except StoppedError as stop:
            return before_commit(stop.outcome)
        value = {"file": record["id"], "cue_out": str(record.get("length"))}
        reply = self._call("PATCH", f"schedule/{sent.id}", json=value)
        outcome = self._judge(reply)
        return outcome if outcome is not None else Sent(sent.id, "", "the recording was exchanged")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        """Take the piece out of the schedule; the recording stays in the library."""
        reply = self._call("DELETE", f"schedule/{sent.id}")
        if isinstance(reply, Answer) and reply.status in (204, 404):
            return Sent(sent.id, "", "taken out of the schedule")
        return judge(reply, web=self.web, token=self.help) or Sent(sent.id, "", "taken out of the schedule")

    def _call(self, method: str, path: str, **parts: Any) -> Reply:
        headers = {"Authorization": f"Api-Key {self.key.reveal()}"}
        return self.web.call(method, f"{self.base}/api/v2/{path}", headers=headers, **parts)

    def _need(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        reply = self._call(method, path, **parts)
        return need_object(reply, self._judge(reply))

    def _list(self, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
        reply = self._call("GET", path, params=params)
        return need_list(reply, self._judge(reply), service="LibreTime")

    def _judge(self, reply: Reply) -> Outcome | None:
        return judge(reply, web=self.web, token=self.help, said=_said(reply))


def _said(reply: Reply) -> str:
    """LibreTime's own words: `detail`, or the fields it does not like."""
    body = reply.body if isinstance(reply, Answer) else None
    if not isinstance(body, dict):
        return ""
    return str(body.get("detail") or "; ".join(f"{key}: {value}" for key, value in body.items()))
