"""Workbooks taken out of the inbox, each in a folder of its own until it is filed.

```
inbox/.claimed/SERVICE.lock                       held while the service runs
inbox/.claimed/SERVICE/20261126T060001…Z-ab12cd/  a claim, named by its instant
    workbook/NAME.xlsx   corrections/   outcome.json   tries
```

A file is claimed by renaming it, which only one of several services can do. What a service leaves
behind when it is ended is taken over by the next that gets its lock. On a file system without locks
two services may work on one claim; the ledger, which applies a file once, decides then.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from importer.files import folder_at, numbered, whole_file

CLAIMED = ".claimed"

_LOCK = ".lock"
_STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Claim:
    """A workbook that was taken; `folder` is its own."""

    folder: Path

    @property
    def workbook(self) -> Path:
        """The workbook, under the name that it had; raises FileNotFoundError if it is gone."""
        for path in (self.folder / "workbook").iterdir():
            return path
        raise FileNotFoundError(self.folder / "workbook")

    @property
    def corrections(self) -> Path:
        """The folder for what is given back, with a folder for each try."""
        return self.folder / "corrections"

    def new_corrections(self) -> Path:
        """An empty folder for what a further try gives back; what others gave may be needed yet."""
        folder = self.corrections / str(len(_within(self.corrections)) + 1)
        folder.mkdir(parents=True)
        return folder

    @property
    def since(self) -> dt.datetime:
        """When it was taken, in UTC."""
        stamp = self.folder.name.partition("-")[0]
        return dt.datetime.strptime(stamp, _STAMP).replace(tzinfo=dt.UTC)

    @property
    def tries(self) -> int:
        """How often it was begun."""
        with suppress(FileNotFoundError, ValueError):
            return int((self.folder / "tries").read_text("ascii"))
        return 0

    def set_tries(self, tries: int) -> None:
        """Remember how often it was begun."""
        with whole_file(self.folder / "tries") as path:
            path.write_text(str(tries), "ascii")

    def keep_outcome(self, outcome: dict[str, Any], *, final: bool) -> None:
        """Remember what became of it, whatever happens next; `final` once nothing changes it."""
        with whole_file(self.folder / "outcome.json") as path:
            path.write_text(json.dumps({"final": final, "outcome": outcome}), "utf-8")

    def kept_outcome(self, *, final: bool) -> dict[str, Any] | None:
        """What was remembered, by whoever had the claim; if `final`, only what nothing changes."""
        try:
            found = json.loads((self.folder / "outcome.json").read_text("utf-8"))
            return found["outcome"] if found["final"] or not final else None
        except (FileNotFoundError, ValueError, LookupError, TypeError):
            return None

    def end(self) -> None:
        """Remove what is left of a claim whose workbook was filed or given back."""
        with suppress(FileNotFoundError):  # it goes first: without it, the rest is nothing
            self.workbook.unlink()
        shutil.rmtree(self.folder, ignore_errors=True)


class Claims:
    """The claims of one service in one inbox, while it is open (see `open_claims`)."""

    def __init__(self, inbox: Path, name: str) -> None:
        self._inbox = inbox
        self._all = inbox / CLAIMED
        self.folder = self._all / name

    def take(self, path: Path) -> Claim | None:
        """Claim a file of the inbox; None if it is gone. Raises OSError where it cannot be."""
        stamp = dt.datetime.now(dt.UTC).strftime(_STAMP)
        claim = Claim(self.folder / f"{stamp}-{secrets.token_hex(3)}")
        (claim.folder / "workbook").mkdir(parents=True)
        try:
            path.rename(claim.folder / "workbook" / path.name)
        except OSError as error:
            claim.end()
            if isinstance(error, FileNotFoundError):
                return None
            raise
        return claim

    def held(self) -> list[Claim]:
        """The claims of this service, the first one first."""
        found = []
        for folder in _within(self.folder):
            claim = Claim(folder)
            try:
                _ = claim.workbook
            except OSError:  # it was filed, and its folder is what is left
                claim.end()
            else:
                found.append(claim)
        return found

    def left_behind(self) -> list[str]:
        """Take over the claims of services that have ended; the names of their workbooks."""
        found: list[str] = []
        for name in sorted({path.name.removesuffix(_LOCK) for path in _within(self._all)}):
            folder = self._all / name
            if folder == self.folder:
                continue
            with suppress(FileNotFoundError), _if_free(folder) as is_free:  # another was quicker
                if is_free:
                    found += self._take_over(folder)
        return found

    def _take_over(self, folder: Path) -> Iterator[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        for one in _within(folder):
            claim = Claim(one.rename(self.folder / one.name))
            with suppress(FileNotFoundError):  # it was filed, and its folder is what is left
                yield claim.workbook.name
        with suppress(FileNotFoundError):
            folder.rmdir()
        _lock_of(folder).unlink(missing_ok=True)

    def give_back(self, claim: Claim) -> None:
        """Put a workbook back into the inbox, under a further name if its own is taken."""
        workbook = claim.workbook
        for path in numbered(self._inbox / workbook.name):
            if not path.exists():
                workbook.rename(path)
                break
        claim.end()


@contextmanager
def open_claims(inbox: Path) -> Iterator[Claims]:
    """The claims of a new service; what it has not settled by the end goes back into the inbox.

    What is settled but could not be filed stays for the next service. Raises OutputError or OSError
    where the inbox cannot be written to.
    """
    everyone = inbox / CLAIMED
    folder_at(everyone)
    claims = Claims(inbox, f"{_host()}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with _held(claims.folder):
            claims.folder.mkdir()
            try:
                yield claims
            finally:
                _hand_over(claims)
    finally:
        with suppress(OSError):  # others are there
            everyone.rmdir()


def _hand_over(claims: Claims) -> None:
    with suppress(OSError):  # the inbox may be away, or something be left for the next service
        for claim in claims.held():
            if claim.kept_outcome(final=False) is None:
                claims.give_back(claim)
        claims.folder.rmdir()
        _lock_of(claims.folder).unlink(missing_ok=True)


def _within(folder: Path) -> list[Path]:
    """What is in a folder, in order; nothing if it is gone."""
    with suppress(FileNotFoundError):
        return sorted(folder.iterdir())
    return []


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The lock of a service's folder, where the file system has locks."""
    lock = FileLock(_lock_of(folder))
    with suppress(NotImplementedError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _if_free(folder: Path) -> Iterator[bool]:
    """Whether the service of `folder` has ended; its lock is then ours for a moment."""
    lock = FileLock(_lock_of(folder))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except NotImplementedError:
        pass
    try:
        yield True
    finally:
        lock.release()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _LOCK)


def _host() -> str:
    return "".join(c for c in socket.gethostname() if c.isalnum() or c == "-")[:40] or "host"
