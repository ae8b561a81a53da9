"""Radio and loudspeakers: a script is put, whole or not at all, where the station takes it from.

The piece is written under a hidden name and gets its own by one rename. A person at the station reads it on air and
puts `da-phat.txt` back; nothing here ever starts a loudspeaker, and the level is always the ordinary one.

A receipt is left beside the pieces first: a station may move a piece away, and a machine that was lost and restored
knows by the receipt, and by nothing else, that it had been there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from publisher.channels.base import (
    Absent,
    Account,
    Aired,
    CannotTell,
    Channel,
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
from publisher.channels.link import Link, marked_settings, token_help
from publisher.channels.notes import Notes
from publisher.channels.radio_drop import (
    UNREACHABLE_S,
    Drop,
    DropError,
    LostError,
    RefusedError,
    TakenError,
    UnreachableError,
)
from publisher.channels.radio_libretime import LibreTime
from publisher.channels.radio_mail import MailRadio
from publisher.channels.radio_script import (
    BROADCAST,
    MANIFEST,
    RECEIPTS,
    RECEIPTS_KEPT,
    RECEIPTS_WORDS,
    Piece,
    folder_name,
    make_piece,
    make_receipt,
    read_broadcast,
    read_manifest,
    receipt_path,
)
from publisher.channels.radio_settings import SECRETS, SETTINGS, Settings, open_drop, parse_settings
from publisher.channels.web import Web

__all__ = ["KIND", "LIMITS", "SECRETS", "SETTINGS", "Radio", "connect", "limits_of", "parse_settings"]

KIND = "radio"
LIMITS = Limits(text=None, image_mimes=(), shapes=("script",))
_T = TypeVar("_T")


def limits_of(account: Account) -> Limits:
    """The same for every account of this kind."""
    return LIMITS


def connect(account: Account, link: Link) -> Channel:
    """The station's channel. Raises CredentialsError when a password its way needs is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    if settings.via == "mail" and link.sandbox is None:
        password = link.secret(account, "password", SECRETS["password"]) if "password" in account.secrets else None
        return MailRadio(account, settings, password, Notes(link.folder))
    if settings.via == "libretime":
        return _connect_libretime(account, settings, link)
    return Radio(account, settings, open_drop(account, settings, link))


def _connect_libretime(account: Account, settings: Settings, link: Link) -> Channel:
    key = link.secret(account, "password", SECRETS["password"])
    base = link.base(settings.url)
    web = Web((base,), settings.timeout_s, (key,), sandboxed=link.sandbox is not None)
    return LibreTime(account, settings, web, base, key, token_help(account, "password", SECRETS["password"]))


@dataclass
class Radio(OfAccount):
    account: Account
    settings: Settings
    open: Callable[[], Drop]
    limits: Limits = LIMITS

    def fit(self, post: Post) -> tuple[str, ...]:
        return fit_script(post, self.limits)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        """Write the piece under a hidden name and read the manifest back."""
        try:
            piece = self._piece(post)
        except OSError:
            return Rejected("a file of the piece is no longer there. Render the post again.")

        def write(drop: Drop) -> Prepared | Retry:
            hidden = _hidden(piece.folder)
            drop.remove_folder(hidden)
            drop.make_folder(hidden)
            # The manifest last: where it is, everything it names is.
            for name, data in sorted(piece.files.items(), key=lambda item: item[0] == MANIFEST):
                drop.write(f"{hidden}/{name}", data)
            if drop.read(f"{hidden}/{MANIFEST}") != piece.files[MANIFEST]:
                return Retry("the folder gives back other bytes than were written", UNREACHABLE_S)
            _leave_receipt(drop, post, piece.folder)
            return Prepared({"folder": piece.folder})

        return self._try(write, self._before)

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        folder = folder_name(post.key)

        def publish(drop: Drop) -> Outcome:
            if read_manifest(drop.read(f"{_hidden(folder)}/{MANIFEST}")) is None:
                return Unknown("the piece does not lie ready; it may have got its name already")
            drop.rename(_hidden(folder), folder)
            return Sent(folder, "", "the piece lies in the station's folder")

        return self._try(publish, self._doubt)

    def confirm(self, post: Post, sent: Sent) -> Sent:
        """Whether the piece lies there whole."""
        look = self.find(post, {}, datetime.now(UTC))
        return Sent(sent.id, sent.url, look.evidence) if isinstance(look, Found) else sent

    def aired(self, post: Post, sent: Sent) -> Aired | None:
        """What the station has put back: `da-phat.txt`, whose first line may be a link."""

        def look(drop: Drop) -> Aired | None:
            note = drop.read(f"{sent.id}/{BROADCAST}")
            return None if note is None else read_broadcast(note)

        return self._try(look, lambda error: None)

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        folder = folder_name(post.key)
        look_at = f"{self.settings.shown}/{folder}"

        def look(drop: Drop) -> Look:
            manifest = read_manifest(drop.read(f"{folder}/{MANIFEST}"))
            if manifest is None:
                return self._judge_absence(drop, folder, handles, look_at)
            sent = Sent(folder, "", "found in the station's folder")
            # A withdrawal (`id`) asks for whatever lies there. Else only these very bytes were approved.
            if "id" in handles or manifest.get("content_sha256") == post.content_hash():
                return Found(sent, f"folder {folder} lies there")
            return CannotTell("the folder holds another version of this piece than the one approved", look_at)

        return self._try(look, lambda error: CannotTell(str(error), look_at))

    def _judge_absence(self, drop: Drop, folder: str, handles: Mapping[str, str], look_at: str) -> Look:
        """What it means that no such piece lies there: not every one was never there."""
        none = Absent(f"no folder {folder} with a manifest")
        if "id" in handles or drop.read(f"{_hidden(folder)}/{MANIFEST}") is not None:
            return none  # withdrawn; or written, and it never got its name
        if "folder" in handles or drop.read(receipt_path(folder)) is not None:
            return CannotTell("the piece is gone: the station may have taken it", look_at)
        if drop.read(RECEIPTS_KEPT) is None:
            return CannotTell(
                f"the folder keeps no receipts ({RECEIPTS}), so what was taken from it is not seen", look_at
            )
        return none

    def check(self) -> tuple[Finding, ...]:
        def look(drop: Drop) -> tuple[Finding, ...]:
            return (Finding("ok", drop.check()),)

        def failed(error: DropError) -> tuple[Finding, ...]:
            text = f"{error}. {self._help}"
            return (Finding("error", text) if isinstance(error, RefusedError) else Finding("warning", text),)

        return self._try(look, failed)

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Put the new version in the old one's place; the old one is kept beside it, marked as replaced."""
        ready = self.prepare(post, {})
        if not isinstance(ready, Prepared):
            return ready
        folder = sent.id

        def swap(drop: Drop) -> Outcome:
            old = read_manifest(drop.read(f"{folder}/{MANIFEST}"))
            if old is not None:  # else an earlier try stopped between the two names, or the station has taken it
                drop.rename(folder, f"thay-the-{str(old.get('content_sha256', ''))[:10]}-{folder}")
            drop.rename(_hidden(folder_name(post.key)), folder)
            return Sent(folder, "", "the new version lies in the station's folder; the old one is marked as replaced")

        return self._try(swap, self._doubt)

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        """Mark the piece as withdrawn. A station may have taken it already: tell it too."""

        def mark(drop: Drop) -> Outcome:
            if drop.read(f"{sent.id}/{MANIFEST}") is None:
                return Sent(sent.id, "", "it was no longer there")
            drop.rename(sent.id, f"da-rut-{sent.id}")
            return Sent(sent.id, "", "marked as withdrawn; telephone the station if it may have been taken")

        return self._try(mark, self._doubt)

    def _piece(self, post: Post) -> Piece:
        media = {m.name: m.path.read_bytes() for m in post.media if m.role in ("document", "audio", "data")}
        return make_piece(self.account, post, media, station=self.settings.station)

    @property
    def _help(self) -> str:
        if "password" in self.account.secrets:
            return token_help(self.account, "password", SECRETS["password"])
        return f"{self.account.path}: check where the piece is to go."

    def _before(self, error: DropError) -> Retry | Rejected:
        if isinstance(error, RefusedError):
            return Rejected(f"{error}. {self._help}")
        return Retry(str(error), error.wait_s if isinstance(error, UnreachableError) else UNREACHABLE_S)

    def _doubt(self, error: DropError) -> Outcome:
        if isinstance(error, UnreachableError):
            return Retry(str(error), error.wait_s)
        if isinstance(error, TakenError):
            return Unknown(f"{error}: an earlier attempt may have put it there")
        if isinstance(error, LostError):
            return Unknown(f"{error}, so it may be there")
        return Rejected(f"{error}. {self._help}")

    def _try(self, act: Callable[[Drop], _T], failed: Callable[[DropError], _T]) -> _T:
        try:
            with _opened(self.open) as drop:
                return act(drop)
        except DropError as error:
            return failed(error)


@contextmanager
def _opened(open_drop: Callable[[], Drop]) -> Iterator[Drop]:
    drop = open_drop()
    try:
        yield drop
    finally:
        drop.close()


def _leave_receipt(drop: Drop, post: Post, folder: str) -> None:
    """Before the piece gets its name, so that no piece was ever there without one."""
    receipt = receipt_path(folder)
    if drop.read(receipt) is not None:  # ProFTPD lets no file be written over unless told to
        return
    if drop.read(RECEIPTS_KEPT) is None:
        drop.make_folder(RECEIPTS)
        drop.write(RECEIPTS_KEPT, RECEIPTS_WORDS.encode())
    drop.write(receipt, make_receipt(post))


def _hidden(folder: str) -> str:
    """A name no station's program picks up."""
    return f".dang-ghi-{folder}"
