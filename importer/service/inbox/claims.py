"""Take workbooks out of the inbox, each into a folder of its own until it is filed.

```
inbox/.claimed/SERVICE.lock                       locked while the service runs
inbox/.claimed/SERVICE/20261126T060001…Z-ab12cd/  a claim, named by its instant
    workbook/NAME.xlsx   corrections/1.xlsx   result.json   tries   reported
```

A file is claimed by renaming it, which only one of several services can do. The claims of a service
that has ended are taken over by the next that gets its lock (see locks.py).
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from importer.base.files import make_folder, numbered, whole_file
from importer.service.inbox.result import InboxResult, KeptResult
from importer.service.locks import LOCK, lock_of, new_name, service_lock

CLAIMED = ".claimed"

_STAMP = "%Y%m%dT%H%M%S%fZ"
_KEPT = TypeAdapter(KeptResult)
_CLAIM_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Claim:
    """A workbook that was taken, in a folder of its own."""

    folder: Path

    @property
    def workbook(self) -> Path:
        """The workbook, under its own name; raises FileNotFoundError if it is gone."""
        for path in (self.folder / "workbook").iterdir():
            return path
        raise FileNotFoundError(self.folder / "workbook")

    @property
    def since(self) -> dt.datetime:
        """The instant of the claim, in UTC."""
        stamp = self.folder.name.partition("-")[0]
        return dt.datetime.strptime(stamp, _STAMP).replace(tzinfo=dt.UTC)

    @property
    def tries(self) -> int:
        """The number of attempts so far."""
        with suppress(FileNotFoundError, ValueError):
            return int((self.folder / "tries").read_text("ascii"))
        return 0

    def set_tries(self, tries: int) -> None:
        """Store the number of attempts."""
        with whole_file(self.folder / "tries") as path:
            path.write_text(str(tries), "ascii")

    @property
    def is_reported(self) -> bool:
        """Whether mail about it was put into the outbox."""
        return (self.folder / "reported").exists()

    def set_reported(self) -> None:
        """Record that mail about it was put into the outbox."""
        (self.folder / "reported").touch()

    def new_corrections(self, needed: str | None) -> Path:
        """Where a further attempt may write corrections; others are removed, except `needed`."""
        folder = self.folder / "corrections"
        folder.mkdir(exist_ok=True)
        for path in _entries(folder):
            if path.name != needed:
                path.unlink()
        return folder / f"{int(needed.partition('.')[0]) + 1 if needed else 1}.xlsx"

    def keep_result(self, result: InboxResult, *, final: bool) -> None:
        """Keep the result before anything else happens; `final` once nothing can change it."""
        with whole_file(self.folder / "result.json") as path:
            path.write_bytes(_KEPT.dump_json(KeptResult(final, result)))

    def kept_result(self, *, final: bool) -> InboxResult | None:
        """The result that this service or an earlier one kept; only a final one if `final`.

        It may be of a commit that failed. None also if it is invalid, perhaps forged.
        """
        try:
            kept = _KEPT.validate_json((self.folder / "result.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return kept.result if kept.final or not final else None

    def end(self) -> None:
        """Remove the claim, whose workbook was filed."""
        _unlink(self.workbook)  # first: without it the rest means nothing
        shutil.rmtree(self.folder, ignore_errors=True)

    def end_if_empty(self) -> bool:
        """Remove the claim if it has no workbook; return whether it was removed."""
        try:
            (self.folder / "workbook").rmdir()
        except FileNotFoundError:
            pass
        except OSError:  # the workbook is there, or may be
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
        """Claim a file of the inbox; None if it is gone. Raises OSError where that fails."""
        stamp = dt.datetime.now(dt.UTC).strftime(_STAMP)
        claim = Claim(self.folder / f"{stamp}-{secrets.token_hex(3)}")
        (claim.folder / "workbook").mkdir(parents=True)
        target = claim.folder / "workbook" / path.name
        try:
            path.rename(target)
        except OSError as error:
            if not claim.end_if_empty():  # it was renamed, and only the answer was lost
                return claim
            if isinstance(error, FileNotFoundError):
                return None
            raise
        if not stat.S_ISREG(target.lstat().st_mode):  # it was replaced meanwhile
            self.give_back(claim)
            return None
        return claim

    def claims(self) -> list[Claim]:
        """The claims of this service, the oldest first."""
        claims = map(Claim, _claim_folders(self.folder))
        return [claim for claim in claims if not claim.end_if_empty()]

    def take_over(self) -> list[str]:
        """Take over the claims of services that have ended; gives the names of their workbooks."""
        names: list[str] = []
        for name in sorted({path.name.removesuffix(LOCK) for path in _entries(self._all)}):
            folder = self._all / name
            if folder == self.folder or not (folder.is_dir() or lock_of(folder).exists()):
                continue
            with (
                suppress(OSError),
                service_lock(folder) as is_free,
            ):  # another user's, or another's now
                if is_free:
                    names += self._take_over(folder)
        return names

    def _take_over(self, folder: Path) -> Iterator[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in _claim_folders(folder):
            claim = Claim(path.rename(self.folder / path.name))
            with suppress(OSError):  # the workbook was filed, and its claim is left
                yield claim.workbook.name
        with suppress(FileNotFoundError):
            folder.rmdir()

    def give_back(self, claim: Claim) -> None:
        """Move a workbook back to the inbox, with a number if its name is taken."""
        workbook = claim.workbook
        for path in numbered(self._inbox / workbook.name):
            if _moved(workbook, path):
                break
        claim.end_if_empty()


@contextmanager
def open_claim_folder(inbox: Path) -> Iterator[ClaimFolder]:
    """The claim folder of a new service. At the end, workbooks without a result go back.

    Those at which an attempt failed are left to the next service, which continues to count.

    Raises OutputError or OSError where the inbox cannot be written to.
    """
    parent = inbox / CLAIMED
    make_folder(parent, 0o700)
    claims = ClaimFolder(inbox, new_name())
    try:
        with service_lock(claims.folder):
            claims.folder.mkdir()
            try:
                yield claims
            finally:
                with suppress(OSError):  # the inbox may be away, or a claim is left
                    for claim in claims.claims():
                        if claim.kept_result(final=False) is None and not claim.tries:
                            claims.give_back(claim)
                    claims.folder.rmdir()
    finally:
        with suppress(OSError):  # there are others
            parent.rmdir()


def _moved(path: Path, target: Path) -> bool:
    """Whether `path` was moved to `target`, which is never overwritten; this can be repeated."""
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        if not os.path.samestat(path.lstat(), target.lstat()):
            return False
    except OSError:  # a folder, or a file system without links
        if target.exists() or target.is_symlink():
            return False
        path.rename(target)
        return True
    _unlink(path)
    return True


def _claim_folders(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if _CLAIM_NAME.fullmatch(path.name)]


def _unlink(path: Path) -> None:
    """Remove the file `path`, a read-only one too, whose removal Windows refuses."""
    if os.name == "nt":
        path.chmod(stat.S_IWRITE)
    path.unlink()


def _entries(folder: Path) -> list[Path]:
    """The entries of a folder, in order; none if it is gone, or is no folder."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return sorted(folder.iterdir())
    return []
