"""What to say of a sheet that is not laid out as it should be, or holds what was not used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from importer.base.texts import N_, Text, current_language, text
from importer.domain.problems import Code, ColumnPlace, Problem
from importer.domain.sheets import SHEETS, Column, Sheet
from importer.workbook.cell import Cell
from importer.workbook.labels import language_of
from importer.workbook.markup import column_letters
from importer.workbook.reading.raw import RawSheet


def hidden_problems(
    raw: RawSheet, rows: Sequence[tuple[int, Sequence[Cell]]], columns: Mapping[str, int]
) -> Iterator[Problem]:
    """What of a sheet is hidden and was read all the same."""
    if raw.hidden:
        yield _hidden_problem(raw, text(N_("The sheet {sheet} is hidden."), sheet=raw.name))
    filled = {number for number, _ in rows}
    hidden = sorted(filled.intersection(raw.markup.hidden_rows))
    if hidden:
        yield _hidden_problem(
            raw, text(N_("Hidden rows of {sheet}: {rows}."), sheet=raw.name, rows=_ranges(hidden))
        )
    letters = [
        column_letters(index + 1)
        for index in sorted(columns.values())
        if any(first <= index + 1 <= last for first, last in raw.markup.hidden_columns)
    ]
    if letters:
        yield _hidden_problem(
            raw, text(N_("Hidden columns of {sheet}: {columns}."), sheet=raw.name, columns=letters)
        )


def _ranges(numbers: list[int]) -> list[str]:
    """Sorted numbers as a person writes them: 4-7, 9."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]


def _hidden_problem(raw: RawSheet, message: Text) -> Problem:
    fix = text(N_("They are read like all others; delete them if they are not meant."))
    return Problem(Code.HIDDEN_ROWS, message, fix, raw.name)


def ignored_sheet(raw: RawSheet) -> Problem:
    """A sheet that is none of ours."""
    return Problem(
        Code.IGNORED_SHEET,
        text(N_("The sheet {sheet} is none of ours; nothing in it was used."), sheet=raw.name),
        text(N_("If its rows are meant, name it as one of: {sheets}."), sheets=_titles(SHEETS)),
        raw.name,
    )


def unknown_sheet(raw: RawSheet, may_be: Sequence[Sheet]) -> Problem:
    """A sheet that is one of ours, but nothing tells which."""
    if not raw.told:
        return Problem(
            Code.UNKNOWN_SHEET,
            text(N_("Nothing tells which sheet {sheet} holds: it has columns of {sheets}."),
                 sheet=raw.name, sheets=_titles(may_be)),
            text(N_('Say which, such as --sheet "{sheet}", or name the file after the sheet.'),
                 sheet=may_be[0].title(current_language())),
            raw.name,
        )  # fmt: skip
    return Problem(
        Code.UNKNOWN_SHEET,
        text(N_("The sheet {sheet} has columns of ours, but no name of ours."), sheet=raw.name),
        text(N_("Did you mean {near}? Name it so."), near=_or(_titles(may_be)))
        if len(may_be) < len(SHEETS) / 2
        else text(N_("Name it as one of: {sheets}."), sheets=_titles(SHEETS)),
        raw.name,
    )


def roughly_named_sheet(raw: RawSheet, sheet: Sheet) -> Problem:
    """A sheet whose name is nearly one of ours."""
    meant = sheet.title(language_of(raw.name, sheet))
    return Problem(
        Code.NORMALISED,
        text(N_("The sheet “{sheet}” was read as “{meant}”."), sheet=raw.name, meant=meant),
        text(N_("Nothing to do if that is what you mean.")),
        raw.name,
        value=raw.name,
    )


def title_rows(raw: RawSheet, row: int, above: Sequence[int]) -> Problem:
    """A header below other rows, which were not used."""
    message = (
        text(N_("The header of {sheet} stands in row {row}; what stands above it was not used "
                "(row number {rows})."), sheet=raw.name, row=row, rows=_ranges(list(above)))
        if above
        else text(N_("The header of {sheet} stands in row {row}."), sheet=raw.name, row=row)
    )  # fmt: skip
    return Problem(
        Code.TITLE_ROWS, message, text(N_("Nothing to do if they are titles.")), raw.name, row
    )


def header_amid_rows(raw: RawSheet, row: int) -> Problem:
    """A header below rows that look as if they were meant to be used."""
    return Problem(
        Code.MISSING_COLUMN,
        text(N_("The header of {sheet} stands in row {row}, below rows that look like others."),
             sheet=raw.name, row=row),
        text(N_("Move the header above them, or delete them.")),
        raw.name,
        row,
    )  # fmt: skip


def missing_column(raw: RawSheet, sheet: Sheet, column: Column, row: int) -> Problem:
    """A required column that is not there."""
    title = column.title(language_of(raw.name, sheet))
    return Problem(
        Code.MISSING_COLUMN,
        text(N_("{sheet} has no column {column}."), sheet=raw.name, column=title),
        text(N_("Write {column} into the header, above its values."), column=title),
        raw.name,
        row,
        column.header,
        title,
    )  # fmt: skip


def unknown_column(raw: RawSheet, row: int, index: int, name: str, meant: Sequence[str]) -> Problem:
    """A column whose header may be a misspelt one of ours, of which `meant` are alike."""
    return _at_header(
        Code.UNKNOWN_COLUMN, raw, row, index, name,
        text(N_("{sheet} knows no column {column}."), sheet=raw.name, column=name),
        text(N_("Did you mean {near}? Name it so, or name it otherwise if it is your own."),
             near=_or(meant)),
    )  # fmt: skip


def column_of_another_sheet(
    raw: RawSheet, row: int, index: int, name: str, others: Sequence[Sheet]
) -> Problem:
    """A column that means something on other sheets only."""
    return _at_header(
        Code.UNKNOWN_COLUMN, raw, row, index, name,
        text(N_("{sheet} knows no column {column}."), sheet=raw.name, column=name),
        text(N_("It belongs to {sheets}. Move it there, or name it otherwise if it is your own."),
             sheets=_or(_titles(others))),
    )  # fmt: skip


def unnamed_column(
    raw: RawSheet, sheet: Sheet, row: int, index: int, absent: Sequence[Column]
) -> Problem:
    """A column with values but without a header, where columns of ours are absent."""
    titles = [column.title(language_of(raw.name, sheet)) for column in absent]
    letter = column_letters(index + 1)
    return _at_header(
        Code.UNKNOWN_COLUMN, raw, row, index, "",
        text(N_("Column {column} of {sheet} has values but no header."),
             sheet=raw.name, column=letter),
        text(N_("Name it as one of: {columns}; or as you like, if it is your own."),
             columns=titles),
    )  # fmt: skip


def ignored_column(raw: RawSheet, row: int, index: int, name: str) -> Problem:
    """A column of the user's own."""
    return _at_header(
        Code.IGNORED_COLUMN, raw, row, index, name,
        text(N_("The column {column} of {sheet} is none of ours; nothing in it was used."),
             sheet=raw.name, column=name or column_letters(index + 1)),
        text(N_("Nothing to do if it is your own.")),
    )  # fmt: skip


def duplicate_column(
    raw: RawSheet, row: int, index: int, name: str, first: ColumnPlace
) -> Problem:  # fmt: skip
    """A column that is there twice."""
    letter = column_letters(index + 1)
    return Problem(
        Code.DUPLICATE_COLUMN,
        text(N_("{sheet} has {column} twice, in columns {first} and {second}."), sheet=raw.name,
             column=name, first=first.letter, second=letter),
        text(N_("Delete one of the two columns.")),
        raw.name,
        row,
        first.name,
        name,
        f"{letter}{row}",
        name,
    )  # fmt: skip


def _at_header(
    code: Code, raw: RawSheet, row: int, index: int, name: str, message: Text, fix: Text
) -> Problem:
    letter = column_letters(index + 1)
    called = name or letter
    return Problem(code, message, fix, raw.name, row, called, called, f"{letter}{row}", name)


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    return [sheet.title(current_language()) for sheet in sheets]


def _or(titles: Sequence[str]) -> object:
    """A choice of titles in words."""
    if len(titles) < 2:
        return titles[0]
    return text(N_("{first} or {last}"), first=list(titles[:-1]), last=titles[-1])
