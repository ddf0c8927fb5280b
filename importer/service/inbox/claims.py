"""Workbooks taken out of the inbox, each in a folder of its own until it is filed.

```
inbox/.claimed/SERVICE.lock                       held while the service runs
inbox/.claimed/SERVICE/20261126T060001…Z-ab12cd/  a claim, named by its instant
    workbook/NAME.xlsx   corrections/1.xlsx   outcome.json   tries   told
```

A file is claimed by renaming it, which only one of several services can do. What a service leaves
behind when it is ended is taken over by the next that gets its lock (see locks.py).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importer.base.files import make_folder, numbered, whole_file
from importer.service.locks import LOCK, held_lock, if_free, lock_of, new_name

CLAIMED = ".claimed"

_STAMP = "%Y%m%dT%H%M%S%fZ"
_NAMED = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{6}")


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

    @property
    def is_told(self) -> bool:
        """Whether those who are to know of it have been told."""
        return (self.folder / "told").exists()

    def set_told(self) -> None:
        """Remember that they have been told."""
        (self.folder / "told").touch()

    def corrections(self, made: str) -> Path:
        """Where a try has written what is given back."""
        return self.folder / "corrections" / made

    def new_corrections(self, needed: str | None) -> Path:
        """Where a further try may write what is given back; that of others goes, not `needed`."""
        folder = self.folder / "corrections"
        folder.mkdir(exist_ok=True)
        for path in _within(folder):
            if path.name != needed:
                path.unlink()
        return folder / f"{int(needed.partition('.')[0]) + 1 if needed else 1}.xlsx"

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
        """Remove the claim; its workbook has been filed."""
        self.workbook.unlink()  # first: without it, the rest is nothing
        shutil.rmtree(self.folder, ignore_errors=True)

    def end_if_empty(self) -> bool:
        """Remove what is left of a claim without a workbook; whether it was one."""
        try:
            (self.folder / "workbook").rmdir()
        except FileNotFoundError:
            pass
        except OSError:  # the workbook is there, or who knows; it is never removed by guessing
            return False
        shutil.rmtree(self.folder, ignore_errors=True)
        return True


class ClaimFolder:
    """The claims of one service in one inbox, while it is open (see `open_claim_folder`)."""

    def __init__(self, inbox: Path, name: str) -> None:
        self._inbox = inbox
        self._all = inbox / CLAIMED
        self.folder = self._all / name

    def take(self, path: Path) -> Claim | None:
        """Claim a file of the inbox; None if it is gone. Raises OSError where it cannot be."""
        stamp = dt.datetime.now(dt.UTC).strftime(_STAMP)
        claim = Claim(self.folder / f"{stamp}-{secrets.token_hex(3)}")
        (claim.folder / "workbook").mkdir(parents=True)
        target = claim.folder / "workbook" / path.name
        try:
            path.rename(target)
        except OSError as error:
            if not claim.end_if_empty():  # it was done, and only the answer was lost
                return claim
            if isinstance(error, FileNotFoundError):
                return None
            raise
        if not stat.S_ISREG(target.lstat().st_mode):  # another was put in its place meanwhile
            self.give_back(claim)
            return None
        return claim

    def held(self) -> list[Claim]:
        """The claims of this service, the first one first."""
        return [
            Claim(folder)
            for folder in _within(self.folder)
            if _NAMED.fullmatch(folder.name) and not Claim(folder).end_if_empty()
        ]

    def left_behind(self) -> list[str]:
        """Take over the claims of services that have ended; the names of their workbooks."""
        found: list[str] = []
        for name in sorted({path.name.removesuffix(LOCK) for path in _within(self._all)}):
            folder = self._all / name
            if folder == self.folder or not (folder.is_dir() or lock_of(folder).exists()):
                continue
            with suppress(OSError), if_free(folder) as is_free:  # another's, or it was quicker
                if is_free:
                    found += self._take_over(folder)
        return found

    def _take_over(self, folder: Path) -> Iterator[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        for one in _within(folder):
            if _NAMED.fullmatch(one.name):
                claim = Claim(one.rename(self.folder / one.name))
                with suppress(OSError):  # it was filed, and its folder is what is left
                    yield claim.workbook.name
        with suppress(FileNotFoundError):
            folder.rmdir()

    def give_back(self, claim: Claim) -> None:
        """Put a workbook back into the inbox, under a further name if its own is taken."""
        workbook = claim.workbook
        for path in numbered(self._inbox / workbook.name):
            if _moved(workbook, path):
                break
        claim.end_if_empty()


@contextmanager
def open_claim_folder(inbox: Path) -> Iterator[ClaimFolder]:
    """The claims of a new service; what it has not settled by the end goes back into the inbox.

    What is settled but could not be filed stays for the next service. Raises OutputError or OSError
    where the inbox cannot be written to.
    """
    everyone = inbox / CLAIMED
    make_folder(everyone, 0o700)
    claims = ClaimFolder(inbox, new_name())
    try:
        with held_lock(claims.folder):
            claims.folder.mkdir()
            try:
                yield claims
            finally:
                _hand_over(claims)
    finally:
        with suppress(OSError):  # others are there
            everyone.rmdir()


def _hand_over(claims: ClaimFolder) -> None:
    with suppress(OSError):  # the inbox may be away, or something be left for the next service
        for claim in claims.held():
            if claim.kept_outcome(final=False) is None:
                claims.give_back(claim)
        claims.folder.rmdir()


def _moved(path: Path, target: Path) -> bool:
    """Whether `path` was moved to `target`, which is never written over."""
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:  # a folder, or a file system without links
        if target.exists() or target.is_symlink():
            return False
        path.rename(target)
        return True
    path.unlink()
    return True


def _within(folder: Path) -> list[Path]:
    """What is in a folder, in order; nothing if it is gone, or is none."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return sorted(folder.iterdir())
    return []
