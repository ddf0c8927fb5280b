"""Which files in the inbox have arrived: whole, still for a while, and in nobody's hands."""

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
"""Seconds for which a file's size must not have changed."""

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
"""Endings of files that a program is still writing."""

NOBODYS = ("thumbs.db", "desktop.ini")
"""Files that Windows puts into folders by itself."""


class InboxFiles(NamedTuple):
    """What a look into the inbox has found: files to take, the oldest first, and others.

    `arriving` are files that have not been still for long enough, `waiting` those that somebody
    still has in hand; `oldest` is how many seconds ago the first of them came, 0 if none did.
    """

    ready: list[Path]
    arriving: int
    waiting: int
    oldest: float


@dataclass(slots=True)
class _Seen:
    size: int
    changed: int
    since: float
    first: float
    said: bool = False


class InboxScanner:
    """Remembers how files looked the last time; `now` is a monotonic clock in seconds."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._now = now
        self._seen: dict[str, _Seen] = {}

    def look(self) -> InboxFiles:
        """Look into the folder; raise OSError where that cannot be done."""
        with os.scandir(self._folder) as entries:
            listed = {entry.name: entry for entry in entries}
        found: dict[str, os.stat_result] = dict(_files(listed))
        self._seen = {name: one for name, one in self._seen.items() if name in found}
        still = [name for name, facts in found.items() if self._is_still(name, facts)]
        ready = [name for name in still if self._is_free(name, listed)]
        ready.sort(key=lambda name: (found[name].st_mtime_ns, name))
        age = max((self._now() - seen.first for seen in self._seen.values()), default=0.0)
        return InboxFiles(
            [self._folder / name for name in ready],
            len(found) - len(still), len(still) - len(ready), age,
        )  # fmt: skip

    def _is_still(self, name: str, facts: os.stat_result) -> bool:
        seen = self._seen.get(name)
        if seen is None or (seen.size, seen.changed) != (facts.st_size, facts.st_mtime_ns):
            first = self._now() if seen is None else seen.first
            self._seen[name] = _Seen(facts.st_size, facts.st_mtime_ns, self._now(), first)
            return False
        return self._now() - seen.since >= STILL

    def _is_free(self, name: str, listed: Mapping[str, os.DirEntry[str]]) -> bool:
        seen = self._seen[name]
        if f"~${name}" in listed or f".~lock.{name}#" in listed:
            self._say(seen, Event.IN_USE, file=name)
            return False
        try:
            is_free = _is_free(self._folder / name)
        except FileNotFoundError:  # taken by somebody else since
            return False
        except OSError as error:
            self._say(seen, Event.NOT_OPENED, file=name, reason=os_error_reason(error))
            return False
        if not is_free:
            self._say(seen, Event.IN_USE, file=name)
        return is_free

    def _say(self, seen: _Seen, event: Event, **facts: object) -> None:
        if not seen.said:
            seen.said = True
            log(event, **facts)


def _files(listed: dict[str, os.DirEntry[str]]) -> Iterator[tuple[str, os.stat_result]]:
    """The plain files that are none of another program's passing ones."""
    for name, entry in listed.items():
        plain = name.lower()
        if name.startswith((".", "~$")) or plain.endswith(UNFINISHED) or plain in NOBODYS:
            continue
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError:  # it is gone again
            continue
        if stat.S_ISREG(facts.st_mode):
            yield name, facts


def _is_free(path: Path) -> bool:
    """Whether nobody is writing to the file, as far as the system tells."""
    with open(path, "rb", opener=_opened) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # another was put in its place
            return False
        if fcntl is None or not hasattr(fcntl, "F_SETLEASE"):
            return True
        try:  # Linux grants a lease for reading only on what nobody has open for writing
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except BlockingIOError:
            return False
        except OSError:  # another's file, or a file system without leases
            return True
        return True


def _opened(path: str, flags: int) -> int:
    """Open a file that anybody may have put there: follow no link, wait for no pipe."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
