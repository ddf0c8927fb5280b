"""Workbooks that Excel reads although they are written in an unusual way."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import CommandLine
from hostile.originals import CODE, XLSX
from reports import problem_of
from workbook_files import SHEET, pack

_DIMENSION = re.compile(rb"<dimension [^>]*/>")


def with_dimension(reference: bytes) -> Callable[[bytes], bytes]:
    """A sheet that states its size in this way."""
    return lambda sheet: _DIMENSION.sub(b'<dimension ref="%s"/>' % reference, sheet)


def with_prefixes(sheet: bytes) -> bytes:
    """Every name has a prefix, and the size has no columns."""
    sheet = _DIMENSION.sub(b'<dimension ref="1:2"/>', sheet).replace(b"xmlns=", b"xmlns:x=")
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", sheet)


def with_dollars(sheet: bytes) -> bytes:
    """References as in formulas."""
    return re.sub(rb'r="([A-Z])([0-9])"', rb'r="$\1$\2"', sheet)


def with_rows_alone(sheet: bytes) -> bytes:
    """References that name the row."""
    return re.sub(rb'<c r="[A-Z]([0-9])"', rb'<c r="\1"', sheet)


def with_empty_references(sheet: bytes) -> bytes:
    """References that name nothing."""
    return re.sub(rb'<c r="[A-Z][0-9]"', b"<c r=''", sheet)


def without_references(sheet: bytes) -> bytes:
    """Cells and rows that only their order places."""
    return re.sub(rb'<(c|row) r="[A-Z]?[0-9]"', rb"<\1", sheet)


def in_small_letters(sheet: bytes) -> bytes:
    """References in small letters."""
    return re.sub(rb'<c r="([A-Z])([0-9])"', lambda m: m[0].lower(), sheet)


def bottom_up(sheet: bytes) -> bytes:
    """The rows in reverse order."""
    rows = re.findall(rb"<row .*?</row>", sheet, re.DOTALL)
    return sheet.replace(b"".join(rows), b"".join(reversed(rows)))


SHEETS = [
    *map(with_dimension, (b"1:2", b"A:I", b"", b"$A$1:$I$2", b"A1:", b"foo")),
    with_prefixes, with_dollars, with_rows_alone, with_empty_references, without_references,
    in_small_letters, bottom_up,
]  # fmt: skip


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#ERROR!", "#BUSY!"])
@pytest.mark.parametrize("formula", [b"", b"<f/>", b"<f>A1&amp;1</f>"])
def test_an_error_that_is_newer_than_the_reader_is_an_error(
    error: str, formula: bytes, command: CommandLine, tmp_path: Path
) -> None:
    cell = b'<c r="E2" t="e">' + formula + b"<v>" + error.encode() + b"</v></c></row></sheetData>"
    sheet = XLSX[SHEET].replace(b"</row></sheetData>", cell)
    path = pack(tmp_path / "x.xlsx", {**XLSX, SHEET: sheet})
    problem = problem_of(command("check", path, "--json"), "cell-error")
    assert (problem["cell"], error in problem["message"]) == ("E2", True)


@pytest.mark.parametrize("change", SHEETS)
def test_a_sheet_that_excel_reads_is_read(
    change: Callable[[bytes], bytes], command: CommandLine, tmp_path: Path
) -> None:
    """Its size is not needed, and cells without a reference stand in their order."""
    sheet = change(XLSX[SHEET])
    assert sheet != XLSX[SHEET]
    path = pack(tmp_path / "x.xlsx", {**XLSX, SHEET: sheet})
    report = command("apply", path, "--json").report
    assert (report["status"], report["problems"]) == ("applied", [])
    [otc] = command("show", "otcs", "--json").json
    assert (otc["otc"], otc["total"], otc["company"]) == (CODE, 50, "Acme")
