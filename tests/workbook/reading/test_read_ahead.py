"""Reading ahead: a command has its first file read while it loads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builders import write_cells
from command_line import CommandLine
from hostile.originals import good_workbook
from importer.base.errors import FileError
from importer.cli.options import CommonOptions
from importer.pipeline.job import Job
from importer.workbook.reading import sandbox
from importer.workbook.reading.process import ConfinedProcess
from importer.workbook.reading.protocol import Work
from systems import posix_only

pytestmark = posix_only("Windows limits no process")


@pytest.fixture(autouse=True)
def _new_processes() -> Iterator[None]:
    sandbox.end_all()
    yield
    sandbox.end_all()


def sheet_of(path: Path) -> str:
    """The name of a workbook's only sheet, as it is read."""
    [sheet] = sandbox.read_workbook(path).sheets
    return sheet.name


def process_ahead() -> ConfinedProcess:
    """The process that reads what will be needed next."""
    assert sandbox._ahead is not None
    return sandbox._ahead[1]


def test_a_file_that_was_read_ahead_is_not_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_cells(tmp_path / "x.xlsx", {"Before": [[1]]})
    sandbox.read_ahead(path)
    monkeypatch.delattr(ConfinedProcess, "ask")
    assert sheet_of(path) == "Before"
    assert sandbox._ahead is None


@pytest.mark.parametrize("change", ["overwritten", "replaced", "deleted", "another file"])
def test_a_file_that_has_changed_since_is_read_again(change: str, tmp_path: Path) -> None:
    """The first of two workbooks may change the second, as corrections do."""
    path, other = tmp_path / "next.xlsx", tmp_path / "other.xlsx"
    write_cells(path, {"Before": [[1]]})
    write_cells(other, {"After, and with a longer name": [[1]]})
    sandbox.read_ahead(path)
    process = process_ahead()
    if change == "another file":
        path = other
    elif change == "overwritten":
        path.write_bytes(other.read_bytes())
    elif change == "replaced":
        other.replace(path)
    else:
        path.unlink()
        with pytest.raises(FileError):
            sheet_of(path)
        other.replace(path)
    assert sheet_of(path) == "After, and with a longer name"
    assert process._process.returncode is not None


def test_only_one_file_is_read_ahead(tmp_path: Path) -> None:
    """Another makes the one before it unwanted; in the end no process is left."""
    processes = []
    for number in range(2):
        path = write_cells(tmp_path / f"{number}.xlsx", {f"S{number}": [[number]]})
        sandbox.read_ahead(path)
        processes.append(process_ahead())
    assert processes[0]._process.returncode is not None
    sandbox.end_all()
    assert processes[1]._process.returncode is not None


@pytest.mark.parametrize("arguments", [("check",), ("apply", "--partial")])
def test_a_command_sends_its_first_file_before_it_opens_the_ledger(
    arguments: tuple[str, ...],
    command: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And only once."""
    path = good_workbook(tmp_path / "good.xlsx")
    events: list[str] = []
    ask, make_job = ConfinedProcess.ask, CommonOptions.job

    def recorded_ask(process: ConfinedProcess, work: Work, *more: Any) -> None:
        events.append(work.path)
        ask(process, work, *more)

    def recorded_job(*arguments: Any, **options: Any) -> Job:
        events.append("job")
        return make_job(*arguments, **options)

    monkeypatch.setattr(ConfinedProcess, "ask", recorded_ask)
    monkeypatch.setattr(CommonOptions, "job", recorded_job)
    assert command(*arguments, path).exit_code == 0
    assert events == [str(path), "job"]
