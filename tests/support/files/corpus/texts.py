"""Books written as separated values, each sheet in a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.description import Book, Cell, Formula, Sheet
from xlsb_files import Error


@dataclass(frozen=True, slots=True)
class Text:
    """How values are separated and spelt in a text file."""

    encoding: str = "utf-8"
    separator: str = ","
    line_end: str = "\r\n"
    point: str = "."
    errors: Mapping[str, str] = field(default_factory=dict)

    def write(self, book: Book, folder: Path, suffix: str) -> list[Path]:
        """Each sheet with a meaning, in a file that is named after it."""
        paths = []
        for sheet in book.sheets:
            if sheet.meaning:
                path = folder / f"{book.name} - {sheet.name}{suffix}"
                path.write_bytes(self.of(sheet).encode(self.encoding))
                paths.append(path)
        return paths

    def of(self, sheet: Sheet) -> str:
        """The text of a sheet; blank cells are written up to its width."""
        width = max(map(len, sheet.rows))
        written = io.StringIO()
        writer = csv.writer(written, delimiter=self.separator, lineterminator=self.line_end)
        for row in sheet.rows:
            writer.writerow([self._cell(cell) for cell in row] + [""] * (width - len(row)))
        return written.getvalue()

    def _cell(self, cell: Cell) -> str:
        match cell:
            case None:
                return ""
            case Formula():
                return self._cell(cell.result)
            case bool():
                return str(cell).upper()
            case Error():
                return self.errors.get(cell.shown, cell.shown)
            case dt.datetime():
                return cell.isoformat(sep=" ")
            case float():
                return f"{cell:g}".replace(".", self.point)
            case _:
                return str(cell)


SPANISH = Text(
    "cp1252", ";", "\r\n", ",", {"#N/A": "#N/D", "#REF!": "#¡REF!", "#DIV/0!": "#¡DIV/0!"}
)
"""What "CSV (delimitado por comas)" is in a Spanish Excel."""


def write_text(
    name: str, rows: Sequence[Sequence[Any]], separator: str = ",", encoding: str = "utf-8"
) -> Path:
    """A text file of any rows, in the folder of the test."""
    path = Path(name).absolute()
    path.write_bytes(Text(encoding, separator).of(Sheet("", "", rows)).encode(encoding))
    return path
