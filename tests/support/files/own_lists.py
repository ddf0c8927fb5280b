"""A list of a person's own, in the formats in which people keep them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stream_write_ods import stream_write_ods

from builders import write_cells
from xlsb_files import XlsbSheet, write_xlsb

LIST_SUFFIXES = (".xlsx", ".xlsb", ".ods", ".csv")


def write_list(path: Path, name: str, rows: Sequence[Sequence[Any]]) -> Path:
    """The rows as the only sheet, in the format of the path's suffix."""
    width = max(map(len, rows))
    grid = [[*row, *[None] * (width - len(row))] for row in rows]
    match path.suffix:
        case ".xlsx":
            write_cells(path, {name: grid})
        case ".xlsb":
            cells = {(r, c): v for r, row in enumerate(grid) for c, v in enumerate(row)}
            write_xlsb(path, [XlsbSheet(name, {at: v for at, v in cells.items() if v is not None})])
        case ".ods":
            header, *below = ([v if v is not None else "" for v in row] for row in grid)
            path.write_bytes(b"".join(stream_write_ods([(name, header, below)])))
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerows(grid)
    return path
