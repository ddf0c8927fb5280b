"""Workbooks as archives of parts, and what openpyxl does not write by itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from openpyxl import Workbook

from builders import edit_workbook

Parts = Mapping[str, bytes]
"""The parts of an archive by name."""

SHEET = "xl/worksheets/sheet1.xml"
"""The part of an xlsx that holds its first sheet."""


def as_text(path: Path) -> Path:
    """Turn what openpyxl has taken for formulas and error values into text."""

    def edit(workbook: Workbook) -> None:
        for cell in (cell for sheet in workbook for row in sheet for cell in row):
            if cell.data_type in "fe":
                cell.data_type = "s"

    return edit_workbook(path, edit)


def read_parts(file: Path | IO[bytes]) -> dict[str, bytes]:
    """The parts of an archive."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, parts: Parts) -> Path:
    """An archive of `parts`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def change_part(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Change one part of the archive at `path`."""
    parts = read_parts(path)
    changed = change(parts[part])
    assert changed != parts[part], f"nothing to change in {part}"
    return pack(path, {**parts, part: changed})


def substitute(path: Path, part: str, pattern: str, replacement: str) -> Path:
    """Replace every match of `pattern` in one part of the archive at `path`."""
    return change_part(
        path, part, lambda content: re.sub(pattern, replacement, content.decode()).encode()
    )
