"""Write files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import filecmp
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from importer.base.errors import OutputError
from importer.base.texts import N_, text


@contextmanager
def whole_file(path: Path, mode: int | None = None) -> Iterator[Path]:
    """Give a temporary file beside `path` that replaces it after the block.

    It gets the permissions `mode`; by default those of the file it replaces, or the usual ones.
    Raises OutputError where the folder is missing, not writable or full; `path` is then unchanged.
    """
    target = path.resolve()
    with _writing(path):
        temporary = _temporary(target, mode)
        try:
            yield temporary
            _settle(temporary, target, mode)
        finally:
            temporary.unlink(missing_ok=True)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Create the folder `path` unless it exists; raise OutputError on failure."""
    with _writing(path):
        path.mkdir(mode, exist_ok=True)


@contextmanager
def temporary_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give a new folder in `parent` that is removed with its contents after the block.

    Raises OutputError where it cannot be created.
    """
    with _writing(parent):
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
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
                raise OSError(errno.EINVAL, "not a regular file")
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
    with open(temporary, "r+b") as stream:  # Windows flushes only writable files
        os.fsync(stream.fileno())
    os.replace(temporary, target)
    sync_folder(target.parent)


def _temporary(target: Path, mode: int | None) -> Path:
    """Create an empty file beside `target`, with the usual permissions unless `mode` is set."""
    rights = 0o666 if mode is None and not target.exists() else 0o600
    while True:
        path = target.with_name(f".{secrets.token_hex(8)}{target.suffix[:20]}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, rights))
        except FileExistsError:
            continue
        return path


_REASONS = {
    errno.ENOENT: N_("the folder does not exist"),
    errno.ENOTDIR: N_("the folder does not exist"),
    errno.EISDIR: N_("it is a folder"),
    errno.EEXIST: N_("it is a file, not a folder"),
    errno.EACCES: N_("permission denied, or the file is open in another program"),
    errno.EPERM: N_("permission denied, or the file is open in another program"),
    errno.EROFS: N_("the disk is read-only"),
    errno.ENOSPC: N_("the disk is full"),
}


def os_error_reason(error: OSError) -> object:
    """The reason of `error` for a person; the system's own words where no text is known."""
    reason = _REASONS.get(error.errno or 0)
    return text(reason) if reason else error.strerror or error
