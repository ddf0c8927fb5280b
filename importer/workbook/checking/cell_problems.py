"""The problem of a bad cell: the reason and the fix."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from contextlib import suppress

from importer.base.similarity import is_misspelt
from importer.base.texts import N_, Text, shortened, text
from importer.domain.otc_code import normalise_otc
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.sheets import Column
from importer.workbook.cell import Cell, cell_text
from importer.workbook.checking.cells import CHOICES_OF, FIRST_DATE, LATE
from importer.workbook.labels import label_key

_ENTER = N_("Enter {expected}.")
_TEMPLATES = {
    Code.MISSING_VALUE: (N_("{column} is blank."), _ENTER),
    Code.BAD_OTC: (N_("“{value}” is not an OTC."), _ENTER),
    Code.BAD_EMAIL: (N_("“{value}” is not an email address."), _ENTER),
    Code.BAD_NUMBER: (N_("“{value}” is not a valid number for {column}."), _ENTER),
    Code.BAD_DATE: (N_("“{value}” is not a date in an accepted form."), _ENTER),
    Code.BAD_CHOICE: (N_("“{value}” is not a valid choice for {column}."), _ENTER),
    Code.TOO_LONG: (N_("{column} has {length} characters; the limit is {limit}."),
                    N_("Shorten it.")),
    Code.BAD_CHARACTERS: (N_("{column} contains a line break or another control character."),
                          N_("Type it again on one line.")),
    Code.CELL_ERROR: (N_("The cell shows the error {value}."),
                      N_("Correct the formula, or enter {expected}.")),
    Code.FORMULA_WITHOUT_VALUE: (N_("The cell contains a formula whose result is not in the file."),
                                 N_("Open the file in Excel and save it, or enter the value.")),
    Code.MERGED_CELLS: (N_("The cell is part of the merged cells {value}."),
                        N_("Unmerge {value} and fill in each row.")),
}  # fmt: skip
_TWO_READINGS = N_("“{value}” can mean {day_first} or {month_first}.")
_ENTER_ISO = N_("Enter {day_first} or {month_first}.")
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2}|[0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2}|[0-9]{4})")
_DAY_AND_HOUR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}):.*")
_DID_YOU_MEAN = N_("Did you mean {near}?")
_NO_SEPARATORS = N_("If you mean {number}, enter it without separators.")
_SEPARATED = re.compile(r"[0-9]{1,3}(?:[.,' \u00a0\u202f’][0-9]{3})+")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_OTC_AS_TEXT = N_("Type it as text: Excel keeps only 15 digits of a number.")


def cell_problem(place: Place, column: Column, code: Code, cell: Cell) -> Problem:
    """The problem `code` of the cell of `column` in the row at `place`."""
    value = cell_text(cell)
    reason, fix = _TEMPLATES[code]
    facts: dict[str, object] = {
        "column": place.sheet.columns[column.field].header,
        "value": shortened(value),
        "length": len(value),
        "limit": column.limit,
        "expected": text(column.kind.meaning),
    }
    near = None
    if code is Code.BAD_OTC:
        fix = _OTC_AS_TEXT if isinstance(cell, float) else fix
        near = normalise_otc(_SEPARATORS.sub("", unicodedata.normalize("NFKC", value)))
    elif code is Code.BAD_CHOICE:
        key, words = label_key(value), CHOICES_OF[column.kind]
        near = next((word for word in words if is_misspelt(key, label_key(word))), None)
    elif code is Code.BAD_NUMBER and _SEPARATED.fullmatch(value.strip()):
        facts["number"] = "".join(digit for digit in value if digit.isdigit())
        fix = _NO_SEPARATORS
    elif code is Code.BAD_DATE:
        readings = _readings(value)
        if len(readings) == 2:
            facts["day_first"], facts["month_first"] = readings
            reason, fix = _TWO_READINGS, _ENTER_ISO
        elif readings:
            near = readings[0].isoformat()
    if near:
        facts["near"], fix = near, _DID_YOU_MEAN
    return problem_at(
        place, column.field, code, Text(reason, facts), Text(fix, facts), value or None
    )


def _readings(value: str) -> list[dt.date]:
    """The days that `value` may mean, day before month first, or the evening's before the next."""
    moment = _DAY_AND_HOUR.fullmatch(value.strip())
    if moment and int(moment[2]) >= LATE:
        with suppress(ValueError):
            evening = dt.date.fromisoformat(moment[1])
            return [evening, evening + dt.timedelta(1)]
    typed = _DAY_AND_MONTH.fullmatch(value.strip())
    if typed is None:
        return []
    first, second, third = (int(number) for number in typed.groups())
    readings = [(third, second, first), (third, first, second)]
    if len(typed[1]) == 4:
        readings = [(first, second, third)]
    days: dict[dt.date, None] = {}
    for year, month, day in readings:
        with suppress(ValueError):
            days[dt.date(year, month, day)] = None
    return [day for day in days if day >= FIRST_DATE]
