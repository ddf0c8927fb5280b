"""The destinations of exports, and what is in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]

from importer.config.contents import parse_settings
from importer.config.service import ExportSettings
from importer.service.exports.destination import open_folder, shown

NAME = "Export Avira Details – año [1] 20261125T060000Z.xlsx"


@dataclass(slots=True)
class Destination:
    """The folder of an export, with a connection for each action."""

    settings: ExportSettings

    @property
    def shown(self) -> str:
        """The folder as messages name it."""
        return shown(self.settings)

    def deliver(self, source: Path, name: str) -> None:
        """Put a file or a folder there."""
        with open_folder(self.settings) as folder:
            folder.deliver(source, name)

    def names(self) -> list[str]:
        """The names that are there, except hidden ones."""
        with open_folder(self.settings) as folder:
            return folder.names()

    def remove(self, name: str) -> None:
        """Remove a file or a folder."""
        with open_folder(self.settings) as folder:
            folder.remove(name)

    def remove_left_over(self) -> None:
        """Remove what killed services have left."""
        with open_folder(self.settings) as folder:
            folder.remove_left_over()

    def check(self) -> None:
        """Try whether it can be used."""
        with open_folder(self.settings) as folder:
            folder.check()


@dataclass(slots=True)
class Target(Destination):
    """A destination, and its files as other programs see them, hidden ones included."""

    files: Callable[[], dict[str, bytes]]


def to(folder: str | Path, **options: object) -> Destination:
    """The destination of an export with that folder in its settings."""
    table = {"folder": str(folder), "every": "1d", "options": options}
    service = parse_settings(Path("avira-importer.toml"), {"exports": [table]}).service
    assert service is not None
    return Destination(service.exports[0])


def files_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by path; the path of an empty folder ends in a slash."""
    files = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder)).replace(os.sep, "/")
        if path.is_file():
            files[name] = path.read_bytes()
        elif not any(path.iterdir()):
            files[f"{name}/"] = b""
    return files


def files_in_memory() -> dict[str, bytes]:
    """All files of fsspec's file system in memory."""
    store = MemoryFileSystem.store
    return {path.removeprefix("/exports/"): file.getvalue() for path, file in store.items()}


def file_of(tmp_path: Path, content: bytes = b"whole") -> Path:
    """A file to deliver."""
    path = tmp_path / "export.xlsx"
    path.write_bytes(content)
    return path


def folder_of(tmp_path: Path, **content: bytes) -> Path:
    """A folder of CSV files to deliver."""
    folder = tmp_path / f"export {'-'.join(content)}"
    folder.mkdir()
    for name, words in content.items():
        (folder / f"{name}.csv").write_bytes(words)
    return folder
