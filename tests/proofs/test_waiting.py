"""Waiting for a ledger that somebody else has locked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from builders import code_of, write_workbook
from command_line import CommandLine
from importer.base.errors import LedgerError
from importer.base.progress import NoProgress, Tick
from importer.base.texts import Text
from importer.ledger.opening import open_ledger
from importer.pipeline import apply as pipeline
from importers import about, job_of
from ledgers import raw
from systems import posix_only
from waiting import PATIENCE

pytest_plugins = "importer_fixtures"


@contextmanager
def locked(ledger: str) -> Iterator[None]:
    """Somebody else holds the lock that a workbook about the first OTC needs."""
    with raw(ledger) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql(f"SELECT FROM otc WHERE code = '{code_of(0)}' FOR UPDATE")
        yield
        connection.exec_driver_sql("ROLLBACK")


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("source", "seconds"),
    [("option", "0"), ("option", "0.25"), ("variable", "0.25"), ("file", "0.25")],
)
def test_an_importer_gives_up_after_the_time_to_wait(
    source: str,
    seconds: str,
    three_otcs: str,
    command: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time comes from an option, a variable or the configuration file: exit 4 and one line with
    ledger and time, not before it is over; nothing was changed, and the workbook goes in later."""
    words = ["apply", str(write_workbook(tmp_path / "later.xlsx", about(0)))]
    if source == "option":
        words += ["--wait", seconds]
    elif source == "variable":
        monkeypatch.setenv("AVIRA_IMPORTER_WAIT", seconds)
    else:
        (tmp_path / "avira-importer.toml").write_text(f"wait = {seconds}\n")
    with locked(three_otcs):
        began = time.monotonic()
        result = command(*words)
        duration = time.monotonic() - began
    result.assert_error(f"waited {seconds} seconds", open_ledger(three_otcs).name)
    assert result.out == ""
    assert duration >= float(seconds)
    report = command(*words, "--json").report
    assert (report["status"], report["batch"]) == ("applied", 2)


class Stages(NoProgress):
    """Remembers the stages that were shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def stage(self, description: Text, total: int | None = None) -> Tick:
        self.shown.append(str(description))
        return super().stage(description, total)


@pytest.mark.both_engines
def test_waiting_is_shown_as_a_stage(three_otcs: str, tmp_path: Path) -> None:
    """It is the only one while others have the ledger."""
    path = write_workbook(tmp_path / "later.xlsx", about(0))
    stages = Stages()
    job = replace(job_of("later", open_ledger(three_otcs, 0.1), tmp_path), progress=stages)
    with locked(three_otcs), pytest.raises(LedgerError, match="in use"):
        pipeline.apply(path, job)
    assert stages.shown[-1] == "Waiting for the ledger"
    patient = replace(job, ledger=open_ledger(three_otcs, PATIENCE))
    assert pipeline.apply(path, patient).batch == 2
    assert stages.shown[-2:] == ["Planning later.xlsx", "Applying later.xlsx"]


@pytest.mark.thorough
@posix_only("Windows has no pseudo-terminals")
def test_a_terminal_shows_that_an_importer_waits(three_otcs: str, tmp_path: Path) -> None:
    """Then its turn comes, and the workbook is applied."""
    import pty

    path = write_workbook(tmp_path / "later.xlsx", about(0))
    terminal, other_end = pty.openpty()
    words = [sys.executable, "-m", "importer", "apply", str(path), "--ledger", three_otcs]
    wait = ["--wait", str(PATIENCE)]
    with locked(three_otcs):
        process = subprocess.Popen([*words, *wait], stdout=subprocess.PIPE, stderr=other_end)
        os.close(other_end)
        output = b""
        while b"Waiting for the ledger" not in output:
            output += os.read(terminal, 1000)  # fails if the process ended without it
    out, _ = process.communicate(timeout=PATIENCE)
    os.close(terminal)
    assert process.returncode == 0
    assert b"batch 2" in out.lower()
