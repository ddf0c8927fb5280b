"""The files of any file system that fsspec supports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]

from importer.config.service import ExportSettings
from importer.service.exports.folder import Folder

_RENAMING = frozenset({"ftp", "smb", "file", "local", "hdfs", "webhdfs"})


def connect(settings: ExportSettings) -> Folder:
    """Connect to a place, and make the folder if it is missing."""
    url = settings.folder
    filesystem, path = fsspec.url_to_fs(url, skip_instance_cache=True, **settings.options)
    files = _FsspecFiles(filesystem)
    if files.renames and path:
        files.make_folder(path)
    return Folder(files, path)


class _FsspecFiles:
    def __init__(self, filesystem: Any) -> None:
        self._filesystem = filesystem  # its functions for many files read brackets as patterns
        names = filesystem.protocol
        self.renames = not _RENAMING.isdisjoint([names] if isinstance(names, str) else names)

    def names(self, folder: str) -> list[str]:
        try:
            paths = self._fresh().ls(folder, detail=False)
        except FileNotFoundError:  # object stores make a folder with its first file
            return []
        listed = (path.rstrip("/") for path in paths)  # some list the folder itself, too
        return [path.rpartition("/")[2] for path in listed if path.strip("/") != folder.strip("/")]

    def is_folder(self, path: str) -> bool:
        return bool(self._fresh().isdir(path))

    def write(self, path: str, source: Path) -> None:
        self._filesystem.put_file(str(source), path)
        arrived, size = self._fresh().info(path)["size"], source.stat().st_size
        if arrived != size:
            raise OSError(f"{arrived} of {size} bytes arrived")

    def rename(self, old: str, new: str) -> None:
        self.remove_file(new)  # which many places do not replace
        self._filesystem.mv(old, new)

    def make_folder(self, path: str) -> None:
        self._filesystem.makedirs(path, exist_ok=True)

    def remove_file(self, path: str) -> None:
        if self._fresh().exists(path):
            self._filesystem.rm_file(path)

    def remove_folder(self, path: str) -> None:
        if self._fresh().isdir(path):  # object stores have no empty folders
            self._filesystem.rmdir(path)

    def _fresh(self) -> Any:
        """The file system, without what it remembers of listings."""
        self._filesystem.invalidate_cache()
        return self._filesystem
