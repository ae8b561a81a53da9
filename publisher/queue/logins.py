"""Logins of the web app: passwords as scrypt, sessions as hashes of their tokens. None of it is in a backup."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import sqlalchemy as sa

from publisher.errors import UsageError
from publisher.queue import ledger, schema
from publisher.queue.database import Writer

L = schema.logins
S = schema.sessions

SHORTEST = 10  # characters
FAILURES = 5  # wrong passwords in a row before the login rests
REST = timedelta(minutes=5)
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)  # a page view need not write
_COST = {"n": 2**14, "r": 8, "p": 5}  # OWASP's password storage sheet: 16 MB and p=5
_MAX_MEMORY = 64 * 2**20


class Logins:
    """Who may come in. Reading and writing are those of the store."""

    def __init__(self, reading: Callable[[], AbstractContextManager[sa.Connection]], writer: Writer) -> None:
        self._reading = reading
        self._writer = writer

    def set_password(self, person: str, password: str, *, now: datetime) -> None:
        """Give the person this password; every session of the person ends. Raises UsageError for a short one."""
        if len(password) < SHORTEST:
            raise UsageError(f"password: {len(password)} characters; at least {SHORTEST}. A sentence is easy to keep.")
        secret = hash_password(password)

        def work(c: sa.Connection) -> None:
            c.execute(L.delete().where(L.c.person == person))
            c.execute(L.insert(), {"person": person, "secret": secret, "changed_at": now})
            c.execute(S.delete().where(S.c.person == person))
            ledger.append(c, ledger.Entry(now, "password", by=person))

        self._writer.write(work)

    def begin(self, person: str, password: str, *, now: datetime) -> str | None:
        """A new session's token, or None: wrong, unknown, or resting after too many failures. All take equally long."""
        with self._reading() as c:
            row = c.execute(sa.select(L).where(L.c.person == person)).mappings().first()
        right = check_password(password, row["secret"] if row is not None else _NOBODY)
        if row is None or (row["closed_until"] is not None and row["closed_until"] > now):
            return None
        if not right:
            self._writer.write(lambda c: _note_failure(c, person, now))
            return None
        token = secrets.token_urlsafe(32)

        def work(c: sa.Connection) -> None:
            c.execute(L.update().where(L.c.person == person).values(failures=0, closed_until=None))
            c.execute(S.delete().where(sa.or_(S.c.seen_at < now - IDLE, S.c.began_at < now - LONGEST)))
            c.execute(S.insert(), {"token_hash": _hash(token), "person": person, "began_at": now, "seen_at": now})

        self._writer.write(work)
        return token

    def person_of(self, token: str, *, now: datetime) -> str | None:
        """Whose session it is; None when there is none, or it is over."""
        with self._reading() as c:
            row = c.execute(sa.select(S).where(S.c.token_hash == _hash(token))).mappings().first()
        if row is None or row["seen_at"] < now - IDLE or row["began_at"] < now - LONGEST:
            return None
        if row["seen_at"] < now - SEEN_EVERY:
            seen = S.update().where(S.c.token_hash == row["token_hash"]).values(seen_at=now)
            self._writer.write(lambda c: c.execute(seen) and None)
        return str(row["person"])

    def end(self, token: str) -> None:
        self._writer.write(lambda c: c.execute(S.delete().where(S.c.token_hash == _hash(token))) and None)

    def people(self) -> frozenset[str]:
        """Everybody with a password."""
        with self._reading() as c:
            return frozenset(c.execute(sa.select(L.c.person)).scalars())


def _note_failure(connection: sa.Connection, person: str, now: datetime) -> None:
    failures = connection.execute(sa.select(L.c.failures).where(L.c.person == person)).scalar_one() + 1
    closed = now + REST if failures >= FAILURES else None
    values = {"failures": 0 if closed else failures, "closed_until": closed}
    connection.execute(L.update().where(L.c.person == person).values(values))
    if closed is not None:
        ledger.append(connection, ledger.Entry(now, "login closed", by=person))


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, maxmem=_MAX_MEMORY, **_COST)
    return f"scrypt${_COST['n']}${_COST['r']}${_COST['p']}${salt.hex()}${key.hex()}"


def check_password(password: str, secret: str) -> bool:
    _, n, r, p, salt, key = secret.split("$")
    cost = {"n": int(n), "r": int(r), "p": int(p)}
    found = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), maxmem=_MAX_MEMORY, **cost)
    return hmac.compare_digest(found, bytes.fromhex(key))


_NOBODY = f"scrypt${_COST['n']}${_COST['r']}${_COST['p']}${'00' * 16}${'00' * 64}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
