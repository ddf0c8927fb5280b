"""What a ledger on a PostgreSQL server costs against one in a file, and what it gives.

`python bench/ledger.py` prints ratios measured in one run on one machine: a large import by one
importer, and small imports by several at once. Server and client share the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path += [str(ROOT), str(ROOT / "tests")]

from bench.workbooks import code
from importer.base import clock
from importer.domain.entities import ManagedBy
from importer.domain.planning.plan import make_plan
from importer.domain.planning.scope import scope_of
from importer.domain.problems import Place, SheetPlace
from importer.domain.requests import AddCustomer, AddOtc, EditCustomer, Request
from importer.ledger.database import Ledger, Writing
from importer.ledger.locks import lock_scope
from importer.ledger.opening import open_ledger
from importer.ledger.reading.snapshot import load_snapshot
from importer.ledger.writing.apply import BatchFacts, apply_changes
from servers import Server, make_template, new_folder, remove

OTCS, CUSTOMERS = 10_000, 100_000
SHEET = SheetPlace("Add Customer", {})
TODAY = dt.date(2026, 6, 1)


def put(ledger: Ledger, requests: list[Request]) -> None:
    """Apply `requests` as one batch, without any workbook."""
    named = scope_of(requests)

    def work(writing: Writing) -> None:
        locked = lock_scope(writing.connection, "default", named)
        snapshot = load_snapshot(writing.connection, "default", named, TODAY)
        locked.must_cover(named, snapshot)
        plan = make_plan(requests, snapshot)
        assert not plan.problems, plan.problems[0]
        facts = BatchFacts("default", clock.now(), "bench", "-", "-", len(requests), 0, 0)
        apply_changes(writing, plan.changes, facts)

    ledger.write(work)


def beginning(otcs: int, customers: int) -> list[Request]:
    """An OTC for every ten customers or so, and customers of three licences each."""
    place = Place(SHEET, 2)
    added: list[Request] = [
        AddOtc(place, code(number), "a@x.example", "Company", 1_000_000) for number in range(otcs)
    ]
    added += [
        AddCustomer(place, f"Customer {number}", ManagedBy.ADMIN, code(number % otcs), 3)
        for number in range(customers)
    ]
    return added


def importer(setting: str, mine: int, batches: int) -> None:
    """Change ten customers of one's own, batch after batch."""
    ledger = open_ledger(setting, 600)
    chosen = random.Random(mine)
    for _ in range(batches):
        rows: list[Request] = [
            EditCustomer(
                Place(SHEET, row), f"Customer {mine * 10 + row}", otc=code(mine * 10 + row),
                licenses=chosen.randint(4, 1000),
            )
            for row in range(10)
        ]  # fmt: skip
        put(ledger, rows)


def at_once(setting: str, importers: int, batches: int) -> float:
    """Batches a second of several importers on OTCs of their own."""
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=importer, args=(setting, number, batches))
        for number in range(importers)
    ]
    begun = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return importers * batches / (time.perf_counter() - begun)


@contextmanager
def places(server: Server) -> Iterator[dict[str, str]]:
    """A ledger of each kind that is not there yet, or empty."""
    with tempfile.TemporaryDirectory() as folder, server.database() as name:
        yield {"SQLite": str(Path(folder) / "ledger.db"), "PostgreSQL": server.url(name)}


def measure(server: Server, times: int, batches: int) -> Iterator[tuple[str, list[float], str]]:
    """Each figure's name, its values in all runs (SQLite's and PostgreSQL's in turn) and unit."""
    large = beginning(OTCS, CUSTOMERS)
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(times):
        with places(server) as where:
            for kind, setting in where.items():
                begun = time.perf_counter()
                put(open_ledger(setting), large)
                rate = len(large) / (time.perf_counter() - begun)
                found.setdefault(("planned and written by one importer, rows/s", kind), []).append(
                    rate
                )
        for importers in (1, 4, 12):
            with places(server) as where:
                for kind, setting in where.items():
                    put(open_ledger(setting), beginning(120, 120))
                    rate = at_once(setting, importers, batches)
                    name = f"batches of 10 rows by {importers} at once, batches/s"
                    found.setdefault((name, kind), []).append(rate)
    for (name, kind), values in found.items():
        yield name, values, kind


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=3, help="runs of each measurement")
    options.add_argument("--batches", type=int, default=40, help="small batches of each importer")
    chosen = options.parse_args()
    server = Server(new_folder())
    server.make()
    try:
        server.start()
        make_template(server)
        print(f"{platform.machine()}, Python {platform.python_version()}, "
              f"SQLite {sqlite3.sqlite_version}")  # fmt: skip
        medians: dict[str, dict[str, float]] = {}
        for name, values, kind in measure(server, chosen.times, chosen.batches):
            medians.setdefault(name, {})[kind] = statistics.median(values)
            print(f"  {name}, {kind}: {' '.join(f'{value:.0f}' for value in values)}")
        print("\n| measured | SQLite | PostgreSQL | PostgreSQL / SQLite |\n|---|---|---|---|")
        for name, of in medians.items():
            ratio = of["PostgreSQL"] / of["SQLite"]
            print(f"| {name} | {of['SQLite']:,.0f} | {of['PostgreSQL']:,.0f} | {ratio:.2f} |")
    finally:
        remove(server)


if __name__ == "__main__":
    main()
