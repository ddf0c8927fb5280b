"""A load on one ledger: many processes that apply random workbooks about the same few things."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Event

import sqlalchemy as sa

from builders import (
    Row,
    Sheets,
    code_of,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    enable,
    move,
    otc,
    self_managed,
    subscription,
    write_workbook,
)
from importer.base import clock
from importer.base.errors import LedgerError
from importer.base.progress import NoProgress, Tick
from importer.base.texts import Text
from importer.domain.planning.plan import make_plan
from importer.domain.planning.scope import scope_of
from importer.domain.problems import Code
from importer.ledger.database import Writing
from importer.ledger.engines import postgresql
from importer.ledger.opening import open_ledger
from importer.ledger.reading.snapshot import load_snapshot
from importer.ledger.upkeep.verify import verify
from importer.ledger.writing.apply import AppliedBatch, BatchFacts, apply_changes
from importer.messages.report import Report, Result
from importer.pipeline import apply as pipeline
from importer.pipeline.job import Job
from importer.pipeline.undo import undo
from importer.workbook.checking.check import check_workbook
from importer.workbook.reading.sandbox import read_workbook
from importers import ASSIGNED, PROCESSES, TOTAL, beginning, job_of, site
from waiting import PATIENCE
from watchers import ACCOUNT, Watcher, watch


@dataclass(frozen=True, slots=True)
class Load:
    """How many processes apply how many workbooks each, over how many OTCs."""

    processes: int
    batches: int
    otcs: int


class RandomWorkbooks:
    """Draws what process `number` of a load applies; all draw from the same few things."""

    def __init__(self, load: Load, number: int, seed: int) -> None:
        self._load = load
        self._number = number
        self._random = random.Random(f"{seed}-{number}")
        self._known = load.otcs  # customers there may be by now

    def first(self) -> Sheets:
        """The last licences of an OTC, which only one process can get; and a contested figure."""
        licenses = 1 + self._number % (ASSIGNED - 1)
        return [
            ("Add Customer", [customer(f"Only {self._number}", TOTAL - ASSIGNED, code_of(0))]),
            ("Edit Customer", [edit(site(1), licenses=licenses)]),
        ]

    def next(self) -> Sheets:
        """Two to four sheets of one to three rows; the new customers are the same for all."""
        up_to = self._up_to
        rows: dict[str, Callable[[], Row]] = {
            "Add OTC": lambda: otc(self._code(2), TOTAL),
            "Edit OTC": lambda: edit_otc(self._code(), total=TOTAL + up_to(4)),
            "Add Customer": self._new_customer,
            "Add Avira Subscription": lambda: subscription(self._site(), up_to(9), self._code()),
            "Edit Customer": self._edit,
            "Update OTC": lambda: move(
                self._code(), self._code(), self._site() if up_to(4) > 1 else None
            ),
            "Disable Customer": lambda: disable(self._site(), release="Yes"),
            "Enable Customer": lambda: enable(self._site()),
            "Devices": lambda: device(self._site(), f"PC-{up_to(3)}", avira_status=str(up_to(9))),
        }
        kinds = ["Add Customer", "Edit Customer", *self._random.sample(list(rows), up_to(2))]
        self._known += 2
        return [(kind, [rows[kind]() for _ in range(up_to(3))]) for kind in dict.fromkeys(kinds)]

    def is_undo_due(self) -> bool:
        """Whether to undo the process's last batch first: now and then."""
        return self._up_to(8) == 1

    def _up_to(self, most: int) -> int:
        return self._random.randint(1, most)

    def _code(self, times: int = 1) -> str:
        return code_of(self._random.randrange(self._load.otcs * times))

    def _site(self) -> str:
        return site(self._random.randrange(self._known))

    def _new_site(self) -> str:
        return site(self._known - self._up_to(2))

    def _new_customer(self) -> Row:
        if self._up_to(5) > 1:
            return customer(self._new_site(), self._up_to(4), self._code())
        email = f"it@site{self._up_to(5)}.example"
        return self_managed(self._new_site(), self._code(2), email)

    def _edit(self) -> Row:
        if self._up_to(4) == 1:
            return edit(self._site(), new_name=self._new_site())
        return edit(self._site(), licenses=self._up_to(12) - 1)


class CountingTries(NoProgress):
    """Counts plans: one, and one more each time that others came between.

    It pauses before and after each, so that they do.
    """

    count = 0

    def stage(self, description: Text, total: int | None = None) -> Tick:
        if description.template.startswith(("Planning", "Applying")):
            time.sleep(random.uniform(0, 0.01))
        self.count += description.template.startswith("Planning")
        return super().stage(description, total)


BatchKey = tuple[int, str, str]
"""A batch as its importer knows it: number, actor and file."""


@dataclass(slots=True)
class Tally:
    """What was reported to importers: the batches they made, refusals, and failures."""

    batches: list[BatchKey] = field(default_factory=list)
    reports: int = 0
    retries: int = 0
    refused: Counter[Code] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, report: Report, actor: str, tries: CountingTries) -> None:
        """Count the report of a workbook or an undo."""
        self.reports += 1
        self.retries += max(0, tries.count - 1)
        self.refused.update(problem.code for problem in report.problems)
        if report.batch is not None:
            self.batches.append((report.batch, actor, Path(report.file).name))

    def add(self, other: Tally) -> None:
        """Add what was reported to another importer."""
        self.batches += other.batches
        self.reports += other.reports
        self.retries += other.retries
        self.refused += other.refused
        self.failures += other.failures


def check_then_insert(path: Path, job: Job) -> Report:
    """An importer without locks: it looks in one transaction, and writes in another."""
    checked = check_workbook(path, read_workbook(path))
    with job.ledger.reading() as connection:
        scope = scope_of(checked.requests)
        snapshot = load_snapshot(connection, job.account, scope, job.today)
    plan = make_plan(checked.requests, snapshot)
    _barrier.wait(PATIENCE)  # all have looked before the first one writes
    report = Report(str(path), Result.PARTLY_APPLIED, problems=plan.problems)

    def work(writing: Writing) -> AppliedBatch:
        facts = BatchFacts(job.account, clock.now(), job.actor, path.name, "", 1, 0, 0)
        return apply_changes(writing, plan.changes, facts, plan.new_customers)

    if plan.changes:
        report.batch = job.ledger.write(work).number
    return report


_barrier: Barrier


def set_barrier(barrier: Barrier) -> None:
    """Tell a new process where it waits for the others."""
    global _barrier
    _barrier = barrier


def apply_workbooks(
    ledger: str, folder: Path, load: Load, number: int, seed: int, naive: bool
) -> Tally:
    """What process `number` does: draw a workbook, apply it as all others apply theirs, repeat."""
    apply: Callable[[Path, Job], Report] = (
        check_then_insert if naive else partial(pipeline.apply, partial=True)
    )
    if naive:
        postgresql.TRIES = 1
    workbooks, tally, actor = RandomWorkbooks(load, number, seed), Tally(), f"process {number}"
    opened = open_ledger(ledger, PATIENCE)
    for turn in range(load.batches):
        sheets = workbooks.next() if turn else workbooks.first()
        path = write_workbook(folder / f"{number}-{turn}.xlsx", sheets)
        _barrier.wait(PATIENCE)
        tries = CountingTries()
        job = replace(job_of(actor, opened, folder), progress=tries)
        try:
            if workbooks.is_undo_due() and tally.batches and not naive:
                undone = undo(tally.batches[-1][0], job)
                tally.note(undone.report, actor, tries)
                tries.count = 0
            tally.note(apply(path, job), actor, tries)
        except LedgerError as error:
            tally.failures.append(f"{path.name}: {error.message}")
    return tally


@dataclass(slots=True)
class LoadResult:
    """What readers saw during a load, what was reported to importers, and what the ledger holds."""

    watcher: Watcher
    tally: Tally
    batches: list[BatchKey]
    verify_faults: list[str]

    @property
    def faults(self) -> list[str]:
        """All that must not be: for readers, for importers, and in the ledger."""
        reported, stored = set(self.tally.batches), set(self.batches)
        lost = [f"{batch} was reported, but is not stored" for batch in reported - stored]
        extra = [f"{batch} is stored, but was not reported" for batch in stored - reported]
        return [
            *sorted(self.watcher.faults), *self.tally.failures, *lost, *extra, *self.verify_faults
        ]  # fmt: skip

    @property
    def alternations(self) -> int:
        """How often a batch follows on one of another process."""
        pairs = zip(self.batches, self.batches[1:], strict=False)
        return sum(first[1] != second[1] for first, second in pairs)


def run(ledger: str, folder: Path, load: Load, *, naive: bool = False) -> LoadResult:
    """Put the load on an empty ledger, with a reader that checks it all the time."""
    folder.mkdir()
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}, {load}")  # noqa: T201 - shown where a test fails, and by pytest -rP
    opened = open_ledger(ledger, PATIENCE)
    tally, stop = Tally(), Event()
    first = write_workbook(folder / "first.xlsx", beginning(load.otcs))
    tally.note(pipeline.apply(first, job_of("first", opened, folder)), "first", CountingTries())
    with (
        ThreadPoolExecutor(1) as thread,
        ProcessPoolExecutor(
            load.processes, PROCESSES, set_barrier, (PROCESSES.Barrier(load.processes),)
        ) as processes,
    ):
        watching = thread.submit(watch, opened, stop)
        try:
            futures = [
                processes.submit(apply_workbooks, ledger, folder, load, number, seed, naive)
                for number in range(load.processes)
            ]
            for future in futures:
                tally.add(future.result())
        finally:
            stop.set()
        watcher = watching.result()
    with opened.reading() as connection:
        rows = connection.execute(sa.text("SELECT batch, actor, file FROM batch ORDER BY batch"))
        batches = [(row.batch, row.actor, row.file) for row in rows]
        verify_faults = [str(fault.message) for fault in verify(connection, ACCOUNT).faults]
    return LoadResult(watcher, tally, batches, verify_faults)
