"""Workbooks with a million rows, and with a cell in the last corner of the grid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from builders import A, otc, write_workbook
from workbook_files import SHEET, change_part, read_parts

pytestmark = pytest.mark.long
MILLION = 1_000_000


class SeparateCommand:
    """A command run in a process of its own, and its cost."""

    def __init__(self, *arguments: str | Path) -> None:
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen([sys.executable, "-m", "importer", *arguments], stdout=out)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = self.exit_code = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.json = json.load(out)
        self.peak_mb = usage.ru_maxrss // 1024  # of the process that took most
        self.seconds = usage.ru_utime + usage.ru_stime


def a_million_rows(path: Path) -> Path:
    """A workbook with a million rows on Add OTC, written as a stream."""
    parts = read_parts(write_workbook(path, [("Add OTC", [])]))
    start, end, rest = parts.pop(SHEET).decode().partition("</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(SHEET, "w", force_zip64=True) as stream:
            stream.write(start.encode())
            for first in range(2, MILLION + 2, 10_000):
                rows = (_row(number) for number in range(first, first + 10_000))
                stream.write("".join(rows).encode())
            stream.write((end + rest).encode())
    return path


def _row(number: int) -> str:
    code = f"AAAAA-BBBBB-{number // 100_000:05}-{number % 100_000:05}"
    cells = "".join(
        f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABC", (code, "it@msp.example", "Acme"), strict=True)
    )
    return f'<row r="{number}">{cells}<c r="D{number}"><v>50</v></c></row>'


def test_a_million_rows_are_checked(tmp_path: Path) -> None:
    check = SeparateCommand("check", a_million_rows(tmp_path / "x.xlsx"), "--json")
    assert check.exit_code == 0
    [report] = check.json
    assert report["rows"] == {"read": MILLION, "applied": MILLION, "unchanged": 0, "rejected": 0}
    assert report["changes"]["otcs_added"] == MILLION
    assert check.peak_mb < 4_096


def test_a_coloured_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    """A blank cell with a colour at XFD1048576 is neither a row nor memory nor time."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(A)])])
    before = SeparateCommand("check", path, "--json")
    corner = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    change_part(path, SHEET, lambda content: content.replace(b"</sheetData>", corner))
    after = SeparateCommand("check", path, "--json")
    assert after.exit_code == before.exit_code == 0
    assert after.json[0]["rows"] == before.json[0]["rows"]
    assert after.peak_mb < before.peak_mb + 50
    assert after.seconds < before.seconds + 5
