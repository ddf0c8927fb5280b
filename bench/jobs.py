"""The work that is measured, ours and the peers', each with the proof that it was done."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bench.material import OURS, PEERS, Material
from bench.timing import Job
from bench.workbooks import otcs_of

Work = Callable[[Material], Job]
"""Makes ready what a job needs, which is not measured, and names its commands."""


def _size(material: Material, size: str) -> int:
    """How many customers `few`, `many` or `most` are."""
    return int(getattr(material.sizes, size))


def _rows(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        [[rows]] = connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
    return int(rows)


def _stored(database: Path, customers: int, prefix: str = "", *, good: int | None = None) -> None:
    """Assert that a database has these customers, or so many `good` ones, and all their OTCs."""
    assert _rows(database, f"{prefix}otc") == otcs_of(customers)
    assert _rows(database, f"{prefix}customer") == (customers if good is None else good)


# Ours


def apply(customers: int | str) -> Work:
    """Apply one workbook to a ledger that is made by that."""

    def work(material: Material) -> Job:
        number = _size(material, customers) if isinstance(customers, str) else customers
        ledger, workbook = material.new_file(".db"), material.workbook(number)
        return Job(
            [[*OURS, "apply", "-q", "--ledger", ledger, workbook]],
            lambda: _stored(ledger, number),
        )

    return work


def apply_to_server(material: Material) -> Job:
    """Apply one workbook to an empty ledger on a PostgreSQL server."""
    url, number = material.database(), material.sizes.many

    def done() -> None:
        with material.server.connect(url.partition("?")[0].rpartition("/")[2]) as connection:
            [[rows]] = connection.execute("SELECT count(*) FROM customer").fetchall()
        assert rows == number

    return Job([[*OURS, "apply", "-q", "--ledger", url, material.workbook(number)]], done)


def apply_partly(material: Material) -> Job:
    """Apply the good rows of a workbook, a tenth of which is bad, and give the others back."""
    number = material.sizes.many
    ledger, corrections = material.new_file(".db"), material.new_file(".corrections.xlsx")
    workbook = material.bad_workbook(number)

    def done() -> None:
        _stored(ledger, number, good=number - number // 10)
        assert corrections.exists()

    command = ("apply", "-q", "--partial", "--corrections", corrections, "--ledger", ledger)
    return Job([[*OURS, *command, workbook]], done, exit_code=1)


def check(material: Material) -> Job:
    """Check one workbook against no ledger."""
    workbook = material.workbook(material.sizes.many)
    return Job([[*OURS, "check", "-q", "--ledger", material.new_file(".db"), workbook]])


def apply_to_most(material: Material) -> Job:
    """Apply a small workbook to a ledger of most customers."""
    return _further(material, material.largest_ledger)


def apply_to_none(material: Material) -> Job:
    """Apply a small workbook to an empty ledger."""
    return _further(material, material.empty_ledger())


def _further(material: Material, ledger: Path) -> Job:
    number, before = material.sizes.few, _rows(ledger, "customer")
    workbook = material.further_workbook(number)

    def done() -> None:
        assert _rows(ledger, "customer") == before + number

    return Job([[*OURS, "apply", "-q", "--ledger", ledger, workbook]], done)


def apply_at_once(material: Material) -> Job:
    """Apply many small workbooks with one command."""
    ledger, workbooks = material.empty_ledger(), material.many_workbooks
    return Job(
        [[*OURS, "apply", "-q", "--ledger", ledger, *workbooks]],
        lambda: _stored(ledger, len(workbooks) * material.sizes.few),
    )


def apply_one_by_one(material: Material) -> Job:
    """Apply them with a command each."""
    ledger, workbooks = material.empty_ledger(), material.many_workbooks
    return Job(
        [[*OURS, "apply", "-q", "--ledger", ledger, workbook] for workbook in workbooks],
        lambda: _stored(ledger, len(workbooks) * material.sizes.few),
    )


def export(material: Material) -> Job:
    """Export a ledger of many customers."""
    ledger = material.ledger(material.sizes.many)
    workbook = material.new_file(".xlsx")
    return Job(
        [[*OURS, "export", "-q", "--ledger", ledger, "-o", workbook]],
        lambda: _written(material, workbook),
    )


def ours(*arguments: str) -> Work:
    """Run a command that needs no ledger."""
    return lambda _: Job([[*OURS, *arguments]])


def on_most(*arguments: str) -> Work:
    """Run a command on the ledger of most customers that changes nothing."""
    return lambda material: Job([[*OURS, *arguments, "--ledger", material.largest_ledger]])


def history_of_small(material: Material) -> Job:
    """Show what a small batch changed in the ledger of most customers."""
    return _small(material, "history")


def undo_small(material: Material) -> Job:
    """Take a small batch in the ledger of most customers back."""
    before = _rows(material.largest_ledger, "customer")
    job = _small(material, "undo")

    def done() -> None:
        assert _rows(material.largest_ledger, "customer") == before

    return Job(job.commands, done)


SMALL_BATCH = 10
"""Customers of a small batch."""


def _small(material: Material, command: str) -> Job:
    ledger = material.largest_ledger
    batch = material.applied(ledger, material.further_workbook(SMALL_BATCH))
    return Job([[*OURS, command, str(batch), "--ledger", ledger]])


# The peers


def importing(script: str, prefix: str = "", runs: int = 1) -> Work:
    """A peer stores a workbook in a database of its own, in tables whose names begin so.

    One that takes very little is run several times for one figure.
    """

    def work(material: Material) -> Job:
        databases, number = [material.new_file(".db") for _ in range(runs)], material.sizes.many
        workbook = material.workbook(number)

        def done() -> None:
            for database in databases:
                _stored(database, number, prefix)

        command = (sys.executable, PEERS / script, workbook)
        return Job([[*command, database] for database in databases], done)

    return work


def exporting(script: str) -> Work:
    """A peer writes the frames of the export."""

    def work(material: Material) -> Job:
        workbook = material.new_file(".xlsx")
        return Job(
            [[sys.executable, PEERS / script, material.frames, workbook]],
            lambda: _written(material, workbook),
        )

    return work


def python(program: str) -> Work:
    """Run a program of one line."""
    return lambda _: Job([[sys.executable, "-c", program]])


def _written(material: Material, workbook: Path) -> None:
    """Assert that a workbook has the sheets of the export, with as many rows each.

    Of the Summary the peers write only what a frame keeps of it, and of a table without rows we
    write a blank one.
    """
    import python_calamine

    def heights(path: Path) -> dict[str, int]:
        book = python_calamine.CalamineWorkbook.from_path(path)
        sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
        return {one.name: one.total_height for one in sheets if one.name != "Summary"}

    assert heights(workbook) == heights(material.export)
