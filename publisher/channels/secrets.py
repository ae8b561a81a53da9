"""Secrets: read by the name of a variable, never shown, never part of a settings file."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

from publisher.errors import CredentialsError

SECRETS_FOLDER = "PUBLISHER_SECRETS"
"""Names a folder with one file a secret (a mounted secret of a container, or of the service manager)."""

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


class Secrets:
    """Where values of variables come from: a mapping (the environment) and, behind it, a folder of files."""

    def __init__(self, values: Mapping[str, str], *, folder: Path | None = None) -> None:
        self._values = dict(values)
        self._folder = folder

    def __repr__(self) -> str:
        return "Secrets(…)"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Secrets:
        """The variables of the process, then the files of the folder that PUBLISHER_SECRETS names."""
        values = os.environ if environ is None else environ
        folder = values.get(SECRETS_FOLDER)
        return cls(values, folder=Path(folder) if folder else None)

    def find(self, variable: str) -> Secret | None:
        """The secret, or None where nothing of that name is set. Raises CredentialsError for an unusable value."""
        value = self._values.get(variable)
        if not value:
            value = self._read_file(variable)
        if not value:
            return None
        value = value.strip()
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

    def _read_file(self, variable: str) -> str | None:
        if self._folder is None or not _VARIABLE.fullmatch(variable):
            return None
        try:
            return (self._folder / variable).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialsError(f"{variable}: its file in the secrets folder cannot be read as text.") from error


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
