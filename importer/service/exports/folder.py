"""A folder of exports, in which each appears only once it is complete."""

from __future__ import annotations

import re
import tempfile
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from importer.base import clock
from importer.base.files import LEFT_OVER

_UNFINISHED = re.compile(r"\.avira-([0-9]{1,11})-[0-9a-f]{8}\.part")


class Files(Protocol):
    """The files of a local or remote file system; errors are those of its library."""

    renames: bool
    """Whether a file shows while it is written, and renaming costs nothing."""

    def names(self, folder: str) -> list[str]:
        """What is in a folder, in any order."""

    def is_folder(self, path: str) -> bool:
        """Whether the path is a folder and not a link."""

    def write(self, path: str, source: Path) -> None:
        """Copy the file `source` there, down to the disk if possible."""

    def rename(self, old: str, new: str) -> None:
        """Rename a file or folder; a file replaces a file."""

    def make_folder(self, path: str) -> None:
        """Make a folder."""

    def remove_file(self, path: str) -> None:
        """Remove a file if it exists."""

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder `path` among `files`; an empty path is where the server begins."""

    files: Files
    path: str

    def deliver(self, source: Path, name: str) -> None:
        """Put a file, or a folder of files, into the folder as `name`, replacing an earlier one.

        It has a hidden name until it is complete, except in object stores, where files always are.
        """
        target = self._join(name)
        path = self._join(unfinished_name()) if self.files.renames else target
        try:
            if path == target and source.is_dir():
                self._remove(target)
            self._write(source, path)
            if path != target:
                if source.is_dir() or self.files.is_folder(target):
                    self._remove(target)
                self.files.rename(path, target)
        except BaseException:
            with suppress(Exception):  # report the first error; the rest is removed later
                self._remove(path)
            raise

    def names(self) -> list[str]:
        """What is in the folder, in order, without what is hidden or unfinished."""
        return sorted(name for name in self.files.names(self.path) if name[:1] not in ("", "."))

    def remove(self, name: str) -> None:
        """Remove a file if it exists, or a folder of files; never a folder of folders."""
        assert "/" not in name, "the name of something in the folder itself"
        self._remove(self._join(name))

    def remove_left_over(self) -> None:
        """Remove what a killed service left unfinished."""
        for name in filter(is_left_over, self.files.names(self.path)):
            self.remove(name)

    def check(self) -> None:
        """Deliver a small file, list the folder and remove the file."""
        name = unfinished_name()
        with tempfile.TemporaryDirectory() as folder:
            probe = Path(folder, "probe")
            probe.touch()
            self.deliver(probe, name)
        self.names()
        self.remove(name)

    def _join(self, name: str) -> str:
        return f"{self.path.rstrip('/')}/{name}" if self.path else name

    def _write(self, source: Path, path: str) -> None:
        if not source.is_dir():
            self.files.write(path, source)
            return
        self.files.make_folder(path)
        for file in source.iterdir():
            self.files.write(f"{path}/{file.name}", file)

    def _remove(self, path: str) -> None:
        if not self.files.is_folder(path):
            self.files.remove_file(path)
            return
        for name in self.files.names(path):
            self.files.remove_file(f"{path}/{name}")
        self.files.remove_folder(path)


def unfinished_name() -> str:
    """A hidden name, with the time, for an incomplete file."""
    return f".avira-{clock.now().timestamp():.0f}-{uuid.uuid4().hex[:8]}.part"


def is_left_over(name: str) -> bool:
    """Whether the name is that of an old unfinished file."""
    match = _UNFINISHED.fullmatch(name)
    return match is not None and clock.now().timestamp() - int(match[1]) > LEFT_OVER.total_seconds()
