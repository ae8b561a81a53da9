"""Stations that take scripts by mail: one message with the script in its body and the files attached.

Mail cannot be read back, so what is known is written down here: before the message's first byte, and when the server
has taken it. Between the two only a person can tell.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from publisher.channels.base import (
    Absent,
    Account,
    CannotTell,
    Finding,
    Found,
    Limits,
    Look,
    OfAccount,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.fitting import fit_script
from publisher.channels.link import token_help
from publisher.channels.notes import Notes
from publisher.channels.outcomes import NOT_CONNECTED_S
from publisher.channels.radio_script import LEVEL, folder_name, safe_name
from publisher.channels.radio_settings import SECRETS, Settings
from publisher.channels.secrets import Secret
from publisher.channels.web import clean

BUSY_S = 600.0  # a 4xx answer: greylisting lets go after five to ten minutes
LIMITS = Limits(text=None, image_mimes=(), shapes=("script",))
MOST_BYTES = 18_000_000  # attachments; base64 makes 25 MB of them, where common mail servers stop
_CORRECTED, _WITHDRAWN = "ĐÍNH CHÍNH", "RÚT BÀI – KHÔNG PHÁT"


class _Refused(Exception):
    """The server said no before it had the message; `again` when a later try may succeed."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


@dataclass
class MailRadio(OfAccount):
    """The station behind one mail address."""

    account: Account
    settings: Settings
    password: Secret | None
    notes: Notes
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        reasons = list(fit_script(post, self.limits))
        size = sum(media.bytes for media in post.media)
        if size > MOST_BYTES:
            reasons.append(f"files: {size} bytes together; a mail takes {MOST_BYTES}. Send less, or use `via: sftp`")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Log in and ask whether the address is taken; no message is sent."""
        if not all(media.path.is_file() for media in post.media):
            return Rejected("a file of the piece is no longer there. Render the post again.")
        wrong = self._talk()
        if wrong is not None:
            return wrong
        if not self._is_taken(post):
            # The mark ties what is noted here to this attempt: on another machine the note is missing, not empty.
            self._note(post.key, post, "ready", mark=secrets.token_hex(8))
        return Prepared(
            {"message": self._message_id(post.key, "bai"), "note": self.notes.read(post.key).get("mark", "")}
        )

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        if self._is_taken(post):
            return Sent(self._message_id(post.key, "bai"), "", "the mail server took it in an earlier attempt")
        return self._send(post, self._message(post, "bai", ""), post.key, "the station's mail server took the message")

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """A second message that says it replaces the first. Mail that is out cannot be changed."""
        message = self._message(post, "dinh-chinh", _CORRECTED, answers=sent.id)
        outcome = self._send(
            post, message, f"{post.key}#correct#{post.content_hash()}", "a correcting message was sent"
        )
        return Sent(sent.id, sent.url, outcome.evidence) if isinstance(outcome, Sent) else outcome

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        """A second message that takes the first back, without the script. Telephone the station too."""
        message = self._message(post, "rut", _WITHDRAWN, answers=sent.id, script=False)
        outcome = self._send(post, message, f"{post.key}#withdraw", "a withdrawing message was sent; telephone too")
        return Sent(sent.id, sent.url, outcome.evidence) if isinstance(outcome, Sent) else outcome

    def confirm(self, post: Post, sent: Sent) -> Sent:
        return sent

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        if "id" in handles:
            return self._find_withdrawn(post, handles["id"])
        noted, message_id = self.notes.read(post.key), self._message_id(post.key, "bai")
        if self._is_taken(post):
            return Found(Sent(message_id, "", "the station's mail server took the message"), noted.get("answer", ""))
        # The mark is stored before the commit: it lacks only after a restore, whose notes may be older than the mail.
        if not handles.get("note") or noted.get("mark") != handles["note"]:
            return CannotTell(
                "it was sent from another machine, or its note is lost", f"{self.settings.to}: {message_id}"
            )
        if noted.get("phase") == "ready":
            return Absent("the message was made ready and never begun")
        return CannotTell("the connection broke while the message was on its way", f"{self.settings.to}: {message_id}")

    def known_here_only(self, post: Post) -> bool:
        """Mail cannot be read back; the notes are all there is."""
        return True

    def _find_withdrawn(self, post: Post, sent_id: str) -> Look:
        """Whether the withdrawing message went: it stands in the notes, as the mail itself cannot be read."""
        phase = self.notes.read(f"{post.key}#withdraw").get("phase")
        if phase == "taken":
            return Absent("a message that takes it back was sent")
        if phase == "begun":
            return CannotTell("the connection broke while the withdrawing message was on its way", self.settings.to)
        return Found(Sent(sent_id, "", ""), "no message that takes it back was sent from here")

    def check(self) -> tuple[Finding, ...]:
        wrong = self._talk()
        if wrong is None:
            return (Finding("ok", f"{self.settings.host} answers and takes mail for {self.settings.to}"),)
        return (Finding("error" if isinstance(wrong, Rejected) else "warning", wrong.reason),)

    # -- the message ---------------------------------------------------------------------------------------------------

    def _message(self, post: Post, what: str, mark: str, *, answers: str = "", script: bool = True) -> EmailMessage:
        """The same post gives the same bytes, whenever it is made."""
        message = EmailMessage(policy=SMTP)
        when = post.due_at or datetime(2000, 1, 1, tzinfo=UTC)
        message["From"] = Address(str(self.account.settings.get("title", "")), addr_spec=self.settings.sender)
        message["To"] = Address(self.settings.station, addr_spec=self.settings.to)
        message["Subject"] = " ".join(f"{mark}: {post.title}".removeprefix(": ").split())
        message["Date"] = format_datetime(when)
        message["Message-ID"] = self._message_id(post.key, what)
        if answers:
            message["In-Reply-To"] = message["References"] = answers
        message.set_content(_body(post, mark, script=script), cte="base64")
        for media in post.media if script else ():
            if media.role in ("document", "audio"):
                main, _, sub = media.mime.partition("/")
                name = safe_name(media.name)
                message.add_attachment(media.path.read_bytes(), maintype=main, subtype=sub or "bin", filename=name)
        if message.is_multipart():  # the boundary would else be drawn by chance
            message.set_boundary(f"phan-{hashlib.sha256(f'{post.key}{post.content_hash()}'.encode()).hexdigest()[:40]}")
        return message

    def _message_id(self, key: str, what: str) -> str:
        return f"<{what}.{folder_name(key)}@{self.settings.sender.rpartition('@')[2]}>"

    # -- the conversation ----------------------------------------------------------------------------------------------

    def _send(self, post: Post, message: EmailMessage, key: str, evidence: str) -> Outcome:
        begun = False
        data = message.as_bytes()

        def give(server: smtplib.SMTP) -> str:
            nonlocal begun
            code, answer = server.docmd("DATA")
            if code != 354:
                raise _Refused(f"the mail server takes no message ({code} {_words(answer)})", again=code < 500)
            server.send(_quote(data))
            # A server that has not seen the final dot has no message (RFC 5321, 4.1.1.4): up to here nothing is out.
            self._note(key, post, "begun")
            begun = True
            server.send(b".\r\n")
            code, answer = server.getreply()
            said = clean(answer.decode("utf-8", "replace"), self._secrets)
            if code != 250:
                raise _Refused(f"the mail server refused the message ({code} {said})", again=code < 500)
            self._note(key, post, "taken", answer=said)
            return said

        try:
            with self._open() as server:
                said = give(server)
        except (_Refused, smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            self._note(key, post, "ready")  # whatever it answered, it did not take the message
            return self._refused(error)
        except (OSError, smtplib.SMTPException) as error:
            if begun:
                return Unknown("the connection broke while the message was on its way, so it may be out")
            return self._unreached(error)
        return Sent(str(message["Message-ID"]), "", f"{evidence}: {said}")

    def _note(self, key: str, post: Post, phase: str, **more: str) -> None:
        """On the disk before the next step relies on it."""
        self.notes.write(key, {**self.notes.read(key), "phase": phase, "content": post.content_hash(), **more})

    def _is_taken(self, post: Post) -> bool:
        noted = self.notes.read(post.key)
        return noted.get("phase") == "taken" and noted.get("content") == post.content_hash()

    def _talk(self) -> Retry | Rejected | None:
        """Open the conversation up to the recipient, and take it back: nothing is sent."""
        try:
            with self._open() as server:
                server.rset()
        except (_Refused, smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            return self._refused(error)
        except (OSError, smtplib.SMTPException) as error:
            return self._unreached(error)
        return None

    def _open(self) -> _Session:
        return _Session(self.settings, self.password)

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        return () if self.password is None else (self.password,)

    def _refused(self, error: Exception) -> Retry | Rejected:
        if isinstance(error, smtplib.SMTPAuthenticationError):
            help_text = token_help(self.account, "password", SECRETS["password"])
            return Rejected(f"the mail server refused the login ({error.smtp_code}). {help_text}")
        again, reason = False, str(error)
        if isinstance(error, _Refused):
            again = error.again
        elif isinstance(error, smtplib.SMTPResponseException):
            again = error.smtp_code < 500
            reason = f"the mail server refused ({error.smtp_code} {_words(error.smtp_error)})"
        elif isinstance(error, smtplib.SMTPRecipientsRefused):
            code, said = next(iter(error.recipients.values()))
            again, reason = code < 500, f"the mail server does not take mail for {self.settings.to} ({_words(said)})"
        reason = clean(reason, self._secrets)
        return Retry(reason, BUSY_S) if again else Rejected(f"{reason}. {self.account.path}: check to, from and host.")

    def _unreached(self, error: Exception) -> Retry | Rejected:
        if isinstance(error, ssl.SSLCertVerificationError):
            return Rejected(
                f"{self.account.path}: host: the server's certificate is not valid for it. Correct host or ca_file."
            )
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return Rejected(f"{self.account.path}: security: the mail server does not offer it. Ask the station.")
        return Retry(f"the mail server cannot be reached ({type(error).__name__})", NOT_CONNECTED_S)


class _Session:
    """A conversation that has come as far as an accepted recipient."""

    def __init__(self, settings: Settings, password: Secret | None) -> None:
        self._settings, self._password = settings, password

    def __enter__(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.security == "tls":
            self._server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port or 465, timeout=settings.timeout_s, context=context
            )
        else:
            self._server = smtplib.SMTP(settings.host, settings.port or 587, timeout=settings.timeout_s)
        try:
            self._greet(context)
        except BaseException:
            self._server.close()
            raise
        return self._server

    def _greet(self, context: ssl.SSLContext) -> None:
        settings, server = self._settings, self._server
        server.ehlo()
        if settings.security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if self._password is not None:
            server.login(settings.user, self._password.reveal())
        for code, said, address in ((*server.mail(settings.sender), ""), (*server.rcpt(settings.to), settings.to)):
            if code not in (250, 251):
                about = f"mail for {address}" if address else f"mail from {settings.sender}"
                raise _Refused(f"the mail server does not take {about} ({code} {_words(said)})", again=code < 500)

    def __exit__(self, *ending: object) -> None:
        # What was answered stands; a broken farewell must not hide it.
        with suppress(OSError, smtplib.SMTPException):
            self._server.quit()
        self._server.close()


def _quote(data: bytes) -> bytes:
    """The message as it stands between DATA and the final dot: a line's own first dot is doubled."""
    return re.sub(rb"(?m)^\.", b"..", data if data.endswith(b"\r\n") else data + b"\r\n")


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _body(post: Post, mark: str, *, script: bool) -> str:
    lines = [f"{mark}: {post.title}".removeprefix(": "), f"Mức: {LEVEL}"]
    if script:
        lines += ["", post.text.strip(), "", "—", "Phát xong, xin gửi lại đường dẫn bản tin cho nơi gửi thư này."]
    return "\n".join(lines) + "\n"
