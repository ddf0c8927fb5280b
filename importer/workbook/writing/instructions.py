"""The Instructions sheet of the template: the steps, their order, and worked examples."""

from __future__ import annotations

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import N_, translated
from importer.domain.requests import AddCustomer, AddOtc, EditCustomer, EditOtc, Request
from importer.domain.sheets import SHEET_OF, SHEETS
from importer.workbook.writing import styles

_WIDTHS = {"A": 26, "B": 34, "C": 26, "D": 34, "E": 22, "F": 26, "G": 18, "H": 18}
_LAST = "H"

_STEPS = (
    N_("Fill in the sheets that you need and leave the others as they are. Each row is one "
       "request."),
    N_("Sheets are applied from left to right and rows from top to bottom, as if you keyed them in "
       "one after another. Whatever a row needs must be on a sheet to its left, in a row above it, "
       "or already in the ledger."),
    N_("Save the file and check it: avira-importer check FILE. This changes nothing."),
    N_("Fix the problems that are reported. The rows are given back in a workbook named "
       "NAME.corrections.xlsx, with the bad cells coloured and explained."),
    N_("Apply it: avira-importer apply FILE. If one row is refused, nothing is applied; with "
       "--partial, the good rows are."),
    N_("You can add rows and apply the same file again: rows that are already true change nothing. "
       "Rows that edit, move, disable or enable act on the current state of the ledger."),
)  # fmt: skip
_LEGEND = (
    (styles.HEADER_FONT, styles.HEADER_FILL, N_("Required *"), N_("Must be filled in.")),
    (styles.HEADER_FONT, styles.OPTIONAL_FILL, N_("Optional"),
     N_("May stay blank. A blank cell changes nothing.")),
    (styles.BAD_FONT, styles.BAD_FILL, N_("Coloured and commented"),
     N_("A bad cell in a corrections workbook.")),
    (Font(), styles.HATCHED, N_("Hatched"),
     N_("Leave it blank: another row of a prefilled workbook states it.")),
)  # fmt: skip
_EXAMPLES: tuple[tuple[type[Request], str, tuple[dict[str, str | int], ...]], ...] = (
    (
        AddOtc, N_("You buy two OTCs, with 50 and 10 licences."),
        ({"otc": "ABCDE-12345-FGHIJ-67890", "email": "licences@msp.example",
          "company": "Clinica Norte SL", "total": 50, "expiry_date": "2027-01-14"},
         {"otc": "KLMNO-12345-PQRST-67890", "email": "licences@msp.example",
          "company": "Clinica Sur SL", "total": 10, "expiry_date": "2027-01-14"}),
    ),
    (
        AddCustomer,
        N_("You manage the devices of one customer, which gets 20 licences. Another customer "
           "manages its own devices and gets a whole OTC."),
        ({"customer": "Clinica Norte", "managed_by": N_("Admin"),
          "otc": "ABCDE-12345-FGHIJ-67890", "licenses": 20},
         {"customer": "Clinica Sur", "managed_by": N_("Customer"),
          "otc": "KLMNO-12345-PQRST-67890", "email": "it@clinicasur.example",
          "first_name": N_("First name"), "last_name": N_("Last name")}),
    ),
    (
        EditOtc, N_("You renew the OTC: more licences and a later expiry date."),
        ({"otc": "ABCDE-12345-FGHIJ-67890", "total": 75, "expiry_date": "2028-01-14"},),
    ),
    (
        EditCustomer, N_("Give the customer 25 licences instead of 20."),
        ({"customer": "Clinica Norte", "licenses": 25},),
    ),
)  # fmt: skip


def add_instructions(sheet: Worksheet, language: str) -> None:
    """Write the instructions in `language` into an empty `sheet`."""
    writer = _Writer(sheet, language)
    writer.heading(N_("Onboarding of OTCs and customers"), styles.TITLE_FONT, 26)
    writer.section(N_("What to do"))
    for number, step in enumerate(_STEPS, start=1):
        writer.line(f"{number}. {translated(step, language)}")
    writer.section(N_("Legend"))
    for font, fill, label, meaning in _LEGEND:
        writer.pair(translated(label, language), meaning, font, fill)
    writer.section(N_("The sheets"))
    for declared in SHEETS:
        writer.pair(declared.title(language), declared.help)
    writer.section(N_("Examples (fill in the sheets, not this page)"))
    for request, story, rows in _EXAMPLES:
        writer.example(request, story, rows)
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    styles.print_on_one_width(sheet)


class _Writer:
    """Writes one line below another."""

    def __init__(self, sheet: Worksheet, language: str) -> None:
        self.sheet = sheet
        self.language = language
        self.row = 0

    def next_row(self, text: str = "", width: int = 190) -> int:
        """Move to the next row, and make it high enough for `text` in `width` characters."""
        self.row += 1
        if len(text) > width:
            self.sheet.row_dimensions[self.row].height = 15 * (1 + len(text) // width)
        return self.row

    def heading(self, message: str, font: Font, height: int) -> None:
        self.sheet.cell(self.next_row(), 1, translated(message, self.language)).font = font
        self.sheet.row_dimensions[self.row].height = height

    def section(self, message: str) -> None:
        self.next_row()
        self.heading(message, styles.HEADING_FONT, 20)

    def line(self, text: str) -> None:
        row = self.next_row(text)
        self.sheet.merge_cells(f"A{row}:{_LAST}{row}")
        self.sheet.cell(row, 1, text).alignment = styles.WRAPPED

    def pair(
        self, left: str, message: str, font: Font | None = None, fill: PatternFill | None = None
    ) -> None:
        right = translated(message, self.language)
        row = self.next_row(right, 150)
        self.sheet.merge_cells(f"B{row}:{_LAST}{row}")
        first = self.sheet.cell(row, 1, left)
        first.alignment = self.sheet.cell(row, 2, right).alignment = styles.WRAPPED
        if font:
            first.font = font
        if fill:
            first.fill = fill

    def example(
        self, request: type[Request], story: str, rows: tuple[dict[str, str | int], ...]
    ) -> None:
        declared = SHEET_OF[request]
        fields = {field for row in rows for field in row}
        columns = [column for column in declared.columns if column.field in fields]
        self.next_row()
        self.pair(declared.title(self.language), story, styles.HEADING_FONT)
        self.next_row()
        for number, column in enumerate(columns, start=1):
            header = self.sheet.cell(self.row, number, column.title(self.language))
            header.font = styles.HEADER_FONT
            header.fill = styles.HEADER_FILL if column.required else styles.OPTIONAL_FILL
        for row in rows:
            self.next_row()
            for number, column in enumerate(columns, start=1):
                value = row.get(column.field)
                text = translated(value, self.language) if isinstance(value, str) else value
                self.sheet.cell(self.row, number, text).alignment = Alignment(horizontal="left")
