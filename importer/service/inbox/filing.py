"""File workbooks with their reports, and take back those that are written to afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from importer.base.errors import OutputError
from importer.base.files import make_folder, put_new, whole_file
from importer.base.texts import N_, text
from importer.config.service import InboxSettings
from importer.messages.masking import without_otcs
from importer.service.events import Event, log
from importer.service.inbox.claims import Claim, ClaimFolder
from importer.service.inbox.result import InboxResult
from importer.service.inbox.wholeness import Writers, examine, owner_files, sha256_of, state_of

WATCHED = 600.0
"""Seconds for which a filed workbook is watched that a program may still have open."""


class _Filed(NamedTuple):
    """A workbook that was filed under another `name`, as it was, and `until` when it is watched."""

    name: str
    result: InboxResult
    path: Path
    report: Path
    status: os.stat_result
    until: float

    @property
    def has_changed(self) -> bool:
        """Whether the same file has other bytes than those of the result.

        Raises FileNotFoundError if it is not there, or a person works on it.
        """
        status = self.path.stat()
        owners = (self.path.with_name(name) for name in owner_files(self.path.name))
        if status.st_ino != self.status.st_ino or any(owner.exists() for owner in owners):
            raise FileNotFoundError(self.path)
        return state_of(status) != state_of(self.status) and _has_changed(self.path, self.result)


@dataclass
class Filing:
    """Files workbooks with their reports.

    `before_filing` is called with each result and the folder that the workbook will be in, perhaps
    again after a crash; `filed` once it is there. `changed` is called with the result and report of
    a workbook that was written to after it was applied.
    """

    settings: InboxSettings
    claims: ClaimFolder
    before_filing: Callable[[InboxResult, Path], None]
    filed: Callable[[InboxResult], None]
    changed: Callable[[InboxResult, Path], None]

    def __post_init__(self) -> None:
        self._watched: list[_Filed] = []

    def file(self, claim: Claim, result: InboxResult) -> bool:
        """File the workbook, or put it back if its bytes are no longer those of the result.

        Gives whether it was filed. Raises OutputError or OSError; then it can be repeated.
        """
        status = claim.workbook.stat()
        has_changed = _has_changed(claim.workbook, result)
        if has_changed and result.batch is None:  # there is nothing to report
            self.claims.give_back(claim)
            log(Event.CHANGED, file=result.facts["file"])
            return False
        folder = self.settings.rejected if result.returned else self.settings.applied
        if folder.parent == self.settings.folder:
            make_folder(folder)  # it may have been removed
        if not claim.is_reported:
            self.before_filing(result, folder)
            claim.set_reported()
        report = _put_report(claim, result, folder, has_changed=has_changed)
        if has_changed:
            self.changed(result, report)
            self.claims.give_back(claim)
            self.filed(replace(result, name=""))
        else:
            path = self._put_workbook(claim, result, folder / result.name, report, status)
            self.filed(replace(result, name=path.name))
        facts = {**result.facts, "report": str(report)} if result.returned else result.facts
        log(Event[result.event], **facts)
        if has_changed:
            _log_change(result, report)
        return not has_changed

    def take_back(self) -> bool:
        """Put workbooks back into the inbox that were written to after they were filed.

        Gives whether there was one.
        """
        is_any_put_back = False
        watched, self._watched = self._watched, []
        for filed in watched:
            try:
                has_changed = filed.has_changed
                if has_changed:
                    self.claims.put_back(filed.path, filed.name)
            except FileNotFoundError:  # it is a person's now
                continue
            except OSError:  # the folder is away
                has_changed = False
            if has_changed:
                self._report_change(filed)
                is_any_put_back = True
            elif time.monotonic() < filed.until:
                self._watched.append(filed)
        return is_any_put_back

    def _put_workbook(
        self, claim: Claim, result: InboxResult, target: Path, report: Path, status: os.stat_result
    ) -> Path:
        """Move the workbook to `target`, and watch it if a program may still have it open."""
        name, is_closed = claim.workbook.name, examine(claim.workbook).writers is Writers.NONE
        path = put_new(claim.workbook, target)
        if not is_closed and not path.samefile(claim.workbook):
            with suppress(OSError):  # a file system without links, or else another disk
                os.replace(claim.workbook, path)  # what is still written must not be lost
        claim.end()
        if not is_closed and result.sha256:
            until = time.monotonic() + WATCHED
            slim = replace(result, report=[])  # which may be long
            self._watched.append(_Filed(name, slim, path, report, status, until))
        return path

    def _report_change(self, filed: _Filed) -> None:
        if filed.result.batch is not None:
            self.changed(filed.result, filed.report)
        with suppress(OutputError, OSError), whole_file(filed.report) as path:
            lines = filed.report.read_text("utf-8").splitlines()
            _write(path, [*lines, *_note_of_change(filed.result)])
        _log_change(filed.result, filed.report)


def _has_changed(path: Path, result: InboxResult) -> bool:
    return bool(result.sha256) and sha256_of(path) != result.sha256


def _log_change(result: InboxResult, report: Path) -> None:
    if result.batch is None:
        log(Event.CHANGED, file=result.facts["file"])
    else:
        log(Event.CHANGED_LATE, file=result.facts["file"], batch=result.batch, report=str(report))


def _put_report(claim: Claim, result: InboxResult, folder: Path, *, has_changed: bool) -> Path:
    """Put the report and any corrections into `folder`; the path of the report.

    Each gets a number where its name is taken. This can be repeated by a service that takes over
    the claim, so the workbook goes last.
    """
    name, lines = result.name, result.report
    if has_changed:  # no workbook of that name may come to stand beside it
        name, lines = f"{name}.batch-{result.batch}", [*lines, *_note_of_change(result)]
    report = claim.folder / "report.txt"
    with whole_file(report) as path:
        _write(path, lines)
    report_path = put_new(report, folder / f"{name}.report.txt")
    if result.corrections is not None and result.corrections_made is not None:
        corrections = claim.folder / "corrections" / result.corrections_made
        put_new(corrections, folder / result.corrections)
    return report_path


def _note_of_change(result: InboxResult) -> list[str]:
    note = text(N_("{file} was written to after this report. It is in the inbox again, and gets "
                   "another report."), file=result.facts["file"])  # fmt: skip
    return ["", without_otcs(str(note))]


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join([*lines, ""]), "utf-8", errors="replace")
