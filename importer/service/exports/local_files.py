"""The files of this computer, flushed to the disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from importer.base.files import sync_folder
from importer.service.exports.folder import Folder


def connect(folder: str) -> Folder:
    """A folder of this computer, which must exist."""
    return Folder(_LocalFiles(), folder)


class _LocalFiles:
    renames = True

    def names(self, folder: str) -> list[str]:
        return os.listdir(folder)

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path) and not os.path.islink(path)

    def write(self, path: str, source: Path) -> None:
        with source.open("rb") as content, open(path, "xb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, old: str, new: str) -> None:
        if os.path.isdir(old):
            sync_folder(Path(old))
        os.replace(old, new)
        sync_folder(Path(new).parent)

    def make_folder(self, path: str) -> None:
        os.mkdir(path)

    def remove_file(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)

    def remove_folder(self, path: str) -> None:
        os.rmdir(path)
