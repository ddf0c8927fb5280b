"""Write the onboarding workbook that an administrator fills in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.files import whole_file
from importer.base.texts import N_, translated
from importer.domain.contents import Contents
from importer.domain.sheets import CHOICES, SHEETS, Column, Sheet
from importer.workbook.checking.schemas import rules_of
from importer.workbook.labels import INSTRUCTIONS, LISTS, META, PREFILLED, VERSION, language_of
from importer.workbook.markup import LAST_ROW, column_letters
from importer.workbook.writing.instructions import add_instructions
from importer.workbook.writing.new_rows import save
from importer.workbook.writing.prefill import fill
from importer.workbook.writing.styles import add_header, put

TEMPLATE_VERSION = 1


class Known(NamedTuple):
    """The known OTCs and customers that the drop-downs offer."""

    otcs: Sequence[str] = ()
    customers: Sequence[str] = ()


NOTHING = Known()


def write_template(
    path: Path, language: str, known: Known = NOTHING, contents: Contents | None = None,
    tick: Callable[[], object] = lambda: None,
) -> None:  # fmt: skip
    """Write the onboarding workbook in `language` to `path`.

    With `contents`, the edit sheets are filled in from them; `tick` is called once per row.
    """
    workbook = new_workbook(language, known)
    add_instructions(workbook.create_sheet(translated(INSTRUCTIONS, language), 0), language)
    added = []
    for index, sheet in enumerate(SHEETS, start=1):
        worksheet = add_sheet(workbook, sheet, sheet.title(language), language, index)
        if contents is not None:
            added.append(fill(worksheet, sheet, contents, tick))
    if contents is not None:
        workbook[META].append((PREFILLED, contents.batch, contents.head))
    workbook.active = 0
    with whole_file(path) as temporary:
        save(workbook, added, temporary)


def new_workbook(language: str, known: Known = NOTHING) -> Workbook:
    """A workbook that has only the hidden sheets."""
    workbook = Workbook()
    lists = workbook.active
    assert isinstance(lists, Worksheet)
    lists.title = LISTS
    _fill_lists(lists, language, known)
    meta = workbook.create_sheet(META)
    meta.append((VERSION, TEMPLATE_VERSION))
    meta.append(("language", language))
    lists.sheet_state = meta.sheet_state = "hidden"
    return workbook


def add_sheet(workbook: Workbook, sheet: Sheet, title: str, language: str, index: int) -> Worksheet:
    """Add `sheet` under the name `title` at `index`, without rows."""
    worksheet: Worksheet = workbook.create_sheet(title, index)
    add_header(worksheet, sheet, language)
    columns = {column.field: number for number, column in enumerate(sheet.columns, start=1)}
    add_validations(workbook, worksheet, sheet, columns, 1)
    return worksheet


def add_validations(
    workbook: Workbook, worksheet: Worksheet, sheet: Sheet, columns: Mapping[str, int],
    header_row: int,
) -> None:  # fmt: skip
    """Add drop-downs and limits below the header.

    `columns` gives the number (A is 1) of each field's column.
    """
    language = language_of(worksheet.title, sheet)
    for column in sheet.columns:
        validation = _drop_down(workbook, column, language) or _limit(column, language)
        if validation is not None and column.field in columns:
            letter = column_letters(columns[column.field])
            validation.add(f"{letter}{header_row + 1}:{letter}{LAST_ROW}")
            worksheet.add_data_validation(validation)


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
            put(lists.cell(row, number), word, "@")


def _drop_down(workbook: Workbook, column: Column, language: str) -> DataValidation | None:
    listed = column.kind if column.kind in CHOICES else column.known
    if listed is None:
        return None
    letter = column_letters(_LISTED.index(listed) + 1)
    last = sum(1 for cell in workbook[LISTS][letter] if cell.value is not None)
    if last == 1:
        return None
    return DataValidation(
        type="list", formula1=f"{LISTS}!${letter}$2:${letter}${last}", allow_blank=True,
        # OTCs and customers that the workbook itself adds are not in the list.
        showErrorMessage=column.kind in CHOICES, errorTitle=column.title(language),
        error=translated(N_("Choose one from the list."), language),
    )  # fmt: skip


def _limit(column: Column, language: str) -> DataValidation | None:
    """The range or length that the schema allows, which Excel then keeps too."""
    figures = {name: value for rule in rules_of(column) for name, value in rule.figures.items()}
    if not figures.keys() & {"high", "limit"}:
        return None
    is_range = "high" in figures
    message = N_("Enter {expected}.") if is_range else N_("The limit is {limit} characters.")
    expected, limit = translated(column.kind.meaning, language), figures.get("limit")
    return DataValidation(
        type="whole" if is_range else "textLength",
        operator="between" if is_range else "lessThanOrEqual", formula1=figures.get("low", limit),
        formula2=figures.get("high"), allow_blank=True, showErrorMessage=True,
        errorTitle=column.title(language),
        error=translated(message, language).format(expected=expected, limit=limit),
    )  # fmt: skip
