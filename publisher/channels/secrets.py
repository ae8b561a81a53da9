"""Secrets: read by the name of a variable, never shown, never part of a settings file."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, quote_plus

from publisher.errors import CredentialsError, PublisherError
from publisher.files import replacing

SECRETS_FOLDER = "PUBLISHER_SECRETS"
"""Names a folder with one file a secret (a mounted secret of a container)."""
SYSTEMD_FOLDER = "CREDENTIALS_DIRECTORY"
"""The same, as the service manager names it for a unit with LoadCredential=."""
KEYRING = "PUBLISHER_KEYRING"
"""Names the service under which the operating system's keyring keeps the secrets; unset: the keyring is not asked."""

MASK = "•••"
_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
_SHORTEST_MASKED = 4  # shorter values would blank out ordinary words


class Secret:
    """A value that only `reveal` gives away: it prints as dots everywhere else."""

    __slots__ = ("_value", "variable")

    def __init__(self, variable: str, value: str) -> None:
        self.variable = variable
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.variable})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (self.variable, self._value) == (other.variable, other._value)

    def __hash__(self) -> int:
        return hash(self.variable)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written out")


class Source(Protocol):
    """One place where secrets lie. `name` is what a person calls it."""

    @property
    def name(self) -> str: ...

    def read(self, variable: str) -> str | None:
        """The value, or None where there is none. Raises CredentialsError when it cannot be read."""
        ...

    def write(self, variable: str, value: str) -> None:
        """Keep the value. Raises CredentialsError when this place takes none."""
        ...


class Environment:
    """The variables of the process, or a mapping that stands for them."""

    def __init__(self, values: Mapping[str, str], name: str = "the environment") -> None:
        self._values = dict(values)
        self.name = name

    def read(self, variable: str) -> str | None:
        return self._values.get(variable)

    def write(self, variable: str, value: str) -> None:
        raise CredentialsError(f"{variable}: {self.name} keeps nothing. Name a folder in {SECRETS_FOLDER}.")


class Folder:
    """One file a secret, such as a container or the service manager mounts."""

    name = "the secrets folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, variable: str) -> str | None:
        if not _VARIABLE.fullmatch(variable):
            return None
        try:
            return (self._folder / variable).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialsError(f"{variable}: its file in the secrets folder cannot be read as text.") from error

    def write(self, variable: str, value: str) -> None:
        if not is_variable_name(variable) or not self._folder.is_dir():
            raise CredentialsError(f"{SECRETS_FOLDER}: names no folder of this machine. Make it: mkdir -m 700 …")
        try:
            with replacing(self._folder / variable, mode=0o600) as temporary:
                temporary.write_text(f"{value}\n", encoding="utf-8")
        except (OSError, PublisherError) as error:
            raise CredentialsError(f"{SECRETS_FOLDER}: the folder cannot be written to. Look at its rights.") from error


class Keyring:
    """The operating system's keyring, under one service name; asked through the library `keyring`."""

    name = "the keyring"

    def __init__(self, service: str) -> None:
        self._service = service

    def read(self, variable: str) -> str | None:
        keyring = _import_keyring()
        try:
            value = keyring.get_password(self._service, variable)
        except Exception as error:  # every backend has its own family of errors, and their texts may quote a value
            raise CredentialsError(f"{variable}: the keyring did not answer. Unlock it, or unset {KEYRING}.") from error
        return str(value) if value is not None else None

    def write(self, variable: str, value: str) -> None:
        keyring = _import_keyring()
        try:
            keyring.set_password(self._service, variable, value)
        except Exception as error:
            raise CredentialsError(
                f"{variable}: the keyring did not take it. Unlock it, or unset {KEYRING}."
            ) from error


class Secrets:
    """Where values of variables come from: the first of several places that has one."""

    def __init__(self, values: Mapping[str, str] | None = None, *, sources: Sequence[Source] = ()) -> None:
        first = () if values is None else (Environment(values),)
        self._sources: tuple[Source, ...] = (*first, *sources)

    def __repr__(self) -> str:
        return "Secrets(…)"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Secrets:
        """The variables of the process, then the mounted folders, then the keyring that PUBLISHER_KEYRING names."""
        values = os.environ if environ is None else environ
        folders = [values[name] for name in (SECRETS_FOLDER, SYSTEMD_FOLDER) if values.get(name)]
        sources: list[Source] = [Folder(Path(folder)) for folder in folders]
        if values.get(KEYRING):
            sources.append(Keyring(values[KEYRING]))
        return cls(values, sources=sources)

    def find(self, variable: str) -> Secret | None:
        """The secret, or None where nothing of that name is set. Raises CredentialsError for an unusable value."""
        value = next((found for source in self._sources if (found := source.read(variable))), "").strip()
        if not value:
            return None
        if not _PRINTABLE.fullmatch(value):
            raise CredentialsError(
                f"{variable}: holds a line break or a letter no token has. Copy the value again, without quotes."
            )
        return Secret(variable, value)

    def get(self, variable: str, *, place: str, remedy: str) -> Secret:
        """The secret. Raises CredentialsError that names the variable, the file that asks for it and the remedy."""
        secret = self.find(variable)
        if secret is None:
            raise CredentialsError(f"{place}: the variable {variable} is not set. {remedy}")
        return secret

    def where(self, variable: str) -> str:
        """The name of the place the value comes from, or ''."""
        return next((source.name for source in self._sources if (source.read(variable) or "").strip()), "")

    def keep(self, variable: str, value: str) -> str:
        """Keep a new value where it will be found, and give that place's name.

        Raises CredentialsError when no place takes values, or one that goes before it has another value.
        """
        if not _PRINTABLE.fullmatch(value):
            raise CredentialsError(f"{variable}: holds a line break or a letter no token has. Nothing was kept.")
        takers = [source for source in self._sources if not isinstance(source, Environment)]
        if not takers:
            raise CredentialsError(
                f"{variable}: there is no place to keep it. Name a folder in {SECRETS_FOLDER}, or a service of the "
                f"keyring in {KEYRING}; nothing was kept."
            )
        if self.where(variable) == "the environment":
            raise CredentialsError(
                f"{variable}: is set in the environment, which goes before {takers[0].name}. Unset it, log in again."
            )
        takers[0].write(variable, value)
        return takers[0].name


def _import_keyring() -> Any:
    try:
        import keyring  # noqa: PLC0415 - an extra that most installations do without
    except ImportError as error:
        raise CredentialsError(f"{KEYRING}: needs the package keyring. Install it: publisher[keyring].") from error
    return keyring


def is_printable(text: str) -> bool:
    """Whether `text` is a value a header can carry."""
    return bool(_PRINTABLE.fullmatch(text))


def is_variable_name(text: str) -> bool:
    """Whether `text` could name a variable: capitals, digits and underscores."""
    return bool(_VARIABLE.fullmatch(text))


def mask(text: str, secrets: Iterable[Secret]) -> str:
    """`text` without any of the values, as they are or as they look in an address or a login header."""
    for secret in secrets:
        value = secret.reveal()
        if len(value) < _SHORTEST_MASKED:
            continue
        coded = base64.b64encode(value.encode()).decode()
        for form in sorted({value, quote(value, safe=""), quote_plus(value), coded}, key=len, reverse=True):
            text = text.replace(form, MASK)
    return text
