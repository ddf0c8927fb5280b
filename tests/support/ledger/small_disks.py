"""Disks that fill up, and files that may not grow."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from systems import IS_ROOT


@contextmanager
def small_disk(megabytes: int, owner: str | None = None) -> Iterator[Path]:
    """A folder that is a disk of its own; skips the test where none can be mounted."""
    if not IS_ROOT:
        pytest.skip("only root can mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="disk"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    result = subprocess.run(mount, capture_output=True, text=True)
    try:
        if result.returncode:
            pytest.skip(f"no disk can be mounted here: {result.stderr.strip()}")
        if owner is not None:
            shutil.chown(folder, owner)
        yield folder
    finally:
        if not result.returncode:
            subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def fill(disk: Path, but: int) -> Path:
    """Fill a disk except for some bytes; the file that fills it."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - but)
    return filler


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file of this process can grow beyond so many bytes."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        signal.signal(signal.SIGXFSZ, before)
