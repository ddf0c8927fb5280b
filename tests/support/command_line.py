"""The command line, run in this process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from builders import Row, write_cells, write_workbook
from importer.cli import main as program

Sheet = tuple[str, Sequence[Row]]
Cells = Mapping[str, Iterable[Sequence[Any]]]


HOME_VARIABLES = (
    "HOME", "USERPROFILE", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA",  # of platformdirs, on Windows
)  # fmt: skip
"""Where programs find a user's files."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command printed, and its exit code."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document that is all of standard output."""
        return json.loads(self.out)

    @property
    def report(self) -> dict[str, Any]:
        """The report of the only file of `check` or `apply` with --json; its rows add up."""
        [report] = self.json
        rows = report["rows"]
        assert rows["read"] == rows["applied"] + rows["unchanged"] + rows["rejected"], rows
        return dict(report)

    @property
    def row_counts(self) -> tuple[int, ...]:
        """Rows read, applied, unchanged and rejected."""
        return tuple(self.report["rows"].values())

    @property
    def changes(self) -> dict[str, int]:
        """What `apply`, `check` or `undo` with --json counts as done, without the zeros."""
        changes = (self.json if isinstance(self.json, dict) else self.report)["changes"]
        return {kind: count for kind, count in changes.items() if count}

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The report's errors, without its warnings."""
        return [p for p in self.report["problems"] if p["severity"] == "error"]

    @property
    def corrections(self) -> Path:
        """The corrections workbook that was written."""
        path = Path(self.report["corrections"])
        assert path.exists(), path
        return path

    def assert_error(self, *words: str, exit_code: int = 4) -> None:
        """It failed with this code, one line that contains `words`, and no traceback."""
        assert self.exit_code == exit_code, self
        assert len(self.err.splitlines()) == 1, self
        assert "Traceback" not in self.out + self.err, self
        missing = [word for word in words if word not in self.err]
        assert not missing, (missing, self)


class CommandLine:
    """Runs commands as a shell would, each with the ledger of the test."""

    def __init__(self, ledger: str, capture: pytest.CaptureFixture[str]) -> None:
        self.ledger = ledger
        self._capture = capture
        self._workbooks = 0

    def __call__(self, *arguments: str | Path) -> CommandResult:
        """Run a command; `--ledger` is added unless it takes none."""
        words = [str(argument) for argument in arguments]
        if not {"--help", "--version", "--ledger"} & set(words):
            words += ["--ledger", self.ledger]
        self._capture.readouterr()
        exit_code = program.run(words)
        output = self._capture.readouterr()
        return CommandResult(exit_code, output.out, output.err)

    def apply(
        self, *sheets: Sheet, cells: Cells | None = None, options: Sequence[str | Path] = ()
    ) -> CommandResult:
        """Apply a new workbook of rows or cells with --json.

        It is 1.xlsx, 2.xlsx and so on in this folder.
        """
        return self("apply", self._write(sheets, cells), "--json", *options)

    def check(
        self, *sheets: Sheet, cells: Cells | None = None, options: Sequence[str | Path] = ()
    ) -> CommandResult:
        """Check such a workbook."""
        return self("check", self._write(sheets, cells), "--json", *options)

    def _write(self, sheets: Sequence[Sheet], cells: Cells | None) -> Path:
        self._workbooks += 1
        path = Path(f"{self._workbooks}.xlsx")
        return write_workbook(path, sheets) if cells is None else write_cells(path, cells)

    def contents(self, *options: str | Path) -> tuple[Any, Any]:
        """The OTCs and customers of the ledger, as `show` prints them."""
        otcs, customers = (
            self("show", subject, "--json", *options).json for subject in ("otcs", "customers")
        )
        return otcs, customers
