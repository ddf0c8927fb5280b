"""The inbox: workbooks are claimed, applied once, and filed with a report.

Whatever ends the program, each workbook is in the inbox, in a claim, or filed; and the ledger's own
hash of the file decides whether it was applied.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from importer.base import clock
from importer.base.errors import LedgerError, OutputError, StrangeLedgerError
from importer.base.files import make_folder, os_error_reason
from importer.config.service import InboxSettings
from importer.ledger.reading.journal import batch_of_file
from importer.ledger.writing.apply import in_utc
from importer.messages.fault_log import log_fault
from importer.messages.report import Report, Result
from importer.pipeline import apply as pipeline
from importer.pipeline.job import ApplyOnce, Job
from importer.service.events import Event, log
from importer.service.inbox.arrivals import InboxScanner
from importer.service.inbox.backoff import Backoff
from importer.service.inbox.claims import Claim, ClaimFolder
from importer.service.inbox.filing import file_away
from importer.service.inbox.result import InboxResult, given_up_result, result_from_json, result_of
from importer.service.ledger_watch import LedgerWatch
from importer.service.stopping import StoppedError, StopSignal

MOST_TRIES = 5
"""How often a workbook may end the program, or fail it, before it is given up."""


class _ChangedError(Exception):
    """The workbook was written to after it was taken."""


class InboxWorker:
    """The inbox of one service, which holds `claims` in it.

    `before_filing` is called with each outcome and the folder that its workbook will be in, and may
    be called again if the program is ended; `filed` when that is done.
    """

    def __init__(
        self,
        settings: InboxSettings,
        claims: ClaimFolder,
        job: Job,
        ledger: LedgerWatch,
        stopping: StopSignal,
        before_filing: Callable[[InboxResult, Path], None],
        filed: Callable[[InboxResult], None],
    ) -> None:
        self._settings = settings
        self._claims = claims
        self._job = job
        self._ledger = ledger
        self._stopping = stopping
        self._before_filing = before_filing
        self._filed = filed
        self._arrivals = InboxScanner(settings.folder)
        self._backoff = Backoff()
        self._working: tuple[Claim, int] | None = None
        self.is_dark = False
        """Whether the inbox could not be looked into the last time."""
        self.waiting = 0
        self.oldest = 0.0
        """For how many seconds the oldest workbook has been in the inbox or claimed."""

    @property
    def has_left(self) -> bool:
        """Whether something is left that should have been settled."""
        return self.is_dark or bool(self._backoff)

    def forget_try(self) -> None:
        """Not count the try that is under way: the service is ended in the middle of it."""
        if self._working is not None:
            claim, tries = self._working
            with suppress(OutputError, OSError):
                claim.set_tries(tries)

    def round(self) -> bool:
        """Take over what others have left, and settle all that has arrived.

        Whether files are arriving, which are to be looked at again soon. Raises LedgerError where
        the ledger cannot be used; the workbooks at which it could not stay claimed.
        """
        try:
            looked = self._arrivals.look()
            for name in self._claims.left_behind():
                log(Event.TAKEN_OVER, file=name)
            held = self._claims.held()
        except OSError as error:
            self._say_dark(os_error_reason(error))
            return False
        self._say_light()
        self._backoff.keep_only([*(claim.folder for claim in held), *looked.ready])
        self.waiting = len(held) + len(looked.ready) + looked.arriving + looked.waiting
        self.oldest = max([looked.oldest, *(self._age(claim) for claim in held)])
        trouble = []
        worked = False
        for claim in self._claims_in_turn(held, looked.ready):
            try:
                if self._settle(claim):
                    worked = True
                    self.waiting -= 1
            except LedgerError as error:
                if not self._ledger.answers():
                    raise
                trouble.append(error)  # perhaps of this workbook's rows alone
                self._backoff.put_off(claim.folder)
        if self.waiting <= 0:
            self.oldest = 0.0
        if trouble and not worked:
            raise trouble[-1]
        return looked.arriving > 0

    def _claims_in_turn(self, held: list[Claim], ready: list[Path]) -> Iterator[Claim]:
        """What is to be settled now; what has failed before holds up no other."""
        for claim in held:
            if claim.tries == 0 and self._backoff.is_over(claim.folder):
                yield claim
        for path in ready:
            taken = self._take(path)
            if taken is not None:
                yield taken
        for claim in held:
            if claim.tries and self._backoff.is_over(claim.folder):
                yield claim

    def _age(self, claim: Claim) -> float:
        return max(0.0, (clock.now() - claim.since).total_seconds())

    def _take(self, path: Path) -> Claim | None:
        self._stopping.raise_if_set()
        if not self._backoff.is_over(path):
            return None
        try:
            claim = self._claims.take(path)
        except OSError as error:
            if path not in self._backoff:
                log(Event.NOT_OPENED, file=path.name, reason=os_error_reason(error))
            self._backoff.put_off(path)
            return None
        self._backoff.forget(path)
        return claim

    def _settle(self, claim: Claim) -> bool:
        """Do what is left to be done with a claim; whether it was done.

        A fault of ours concerns no other one. Raises LedgerError.
        """
        self._stopping.raise_if_set()
        try:
            outcome = result_from_json(claim.kept_outcome(final=True)) or self._applied(claim)
            if outcome is not None:
                claim.keep_outcome(outcome.to_json(), final=True)
                self._file(claim, outcome)
            self._backoff.forget(claim.folder)
            return True
        except (OutputError, OSError) as error:
            if claim.folder.exists():  # else another service took it over, where there are no locks
                self._say_not_filed(claim, error)
        except (LedgerError, StoppedError):
            raise
        except Exception as error:
            log(Event.FAULT, reason=type(error).__name__, log=log_fault())
            self._backoff.put_off(claim.folder)
        return False

    def _applied(self, claim: Claim) -> InboxResult | None:
        """What applying the workbook comes to; None if it went back into the inbox."""
        name = claim.workbook.name
        tries = claim.tries
        kept = result_from_json(claim.kept_outcome(final=False))
        if tries >= MOST_TRIES:
            return self._given_up(claim, kept, tries)
        claim.set_tries(tries + 1)
        self._working = claim, tries
        state = _state(claim.workbook)

        def before_commit(report: Report) -> None:
            if _state(claim.workbook) != state:
                raise _ChangedError
            outcome = result_of(report, name, claim.since)
            claim.keep_outcome(outcome.to_json(), final=False)

        job = replace(
            self._job, today=clock.today(),
            corrections=claim.new_corrections(None if kept is None else kept.corrections_made),
            once=ApplyOnce(claim.since.replace(microsecond=0), before_commit),
        )  # fmt: skip
        try:
            self._ledger.must_be_there()
            report = pipeline.apply(claim.workbook, job, partial=self._settings.partial)
            if report.batch is None:
                self._stopping.raise_if_set()  # reading may have been ended for that
                if _state(claim.workbook) != state:
                    raise _ChangedError
        except _ChangedError:
            self._claims.give_back(claim)
            return None
        except StrangeLedgerError:
            raise
        except (LedgerError, StoppedError, OutputError, OSError):  # it was not the workbook's fault
            self.forget_try()
            raise
        finally:
            self._working = None
        if report.result is not Result.UNREADABLE:
            self._ledger.worked(to_write=True)
        if report.applied_before is not None and kept and kept.batch == report.applied_before:
            return kept  # it was this claim's: the program ended after the commit
        return result_of(report, name, claim.since)

    def _given_up(self, claim: Claim, kept: InboxResult | None, tries: int) -> InboxResult:
        """What is said of a workbook that failed each time, if it was not applied after all."""
        name, batch = claim.workbook.name, None
        if not self._job.ledger.is_missing:
            with claim.workbook.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            with self._job.ledger.reading() as connection:
                since = in_utc(claim.since.replace(microsecond=0))
                batch = batch_of_file(connection, self._job.account, sha256, since)
        if batch is None:
            return given_up_result(name, claim.since, tries)
        if kept is not None and kept.batch == batch:
            return kept
        return result_of(Report(name, Result.UNCHANGED, applied_before=batch), name, claim.since)

    def _file(self, claim: Claim, outcome: InboxResult) -> None:
        folder = self._settings.rejected if outcome.returned else self._settings.applied
        if folder.parent == self._settings.folder:
            make_folder(folder)  # somebody may have removed it
        if not claim.is_told:
            self._before_filing(outcome, folder)
            claim.set_told()
        filed = file_away(claim, outcome, folder)
        self._filed(replace(outcome, name=filed.workbook.name))
        report = {"report": str(filed.report)} if outcome.returned else {}
        log(Event[outcome.event], **outcome.facts, **report)

    def _say_not_filed(self, claim: Claim, error: OutputError | OSError) -> None:
        if claim.folder not in self._backoff:
            if isinstance(error, OutputError):
                reason = str(error.message)
            else:
                reason = f"{os_error_reason(error)}."
            log(Event.NOT_FILED, file=claim.workbook.name, reason=reason)
        self._backoff.put_off(claim.folder)

    def _say_dark(self, reason: object) -> None:
        if not self.is_dark:
            log(Event.INBOX_UNREADABLE, folder=self._settings.folder, reason=reason)
        self.is_dark = True

    def _say_light(self) -> None:
        if self.is_dark:
            log(Event.INBOX_READABLE, folder=self._settings.folder)
        self.is_dark = False


def _state(path: Path) -> tuple[int, int]:
    facts = os.stat(path)
    return facts.st_size, facts.st_mtime_ns
