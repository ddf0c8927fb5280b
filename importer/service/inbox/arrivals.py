"""Find the files of the inbox that have arrived: whole, and not open in another program."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from importer.base.files import os_error_reason
from importer.service.events import Event, log

try:
    import fcntl
except ImportError:  # on Windows, where a file that is open for writing cannot be opened anyway
    fcntl = None  # type: ignore[assignment]

STILL = 2.0
"""Seconds for which a file must not have changed."""

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
"""Endings of files that a program is still writing."""

SYSTEM_FILES = ("thumbs.db", "desktop.ini")
"""Files that Windows puts into folders by itself."""


class InboxFiles(NamedTuple):
    """The files to take, the oldest first, and the number of others.

    `arriving` have changed lately, `in_use` are open in another program. `oldest` is how many
    seconds ago the first of them was seen, 0 if there is none.
    """

    ready: list[Path]
    arriving: int
    in_use: int
    oldest: float


@dataclass(slots=True)
class _Seen:
    """How a file looked last, `since` when it has looked so, and when it was `first` seen."""

    size: int
    changed: int
    since: float
    first: float
    is_logged: bool = False


class InboxScanner:
    """Compares the files with how they looked the last time; `now` is a monotonic clock."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._now = now
        self._seen: dict[str, _Seen] = {}

    def look(self) -> InboxFiles:
        """Look into the folder; raise OSError where that fails."""
        with os.scandir(self._folder) as entries:
            listed = {entry.name: entry for entry in entries}
        files = dict(_plain_files(listed))
        self._seen = {name: seen for name, seen in self._seen.items() if name in files}
        still = [name for name, status in files.items() if self._is_still(name, status)]
        ready = [name for name in still if self._is_free(name, listed)]
        ready.sort(key=lambda name: (files[name].st_mtime_ns, name))
        age = max((self._now() - seen.first for seen in self._seen.values()), default=0.0)
        paths = [self._folder / name for name in ready]
        return InboxFiles(paths, len(files) - len(still), len(still) - len(ready), age)

    def _is_still(self, name: str, status: os.stat_result) -> bool:
        seen = self._seen.get(name)
        if seen is None or (seen.size, seen.changed) != (status.st_size, status.st_mtime_ns):
            first = self._now() if seen is None else seen.first
            self._seen[name] = _Seen(status.st_size, status.st_mtime_ns, self._now(), first)
            return False
        return self._now() - seen.since >= STILL

    def _is_free(self, name: str, listed: Mapping[str, object]) -> bool:
        if f"~${name}" in listed or f".~lock.{name}#" in listed:
            self._log_once(name, Event.IN_USE)
            return False
        try:
            is_free = _has_no_writer(self._folder / name)
        except FileNotFoundError:  # another service has taken it
            return False
        except OSError as error:
            self._log_once(name, Event.NOT_OPENED, reason=os_error_reason(error))
            return False
        if not is_free:
            self._log_once(name, Event.IN_USE)
        return is_free

    def _log_once(self, name: str, event: Event, **facts: object) -> None:
        if not self._seen[name].is_logged:
            self._seen[name].is_logged = True
            log(event, file=name, **facts)


def _plain_files(entries: Mapping[str, os.DirEntry[str]]) -> Iterator[tuple[str, os.stat_result]]:
    """The files that are neither hidden nor another program's temporary ones."""
    for name, entry in entries.items():
        folded = name.lower()
        if name.startswith((".", "~$")) or folded.endswith(UNFINISHED) or folded in SYSTEM_FILES:
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # it is gone again
            continue
        if stat.S_ISREG(status.st_mode):
            yield name, status


def _has_no_writer(path: Path) -> bool:
    """Whether no program has the file open for writing, as far as the system reports."""
    with open(path, "rb", opener=_open_safely) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # it was replaced meanwhile
            return False
        if fcntl is not None and hasattr(fcntl, "F_SETLEASE"):
            try:  # Linux grants a lease for reading only if nobody has the file open for writing
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            except BlockingIOError:
                return False
            except OSError:  # the file is another user's, or the file system has no leases
                pass
        return True


def _open_safely(path: str, flags: int) -> int:
    """Open an untrusted file without following a link or waiting for a pipe."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
