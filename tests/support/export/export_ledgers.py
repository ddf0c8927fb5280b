"""Ledgers of a story, and their exports in every format."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from filelock import FileLock
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from builders import HEADERS, Sheets
from command_line import HOME_VARIABLES, CommandResult
from export_story import NOW, SMALL, TODAY, Scale, Story
from importer.base import clock
from importer.cli import main as program

FORMATS = ("xlsx", "ods", "json", "csv", "html")


def run(*words: str | Path, at: dt.datetime = NOW, today: dt.date = TODAY) -> CommandResult:
    """Run a command at an instant, without this user's files; in English unless it says --lang."""
    out, err = io.StringIO(), io.StringIO()
    arguments = [str(word) for word in words]
    if "--lang" not in arguments:
        arguments += ["--lang", "en"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in HOME_VARIABLES:
            patch.setenv(name, str(Path(tempfile.gettempdir(), "no-home")))
        patch.setattr(clock, "now", lambda: at)
        patch.setattr(clock, "today", lambda: today)
        exit_code = program.run(arguments)
    return CommandResult(exit_code, out.getvalue(), err.getvalue())


def write_as_text(path: Path, sheets: Sheets) -> Path:
    """A workbook in which all text is text, also what looks like a formula, as Excel writes it."""
    workbook = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        sheet.append(HEADERS[name])
        for row in rows:
            cells = [WriteOnlyCell(sheet, row.get(header)) for header in HEADERS[name]]
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.value = re.sub(r"_(?=x[0-9A-F]{4}_)", "_x005F_", cell.value)
                    cell.data_type = "s"
            sheet.append(cells)
    workbook.save(path)
    return path


def make_ledger(ledger: Path | str, scale: Scale, folder: Path) -> None:
    """A ledger of a story of that scale; the story's workbooks are kept in `folder`."""
    for number, (at, action) in enumerate(Story(scale).steps(), 1):
        words: list[str | Path] = ["undo", str(action)]
        if not isinstance(action, int):
            workbook = folder / f"{number}.xlsx"
            words = ["apply", workbook if workbook.exists() else write_as_text(workbook, action)]
        result = run(*words, "--ledger", ledger, "--actor", "=boss()", at=at, today=at.date())
        assert result.exit_code == 0, result.out + result.err


def export(ledger: Path | str, path: Path, *options: str) -> Path:
    """Export a ledger to a file or, without a suffix, to a folder of CSV files."""
    form = [] if path.suffix else ["--format", "csv"]
    result = run("export", "--ledger", ledger, "-o", path, *form, *options)
    assert (result.exit_code, result.err) == (0, "")
    return path


def in_format(folder: Path, form: str) -> Path:
    """The export in that format in a folder."""
    return folder / ("details" if form == "csv" else f"details.{form}")


def write_once(factory: pytest.TempPathFactory, name: str, write: Callable[[Path], None]) -> Path:
    """A folder that `write` fills; of several worker processes only the first does so."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, unfinished = base / name, base / f"{name}.unfinished"
    with FileLock(base / f"{name}.lock"):
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            write(unfinished)
            unfinished.rename(folder)
    return folder


def write_exports(factory: pytest.TempPathFactory, scale: Scale = SMALL) -> Path:
    """A folder with the ledger of a story, and with its export in every format."""

    def write(folder: Path) -> None:
        make_ledger(folder / "ledger.db", scale, folder)
        for form in FORMATS:
            export(folder / "ledger.db", in_format(folder, form))

    return write_once(factory, f"story-of-{scale.customers}-customers", write)
