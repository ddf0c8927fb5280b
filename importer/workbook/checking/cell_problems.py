"""The problem of a bad cell: the reason and the fix."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from importer.base.similarity import is_misspelt
from importer.base.texts import N_, Text, shortened, text, visible
from importer.domain.otc_code import normalise_otc
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.sheets import Column
from importer.domain.tidying import tidy_text
from importer.workbook.cell import DIGITS, BadCell, Cell, cell_text
from importer.workbook.checking.cells import CHOICES_OF, SEPARATED
from importer.workbook.checking.dates import possible_days
from importer.workbook.checking.garbled import repaired
from importer.workbook.checking.schemas import Rule
from importer.workbook.labels import label_key

_ENTER = N_("Enter {expected}.")
_OF_THE_FILE = {
    Code.CELL_ERROR: (N_("The cell shows the error {value}."),
                      N_("Correct the formula, or enter {expected}.")),
    Code.FORMULA_WITHOUT_VALUE: (N_("The cell contains a formula whose result is not in the file."),
                                 N_("Open the file in Excel and save it, or enter the value.")),
    Code.MERGED_CELLS: (N_("The cell is part of the merged cells {value}."),
                        N_("Unmerge {value} and fill in each row.")),
}  # fmt: skip
"""The problems of cells that hold no value in the file."""
_TWO_READINGS = N_("“{value}” can mean {day_first} or {month_first}.")
_ENTER_ISO = N_("Enter {day_first} or {month_first}.")
_ENTER_ISO_OR_SAY = N_("Enter {day_first} or {month_first}. If all dates of the file are day first "
                       "or month first, run again with --dates dmy or --dates mdy.")  # fmt: skip
_DID_YOU_MEAN = N_("Did you mean {near}?")
_NO_SEPARATORS = N_("If you mean {number}, enter it without separators.")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_OTC_AS_TEXT = N_("Type it as text: Excel keeps only 15 digits of a number.")


def code_of(rule: Rule, cell: Cell) -> Code:
    """The code of the problem of a cell that breaks `rule`."""
    return cell.code if isinstance(cell, BadCell) and cell.code in _OF_THE_FILE else rule.code


def cell_problem(place: Place, column: Column, rule: Rule, cell: Cell) -> Problem:
    """The problem of a cell of `column`, in the row at `place`, that breaks `rule`."""
    code, reason, fix = code_of(rule, cell), rule.message, rule.fix
    if code is not rule.code:
        reason, fix = _OF_THE_FILE[code]
    value = cell_text(cell)
    known = place.sheet.columns.get(column.field)
    facts: dict[str, object] = {
        "column": known.header if known else column,
        "value": visible(shortened(value)),
        "length": len(value),
        "limit": rule.figures.get("limit"),
        "expected": text(column.kind.meaning),
    }
    near = None
    if code is Code.BAD_OTC and isinstance(cell, float):
        fix = _OTC_AS_TEXT if abs(cell) >= 10**DIGITS else fix
    elif code is Code.BAD_OTC:
        near = normalise_otc(_SEPARATORS.sub("", unicodedata.normalize("NFKC", value)))
    elif code is Code.GARBLED_TEXT:
        near = repaired(value)
    elif code is Code.BAD_CHOICE:
        key, words = label_key(value), CHOICES_OF[column.kind]
        near = next((word for word in words if is_misspelt(key, label_key(word))), None)
    elif code is Code.BAD_NUMBER and SEPARATED.fullmatch(tidy_text(value)):
        facts["number"] = "".join(digit for digit in value if digit.isdigit())
        fix = _NO_SEPARATORS
    elif code is Code.BAD_DATE and len(days := possible_days(cell)) > 1:
        facts["day_first"], facts["month_first"] = days
        is_evening = days[1] == days[0] + dt.timedelta(1)
        reason, fix = _TWO_READINGS, _ENTER_ISO if is_evening else _ENTER_ISO_OR_SAY
    if near:
        facts["near"], fix = near, _DID_YOU_MEAN
    return problem_at(
        place, column.field, code, Text(reason, facts), Text(fix, facts), value or None
    )
