"""Apply each workbook of the inbox once, and file it with a report.

However the program ends, each workbook is in the inbox, in a claim or filed. The ledger decides by
the batch that the claim records, and the hash of the file, whether it was applied.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from importer.base import clock
from importer.base.errors import LedgerError, OutputError, StrangeLedgerError
from importer.base.files import make_folder, os_error_reason, put_new, whole_file
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
from importer.service.inbox.result import InboxResult, given_up_result, result_from_json, result_of
from importer.service.ledger_watch import LedgerWatch
from importer.service.stopping import StoppedError, StopSignal

MAX_TRIES = 5
"""Attempts at a workbook that ends the program, or at which it fails."""


class _ChangedError(Exception):
    """The workbook was written to after it was claimed."""


@dataclass
class InboxWorker:
    """Files the workbooks of one inbox through the claims of one service.

    `before_filing` is called with each result and the folder that the workbook will be in, perhaps
    again after a crash; `filed` is called once it is there.
    """

    settings: InboxSettings
    claims: ClaimFolder
    job: Job
    ledger: LedgerWatch
    stopping: StopSignal
    before_filing: Callable[[InboxResult, Path], None]
    filed: Callable[[InboxResult], None]

    def __post_init__(self) -> None:
        self._scanner = InboxScanner(self.settings.folder)
        self._backoff = Backoff()
        self._attempt: tuple[Claim, int] | None = None
        self._is_unreadable = False
        self.waiting = 0
        self.oldest = 0.0
        """Seconds for which the oldest workbook has been in the inbox or claimed."""

    @property
    def has_left(self) -> bool:
        """Whether a workbook is left that should have been filed."""
        return self._is_unreadable or bool(self._backoff)

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
        self.waiting = len(claims) + len(files.ready) + files.arriving + files.in_use
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
        return files.arriving > 0

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
        return claim

    def _process(self, claim: Claim) -> bool:
        """Apply and file a workbook, as far as needed; return whether that is done."""
        self.stopping.raise_if_set()
        try:
            result = result_from_json(claim.kept_result(final=True)) or self._apply(claim)
            if result is not None:
                claim.keep_result(asdict(result), final=True)
                self._file(claim, result)
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
        kept = result_from_json(claim.kept_result(final=False))
        if tries >= MAX_TRIES:
            return self._given_up(claim, kept, tries)
        claim.set_tries(tries + 1)
        self._attempt = claim, tries
        state = _state(claim.workbook)

        def recorded() -> int | None:  # by this service or one that takes it over
            kept = result_from_json(claim.kept_result(final=False))
            return None if kept is None else kept.batch

        def before_commit(report: Report) -> None:
            if _state(claim.workbook) != state:
                raise _ChangedError
            claim.keep_result(asdict(result_of(report, name, claim.since)), final=False)

        job = replace(
            self.job, today=clock.today(),
            corrections=claim.new_corrections(None if kept is None else kept.corrections_made),
            once=ApplyOnce(recorded, before_commit),
        )  # fmt: skip
        try:
            self.ledger.must_exist()
            report = pipeline.apply(claim.workbook, job, partial=self.settings.partial)
            if report.batch is None:
                self.stopping.raise_if_set()  # that may have ended the reading
                if _state(claim.workbook) != state:
                    raise _ChangedError
        except _ChangedError:
            self.claims.give_back(claim)
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
        kept = result_from_json(claim.kept_result(final=False))
        if report.applied_before is not None and kept and kept.batch == report.applied_before:
            return kept  # the batch is of this claim: the program ended after the commit
        return result_of(report, name, claim.since)

    def _given_up(self, claim: Claim, kept: InboxResult | None, tries: int) -> InboxResult:
        """The result of a workbook that failed each time, unless it was applied nonetheless."""
        if kept is not None and not self.job.ledger.is_missing:
            with claim.workbook.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            with self.job.ledger.reading() as connection:
                batches = batches_of_file(connection, self.job.account, sha256)
            if any(batch.batch == kept.batch for batch in batches):
                return kept
        return given_up_result(claim.workbook.name, claim.since, tries)

    def _file(self, claim: Claim, result: InboxResult) -> None:
        folder = self.settings.rejected if result.returned else self.settings.applied
        if folder.parent == self.settings.folder:
            make_folder(folder)  # it may have been removed
        if not claim.is_reported:
            self.before_filing(result, folder)
            claim.set_reported()
        workbook, report = _moved(claim, result, folder)
        self.filed(replace(result, name=workbook.name))
        facts = {**result.facts, "report": str(report)} if result.returned else result.facts
        log(Event[result.event], **facts)


def _moved(claim: Claim, result: InboxResult, folder: Path) -> tuple[Path, Path]:
    """Move report, corrections and workbook to `folder`; the paths of workbook and report.

    Each gets a number where its name is taken. The workbook goes last, and each step can be
    repeated by a service that takes over the claim.
    """
    report = claim.folder / "report.txt"
    if not report.exists():
        with whole_file(report) as path:
            path.write_text("\n".join([*result.report, ""]), "utf-8", errors="replace")
    report_path = put_new(report, folder / f"{result.name}.report.txt")
    if result.corrections is not None and result.corrections_made is not None:
        corrections = claim.folder / "corrections" / result.corrections_made
        put_new(corrections, folder / result.corrections)
    path = put_new(claim.workbook, folder / result.name)
    claim.end()
    return path, report_path


def _state(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns
