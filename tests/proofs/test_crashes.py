"""Imports that are killed at any moment."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders import code_of, customer, otc, write_workbook
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.upkeep.setup import SetupOptions, init
from killed_importers import (
    NOTHING,
    Counts,
    count_in_copy,
    count_in_database,
    count_in_file,
    duration_of,
    importer_at,
    moments,
)
from systems import posix_only
from tiers import examples

if TYPE_CHECKING:  # what the processes that are killed need not import
    from command_line import CommandLine
    from servers import Server

pytestmark = posix_only("Windows has no SIGKILL")


class Import(NamedTuple):
    """How large the import is, and at how many moments it is killed."""

    rows: int
    moments: int

    @property
    def otcs(self) -> int:
        """How many of its rows are OTCs, each with 199 customers."""
        return self.rows // 200

    @property
    def counts(self) -> Counts:
        """How many rows each table has if all of it is there, as one batch."""
        customers = self.rows - self.otcs
        return 1, self.otcs + 2 * customers, self.otcs, customers, customers


IMPORTS = [
    pytest.param(Import(rows=400, moments=examples(6)), id="few"),
    pytest.param(Import(rows=10_000, moments=200), id="many", marks=pytest.mark.long),
]


@pytest.fixture
def workbook(size: Import, tmp_path: Path) -> Path:
    """OTCs, and customers with licences of them."""
    customers = [
        customer(f"Site {number}", 2, code_of(number % size.otcs))
        for number in range(size.rows - size.otcs)
    ]
    sheets = [
        ("Add OTC", [otc(code_of(number), 400) for number in range(size.otcs)]),
        ("Add Customer", customers),
    ]
    return write_workbook(tmp_path / "import.xlsx", sheets)


class Outcomes:
    """What was there after each strike: nothing or all."""

    def __init__(self, size: Import) -> None:
        self._all = size.counts
        self._outcomes: Counter[str] = Counter()

    def note(self, counts: Counts, *, working: bool) -> None:
        """Count an outcome, which must be one of the two."""
        assert counts in (NOTHING, self._all)
        outcome = "nothing" if counts == NOTHING else "all"
        self._outcomes[outcome] += 1
        self._outcomes[f"{outcome}, killed {'at work' if working else 'afterwards'}"] += 1

    def assert_both(self) -> None:
        """It would prove nothing if all strikes had come too early or too late."""
        print(dict(self._outcomes))  # noqa: T201 - shown where a test fails, and by pytest -rP
        assert self._outcomes["nothing"] > 0
        assert self._outcomes["all"] > 0


def assert_rerun_completes(workbook: Path, ledger: str, command: CommandLine) -> None:
    """Applying it again makes the batch, or finds that all is there; the ledger is sound."""
    result = command("apply", workbook, "--ledger", ledger, "--json")
    assert (result.exit_code, result.err) == (0, "")
    assert result.report["status"] in ("applied", "unchanged")
    verified = command("ledger", "verify", "--ledger", ledger)
    assert verified.exit_code == 0, verified.out


@pytest.mark.parametrize("size", IMPORTS)
def test_an_import_into_a_file_that_is_killed_is_there_completely_or_not_at_all(
    size: Import, workbook: Path, command: CommandLine, tmp_path: Path
) -> None:
    """kill -9 before the commit and at random moments, into a new file and into a ledger that is
    there: the next command recovers what was left, and the same workbook completes."""
    empty, path = tmp_path / "empty.db", tmp_path / "killed.db"
    init(FileLedger(empty), SetupOptions("default"))
    duration = duration_of(workbook, str(tmp_path / "timed.db"))
    outcomes = Outcomes(size)
    for number, moment in enumerate(moments(size.moments, duration)):
        if number % 2:
            shutil.copy(empty, path)
        importer, working = importer_at(moment, workbook, str(path))
        importer.kill()
        outcomes.note(count_in_copy(path, tmp_path / "copy"), working=working)
        assert_rerun_completes(workbook, str(path), command)
        assert count_in_file(path) == size.counts
        path.unlink()
    outcomes.assert_both()


@pytest.mark.parametrize("size", IMPORTS)
def test_an_import_into_a_server_that_is_killed_is_there_completely_or_not_at_all(
    size: Import, workbook: Path, command: CommandLine, server: Server
) -> None:
    """kill -9 of the importer, which the server may need a moment to notice; the same workbook
    completes."""
    outcomes = Outcomes(size)
    with server.database() as name:
        duration = duration_of(workbook, server.url(name))
    for moment in moments(size.moments, duration):
        with server.database() as name:
            importer, working = importer_at(moment, workbook, server.url(name))
            importer.kill()
            outcomes.note(count_in_database(server, name), working=working)
            assert_rerun_completes(workbook, server.url(name), command)
            assert count_in_database(server, name) == size.counts
    outcomes.assert_both()


DURABLE = ("max_connections=200", "recovery_init_sync_method=syncfs")
"""The usual settings, of which the second one only saves time."""


@pytest.mark.thorough
@pytest.mark.parametrize("size", IMPORTS)
def test_an_import_into_a_server_that_fails_is_there_completely_or_not_at_all(
    size: Import, workbook: Path, command: CommandLine, own_server: Server
) -> None:
    """kill -9 of the server and all its processes: all or nothing is there when it is back. The
    importer then goes on and reports the batch, or ends with exit 4 and one line, and the same
    workbook completes."""
    outcomes = Outcomes(size)
    duration = duration_of(workbook, own_server.url(own_server.create_database()))
    for moment in moments(size.moments, duration):
        name = own_server.create_database()
        importer, working = importer_at(moment, workbook, own_server.url(name))
        importer.freeze()  # so that it does nothing meanwhile
        own_server.kill()
        own_server.start(DURABLE)
        outcomes.note(count_in_database(own_server, name), working=working)
        importer.resume()
        result = importer.result()
        if result.exit_code == 0:
            assert result.err == ""
            assert json.loads(result.out)[0]["batch"] == 1
            assert count_in_database(own_server, name) == size.counts
        else:
            assert result.exit_code == 4, result
            assert len(result.err.splitlines()) == 1
        assert_rerun_completes(workbook, own_server.url(name), command)
        assert count_in_database(own_server, name) == size.counts
    outcomes.assert_both()
