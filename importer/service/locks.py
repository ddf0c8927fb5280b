"""Locks that tell whether a service runs: the system lets go of them however the service ends.

On a file system without locks everybody gets them all: two services may then work on one claim, and
the ledger, which applies a file once, decides.
"""

from __future__ import annotations

import errno
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".lock"

_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def new_name() -> str:
    """A name that no other service has."""
    host = "".join(c for c in socket.gethostname() if c.isalnum() or c == "-")[:40] or "host"
    return f"{host}-{os.getpid()}-{secrets.token_hex(4)}"


def lock_of(folder: Path) -> Path:
    """The lock of the service that `folder` belongs to."""
    return folder.with_name(folder.name + LOCK)


@contextmanager
def held_lock(folder: Path) -> Iterator[None]:
    """The lock of this service's own folder; its file goes with the folder."""
    try:
        with locked(lock_of(folder)):
            yield
    finally:
        _forget(folder)


@contextmanager
def if_free(folder: Path) -> Iterator[bool]:
    """Whether the service of `folder` has ended; its lock is then ours for a moment.

    Raises OSError where that cannot be found out, as of another user's.
    """
    try:
        with locked(lock_of(folder)):
            yield True
    except TakenError:
        yield False
        return
    _forget(folder)


def _forget(folder: Path) -> None:
    """Remove the lock of a service that has left nothing; Windows does so only once it is free."""
    if not folder.exists():
        with suppress(OSError):
            lock_of(folder).unlink(missing_ok=True)


class TakenError(Exception):
    """Somebody else has the lock."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock `path`; raises TakenError where somebody else does, else OSError."""
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise TakenError from None
    except NotImplementedError:
        pass
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    try:
        yield
    finally:
        with suppress(OSError):
            lock.release()
