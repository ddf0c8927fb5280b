"""Apply a claimed workbook once.

However the program ends, the ledger decides by the batch that the claim records, and the hash of
the file, whether it was applied.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from importer.base import clock
from importer.base.errors import LedgerError, OutputError, StrangeLedgerError
from importer.config.service import InboxSettings
from importer.ledger.reading.journal import batches_of_file
from importer.messages.report import Report, Result
from importer.pipeline import apply as pipeline
from importer.pipeline.job import ApplyOnce, Job
from importer.service.context import ServiceContext
from importer.service.inbox.claims import Claim
from importer.service.inbox.result import InboxResult, given_up_result, result_of, unended_report
from importer.service.inbox.wholeness import NO_LINE_END, Writers, examine, sha256_of, state_of
from importer.service.stopping import StoppedError

MAX_TRIES = 5
"""Attempts at a workbook that ends the program, or at which it fails."""


class _ChangedError(Exception):
    """The workbook was written to after it was claimed."""


class ClaimApplier:
    """Applies claimed workbooks to the ledger."""

    def __init__(self, context: ServiceContext, settings: InboxSettings) -> None:
        self._context = context
        self._job = context.job("inbox")
        self._partial = settings.partial
        self._attempt: tuple[Claim, int] | None = None

    def forget_try(self) -> None:
        """Do not count the attempt under way: the service ends in the middle of it."""
        if self._attempt is not None:
            claim, tries = self._attempt
            with suppress(OutputError, OSError):
                claim.set_tries(tries)

    def apply(self, claim: Claim) -> InboxResult | None:
        """Apply the workbook; None if it has changed meanwhile, and nothing of it was applied."""
        name = claim.workbook.name
        tries = claim.tries
        done = self._done(claim)
        if done is not None:  # the program ended after the commit, or its answer was lost
            return done
        if tries >= MAX_TRIES:
            return given_up_result(name, claim.since, tries, sha256_of(claim.workbook))
        claim.set_tries(tries + 1)
        self._attempt = claim, tries
        state = state_of(claim.workbook.stat())

        def raise_if_changed() -> None:
            if state_of(claim.workbook.stat()) != state:
                raise _ChangedError

        def recorded() -> int | None:  # by this service or one that takes it over
            kept = claim.kept_result(final=False)
            return None if kept is None else kept.batch

        def before_commit(report: Report) -> None:
            raise_if_changed()
            claim.keep_result(result_of(report, name, claim.since), final=False)

        kept = claim.kept_result(final=False)
        corrections = claim.new_corrections(None if kept is None else kept.corrections_made)
        once = ApplyOnce(recorded, before_commit)
        job = replace(self._job, today=clock.today(), corrections=corrections, once=once)
        try:
            self._context.ledger.must_exist()
            report = self._report(claim.workbook, job)
            if report.batch is None:
                self._context.stopping.raise_if_set()  # that may have ended the reading
                report.sha256 = report.sha256 or sha256_of(claim.workbook)
                raise_if_changed()
        except _ChangedError:
            return None
        except StrangeLedgerError:
            raise
        except (LedgerError, StoppedError, OutputError, OSError):  # not the fault of the workbook
            self.forget_try()
            raise
        finally:
            self._attempt = None
        if report.result is not Result.UNREADABLE:
            self._context.ledger.worked(to_write=True)
        return result_of(report, name, claim.since)

    def _report(self, workbook: Path, job: Job) -> Report:
        """The report on the workbook, which is applied if it may be."""
        examined = examine(workbook)
        if examined.writers is Writers.SOME:
            raise _ChangedError
        if examined == (Writers.UNKNOWN, NO_LINE_END):  # it has waited for it in vain
            return unended_report(workbook)
        return pipeline.apply(workbook, job, partial=self._partial)

    def _done(self, claim: Claim) -> InboxResult | None:
        """The result that was kept before a commit, if the ledger has its batch."""
        kept = claim.kept_result(final=False)
        if kept is None or kept.batch is None or self._job.ledger.is_missing:
            return None
        with self._job.ledger.reading() as connection:
            batches = batches_of_file(connection, self._job.account, kept.sha256)
        return kept if any(batch.batch == kept.batch for batch in batches) else None
