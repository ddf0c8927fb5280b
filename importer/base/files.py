"""Write files and folders that appear whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import filecmp
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from importer.base import clock
from importer.base.errors import OutputError
from importer.base.os_errors import os_error_reason
from importer.base.paths import same_place
from importer.base.texts import N_, text

LEFT_OVER = dt.timedelta(days=1)
"""The age at which a temporary file is removed that a killed program has left."""

_TEMPORARY = ".avira-importer-"
_cleaned: dict[Path, dt.date] = {}
"""When leftovers were removed from a folder."""
_MOST_CLEANED = 100
_TEMPORARY_NAME = re.compile(rf"{re.escape(_TEMPORARY)}[0-9a-f]{{16}}(\..*)?")


@contextmanager
def whole_file(path: Path, mode: int | None = None) -> Iterator[Path]:
    """Give a temporary file beside `path` that replaces it after the block.

    It gets the permissions `mode`; by default those of the file it replaces, or the usual ones.
    Raises OutputError where the folder is missing, not writable or full, or `path` is a folder, a
    pipe or a device; `path` is then unchanged.
    """
    with _writing(path):
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            raise OSError(errno.EISDIR if target.is_dir() else errno.ENODEV, "")
        if os.name == "nt" and target.exists() and not os.access(target, os.W_OK):
            raise OSError(errno.EROFS, "", str(target))  # it cannot be replaced
        _remove_left_over(target.parent)
        temporary = _temporary(target, mode)
        try:
            yield temporary
            _settle(temporary, target, mode)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path, is_own: Callable[[Path], bool]) -> Iterator[Path]:
    """Give a temporary folder whose files replace the `is_own` files of the folder `path`.

    They appear together, as a new folder in its place. Only where the folder has other files too,
    or cannot be replaced, do they appear one by one. Raises OutputError on failure.
    """
    with _writing(path):
        target = Path(os.path.realpath(path))
        is_new = not target.exists()
        if not is_new and not target.is_dir():
            raise OSError(errno.EEXIST, "")
        is_whole = is_new or (_is_replaceable(target) and all(map(is_own, target.iterdir())))
        parent = target.parent if is_whole else target
        _remove_left_over(parent)
        new, old = _temporary_name(parent), _temporary_name(parent)
        new.mkdir(0o777 if is_new else 0o700)
        try:
            yield new
            files = list(new.iterdir())
            for file in files:
                with suppress(FileNotFoundError):
                    shutil.copymode(target / file.name, file)
                _flush(file)
            sync_folder(new)
            if is_whole:
                if not is_new:
                    shutil.copymode(target, new)
                    os.utime(target)  # if the program is killed now, it is left for a day
                    target.rename(old)
                new.rename(target)
            else:
                names = {file.name for file in files}
                for file in files:
                    os.replace(file, target / file.name)
                for file in target.iterdir():
                    if file.name not in names and is_own(file):
                        file.unlink()
            sync_folder(parent)
        finally:
            if old.exists() and not target.exists():  # interrupted between the two
                old.rename(target)
            for folder in (new, old):
                shutil.rmtree(folder, ignore_errors=True)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Create the folder `path` unless it exists; raise OutputError on failure."""
    with _writing(path):
        path.mkdir(mode, exist_ok=True)


@contextmanager
def temporary_folder(parent: Path, prefix: str = _TEMPORARY) -> Iterator[Path]:
    """Give a new folder in `parent` that is removed with its contents after the block.

    Only this user can use it. Raises OutputError where it cannot be created.
    """
    with _writing(parent):
        folder = parent / f"{prefix}{secrets.token_hex(8)}"
        folder.mkdir(0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove(path: Path) -> None:
    """Remove the file `path` if it exists; raise OutputError on failure."""
    with _writing(path):
        path.unlink(missing_ok=True)


def numbered(path: Path) -> Iterator[Path]:
    """Yield `path`, then “NAME (2).xlsx” and so on."""
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def put_new(source: Path, target: Path) -> Path:
    """Copy the file `source` to `target`, or to the next free number where another file is.

    The copy appears whole, and copying again changes nothing. Gives its path; raises OutputError.
    """
    for path in numbered(target):
        with _writing(path):
            if not stat.S_ISREG(source.lstat().st_mode):
                raise OSError(errno.ENODEV, "")
            if path.exists():
                if filecmp.cmp(source, path, shallow=False):
                    return path
                continue
            try:
                os.link(source, path, follow_symlinks=False)  # fails where another comes first
            except FileExistsError:
                continue
            except OSError:  # on another disk, or one without links
                with whole_file(path) as temporary:
                    shutil.copyfile(source, temporary)
            return path
    raise AssertionError("there is always a next number")


def sync_folder(folder: Path) -> None:
    """Flush the names in `folder` to disk, where the system allows it."""
    with suppress(OSError):  # Windows cannot open a folder; the files themselves are on disk
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Raise OutputError where the block fails to write `path`."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The error to raise where `path` cannot be written."""
    return OutputError(
        text(N_("{path} cannot be written: {reason}. Choose another location."),
             path=path, reason=os_error_reason(error))
    )  # fmt: skip


def _settle(temporary: Path, target: Path, mode: int | None) -> None:
    if mode is None and target.exists():
        mode = target.stat().st_mode & 0o777
    if mode is not None:
        os.chmod(temporary, mode)
    _flush(temporary)
    os.replace(temporary, target)
    sync_folder(target.parent)


def _flush(file: Path) -> None:
    with open(file, "r+b") as stream:  # Windows flushes only writable files
        os.fsync(stream.fileno())


def _temporary(target: Path, mode: int | None) -> Path:
    """Create an empty file beside `target`, with the usual permissions unless `mode` is set."""
    rights = 0o666 if mode is None and not target.exists() else 0o600
    while True:
        path = _temporary_name(target.parent, target.suffix[:20])
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, rights))
        except FileExistsError:
            continue
        return path


def _temporary_name(folder: Path, suffix: str = "") -> Path:
    return folder / f"{_TEMPORARY}{secrets.token_hex(8)}{suffix}"


def _remove_left_over(folder: Path) -> None:
    """Remove once a day what killed programs of this user have left there: our names, a day old."""
    today = clock.today()
    if _cleaned.get(folder) == today:
        return
    if len(_cleaned) == _MOST_CLEANED:
        _cleaned.clear()
    _cleaned[folder] = today
    oldest = (clock.now() - LEFT_OVER).timestamp()
    user = os.geteuid() if hasattr(os, "geteuid") else 0  # as Windows has it
    with suppress(OSError):
        for path in filter(lambda path: _TEMPORARY_NAME.fullmatch(path.name), folder.iterdir()):
            with suppress(OSError):
                status = path.lstat()
                if status.st_uid == user and status.st_mtime < oldest:
                    if stat.S_ISDIR(status.st_mode):
                        shutil.rmtree(path)
                    else:
                        path.unlink()


def _is_replaceable(folder: Path) -> bool:
    """Whether another folder can take its place, and nobody works in it."""
    return (
        os.access(folder.parent, os.W_OK)
        and not os.path.ismount(folder)
        and not same_place(folder, Path())
    )
