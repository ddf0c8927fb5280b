"""The same content in every format: the same ledger, the same problems and cells."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from command_line import CommandLine, CommandResult
from corpus.description import Book, Formula, Reported, Result, in_order
from corpus.formats import CONVERTED, FORMATS, Format
from corpus.layouts import BOOKS
from office import convert
from tiers import needs
from workbook_files import change_part

needs_libreoffice = needs("libreoffice")
pytestmark = pytest.mark.usefixtures("no_corrections")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder for the files of all formats, which all worker processes share."""
    base = tmp_path_factory.getbasetemp()
    return (base if worker_id == "master" else base.parent) / "formats"


def files_of(book: Book, form: Format, files: Path) -> list[Path]:
    """The files of a book, which the first to ask for a format writes in it, of all books."""
    source = form.name if form.write is not None else f"libreoffice-{form.target[:4]}"
    folder = files / source
    with FileLock(f"{files}.lock"):
        if not folder.exists():
            unfinished = folder.with_name(f"{source}.part")
            unfinished.mkdir(parents=True)
            if form.write is None:
                sources = [FORMATS[name] for name in CONVERTED[form.target]]
                convert(form.target, unfinished, *_write_books(sources, unfinished / "originals"))
            else:
                _write_books([form], unfinished)
            unfinished.rename(folder)
    return form.files_of(book, folder)


def _write_books(forms: Sequence[Format], folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return [
        path
        for form, book in itertools.product(forms, BOOKS.values())
        if form.write is not None and form.carries(book)
        for path in form.write(book, folder)
    ]


DETAILS = {"normalised": "value", "ignored-column": "value", "merged-cells": "value",
           "hidden-rows": "message"}  # fmt: skip
"""The detail of some problems; that of others is spelt as the format or the file spells it."""


def reported(result: CommandResult) -> list[Reported]:
    """Every problem of every file, as far as it does not depend on the format."""
    return in_order([
        (problem["severity"], problem["code"], problem["sheet"],
         problem["cell"] or problem["row"], problem.get(DETAILS.get(problem["code"], "")))
        for report in result.json
        for problem in report["problems"]
    ])  # fmt: skip


def applied(command: CommandLine, paths: Sequence[Path]) -> dict[str, Any]:
    """What comes of applying files one after the other."""
    result = command("apply", "--partial", "--json", *paths)
    counts = [report["rows"] for report in result.json]
    rows = {key: sum(count[key] for count in counts) for key in counts[0]}
    return asdict(Result(rows, reported(result), *command.contents()))


def expected(book: Book, form: Format) -> dict[str, Any]:
    """What must come of it."""
    return asdict(form.expected(book))


CASES = [
    pytest.param(
        form.name, book.name, id=f"{form.name}-{book.name}",
        marks=needs_libreoffice if form.write is None else (),
    )
    for form, book in itertools.product(FORMATS.values(), BOOKS.values())
    if form.carries(book)
]  # fmt: skip


@pytest.mark.parametrize(("form", "book"), CASES)
def test_every_format_gives_the_same_report_and_the_same_ledger(
    form: str, book: str, command: CommandLine, files: Path
) -> None:
    """Except for what the format is declared to lack."""
    paths = files_of(BOOKS[book], FORMATS[form], files)
    assert applied(command, paths) == expected(BOOKS[book], FORMATS[form])


def test_every_workbook_is_written_in_every_format_that_has_its_letters() -> None:
    """Windows-1252 has no zero-width space."""
    excused = [
        (form.name, book.name)
        for form, book in itertools.product(FORMATS.values(), BOOKS.values())
        if not form.carries(book)
    ]
    assert excused == [("csv-spanish", "letters")]


def test_formats_of_workbooks_lack_nothing_but_what_is_declared() -> None:
    """So no difference can hide behind another."""
    lacking = {name: {need.name for need in form.lacks} for name, form in FORMATS.items()}
    assert lacking["xlsx"] == lacking["xlsm"] == set()
    assert lacking["xlsb"] == lacking["xlsx-resaved"] == {"UNCALCULATED"}
    assert lacking["ods"] == {"UNCALCULATED", "TRUTH_RESULTS"}
    assert lacking["xls"] == {"UNCALCULATED", "TEXT_RESULTS"}


# That the comparison can fail


def first_sheet(change: Callable[..., Any]) -> Callable[[Book], Book]:
    """A change of the rows of the first sheet."""

    def changed(book: Book) -> Book:
        first, *others = book.sheets
        rows = change([list(cells) for cells in first.rows])
        return replace(book, sheets=[replace(first, rows=rows), *others])

    return changed


def cell(row: int, column: int, value: Any) -> Callable[[Book], Book]:
    """One cell of the first sheet holds something else."""

    def change(rows: list[list[Any]]) -> list[list[Any]]:
        rows[row - 1][column - 1] = value
        return rows

    return first_sheet(change)


def every_sheet(book: Book, **changes: Any) -> Book:
    """All sheets with other attributes."""
    return replace(book, sheets=[replace(sheet, **changes) for sheet in book.sheets])


def calculated_by_hand(book: Book) -> Book:
    """Values stand where formulas were."""
    return replace(book, sheets=[
        replace(sheet, rows=[[c.result if isinstance(c, Formula) else c for c in row]
                             for row in sheet.rows])
        for sheet in book.sheets
    ])  # fmt: skip


CHANGES: dict[str, tuple[str, str, Callable[[Book], Book]]] = {
    "a number": ("xlsb", "numbers", cell(2, 4, 6)),
    "a number for a text": ("csv", "numbers", cell(7, 5, 123)),
    "a day": ("xlsx", "numbers", cell(9, 6, dt.date(2026, 2, 1))),
    "a thousands mark less": ("csv", "numbers", cell(11, 4, 1000)),
    "a row less": ("tsv-utf-16", "numbers", first_sheet(lambda rows: rows[:-1])),
    "a space less": ("xlsb", "letters", cell(4, 3, "Acme")),
    "an accent less": ("csv", "letters", cell(6, 3, "Nino Clinica")),
    "one row lower": ("xlsm", "layout", first_sheet(lambda rows: [(), *rows])),
    "nothing hidden": ("xlsb", "unseen", partial(
        every_sheet, hidden=False, hidden_rows=(), hidden_columns=())),
    "another hidden row": ("xlsb", "unseen", partial(every_sheet, hidden_rows=[3, 5])),
    "no formulas": ("xlsx", "unseen", calculated_by_hand),
}  # fmt: skip
"""Changes of a book in one format that nobody declared."""


@pytest.mark.parametrize("changed", CHANGES)
def test_a_change_in_a_single_format_is_noticed(
    changed: str, command: CommandLine, tmp_path: Path
) -> None:
    name, book, change = CHANGES[changed]
    form = FORMATS[name]
    assert form.write is not None
    paths = form.write(change(BOOKS[book]), tmp_path)
    assert applied(command, paths) != expected(BOOKS[book], form)


@pytest.mark.parametrize(("form", "part", "start_of_days", "without"), [
    ("xlsx", "xl/workbook.xml", b'date1904="1"', b""),
    # record 153 (BrtWbProp) without its first flag
    ("xlsb", "xl/workbook.bin", b"\x99\x01\x24\1\0", b"\x99\x01\x24\0\0"),
])  # fmt: skip
def test_the_days_of_the_spanish_workbook_count_from_1904(
    form: str, part: str, start_of_days: bytes, without: bytes, command: CommandLine, tmp_path: Path
) -> None:
    """Read without what the workbook states about it, they are 1,462 days earlier."""
    write = FORMATS[form].write
    assert write is not None
    [path] = write(BOOKS["spanish"], tmp_path)
    change_part(path, part, lambda content: content.replace(start_of_days, without))
    command("apply", "--partial", path)
    [otc] = command("show", "otcs", "--json").json
    assert otc["purchase_date"] == str(dt.date(2026, 1, 31) - dt.timedelta(days=1_462))


# Files of LibreOffice


@needs_libreoffice
@pytest.mark.parametrize(("form", "suffix"), [("xls", ".xlsx"), ("ods", ".xls"), ("xls", ".csv")])
def test_a_file_of_libreoffice_is_read_by_its_content_not_its_name(
    form: str, suffix: str, command: CommandLine, files: Path, tmp_path: Path
) -> None:
    [path] = files_of(BOOKS["numbers"], FORMATS[form], files)
    renamed = Path(shutil.copy(path, tmp_path / f"x{suffix}"))
    assert applied(command, [renamed]) == expected(BOOKS["numbers"], FORMATS[form])


@needs_libreoffice
def test_formulas_of_an_xls_file_that_nobody_calculated_have_no_value(
    command: CommandLine, files: Path, tmp_path: Path
) -> None:
    """Libraries store an empty text with them; such files lack the record (0x1C1) of the last
    calculation."""
    form, book = FORMATS["xls"], BOOKS["unseen"]
    [path] = files_of(book, form, files)
    calculated = path.read_bytes()
    record = b"\xc1\x01\x08\x00\xc1\x01\x00\x00"
    assert calculated.count(record) == 1
    path = tmp_path / "x.xls"
    path.write_bytes(calculated.replace(record, b"\xf1" + record[1:]))
    lost = ("error", "formula-without-value", "Add OTC", "E9", None)
    assert reported(command("check", path, "--json")) == in_order(
        [*form.expected(book).problems, lost]
    )
