"""Compare a ledger on a PostgreSQL server with one in a file while several importers work at once.

`python -m bench.ledger` measures batches of ten rows. Client and server share the machine.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import platform
import random
import sqlite3
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator

import click

from bench.material import FULL, Material, prepare
from bench.timing import spread
from bench.workbooks import PER_OTC
from importer.base import clock
from importer.domain.planning.plan import make_plan
from importer.domain.planning.scope import scope_of
from importer.domain.problems import Place, SheetPlace
from importer.domain.requests import EditCustomer, Request
from importer.ledger.database import Ledger, Writing
from importer.ledger.locks import lock_scope
from importer.ledger.opening import open_ledger
from importer.ledger.reading.snapshot import load_snapshot
from importer.ledger.writing.apply import BatchFacts, apply_changes

IMPORTERS = (1, 4, 12)
SHEET = SheetPlace("Add Customer", {})
TODAY = dt.date(2026, 6, 1)


def put(ledger: Ledger, requests: list[Request]) -> None:
    """Apply `requests` as one batch, without a workbook."""
    scope = scope_of(requests)

    def work(writing: Writing) -> None:
        locked = lock_scope(writing.connection, "default", scope)
        snapshot = load_snapshot(writing.connection, "default", scope, TODAY)
        locked.check_covers(scope, snapshot)
        plan = make_plan(requests, snapshot)
        assert not plan.problems, next(iter(plan.problems))
        facts = BatchFacts("default", clock.now(), "bench", "-", "-", len(requests), 0, 0)
        apply_changes(writing, plan.changes, facts, plan.new_customers)

    ledger.write(work)


def change_customers(setting: str, importer: int, batches: int) -> None:
    """Change the customers of one importer's own OTC, batch after batch."""
    ledger, choice = open_ledger(setting, 600), random.Random(importer)
    numbers = range(importer * PER_OTC, (importer + 1) * PER_OTC)
    for _ in range(batches):
        requests: list[Request] = [
            EditCustomer(Place(SHEET, row), f"Customer {number}", licenses=choice.randint(4, 90))
            for row, number in enumerate(numbers)
        ]
        put(ledger, requests)


def batches_per_second(setting: str, importers: int, batches: int) -> float:
    """The rate of several importers at once, each with OTCs of its own."""
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=change_customers, args=(setting, number, batches))
        for number in range(importers)
    ]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return importers * batches / (time.perf_counter() - start)


def rates(material: Material, batches: int) -> Iterator[tuple[int, str, float]]:
    """The number of importers, the kind of ledger, and the rate."""
    workbook = material.workbook(max(IMPORTERS) * PER_OTC)
    for importers in IMPORTERS:
        for kind, setting in new_ledgers(material):
            material.apply(setting, workbook)
            yield importers, kind, batches_per_second(setting, importers, batches)


def new_ledgers(material: Material) -> Iterator[tuple[str, str]]:
    """The settings of a new ledger of each kind."""
    yield "SQLite", str(material.new_file(".db"))
    yield "PostgreSQL", material.database()
    material.clear()


@click.command(help=__doc__)
@click.option("--times", default=3, show_default=True, help="Runs of each measurement.")
@click.option("--batches", default=40, show_default=True, help="Small batches of each importer.")
def main(times: int, batches: int) -> None:
    """Measure and print a table."""
    results: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with prepare(None, FULL) as material:
        for _ in range(times):
            for importers, kind, rate in rates(material, batches):
                results[importers][kind].append(rate)
    click.echo(f"{platform.machine()}, Python {platform.python_version()}, "
               f"SQLite {sqlite3.sqlite_version}")  # fmt: skip
    click.echo(
        "\n| importers | SQLite, batches/s | PostgreSQL, batches/s | ratio | lowest-highest |"
        "\n|---|---|---|---|---|"
    )
    for importers, by_kind in results.items():
        in_file, on_server = map(statistics.median, by_kind.values())
        cells = (f"{in_file:,.0f}", f"{on_server:,.0f}", f"{on_server / in_file:.2f}")
        spreads = " : ".join(spread(values, 0) for values in by_kind.values())
        click.echo(f"| {importers} | {' | '.join(cells)} | {spreads} |")


if __name__ == "__main__":
    main()
