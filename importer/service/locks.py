"""File locks of services, which the system releases however a service ends.

Where the file system has no locks, every service gets them all. Two may then take the same claim,
and the ledger, which applies a file once, decides.
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
    """Hold the lock of this service's `folder`; remove it if the folder is gone at the end."""
    try:
        with locked(lock_of(folder)):
            yield
    finally:
        _remove_unneeded(folder)


@contextmanager
def if_free(folder: Path) -> Iterator[bool]:
    """Whether the service of `folder` has ended; if so its lock is held meanwhile.

    Raises OSError if that cannot be determined, as for another user's.
    """
    try:
        with locked(lock_of(folder)):
            yield True
    except TakenError:
        yield False
        return
    _remove_unneeded(folder)


def _remove_unneeded(folder: Path) -> None:
    """Remove a lock without a folder; Windows allows it only once the lock is released."""
    if not folder.exists():
        with suppress(OSError):
            lock_of(folder).unlink(missing_ok=True)


class TakenError(Exception):
    """Another service has the lock."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock `path`; raise TakenError if another service has it, OSError on failure."""
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
