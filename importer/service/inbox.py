"""The inbox: workbooks are claimed, applied once, and filed with a report.

Whatever ends the program, each workbook is in the inbox, in a claim, or filed; and the ledger's own
hash of the file decides whether it was applied.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from importer import clock, pipeline
from importer.errors import LedgerError, OutputError, StrangeLedgerError
from importer.fault_log import log_fault
from importer.files import said_by_system
from importer.job import Job, Once
from importer.ledger.apply import in_utc
from importer.ledger.journal import batch_of_file
from importer.report import Report, Result
from importer.service.arrivals import Arrivals
from importer.service.claims import Claim, Claims
from importer.service.events import Event, log
from importer.service.filing import file_away
from importer.service.ledger_watch import LedgerWatch
from importer.service.outcome import Outcome, given_up, of_json, outcome_of
from importer.service.stopping import StoppedError, Stopping
from importer.service_settings import InboxSettings

MOST_TRIES = 5
"""How often a workbook may end the program, or fail it, before it is given up."""


FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
"""Seconds between the tries at a workbook that cannot be filed, or at which we have a fault."""


class _Pause(NamedTuple):
    """Until when a claim waits, by the monotonic clock, and for how long the next time."""

    until: float
    seconds: float


class _ChangedError(Exception):
    """The workbook was written to after it was taken."""


class Inbox:
    """The inbox of one service, which holds `claims` in it.

    `before_filing` is called with each outcome and the folder that its workbook will be in, and may
    be called again if the program is ended; `filed` when that is done.
    """

    def __init__(
        self,
        settings: InboxSettings,
        claims: Claims,
        job: Job,
        ledger: LedgerWatch,
        stopping: Stopping,
        before_filing: Callable[[Outcome, Path], None],
        filed: Callable[[Outcome], None],
    ) -> None:
        self._settings = settings
        self._claims = claims
        self._job = job
        self._ledger = ledger
        self._stopping = stopping
        self._before_filing = before_filing
        self._filed = filed
        self._arrivals = Arrivals(settings.folder)
        self._is_dark = False
        self._later: dict[Path, _Pause] = {}
        self.waiting = 0
        self.oldest = 0.0
        """Age in seconds of the oldest workbook that is in the inbox or claimed."""

    @property
    def has_left(self) -> bool:
        """Whether something that was taken could not be filed."""
        return bool(self._later)

    def round(self) -> bool:
        """Take over what others have left, and settle all that has arrived.

        Whether files are arriving, which are to be looked at again soon. Raises LedgerError where
        the ledger cannot be used; the workbook at which it could not stays claimed.
        """
        try:
            looked = self._arrivals.look()
            for name in self._claims.left_behind():
                log(Event.TAKEN_OVER, file=name)
            held = self._claims.held()
        except OSError as error:
            self._say_dark(said_by_system(error))
            return False
        self._say_light()
        self.waiting = len(held) + len(looked.ready) + looked.arriving + looked.waiting
        self.oldest = max([looked.oldest, *(self._age(claim) for claim in held)])
        for claim in sorted(held, key=lambda one: one.tries):  # what has failed holds up no other
            if self._is_its_turn(claim):
                self._settle(claim)
        for path in looked.ready:
            taken = self._take(path)
            if taken is not None:
                self._settle(taken)
        return looked.arriving > 0

    def _age(self, claim: Claim) -> float:
        return (clock.now() - claim.since).total_seconds()

    def _take(self, path: Path) -> Claim | None:
        self._stopping.or_go_on()
        try:
            return self._claims.take(path)
        except OSError as error:
            log(Event.NOT_OPENED, file=path.name, reason=said_by_system(error))
            return None

    def _settle(self, claim: Claim) -> None:
        """Do what is left to be done with a claim; a fault of ours concerns no other one."""
        self._stopping.or_go_on()
        try:
            outcome = of_json(claim.kept_outcome(final=True)) or self._applied(claim)
            if outcome is not None:
                claim.keep_outcome(outcome.to_json(), final=True)
                self._file(claim, outcome)
            self._later.pop(claim.folder, None)
        except FileNotFoundError:  # taken over by another service, where there are no locks
            self._later.pop(claim.folder, None)
        except (OutputError, OSError) as error:
            self._say_not_filed(claim, error)
        except (LedgerError, StoppedError):
            raise
        except Exception as error:
            log(Event.FAULT, reason=type(error).__name__, log=log_fault())
            self._put_off(claim)

    def _applied(self, claim: Claim) -> Outcome | None:
        """What applying the workbook comes to; None if it went back into the inbox."""
        name = claim.workbook.name
        tries = claim.tries
        if tries >= MOST_TRIES:
            return self._given_up(claim, name, tries)
        claim.set_tries(tries + 1)
        state = _state(claim.workbook)

        def before_commit(report: Report) -> None:
            if _state(claim.workbook) != state:
                raise _ChangedError
            claim.keep_outcome(
                outcome_of(replace(report), name, claim.since).to_json(), final=False
            )

        job = replace(
            self._job, today=clock.today(), corrections=claim.new_corrections(),
            once=Once(claim.since.replace(microsecond=0), before_commit),
        )  # fmt: skip
        try:
            report = pipeline.apply(claim.workbook, job, partial=self._settings.partial)
            if _state(claim.workbook) != state and report.batch is None:
                raise _ChangedError
        except _ChangedError:
            self._claims.give_back(claim)
            return None
        except LedgerError as error:
            if not isinstance(error, StrangeLedgerError):
                claim.set_tries(tries)  # it was not the workbook's fault
            raise
        except (StoppedError, OutputError, OSError):
            with suppress(OutputError):
                claim.set_tries(tries)
            raise
        self._ledger.worked()
        kept = of_json(claim.kept_outcome(final=False))
        if report.applied_before is not None and kept and kept.batch == report.applied_before:
            return kept  # it was this claim's: the program ended after the commit
        return outcome_of(report, name, claim.since)

    def _given_up(self, claim: Claim, name: str, tries: int) -> Outcome:
        """What is said of a workbook that failed each time, if it was not applied after all."""
        batch = None
        if not self._job.ledger.is_missing:
            with claim.workbook.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            with self._job.ledger.reading() as connection:
                since = in_utc(claim.since.replace(microsecond=0))
                batch = batch_of_file(connection, self._job.account, sha256, since)
        if batch is None:
            return given_up(name, claim.since, tries)
        kept = of_json(claim.kept_outcome(final=False))
        if kept is not None and kept.batch == batch:
            return kept
        return outcome_of(Report(name, Result.UNCHANGED, applied_before=batch), name, claim.since)

    def _file(self, claim: Claim, outcome: Outcome) -> None:
        folder = self._settings.rejected if outcome.returned else self._settings.applied
        self._before_filing(outcome, folder)
        file_away(claim, outcome, folder)
        self._filed(outcome)
        log(Event[outcome.event], **outcome.facts)

    def _say_not_filed(self, claim: Claim, error: OutputError | OSError) -> None:
        if claim.folder not in self._later:
            if isinstance(error, OutputError):
                reason = str(error.message)
            else:
                reason = f"{said_by_system(error)}."
            log(Event.NOT_FILED, file=claim.workbook.name, reason=reason)
        self._put_off(claim)

    def _put_off(self, claim: Claim) -> None:
        """Try it again later, and later each time."""
        pause = self._later.get(claim.folder, _Pause(0, FIRST_PAUSE)).seconds
        until = time.monotonic() + pause
        self._later[claim.folder] = _Pause(until, min(2 * pause, LONGEST_PAUSE))

    def _is_its_turn(self, claim: Claim) -> bool:
        put_off = self._later.get(claim.folder)
        return put_off is None or time.monotonic() >= put_off.until

    def _say_dark(self, reason: object) -> None:
        if not self._is_dark:
            log(Event.NOT_LOOKED_INTO, folder=self._settings.folder, reason=reason)
        self._is_dark = True

    def _say_light(self) -> None:
        if self._is_dark:
            log(Event.LOOKED_INTO_AGAIN, folder=self._settings.folder)
        self._is_dark = False


def _state(path: Path) -> tuple[int, int]:
    facts = os.stat(path)
    return facts.st_size, facts.st_mtime_ns
