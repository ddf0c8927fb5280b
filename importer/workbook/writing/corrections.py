"""The corrections workbook: refused rows given back, each bad cell coloured and explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from importer.base.files import whole_file
from importer.domain.problems import Problem, Severity
from importer.workbook.checking.check import CheckedWorkbook
from importer.workbook.writing.corrections_fresh import fresh_workbook
from importer.workbook.writing.corrections_marks import Places, list_problems
from importer.workbook.writing.corrections_own import own_workbook
from importer.workbook.writing.corrections_place import stamp


def write_corrections(
    path: Path,
    source: Path,
    checked: CheckedWorkbook,
    problems: Sequence[Problem],
    refused: set[tuple[str, int]] | None,
) -> None:
    """Write to `path` the rows of `source` that are `refused` (None: all), and why they are.

    `checked` is what was read of `source`, `problems` are those of the whole workbook, by place.
    A row that was not refused is given back too where nothing was applied, so that applying the
    mended workbook finishes the job.
    """
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    by_sheet: dict[str | None, list[Problem]] = defaultdict(list)
    for problem in errors:
        by_sheet[problem.sheet].append(problem)

    def is_refused(sheet: str, row: int) -> bool:
        return refused is None or (sheet, row) in refused

    places: Places = {}
    wanted = None if refused is None else is_refused
    workbook = own_workbook(source, checked, wanted, by_sheet, places)
    if workbook is None:
        places.clear()
        workbook = fresh_workbook(checked.sheets, is_refused, by_sheet, places)
    list_problems(workbook, errors, places)
    stamp(workbook, source)
    with whole_file(path) as temporary:
        workbook.save(temporary)
