"""The onboarding workbook that an administrator fills in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.files import whole_file
from importer.base.texts import N_, translated
from importer.domain.contents import Contents
from importer.domain.sheets import CHOICES, SHEETS, Column, Sheet
from importer.workbook.labels import INSTRUCTIONS, LISTS, META, PREFILLED, VERSION, language_of
from importer.workbook.markup import LAST_ROW, column_letters
from importer.workbook.writing.instructions import add_instructions
from importer.workbook.writing.prefill import fill
from importer.workbook.writing.styles import add_header, write_text

TEMPLATE_VERSION = 1


class Known(NamedTuple):
    """What of a ledger the drop-downs offer."""

    otcs: Sequence[str] = ()
    customers: Sequence[str] = ()


NOTHING = Known()


def write_template(
    path: Path,
    language: str,
    known: Known = NOTHING,
    contents: Contents | None = None,
    tick: Callable[[], object] = lambda: None,
) -> None:
    """Write the onboarding workbook in `language` (`en` or `es`) to `path`.

    With `contents`, its edit sheets hold what the ledger holds; `tick` is called once a row.
    """
    workbook = new_workbook(language, known)
    instructions = workbook.create_sheet(translated(INSTRUCTIONS, language), 0)
    add_instructions(instructions, language)
    for ours in SHEETS:
        before_hidden = len(workbook.sheetnames) - 2
        sheet = add_sheet(workbook, ours, ours.title(language), language, before_hidden)
        if contents is not None:
            fill(sheet, ours, contents, tick)
    if contents is not None:
        workbook[META].append((PREFILLED, contents.batch, contents.head))
    workbook.active = 0
    with whole_file(path) as temporary:
        workbook.save(temporary)


def new_workbook(language: str, known: Known = NOTHING) -> Workbook:
    """A workbook with nothing but the hidden sheets that every one of ours has."""
    workbook = Workbook()
    lists = workbook.active
    assert isinstance(lists, Worksheet)
    lists.title = LISTS
    _fill_lists(lists, language, known)
    meta = workbook.create_sheet(META)
    for row in ((VERSION, TEMPLATE_VERSION), ("language", language)):
        meta.append(row)
    lists.sheet_state = meta.sheet_state = "hidden"
    return workbook


def add_sheet(
    workbook: Workbook, ours: Sheet, title: str, language: str, index: int
) -> Worksheet:  # fmt: skip
    """Add the sheet `ours`, called `title`, as it stands in the template, without rows."""
    sheet: Worksheet = workbook.create_sheet(title, index)
    add_header(sheet, ours, language)
    columns = {column.field: number for number, column in enumerate(ours.columns, start=1)}
    add_drop_downs(workbook, sheet, ours, columns, 1)
    return sheet


def add_drop_downs(
    workbook: Workbook, sheet: Worksheet, ours: Sheet, columns: Mapping[str, int], header_row: int
) -> None:
    """Let the cells below the header offer what they may hold; `columns` by field, A being 1."""
    for column in ours.columns:
        validation = _drop_down(workbook, column, language_of(sheet.title, ours))
        if validation is not None and column.field in columns:
            letter = column_letters(columns[column.field])
            validation.add(f"{letter}{header_row + 1}:{letter}{LAST_ROW}")
            sheet.add_data_validation(validation)


# The hidden Lists sheet: an inline list may have no more than 255 characters.
_LISTED: tuple[str, ...] = (*CHOICES, "otcs", "customers")


def _fill_lists(lists: Worksheet, language: str, known: Known) -> None:
    columns: dict[str, Sequence[str]] = {
        kind: [translated(word, language) for word in words] for kind, words in CHOICES.items()
    }
    columns |= known._asdict()
    for number, listed in enumerate(_LISTED, start=1):
        lists.cell(1, number, str(listed))
        for row, word in enumerate(columns[listed], start=2):
            cell = lists.cell(row, number)
            assert isinstance(cell, Cell)
            write_text(cell, word)
            cell.number_format = "@"


def _drop_down(workbook: Workbook, column: Column, language: str) -> DataValidation | None:
    listed = column.kind if column.kind in CHOICES else column.known
    if listed is None:
        return None
    letter = column_letters(_LISTED.index(listed) + 1)
    last = sum(1 for cell in workbook[LISTS][letter] if cell.value is not None)
    if last == 1:
        return None
    closed = column.kind in CHOICES
    validation = DataValidation(
        type="list", formula1=f"{LISTS}!${letter}$2:${letter}${last}", allow_blank=True
    )
    # A code or customer that the workbook itself adds further left is not in the list.
    validation.showErrorMessage = closed
    validation.errorTitle = column.title(language)
    validation.error = translated(N_("Choose one from the list."), language)
    return validation
