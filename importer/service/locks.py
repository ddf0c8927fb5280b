"""File locks of services, which the system releases however a service ends.

Without locks in the file system, two services may take the same claim; the ledger applies it once.
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
def service_lock(folder: Path) -> Iterator[bool]:
    """Hold the lock of the service that `folder` belongs to, unless that service runs.

    The lock is removed if the folder is gone at the end. Raises OSError if it cannot be
    determined whether the service runs, as for another user's.
    """
    is_locked = False
    try:
        with locked(lock_of(folder)) as is_locked:
            yield is_locked
    finally:  # Windows allows it only once the lock is released
        if is_locked and not folder.exists():
            with suppress(OSError):
                lock_of(folder).unlink(missing_ok=True)


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock `path`, unless another service has it; raise OSError on failure."""
    lock = FileLock(path, thread_local=False)
    is_locked = True
    try:
        lock.acquire(timeout=0)
    except Timeout:
        is_locked = False
    except NotImplementedError:
        pass
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    try:
        yield is_locked
    finally:
        with suppress(OSError):
            lock.release()
