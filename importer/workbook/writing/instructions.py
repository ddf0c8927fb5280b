"""The Instructions sheet of the template: what to do, in what order, with worked examples."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from importer.base.texts import N_, translated
from importer.domain.sheets import SHEETS
from importer.workbook.labels import sheet_named
from importer.workbook.writing.styles import (
    BAD_FILL,
    BAD_FONT,
    HATCHED,
    HEADER_FILL,
    HEADER_FONT,
    HEADING_FONT,
    OPTIONAL_FILL,
    TITLE_FONT,
    WRAPPED,
    print_on_one_width,
)

_WIDTHS = {"A": 26, "B": 34, "C": 26, "D": 34, "E": 22, "F": 26, "G": 18, "H": 18}
_LAST = "H"

_TITLE = N_("Onboarding of OTCs and customers")
_STEPS = (
    N_("Fill in the sheets that you need; leave the others as they are. One row is one request."),
    N_("Sheets are applied from left to right and rows from top to bottom, as if you keyed them "
       "one after the other: what a row needs must stand further left, further up, or in the "
       "ledger already."),
    N_("Save the file and check it: avira-importer check FILE. Nothing is changed by that."),
    N_("Correct what is reported; the rows come back in a workbook NAME.corrections.xlsx with the "
       "bad cells coloured and explained."),
    N_("Apply it: avira-importer apply FILE. If one row is refused, nothing of the workbook is "
       "applied; with --partial the good rows are."),
    N_("The same file may be applied again with rows added: rows that state what is so already "
       "change nothing. Rows that edit, move, disable or enable act on what is there then."),
)  # fmt: skip
_LEGEND = (
    (N_("Required *"), N_("Must be filled in.")),
    (N_("Optional"), N_("May stay blank; blank states nothing, and changes nothing.")),
    (N_("Coloured and commented"), N_("A bad cell, in a corrections workbook.")),
    (N_("Hatched"), N_("To be left blank, in a workbook that was filled in: another row says it.")),
)
_EXAMPLES: tuple[tuple[str, str, tuple[dict[str, str | int], ...]], ...] = (
    (
        "Add OTC",
        N_("Two OTCs are bought, of 50 and of 10 licences."),
        ({"otc": "ABCDE-12345-FGHIJ-67890", "email": "licences@msp.example",
          "company": "Clinica Norte SL", "total": 50, "expiry_date": "2027-01-14"},
         {"otc": "KLMNO-12345-PQRST-67890", "email": "licences@msp.example",
          "company": "Clinica Sur SL", "total": 10, "expiry_date": "2027-01-14"}),
    ),
    (
        "Add Customer",
        N_("A customer whose devices you manage gets 20 licences; another manages itself and "
           "takes a whole OTC."),
        ({"customer": "Clinica Norte", "managed_by": N_("Admin"),
          "otc": "ABCDE-12345-FGHIJ-67890", "licenses": 20},
         {"customer": "Clinica Sur", "managed_by": N_("Customer"),
          "otc": "KLMNO-12345-PQRST-67890", "email": "it@clinicasur.example",
          "first_name": N_("First name"), "last_name": N_("Last name")}),
    ),
    (
        "Edit OTC",
        N_("The OTC is renewed: more licences and a later expiry."),
        ({"otc": "ABCDE-12345-FGHIJ-67890", "total": 75, "expiry_date": "2028-01-14"},),
    ),
    (
        "Edit Customer",
        N_("The customer shall have 25 licences instead of 20."),
        ({"customer": "Clinica Norte", "licenses": 25},),
    ),
)  # fmt: skip


def add_instructions(sheet: Worksheet, language: str) -> None:
    """Write the instructions in `language` into an empty `sheet`."""
    write = _Writer(sheet, language)
    write.heading(_TITLE, title=True)
    write.heading(N_("What to do"))
    for number, step in enumerate(_STEPS, start=1):
        write.line(f"{number}. {translated(step, language)}")
    write.heading(N_("Legend"))
    for (label, meaning), style in zip(
        _LEGEND, ("required", "optional", "bad", "hatched"), strict=True
    ):
        write.legend(label, meaning, style)
    write.heading(N_("The sheets"))
    for ours in SHEETS:
        write.pair(ours.title(language), translated(ours.help, language))
    write.heading(N_("Worked examples (write yours into the sheets, not here)"))
    for name, story, rows in _EXAMPLES:
        write.example(name, story, rows)
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    print_on_one_width(sheet)


_FONTS = {"bad": BAD_FONT, "hatched": Font()}
_FILLS = {
    "required": HEADER_FILL, "optional": OPTIONAL_FILL, "bad": BAD_FILL, "hatched": HATCHED,
}  # fmt: skip


class _Writer:
    """Writes one line below the other."""

    def __init__(self, sheet: Worksheet, language: str) -> None:
        self.sheet = sheet
        self.language = language
        self.row = 0

    def say(self, message: str) -> str:
        return translated(message, self.language)

    def next_row(self, words: str | None = None, width: int = 190) -> int:
        """The next row, high enough for `words` in `width` characters."""
        self.row += 1
        if words is not None and len(words) > width:
            self.sheet.row_dimensions[self.row].height = 15 * (1 + len(words) // width)
        return self.row

    def heading(self, words: str, *, title: bool = False) -> None:
        if not title:
            self.next_row()
        cell = self.sheet.cell(self.next_row(), 1, self.say(words))
        cell.font = TITLE_FONT if title else HEADING_FONT
        self.sheet.row_dimensions[self.row].height = 26 if title else 20

    def line(self, words: str) -> None:
        row = self.next_row(words)
        self.sheet.merge_cells(f"A{row}:{_LAST}{row}")
        self.sheet.cell(row, 1, words).alignment = WRAPPED

    def pair(self, left: str, right: str) -> Cell:
        row = self.next_row(right, 150)
        self.sheet.merge_cells(f"B{row}:{_LAST}{row}")
        first = self.sheet.cell(row, 1, left)
        first.alignment = WRAPPED
        self.sheet.cell(row, 2, right).alignment = WRAPPED
        assert isinstance(first, Cell)
        return first

    def legend(self, label: str, meaning: str, style: str) -> None:
        cell = self.pair(self.say(label), self.say(meaning))
        cell.font = _FONTS.get(style, HEADER_FONT)
        cell.fill = _FILLS[style]

    def example(self, name: str, story: str, rows: tuple[dict[str, str | int], ...]) -> None:
        ours = sheet_named(name)
        assert ours is not None, f"an example for a sheet that there is not: {name}"
        fields = list(dict.fromkeys(field for row in rows for field in row))
        self.next_row()
        cell = self.pair(ours.title(self.language), self.say(story))
        cell.font = HEADING_FONT
        row = self.next_row()
        for number, field in enumerate(fields, start=1):
            column = ours.column(field)
            header = self.sheet.cell(row, number, column.title(self.language))
            header.font = HEADER_FONT
            header.fill = HEADER_FILL if column.required else OPTIONAL_FILL
        for example in rows:
            row = self.next_row()
            for number, field in enumerate(fields, start=1):
                value = example.get(field)
                shown = self.say(value) if isinstance(value, str) else value
                self.sheet.cell(row, number, shown).alignment = Alignment(horizontal="left")
