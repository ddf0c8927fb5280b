"""Apply each workbook of the inbox once.

However the program ends, each workbook is in the inbox, in a claim or filed. The ledger decides by
the batch that the claim records, and the hash of the file, whether it was applied.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from importer.base import clock
from importer.base.errors import LedgerError, OutputError, StrangeLedgerError
from importer.base.files import os_error_reason
from importer.config.service import InboxSettings
from importer.ledger.reading.journal import batches_of_file
from importer.messages.fault_log import log_fault
from importer.messages.report import Report, Result
from importer.pipeline import apply as pipeline
from importer.pipeline.job import ApplyOnce, Job
from importer.service.events import Event, log
from importer.service.inbox.arrivals import InboxScanner
from importer.service.inbox.backoff import Backoff
from importer.service.inbox.claims import Claim, ClaimFolder
from importer.service.inbox.filing import Filing
from importer.service.inbox.result import (
    InboxResult,
    as_text,
    given_up_result,
    result_from_json,
    result_of,
    unended_report,
)
from importer.service.inbox.wholeness import (
    NO_LINE_END,
    Writers,
    examine,
    sha256_of,
    state_of,
)
from importer.service.ledger_watch import LedgerWatch
from importer.service.stopping import StoppedError, StopSignal

MAX_TRIES = 5
"""Attempts at a workbook that ends the program, or at which it fails."""


class _ChangedError(Exception):
    """The workbook was written to after it was claimed."""


@dataclass
class InboxWorker:
    """Applies the workbooks of one inbox through the claims of one service."""

    settings: InboxSettings
    claims: ClaimFolder
    job: Job
    ledger: LedgerWatch
    stopping: StopSignal
    filing: Filing

    def __post_init__(self) -> None:
        self._scanner = InboxScanner(self.settings)
        self._backoff = Backoff()
        self._attempt: tuple[Claim, int] | None = None
        self._is_unreadable = False
        self._has_put_back = False
        self.waiting = 0
        self.oldest = 0.0
        """Seconds for which the oldest workbook has been in the inbox or claimed."""
        self.doubtful: list[str] = []
        """The names of those that may be unfinished."""

    @property
    def has_left(self) -> bool:
        """Whether a workbook is left that should have been filed."""
        return self._is_unreadable or bool(self._backoff) or bool(self.doubtful)

    def forget_try(self) -> None:
        """Do not count the attempt under way: the service ends in the middle of it."""
        if self._attempt is not None:
            claim, tries = self._attempt
            with suppress(OutputError, OSError):
                claim.set_tries(tries)

    def round(self) -> bool:
        """Take over the claims of services that have ended, and file all that has arrived.

        Gives whether files are arriving. Raises LedgerError if the ledger cannot be used.
        """
        self._has_put_back = self.filing.take_back()
        try:
            files = self._scanner.look()
            for name in self.claims.take_over():
                log(Event.TAKEN_OVER, file=name)
            claims = self.claims.claims()
        except OSError as error:
            if not self._is_unreadable:
                folder, reason = self.settings.folder, os_error_reason(error)
                log(Event.INBOX_UNREADABLE, folder=folder, reason=reason)
            self._is_unreadable = True
            return False
        if self._is_unreadable:
            log(Event.INBOX_READABLE, folder=self.settings.folder)
        self._is_unreadable = False
        self._backoff.keep_only([*(claim.folder for claim in claims), *files.ready])
        self.doubtful = [as_text(name) for name in files.doubtful]
        others = files.arriving + files.in_use + len(files.doubtful)
        self.waiting = len(claims) + len(files.ready) + others
        ages = ((clock.now() - claim.since).total_seconds() for claim in claims)
        self.oldest = max([files.oldest, *ages])
        failure, is_any_filed = None, False
        for claim in self._in_turn(claims, files.ready):
            try:
                if self._process(claim):
                    is_any_filed = True
                    self.waiting -= 1
            except LedgerError as error:
                if not self.ledger.is_readable():
                    raise
                failure = error  # perhaps of the rows of this workbook alone
                self._backoff.put_off(claim.folder)
        if self.waiting <= 0:
            self.oldest = 0.0
        if failure and not is_any_filed:
            raise failure
        return files.arriving > 0 or self._has_put_back

    def _in_turn(self, claims: list[Claim], ready: list[Path]) -> Iterator[Claim]:
        """The claims to process now; those that failed before come last."""
        due = [claim for claim in claims if self._backoff.is_over(claim.folder)]
        tried = [claim for claim in due if claim.tries]
        yield from (claim for claim in due if claim not in tried)
        yield from filter(None, map(self._take, ready))
        yield from tried

    def _take(self, path: Path) -> Claim | None:
        self.stopping.raise_if_set()
        if not self._backoff.is_over(path):
            return None
        try:
            claim = self.claims.take(path)
        except OSError as error:
            if path not in self._backoff:
                log(Event.NOT_OPENED, file=path.name, reason=os_error_reason(error))
            self._backoff.put_off(path)
            return None
        self._backoff.forget(path)
        if claim is not None and self._scanner.has_changed(path.name, claim.workbook):
            self._give_back(claim)  # it was not as still as it seemed
            return None
        return claim

    def _process(self, claim: Claim) -> bool:
        """Apply and file a workbook, as far as needed; return whether that is done."""
        self.stopping.raise_if_set()
        try:
            result = result_from_json(claim.kept_result(final=True)) or self._apply(claim)
            if result is not None:
                claim.keep_result(asdict(result), final=True)
                if not self.filing.file(claim, result):
                    self._has_put_back = True
            self._backoff.forget(claim.folder)
            return True
        except (OutputError, OSError) as error:
            if claim.folder.exists():  # else another service took it over, where there are no locks
                if claim.folder not in self._backoff:
                    if isinstance(error, OutputError):
                        reason = str(error.message)
                    else:
                        reason = f"{os_error_reason(error)}."
                    log(Event.NOT_FILED, file=claim.workbook.name, reason=reason)
                self._backoff.put_off(claim.folder)
        except (LedgerError, StoppedError):
            raise
        except Exception as error:
            log(Event.FAULT, reason=type(error).__name__, log=log_fault())
            self._backoff.put_off(claim.folder)
        return False

    def _apply(self, claim: Claim) -> InboxResult | None:
        """Apply the workbook; None if it went back to the inbox."""
        name = claim.workbook.name
        tries = claim.tries
        kept = _kept(claim)
        if kept is not None and self._is_applied(kept):
            return kept  # the program ended after the commit
        if tries >= MAX_TRIES:
            return given_up_result(name, claim.since, tries, sha256_of(claim.workbook))
        claim.set_tries(tries + 1)
        self._attempt = claim, tries
        state = state_of(claim.workbook.stat())

        def raise_if_changed() -> None:
            if state_of(claim.workbook.stat()) != state:
                raise _ChangedError

        def recorded() -> int | None:  # by this service or one that takes it over
            kept = _kept(claim)
            return None if kept is None else kept.batch

        def before_commit(report: Report) -> None:
            raise_if_changed()
            claim.keep_result(asdict(result_of(report, name, claim.since)), final=False)

        job = replace(
            self.job, today=clock.today(),
            corrections=claim.new_corrections(None if kept is None else kept.corrections_made),
            once=ApplyOnce(recorded, before_commit),
        )  # fmt: skip
        try:
            self.ledger.must_exist()
            report = self._report(claim.workbook, job)
            if report.batch is None:
                self.stopping.raise_if_set()  # that may have ended the reading
                report.sha256 = report.sha256 or sha256_of(claim.workbook)
                raise_if_changed()
        except _ChangedError:
            self._give_back(claim)
            log(Event.CHANGED, file=name)
            return None
        except StrangeLedgerError:
            raise
        except (LedgerError, StoppedError, OutputError, OSError):  # not the fault of the workbook
            self.forget_try()
            raise
        finally:
            self._attempt = None
        if report.result is not Result.UNREADABLE:
            self.ledger.worked(to_write=True)
        return _kept_for(report, claim) or result_of(report, name, claim.since)

    def _give_back(self, claim: Claim) -> None:
        self.claims.give_back(claim)
        self._has_put_back = True

    def _report(self, workbook: Path, job: Job) -> Report:
        """The report on the workbook, which is applied if it may be."""
        examined = examine(workbook)
        if examined.writers is Writers.SOME:
            raise _ChangedError
        if examined == (Writers.UNKNOWN, NO_LINE_END):  # it has waited for it in vain
            return unended_report(workbook)
        return pipeline.apply(workbook, job, partial=self.settings.partial)

    def _is_applied(self, kept: InboxResult) -> bool:
        """Whether the ledger has the batch of a result that was kept before the commit."""
        if kept.batch is None or self.job.ledger.is_missing:
            return False
        with self.job.ledger.reading() as connection:
            batches = batches_of_file(connection, self.job.account, kept.sha256)
        return any(batch.batch == kept.batch for batch in batches)


def _kept(claim: Claim) -> InboxResult | None:
    """The result that was kept before a commit, which may have failed."""
    return result_from_json(claim.kept_result(final=False))


def _kept_for(report: Report, claim: Claim) -> InboxResult | None:
    """The result that was kept if its batch is that of the report: only the answer was lost."""
    kept = _kept(claim)
    is_same = kept is not None and kept.batch is not None and kept.batch == report.applied_before
    return kept if is_same else None
