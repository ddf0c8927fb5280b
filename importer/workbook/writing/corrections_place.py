"""Where a corrections workbook goes, and whether somebody has worked on the one that is there."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from itertools import chain, count
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.worksheet.formula import ArrayFormula

from importer.workbook.labels import META
from importer.workbook.reading.sandbox import read_workbook
from importer.workbook.writing.loading import load_small

_CORRECTED = re.compile(r"\.corrections(-\d+)?$")
_DIGEST = "digest"
_SOURCE = "source"


def corrections_path(workbook: Path, chosen: Path | None) -> Path:
    """Where the corrections of `workbook` go: beside it, or to the `chosen` file or folder.

    A file that somebody has worked on since it was written is never taken; the next free name is.
    """
    if chosen is not None and not chosen.is_dir():
        first = chosen
    else:
        folder = workbook.parent if chosen is None else chosen
        first = folder / f"{_CORRECTED.sub('', workbook.stem)}.corrections.xlsx"
    further = (first.with_name(f"{first.stem}-{n}{first.suffix}") for n in count(2))
    ours = (path for path in chain([first], further) if _is_ours_to_replace(path, workbook))
    return next(ours)


def _is_ours_to_replace(path: Path, workbook: Path) -> bool:
    """Whether nothing is at `path`, or corrections of `workbook` that nobody has changed."""
    if not path.exists():
        return True
    try:
        read_workbook(path)  # it may be anybody's
        written = load_small(path.read_bytes())
        if written is None:
            return False
        meta: dict[object, object] = {
            row[0]: row[1] for row in written[META].iter_rows(max_col=2, values_only=True)
        }
    except Exception:  # whatever openpyxl thinks of it, it is no file of ours
        return False
    return meta.get(_SOURCE) == _source(workbook) and meta.get(_DIGEST) == _digest(written)


def _digest(workbook: Workbook) -> str:
    """A digest of what the sheets say, to see whether somebody has changed it."""
    digest = hashlib.sha256()
    for sheet in workbook.worksheets:
        if sheet.title == META:
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    digest.update(
                        f"{sheet.title}!{cell.coordinate}={_as_read(cell.value)}\n".encode()
                    )
    return digest.hexdigest()


def stamp(corrections: Workbook, source: Path) -> None:
    """Write into the hidden sheet of `corrections` what tells later whether it was changed."""
    meta = corrections[META]
    for row in reversed(range(1, meta.max_row + 1)):
        if meta.cell(row, 1).value in (_SOURCE, _DIGEST):
            meta.delete_rows(row)
    meta.append((_SOURCE, _source(source)))
    meta.append((_DIGEST, _digest(corrections)))


def _source(workbook: Path) -> str:
    """What tells a workbook from others of its name, without telling where it is."""
    return hashlib.sha256(str(workbook.resolve()).encode(errors="surrogateescape")).hexdigest()


def _as_read(value: object) -> str:
    """A value as it is read back from a file: a date has become an instant, a 5.0 a 5."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if isinstance(value, CellRichText):
        return repr(str(value))
    if isinstance(value, ArrayFormula):
        return repr(value.text)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return repr(value)
