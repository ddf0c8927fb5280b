"""The problems of a sheet's layout."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from importer.base.texts import N_, Text, first_of, text, visible
from importer.domain.problems import Code, ColumnPlace, Problem
from importer.domain.sheets import SHEETS, Column, Sheet
from importer.domain.tidying import tidy_text
from importer.workbook.labels import column_named, language_of
from importer.workbook.likeness import columns_like
from importer.workbook.markup import column_letters
from importer.workbook.reading.raw import RawSheet

_FINE = N_("No action is needed if this is correct.")
_MOST_NAMED = 100
"""Ranges of rows that a message names."""


def hidden_cells(
    raw: RawSheet, numbers: Iterable[int], columns: Mapping[str, int]
) -> Iterator[Problem]:  # fmt: skip
    """The hidden parts of a sheet of which the rows with these `numbers` were read."""
    hidden_rows = set(raw.markup.hidden_rows).intersection(numbers)
    hidden_columns = [
        column_letters(index + 1)
        for index in sorted(columns.values())
        if any(first <= index + 1 <= last for first, last in raw.markup.hidden_columns)
    ]
    fix = N_("They are read like all others. Delete them if they should not be applied.")
    for is_hidden, message in (
        (raw.hidden, N_("The sheet {sheet} is hidden.")),
        (hidden_rows, N_("Hidden rows of {sheet}: {rows}.")),
        (hidden_columns, N_("Hidden columns of {sheet}: {columns}.")),
    ):
        if is_hidden:
            yield _problem(Code.HIDDEN_ROWS, raw, message, fix,
                           rows=_ranges(hidden_rows), columns=hidden_columns)  # fmt: skip


def ignored_sheet(raw: RawSheet) -> Problem:
    """A sheet that is not part of the onboarding workbook."""
    return _problem(
        Code.IGNORED_SHEET, raw,
        N_("The sheet {sheet} was not recognised and was ignored."),
        N_("If its rows should be applied, rename it to one of: {sheets}."), sheets=SHEETS,
    )  # fmt: skip


def unreadable_sheet(raw: RawSheet) -> Problem:
    """A sheet whose cells were counted twice, with different results."""
    return _problem(
        Code.UNREADABLE_SHEET, raw,
        N_("Not every cell of {sheet} can be read. Cells that may be wrong or missing: {cells}."),
        N_("Open the workbook in Excel, save it, and try again."), cells=raw.unread,
    )  # fmt: skip


def unknown_sheet(raw: RawSheet, candidates: Sequence[Sheet], is_only: bool) -> Problem:
    """A sheet that has known columns or a similar name, but could be several sheets."""
    if not raw.is_named:
        message = N_("It is not clear which sheet {sheet} holds: it has columns of {sheets}.")
        fix = N_('Name the sheet, for example --sheet "{first}", or name the file after it.')
    else:
        message = N_("The name of the sheet {sheet} was not recognised.")
        fix = N_("Did you mean {near}? Rename the sheet.")
        if is_only:
            fix = N_('Did you mean {near}? Rename the sheet, or say what it holds, for example '
                     '--sheet "{first}".')  # fmt: skip
    return _problem(Code.UNKNOWN_SHEET, raw, message, fix,
                    sheets=candidates, first=candidates[0], near=_either(candidates))  # fmt: skip


def similar_sheet_name(raw: RawSheet, sheet: Sheet) -> Problem:
    """A sheet whose name is slightly different from a known one."""
    return _problem(
        Code.NORMALISED, raw, N_("The sheet “{before}” was read as “{meant}”."), _FINE,
        value=raw.name, before=visible(raw.name), meant=sheet.title(language_of(raw.name, sheet)),
    )  # fmt: skip


def title_rows(raw: RawSheet, row: int, above: Sequence[int]) -> Problem:
    """A header below other rows, which were ignored."""
    message = N_("The header of {sheet} is in row {row}.")
    if above:
        message = N_("The header of {sheet} is in row {row}. The rows above it ({rows}) were "
                     "ignored.")  # fmt: skip
    fix = N_("No action is needed if they are titles.")
    return _problem(Code.TITLE_ROWS, raw, message, fix, row, rows=_ranges(above))


def header_below_data(raw: RawSheet, row: int) -> Problem:
    """A header below rows that look like data."""
    return _problem(
        Code.MISSING_COLUMN, raw,
        N_("The header of {sheet} is in row {row}, below rows that look like data."),
        N_("Move the header above them, or delete them."), row,
    )  # fmt: skip


def missing_column(raw: RawSheet, sheet: Sheet, column: Column, row: int) -> Problem:
    """A required column that is missing."""
    title = column.title(language_of(raw.title, sheet))
    facts = {"sheet": raw.name, "column": title, "expected": text(column.kind.meaning)}
    return Problem(
        Code.MISSING_COLUMN,
        Text(N_("{sheet} has no column named {column}."), facts),
        Text(N_("Add {column} to the header, and below it: {expected}."), facts),
        raw.name, row, column.header, title,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a column: its sheet, its row, its index (A is 0) and its name."""

    sheet: RawSheet
    row: int
    index: int
    name: str


def unknown_column(
    header: Header, sheet: Sheet, taken: Collection[str]
) -> tuple[Problem, Collection[str]]:
    """A column that may be a known one, or else is ignored, and the fields that it may fill.

    Columns of the fields `taken` are there already.
    """
    language = language_of(header.sheet.title, sheet)
    missing = {column.field: column.title(language) for column in sheet.columns
               if column.field not in taken}  # fmt: skip
    if not header.name and missing:  # its header may have been deleted
        problem = _header_problem(
            Code.UNKNOWN_COLUMN, header,
            N_("Column {column} of {sheet} has values but no header."),
            N_("Name it as one of: {columns}. If it is your own, give it any other name."),
            columns=list(missing.values()),
        )  # fmt: skip
        return problem, missing.keys()
    if like := columns_like(sheet, header.name, taken, language):
        return misnamed_column(header, list(like.values())), like.keys()
    if others := [other for other in SHEETS if column_named(other, header.name)]:
        return _header_problem(
            Code.UNKNOWN_COLUMN, header, N_("{sheet} has no column named {column}."),
            N_("It belongs to {sheets}. Move it there, or rename it if it is your own."),
            sheets=_either(others),
        ), ()  # fmt: skip
    return _header_problem(
        Code.IGNORED_COLUMN, header,
        N_("The column {column} of {sheet} was not recognised and was ignored."),
        N_("No action is needed if it is your own."),
    ), ()  # fmt: skip


def misnamed_column(header: Header, titles: Sequence[str]) -> Problem:
    """A column that may be one of those with these `titles`."""
    return _header_problem(
        Code.UNKNOWN_COLUMN, header,
        N_("The column {column} of {sheet} was not recognised."),
        N_("Did you mean {near}? Rename it, or choose a different name if it is your own."),
        near=_either(titles),
    )  # fmt: skip


def total_row(raw: RawSheet, row: int, label: str) -> Problem:
    """A row that adds up those above it."""
    return _problem(Code.MISSING_VALUE, raw, N_("Row {row} looks like a total, not a row."),
                    N_("Delete it."), row, label or None)  # fmt: skip


def tidied_header(header: Header, column: ColumnPlace) -> Problem:
    """A header with characters that cannot be seen."""
    return _header_problem(
        Code.NORMALISED, header, N_("“{before}” was read as “{after}”."), _FINE,
        column.name, before=visible(header.name), after=column.header,
    )  # fmt: skip


def duplicate_column(header: Header, first: ColumnPlace) -> Problem:
    """A column that occurs twice."""
    return _header_problem(
        Code.DUPLICATE_COLUMN, header,
        N_("{sheet} has two columns named {column}: {first} and {letter}."),
        N_("Delete one of them."), first.name, first=first.letter,
    )  # fmt: skip


def _problem(
    code: Code, raw: RawSheet, message: str, fix: str, row: int | None = None,
    value: str | None = None, **facts: object,
) -> Problem:  # fmt: skip
    """A problem of a whole sheet, or of a row of it."""
    facts |= {"sheet": raw.name, "row": row}
    return Problem(code, Text(message, facts), Text(fix, facts), raw.name, row, value=value)


def _header_problem(
    code: Code, header: Header, message: str, fix: str, known: str | None = None, **facts: object
) -> Problem:
    """A problem of a column; `known` is its English name if it is known."""
    letter = column_letters(header.index + 1)
    title = tidy_text(header.name) or letter
    facts |= {"sheet": header.sheet.name, "column": title, "letter": letter}
    return Problem(
        code, Text(message, facts), Text(fix, facts), header.sheet.name, header.row,
        known or title, title, f"{letter}{header.row}", header.name,
    )  # fmt: skip


def _ranges(numbers: Sequence[int] | set[int]) -> list[str]:
    """Row numbers in short: 4-7, 9, … (+3)."""
    runs = groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    ranges = ([number for _, number in run] for _, run in runs)
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ranges]
    return first_of(words, _MOST_NAMED)


def _either(choices: Sequence[object]) -> object:
    """A choice in words: A, B or C."""
    if len(choices) == 1:
        return choices[0]
    return text(N_("{first} or {last}"), first=list(choices[:-1]), last=choices[-1])
