"""Write the corrections workbook: the refused rows, each bad cell coloured and explained."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence, Set
from itertools import chain, count
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.worksheet.formula import ArrayFormula

from importer.base.files import whole_file
from importer.domain.problems import Problem
from importer.workbook.checking.check import CheckedWorkbook
from importer.workbook.labels import META, UNDECIDED
from importer.workbook.reading.sandbox import read_workbook
from importer.workbook.writing.corrections_fresh import fresh_workbook
from importer.workbook.writing.corrections_marks import Marks
from importer.workbook.writing.corrections_own import load_small, own_workbook

_CORRECTED = re.compile(r"\.corrections(-\d+)?$")
_DIGEST = "digest"
_SOURCE = "source"


def write_corrections(
    path: Path, source: Path, checked: CheckedWorkbook, problems: Sequence[Problem],
    refused: Set[tuple[str, int]] | None,
) -> None:  # fmt: skip
    """Write to `path` the rows of `source` that are `refused` (None: all), and the reasons.

    `checked` is the result of checking `source`; `problems` are those of the whole workbook. If
    nothing was applied, all rows are written: the corrected workbook then replaces the first one.
    """
    marks = Marks(problems, refused)
    workbook = own_workbook(source, checked, marks) or fresh_workbook(checked.sheets, marks)
    marks.add_list(workbook)
    _sign(workbook, source, checked.is_undecided)
    with whole_file(path) as temporary:
        workbook.save(temporary)


def corrections_path(workbook: Path, chosen: Path | None) -> Path:
    """The path of the corrections of `workbook`: beside it, or the `chosen` file or folder.

    A file that was edited since it was written is never replaced; the next free name is used.
    """
    if chosen is not None and not chosen.is_dir():
        first = chosen
    else:
        folder = workbook.parent if chosen is None else chosen
        first = folder / f"{_CORRECTED.sub('', workbook.stem)}.corrections.xlsx"
    further = (first.with_name(f"{first.stem}-{n}{first.suffix}") for n in count(2))
    return next(path for path in chain([first], further) if _is_free(path, workbook))


def _is_free(path: Path, workbook: Path) -> bool:
    """Whether `path` does not exist, or holds unedited corrections of `workbook`."""
    if not path.exists():
        return True
    try:
        read_workbook(path)  # check that it is safe to open
        corrections = load_small(path.read_bytes())
        if corrections is None:
            return False
        meta = {label: value for label, value, *_ in corrections[META].iter_rows(values_only=True)}
    except Exception:  # openpyxl raises anything for a file of another program
        return False
    return meta.get(_SOURCE) == _source(workbook) and meta.get(_DIGEST) == _digest(corrections)


def _sign(corrections: Workbook, source: Path, is_undecided: bool) -> None:
    """Store in the hidden sheet of `corrections` the facts that later prove it unedited.

    Dates that contradict each other are noted too: alone, one of them would be certain.
    """
    meta = corrections[META]
    for row in reversed(range(1, meta.max_row + 1)):
        if meta.cell(row, 1).value in (_SOURCE, _DIGEST, UNDECIDED):
            meta.delete_rows(row)
    if is_undecided:
        meta.append((UNDECIDED,))
    meta.append((_SOURCE, _source(source)))
    meta.append((_DIGEST, _digest(corrections)))


def _source(workbook: Path) -> str:
    """The identity of a workbook, which does not reveal its folder."""
    return hashlib.sha256(str(workbook.resolve()).encode(errors="surrogateescape")).hexdigest()


def _digest(workbook: Workbook) -> str:
    """A digest of all cells."""
    digest = hashlib.sha256()
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows() if sheet.title != META else ():
            for cell in row:
                if cell.value is not None:
                    value = _as_read(cell.value)
                    digest.update(f"{sheet.title}!{cell.coordinate}={value}\n".encode())
    return digest.hexdigest()


def _as_read(value: object) -> str:
    """A value as openpyxl reads it back: a date becomes an instant, 5.0 becomes 5."""
    match value:
        case dt.date() if not isinstance(value, dt.datetime):
            return repr(dt.datetime.combine(value, dt.time()))
        case CellRichText():
            return repr(str(value))
        case ArrayFormula():
            return repr(value.text)
        case float() if value.is_integer():
            return repr(int(value))
        case _:
            return repr(value)
