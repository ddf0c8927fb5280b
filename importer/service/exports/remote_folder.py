"""A folder on another computer that takes exports, as fsspec reaches it.

Each action has a connection of its own, so that a server that was away leaves nothing stale.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from importer.base.errors import OutputError
from importer.base.texts import N_, Text, printable, text
from importer.config.service import ExportSettings
from importer.service.events import Event, log
from importer.service.exports import remote_files, sftp
from importer.service.exports.destinations import is_left_over, is_of_use, unfinished_name

LONGEST_DELIVERY = 3600.0
LONGEST = 300.0
"""Seconds after which an action is given up, whatever the server does."""

_LOGGING_IN = frozenset({"sftp", "ssh", "ftp", "smb"})
"""Where user and password are options, too, which take any character."""

_PACKAGES = {
    "sftp": sftp.EXTRA, "ssh": sftp.EXTRA, "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs",
    "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "smb": "smbprotocol",
    "webdav": "webdav4[fsspec]",
}  # fmt: skip
_SECRET = re.compile("pass|secret|token|credential|connection_string|sas|(^|_)key$", re.IGNORECASE)
_SHORT = 6
"""A secret shorter than this may well be a part of other words."""
_LONGEST_REASON = 300

T = TypeVar("T")
Work = Callable[[Any, str], T]
"""What is done with a connected file system and the folder's path there."""


class RemoteFolder:
    """A folder that a URL names; it is made if it is missing."""

    def __init__(self, settings: ExportSettings) -> None:
        self._settings = settings
        self._protocol = settings.folder.partition("://")[0]
        self.shown = _without_password(settings.folder)
        is_login = self._protocol in _LOGGING_IN
        self._url, login = _apart(settings.folder) if is_login else (settings.folder, {})
        self._options: dict[str, Any] = {**login, **settings.options}

    def deliver(self, made: Path, name: str) -> str:
        """See Destination; on object stores a folder appears file by file."""

        def delivered(filesystem: Any, folder: str) -> None:
            self._remove_left_over(filesystem, folder)
            remote_files.deliver(filesystem, folder, made, name)

        self._there(delivered, LONGEST_DELIVERY)
        return f"{self.shown.rstrip('/')}/{name}"

    def names(self) -> list[str]:
        """See Destination."""
        return sorted(filter(is_of_use, self._there(remote_files.names)))

    def remove(self, name: str) -> None:
        """See Destination."""
        assert "/" not in name, "it stands in the folder itself"
        self._there(
            lambda filesystem, folder: remote_files.remove(
                filesystem, remote_files.within(folder, name)
            )
        )

    def check(self) -> None:
        """See Destination."""
        name, written = unfinished_name(), os.urandom(32)

        def tried(filesystem: Any, folder: str) -> object:
            with tempfile.TemporaryDirectory() as making:
                probe = Path(making, "probe")
                probe.write_bytes(written)
                remote_files.deliver(filesystem, folder, probe, name)
            try:
                return filesystem.cat_file(remote_files.within(folder, name))
            finally:
                remote_files.remove(filesystem, remote_files.within(folder, name))

        if self._there(tried) != written:
            raise OutputError(
                text(N_("{folder} does not give back what is written to it."), folder=self.shown)
            )

    def _remove_left_over(self, filesystem: Any, folder: str) -> None:
        try:
            for name in filter(is_left_over, remote_files.names(filesystem, folder)):
                remote_files.remove(filesystem, remote_files.within(folder, name))
        except Exception as error:  # which need not keep an export from being made
            reason = f"{self._reason(error)}."
            log(Event.NOT_REMOVED, export=self._settings.name, reason=reason)

    def _there(self, work: Work[T], longest: float | None = None) -> T:
        """Do `work` there; whatever goes wrong is an OutputError."""
        if "::" in self._url:  # with which fsspec goes through one place to another
            raise OutputError(
                text(N_("{folder} cannot be used with :: in it. An IPv6 address is given as "
                        "{key}.options.host, with the folder sftp:///PATH."),
                     folder=self.shown, key=self._settings.key)
            )  # fmt: skip
        try:
            return _at_most(longest or LONGEST, lambda: self._connected(work))
        except OutputError:
            raise
        except ImportError as error:
            raise self._needs_package(error) from error
        except Exception as error:  # of any kind, as each file system of fsspec has its own
            raise self._unusable(self._reason(error)) from error

    def _connected(self, work: Work[T]) -> T:
        import fsspec  # type: ignore[import-untyped]

        if self._protocol not in sftp.PROTOCOLS:
            place = fsspec.url_to_fs(self._url, skip_instance_cache=True, **self._options)
            return work(*place)
        if not sftp.is_by_sshfs(fsspec.get_filesystem_class(self._protocol)):
            raise ImportError("sshfs")  # fsspec's own trusts every server
        options = sftp.complete(self._options)
        try:
            filesystem, folder = fsspec.url_to_fs(self._url, skip_instance_cache=True, **options)
        except Exception as error:  # of any kind, too
            said = sftp.distrust(error, self._url, options, self._settings.key)
            if said is None:
                raise
            raise self._unusable(said) from error
        files = sftp.SftpFiles(filesystem)
        try:
            return work(files, folder)
        finally:
            files.close()

    def _unusable(self, reason: Text | str) -> OutputError:
        return OutputError(
            text(N_("{folder} cannot be used: {reason}."), folder=self.shown, reason=reason)
        )

    def _needs_package(self, error: ImportError) -> OutputError:
        package = _PACKAGES.get(self._protocol)
        if package is None:
            return OutputError(
                text(N_("{folder} cannot be used, as a package for it is not installed: {reason}."),
                     folder=self.shown, reason=self._reason(error))
            )  # fmt: skip
        return OutputError(
            text(N_("{folder} cannot be used, as a package for it is not installed. Install it "
                    'with: pip install "{package}".'), folder=self.shown, package=package)
        )  # fmt: skip

    def _reason(self, error: Exception) -> Text | str:
        """What went wrong, on one line and without what is secret."""
        if isinstance(error, TimeoutError):
            return text(N_("the server does not answer"))
        words = str(error) or type(error).__name__
        for secret in _secrets(self._settings.folder, self._options):
            edge = r"\b" if len(secret) < _SHORT and secret.isalnum() else ""
            words = re.sub(f"{edge}{re.escape(secret)}{edge}", "…", words)
        return printable(" ".join(words.split())).rstrip(".")[:_LONGEST_REASON]


def _at_most(longest: float, work: Callable[[], T]) -> T:
    """What `work` gives, or its error; TimeoutError if that takes longer, and it is left alone."""
    outcome: Future[T] = Future()

    def worked() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=worked, name="destination", daemon=True).start()
    return outcome.result(longest)


def _apart(url: str) -> tuple[str, dict[str, str]]:
    """A URL without the user and password in it, and those, with %40 and the like read."""
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
    found = {"username": unquote(user)} if user else {}
    if colon:
        found["password"] = unquote(password)
    return f"{protocol}://{rest[len(login) :].removeprefix('@')}", found


def _without_password(url: str) -> str:
    """A URL without password and query, even if those hold characters that no URL may."""
    protocol, _, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    if ":" in login:
        rest = f"{login.partition(':')[0]}{at}{place}"
    return f"{protocol}://{rest.partition('?')[0]}"


def _secrets(url: str, options: Mapping[str, Any]) -> Iterator[str]:
    """What may be in the words of an error and must not be shown."""
    rest = url.partition("://")[2]
    password = rest.rpartition("@")[0].partition(":")[2]
    query = rest.rpartition("@")[2].partition("?")[2]
    yield from filter(None, (password, unquote(password), query))
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from _secrets("", value)
        elif isinstance(value, str) and value and _SECRET.search(key):
            yield value
