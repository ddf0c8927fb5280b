"""Workbooks as people really send them: each described once, and written in every format.

`BOOKS` describes them, with what the program must say of each; `FORMATS` are the formats, with what
each cannot carry. A problem that `needs` something which a format lacks turns into `otherwise`
there, and nothing else may differ.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from builders import HEADERS
from xlsb_files import Calculated, Error, Value, XlsbSheet, serial, write_xlsb
from xlsb_files import Cell as XlsbCell

# Descriptions


class Formula(NamedTuple):
    """A formula, what it gives, and whether that is stored with it."""

    text: str
    gives: Value | Error
    stored: bool = True


Cell = Value | Error | Formula | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows from row 1, and whatever is hidden and merged.

    `ours` is the name of the sheet of ours that it means, in the same language, or nothing; `far`
    is whether a blank cell in the last row of the grid has a colour.
    """

    name: str
    ours: str
    rows: Sequence[Row]
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[str] = ()
    merged: Sequence[str] = ()
    far: bool = False

    def cells(self) -> Iterator[tuple[int, int, Cell]]:
        """Row and column, counted from 1, and value of each cell that has one."""
        for number, row in enumerate(self.rows, 1):
            for column, cell in enumerate(row, 1):
                if cell is not None:
                    yield number, column, cell


class Needs(Enum):
    """What a format may be unable to carry."""

    HIDING = auto()
    """Hidden rows, columns and sheets."""
    MERGING = auto()
    """Merged cells."""
    FORMULAS = auto()
    """That a value comes from a formula."""
    UNCALCULATED = auto()
    """A formula without its value: other programs calculate it, or keep a value always."""
    TEXT_RESULTS = auto()
    """A formula that gives text: unless LibreOffice has calculated it, it stores a 0 in xls."""
    TRUTH_RESULTS = auto()
    """That a formula gives TRUE: unless LibreOffice has calculated it, it stores a 1 in ods."""
    SHEETS = auto()
    """The names of sheets, and sheets that are none of ours."""


class Problem(NamedTuple):
    """A problem as the program must report it; `place` is a cell, a row, or nothing.

    `says` is what else is compared: of what was normalised or ignored what stood there, of merged
    cells their range, of what is hidden the message. Where a format lacks what the problem `needs`,
    it is `otherwise`, or not there.
    """

    severity: str
    code: str
    sheet: str | None
    place: str | int | None
    says: str | None = None
    needs: Needs | None = None
    otherwise: Problem | None = None

    def told(self) -> Report:
        """What can be compared with what the program reports."""
        return self[:5]


Report = tuple[str, str, str | None, str | int | None, str | None]
"""Severity, code, sheet, cell or row, and what else is compared."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the program says of a workbook, and what the ledger holds after it."""

    rows: Mapping[str, int]
    problems: Sequence[Report]
    otcs: Sequence[Mapping[str, Any]]
    customers: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook, and what must come of `apply --partial`: rows read, applied, unchanged, rejected;
    every problem; and the ledger."""

    name: str
    sheets: Sequence[Sheet]
    rows: tuple[int, int, int, int]
    problems: Sequence[Problem]
    otcs: Sequence[Mapping[str, Any]]
    customers: Sequence[Mapping[str, Any]] = ()
    from_1904: bool = False


# Formats

Write = Callable[[Book, Path], list[Path]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it cannot carry, and how a book is written in it.

    `target` is what LibreOffice makes of other files, for a format that it writes, and `guessed`
    how a text is spelt whose encoding nothing tells.
    """

    name: str
    suffix: str
    write: Write | None = None
    lacks: frozenset[Needs] = frozenset()
    target: str = ""
    guessed: Text | None = None

    @property
    def is_text(self) -> bool:
        """Whether each sheet is a file of its own."""
        return Needs.SHEETS in self.lacks

    def carries(self, book: Book) -> bool:
        """Whether the encoding has all letters of the book."""
        if self.guessed is None:
            return True
        try:
            for sheet in book.sheets:
                self.guessed.of(sheet).encode(self.guessed.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def expected(self, book: Book) -> Told:
        """What the program must say of `book` in this format."""
        names = {sheet.name: sheet.ours for sheet in book.sheets}
        problems: list[Report] = []
        for problem in book.problems:
            told: Problem | None = problem
            while told is not None and told.needs in self.lacks:
                told = told.otherwise
            if told is not None:
                sheet = names[told.sheet or ""] if self.is_text else told.sheet
                problems.append(told._replace(sheet=sheet).told())
        if self.guessed is not None:
            texts = [self.guessed.of(sheet) for sheet in book.sheets if sheet.ours]
            guesses = sum(not text.isascii() for text in texts)
            problems += [("warning", "normalised", None, None, None)] * guesses
        rows = dict(zip(("read", "applied", "unchanged", "rejected"), book.rows, strict=True))
        return Told(rows, in_order(problems), book.otcs, book.customers)


def in_order(problems: Sequence[Report]) -> list[Report]:
    """Problems in an order that no format has a say in."""
    return sorted(problems, key=lambda one: tuple(map(str, (*one[2:4], *one[:2], one[4]))))


# Writing

LAST_CELL = "Z1048576"
"""In the last row of the grid; LibreOffice takes long for the last column, too."""


def write_xlsx(book: Book, path: Path) -> Path:
    """The book as Excel stores it, values of formulas included."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    if book.from_1904:
        workbook.epoch = CALENDAR_MAC_1904
    for described in book.sheets:
        sheet = workbook.create_sheet(described.name)
        sheet.sheet_state = "hidden" if described.hidden else "visible"
        for row, column, value in described.cells():
            cell = sheet.cell(row, column)
            gives = value.gives if isinstance(value, Formula) else value
            cell.value = value.text if isinstance(value, Formula) else _shown_error(value)
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(gives, dt.date):
                cell.number_format = "yyyy-mm-dd"
        for number in described.hidden_rows:
            sheet.row_dimensions[number].hidden = True
        for letter in described.hidden_columns:
            sheet.column_dimensions[letter].hidden = True
        for merged in described.merged:
            sheet.merge_cells(merged)
        if described.far:
            sheet[LAST_CELL].fill = PatternFill("solid", fgColor="FFFF00")
    if any(sheet.hidden for sheet in book.sheets):
        workbook.active = next(i for i, sheet in enumerate(book.sheets) if not sheet.hidden)
    workbook.save(path)
    _store_values(book, path)
    return path


def _shown_error(value: Cell) -> Any:
    return value.shown if isinstance(value, Error) else value


def _store_values(book: Book, path: Path) -> None:
    """Store with each formula what it gives; openpyxl writes no values of formulas."""
    parts = _parts(path)
    for number, sheet in enumerate(book.sheets, 1):
        part = f"xl/worksheets/sheet{number}.xml"
        xml = parts[part].decode()
        for row, column, value in sheet.cells():
            if isinstance(value, Formula) and value.stored:
                at = f"{get_column_letter(column)}{row}"
                kind, stored = _stored(value.gives, from_1904=book.from_1904)
                pattern = rf'<c r="{at}"([^>]*)>(<f>[^<]*</f>)<v\s*(?:/>|></v>)</c>'
                replacement = rf'<c r="{at}"\1 t="{kind}">\2<v>{stored}</v></c>'
                xml, found = re.subn(pattern, replacement, xml)
                assert found == 1, f"no formula at {at}"
        parts[part] = xml.encode()
    _put_parts(path, parts)


def _stored(value: Value | Error, *, from_1904: bool) -> tuple[str, str]:
    match value:
        case bool():
            return "b", str(int(value))
        case str():
            return "str", value
        case Error():
            return "e", value.shown
        case dt.date():
            return "n", str(serial(value, from_1904=from_1904))
        case _:
            return "n", str(value)


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _put_parts(path: Path, parts: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


MACRO = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 macros that nobody runs"


def write_xlsm(book: Book, path: Path) -> Path:
    """The book with a part for macros."""
    parts = _parts(write_xlsx(book, path))
    types = parts["[Content_Types].xml"].decode()
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert office in types
    macro = '<Override PartName="/xl/vbaProject.bin" ContentType="application/octet-stream"/>'
    types = types.replace(office, "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    parts["[Content_Types].xml"] = types.replace("</Types>", f"{macro}</Types>").encode()
    links = "xl/_rels/workbook.xml.rels"
    link = (
        '<Relationship Id="rIdMacros" Target="vbaProject.bin" '
        'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"/></Relationships>'
    )
    parts[links] = parts[links].replace(b"</Relationships>", link.encode())
    _put_parts(path, parts | {"xl/vbaProject.bin": MACRO})
    return path


def write_as_xlsb(book: Book, path: Path) -> Path:
    """The book in Excel's binary format."""
    return write_xlsb(path, [_xlsb_sheet(sheet) for sheet in book.sheets], from_1904=book.from_1904)


def _xlsb_sheet(sheet: Sheet) -> XlsbSheet:
    cells: dict[tuple[int, int], XlsbCell] = {}
    for row, column, cell in sheet.cells():
        cells[row - 1, column - 1] = Calculated(cell.gives) if isinstance(cell, Formula) else cell
    if sheet.far:
        cells[1_048_575, 25] = None
    merged = []
    for reference in sheet.merged:
        left, top, right, bottom = (number or 1 for number in range_boundaries(reference))
        merged.append((top - 1, bottom - 1, left - 1, right - 1))
    return XlsbSheet(
        sheet.name,
        cells,
        sheet.hidden,
        frozenset(number - 1 for number in sheet.hidden_rows),
        frozenset(ord(letter) - ord("A") for letter in sheet.hidden_columns),
        merged,
    )


@dataclass(frozen=True, slots=True)
class Text:
    """How values are separated and spelt in a file of text."""

    encoding: str = "utf-8"
    separator: str = ","
    line_end: str = "\r\n"
    point: str = "."
    words: tuple[str, str] = ("FALSE", "TRUE")
    errors: Mapping[str, str] = field(default_factory=dict)

    def write(self, book: Book, folder: Path, suffix: str) -> list[Path]:
        """Each sheet of ours, in a file that is named after it."""
        paths = []
        for sheet in book.sheets:
            if sheet.ours:
                path = folder / f"{book.name} - {sheet.name}{suffix}"
                path.write_bytes(self.of(sheet).encode(self.encoding))
                paths.append(path)
        return paths

    def of(self, sheet: Sheet) -> str:
        """The words of the file; blank cells are written up to the width of the sheet."""
        width = max(map(len, sheet.rows))
        written = io.StringIO()
        writer = csv.writer(written, delimiter=self.separator, lineterminator=self.line_end)
        for row in sheet.rows:
            writer.writerow([self._cell(cell) for cell in row] + [""] * (width - len(row)))
        return written.getvalue()

    def _cell(self, cell: Cell) -> str:
        match cell:
            case None:
                return ""
            case Formula():
                return self._cell(cell.gives)
            case bool():
                return self.words[cell]
            case Error():
                return self.errors.get(cell.shown, cell.shown)
            case dt.datetime():
                return cell.isoformat(sep=" ")
            case float():
                return f"{cell:g}".replace(".", self.point)
            case _:
                return str(cell)


SPANISH = Text(
    "cp1252", ";", "\r\n", ",", ("FALSE", "TRUE"),
    {"#N/A": "#N/D", "#REF!": "#¡REF!", "#DIV/0!": "#¡DIV/0!"},
)  # fmt: skip
"""What "CSV (delimitado por comas)" is in an Excel that speaks Spanish."""


def _one_file(write: Callable[[Book, Path], Path], suffix: str) -> Write:
    return lambda book, folder: [write(book, folder / f"{book.name}{suffix}")]


def _texts(text: Text, suffix: str) -> Write:
    return lambda book, folder: text.write(book, folder, suffix)


_TEXT = frozenset(Needs) - {Needs.TRUTH_RESULTS}
_ALWAYS_CALCULATED = frozenset({Needs.UNCALCULATED})
_ODS = _ALWAYS_CALCULATED | {Needs.TRUTH_RESULTS}
_XLS = _ALWAYS_CALCULATED | {Needs.TEXT_RESULTS}
CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Commas, quotation marks, UTF-8, values as shown, every sheet in a file of its own."""
CONVERTED = {"xlsx": ["xlsx"], "ods": ["xlsx", "xlsb"], "xls": ["xlsx"], CSV_FILTER: ["xlsx"]}
"""What LibreOffice writes, and of files in which formats; each is one run of it."""

FORMATS = {
    one.name: one
    for one in (
        Format("xlsx", ".xlsx", _one_file(write_xlsx, ".xlsx")),
        Format("xlsm", ".xlsm", _one_file(write_xlsm, ".xlsm")),
        Format("xlsb", ".b.xlsb", _one_file(write_as_xlsb, ".b.xlsb"), _ALWAYS_CALCULATED),
        Format("csv", ".csv", _texts(Text(line_end="\n"), ".csv"), _TEXT),
        Format("tsv-utf-16", ".txt", _texts(Text("utf-16", "\t"), ".txt"), _TEXT),
        Format("csv-spanish", ".csv", _texts(SPANISH, ".csv"), _TEXT, guessed=SPANISH),
        Format("xlsx-resaved", ".xlsx", None, _ALWAYS_CALCULATED, "xlsx"),
        Format("ods", ".ods", None, _ODS, "ods"),
        Format("ods-of-xlsb", ".b.ods", None, _ODS, "ods"),
        Format("xls", ".xls", None, _XLS, "xls"),
        Format("csv-resaved", ".csv", None, _TEXT, CSV_FILTER),
    )
}
"""Every format by its name. What each lacks stands here and nowhere else."""


# The books


def code(number: int) -> str:
    """An OTC."""
    return f"AAAAA-BBBBB-CCCCC-{number:05}"


EMAIL = "it@msp.example"
OTC_HEADER = HEADERS["Add OTC"]
CUSTOMER_HEADER = HEADERS["Add Customer"]


def held(number: int, company: str = "Acme", total: int = 50, **more: object) -> dict[str, Any]:
    """An OTC as `show otcs` says it; what is not in `more` is blank."""
    used = more.pop("used", 0)
    assert isinstance(used, int)
    blank = dict.fromkeys(
        ("description", "purchase_date", "expiry_date", "product_id", "runtime", "dedicated_to")
    )
    counts = {"total": total, "used": used, "pending": total - used}
    return {"otc": code(number), "email": EMAIL, "company": company, **counts, **blank, **more}


def site(name: str, otc: int, licenses: int, status: str = "active") -> dict[str, Any]:
    """A customer of the administrator's, as `show customers` says it."""
    return {
        "name": name, "managed_by": "admin", "status": status,
        "email": None, "first_name": None, "last_name": None,
        "subscriptions": [{"otc": code(otc), "licenses": licenses}] if licenses else [],
        "devices": 0,
    }  # fmt: skip


def error(problem: str, sheet: str, place: str | int) -> Problem:
    """A problem that every format has."""
    return Problem("error", problem, sheet, place)


def warning(
    problem: str, sheet: str, place: str | int | None, needs: Needs | None = None
) -> Problem:  # fmt: skip
    """A warning, of every format that carries what it needs."""
    return Problem("warning", problem, sheet, place, None, needs)


def normalised(sheet: str, place: str, before: str) -> Problem:
    """A warning that something was tidied, and what it was before."""
    return Problem("warning", "normalised", sheet, place, before)


def hidden(sheet: str, message: str) -> Problem:
    """A warning that something is hidden, and what."""
    return Problem("warning", "hidden-rows", sheet, None, message, Needs.HIDING)


def otc_row(number: int, company: Cell = "Acme", total: Cell = 50, *more: Cell) -> Row:
    """A row of Add OTC."""
    return (code(number), EMAIL, company, total, *more)


NUMBERS = Book(
    "numbers",
    [
        Sheet("Add OTC", "Add OTC", [
            OTC_HEADER,
            otc_row(1, "Acme", 5),
            otc_row(2, "Acme", "5"),
            otc_row(3, "Acme", "5.0"),
            otc_row(4, "Acme", 5.0),
            otc_row(5, "Acme", "5,0"),
            otc_row(6, 123, 5, "00123", None, None, "007", 12),
            otc_row(7, "TRUE", 5, True, None, None, 25),
            otc_row(8, "Acme", 5, None, dt.date(2026, 1, 31), dt.datetime(2040, 2, 29, 13, 45)),
            otc_row(9, "Acme", 5, None, "2026-01-31", "2040-02-29 9:45"),
            otc_row(10, "Acme", "1,000"),
            otc_row(11, "Acme", "1.000"),
            otc_row(12, "Acme", True),
            otc_row(13, "Acme", 2.5),
            otc_row(14, "Acme", "5 pcs"),
            otc_row(15, "Acme", Error.NA, Error.REF),
            otc_row(16, "Acme", 5, None, "03/04/2026", "31/01/2026"),
            (),
            otc_row(17, "Acme", -1),
            otc_row(18, "Acme", True, True),
            otc_row(19, "Acme", Error.NA, Error.NA),
            otc_row(20, "Acme", 5, "Acme", None, None, 12, 12),
            otc_row(20, "Acme", 5, "Acme", None, None, 12, 12),
            otc_row(21, "Acme", Error.NA, Error.NA),
            otc_row(21, "Acme", Error.NA, Error.NA),
        ]),
    ],
    (23, 10, 0, 13),
    [
        error("bad-number", "Add OTC", "D11"),
        error("bad-number", "Add OTC", "D12"),
        error("bad-number", "Add OTC", "D13"),
        error("bad-number", "Add OTC", "D14"),
        error("bad-number", "Add OTC", "D15"),
        error("cell-error", "Add OTC", "D16"),
        error("cell-error", "Add OTC", "E16"),
        error("bad-date", "Add OTC", "F17"),
        error("bad-date", "Add OTC", "G17"),
        error("bad-number", "Add OTC", "D19"),
        error("bad-number", "Add OTC", "D20"),
        error("cell-error", "Add OTC", "D21"),
        error("cell-error", "Add OTC", "E21"),
        error("duplicate-row", "Add OTC", "A23"),
        error("cell-error", "Add OTC", "D24"),
        error("cell-error", "Add OTC", "E24"),
        error("cell-error", "Add OTC", "D25"),
        error("cell-error", "Add OTC", "E25"),
    ],
    [
        *(held(number, total=5) for number in range(1, 6)),
        held(6, "123", 5, description="00123", product_id="007", runtime=12),
        held(7, "TRUE", 5, description="TRUE", product_id="25"),
        held(8, total=5, purchase_date="2026-01-31", expiry_date="2040-02-29"),
        held(9, total=5, purchase_date="2026-01-31", expiry_date="2040-02-29"),
        held(20, total=5, description="Acme", product_id="12", runtime=12),
    ],
)  # fmt: skip
"""Numbers as text, text as numbers, marks, booleans, dates, error values, a blank row, and
equal neighbours, some of which ods stores once."""

LETTERS = Book(
    "letters",
    [
        Sheet("Add OTC", "Add OTC", [
            OTC_HEADER,
            ("aaaaabbbbbccccc00001", EMAIL, "  Acme  Norte ", 50),
            ("AAAAA–BBBBB—CCCCC‑00002", EMAIL, "Acme\u00a0Norte", 50),
            ("\u00a0AAAAA-BBBBB-CCCCC-00003\u200b", EMAIL, "Ac\u00adme\u200b", "５"),
            (code(4), f" {EMAIL} ", "Ａｃｍｅ", 50),
            (code(5), EMAIL, "Nin\u0303o Cli\u0301nica", 50),
            (code(6), EMAIL, "Acme\r\nNorte", 50),
            (code(7), EMAIL, "Acme\nNorte", 50, "uno\ndos"),
            ("ＡAAAA-BBBBB-CCCCC-00008", EMAIL, "Acme", 50),
            (code(9), EMAIL, "李 Ñandú 🚀", 50, "\u200b"),
        ]),
        Sheet("Add Customer", "Add Customer", [
            CUSTOMER_HEADER,
            ("Clinica “Norte”", "Admin", code(1), 1),
            ("Clinica “Norte” – Sur", "“Admin”", code(1), 1),
            ("O’Hara", " ADMIN ", code(1), 1),
            ("Clinica", "Ａｄｍｉｎ", "aaaaa-bbbbb-ccccc-00002 ", 1),
            ("Clínica", "admin", code(2), 1),
        ]),
    ],
    (14, 10, 0, 4),
    [
        normalised("Add OTC", "A2", "aaaaabbbbbccccc00001"),
        normalised("Add OTC", "C2", "  Acme  Norte "),
        normalised("Add OTC", "A3", "AAAAA–BBBBB—CCCCC‑00002"),
        normalised("Add OTC", "C3", "Acme\u00a0Norte"),
        normalised("Add OTC", "A4", "\u00a0AAAAA-BBBBB-CCCCC-00003\u200b"),
        normalised("Add OTC", "C4", "Ac\u00adme\u200b"),
        normalised("Add OTC", "D4", "５"),
        normalised("Add OTC", "B5", f" {EMAIL} "),
        normalised("Add OTC", "C5", "Ａｃｍｅ"),
        normalised("Add OTC", "C6", "Nin\u0303o Cli\u0301nica"),
        warning("console-limit", "Add OTC", "C6"),
        error("bad-characters", "Add OTC", "C7"),
        error("bad-characters", "Add OTC", "C8"),
        error("bad-characters", "Add OTC", "E8"),
        error("bad-otc", "Add OTC", "A9"),
        warning("console-limit", "Add OTC", "C10"),
        warning("console-limit", "Add Customer", "A2"),
        warning("console-limit", "Add Customer", "A3"),
        error("bad-choice", "Add Customer", "B3"),
        warning("console-limit", "Add Customer", "A4"),
        normalised("Add Customer", "B4", " ADMIN "),
        normalised("Add Customer", "B5", "Ａｄｍｉｎ"),
        normalised("Add Customer", "C5", "aaaaa-bbbbb-ccccc-00002 "),
        warning("console-limit", "Add Customer", "A6"),
        warning("similar-name", "Add Customer", "A6"),
    ],
    [
        held(1, "Acme Norte", used=2),
        held(2, "Acme Norte", used=2),
        held(3, total=5),
        held(4),
        held(5, "Niño Clínica"),
        held(9, "李 Ñandú 🚀"),
    ],
    [site("Clinica", 2, 1), site("Clinica “Norte”", 1, 1), site("Clínica", 2, 1),
     site("O’Hara", 1, 1)],
)  # fmt: skip
"""Spaces, dashes, quotation marks and accents as word processors and web pages leave them."""

LAYOUT = Book(
    "layout",
    [
        Sheet("add otcs", "Add OTC", [
            ("Our OTCs",),
            (),
            ("Total Licenses *", None, "company name", "Our no.", "otc", "E mail", None, "Año"),
            (50, None, "Acme", 7, code(1), EMAIL, None, "x"),
            (),
            (50, None, "Acme", "x", code(2), EMAIL),
            ("many", None, "Acme", None, code(3), EMAIL),
        ], far=True),
        Sheet("Agregar  cliente", "Agregar cliente", [
            ("Nombre del cliente", "Administrado por", "OTC de Avira", "Número de licencias"),
            ("Norte", "Administrador", code(1), 10),
            ("Sur", "Nadie", code(1), 10),
        ]),
        Sheet("Edit OTC", "Edit OTC", [
            ("OTC", "Expiry Dat"),
            (code(2), dt.date(2040, 1, 1)),
        ]),
        Sheet("Notes", "", [("To do", "Who"), ("call back", "me")]),
    ],
    (6, 3, 0, 3),
    [
        Problem("warning", "normalised", "add otcs", None, "add otcs", Needs.SHEETS),
        warning("title-rows", "add otcs", 3),
        Problem("warning", "ignored-column", "add otcs", "D3", "Our no."),
        Problem("warning", "ignored-column", "add otcs", "H3", "Año"),
        error("bad-number", "add otcs", "A7"),
        error("bad-choice", "Agregar  cliente", "B3"),
        error("unknown-column", "Edit OTC", "B1"),
        warning("ignored-sheet", "Notes", None, Needs.SHEETS),
    ],
    [held(1, used=10), held(2)],
    [site("Norte", 1, 10)],
)  # fmt: skip
"""Titles, columns in another order and of one's own, blank columns and rows, sheets renamed, and a
coloured cell in the last row of the grid."""


def used_formula(place: str, needs: Needs = Needs.FORMULAS, *, of_text: bool = False) -> Problem:
    """The warning that the value of a formula was used."""
    lost = Problem("error", "formula-without-value", "Add OTC", place, None, Needs.FORMULAS)
    used = warning("formula-value-used", "Add OTC", place, needs)
    return used._replace(needs=Needs.TEXT_RESULTS, otherwise=lost) if of_text else used


UNSEEN = Book(
    "unseen",
    [
        Sheet("Add OTC", "Add OTC", [
            OTC_HEADER,
            otc_row(1),
            otc_row(2),
            otc_row(3, "Acme", Formula("=40+10", 50), None, None,
                    Formula("=DATE(2040,2,29)", dt.date(2040, 2, 29)), Formula("=6+6", 12),
                    Formula("=6+6", 12)),
            otc_row(4, "Acme", Formula("=1/0", Error.DIV_0)),
            (code(5), "nobody", "Acme", Formula("=40+10", 50, stored=False)),
            (code(6), "nobody", Formula('="Ac"&"me"', "Acme"), Formula("=1=1", True)),
            otc_row(7, "Acme", Formula("=5/2", 2.5)),
            otc_row(8, "Acme", 50, Formula('=""', "")),
        ], hidden_rows=[3, 4], hidden_columns=["D", "I"]),
        Sheet("Add Customer", "Add Customer", [
            CUSTOMER_HEADER,
            ("Norte", "Admin", code(1), 10),
            (None, "Admin", code(1), 10),
            ("Sur", "Admin", code(2), 10),
        ], hidden=True, merged=["A2:A3"]),
    ],
    (11, 6, 0, 5),
    [
        hidden("Add OTC", "Hidden rows of Add OTC: 3-4."),
        hidden("Add OTC", "Hidden columns of Add OTC: D, I."),
        used_formula("D4"),
        used_formula("G4"),
        used_formula("H4"),
        used_formula("I4"),
        error("cell-error", "Add OTC", "D5"),
        error("bad-email", "Add OTC", "B6"),
        Problem("error", "formula-without-value", "Add OTC", "D6", None, Needs.UNCALCULATED,
                used_formula("D6")),
        error("bad-email", "Add OTC", "B7"),
        used_formula("C7", of_text=True),
        used_formula("D7"),
        Problem("error", "bad-number", "Add OTC", "D7", None, Needs.TRUTH_RESULTS),
        used_formula("D8"),
        error("bad-number", "Add OTC", "D8"),
        hidden("Add Customer", "The sheet Add Customer is hidden."),
        Problem("error", "merged-cells", "Add Customer", "A3", "A2:A3", Needs.MERGING,
                error("missing-value", "Add Customer", "A3")),
    ],
    [
        held(1, used=10),
        held(2, used=10),
        held(3, expiry_date="2040-02-29", product_id="12", runtime=12),
        held(8),
    ],
    [site("Norte", 1, 10), site("Sur", 2, 10)],
)  # fmt: skip
"""Hidden rows, columns and sheets, merged cells over data, formulas with a value and without.

A row whose formula not every format can carry is refused for another reason, too, so that the
ledger is the same in all of them.
"""

SPANISH_BOOK = Book(
    "spanish",
    [
        Sheet("Agregar OTC", "Agregar OTC", [
            ("Código OTC", "Correo electrónico", "Nombre de la empresa", "Total de licencias",
             "Descripción", "Fecha de compra", "Fecha de vencimiento", "Duración"),
            (code(1), EMAIL, "Clínica Ñandú", "50,0", "Renovación", dt.date(2026, 1, 31),
             dt.date(2040, 2, 29), "12,00"),
            (code(2), EMAIL, "Clínica Ñandú", "50,5"),
        ]),
        Sheet("Agregar cliente", "Agregar cliente", [
            ("Nombre del cliente *", "Administrado por *", "OTC de Avira *", "Número de licencias"),
            ("Norte", "administrador", code(1), "10,0"),
            ("Sur", "Administrador", code(1), 10),
            ("Este", "Admin", code(1), 10),
            ("Oeste", "Admin", code(1), 10),
        ]),
        Sheet("Deshabilitar cliente", "Deshabilitar cliente", [
            ("Nombre del cliente", "Liberar licencias", "Motivo"),
            ("Norte", "Sí", "Fin de contrato"),
            ("Sur", "no", "Sin señal"),
            ("Este", "SI", None),
            ("Oeste", True, None),
            ("Norte", "Quizás", None),
        ]),
    ],
    (11, 9, 0, 2),
    [
        warning("console-limit", "Agregar OTC", "C2"),
        warning("console-limit", "Agregar OTC", "C3"),
        error("bad-number", "Agregar OTC", "D3"),
        error("bad-choice", "Deshabilitar cliente", "B6"),
    ],
    [held(1, "Clínica Ñandú", used=10, description="Renovación", purchase_date="2026-01-31",
          expiry_date="2040-02-29", runtime=12)],
    [site("Este", 1, 0, "disabled"), site("Norte", 1, 0, "disabled"),
     site("Oeste", 1, 0, "disabled"), site("Sur", 1, 10, "disabled")],
    from_1904=True,
)  # fmt: skip
"""Spanish sheets, headers, choices and decimal commas, in a workbook that counts from 1904."""

BOOKS = {book.name: book for book in (NUMBERS, LETTERS, LAYOUT, UNSEEN, SPANISH_BOOK)}
"""Every book by its name."""
