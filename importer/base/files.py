"""Files that appear whole or not at all."""

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
    """A temporary file beside `path` that takes its place once the block has written it.

    It gets the rights `mode`; None stands for those of the file that it replaces, or the usual.
    Raises OutputError when the folder is missing, not writable or full; `path` is then as it was.
    """
    target = path.resolve()
    try:
        temporary = _temporary(target, mode)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield temporary
        _settle(temporary, target, mode)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make the folder `path` if it is not there; raise OutputError when that cannot be done."""
    try:
        path.mkdir(mode, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


@contextmanager
def temporary_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `parent`, removed with all that is in it after the block.

    Raises OutputError when it cannot be made.
    """
    try:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    except OSError as error:
        raise cannot_write(parent, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove(path: Path) -> None:
    """Remove the file `path` if it is there; raise OutputError when that cannot be done."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def numbered(path: Path) -> Iterator[Path]:
    """`path`, then “NAME (2).xlsx” and so on."""
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def put_new(source: Path, target: Path) -> Path:
    """Put the file `source` at `target`, or at the next number where there is another.

    It appears whole, and `source` stays; doing it again changes nothing. Gives the place; raises
    OutputError where that cannot be done.
    """
    for path in numbered(target):
        try:
            if not stat.S_ISREG(source.lstat().st_mode):
                raise OSError(errno.EINVAL, "it is no plain file")
            if path.exists():
                if filecmp.cmp(source, path, shallow=False):
                    return path
                continue
            try:
                os.link(source, path, follow_symlinks=False)  # it fails if another comes first
            except FileExistsError:
                continue
            except OSError:  # on another disk, or one without links
                with whole_file(path) as temporary:
                    shutil.copyfile(source, temporary)
        except OSError as error:
            raise cannot_write(path, error) from error
        return path
    raise AssertionError("there is always a next number")


def sync_folder(folder: Path) -> None:
    """Have the disk hold the names in `folder`, where the system can be asked for that."""
    with suppress(OSError):  # Windows cannot open a folder; the files themselves are on disk
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def cannot_write(path: Path, error: OSError) -> OutputError:
    """What is raised where `path` cannot be written."""
    return OutputError(
        text(N_("{path} cannot be written: {reason}. Choose another place for it."),
             path=path, reason=os_error_reason(error))
    )  # fmt: skip


def _settle(temporary: Path, target: Path, mode: int | None) -> None:
    if mode is None and target.exists():
        mode = target.stat().st_mode & 0o777
    if mode is not None:
        os.chmod(temporary, mode)
    with open(temporary, "r+b") as written:  # Windows flushes only what may be written
        os.fsync(written.fileno())
    os.replace(temporary, target)
    sync_folder(target.parent)


def _temporary(target: Path, mode: int | None) -> Path:
    """An empty file beside `target`, with the usual rights if it is to have them."""
    rights = 0o666 if mode is None and not target.exists() else 0o600
    while True:
        path = target.with_name(f".{secrets.token_hex(8)}{target.suffix[:20]}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, rights))
        except FileExistsError:
            continue
        return path


_SAID = {
    errno.ENOENT: N_("there is no such folder"),
    errno.ENOTDIR: N_("there is no such folder"),
    errno.EISDIR: N_("it is a folder"),
    errno.EEXIST: N_("it is a file, not a folder"),
    errno.EACCES: N_("you have no right to, or it is open in another program"),
    errno.EPERM: N_("you have no right to, or it is open in another program"),
    errno.EROFS: N_("the disk cannot be written"),
    errno.ENOSPC: N_("the disk is full"),
}


def os_error_reason(error: OSError) -> object:
    """What kept a file from being written, in words; the system's own where we have none."""
    said = _SAID.get(error.errno or 0)
    return text(said) if said else error.strerror or error
