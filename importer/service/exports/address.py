"""The address of a folder: how to log in there, and what must not be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from importer.base.texts import printable

_LOGGING_IN = frozenset({"sftp", "ssh", "ftp", "smb"})
"""Where user and password are also options, which take any character."""

_SECRET = re.compile("pass|secret|token|credential|connection_string|sas|(^|_)key$", re.IGNORECASE)
_LONGEST_MESSAGE = 300


class Address:
    """A URL or path and its options; `url` has no login if `options` have it, `shown` no secrets.

    A path has no protocol.
    """

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        self.protocol = url.partition("://")[0] if "://" in url else ""
        self.shown = _without_secrets(url) if self.protocol else url
        self.url, login = _without_login(url) if self.protocol in _LOGGING_IN else (url, {})
        self.options: dict[str, Any] = {**login, **options}
        self._secrets = list(_secrets(url, self.options))

    def cleaned(self, message: str) -> str:
        """A library's message, on one line and without secrets."""
        for secret in self._secrets:
            message = message.replace(secret, "…")
        return printable(" ".join(message.split())).rstrip(".")[:_LONGEST_MESSAGE]


def _without_login(url: str) -> tuple[str, dict[str, str]]:
    """A URL without user and password, and these, with %40 and the like decoded."""
    protocol, _, rest = url.partition("://")
    server = rest.partition("/")[0]
    port = server.partition(":")[2]
    if "@" in server:
        login = server.rpartition("@")[0]
    elif port and not port.isdecimal():  # a password with a slash in it, which no URL may have
        login = rest.rpartition("@")[0]
    else:
        return url, {}
    user, colon, password = login.partition(":")
    options = {"username": unquote(user)} if user else {}
    if colon:
        options["password"] = unquote(password)
    return f"{protocol}://{rest[len(login) :].removeprefix('@')}", options


def _without_secrets(url: str) -> str:
    """A URL without password and query, even if these hold characters that no URL may have."""
    protocol, _, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    if ":" in login:
        rest = f"{login.partition(':')[0]}{at}{place}"
    return f"{protocol}://{rest.partition('?')[0]}"


def _secrets(url: str, options: Mapping[str, Any]) -> Iterator[str]:
    """What an error may quote and nobody must see."""
    rest = url.partition("://")[2]
    password = rest.rpartition("@")[0].partition(":")[2]
    query = rest.rpartition("@")[2].partition("?")[2]
    yield from filter(None, (password, unquote(password), query))
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from _secrets("", value)
        elif isinstance(value, str) and value and _SECRET.search(key):
            yield value
