"""Many importers of one ledger, and a checker of what they leave."""

from __future__ import annotations

import json
import multiprocessing
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
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from builders import Row, Sheets, write_workbook
from importer.base import clock
from importer.base.errors import LedgerError
from importer.base.progress import NoProgress, Tick
from importer.base.texts import Text
from importer.domain.planning.plan import make_plan
from importer.domain.planning.scope import scope_of
from importer.domain.problems import Code
from importer.ledger.database import Ledger, Writing
from importer.ledger.engines import postgresql as on_server
from importer.ledger.opening import open_ledger
from importer.ledger.reading.snapshot import load_snapshot
from importer.ledger.upkeep.verify import verify
from importer.ledger.writing.apply import AppliedBatch, BatchFacts, apply_changes
from importer.ledger.writing.chain import hash_of_lines
from importer.messages.report import Report, Result
from importer.pipeline import apply as pipeline
from importer.pipeline.job import Job
from importer.pipeline.undo import undo
from importer.workbook.checking.check import check_workbook
from importer.workbook.reading.sandbox import read_workbook

if TYPE_CHECKING:  # what the processes of a load need not import
    from servers import Server


LONG_ENOUGH = 120.0


"""Seconds after which what still waits would wait for ever, however busy the machine is."""


ACCOUNT = "default"


def code_of(number: int) -> str:
    """The OTC of a number."""
    return f"{number:05d}-11111-22222-33333"


def otc(code: str, total: int) -> Row:
    """A row of Add OTC."""
    return {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": total}


def customer(name: str, code: str, licenses: int) -> Row:
    """A row of Add Customer."""
    return {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
            "No of Licenses": licenses}  # fmt: skip


def job_of(actor: str, ledger: Ledger, folder: Path) -> Job:
    """The job of one of many importers; its corrections go to `folder`."""
    return Job(ledger, ACCOUNT, clock.today(), actor, folder)


@dataclass(frozen=True, slots=True)
class Load:
    """How many processes apply how many workbooks each, over how many OTCs."""

    processes: int
    batches: int
    otcs: int


SMALL = Load(processes=4, batches=6, otcs=5)


LOADS = [
    pytest.param(SMALL, id="small"),
    pytest.param(Load(processes=12, batches=60, otcs=20), id="full", marks=pytest.mark.long),
]


TOTAL = 15


HELD = 10


"""Licences of an OTC, and how many of them are held when a load begins."""


def beginning(load: Load) -> Sheets:
    """The OTCs, each with a customer."""
    numbers = range(load.otcs)
    return [
        ("Add OTC", [otc(code_of(number), TOTAL) for number in numbers]),
        ("Add Customer", [customer(site(number), code_of(number), HELD) for number in numbers]),
    ]


def site(number: int) -> str:
    """The customer of a number."""
    return f"Site {number}"


class Wishes:
    """Draws what process `own` of a load applies; all draw from the same few things."""

    def __init__(self, load: Load, own: int, seed: int) -> None:
        self._load = load
        self._own = own
        self._chance = random.Random(f"{seed}-{own}")
        self._known = load.otcs  # customers there may be by now

    def first(self) -> Sheets:
        """What only one can have: the last licences of an OTC; and another's figure, changed."""
        return [
            ("Add Customer", [customer(f"Only {self._own}", code_of(0), TOTAL - HELD)]),
            ("Edit Customer", [named(site(1)) | {"No of Licenses": 1 + self._own % (HELD - 1)}]),
        ]

    def next(self) -> Sheets:
        """Two to four sheets of one to three rows; the new customers are the same for all."""
        rows: dict[str, Callable[[], Row]] = {
            "Add OTC": lambda: otc(self._code(wider=True), TOTAL),
            "Edit OTC": lambda: {"OTC": self._code(), "Total Licenses": TOTAL + self._up_to(4)},
            "Add Customer": self._new_customer,
            "Add Avira Subscription": lambda: self._site() | self._some(self._up_to(9)),
            "Edit Customer": self._edit,
            "Update OTC": self._move,
            "Disable Customer": lambda: self._site() | {"Release Licenses": "Yes"},
            "Enable Customer": self._site,
            "Devices": lambda: recorded(self._site(), self._up_to(3), str(self._up_to(9))),
        }
        kinds = ["Add Customer", "Edit Customer", *self._chance.sample(list(rows), self._up_to(2))]
        self._known += 2
        return [
            (kind, [rows[kind]() for _ in range(self._up_to(3))]) for kind in dict.fromkeys(kinds)
        ]

    def an_undo(self) -> bool:
        """Whether to take the process's last batch back first: now and then."""
        return self._up_to(8) == 1

    def _up_to(self, most: int) -> int:
        return self._chance.randint(1, most)

    def _code(self, *, wider: bool = False) -> str:
        return code_of(self._chance.randrange(self._load.otcs * (2 if wider else 1)))

    def _site(self) -> dict[str, Any]:
        return named(site(self._chance.randrange(self._known)))

    def _new_site(self) -> str:
        return site(self._known - self._up_to(2))

    def _some(self, licenses: int) -> dict[str, Any]:
        return {"Avira OTC": self._code(), "No of Licenses": licenses}

    def _new_customer(self) -> Row:
        new = named(self._new_site())
        if self._up_to(5) > 1:
            return new | {"Managed By": "Admin"} | self._some(self._up_to(4))
        person = {"Email": f"it@site{self._up_to(5)}.example", "First Name": "Ana",
                  "Last Name": "Ruiz"}  # fmt: skip
        return new | person | {"Managed By": "Customer", "Avira OTC": self._code(wider=True)}

    def _edit(self) -> Row:
        if self._up_to(4) == 1:
            return self._site() | {"New Name": self._new_site()}
        return self._site() | {"No of Licenses": self._up_to(12) - 1}

    def _move(self) -> Row:
        whose = self._site() if self._up_to(4) > 1 else {}
        return whose | {"Current OTC": self._code(), "New OTC": self._code()}


def named(name: str) -> dict[str, Any]:
    """The cell that names a customer."""
    return {"Customer (Site) Name": name}


def recorded(whose: Row, number: int, status: str) -> Row:
    """A row of Devices: one of few devices."""
    return {**whose, "Device ID": f"PC-{number}", "Avira Status": status}


Apply = Callable[[Path, Job], Report]


_together: Barrier


class Tries(NoProgress):
    """Counts the plans that were made: one, and one more each time that others came between.

    It takes a moment before and after each, so that they do.
    """

    count = 0

    def stage(self, description: Text, total: int | None = None) -> Tick:
        if description.template.startswith(("Planning", "Applying")):
            time.sleep(random.uniform(0, 0.01))
        self.count += description.template.startswith("Planning")
        return super().stage(description, total)


BatchKey = tuple[int, str, str]


"""A batch as whoever made it knows it: its number, its actor and its file."""


@dataclass(slots=True)
class Tally:
    """What importers were told: which batches they made, what was refused, and what failed."""

    batches: list[BatchKey] = field(default_factory=list)
    done: int = 0
    retries: int = 0
    refused: Counter[Code] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, report: Report, actor: str, tries: Tries) -> None:
        """Count what became of one workbook or undo."""
        self.done += 1
        self.retries += max(0, tries.count - 1)
        self.refused.update(problem.code for problem in report.problems)
        if report.batch is not None:
            self.batches.append((report.batch, actor, Path(report.file).name))

    def add(self, other: Tally) -> None:
        """Count what another importer was told, too."""
        self.batches += other.batches
        self.done += other.done
        self.retries += other.retries
        self.refused += other.refused
        self.failures += other.failures


def check_then_insert(path: Path, job: Job) -> Report:
    """What an importer without locks does: look in one transaction, write in another."""
    checked = check_workbook(path, read_workbook(path))
    with job.ledger.reading() as connection:
        wanted = scope_of(checked.requests)
        snapshot = load_snapshot(connection, job.account, wanted, job.today)
    plan = make_plan(checked.requests, snapshot, checked.refused_additions)
    time.sleep(random.uniform(0.1, 0.2))  # others look meanwhile
    report = Report(str(path), Result.PARTLY_APPLIED, problems=plan.problems)

    def work(writing: Writing) -> AppliedBatch:
        facts = BatchFacts(job.account, clock.now(), job.actor, path.name, "", 1, 0, 0)
        return apply_changes(writing, plan.changes, facts)

    if plan.changes:
        report.batch = job.ledger.write(work).number
    return report


def get_ready(together: Barrier) -> None:
    """Tell a new process what it waits at for the others."""
    global _together
    _together = together


def work_through(where: str, folder: Path, load: Load, own: int, seed: int, naively: bool) -> Tally:
    """What process `own` does: draw a workbook, apply it as all others apply theirs, and again."""
    apply: Apply = check_then_insert if naively else partial(pipeline.apply, partial=True)
    if naively:
        on_server.TRIES = 1
    wishes, tally, actor = Wishes(load, own, seed), Tally(), f"process {own}"
    for number in range(load.batches):
        sheets = wishes.next() if number else wishes.first()
        path = write_workbook(folder / f"{own}-{number}.xlsx", sheets)
        job = job_of(actor, open_ledger(where, LONG_ENOUGH), folder)
        _together.wait(LONG_ENOUGH)
        try:
            if wishes.an_undo() and tally.batches and not naively:
                undone = undo(tally.batches[-1][0], replace(job, progress=(tries := Tries())))
                tally.note(undone.report, actor, tries)
            report = apply(path, replace(job, progress=(tries := Tries())))
            tally.note(report, actor, tries)
        except LedgerError as error:
            tally.failures.append(f"{path.name}: {error.message}")
    return tally


@dataclass(slots=True)
class Watcher:
    """Looks at one snapshot after the other, and notes what should never be seen."""

    looks: int = 0
    changes: int = 0
    faults: set[str] = field(default_factory=set)
    last_batch: int = 0
    by_journal: Counter[str] = field(default_factory=Counter)

    def look(self, connection: sa.Connection) -> None:
        """Hold a snapshot against itself, and against what was seen before it."""
        before = self.last_batch
        self._look_at_batches(connection)
        self._look_at_figures(connection)
        self.looks += 1
        self.changes += self.last_batch > before

    def _look_at_batches(self, connection: sa.Connection) -> None:
        """Numbers follow each other; each batch is there with all its lines, and no line alone."""
        new = sa.text("SELECT batch, entry, lines_hash FROM batch WHERE batch > :last ORDER BY 1")
        for number, entry, lines_hash in connection.execute(new, {"last": self.last_batch}).all():
            if number != self.last_batch + 1:
                self.faults.add(f"batch {number} follows on {self.last_batch}")
            self.last_batch = number
            of_entry = sa.text("SELECT * FROM journal WHERE entry = :entry ORDER BY line")
            lines = connection.execute(of_entry, {"entry": entry}).mappings().all()
            if hash_of_lines(ACCOUNT, lines) != lines_hash:
                self.faults.add(f"batch {number} is there with some of its lines")
            for line in lines:
                if line["kind"] == "subscription":
                    code = line["key"].partition("/")[2]
                    self.by_journal[code] += _licenses(line["after"]) - _licenses(line["before"])
        alone = connection.scalar(sa.text(_LINES_ALONE))
        if alone:
            self.faults.add(f"{alone} journal lines without their batch")

    def _look_at_figures(self, connection: sa.Connection) -> None:
        """What is used of each OTC is what its subscriptions hold, here and by the journal."""
        rows = connection.execute(sa.text(_FIGURES)).all()
        for code, total, used, held in rows:
            if used > total:
                self.faults.add(f"overallocated: {used} of {total} used")
            if not used == held == self.by_journal[code]:
                self.faults.add(f"{used} used, {held} held, {self.by_journal[code]} by the journal")
        if sum(row.used for row in rows) != connection.scalar(sa.text(_ALL_HELD)):
            self.faults.add("not all that is held is used of an OTC")


_LINES_ALONE = """
    SELECT count(*) FROM journal WHERE NOT EXISTS
        (SELECT 1 FROM batch WHERE batch.entry = journal.entry)
"""


_FIGURES = """
    SELECT code, total, used, coalesce((SELECT sum(licenses) FROM subscription
        WHERE subscription.otc = otc.code), 0) AS held FROM otc
"""


_ALL_HELD = "SELECT coalesce(sum(licenses), 0) FROM subscription"


def _licenses(image: str | None) -> int:
    return 0 if image is None else int(json.loads(image)["licenses"])


def watch(ledger: Ledger, until: Event) -> Watcher:
    """Look at the ledger again and again until told to stop, and once more then."""
    watcher = Watcher()
    last = False
    while not last:
        last = until.wait(0.03)
        with ledger.reading() as connection:
            watcher.look(connection)
    return watcher


@dataclass(slots=True)
class Ran:
    """How a load went: what was seen meanwhile, what the importers were told, what is left."""

    watcher: Watcher
    told: Tally
    left: list[BatchKey]
    wrong: list[str]
    seconds: float

    @property
    def faults(self) -> list[str]:
        """All that must not be: for readers, for importers, and for whoever looks afterwards."""
        told, left = set(self.told.batches), set(self.left)
        lost = [f"told of {one}, which is not there" for one in told - left]
        more = [f"{one} is there, and nobody was told of it" for one in left - told]
        return [*sorted(self.watcher.faults), *self.told.failures, *lost, *more, *self.wrong]

    @property
    def mixed(self) -> int:
        """How often a batch follows on one of another process."""
        pairs = zip(self.left, self.left[1:], strict=False)
        return sum(one[1] != other[1] for one, other in pairs)

    def __str__(self) -> str:
        refused = ", ".join(f"{count} {code}" for code, count in self.told.refused.most_common(9))
        return (
            f"{self.told.done} workbooks and undos in {self.seconds:.1f} s: {len(self.left)} "
            f"batches, {self.mixed} after another process's; {self.told.retries} retries; "
            f"{self.watcher.looks} snapshots seen, {self.watcher.changes} of them new; "
            f"{len(self.told.failures)} failures; refused: {refused}"
        )


# A process made from one that has imported everything starts in no time.
PROCESSES = multiprocessing.get_context("forkserver")


def run(where: str, folder: Path, load: Load, *, naively: bool = False) -> Ran:
    """Put the load on a ledger that has the OTCs, with somebody looking all the time."""
    folder.mkdir()
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}, {load}")  # noqa: T201 - shown where a test fails, and by pytest -rP
    ledger = open_ledger(where, LONG_ENOUGH)
    told, stop = Tally(), Event()
    first = write_workbook(folder / "first.xlsx", beginning(load))
    told.note(pipeline.apply(first, job_of("first", ledger, folder)), "first", Tries())
    began = time.monotonic()
    with (
        ThreadPoolExecutor(1) as beside,
        ProcessPoolExecutor(
            load.processes, PROCESSES, get_ready, (PROCESSES.Barrier(load.processes),)
        ) as importers,
    ):
        watching = beside.submit(watch, ledger, stop)
        try:
            working = [
                importers.submit(work_through, where, folder, load, own, seed, naively)
                for own in range(load.processes)
            ]
            for one in working:
                told.add(one.result())
        finally:
            stop.set()
        watcher = watching.result()
    seconds = time.monotonic() - began
    with ledger.reading() as connection:
        left = connection.execute(sa.text("SELECT batch, actor, file FROM batch ORDER BY batch"))
        keys = [(row.batch, row.actor, row.file) for row in left]
        wrong = [str(fault.message) for fault in verify(connection, ACCOUNT).faults]
    ran = Ran(watcher, told, keys, wrong, seconds)
    print(ran)  # noqa: T201 - the same
    return ran


def new_code(number: int) -> str:
    """An OTC that is not there yet."""
    return f"A{code_of(number)[1:]}"


def about(number: int) -> Sheets:
    """A workbook with each kind of row, about one OTC and one customer of those there are."""
    new = new_code(number)
    return [
        ("Add OTC", [otc(new, 2 * TOTAL)]),
        ("Edit OTC", [{"OTC": code_of(number), "Total Licenses": TOTAL + 1}]),
        ("Add Customer", [customer(f"New {number}", code_of(number), 2)]),
        ("Add Avira Subscription",
         [named(site(number)) | {"Avira OTC": new, "No of Licenses": 3}]),
        ("Edit Customer", [named(site(number)) | {"Avira OTC": new, "No of Licenses": 4}]),
        ("Update OTC", [{"Current OTC": code_of(number), "New OTC": new}]),
        ("Disable Customer", [named(f"New {number}") | {"Release Licenses": "Yes"}]),
        ("Devices", [recorded(named(site(number)), 1, "Active")]),
    ]  # fmt: skip


on_a_server = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def wait_until(holds: Callable[[], bool]) -> None:
    """Return as soon as something holds; fail where it never does."""
    until = time.monotonic() + LONG_ENOUGH
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def waiting_for_locks(server: Server, where: str) -> int:
    """How many connections to the database wait for a lock."""
    database = str(sa.make_url(where).database)
    with server.connect("postgres") as connection:
        [(count,)] = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s "
            "AND wait_event_type = 'Lock'", [database]
        ).fetchall()  # fmt: skip
    return int(count)
