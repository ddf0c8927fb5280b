"""Take, apply and file the workbooks of the inbox in turn.

However the program ends, each workbook is in the inbox, in a claim or filed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from importer.base import clock
from importer.base.errors import LedgerError, OutputError
from importer.base.files import os_error_reason
from importer.config.service import InboxSettings
from importer.messages.fault_log import log_fault
from importer.service.events import Event, log
from importer.service.inbox.applying import ClaimApplier
from importer.service.inbox.arrivals import InboxScanner
from importer.service.inbox.backoff import Backoff
from importer.service.inbox.claims import Claim, ClaimFolder
from importer.service.inbox.filing import Filing
from importer.service.inbox.result import result_from_json
from importer.service.stopping import StoppedError


@dataclass
class InboxWorker:
    """Processes the workbooks of one inbox through the claims of one service."""

    settings: InboxSettings
    claims: ClaimFolder
    applier: ClaimApplier
    filing: Filing

    def __post_init__(self) -> None:
        self._scanner = InboxScanner(self.settings)
        self._backoff = Backoff()
        self._is_unreadable = False
        self._has_given_back = False
        self._doubtful = 0
        self.waiting = 0
        self.oldest = 0.0
        """Seconds for which the oldest workbook has been in the inbox or claimed."""

    @property
    def has_left(self) -> bool:
        """Whether a workbook is left that should have been filed."""
        return self._is_unreadable or bool(self._backoff) or self._doubtful > 0

    def round(self) -> bool:
        """Take over the claims of services that have ended, and file all that has arrived.

        Gives whether files are arriving. Raises LedgerError if the ledger cannot be used.
        """
        self._has_given_back = False
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
        self._doubtful = files.doubtful
        others = files.arriving + files.in_use + files.doubtful
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
                if not self.applier.ledger.is_readable():
                    raise
                failure = error  # perhaps of the rows of this workbook alone
                self._backoff.put_off(claim.folder)
        if self.waiting <= 0:
            self.oldest = 0.0
        if failure and not is_any_filed:
            raise failure
        return files.arriving > 0 or self._has_given_back

    def _in_turn(self, claims: list[Claim], ready: list[Path]) -> Iterator[Claim]:
        """The claims to process now; those that failed before come last."""
        due = [claim for claim in claims if self._backoff.is_over(claim.folder)]
        tried = [claim for claim in due if claim.tries]
        yield from (claim for claim in due if claim not in tried)
        yield from filter(None, map(self._take, ready))
        yield from tried

    def _take(self, path: Path) -> Claim | None:
        self.applier.stopping.raise_if_set()
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
        self.applier.stopping.raise_if_set()
        try:
            result = result_from_json(claim.kept_result(final=True)) or self.applier.apply(claim)
            if result is not None:
                claim.keep_result(asdict(result), final=True)
            if result is None or not self.filing.file(claim, result):
                if result is None or result.batch is None:
                    log(Event.CHANGED, file=claim.workbook.name)
                self._give_back(claim)
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

    def _give_back(self, claim: Claim) -> None:
        self.claims.give_back(claim)
        self._has_given_back = True
