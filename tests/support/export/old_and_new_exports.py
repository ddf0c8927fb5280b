"""Old exports of a ledger and the new ones that replace them, to tell which one a file is."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from export_ledgers import FORMATS, export, in_format, write_exports, write_once
from export_readers import parts


def write_old_and_new(factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, its exports in `new`, and those as of its first batch in `old`."""
    small = write_exports(factory)

    def write(folder: Path) -> None:
        shutil.copy(small / "ledger.db", folder)
        for name in ("old", "new"):
            (folder / name).mkdir()
        for form in FORMATS:
            copy_export(small, in_format(folder / "new", form))
            export(small / "ledger.db", in_format(folder / "old", form), "--as-of", "1")

    return write_once(factory, "old-and-new", write)


def format_of(path: Path) -> str:
    """The format of an export."""
    return path.suffix.removeprefix(".") or "csv"


def copy_export(source: Path, path: Path) -> None:
    """Copy the export in the format of `path` from the folder `source`, over whatever is there."""
    export_there = in_format(source, format_of(path))
    if export_there.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(export_there, path)
    else:
        shutil.copy(export_there, path)


def versions(path: Path, exports: Path) -> set[str]:
    """Whether an export is the old or the new one, as a whole if it is a folder.

    Anything else, such as half a file, is a failure.
    """
    old, new = (parts(in_format(exports / name, format_of(path))) for name in ("old", "new"))
    if path.suffix in (".xlsx", ".ods"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None, path
    current = parts(path)
    assert current in (old, new), path
    return {"old" if current == old else "new"}
