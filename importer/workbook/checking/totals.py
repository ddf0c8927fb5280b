"""Recognise rows of totals at the end of a sheet, which are no rows to apply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from importer.domain.problems import Code
from importer.domain.sheets import Column, ColumnKind
from importer.domain.tidying import tidy_text
from importer.workbook.cell import BadCell, Cell, is_merged
from importer.workbook.checking.cells import SEPARATED, read_whole_number
from importer.workbook.labels import rough_words
from importer.workbook.reading.raw import FilledRows

_LAST_ROWS = 5
"""Rows at the end that may be totals, or notes below them."""
_WORDS = frozenset(
    {"gesamt", "gesamtsumme", "somme", "subtotal", "sum", "suma", "sumatoria", "summe", "total",
     "totale"}
)  # fmt: skip
"""The words of totals, as `rough_words` writes them, in languages that lists are kept in."""
_FURTHER_WORDS = frozenset(
    {"avira", "client", "cliente", "customer", "de", "final", "general", "gran", "grand",
     "licence", "licencia", "license", "no", "number", "of", "otc", "sub"}
)  # fmt: skip
"""Words that make no name of a customer out of a total: Grand Total, Total de licencias."""
_SIGNS = str.maketrans(dict.fromkeys("Σ∑", " sum "))
_COUNTS = frozenset({ColumnKind.LICENSES, ColumnKind.LICENSES_OR_NONE})


def total_rows(rows: FilledRows, columns: Mapping[int, Column]) -> Iterator[tuple[int, str]]:
    """The number of each row of totals, and its label; `columns` are the known ones by index.

    A row needs two of these: it says nothing but that it is a total, it gives the sum or the number
    of the rows above or ends in a colon, it lacks what every row needs. A customer may be called
    Total.
    """
    for at in range(max(len(rows) - _LAST_ROWS, 0), len(rows)):
        label = _label(rows, at, columns)
        if label is not None:
            yield rows.numbers[at], label


def _label(rows: FilledRows, at: int, columns: Mapping[int, Column]) -> str | None:
    """The label of the row at index `at`, perhaps a blank one; None if the row is no total."""
    cells = enumerate(column[at] for column in rows.columns)
    filled = {i: cell for i, cell in cells if not (cell is None or is_merged(cell))}
    numbers = {i: number for i, cell in filled.items() if (number := _number(cell)) is not None}
    texts = {i: cell for i, cell in filled.items() if isinstance(cell, str) and i not in numbers}
    others = filled.keys() - numbers.keys() - texts.keys()
    without_number = [words for words in texts.values() if not re.search("[0-9]", words)]
    if len(without_number) > 1 or not all(_is_formula(filled[i]) for i in others):
        return None
    label = " ".join(texts.values())
    words = set(rough_words(label.translate(_SIGNS)))
    if words.isdisjoint(_WORDS) if label else others:
        return None
    digits = set(filter(str.isdecimal, words))
    says_only_so = bool(label) and words <= _WORDS | _FURTHER_WORDS | digits
    if len(texts) > 1 and not says_only_so:
        return None
    is_incomplete = not columns or any(
        column.required and (i not in filled or (i in texts and column.kind is ColumnKind.OTC))
        for i, column in columns.items()
    )
    counts = {i: n for i, n in numbers.items() if i not in columns or columns[i].kind in _COUNTS}
    is_sum = (says_only_so or is_incomplete) and bool(counts) and all(
        _is_sum(number, list(map(_number, rows.columns[i][:at]))) for i, number in counts.items()
    )  # fmt: skip
    further = digits | {str(number) for i, number in numbers.items() if i not in counts}
    is_count = at > 1 and str(at) in further
    is_figure = is_sum or (says_only_so and (is_count or label.rstrip().endswith(":")))
    return label if sum((says_only_so, is_incomplete, is_figure)) > 1 else None


def _is_sum(number: int, above: Sequence[int | None]) -> bool:
    """Whether `number` is the sum of at least two numbers."""
    numbers = [one for one in above if one is not None]
    return len(numbers) > 1 and sum(numbers) == number


def _number(cell: Cell) -> int | None:
    """The whole number in a cell, also as text, and with separators of thousands."""
    value = read_whole_number(cell)
    if isinstance(value, str) and SEPARATED.fullmatch(tidy_text(value)):
        value = int(re.sub("[^0-9]", "", value))
    return value if type(value) is int else None


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell, BadCell) and cell.code is Code.FORMULA_WITHOUT_VALUE
