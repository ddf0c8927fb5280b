"""What is done with files on another computer, by the file systems of fsspec.

None of this goes through fsspec's paths of many files, in which names with brackets are patterns.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from importer.service.exports.destinations import unfinished_name

_RENAMING = frozenset({"sftp", "ssh", "ftp", "smb", "file", "local", "hdfs", "webhdfs"})
"""Where a file grows as it is written, and is renamed at no cost; others show only whole files."""


def within(folder: str, name: str) -> str:
    """The path of a name in a folder; an empty one is where the server begins."""
    return f"{folder.rstrip('/')}/{name}" if folder else name


def names(filesystem: Any, folder: str) -> list[str]:
    """What is in the folder, in any order; nothing if it is not there yet."""
    filesystem.invalidate_cache()
    try:
        paths = filesystem.ls(folder, detail=False)
    except FileNotFoundError:
        return []
    listed = (path.rstrip("/") for path in paths)  # some list the folder itself, too
    return [path.rpartition("/")[2] for path in listed if path.strip("/") != folder.strip("/")]


def deliver(filesystem: Any, folder: str, made: Path, name: str) -> None:
    """Put a file, or a folder's files, there; whole or not at all where files can be renamed."""
    target = within(folder, name)
    if not _renames(filesystem):
        _put_whole(filesystem, made, target)
        return
    if folder:
        filesystem.makedirs(folder, exist_ok=True)
    temporary = within(folder, unfinished_name())
    try:
        _put(filesystem, made, temporary)
        _put_in_place(filesystem, folder, temporary, target)
    except BaseException:
        with suppress(Exception):  # the first error tells; a later delivery removes what is left
            remove(filesystem, temporary)
        raise


def remove(filesystem: Any, path: str) -> None:
    """Remove a file, or a folder with files and no other folders, which would be none of ours."""
    filesystem.invalidate_cache()
    if not filesystem.isdir(path):
        if filesystem.exists(path):
            filesystem.rm_file(path)
        return
    for name in names(filesystem, path):
        filesystem.rm_file(within(path, name))
    filesystem.invalidate_cache()
    if filesystem.isdir(path):  # object stores have no empty ones
        filesystem.rmdir(path)


def _renames(filesystem: Any) -> bool:
    protocols = filesystem.protocol
    return not _RENAMING.isdisjoint([protocols] if isinstance(protocols, str) else protocols)


def _put(filesystem: Any, made: Path, path: str) -> None:
    """Upload, and look whether all has arrived."""
    if made.is_dir():
        filesystem.makedirs(path, exist_ok=True)
        for one in made.iterdir():
            _put(filesystem, one, within(path, one.name))
        return
    filesystem.put_file(str(made), path)
    filesystem.invalidate_cache()
    arrived, size = filesystem.info(path)["size"], made.stat().st_size
    if arrived != size:
        raise OSError(f"{arrived} of {size} bytes arrived")


def _put_whole(filesystem: Any, made: Path, target: str) -> None:
    """Upload to where each file appears whole, but a folder file by file."""
    if not made.is_dir():
        _put(filesystem, made, target)
        return
    former = names(filesystem, target)
    try:
        _put(filesystem, made, target)
    except BaseException:
        if not former:
            with suppress(Exception):  # the first error tells
                remove(filesystem, target)
        raise
    for name in set(former) - {one.name for one in made.iterdir()}:
        filesystem.rm_file(within(target, name))


def _put_in_place(filesystem: Any, folder: str, temporary: str, target: str) -> None:
    """Rename; where something is in the place that a rename cannot replace, put it aside first."""
    filesystem.invalidate_cache()
    plain = filesystem.isfile(target) and filesystem.isfile(temporary)
    if plain or not filesystem.exists(target):
        try:
            filesystem.mv(temporary, target)
            return
        except Exception:  # of any kind; many servers replace nothing by a rename
            if not plain:
                raise
    aside = within(folder, unfinished_name())
    filesystem.mv(target, aside)
    try:
        filesystem.mv(temporary, target)
    except BaseException:
        filesystem.mv(aside, target)
        raise
    with suppress(Exception):  # the new one is in its place; a later delivery removes this
        remove(filesystem, aside)
