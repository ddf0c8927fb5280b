"""A service that crashes anywhere at a workbook applies it once, files it and loses nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from builders import Sheets, code_of, customer, disable, enable, otc
from crash_steps import (
    CRASHED,
    Trial,
    faults_by_step,
    in_a_new_process,
    needs_fork,
    replace,
    run_once,
)
from importer.pipeline.job import ApplyOnce
from importer.workbook.checking.check import check_workbook
from importer.workbook.reading.sandbox import read_workbook
from inbox_workbooks import bad, batches, good, names
from service_folders import Folders
from services import Serve

pytest_plugins = ["service_fixtures"]

TOGGLED = "Toggled"
"""A customer that each workbook disables and enables: one applied twice shows in the journal."""


def changes_each_time(number: int, licenses: int) -> Sheets:
    """A workbook that changes the ledger each time that it is applied."""
    return [
        *good(number, licenses),
        ("Disable Customer", [disable(TOGGLED)]), ("Enable Customer", [enable(TOGGLED)]),
    ]  # fmt: skip


SCENARIOS: dict[str, tuple[str, Sheets]] = {
    "applied": ("", changes_each_time(1, 2)),
    "applied in part": ("partial = true", changes_each_time(1, 11)),
    "rejected": ("", bad(1)),
}


class InboxTrial(Trial):
    """A service with a workbook in its inbox."""

    def __init__(self, folder: Path, ledger: Path, scenario: str, bug: str = "") -> None:
        super().__init__(folder)
        inbox, sheets = SCENARIOS[scenario]
        self.folders.configure(inbox=inbox)
        shutil.copy(ledger, self.folders.ledger)
        self.folders.drop("work.xlsx", sheets)
        self._scenario = scenario
        self._bug = bug

    def plant_bug(self) -> None:
        if self._bug == "the hash of the file is not looked up":
            for module in ("importer.ledger.reading.journal", "importer.service.inbox.applying"):
                replace(module, batches_of_file=lambda *_: [])
        if self._bug == "the result is not kept before the commit":
            replace(
                "importer.service.inbox.applying",
                ApplyOnce=lambda recorded, _: ApplyOnce(recorded, lambda _: None),
            )

    def faults(self) -> list[str]:
        files = ["work.xlsx", "work.xlsx.report.txt"]
        state = {
            "inbox": self.folders.waiting,
            "batches": batches(self.folders)[1:],
            "applied": names(self.folders.applied),
            "rejected": names(self.folders.rejected),
        }
        expected = {
            "inbox": [],
            "batches": [] if self._scenario == "rejected" else ["work.xlsx"],
            "applied": files if self._scenario == "applied" else [],
            "rejected": [] if self._scenario == "applied" else ["work.corrections.xlsx", *files],
        }
        words = {"applied": "work.xlsx: applied", "applied in part": "1 rejected"}
        reports = [path.read_text("utf-8") for path in self.folders.inbox.glob("*/*.report.txt")]
        return [f"{key}: {state[key]}" for key in state if state[key] != expected[key]] + [
            report for report in reports if words.get(self._scenario, "") not in report
        ]


@pytest.fixture
def ledger(folders: Folders, serve: Serve) -> Path:
    """A ledger with the customer that each workbook changes."""
    folders.drop("first.xlsx", [
        ("Add OTC", [otc(code_of(0), 10)]), ("Add Customer", [customer(TOGGLED, 1, code_of(0))]),
    ])  # fmt: skip
    assert serve("--once").exit_code == 0
    return Path(folders.ledger)


@needs_fork
@pytest.mark.parametrize(
    ("scenario", "stride"),
    [
        pytest.param("applied in part", 7, id="few"),
        *(
            pytest.param(scenario, 4, id=f"{scenario}-some", marks=pytest.mark.thorough)
            for scenario in SCENARIOS
        ),
        *(
            pytest.param(scenario, 1, id=f"{scenario}-all", marks=pytest.mark.long)
            for scenario in SCENARIOS
        ),
    ],
)
def test_a_crash_at_any_step_loses_and_repeats_nothing(
    tmp_path: Path, ledger: Path, scenario: str, stride: int
) -> None:
    """The next run settles all: one batch or none, the workbook filed once with its report and
    corrections, the inbox empty."""
    faults = faults_by_step(partial(InboxTrial, ledger=ledger, scenario=scenario), tmp_path, stride)
    assert {step: wrong for step, wrong in faults.items() if wrong} == {}
    assert len(faults) > 20 // stride, "there are that many steps"


@needs_fork
@pytest.mark.parametrize(
    "bug",
    [
        pytest.param("the hash of the file is not looked up", marks=pytest.mark.thorough),
        pytest.param("the result is not kept before the commit", marks=pytest.mark.thorough),
    ],
)
def test_without_a_precaution_some_crash_leaves_a_fault(
    tmp_path: Path, ledger: Path, bug: str
) -> None:
    trial = partial(InboxTrial, ledger=ledger, scenario="applied in part", bug=bug)
    assert any(faults_by_step(trial, tmp_path, stride=3, until_fault=True).values())


def die_at(name: str) -> Callable[[], None]:
    """A change of the program: it dies when it reads the workbook `name`."""

    def deadly(path: Path, *more: Any) -> Any:
        if path.name == name:
            os._exit(CRASHED)
        return read_workbook(path, *more)

    return lambda: replace("importer.pipeline.apply", read_workbook=deadly)


def exit_codes(folders: Folders, runs: int) -> list[int]:
    """The exit codes of runs that die at poison.xlsx."""
    return [run_once(folders, None, die_at("poison.xlsx")) for _ in range(runs)]


@needs_fork
def test_a_workbook_that_kills_the_program_is_given_up_and_stops_no_other(folders: Folders) -> None:
    """After five attempts it comes back with a report; the next run applies the other workbook."""
    folders.drop("poison.xlsx", good(1))
    os.utime(folders.inbox / "poison.xlsx", (0, 0))  # it comes first
    folders.drop("good.xlsx", good(2))
    assert in_a_new_process(exit_codes, folders, 2) == [CRASHED] * 2
    assert batches(folders) == ["good.xlsx"]
    assert in_a_new_process(exit_codes, folders, 5) == [CRASHED] * 3 + [1, 0]
    assert names(folders.rejected) == ["poison.xlsx", "poison.xlsx.report.txt"]
    [report] = folders.rejected.glob("*.report.txt")
    assert "5" in report.read_text("utf-8")
    assert folders.waiting == []


def test_an_internal_error_at_one_workbook_stops_no_other(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workbook stays for the next runs, perhaps of a corrected program, but not for ever."""

    def faulty(path: Path, *more: Any) -> Any:
        if path.name == "poison.xlsx":
            raise RuntimeError("a fault")
        return check_workbook(path, *more)

    monkeypatch.setattr("importer.pipeline.apply.check_workbook", faulty)
    folders.drop("poison.xlsx", good(1))
    folders.drop("good.xlsx", good(2))
    assert [serve("--once").exit_code for _ in range(6)] == [3] * 5 + [1]
    assert batches(folders) == ["good.xlsx"]
    assert names(folders.rejected) == ["poison.xlsx", "poison.xlsx.report.txt"]
    assert folders.waiting == []
