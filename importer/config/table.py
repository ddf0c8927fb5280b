"""One table of the configuration file, whose keys are taken one by one and checked as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from importer.base.errors import MisuseError
from importer.base.texts import N_, text

_ATOM = r'[^\s@<>()\[\],;:\\"]+'
_ADDRESS = re.compile(rf"({_ATOM})@({_ATOM})")


class ConfigTable:
    """The keys of a table that have not been taken yet; all errors name file and key.

    `prefix` is what stands before each key in messages, such as `inbox.` or `exports[1].`.
    """

    def __init__(self, file: Path, content: object, prefix: str = "") -> None:
        self.file = file
        self._prefix = prefix
        self._known: list[str] = []
        if not isinstance(content, dict):
            raise MisuseError(
                text(N_("{path}: {key} must be a table of its own: [{key}]."),
                     path=file, key=prefix.removesuffix("."))
            )  # fmt: skip
        self._left: dict[str, Any] = dict(content)

    def name(self, key: str) -> str:
        """`key` as messages name it."""
        return self._prefix + key

    def wrong(self, template: str, key: str, **facts: object) -> MisuseError:
        """The error that `template` says of `key`; it may name `path`, `key` and `facts`."""
        return MisuseError(text(template, path=self.file, key=self.name(key), **facts))

    def words(self, key: str) -> str | None:
        """Text, or None where the key is missing."""
        value = self._take(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(N_("{path}: the setting {key} must be text in quotes."), key)
        return value

    def required(self, key: str) -> str:
        """Text that must be there."""
        value = self.words(key)
        if not value:
            raise self.wrong(N_("{path}: the setting {key} is missing."), key)
        return value

    def choice(self, key: str, known: Sequence[str]) -> str | None:
        """One of `known`."""
        value = self.words(key)
        if value is not None and value not in known:
            raise self.wrong(
                N_("{path}: the setting {key} must be one of: {known}."), key, known=known
            )
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where the key is missing."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(N_("{path}: the setting {key} must be true or false."), key)
        return bool(value)

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(
                N_("{path}: the setting {key} must be a whole number, from {least} to {most}."),
                key, least=least, most=most,
            )  # fmt: skip
        return value

    def seconds(self, key: str, most: int) -> float | None:
        """A number of seconds from 0 to `most`."""
        value = self._take(key)
        if value is None:
            return None
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= float(value) <= most:
            raise self.wrong(
                N_("{path}: the setting {key} must be a number of seconds, from 0 to {most}."),
                key, most=most,
            )  # fmt: skip
        return float(value)

    def addresses(self, key: str) -> tuple[str, ...]:
        """A list of email addresses; none where the key is missing."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(map(_is_bare_address, value)):
            raise self.wrong(
                N_("{path}: the setting {key} must be a list of email addresses: "
                   '["boss@msp.example"].'), key,
            )  # fmt: skip
        return tuple(value)

    def address(self, key: str) -> str:
        """An email address that must be there; it may have a name, as in “Us <us@msp.example>”."""
        value = self.required(key)
        if email_address(value) is None:
            raise self.wrong(
                N_("{path}: the setting {key} must be an email address: us@msp.example."), key
            )
        return value

    def options(self, key: str) -> dict[str, Any]:
        """A table that is handed on as it is; empty where the key is missing."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(N_("{path}: {key} must be a table of its own: [{key}]."), key)
        return dict(value or {})

    def place(self, key: str) -> Path | None:
        """A path, relative to the file that names it."""
        value = self.words(key)
        return None if not value else self._path(key, value)

    def required_place(self, key: str) -> Path:
        """A path that must be named."""
        return self._path(key, self.required(key))

    def _path(self, key: str, value: str) -> Path:
        if not value.isprintable():
            raise self.wrong(
                N_("{path}: the backslashes of {key} were taken for something else. Put paths of "
                   "Windows into 'single quotes'."), key,
            )  # fmt: skip
        return self.file.parent / Path(value).expanduser()

    def table(self, key: str) -> ConfigTable | None:
        """A table in this one."""
        value = self._take(key)
        return None if value is None else ConfigTable(self.file, value, f"{self.name(key)}.")

    def tables(self, key: str) -> list[ConfigTable]:
        """The tables that stand under one name, as [[key]]; none where it is missing."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(
                N_("{path}: {key} must be tables, each under a line of its own: [[{key}]]."), key
            )
        return [
            ConfigTable(self.file, one, f"{self.name(key)}[{number}].")
            for number, one in enumerate(value, 1)
        ]

    def nothing_else(self) -> None:
        """Raise MisuseError where a key is left that nobody has asked for."""
        for key in self._left:
            raise self.wrong(
                N_("{path}: there is no setting {key}; there are: {known}."),
                key, known=self._names(self._known),
            )  # fmt: skip

    def _names(self, keys: Iterable[str]) -> list[str]:
        return [self.name(key) for key in keys]

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self._left.pop(key, None)


def email_address(words: str) -> tuple[str, str, str] | None:
    """Name, user and host of the one address that `words` are, such as “Us <us@msp.example>”.

    The name is empty where there is none; None if it is no address.
    """
    found = getaddresses([words])
    if len(found) != 1 or not words.isprintable():
        return None
    name, bare = found[0]
    parts = _ADDRESS.fullmatch(bare)
    return None if parts is None else (name, parts[1], parts[2])


def _is_bare_address(value: object) -> bool:
    found = email_address(value) if isinstance(value, str) else None
    return found is not None and "{1}@{2}".format(*found) == value
