"""Write the corrections workbook: the refused rows, each bad cell coloured and explained."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence, Set
from itertools import chain, count
from pathlib import Path
from zipfile import ZipFile

from importer.base.files import whole_file
from importer.domain.problems import Problem
from importer.workbook.checking.check import CheckedWorkbook
from importer.workbook.labels import META, UNDECIDED
from importer.workbook.writing.corrections_fresh import fresh_workbook
from importer.workbook.writing.corrections_marks import Marks
from importer.workbook.writing.corrections_own import own_workbook
from importer.workbook.writing.new_rows import save

_CORRECTED = re.compile(r"\.corrections(-\d+)?$")
_SIGNATURE = "docProps/corrections.xml"


def write_corrections(
    path: Path, checked: CheckedWorkbook, problems: Sequence[Problem],
    refused: Set[tuple[str, int]] | None,
) -> None:  # fmt: skip
    """Write to `path` the `refused` rows of the workbook (None: all), and the reasons.

    `problems` are those of the whole workbook. If nothing was applied, all rows are written: the
    corrected workbook then replaces the first one.
    """
    marks = Marks(problems, refused)
    own = own_workbook(checked, marks)
    workbook, added = (own, []) if own else fresh_workbook(checked.sheets, marks)
    added.append(marks.add_list(workbook))
    meta = workbook[META]
    if checked.is_undecided and meta.cell(meta.max_row, 1).value != UNDECIDED:
        meta.append((UNDECIDED,))  # alone, one of the dates that contradict each other is certain
    with whole_file(path) as temporary:
        save(workbook, added, temporary)
        with ZipFile(temporary, "a") as archive:
            archive.writestr(_SIGNATURE, _signature(checked.path, archive))


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
        with ZipFile(path) as archive, archive.open(_SIGNATURE) as part:
            signature = _signature(workbook, archive)
            return part.read(len(signature) + 1) == signature
    except Exception:  # zipfile raises anything for a file of another program
        return False


def _signature(source: Path, archive: ZipFile) -> bytes:
    """What corrections of `source` carry, in a part that every program drops as it saves them.

    It is made of all other parts and does not reveal the folder.
    """
    parts = [
        (part.filename, part.CRC) for part in archive.infolist() if part.filename != _SIGNATURE
    ]
    digest = hashlib.sha256(repr((os.fsencode(source.resolve()), parts)).encode()).hexdigest()
    return f"<corrections>{digest}</corrections>".encode()
