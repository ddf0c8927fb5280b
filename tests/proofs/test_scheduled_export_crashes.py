"""A service that crashes anywhere at an export makes it, and its mail, in the next run."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crash_steps import Trial, faults_by_step, needs_fork
from importer.service.exports.run import Exports
from importer.service.state import Runs
from service_folders import NO_MAIL_SERVER, table

pytest_plugins = ["service_fixtures"]


class ExportTrial(Trial):
    """A service with an export to make and to mail, which waits for its server."""

    def __init__(self, folder: Path, ledger: Path, bug: bool = False) -> None:
        super().__init__(folder)
        smtp = table("[smtp]", **NO_MAIL_SERVER, encryption="none")
        export = table(every="1h", format="json", mail_to=["boss@msp.example"])
        self.folders.configure(smtp + export, inbox=None)
        shutil.copy(ledger, self.folders.ledger)
        self._bug = bug
        self._after_crash: tuple[list[str], bool] = [], False

    def plant_bug(self) -> None:
        if self._bug:
            deliver = Exports._deliver

            def keep_then_deliver(exports: Exports, export: Any, now: Any) -> str:
                exports._keep(export, Runs(now))
                return deliver(exports, export, now)

            setattr(Exports, "_deliver", keep_then_deliver)  # noqa: B010

    def after_crash(self) -> None:
        is_recorded = (self.folders.state / "exports.json").exists()
        self._after_crash = self._files(), is_recorded

    def _files(self) -> list[str]:
        return sorted(path.name for path in self.folders.exports.glob("[!.]*"))

    def faults(self) -> list[str]:
        """Only an export that was delivered but not recorded may be made twice."""
        files = self._files()
        before, is_recorded = self._after_crash
        allowed = 2 if before and not is_recorded and files != before else 1
        mails = [path.read_text() for path in self.folders.state.glob("mail/[!.]*.eml")]
        faults = [] if len(files) == allowed else [f"made {len(files)} times"]
        if not any(files[-1:] and files[-1] in mail.replace("_", " ") for mail in mails):
            faults.append("the newest was not mailed")
        if len(mails) > 2:
            faults.append(f"{len(mails)} mails")
        return faults + [path.name for path in self.folders.state.glob("*making-*")]


@needs_fork
@pytest.mark.thorough
def test_after_a_crash_at_any_step_an_export_and_its_mail_come(
    tmp_path: Path, ledger_of_two: Path
) -> None:
    faults = faults_by_step(partial(ExportTrial, ledger=ledger_of_two), tmp_path, stride=1)
    assert {step: wrong for step, wrong in faults.items() if wrong} == {}
    assert len(faults) > 8, "there are that many steps"


@needs_fork
@pytest.mark.thorough
def test_a_time_recorded_before_the_delivery_would_lose_an_export(
    tmp_path: Path, ledger_of_two: Path
) -> None:
    trial = partial(ExportTrial, ledger=ledger_of_two, bug=True)
    faults = faults_by_step(trial, tmp_path, stride=2, until_fault=True)
    assert any("made 0 times" in wrong for wrong in faults.values())
