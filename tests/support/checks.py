"""Small workbooks, checked or applied as soon as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from builders import Sheets, write_cells, write_workbook
from command_line import CommandLine, CommandResult

Content = Sheets | Mapping[str, Iterable[Sequence[Any]]]
"""Rows by header, as for write_workbook, or cells, as for write_cells."""


def write(content: Content, path: Path | None = None) -> Path:
    """A workbook, in the folder of the test unless its path is given."""
    path = path or Path("x.xlsx").absolute()
    if isinstance(content, Mapping):
        return write_cells(path, content)
    return write_workbook(path, content)


def check(command: CommandLine, content: Content, *options: str) -> CommandResult:
    """Check a workbook, with --json."""
    return command("check", write(content), "--json", *options)


def apply(command: CommandLine, content: Content, *options: str) -> CommandResult:
    """Apply a workbook, with --json."""
    return command("apply", write(content), "--json", *options)
