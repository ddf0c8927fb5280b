"""Spreadsheets that other programs install, made for other purposes."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from command_line import CommandLine
from tiers import installed, needs

SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".xlt", ".ods", ".ots", ".fods"}
AT_LEAST = 15
"""LibreOffice has some twenty templates and a spreadsheet of its own."""

pytestmark = needs("libreoffice")


def installed_spreadsheets() -> list[Path]:
    """The spreadsheets among the installed packages and LibreOffice's files."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"),
               str(Path(installed("libreoffice")).resolve().parent.parent)}  # fmt: skip
    return sorted(
        Path(folder, name)
        for top in folders
        for folder, _, names in os.walk(top)
        for name in names
        if Path(name).suffix.lower() in SUFFIXES
    )


def test_every_installed_spreadsheet_is_refused_as_not_a_workbook(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """By one command, and no ledger is created."""
    files = installed_spreadsheets()
    assert len(files) >= AT_LEAST
    result = command("check", *files, "--json", "--corrections", tmp_path)
    assert (result.exit_code, result.err) == (3, "")
    assert {
        report["file"]: (report["status"], *(problem["code"] for problem in report["problems"]))
        for report in result.json
    } == {str(path): ("unreadable", "not-a-workbook") for path in files}
    assert not ledger.exists()
