"""Keep the secrets in a URL and its options out of logs and messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from importer.base.texts import printable
from importer.config.service import ExportSettings

_SECRET = re.compile("pass|secret|token|credential|connection_string|sas|(^|_)key$", re.IGNORECASE)
_LONGEST_MESSAGE = 300


def shown(settings: ExportSettings) -> str:
    """The path or URL of an export's folder, without password and query."""
    if not settings.is_remote:
        return settings.folder
    protocol, _, rest = settings.folder.partition("://")
    login, at, place = rest.rpartition("@")
    if ":" in login:
        rest = f"{login.partition(':')[0]}{at}{place}"
    return f"{protocol}://{rest.partition('?')[0]}"


def without_secrets(message: str, settings: ExportSettings) -> str:
    """A library's message on one line, without the secrets of an export's folder."""
    for secret in _secrets(settings.folder, settings.options):
        message = message.replace(secret, "…")
    return printable(" ".join(message.split())).rstrip(".")[:_LONGEST_MESSAGE]


def _secrets(url: str, options: Mapping[str, Any]) -> Iterator[str]:
    """What an error may quote; of a password with a slash, which no URL may have, also a part."""
    login, _, place = url.partition("://")[2].rpartition("@")
    password, query = login.partition(":")[2], place.partition("?")[2]
    yield from filter(None, (password, unquote(password), password.partition("/")[0], query))
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from _secrets("", value)
        elif isinstance(value, str) and value and _SECRET.search(key):
            yield value
