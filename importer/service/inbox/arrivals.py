"""Find the files of the inbox that have arrived: whole, and not open in another program."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from importer.base.os_errors import is_in_use, os_error_reason
from importer.base.texts import text
from importer.config.service import InboxSettings
from importer.service.events import Event, log
from importer.service.inbox.wholeness import EMPTY, Examined, State, Writers, examine, state_of

STILL = 2.0
"""Seconds for which a file must not have changed, where the system reports that nobody writes."""

DOUBTFUL = 600.0
"""Seconds for which a file that may be unfinished must not have changed; then it is refused."""

IGNORED_BEGINNINGS = (".", "~$")
IGNORED_ENDINGS = (
    ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".opdownload", ".bak", "~"
)  # fmt: skip
SYSTEM_FILES = ("thumbs.db", "desktop.ini")
"""Names of files that are hidden, unfinished or copies, and that Windows puts into folders."""


class Stage(Enum):
    """Whether a file is to be taken, has changed lately, is open elsewhere or may be unfinished."""

    READY = auto()
    ARRIVING = auto()
    IN_USE = auto()
    DOUBTFUL = auto()


class InboxFiles(NamedTuple):
    """The files to take, the oldest first, and the number of files at each stage.

    `oldest` is how many seconds ago the first of them was seen, 0 if there is none.
    """

    ready: list[Path]
    stages: Counter[Stage]
    oldest: float


@dataclass(slots=True)
class _Seen:
    """How a file looked last, `since` when it has looked so, and when it was `first` seen."""

    state: State
    since: float
    first: float
    logged: Event | None = None


class InboxScanner:
    """Compares the files with how they looked the last time; `now` is a monotonic clock."""

    def __init__(self, settings: InboxSettings, now: Callable[[], float] = time.monotonic) -> None:
        self._folder = settings.folder
        self._settle = settings.settle.total_seconds()
        self._clock = now
        self._now = now()
        self._seen: dict[str, _Seen] = {}

    def look(self) -> InboxFiles:
        """Look into the folder; raise OSError where that fails."""
        self._now = self._clock()
        with os.scandir(self._folder) as entries:
            listed = {entry.name: entry for entry in sorted(entries, key=attrgetter("name"))}
        files = dict(_plain_files(listed))
        self._seen = {name: seen for name, seen in self._seen.items() if name in files}
        stages = {name: self._stage(name, files[name], listed) for name in files}
        ready = [name for name, stage in stages.items() if stage is Stage.READY]
        ready.sort(key=lambda name: (files[name].st_mtime_ns, name))
        age = max((self._now - seen.first for seen in self._seen.values()), default=0.0)
        return InboxFiles([self._folder / name for name in ready], Counter(stages.values()), age)

    def has_changed(self, name: str, path: Path) -> bool:
        """Whether the file that was `name` in the inbox, and is at `path`, was written to since."""
        return name not in self._seen or self._seen[name].state != state_of(path.stat())

    def _stage(self, name: str, status: os.stat_result, listed: Mapping[str, object]) -> Stage:
        state = state_of(status)
        seen = self._seen.get(name)
        if seen is None or seen.state != state:
            first = self._now if seen is None else seen.first
            self._seen[name] = _Seen(state, self._now, first)
            return Stage.ARRIVING
        still = self._now - seen.since
        if still < STILL:
            return Stage.ARRIVING
        examined = self._examined(name, listed)
        if examined is None or examined.writers is Writers.SOME:
            return Stage.IN_USE
        if still >= self._pause(examined):
            return Stage.READY
        if examined.doubt is None or still < self._settle:
            return Stage.ARRIVING
        self._log_once(name, Event.DOUBTFUL, reason=text(examined.doubt))
        return Stage.DOUBTFUL

    def _pause(self, examined: Examined) -> float:
        """Seconds for which such a file must have been still.

        A file without an end that nobody has open is as it was meant: many programs end no line.
        An empty one may be there to keep the place of another.
        """
        is_closed = examined.writers is Writers.NONE
        if examined.doubt is None:
            return STILL if is_closed else self._settle
        if is_closed and examined.doubt != EMPTY:
            return self._settle
        return max(self._settle, DOUBTFUL)

    def _examined(self, name: str, listed: Mapping[str, object]) -> Examined | None:
        """The file examined; None if it cannot be opened, or is another service's now."""
        if f"~${name}" in listed or f".~lock.{name}#" in listed:  # Excel's, and LibreOffice's
            examined = Examined(Writers.SOME, None)
        else:
            try:
                examined = examine(self._folder / name)
            except FileNotFoundError:  # another service has taken it
                return None
            except OSError as error:
                if not is_in_use(error):
                    self._log_once(name, Event.NOT_OPENED, reason=os_error_reason(error))
                    return None
                examined = Examined(Writers.SOME, None)
        if examined.writers is Writers.SOME:
            self._log_once(name, Event.IN_USE)
        return examined

    def _log_once(self, name: str, event: Event, **facts: object) -> None:
        if self._seen[name].logged is not event:
            self._seen[name].logged = event
            log(event, file=name, **facts)


def _plain_files(entries: Mapping[str, os.DirEntry[str]]) -> Iterator[tuple[str, os.stat_result]]:
    """The files that are neither hidden nor another program's temporary ones."""
    for name, entry in entries.items():
        folded = name.lower()
        if folded.startswith(IGNORED_BEGINNINGS) or folded.endswith(IGNORED_ENDINGS):
            continue
        if folded in SYSTEM_FILES:
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # it is gone again
            continue
        if stat.S_ISREG(status.st_mode):
            yield name, status
