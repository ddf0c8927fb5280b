"""A folder of exports: each appears whole under its name, and only exports are removed."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from importer.base import clock

LEFT_OVER = dt.timedelta(days=1)
"""The age at which nobody can still be writing an unfinished file."""

_UNFINISHED = re.compile(r"\.avira-([0-9]{1,11})-[0-9a-f]{8}\.part")


class Files(Protocol):
    """The files of one place. Paths are that place's own; errors are those of its library."""

    renames: bool
    """Whether a file shows while it is written, and renaming costs nothing."""

    def names(self, folder: str) -> list[str]:
        """What is in a folder, in any order."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder, not a link to one, has that path."""

    def write(self, path: str, source: Path) -> None:
        """Copy the file `source` there, down to the disk if possible."""

    def read(self, path: str) -> bytes:
        """The content of a file."""

    def rename(self, old: str, new: str) -> None:
        """Rename a file or folder; a file replaces a file."""

    def make_folder(self, path: str) -> None:
        """Make a folder."""

    def remove_file(self, path: str) -> None:
        """Remove a file if it exists."""

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""


class Folder:
    """The folder `path` of a place; an empty path is where the server begins."""

    def __init__(self, files: Files, path: str) -> None:
        self._files = files
        self._path = path

    def deliver(self, source: Path, name: str) -> None:
        """Put a file, or a folder of files, there as `name`, in the place of a former one.

        It has a hidden name until it is whole. Where files only ever show whole, as in object
        stores, it is written under its name at once, and a folder appears file by file.
        """
        target = self._within(name)
        path = self._within(unfinished_name()) if self._files.renames else target
        try:
            if path == target and source.is_dir():
                self._remove(target)
            self._write(source, path)
            if path != target:
                if source.is_dir() or self._files.is_folder(target):
                    self._remove(target)
                self._files.rename(path, target)
        except BaseException:
            with suppress(Exception):  # the first error tells; a later delivery removes the rest
                self._remove(path)
            raise

    def names(self) -> list[str]:
        """What is in the folder, in order, without what is hidden or unfinished."""
        return sorted(name for name in self._files.names(self._path) if name[:1] not in ("", "."))

    def remove(self, name: str) -> None:
        """Remove a file if it exists, or a folder of files; never a folder of folders."""
        assert "/" not in name, "the name of something in the folder itself"
        self._remove(self._within(name))

    def remove_left_over(self) -> None:
        """Remove what a killed service left unfinished."""
        for name in filter(is_left_over, self._files.names(self._path)):
            self._remove(self._within(name))

    def returns_what_is_written(self) -> bool:
        """Whether a small file can be delivered, read back and removed."""
        name, content = unfinished_name(), os.urandom(32)
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "probe")
            source.write_bytes(content)
            self.deliver(source, name)
        try:
            return self._files.read(self._within(name)) == content
        finally:
            self.remove(name)

    def _within(self, name: str) -> str:
        return _join(self._path, name)

    def _write(self, source: Path, path: str) -> None:
        if not source.is_dir():
            self._files.write(path, source)
            return
        self._files.make_folder(path)
        for file in source.iterdir():
            self._files.write(_join(path, file.name), file)

    def _remove(self, path: str) -> None:
        if not self._files.is_folder(path):
            self._files.remove_file(path)
            return
        for name in self._files.names(path):
            self._files.remove_file(_join(path, name))
        self._files.remove_folder(path)


def unfinished_name() -> str:
    """A hidden name, with the time, for what is not whole yet."""
    return f".avira-{clock.now().timestamp():.0f}-{uuid.uuid4().hex[:8]}.part"


def is_left_over(name: str) -> bool:
    """Whether that is something unfinished and old."""
    match = _UNFINISHED.fullmatch(name)
    return match is not None and clock.now().timestamp() - int(match[1]) > LEFT_OVER.total_seconds()


def _join(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name
