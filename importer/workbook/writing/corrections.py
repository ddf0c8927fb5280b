"""Write the corrections workbook: the refused rows, each bad cell coloured and explained."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator, Sequence, Set
from itertools import chain, count
from pathlib import Path
from zipfile import ZipFile

from openpyxl import Workbook

from importer.base.files import whole_file
from importer.base.texts import current_language
from importer.config.limits import DEFAULT_LIMITS, Limits
from importer.domain.problems import Problem, Problems
from importer.workbook.checking.check import CheckedWorkbook
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.reading.sandbox import run
from importer.workbook.reading.source import open_source
from importer.workbook.writing.corrections_fresh import fresh_workbook
from importer.workbook.writing.corrections_marks import Marks
from importer.workbook.writing.corrections_own import Marking, finish
from importer.workbook.writing.new_rows import save

_CORRECTED = re.compile(r"\.corrections(-\d+)?$")
_SIGNATURE = "docProps/corrections.xml"
_MARKER = "importer.workbook.writing.corrections_own"


def write_corrections(
    path: Path, checked: CheckedWorkbook, problems: Sequence[Problem],
    refused: Set[tuple[str, int]] | None, limits: Limits = DEFAULT_LIMITS,
) -> None:  # fmt: skip
    """Write to `path` the `refused` rows of the workbook (None: all), and the reasons.

    `problems` are those of the whole workbook. If nothing was applied, all rows are written: the
    corrected workbook then replaces the first one.
    """
    content = _own(checked, problems, refused, limits)
    if content is None:
        marks = Marks(problems, refused)
        workbook, added = fresh_workbook(checked.sheets, marks)
        written = io.BytesIO()
        finish(workbook, added, marks, written, is_undecided=checked.is_undecided)
        content = written.getvalue()
    _write(path, content, checked.path)


def write_list(path: Path, source: Path, problems: Problems) -> None:
    """Write to `path` only the problems of the workbook `source`."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    lines = Marks(problems.in_full, None, problems.further).add_list(workbook)
    written = io.BytesIO()
    save(workbook, [lines], written)
    _write(path, written.getvalue(), source)


def _write(path: Path, content: bytes, source: Path) -> None:
    """Write the corrections of the workbook `source`."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
        with ZipFile(temporary, "a") as archive:
            archive.writestr(_SIGNATURE, _signature(source, archive))


def _own(
    checked: CheckedWorkbook, problems: Sequence[Problem], refused: Set[tuple[str, int]] | None,
    limits: Limits,
) -> bytes | None:  # fmt: skip
    """The checked workbook with its problems marked; None if it cannot be given back."""
    above = (  # rows instead of a header, or above it
        min(sheet.rows.numbers, default=sheet.header_row + 1) <= sheet.header_row
        for sheet in checked.sheets
    )
    is_unread = any(sheet.is_unread for sheet in checked.sheets)
    if not checked.is_template or is_unread or any(above):
        return None
    language = current_language()
    work = Marking(checked.sheets, problems, refused, checked.is_undecided, language, limits)
    try:
        source = open_source(checked.path, limits)
        content, sha256 = run(_MARKER, work, source, limits, _joined)
    except (RefusedError, OSError):  # it is gone, or openpyxl takes too long or too much memory
        return None
    return content if content and sha256 == checked.sha256 else None


def _joined(parts: Iterator[object]) -> bytes:
    return b"".join(part for part in parts if isinstance(part, bytes))


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
