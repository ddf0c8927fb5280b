"""A service that crashes anywhere at a file that grows after it was applied takes it again once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from crash_steps import Trial, faults_by_step, needs_fork, replace
from importer.service.inbox.claims import Claim
from importer.service.inbox.result import InboxResult
from inbox_workbooks import batches, names
from slow_uploads import HEADER, NAME, append, drop, otc_rows

FIRST = HEADER + otc_rows(1, 2)


class ChangeTrial(Trial):
    """A service with an upload in its inbox that goes on after the commit."""

    def __init__(self, folder: Path, bug: bool = False) -> None:
        super().__init__(folder)
        drop(self.folders, FIRST)
        self._bug = bug

    def plant_bug(self) -> None:
        if self._bug:
            old = sha256(FIRST.encode()).hexdigest()
            replace("importer.service.inbox.worker", sha256_of=lambda _: old)
        keep_result = Claim.keep_result

        def keep(claim: Claim, result: InboxResult, *, final: bool) -> None:
            if final and claim.workbook.read_text("utf-8") == FIRST:
                append(claim.workbook, otc_rows(3, 4))
            keep_result(claim, result, final=final)

        Claim.keep_result = keep  # type: ignore[assignment, method-assign]

    def faults(self) -> list[str]:
        with closing(sqlite3.connect(self.folders.ledger)) as connection:
            otcs = connection.execute("SELECT count(*), sum(total) FROM otc").fetchone()
        reports = {name: path.read_text("utf-8")
                   for path in self.folders.applied.glob("*.report.txt")
                   for name in [path.name.partition("-")[2]]}  # fmt: skip
        state = {
            "inbox": (self.folders.waiting, []),
            "OTCs": (otcs, (4, 1000)),
            "batches": (batches(self.folders), [NAME, NAME]),
            "applied": (
                names(self.folders.applied),
                [NAME, f"{NAME}.batch-1.report.txt", f"{NAME}.report.txt"],
            ),
            "first report": ("2 read" in reports.get(f"{NAME}.batch-1.report.txt", ""), True),
            "second report": ("4 read" in reports.get(f"{NAME}.report.txt", ""), True),
        }
        return [f"{what}: {there}" for what, (there, expected) in state.items()
                if there != expected]  # fmt: skip


@needs_fork
@pytest.mark.thorough
def test_a_crash_at_any_step_leaves_one_file_with_its_report(tmp_path: Path) -> None:
    """And the report on what was applied first; all rows are in the ledger, none twice."""
    faults = faults_by_step(ChangeTrial, tmp_path, stride=1)
    assert {step: wrong for step, wrong in faults.items() if wrong} == {}
    assert len(faults) > 40, "there are that many steps"


@needs_fork
@pytest.mark.thorough
def test_without_a_look_at_the_hash_a_report_lies_beside_other_rows(tmp_path: Path) -> None:
    """The control."""
    faults = faults_by_step(partial(ChangeTrial, bug=True), tmp_path, until_fault=True)
    assert any(faults.values())
