"""Say which sheet a text file holds, or the only sheet of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from importer.base.errors import FileError, MisuseError
from importer.base.texts import N_, text
from importer.domain.problems import Code
from importer.workbook.checking.header import first_headers
from importer.workbook.labels import is_own_sheet, language_of, sheet_in_file_name, sheet_named
from importer.workbook.likeness import sheets_with
from importer.workbook.reading.raw import RawSheet


def filled_sheets(sheets: Sequence[RawSheet]) -> list[RawSheet]:
    """The sheets that may hold rows to apply: visible, filled, not written by the program. One
    with a known name is not filled if there is only its header."""
    return [
        sheet for sheet in sheets
        if len(sheet.rows) > bool(sheet_named(sheet.name)) and not sheet.hidden
        and not is_own_sheet(sheet.name)
    ]  # fmt: skip


def name_sheets(path: Path, sheets: Sequence[RawSheet], chosen: str | None) -> None:
    """Name the sheet of a text file, and the only sheet of a workbook as `chosen`.

    Raise MisuseError if there are several to choose for, FileError if a name says otherwise.
    """
    if chosen is not None:
        _choose(path, filled_sheets(sheets) or (sheets if len(sheets) == 1 else ()), chosen)
    for sheet in sheets:
        if not sheet.is_named:
            meant = sheet_named(sheet.chosen or "") or sheet_in_file_name(sheet.name)
            rows = first_headers(sheet.rows).values()
            candidates = [meant] if meant else sheets_with(rows)
            if len(candidates) == 1:
                sheet.name = candidates[0].title(language_of(sheet.title, candidates[0]))
                sheet.is_named = True


def _choose(path: Path, sheets: Sequence[RawSheet], chosen: str) -> None:
    if len(sheets) > 1:
        message = N_(
            "--sheet names what the only filled sheet of a file holds, but {path} has "
            "{count}: {sheets}. Leave it out, and rename those that have other names."
        )
        names = [sheet.name for sheet in sheets]
        raise MisuseError(text(message, path=path, count=len(names), sheets=names))
    meant = sheet_named(chosen)
    assert meant is not None, "the command line accepts no other names"
    for sheet in sheets:
        stated = sheet_named(sheet.name) if sheet.is_named else sheet_in_file_name(sheet.name)
        if stated not in (None, meant):
            message = N_("{path} is {other} by name, but --sheet says {sheet}.")
            raise FileError(
                Code.UNREADABLE_FILE, text(message, path=path, other=stated, sheet=chosen),
                text(N_("Leave --sheet out, or correct the name.")),
            )  # fmt: skip
        sheet.chosen = meant.title(language_of(chosen, meant))
