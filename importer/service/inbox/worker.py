"""Take, apply and file the workbooks of the inbox in turn.

However the program ends, each workbook is in the inbox, in a claim or filed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from importer.base import clock
from importer.base.errors import LedgerError, OutputError
from importer.base.files import make_folder, put_new, whole_file
from importer.base.os_errors import is_in_use, os_error_reason
from importer.base.texts import N_, text
from importer.config.service import InboxSettings
from importer.messages.fault_log import log_fault
from importer.messages.masking import without_otcs
from importer.service.context import ServiceContext
from importer.service.events import Event, log
from importer.service.inbox.applying import ClaimApplier
from importer.service.inbox.arrivals import InboxScanner, Stage
from importer.service.inbox.claims import Claim, ClaimFolder
from importer.service.inbox.result import InboxResult
from importer.service.inbox.wholeness import sha256_of
from importer.service.stopping import StoppedError

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
"""Seconds before the first retry, and at most between two retries."""


class _Backoff(dict[Path, tuple[float, float]]):
    """What has failed: how long each waits, and until when by the monotonic clock."""

    def put_off(self, path: Path) -> None:
        """Let `path` wait, twice as long as the last time."""
        seconds, _ = self.get(path, (FIRST_PAUSE / 2, 0.0))
        seconds = min(2 * seconds, LONGEST_PAUSE)
        self[path] = seconds, time.monotonic() + seconds

    def is_over(self, path: Path) -> bool:
        """Whether `path` may be tried now."""
        return path not in self or time.monotonic() >= self[path][1]


class InboxWorker:
    """Processes the workbooks of one inbox through the claims of one service."""

    def __init__(
        self, context: ServiceContext, settings: InboxSettings, claims: ClaimFolder
    ) -> None:
        self.applier = ClaimApplier(context, settings)
        self._context = context
        self._settings = settings
        self._claims = claims
        self._scanner = InboxScanner(settings)
        self._backoff = _Backoff()
        self._has_given_back = False
        self._doubtful = 0

    @property
    def has_left(self) -> bool:
        """Whether a workbook is left that should have been filed."""
        is_unreadable = Event.INBOX_UNREADABLE in self._context.failing
        return is_unreadable or bool(self._backoff) or self._doubtful > 0

    def round(self, *, retrying: bool = True) -> bool:
        """Take over the claims of services that have ended, and file all that has arrived.

        What failed before, or ended the program, is left unless `retrying`. Gives whether files
        are arriving. Raises LedgerError if the ledger cannot be used.
        """
        self._has_given_back = False
        try:
            files = self._scanner.look()
            for name in self._claims.take_over():
                log(Event.TAKEN_OVER, file=name)
            claims = self._claims.claims()
        except OSError as error:
            self._context.failed(Event.INBOX_UNREADABLE, error, folder=self._settings.folder)
            return False
        if Event.INBOX_UNREADABLE in self._context.failing:
            log(Event.INBOX_READABLE, folder=self._settings.folder)
            self._context.failing.remove(Event.INBOX_UNREADABLE)
        for path in self._backoff.keys() - {claim.folder for claim in claims} - {*files.ready}:
            del self._backoff[path]
        self._doubtful = files.stages[Stage.DOUBTFUL]
        waiting = len(claims) + files.stages.total()
        ages = ((clock.now() - claim.since).total_seconds() for claim in claims)
        oldest = max([files.oldest, *ages])
        failure, filed = None, 0
        try:
            for claim in self._in_turn(claims, files.ready, retrying):
                try:
                    filed += self._process(claim)
                except LedgerError as error:
                    if not self._context.ledger.is_readable():
                        raise
                    failure = error  # perhaps of the rows of this workbook alone
                    self._backoff.put_off(claim.folder)
        finally:
            self._context.metrics.inbox_files.set(waiting - filed)
            self._context.metrics.inbox_lag.set(oldest if filed < waiting else 0.0)
        if failure and not filed:
            raise failure
        return files.stages[Stage.ARRIVING] > 0 or self._has_given_back

    def _in_turn(
        self, claims: list[Claim], ready: list[Path], retrying: bool
    ) -> Iterator[Claim]:  # fmt: skip
        """The claims to process now; those that failed before come last.

        One with a final result has not failed. Only filing remains, which must come before a file
        of the same name.
        """
        due = [claim for claim in claims if self._backoff.is_over(claim.folder)]
        tried = [claim for claim in due if claim.tries and claim.kept_result(final=True) is None]
        yield from (claim for claim in due if claim not in tried)
        yield from filter(None, map(self._take, ready))
        if retrying:
            yield from tried

    def _take(self, path: Path) -> Claim | None:
        self._context.stopping.raise_if_set()
        if not self._backoff.is_over(path):
            return None
        try:
            claim = self._claims.take(path)
        except OSError as error:
            if path not in self._backoff and is_in_use(error):
                log(Event.IN_USE, file=path.name)
            elif path not in self._backoff:
                log(Event.NOT_OPENED, file=path.name, reason=os_error_reason(error))
            self._backoff.put_off(path)
            return None
        self._backoff.pop(path, None)
        if claim is not None and self._scanner.has_changed(path.name, claim.workbook):
            self._give_back(claim)  # it was not as still as it seemed
            return None
        return claim

    def _process(self, claim: Claim) -> bool:
        """Apply and file a workbook, as far as needed; return whether that is done."""
        self._context.stopping.raise_if_set()
        try:
            result = claim.kept_result(final=True) or self.applier.apply(claim)
            if result is not None:
                claim.keep_result(result, final=True)
            if result is None or not _file(claim, result, self._settings, self._context):
                if result is None or result.batch is None:
                    log(Event.CHANGED, file=claim.workbook.name)
                self._give_back(claim)
            self._backoff.pop(claim.folder, None)
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

    def _give_back(self, claim: Claim) -> None:
        self._claims.give_back(claim)
        self._has_given_back = True


def _file(
    claim: Claim, result: InboxResult, settings: InboxSettings, context: ServiceContext
) -> bool:
    """File the workbook, or only the report if its bytes are not those of the result.

    Gives whether the workbook was filed. Raises OutputError or OSError; then it can be repeated,
    also by a service that takes over the claim.
    """
    has_changed = sha256_of(claim.workbook) != result.sha256
    if has_changed and result.batch is None:
        return False  # there is nothing to report
    folder = settings.rejected if result.returned else settings.applied
    if folder.parent == settings.folder:
        make_folder(folder)  # it may have been removed
    if not claim.is_reported:
        context.notices.refused(result, folder)
        claim.set_reported()
    report = _put_report(claim, result, folder, has_changed=has_changed)
    filed_as = ""
    if has_changed:
        context.notices.changed(result, report)
    else:
        filed_as = put_new(claim.workbook, folder / result.name).name
        claim.end()
    context.filed(replace(result, name=filed_as))
    facts = {"report": str(report)} if result.returned else {}
    log(result.event, file=result.file, **result.facts, **facts)
    if has_changed:
        log(Event.CHANGED_LATE, file=result.file, batch=result.batch, report=str(report))
    return not has_changed


def _put_report(claim: Claim, result: InboxResult, folder: Path, *, has_changed: bool) -> Path:
    """Put the report and any corrections into `folder`; the path of the report.

    Each gets a number where its name is taken.
    """
    name, lines = result.name, result.report
    if has_changed:  # no workbook of that name may come to stand beside it
        note = text(N_("{file} was written to after this report. It is in the inbox again, and "
                       "gets another report."), file=result.file)  # fmt: skip
        name, lines = f"{name}.batch-{result.batch}", [*lines, "", without_otcs(str(note))]
    report = claim.folder / "report.txt"
    with whole_file(report) as path:
        path.write_text("\n".join([*lines, ""]), "utf-8")
    report_path = put_new(report, folder / f"{name}.report.txt")
    if result.corrections is not None and result.corrections_made is not None:
        corrections = claim.folder / "corrections" / result.corrections_made
        put_new(corrections, folder / result.corrections)
    return report_path
