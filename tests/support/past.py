"""A ledger with a history of a week, and how it looked at each point of it."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import load_workbook

from builders import (
    A,
    B,
    C,
    Sheets,
    customer,
    disable,
    edit,
    edit_otc,
    move,
    otc,
    self_managed,
    write_workbook,
)
from command_line import CommandLine
from histories import Step
from importer.base import clock


def instant(day: int, hour: int = 12, minute: int = 0, second: int = 0) -> dt.datetime:
    """An instant of March 2026."""
    return dt.datetime(2026, 3, day, hour, minute, second, tzinfo=dt.UTC)


ADDED: Sheets = [
    ("Add OTC", [otc(A, 10, expiry_date="2026-03-06"), otc(B, 20),
                 otc(C, 5, expiry_date="2027-01-31")]),
    ("Add Customer", [customer("Norte", 4), self_managed("whole", C)]),
]  # fmt: skip
RENAMED: Sheets = [
    ("Edit OTC", [edit_otc(C, total=8, company="Other")]),
    ("Edit Customer", [edit("Norte", new_name="Norte viejo", licenses=6)]),
    ("Add Customer", [customer("Norte", 7, B)]),
]
MOVED: Sheets = [
    ("Update OTC", [move(A, B, "Norte viejo")]),
    ("Disable Customer", [disable("whole", release="Yes")]),
]
LATER: Sheets = [
    ("Edit OTC", [edit_otc(A, total=77), edit_otc(B, description="later")]),
    ("Disable Customer", [disable("whole")]),
]

HISTORY: list[tuple[dt.datetime, Step]] = [
    (instant(2), ADDED),
    (instant(4, 9), RENAMED),
    (instant(4, 23, 59, 59), MOVED),
    (instant(5, 0, 0, 0), 3),
    (instant(5, 8), 4),
    (instant(8), 5),
    (instant(8, 13), 2),
]
"""When each batch is made, and the workbook applied or the batch undone."""
DAYS = range(2, 9)
"""The days whose ends are looked at: of the first batch, between them, and of the last."""

Cells = dict[str, list[list[Any]]]
"""The values of a workbook's cells, row by row, by sheet."""


@dataclass(frozen=True, slots=True)
class View:
    """All that `export` and `show` tell of a ledger.

    `parts` are those parts of the exported file that hold cells, how they are shown, and charts.
    """

    path: Path = field(compare=False)
    parts: dict[str, bytes]
    export: dict[str, Any]
    otcs: list[Any]
    customers: list[Any]
    summary: dict[str, int]

    @property
    def cells(self) -> Cells:
        """The cells of the export."""
        return cells_of(self.path)


class Past:
    """A ledger at instants that are chosen."""

    def __init__(self, command: CommandLine, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._command, self._folder, self._patch = command, folder, patch
        self._files = 0

    def at(self, now: dt.datetime) -> None:
        """Set the clock, here and in UTC."""
        self._patch.setattr(clock, "now", lambda: now)
        self._patch.setattr(clock, "today", now.date)

    def make(self, step: Step, *options: str) -> None:
        """Apply a workbook or undo a batch."""
        if isinstance(step, int):
            self._run("undo", str(step), *options)
        else:
            self._run("apply", write_workbook(self._new_file(), step), *options)

    def export(self, *options: str) -> tuple[Path, dict[str, Any]]:
        """A workbook, and what the command says of it."""
        path = self._new_file()
        printed = self._run("export", "-o", path, *options)
        return path, {key: printed[key] for key in ("as_of", "sheets", "batch", "head")}

    def view(self, *options: str) -> View:
        """All that is told."""
        path, printed = self.export(*options)
        subjects = ("otcs", "customers", "summary")
        shown = [self._run("show", what, *options) for what in subjects]
        return View(path, _parts_of(path), printed, *shown)

    def _new_file(self) -> Path:
        self._files += 1
        return self._folder / f"{self._files}.xlsx"

    def _run(self, *words: str | Path) -> Any:
        result = self._command(*words, "--json")
        assert result.exit_code == 0, (words, result.out, result.err)
        return result.json


def cells_of(path: Path) -> Cells:
    """The cells of a workbook."""
    return {sheet.title: list(map(list, sheet.values)) for sheet in load_workbook(path)}


def _parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {n: archive.read(n) for n in archive.namelist() if n.startswith("xl/")}


class Recording(NamedTuple):
    """A ledger's file with HISTORY, and what was told while that was made."""

    file: Path
    after_batch: dict[str, View]
    at_end_of_day: dict[str, View]


def record(command: CommandLine, folder: Path) -> Recording:
    """Make HISTORY with `command`, and look at the ledger after each batch and each day."""
    recording = Recording(Path(command.ledger), {}, {})
    steps = deque(HISTORY)
    with pytest.MonkeyPatch.context() as patch:
        past = Past(command, folder, patch)
        for day in DAYS:
            while steps and steps[0][0].day == day:
                now, step = steps.popleft()
                past.at(now)
                past.make(step)
                recording.after_batch[str(len(HISTORY) - len(steps))] = past.view()
            past.at(instant(day, 23, 59, 59))
            recording.at_end_of_day[f"2026-03-0{day}"] = past.view()
    assert (len(recording.after_batch), len(recording.at_end_of_day)) == (7, 7)
    return recording


@pytest.fixture(scope="module")
def recordings() -> list[Recording]:
    """The recording, once the first test has made it."""
    return []


@pytest.fixture
def recording(
    recordings: list[Recording],
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Recording:
    """The recording of HISTORY."""
    if not recordings:
        folder = tmp_path_factory.mktemp("recorded")
        recordings.append(record(CommandLine(str(folder / "recorded.db"), capsys), folder))
    return recordings[0]


@pytest.fixture
def filled(recording: Recording) -> Path:
    """The file with HISTORY."""
    return recording.file


@pytest.fixture
def past(command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    """A ledger with HISTORY."""
    return Past(command, tmp_path, monkeypatch)
