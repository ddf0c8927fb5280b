"""Where an export goes: a folder of this computer, or one that a URL names."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

from importer.base.errors import OutputError
from importer.base.files import os_error_reason
from importer.base.texts import N_, text
from importer.config.service import ExportSettings
from importer.service.events import Event, log
from importer.service.exports import local_files
from importer.service.exports.address import Address
from importer.service.exports.folder import Folder

LONGEST_DELIVERY = 3600.0
LONGEST = 300.0
"""Seconds after which an action on another computer is given up, whatever the server does."""

SFTP = ("sftp", "ssh")

T = TypeVar("T")
Work = Callable[[Folder], T]


class Destination:
    """The folder of an export; `shown` is its path or URL without secrets.

    Each action has a connection of its own, so that no connection is ever stale. Whatever goes
    wrong is an OutputError. A folder of this computer must exist; others are made.
    """

    def __init__(self, settings: ExportSettings) -> None:
        self._settings = settings
        self._address = None
        self.shown = settings.folder
        if settings.is_remote:
            self._address = Address(settings.folder, settings.options)
            self.shown = self._address.shown

    def deliver(self, source: Path, name: str) -> str:
        """Put a file, or a folder of files, there as `name`; return where it is.

        See `Folder.deliver`. What a killed service left there is removed first.
        """

        def deliver(folder: Folder) -> None:
            try:
                folder.remove_left_over()
            except Exception as error:  # which need not keep the export away
                reason = f"{self._reason(error)}."
                log(Event.NOT_REMOVED, export=self._settings.name, reason=reason)
            folder.deliver(source, name)

        self._use(deliver, LONGEST_DELIVERY)
        return str(Path(self.shown, name)) if self._address is None else f"{self.shown}/{name}"

    def names(self) -> list[str]:
        """See `Folder.names`."""
        return self._use(Folder.names)

    def remove(self, name: str) -> None:
        """See `Folder.remove`."""
        self._use(lambda folder: folder.remove(name))

    def check(self) -> None:
        """Write something small, read it back and remove it."""
        if not self._use(Folder.returns_what_is_written):
            raise OutputError(
                text(N_("{folder} does not return what is written to it."), folder=self.shown)
            )

    def _use(self, work: Work[T], longest: float | None = None) -> T:
        try:
            if self._address is None:
                return work(local_files.connect(self._settings.folder))
            return _at_most(longest or LONGEST, lambda: self._remotely(work))
        except Exception as error:  # each library has its own
            raise OutputError(
                text(N_("{folder} cannot be used: {reason}. Check {key}.folder."),
                     folder=self.shown, reason=self._reason(error), key=self._settings.key)
            ) from error  # fmt: skip

    def _remotely(self, work: Work[T]) -> T:
        with self._connection() as folder:
            return work(folder)

    def _connection(self) -> AbstractContextManager[Folder]:
        assert self._address is not None, "it is on another computer"
        if self._address.protocol in SFTP:
            try:
                from importer.service.exports import sftp
            except ImportError as error:
                raise OutputError(
                    text(N_("a package is missing. Install it with: {command}"),
                         command='pip install "avira-importer[sftp]"')
                ) from error  # fmt: skip
            return sftp.connect(self._address, self._settings.key)
        if "::" in self._address.url:  # with which fsspec reaches one place through another
            raise OutputError(text(N_("it must not have :: in it")))
        from importer.service.exports import fsspec_files

        return nullcontext(fsspec_files.connect(self._address))

    def _reason(self, error: Exception) -> object:
        """What went wrong, without a full stop."""
        if isinstance(error, OutputError):
            return error.message
        if self._address is None:
            return os_error_reason(error) if isinstance(error, OSError) else error
        if isinstance(error, TimeoutError):
            return text(N_("the server does not answer"))
        return self._address.cleaned(str(error) or type(error).__name__)


def _at_most(longest: float, work: Callable[[], T]) -> T:
    """The result of `work`; raise TimeoutError after `longest` seconds, and leave it alone."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="destination", daemon=True).start()
    return outcome.result(longest)
