"""The same content in every format gives the same ledger, the same problems and cells."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from builders import HEADERS, write_cells
from command_line import CommandLine, CommandResult
from corpus import (
    BOOKS,
    CONVERTED,
    FORMATS,
    MACRO,
    Book,
    Format,
    Formula,
    Report,
    Sheet,
    Text,
    Told,
    code,
    in_order,
    write_as_xlsb,
    write_xlsm,
    write_xlsx,
)
from office import convert
from tiers import needs

EMAIL = "it@msp.example"
HEADER = HEADERS["Add OTC"][:4]
ROW = (code(1), EMAIL, "Acme", 50)
OTHER_ROW = (code(2), EMAIL, "Acme", 50)

needs_libreoffice = needs("libreoffice")


# The files, made once for all worker processes


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder with a folder for each format; those that LibreOffice writes come when asked."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "formats"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            for form in FORMATS.values():
                if form.write is not None:
                    (folder / form.name).mkdir(parents=True)
                    for book in filter(form.carries, BOOKS.values()):
                        form.write(book, folder / form.name)
    return folder


def of_format(files: Path, form: Format) -> Path:
    """The folder with the files in a format; the first to ask for it has LibreOffice write it."""
    if form.write is not None:
        return files / form.name
    folder = files / f"libreoffice-{form.target[:4]}"
    with FileLock(f"{files}.lock"):  # of all formats, since they share a profile
        if not folder.exists():
            originals = [path for one in CONVERTED[form.target] for path in (files / one).iterdir()]
            made = folder.with_name(f"{folder.name}.part")
            convert(form.target, made, *originals)
            made.rename(folder)
    return folder


def written(book: Book, form: Format, folder: Path) -> list[Path]:
    """The files that a book is in a format: one, or one a sheet."""
    if not form.is_text:
        return [folder / f"{book.name}{form.suffix}"]
    return [
        next(path for dash in (" - ", "-")
             if (path := folder / f"{book.name}{dash}{sheet.name}{form.suffix}").exists())
        for sheet in book.sheets
        if sheet.ours
    ]  # fmt: skip


# What the program says


COMPARED = {"normalised": "value", "ignored-column": "value", "merged-cells": "value",
            "hidden-rows": "message"}  # fmt: skip
"""What more is compared of some problems; of others it is spelt as the format or file spells it."""


def reported(said: CommandResult) -> list[Report]:
    """Every problem of every file, as far as formats have nothing to do with it."""
    return in_order([
        (one["severity"], one["code"], one["sheet"], one["cell"] or one["row"],
         one.get(COMPARED.get(one["code"], "")))
        for report in said.json
        for one in report["problems"]
    ])  # fmt: skip


def told(command: CommandLine, paths: Sequence[Path]) -> Told:
    """What comes of applying files one after the other, and what the ledger holds then."""
    corrections = Path("corrections")  # not beside the files, which all tests share
    corrections.mkdir(exist_ok=True)
    said = command("apply", "--partial", "--json", "--corrections", corrections, *paths)
    rows = [report["rows"] for report in said.json]
    return Told(
        {key: sum(one[key] for one in rows) for key in rows[0]},
        reported(said),
        command("show", "otcs", "--json").json,
        command("show", "customers", "--json").json,
    )


def in_plain(one: Told) -> dict[str, Any]:
    """`one` so that pytest shows where two differ."""
    return {"rows": dict(one.rows), "problems": list(one.problems),
            "otcs": list(one.otcs), "customers": list(one.customers)}  # fmt: skip


CASES = [
    pytest.param(
        form.name,
        book.name,
        marks=needs_libreoffice if form.write is None else (),
        id=f"{form.name}-{book.name}",
    )
    for form, book in itertools.product(FORMATS.values(), BOOKS.values())
    if form.carries(book)
]


@pytest.mark.parametrize(("form", "book"), CASES)
def test_every_format_says_the_same_and_leads_to_the_same_ledger(
    form: str, book: str, command: CommandLine, files: Path
) -> None:
    """Rows, problems with their cells, OTCs and customers are those that the description of the
    workbook promises, but for what the format is declared to lack."""
    described, how = BOOKS[book], FORMATS[form]
    paths = written(described, how, of_format(files, how))
    assert in_plain(told(command, paths)) == in_plain(how.expected(described))


def test_no_format_is_excused_from_a_workbook_but_for_letters_it_has_not() -> None:
    """Windows-1252 has no zero-width space; all else is written in every format."""
    excused = [
        (form.name, book.name)
        for form, book in itertools.product(FORMATS.values(), BOOKS.values())
        if not form.carries(book)
    ]
    assert excused == [("csv-spanish", "letters")]


def test_the_formats_of_workbooks_differ_in_what_is_declared_and_nothing_else() -> None:
    """Of the formats that LibreOffice does not touch, xlsx and xlsm lack nothing, and xlsb only
    formulas without a value; so no difference can hide behind another."""
    lacking = {name: {one.name for one in form.lacks} for name, form in FORMATS.items()}
    assert lacking["xlsx"] == lacking["xlsm"] == set()
    assert lacking["xlsb"] == lacking["xlsx-resaved"] == {"UNCALCULATED"}
    assert lacking["ods"] == {"UNCALCULATED", "TRUTH_RESULTS"}
    assert lacking["xls"] == {"UNCALCULATED", "TEXT_RESULTS"}


# That the comparison can fail


def without_row(book: Book) -> Book:
    """The last row of the first sheet is not there."""
    first, *others = book.sheets
    return replace(book, sheets=[replace(first, rows=first.rows[:-1]), *others])


def with_cell(row: int, column: int, value: Any, book: Book) -> Book:
    """One cell of the first sheet holds something else."""
    first, *others = book.sheets
    rows = [list(cells) for cells in first.rows]
    rows[row - 1][column - 1] = value
    return replace(book, sheets=[replace(first, rows=rows), *others])


def one_lower(book: Book) -> Book:
    """Every row of the first sheet stands one row lower, below a blank one."""
    first, *others = book.sheets
    return replace(book, sheets=[replace(first, rows=[(), *first.rows]), *others])


def shown_again(book: Book) -> Book:
    """Nothing is hidden any more."""
    sheets = [replace(one, hidden=False, hidden_rows=(), hidden_columns=()) for one in book.sheets]
    return replace(book, sheets=sheets)


def hidden_elsewhere(book: Book) -> Book:
    """Another row is hidden."""
    first, *others = book.sheets
    return replace(book, sheets=[replace(first, hidden_rows=[3, 5]), *others])


def calculated_by_hand(book: Book) -> Book:
    """Values stand where formulas were."""
    sheets = [
        replace(one, rows=[[c.gives if isinstance(c, Formula) else c for c in r] for r in one.rows])
        for one in book.sheets
    ]
    return replace(book, sheets=sheets)


CHANGES: dict[str, tuple[str, str, Callable[[Book], Book]]] = {
    "a number": ("xlsb", "numbers", partial(with_cell, 2, 4, 6)),
    "a number for a text": ("csv", "numbers", partial(with_cell, 7, 5, 123)),
    "a day": ("xlsx", "numbers", partial(with_cell, 9, 6, dt.date(2026, 2, 1))),
    "a thousands mark less": ("csv", "numbers", partial(with_cell, 11, 4, 1000)),
    "a row less": ("tsv-utf-16", "numbers", without_row),
    "a space less": ("xlsb", "letters", partial(with_cell, 4, 3, "Acme")),
    "an accent less": ("csv", "letters", partial(with_cell, 6, 3, "Nino Clinica")),
    "one row lower": ("xlsm", "layout", one_lower),
    "nothing hidden": ("xlsb", "unseen", shown_again),
    "another hidden row": ("xlsb", "unseen", hidden_elsewhere),
    "no formulas": ("xlsx", "unseen", calculated_by_hand),
}
"""Changes of a book in one format that nobody declared."""


@pytest.mark.parametrize("changed", CHANGES)
def test_a_change_in_one_format_is_seen(changed: str, command: CommandLine, tmp_path: Path) -> None:
    """The comparison, which does not fail without the change, fails for a value, a type, a row, a
    place, a day, a space, a formula or anything hidden that a single format has otherwise."""
    form, name, change = CHANGES[changed]
    how, book = FORMATS[form], BOOKS[name]
    assert how.write is not None
    differing = told(command, how.write(change(book), tmp_path))
    assert in_plain(differing) != in_plain(how.expected(book))


def without_1904_in_xlsx(path: Path) -> None:
    """The workbook no longer says that its days count from 1904."""
    with_part(path, "xl/workbook.xml", lambda part: part.replace(b'date1904="1"', b""))


def without_1904_in_xlsb(path: Path) -> None:
    """The same in its binary form: record 153 (BrtWbProp) without its first flag."""
    start = b"\x99\x01\x24"
    with_part(path, "xl/workbook.bin", lambda p: p.replace(start + b"\1\0", start + b"\0\0"))


def with_part(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Change one part of the archive at `path`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part]
    parts[part] = change(before)
    assert parts[part] != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("form", "forget"), [("xlsx", without_1904_in_xlsx), ("xlsb", without_1904_in_xlsb)]
)
def test_the_days_of_the_spanish_workbook_do_count_from_1904(
    form: str, forget: Callable[[Path], None], command: CommandLine, tmp_path: Path
) -> None:
    """Read without what the workbook says of it, they are 1,462 days earlier: the workbook of the
    comparison is such a one."""
    how = FORMATS[form]
    assert how.write is not None
    [path] = how.write(BOOKS["spanish"], tmp_path)
    forget(path)
    command("apply", "--partial", path)
    [otc] = command("show", "otcs", "--json").json
    assert otc["purchase_date"] == str(dt.date(2026, 1, 31) - dt.timedelta(days=1_462))


# What stands in an archive, and what a file is called


def test_macros_are_part_of_the_file_and_nothing_is_done_with_them(
    command: CommandLine, tmp_path: Path
) -> None:
    """The .xlsm of the comparison has a part for macros; broken as they are, they are not touched,
    and the corrections that come of it have none."""
    path = write_xlsm(BOOKS["numbers"], tmp_path / "x.xlsm")
    with zipfile.ZipFile(path) as archive:
        assert archive.read("xl/vbaProject.bin") == MACRO
    said = command("check", path, "--json")
    assert said.exit_code == 1
    [report] = said.json
    with zipfile.ZipFile(report["corrections"]) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


def test_a_workbook_is_read_by_what_it_is_and_not_by_its_name(
    command: CommandLine, tmp_path: Path
) -> None:
    """People rename files, and mail programs do."""
    paths = [
        write(SMALL, tmp_path / f"{write.__name__}{suffix}")
        for write in (write_xlsx, write_as_xlsb)
        for suffix in (".xls", ".csv", ".ods", ".xlsb", ".xlsx", ".txt", ".pdf", "")
    ]
    said = command("check", *paths, "--json")
    assert [report["rows"]["applied"] for report in said.json] == [2] + [0] * (len(paths) - 1)
    assert [report["rows"]["unchanged"] for report in said.json] == [0] + [2] * (len(paths) - 1)


SMALL = Book("small", [Sheet("Add OTC", "Add OTC", [HEADER, ROW, OTHER_ROW])], (2, 2, 0, 0), [], [])


@needs_libreoffice
@pytest.mark.parametrize(("form", "suffix"), [("xls", ".xlsx"), ("ods", ".xls"), ("xls", ".csv")])
def test_what_libreoffice_wrote_is_read_by_what_it_is(
    form: str, suffix: str, command: CommandLine, files: Path, tmp_path: Path
) -> None:
    """The same of the formats that are not Excel's own, or no longer."""
    how, book = FORMATS[form], BOOKS["numbers"]
    [path] = written(book, how, of_format(files, how))
    renamed = tmp_path / f"x{suffix}"
    shutil.copy(path, renamed)
    assert in_plain(told(command, [renamed])) == in_plain(how.expected(book))


@needs_libreoffice
def test_results_that_an_old_workbook_may_not_have_are_not_taken_for_values(
    command: CommandLine, files: Path, tmp_path: Path
) -> None:
    """Libraries write .xls with formulas that nobody calculated, and store an empty text with them;
    what such files lack is the record (0x1C1) of the last calculation."""
    how, book = FORMATS["xls"], BOOKS["unseen"]
    [path] = written(book, how, of_format(files, how))
    calculated = path.read_bytes()
    record = b"\xc1\x01\x08\x00\xc1\x01\x00\x00"
    assert calculated.count(record) == 1
    path = tmp_path / "x.xls"
    path.write_bytes(calculated.replace(record, b"\xf1\x01\x08\x00\xc1\x01\x00\x00"))
    expected = [*how.expected(book).problems,
                ("error", "formula-without-value", "Add OTC", "E9", None)]  # fmt: skip
    assert reported(command("check", path, "--json")) == in_order(expected)


WEB_PAGE = (
    "<html><body><table><tr><th>OTC</th><th>Email</th></tr>"
    f"<tr><td>{code(1)}</td><td>{EMAIL}</td></tr></table></body></html>"
)
XML_SPREADSHEET = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)


@pytest.mark.parametrize(
    ("words", "suffix"),
    [(WEB_PAGE, ".xls"), ("\ufeff\n  " + WEB_PAGE, ".csv"), (XML_SPREADSHEET, ".xls")],
)
def test_a_web_page_is_no_workbook_whatever_it_is_called(
    words: str, suffix: str, command: CommandLine, tmp_path: Path
) -> None:
    """Web consoles hand out tables in HTML as .xls: refused, with what it is and what to do."""
    path = tmp_path / f"x{suffix}"
    path.write_text(words, encoding="utf-8")
    problem = refused(command("check", path, "--json"))
    assert problem["code"] == "not-a-workbook"
    assert "web page" in problem["message"]
    assert ".xlsx" in problem["fix"]


def test_text_that_is_called_a_workbook_is_told_how_to_be_called(
    command: CommandLine, tmp_path: Path
) -> None:
    """It may be separated values; its name does not say so, and nothing is guessed."""
    path = separated(tmp_path / "Add OTC.xlsx", [HEADER, ROW])
    problem = refused(command("check", path, "--json"))
    assert problem["code"] == "not-a-workbook"
    assert ".csv" in problem["message"]


def refused(said: CommandResult) -> dict[str, Any]:
    """The one problem of a file that was not read at all."""
    assert said.exit_code == 3
    [report] = said.json
    assert report["status"] == "unreadable"
    [problem] = report["problems"]
    assert isinstance(problem, dict)
    return problem


# Text: its letters


def separated(
    path: Path, rows: Sequence[Sequence[Any]], separator: str = ",", encoding: str = "utf-8"
) -> Path:
    """A file of text."""
    text = Text(encoding, separator).of(Sheet("", "", rows))
    path.write_bytes(text.encode(encoding))
    return path


ACCENTED = (code(1), EMAIL, "Clínica Ñandú – 5 €", 50)


ENCODINGS = [
    (b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
    (b"", "utf-16-le"), (b"", "utf-16-be"),
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"", "cp1252"),
]  # fmt: skip


def test_an_encoding_is_found_and_a_guess_is_said(command: CommandLine, tmp_path: Path) -> None:
    """With a byte order mark and without one, every letter is itself, so that the second file asks
    for nothing new; only of Windows-1252, which nothing tells from its neighbours, is it said."""
    paths = []
    for number, (mark, encoding) in enumerate(ENCODINGS):
        path = separated(tmp_path / f"{number} Add OTC.csv", [HEADER, ACCENTED], ";", encoding)
        path.write_bytes(mark + path.read_bytes())
        paths.append(path)
    said = command("apply", *paths, "--json")
    assert [report["status"] for report in said.json] == ["applied"] + ["unchanged"] * 8
    assert command("show", "otcs", "--json").json[0]["company"] == ACCENTED[2]
    guesses = [[one for one in report["problems"] if one["code"] == "normalised"]
               for report in said.json]  # fmt: skip
    assert list(map(len, guesses)) == [0] * 8 + [1]
    assert "Windows-1252" in guesses[-1][0]["message"]
    assert "UTF-8" in guesses[-1][0]["fix"]


def test_letters_of_no_known_encoding_are_refused(command: CommandLine, tmp_path: Path) -> None:
    """Byte 0x81 is neither UTF-8 nor a letter of Windows-1252."""
    path = tmp_path / "Add OTC.csv"
    path.write_bytes(b"OTC,Email\n\x81\xc3,x\n")
    assert "Windows-1252" in refused(command("check", path, "--json"))["message"]


# Text: what separates


def test_a_separator_is_found_by_the_headers_whatever_the_file_is_called(
    command: CommandLine, tmp_path: Path
) -> None:
    """Commas in names, decimal commas and semicolons in text do not mislead."""
    rows = [
        (*HEADER, "Description"),
        (code(1), EMAIL, "Acme, Norte, S.L.", "50,0", "a;b;c;d;e|f"),
        (*OTHER_ROW, "x,y,z"),
    ]
    paths = [
        separated(tmp_path / f"{number} Add OTC{suffix}", rows, separator)
        for number, separator in enumerate([",", ";", "\t", "|"])
        for suffix in (".csv", ".tsv", ".tab", ".txt", ".CSV")
    ]
    said = command("apply", *paths, "--json")
    assert [report["status"] for report in said.json] == ["applied"] + ["unchanged"] * 19
    first, _ = command("show", "otcs", "--json").json
    assert (first["company"], first["total"]) == ("Acme, Norte, S.L.", 50)
    assert first["description"] == "a;b;c;d;e|f"


def errors(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The problems that are errors."""
    return [one for one in report["problems"] if one["severity"] == "error"]


@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", "\ufeffsep=;\r\n"])
def test_a_line_that_tells_the_separator_is_no_row(
    line: str, command: CommandLine, tmp_path: Path
) -> None:
    """Excel takes it for no row; so the bad cell is in row 3 here as it is there."""
    rows = "".join(
        f"{code(one)};{EMAIL};Acme, Norte;{total}\n" for one, total in ((1, 5), (2, "x"))
    )
    path = tmp_path / "Add OTC.csv"
    path.write_text(f"{line}{';'.join(HEADER)}\n{rows}", encoding="utf-8", newline="")
    said = command("check", path, "--json")
    assert [(one["cell"], one["code"]) for one in errors(said.json[0])] == [("D3", "bad-number")]


def test_a_text_of_a_single_column_needs_no_separator(command: CommandLine, tmp_path: Path) -> None:
    """A list of names below one header."""
    path = tmp_path / "Enable Customer.csv"
    path.write_text("Customer (Site) Name\nNorte\nSur\n", encoding="utf-8")
    said = command("check", path, "--json")
    assert [one["code"] for one in said.json[0]["problems"]] == ["unknown-customer"] * 2


# Text: its rows


def test_rows_end_in_any_way_and_are_counted_as_a_spreadsheet_program_does(
    command: CommandLine, tmp_path: Path
) -> None:
    """Lines that end as on Windows, Unix and old Macs, in one file; a line break in quotation marks
    begins no row, and blank lines are rows that hold nothing."""
    path = tmp_path / "Add OTC.csv"
    lines = [
        ",".join(HEADER), "\r\n",
        f'{code(1)},{EMAIL},"Acme\nNorte\r\nSur",50', "\n",
        f"{code(2)},{EMAIL},Acme,50", "\r",
        ",,,", "\n",
        "", "\r\n",
        f'{code(3)},{EMAIL},"Acme ""Norte"", S.L.",many',
    ]  # fmt: skip
    path.write_bytes("".join(lines).encode())
    said = command("apply", "--partial", path, "--json")
    assert said.json[0]["rows"]["read"] == 3
    assert [(one["cell"], one["code"]) for one in errors(said.json[0])] == [
        ("C2", "bad-characters"), ("D6", "bad-number"),
    ]  # fmt: skip
    [held] = command("show", "otcs", "--json").json
    assert held["otc"] == code(2)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (f'{code(1)},{EMAIL},"Acme,50\n{code(2)},{EMAIL},Acme,50\n', 2),
        (f'{code(1)},{EMAIL},Acme,50\n{code(2)},{EMAIL},"Acme" Norte,50\n', 3),
        (f'{code(1)},{EMAIL},"Acme,50\n' + f"{code(2)},{EMAIL},Acme,50\n" * 2_000, 2),
    ],
    ids=["never-closed", "more-follows", "never-closed-and-long"],
)
def test_quotation_marks_that_are_not_closed_are_refused_by_their_line(
    row: str, line: int, command: CommandLine, tmp_path: Path
) -> None:
    """All rows below would be swallowed by one cell: refused instead, naming the line."""
    path = tmp_path / "Add OTC.csv"
    path.write_text(",".join(HEADER) + "\n" + row, encoding="utf-8")
    problem = refused(command("check", path, "--json"))
    assert problem["code"] == "unreadable-file"
    assert f"line {line} " in problem["message"]


def test_what_a_spreadsheet_program_writes_of_a_value_is_that_value(
    command: CommandLine, tmp_path: Path
) -> None:
    """Errors in English and Spanish are what they are in a workbook; truth values no numbers."""
    shown = ["#N/A", "#REF!", "#¡VALOR!", "#N/D", "TRUE", "VERDADERO", "FALSO"]
    rows = [(code(number), EMAIL, "Acme", value) for number, value in enumerate(shown)]
    path = separated(tmp_path / "Add OTC.csv", [HEADER, *rows])
    said = command("check", path, "--json")
    assert [one["code"] for one in said.json[0]["problems"]] == (
        ["cell-error"] * 4 + ["bad-number"] * 3
    )
    assert [one["value"] for one in said.json[0]["problems"]][4:] == shown[4:]


def test_a_text_that_was_guarded_against_being_a_formula_is_itself(
    command: CommandLine, tmp_path: Path
) -> None:
    """An apostrophe before = + - @ is that of a program that guards; other apostrophes stay."""
    names = ["=1+1", "+34 600", "-5", "@Norte", "'quoted'", "'"]
    rows = [
        (code(number), EMAIL, f"'{name}" if name[0] in "=+-@" else name, 50)
        for number, name in enumerate(names)
    ]
    assert command("apply", separated(tmp_path / "Add OTC.csv", [HEADER, *rows])).exit_code == 0
    assert [one["company"] for one in command("show", "otcs", "--json").json] == names


# Text: which sheet it is

NAMES = {
    "Add OTC": "Add OTC", "add_otc": "Add OTC", "2026-05 Add OTC (1)": "Add OTC",
    "AddOTC": "Add OTC", "onboarding-Add OTC": "Add OTC", "ADD OTCS may": "Add OTC",
    "Agregar OTC": "Agregar OTC", "agregar-otc v2": "Agregar OTC",
    "mayo_agregar_otcs": "Agregar OTC",
}  # fmt: skip


def test_a_file_is_the_sheet_that_its_name_speaks_of(command: CommandLine, tmp_path: Path) -> None:
    """Though its headers would fit another sheet as well. The report calls it by our name, in the
    language of the file's."""
    rows = [HEADER, ROW, (*OTHER_ROW[:3], "x")]
    paths = [separated(tmp_path / f"{name}.csv", rows) for name in NAMES]
    said = command("apply", "--partial", *paths, "--json")
    assert [one["sheet"] for report in said.json for one in errors(report)] == list(NAMES.values())
    assert sum(report["changes"]["otcs_added"] for report in said.json) == 1
    assert sum(report["rows"]["unchanged"] for report in said.json) == len(NAMES) - 1


HEADERS_OF = [
    (HEADERS["Add Customer"], "Add Customer"),
    (HEADERS["Edit Customer"], "Edit Customer"),
    (HEADERS["Update OTC"], "Update OTC"),
    (HEADERS["Disable Customer"], "Disable Customer"),
    (("Nombre del cliente", "Liberar licencias"), "Disable Customer"),
]


def test_a_file_of_another_name_is_the_sheet_that_its_headers_are_of(
    command: CommandLine, tmp_path: Path
) -> None:
    """Title rows above them do not mislead."""
    paths = [
        separated(tmp_path / f"{n}.csv", [("Our list",), (), header, ("x",) * len(header)])
        for n, (header, _) in enumerate(HEADERS_OF)
    ]
    said = command("check", *paths, "--json")
    assert [{one["sheet"] for one in report["problems"]} for report in said.json] == [
        {sheet} for _, sheet in HEADERS_OF
    ]


@pytest.mark.parametrize("name", ["may", "add otc and edit otc"])
def test_a_file_that_may_be_either_of_two_sheets_is_asked_about(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """Add OTC and Edit OTC have the same columns: refused until --sheet or the name tells."""
    path = separated(tmp_path / f"{name}.csv", [HEADER, ROW])
    said = command("apply", path, "--json")
    assert said.exit_code == 1
    [problem] = said.json[0]["problems"]
    assert problem["code"] == "unknown-sheet"
    assert "--sheet" in problem["fix"]
    assert "Add OTC" in problem["message"]
    assert "Edit OTC" in problem["message"]
    again = command("apply", "--sheet", "Add OTC", path, "--json")
    assert again.json[0]["rows"]["applied"] == 1


@pytest.mark.parametrize("word", ["TRUE", "VERDADERO", "True", "verdadero"])
def test_a_truth_value_is_a_yes_and_a_name_that_reads_like_one_is_a_name(
    word: str, command: CommandLine, tmp_path: Path
) -> None:
    """A company called Verdadero keeps its name to the letter."""
    otcs = separated(tmp_path / "Add OTC.csv", [HEADER, (code(1), EMAIL, word, 5)])
    assert command("apply", otcs).exit_code == 0
    assert command("show", "otcs", "--json").json[0]["company"] == word
    header = ("Customer (Site) Name", "Release Licenses")
    path = separated(tmp_path / "Disable Customer.csv", [header, ("Nobody", word)])
    problems = command("check", path, "--json").json[0]["problems"]
    assert [one["code"] for one in problems] == ["unknown-customer"]


def test_what_is_said_is_of_texts_alone(command: CommandLine, tmp_path: Path) -> None:
    """Beside a workbook, whose sheets have names."""
    book = write_cells(tmp_path / "x.xlsx", {"Add OTC": [HEADER, ROW], "Enable Customer": []})
    text = separated(tmp_path / "x.csv", [HEADER, OTHER_ROW])
    said = command("apply", "--sheet", "Add OTC", book, text, "--json")
    assert [one["changes"]["otcs_added"] for one in said.json] == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--sheet", "Nonsense", "x.csv"), "Add OTC"),
        (("--sheet", "", "x.csv"), "Add OTC"),
        (("--sheet", "Add OTC", "x.xlsx"), "CSV"),
    ],
)
@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_sheet_that_cannot_be_meant_is_a_misuse(
    verb: str, arguments: Sequence[str], told: str, command: CommandLine, tmp_path: Path
) -> None:
    """Exit 2, with the sheets that there are, and nothing read or made."""
    separated(tmp_path / "x.csv", [HEADER, ROW])
    write_cells(tmp_path / "x.xlsx", {"Add OTC": [HEADER, ROW]})
    said = command(verb, *arguments)
    assert said.exit_code == 2
    assert told in said.err
    assert not Path(command.ledger).exists()


def test_a_text_about_something_else_is_no_workbook_of_ours(
    command: CommandLine, tmp_path: Path
) -> None:
    """No header of ours, no name of ours."""
    path = separated(tmp_path / "sales.csv", [("Month", "Sales"), ("May", 7)])
    assert refused(command("check", path, "--json"))["code"] == "not-a-workbook"


def test_several_texts_are_the_sheets_of_one_workbook_one_after_the_other(
    command: CommandLine, tmp_path: Path
) -> None:
    """`check` sees in each what the ones before it would leave; `apply` makes a batch of each."""
    otcs = separated(tmp_path / "Add OTC.csv", [HEADER, ROW])
    header, row = HEADERS["Add Customer"][:4], ("Norte", "Admin", code(1), 5)
    customers = separated(tmp_path / "Add Customer.csv", [header, row])
    assert command("check", otcs, customers).exit_code == 0
    said = command("apply", otcs, customers, "--json")
    assert [one["batch"] for one in said.json] == [1, 2]


# Very many rows


MILLION = 1_000_000


def a_million_rows(path: Path) -> Path:
    """A workbook with a million rows on Add OTC, written as a stream."""
    small = write_cells(path.with_name("small.xlsx"), {"Add OTC": [HEADER]})
    with zipfile.ZipFile(small) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    start, end, rest = parts.pop(sheet).decode().partition("</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(sheet, "w", force_zip64=True) as stream:
            stream.write(start.encode())
            for first in range(2, MILLION + 2, 10_000):
                rows = (_row(number) for number in range(first, first + 10_000))
                stream.write("".join(rows).encode())
            stream.write((end + rest).encode())
    return path


def _row(number: int) -> str:
    texts = (f"AAAAA-BBBBB-{number // 100_000:05}-{number % 100_000:05}", EMAIL, "Acme")
    cells = "".join(
        f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABC", texts, strict=True)
    )
    return f'<row r="{number}">{cells}<c r="D{number}"><v>50</v></c></row>'


@pytest.mark.long
def test_a_million_rows_are_checked(tmp_path: Path) -> None:
    """Every one of them is read, checked and planned, and nothing is wrong with any."""
    alone = Alone("check", a_million_rows(tmp_path / "x.xlsx"), "--json")
    assert alone.exit_code == 0
    [report] = alone.json
    assert report["rows"] == {"read": MILLION, "applied": MILLION, "unchanged": 0, "rejected": 0}
    assert report["changes"]["otcs_added"] == MILLION
    assert alone.peak_mb < 4_096


@pytest.mark.long
def test_a_coloured_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    """A blank cell with a colour at XFD1048576 is neither a row nor memory nor time."""
    path = write_cells(tmp_path / "x.xlsx", {"Add OTC": [HEADER, ROW]})
    without = Alone("check", path, "--json")
    corner = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    part = "xl/worksheets/sheet1.xml"
    with_part(path, part, lambda content: content.replace(b"</sheetData>", corner))
    alone = Alone("check", path, "--json")
    assert alone.exit_code == without.exit_code == 0
    assert alone.json[0]["rows"] == without.json[0]["rows"]
    assert alone.peak_mb < without.peak_mb + 50
    assert alone.seconds < without.seconds + 5


class Alone:
    """A command run in a process of its own, and what it took."""

    def __init__(self, *arguments: str | Path) -> None:
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen([sys.executable, "-m", "importer", *arguments], stdout=out)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = self.exit_code = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.json = json.load(out)
        self.peak_mb = usage.ru_maxrss // 1024  # of the process that took most
        self.seconds = usage.ru_utime + usage.ru_stime
