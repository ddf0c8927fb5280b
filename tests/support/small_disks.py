"""Disks that fill up."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

IS_ROOT = os.geteuid() == 0


@contextmanager
def small_disk(megabytes: int, owner: str | None = None) -> Iterator[Path]:
    """A folder that is a disk of its own; it needs root, who is told so where it cannot be."""
    if not IS_ROOT:
        pytest.skip("only root can mount a small disk; a limit of SQLite's own is tested anyway")
    folder = Path(tempfile.mkdtemp(prefix="disk"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    try:
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
        if owner is not None:
            shutil.chown(folder, owner)
        yield folder
    finally:
        if not done.returncode:
            subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def fill(disk: Path, but: int) -> Path:
    """Take all room of a disk but for some bytes; the file that takes it."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - but)
    return filler
