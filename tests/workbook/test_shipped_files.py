"""Every spreadsheet that happens to lie on this machine, made by others for other ends."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from command_line import CommandLine
from tiers import installed, needs

SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".xlt", ".ods", ".ots", ".fods"}
AT_LEAST = 15
"""LibreOffice brings some twenty templates and a spreadsheet of its own."""

pytestmark = needs("libreoffice")


def shipped() -> list[Path]:
    """The spreadsheets that the installed packages and LibreOffice bring with them."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    folders.add(str(Path(installed("libreoffice")).resolve().parent.parent))
    found = (
        Path(folder, name)
        for top in folders
        for folder, _folders, names in os.walk(top)
        for name in names
    )
    return sorted(path for path in found if path.suffix.lower() in SUFFIXES)


def test_every_spreadsheet_that_others_bring_is_read_or_refused(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """One command for all: none is ours, each is told why, no traceback, no ledger."""
    files = shipped()
    assert len(files) >= AT_LEAST
    said = command("check", *files, "--json", "--corrections", tmp_path)
    assert said.exit_code == 3
    assert said.err == ""
    assert "Traceback" not in said.out
    assert [one["file"] for one in said.json] == [str(path) for path in files]
    for reported in said.json:
        assert reported["status"] == "unreadable", reported
        [problem] = reported["problems"]
        assert problem["code"] == "not-a-workbook", problem
    assert not ledger.exists()
