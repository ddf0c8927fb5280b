"""Jobs of the program and its peers; those that write check that the work was done."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from bench.material import PEERS, PROGRAM, Material
from bench.timing import Command, Job
from bench.workbooks import otc_count

Work = Callable[[Material], Job]
"""Prepares what a job needs, which is not measured, and returns the job."""

# The program


def apply(size: str) -> Work:
    """Apply one workbook to a new ledger; `size` is the name of one of `Sizes`."""

    def work(material: Material) -> Job:
        customers = int(getattr(material.sizes, size))
        ledger = material.new_file(".db")
        command = _apply(ledger, material.workbook(customers))
        return Job([command], lambda: _verify_rows(ledger, customers))

    return work


def apply_to_server(material: Material) -> Job:
    """Apply one workbook to an empty ledger on a PostgreSQL server."""
    url, customers = material.database(), material.sizes.many

    def verify() -> None:
        with material.server.connect(url.partition("?")[0].rpartition("/")[2]) as connection:
            [[rows]] = connection.execute("SELECT count(*) FROM customer").fetchall()
        assert rows == customers

    return Job([_apply(url, material.workbook(customers))], verify)


def apply_partial(material: Material) -> Job:
    """Apply the good rows of a workbook; a tenth is bad and goes into a corrections workbook."""
    customers = material.sizes.many
    ledger, corrections = material.new_file(".db"), material.new_file(".corrections.xlsx")
    workbook = material.bad_workbook(customers)

    def verify() -> None:
        _verify_rows(ledger, customers, good=customers - customers // 10)
        assert corrections.exists()

    command = _apply(ledger, "--partial", "--corrections", corrections, workbook)
    return Job([command], verify, exit_code=1)


def apply_to_largest(material: Material) -> Job:
    """Apply one more workbook to the largest ledger."""
    ledger, customers = material.largest_ledger, material.sizes.many
    expected = _rows(ledger, "customer") + customers
    command = _apply(ledger, material.further_workbook(customers))
    return Job([command], lambda: _verify_customers(ledger, expected))


def apply_workbooks(*, together: bool) -> Work:
    """Apply many small workbooks with one command or with a command for each."""

    def work(material: Material) -> Job:
        ledger, workbooks = material.empty_ledger(), material.many_workbooks
        each = [workbooks] if together else [[workbook] for workbook in workbooks]
        customers = len(workbooks) * material.sizes.few
        commands = [_apply(ledger, *paths) for paths in each]
        return Job(commands, lambda: _verify_rows(ledger, customers))

    return work


def check(size: str) -> Work:
    """Check one workbook without a ledger."""

    def work(material: Material) -> Job:
        workbook = material.workbook(getattr(material.sizes, size))
        return Job([[*PROGRAM, "check", "-q", "--ledger", material.new_file(".db"), workbook]])

    return work


def export(material: Material) -> Job:
    """Export a ledger of many customers."""
    ledger, workbook = material.ledger(material.sizes.many), material.new_file(".xlsx")
    return Job(
        [[*PROGRAM, "export", "-q", "--ledger", ledger, "-o", workbook]],
        lambda: _verify_sheets(material, workbook),
    )


def command(*arguments: str) -> Work:
    """Run a command that needs no ledger."""
    return lambda _: Job([arguments])


def on_largest(*arguments: str) -> Work:
    """Run a command that only reads the largest ledger."""
    return lambda material: Job([[*PROGRAM, *arguments, "--ledger", material.largest_ledger]])


def on_small_batch(command: str) -> Work:
    """Run `history` or `undo` for a new small batch in the largest ledger."""

    def work(material: Material) -> Job:
        ledger = material.largest_ledger
        before = _rows(ledger, "customer")
        customers = material.sizes.tiny
        batch = material.apply(ledger, material.further_workbook(customers))
        expected = before if command == "undo" else before + customers
        return Job(
            [[*PROGRAM, command, str(batch), "--ledger", ledger]],
            lambda: _verify_customers(ledger, expected),
        )

    return work


def _apply(ledger: Path | str, *arguments: str | Path) -> Command:
    return [*PROGRAM, "apply", "-q", "--ledger", ledger, *arguments]


# The peers


def importing(script: str, *options: str) -> Work:
    """Store a workbook in a new database with a peer's script."""

    def work(material: Material) -> Job:
        database, customers = material.new_file(".db"), material.sizes.many
        return Job(
            [[sys.executable, PEERS / script, material.workbook(customers), database, *options]],
            lambda: _verify_rows(database, customers),
        )

    return work


def exporting(library: str) -> Work:
    """Write the frames of the export with xlsxturbo or openpyxl, compressed as the export is."""

    def work(material: Material) -> Job:
        from importer.export.writers.xlsx import COMPRESSION

        workbook, options = material.new_file(".xlsx"), (library, str(COMPRESSION))
        return Job(
            [[sys.executable, PEERS / "frames.py", material.frames, workbook, *options]],
            lambda: _verify_sheets(material, workbook),
        )

    return work


# Checks that the work was done


def _rows(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        [[rows]] = connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - constant names
    return int(rows)


def _verify_customers(database: Path, customers: int) -> None:
    assert _rows(database, "customer") == customers


def _verify_rows(database: Path, customers: int, *, good: int | None = None) -> None:
    """Assert that a database has all OTCs and all customers, or only the `good` customers."""
    assert _rows(database, "otc") == otc_count(customers)
    _verify_customers(database, customers if good is None else good)


def _verify_sheets(material: Material, workbook: Path) -> None:
    """Assert that a workbook has the sheets of the export, with as many rows each."""
    assert _heights(workbook) == _heights(material.export)


@lru_cache
def _heights(workbook: Path) -> dict[str, int]:
    """The rows of each sheet but the Summary, of which a frame keeps only a part."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(workbook)
    sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
    return {sheet.name: sheet.total_height for sheet in sheets if sheet.name != "Summary"}
