"""Connect to the local or remote folder of an export, and keep its secrets out of messages."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from importer.base.errors import OutputError
from importer.base.files import sync_folder
from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, printable, text
from importer.config.service import ExportSettings
from importer.service.exports.folder import Folder

_SECRET = re.compile("pass|secret|token|credential|connection_string|sas|(^|_)key$", re.IGNORECASE)
_LONGEST_MESSAGE = 300


@contextmanager
def open_folder(settings: ExportSettings) -> Iterator[Folder]:
    """Open the folder, which must exist if it is local; raise OutputError for any failure."""
    try:
        with _connection(settings) as folder:
            yield folder
    except Exception as error:  # each library has its own
        raise OutputError(text(
            N_("{folder} cannot be used: {reason}. Check {key}.folder."), folder=shown(settings),
            reason=_reason(error, settings), key=settings.key)) from error  # fmt: skip


def _connection(settings: ExportSettings) -> AbstractContextManager[Folder]:
    if not settings.is_remote:
        return nullcontext(Folder(_LocalFiles(), settings.folder))
    if settings.folder.startswith(("sftp://", "ssh://")):
        try:
            from importer.service.exports import sftp
        except ImportError as error:
            command = 'pip install "avira-importer[sftp]"'
            raise OutputError(text(N_("a package is missing. Install it with: {command}"),
                                   command=command)) from error  # fmt: skip
        return sftp.connect(settings)
    if "::" in settings.folder:  # fsspec chains file systems with it
        raise OutputError(text(N_("it must not contain ::")))
    from importer.service.exports import fsspec_files

    return nullcontext(fsspec_files.connect(settings))


class _LocalFiles:
    """The files of this computer, flushed to the disk."""

    renames = True

    def names(self, folder: str) -> list[str]:
        return os.listdir(folder)

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path) and not os.path.islink(path)

    def write(self, path: str, source: Path) -> None:
        with source.open("rb") as content, open(path, "xb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, old: str, new: str) -> None:
        if os.path.isdir(old):
            sync_folder(Path(old))
        os.replace(old, new)
        sync_folder(Path(new).parent)

    def make_folder(self, path: str) -> None:
        os.mkdir(path)

    def remove_file(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)

    def remove_folder(self, path: str) -> None:
        os.rmdir(path)


def _reason(error: Exception, settings: ExportSettings) -> object:
    """What went wrong, without secrets."""
    if isinstance(error, OutputError):
        return error.message
    if isinstance(error, TimeoutError):
        return text(N_("the server does not answer"))
    if isinstance(error, OSError) and not settings.is_remote:
        return os_error_reason(error)
    return _without_secrets(str(error) or type(error).__name__, settings)


def shown(settings: ExportSettings) -> str:
    """The path or URL of an export's folder, without password and query."""
    if not settings.is_remote:
        return settings.folder
    protocol, _, rest = settings.folder.partition("://")
    login, at, place = rest.rpartition("@")
    if ":" in login:
        rest = f"{login.partition(':')[0]}{at}{place}"
    return f"{protocol}://{rest.partition('?')[0]}"


def _without_secrets(message: str, settings: ExportSettings) -> str:
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
