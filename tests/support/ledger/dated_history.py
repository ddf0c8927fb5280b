"""A ledger with a history of a week, and how it looked at each point of it."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import load_workbook

from builders import A, B, C, Sheets, customer, disable, edit, edit_otc, move, otc, self_managed
from command_line import CommandLine
from histories import History, Step
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

HISTORY: list[tuple[dt.datetime, Step | None]] = [
    (instant(2), ADDED),
    (instant(3, 23, 59, 59), None),
    (instant(4, 9), RENAMED),
    (instant(4, 23, 59, 59), MOVED),
    (instant(4, 23, 59, 59), None),
    (instant(5, 0, 0, 0), 3),
    (instant(5, 8), 4),
    (instant(5, 23, 59, 59), None),
    (instant(7, 23, 59, 59), None),
    (instant(8), 5),
    (instant(8, 13), 2),
    (instant(8, 23, 59, 59), None),
]
"""When each batch is made, and the workbook applied or the batch undone; None: a day ends."""

Cells = dict[str, list[list[Any]]]
"""The values of a workbook's cells, row by row, by sheet."""


@dataclass(frozen=True, slots=True)
class View:
    """All that `export` and `show` print about a ledger.

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


class Past(History):
    """A history whose instants are chosen."""

    def __init__(self, command: CommandLine, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(command, folder)
        self._patch = patch

    def at(self, now: dt.datetime) -> Past:
        """Set the clock, here and in UTC."""
        self._patch.setattr(clock, "now", lambda: now)
        self._patch.setattr(clock, "today", now.date)
        return self

    def export(self, *options: str) -> tuple[Path, dict[str, Any]]:
        """A workbook, and what the command says of it."""
        self._files += 1
        path = self._folder / f"{self._files}.xlsx"
        printed = self.command("export", "-o", path, "--json", *options).json
        return path, {key: printed[key] for key in ("as_of", "sheets", "batch", "head")}

    def view(self, *options: str) -> View:
        """All that the commands print now."""
        path, printed = self.export(*options)
        summary = self.command("show", "summary", "--json", *options).json
        return View(path, _parts_of(path), printed, *self.command.contents(*options), summary)


def cells_of(path: Path) -> Cells:
    """The cells of a workbook."""
    return {sheet.title: list(map(list, sheet.values)) for sheet in load_workbook(path)}


def _parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {n: archive.read(n) for n in archive.namelist() if n.startswith("xl/")}


class Recording(NamedTuple):
    """A ledger's file with HISTORY, and views of it by what will show them again with `--as-of`."""

    file: Path
    views: dict[str, View]


def record(command: CommandLine, folder: Path) -> Recording:
    """Make HISTORY with `command`, and look at the ledger after each batch and each day."""
    views: dict[str, View] = {}
    with pytest.MonkeyPatch.context() as patch:
        past = Past(command, folder, patch)
        batches = 0
        for now, step in HISTORY:
            past.at(now)
            if step is not None:
                past.make(step)
                batches += 1
            views[now.date().isoformat() if step is None else str(batches)] = past.view()
    return Recording(Path(command.ledger), views)
