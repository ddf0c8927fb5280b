"""The command line, run in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from importer.cli import main as program


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


class CommandLine:
    """Runs commands as a shell would, each with the ledger of the test."""

    def __init__(self, ledger: str, capture: pytest.CaptureFixture[str]) -> None:
        self.ledger = ledger
        self._capture = capture

    def __call__(self, *arguments: str | Path) -> CommandResult:
        """Run a command; `--ledger` is added unless it takes none."""
        words = [str(argument) for argument in arguments]
        if not {"--help", "--version", "--ledger"} & set(words):
            words += ["--ledger", self.ledger]
        self._capture.readouterr()
        exit_code = program.run(words)
        output = self._capture.readouterr()
        return CommandResult(exit_code, output.out, output.err)
