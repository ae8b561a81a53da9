"""Telling people: what needs them goes out through Apprise, beside the sending and never in its way."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from publisher.alarm_settings import AlarmSettings, Recipient
from publisher.channels.base import Channel, Finding
from publisher.channels.secrets import Secrets
from publisher.clock import Clock
from publisher.errors import CredentialsError, PublisherError
from publisher.queue.alarming import Asked
from publisher.queue.model import Alarm, Notice
from publisher.queue.store import Store

log = logging.getLogger(__name__)

MOST_TOLD = 30  # pieces described in one message; after an outage there may be thousands, which nobody reads
ASK_AGAIN = timedelta(hours=6)  # an account that is in order
ASK_SOON = timedelta(minutes=30)  # one that is not
ASKED_AT_ONCE = 5  # accounts asked in one round: a network that is away must not hold the other alarms up


@dataclass(frozen=True)
class Message:
    title: str
    text: str


def address_of(recipient: Recipient, secrets: Secrets, *, place: str = "publisher.yaml: alarms") -> str:
    """The Apprise address with its login. Raises CredentialsError naming the variable that is not set."""
    remedy = "Set it for the service, or put a file of that name into the secrets folder."
    where = f"{place}: {recipient.name}"
    if recipient.address_env:
        return secrets.get(recipient.address_env, place=where, remedy=remedy).reveal()
    names = [name for name in (recipient.user_env, recipient.password_env) if name]
    login = ":".join(quote(secrets.get(name, place=where, remedy=remedy).reveal(), safe="") for name in names)
    scheme, _, rest = recipient.address.partition("://")
    return f"{scheme}://{login}@{rest}" if login else recipient.address


def deliver(address: str, message: Message) -> bool:
    """Hand the message to Apprise; whether it was taken. Bounded by Apprise's own time-outs of a few seconds."""
    import apprise  # noqa: PLC0415 - a hundred modules, needed only when somebody is told

    # Its log lines quote addresses and answers; what is worth knowing is said here without them.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="publisher", secure_logging=True))
    if not sender.add(address):
        return False
    return bool(
        sender.notify(
            title=message.title,
            body=message.text,
            notify_type=apprise.NotifyType.WARNING,
            body_format=apprise.NotifyFormat.TEXT,
        )
    )


@dataclass
class Asking:
    """Asks accounts about their credentials from time to time, a few a round."""

    channels: Mapping[str, Channel]
    missing: Mapping[str, str] = field(default_factory=dict)
    _next: dict[str, datetime] = field(default_factory=dict)
    _found: dict[str, tuple[Alarm, ...]] = field(default_factory=dict)

    def round(self, now: datetime) -> Asked:
        """What is known of every account asked so far; asks those whose turn it is."""
        for name, text in self.missing.items():
            self._found[name] = (credentials_alarm(name, Finding("error", text), now),)
        due = sorted((self._next.get(name, now), name) for name in self.channels)
        for moment, name in due[:ASKED_AT_ONCE]:
            if moment <= now:
                self._ask(name, now)
        return Asked(tuple(alarm for found in self._found.values() for alarm in found), frozenset(self._found))

    def _ask(self, name: str, now: datetime) -> None:
        findings = check(self.channels[name])
        worst: dict[str, Finding] = {}
        for finding in sorted(findings, key=lambda f: ("error", "warning", "ok").index(f.level)):
            worst.setdefault(finding.about, finding)  # one thing that is wrong must not hide another
        wrong = [finding for finding in worst.values() if finding.level != "ok"]
        self._found[name] = tuple(credentials_alarm(name, finding, now) for finding in wrong)
        self._next[name] = now + (ASK_SOON if wrong else ASK_AGAIN)


def check(channel: Channel) -> Sequence[Finding]:
    """What the account says; an error nobody foresaw is a finding too."""
    try:
        return channel.check()
    except Exception as error:
        log.warning("check of %s failed: %s", channel.name, type(error).__name__, exc_info=False)
        return (Finding("warning", f"asking the account ended in an unexpected {type(error).__name__}"),)


def credentials_alarm(account: str, finding: Finding, now: datetime) -> Alarm:
    """Keyed by account, level and what it is about: days left that count down are one alarm, their end is another."""
    about = f"|{finding.about}" if finding.about else ""
    return Alarm(account, account, "credentials", now, finding.text, key=f"account:{account}|{finding.level}{about}")


class Bell:
    """Tells every recipient what is new and what nobody has acted on. `ring` never raises and may be called at any
    time from any thread; two at a time are one."""

    def __init__(
        self,
        store: Store,
        settings: AlarmSettings,
        *,
        clock: Clock,
        secrets: Secrets,
        asking: Asking | None = None,
        language: str = "vi",
        zone: ZoneInfo | None = None,
        office: str = "",
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._secrets = secrets
        self._asking = asking
        self._language: Literal["vi", "en"] = "en" if language == "en" else "vi"
        self._zone = zone or ZoneInfo("Asia/Ho_Chi_Minh")
        self._office = office
        self._ringing = threading.Lock()

    def ring(self) -> dict[str, int]:
        """Tell each recipient what is due; gives how many alarms each one took."""
        if not self._settings.to or not self._ringing.acquire(blocking=False):
            return {}
        try:
            asked = self._asking.round(self._clock.now()) if self._asking is not None else Asked()
            return {recipient.name: self._tell(recipient, asked) for recipient in self._settings.to}
        except PublisherError as error:
            log.error("alarms: %s", error)
            return {}
        finally:
            self._ringing.release()

    def _tell(self, recipient: Recipient, asked: Asked) -> int:
        book, now = self._store.alarm_book, self._clock.now()
        notices = book.take(recipient.name, asked, now=now)
        if not notices:
            return 0
        if self._hand_over(recipient, self.compose(notices, now)):
            repeat_s = self._settings.repeat_s
            book.note_told(recipient.name, notices, now=self._clock.now(), repeat_s=repeat_s)
            return len(notices)
        again = book.note_failed(recipient.name, notices, now=self._clock.now())
        log.error(
            "alarms: %d for `%s` did not get through; tried again at %s",
            len(notices), recipient.name, again.astimezone(self._zone).strftime("%H:%M"),
        )  # fmt: skip
        return 0

    def _hand_over(self, recipient: Recipient, message: Message) -> bool:
        try:
            return deliver(address_of(recipient, self._secrets), message)
        except CredentialsError as error:
            log.error("%s", error)
        except Exception as error:
            # The message of a foreign exception may quote the address: only its kind is kept.
            log.error("alarms: `%s` failed: %s", recipient.name, type(error).__name__, exc_info=False)
        return False

    def compose(self, notices: Sequence[Notice], now: datetime) -> Message:
        """Title and text in the workspace's language: what it is about, since when, why, and what to do."""
        words = _WORDS[self._language]
        states = Counter(notice.alarm.state for notice in notices)
        kinds = ", ".join(f"{number} {words.get(state, state)}" for state, number in sorted(states.items()))
        office = f"{self._office}: " if self._office else ""
        blocks = [self._describe(notice, words, now) for notice in notices[:MOST_TOLD]]
        if len(notices) > MOST_TOLD:
            blocks.append(words["more"].format(n=len(notices) - MOST_TOLD))
        return Message(
            f"{office}{words['title'].format(n=len(notices))} ({kinds})", "\n\n".join([*blocks, words["do"]])
        )

    def _describe(self, notice: Notice, words: Mapping[str, str], now: datetime) -> str:
        alarm = notice.alarm
        since = alarm.since.astimezone(self._zone).strftime("%H:%M %d/%m/%Y")
        again = words["again"].format(n=notice.times + 1) if notice.times else ""
        head = f"• {alarm.id} — {words.get(alarm.state, alarm.state)} — {since}{again}"
        return f"{head}\n  {alarm.text if alarm.state == 'credentials' else self._why(alarm, now)}"

    def _why(self, alarm: Alarm, now: datetime) -> str:
        try:
            return self._store.why(alarm.id, now=now, language=self._language, zone=self._zone)
        except PublisherError:
            return alarm.text


_WORDS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "title": "{n} việc cần người xem",
        "more": "… và {n} việc nữa. Xem tất cả: publisher alarms list",
        "do": "Xem hàng đợi: publisher queue list. Đã nhận việc, không cần nhắc nữa: publisher alarms seen MÃ --as TÊN",
        "again": " (nhắc lần {n})",
        "unknown": "chưa rõ đã đăng chưa",
        "rejected": "bị từ chối",
        "missed": "lỡ giờ",
        "held": "đang giữ lại",
        "waiting": "chờ thử lại đã lâu",
        "queued": "quá giờ chưa gửi",
        "approved": "quá giờ chưa phát hành",
        "claimed": "kẹt khi chuẩn bị",
        "sending": "kẹt khi đang gửi",
        "draft": "sắp đến giờ, chưa trình duyệt",
        "in_review": "sắp đến giờ, chưa duyệt",
        "credentials": "tài khoản cần xem lại",
    },
    "en": {
        "title": "{n} things need a person",
        "more": "… and {n} more. See all: publisher alarms list",
        "do": "See the queue: publisher queue list. Taken care of, remind no more: publisher alarms seen ID --as NAME",
        "again": " (reminder {n})",
        "unknown": "may be out",
        "queued": "late",
        "approved": "late, not released",
        "waiting": "waiting for long",
        "claimed": "stuck in preparation",
        "sending": "stuck while sending",
        "draft": "time is near, not handed in",
        "in_review": "time is near, not approved",
        "credentials": "account needs a look",
    },
}
