"""Where scheduled exports go: a folder of this computer, or one that a URL names.

What is put there appears whole or not at all: it is written under a hidden name first, which says
when that was, so that what a killed service has left is known and removed later.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from importer.base import clock
from importer.base.errors import OutputError
from importer.base.files import os_error_reason, sync_folder
from importer.base.texts import N_, text
from importer.config.service import ExportSettings
from importer.service.events import Event, log

LEFT_OVER = dt.timedelta(days=1)
"""How old something unfinished must be to be nobody's any more."""

_UNFINISHED = re.compile(r"\.avira-([0-9]{1,11})-[0-9a-f]{8}\.part")


class Destination(Protocol):
    """A folder that takes exports; every fault of it is an OutputError."""

    shown: str
    """The folder as it may be shown: without a password or query."""

    def deliver(self, made: Path, name: str) -> str:
        """Put the file `made`, or the files of the folder `made`, there as `name`; where it stands.

        It appears whole or not at all, in the place of a former one of that name.
        """

    def names(self) -> list[str]:
        """What is in the folder, in order, without what is hidden or unfinished."""

    def remove(self, name: str) -> None:
        """Remove a file of that name, or a folder and the files in it; it may be gone already."""

    def check(self) -> None:
        """Write something small, read it back and remove it."""


def destination(settings: ExportSettings) -> Destination:
    """The folder that `settings` name; nothing is connected before it is used."""
    if not settings.is_remote:
        return LocalFolder(settings)
    from importer.service.exports.remote_folder import RemoteFolder

    return RemoteFolder(settings)


def unfinished_name() -> str:
    """A hidden name for what is not whole yet."""
    return f".avira-{clock.now().timestamp():.0f}-{uuid.uuid4().hex[:8]}.part"


def is_left_over(name: str) -> bool:
    """Whether that is something unfinished that nobody works on any more."""
    found = _UNFINISHED.fullmatch(name)
    return found is not None and clock.now().timestamp() - int(found[1]) > LEFT_OVER.total_seconds()


def is_of_use(name: str) -> bool:
    """Whether that is neither hidden nor unfinished."""
    return bool(name) and not name.startswith(".")


class LocalFolder:
    """A folder that this computer reaches by itself; it must be there."""

    def __init__(self, settings: ExportSettings) -> None:
        self._folder = Path(settings.folder)
        self._settings = settings
        self.shown = str(self._folder)

    def deliver(self, made: Path, name: str) -> str:
        """See Destination."""
        self._remove_left_over()
        target, temporary = self._folder / name, self._folder / unfinished_name()
        try:
            _copy(made, temporary)
            self._put_in_place(temporary, target)
            sync_folder(self._folder)
        except OSError as error:
            raise _cannot_write(target, error) from error
        finally:
            with suppress(OSError):  # a later delivery removes it
                _remove(temporary)
        return str(target)

    def names(self) -> list[str]:
        """See Destination."""
        try:
            return sorted(filter(is_of_use, os.listdir(self._folder)))
        except OSError as error:
            raise self._unusable(error) from error

    def remove(self, name: str) -> None:
        """See Destination."""
        assert name == Path(name).name, "it stands in the folder itself"
        try:
            _remove(self._folder / name)
        except OSError as error:
            raise OutputError(
                text(N_("{path} cannot be removed: {reason}."),
                     path=self._folder / name, reason=os_error_reason(error))
            ) from error  # fmt: skip

    def check(self) -> None:
        """See Destination."""
        probe, written = self._folder / unfinished_name(), os.urandom(32)
        try:
            try:
                probe.write_bytes(written)
                given = probe.read_bytes()
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        if given != written:
            raise OutputError(
                text(N_("{folder} does not give back what is written to it."), folder=self.shown)
            )

    def _put_in_place(self, temporary: Path, target: Path) -> None:
        """A folder cannot take the place of something, so what is there is put aside first."""
        if not (target.is_dir() or (target.exists() and temporary.is_dir())):
            os.replace(temporary, target)
            return
        aside = self._folder / unfinished_name()
        os.rename(target, aside)
        try:
            os.rename(temporary, target)
        except OSError:
            os.rename(aside, target)
            raise
        with suppress(OSError):  # the new one is in its place; a later delivery removes this
            _remove(aside)

    def _remove_left_over(self) -> None:
        try:
            for name in filter(is_left_over, os.listdir(self._folder)):
                _remove(self._folder / name)
        except OSError as error:  # which need not keep an export from being made
            reason = f"{os_error_reason(error)}."
            log(Event.NOT_REMOVED, export=self._settings.name, reason=reason)

    def _unusable(self, error: OSError) -> OutputError:
        return OutputError(
            text(N_("{folder} cannot be used: {reason}. Make the folder and let the service read "
                    "and write it, or name another as {key}."),
                 folder=self.shown, reason=os_error_reason(error),
                 key=f"{self._settings.key}.folder")
        )  # fmt: skip


def _copy(made: Path, target: Path) -> None:
    """Copy a file, or a folder's files, down to the disk."""
    if made.is_dir():
        target.mkdir()
        for one in made.iterdir():
            _copy(one, target / one.name)
        sync_folder(target)
        return
    with made.open("rb") as source, target.open("xb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())


def _remove(path: Path) -> None:
    """Remove a file, or a folder with files and no other folders, which would be none of ours."""
    if path.is_dir() and not path.is_symlink():
        for one in path.iterdir():
            one.unlink()
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(
        text(N_("{path} cannot be written: {reason}."), path=path, reason=os_error_reason(error))
    )
