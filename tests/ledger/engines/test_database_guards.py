"""What the tables of a file refuse, whoever writes the SQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import customer, otc, write_workbook
from importer.cli import main as program
from ledgers import all_rows, raw


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with one batch: 50 licences of which 12 are used."""
    folder = tmp_path_factory.mktemp("filled")
    sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Norte", 5), customer("Sur", 7)])]
    workbook = write_workbook(folder / "first.xlsx", sheets)
    assert program.run(["apply", str(workbook), "-q", "--ledger", str(folder / "ledger.db")]) == 0
    return folder / "ledger.db"


@pytest.fixture
def unchanged(filled: Path) -> Iterator[Path]:
    """The ledger, which must be the same after the test."""
    before = all_rows(filled)
    yield filled
    assert all_rows(filled) == before


BATCH = "SELECT account_id, {}, entry, kind, at, {}, file, sha256, applied, unchanged, rejected, " \
        "undoes, lines_hash, previous_hash, hash FROM batch"  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_block SET lines = '[[]]'",
        "UPDATE journal_block SET lines = replace(lines, 'Norte', 'Sur')",
        "UPDATE journal_block SET first_line = 2 WHERE first_line = 1",
        "UPDATE journal_block SET lines = lines",
        "DELETE FROM journal_block",
        "DELETE FROM journal_block WHERE first_line = 1",
        "UPDATE batch SET actor = 'somebody else'",
        "DELETE FROM batch",
        "REPLACE INTO journal_block SELECT account_id, entry, first_line, '[[]]' "
        "FROM journal_block",
        "INSERT INTO journal_block SELECT account_id, entry, first_line, '[[]]' FROM journal_block "
        "WHERE true ON CONFLICT DO UPDATE SET lines = '[[]]'",
        "REPLACE INTO batch " + BATCH.format("batch", "'somebody else'"),
        "REPLACE INTO batch " + BATCH.format("batch + 1", "actor"),
    ],
)
def test_the_journal_cannot_be_rewritten(statement: str, unchanged: Path) -> None:
    """Batches and journal blocks can be added and nothing else."""
    with raw(unchanged) as connection, pytest.raises(sa.exc.DatabaseError, match="append-only"):
        connection.exec_driver_sql(statement)


def test_a_block_of_the_journal_is_a_list_of_lists_in_json(unchanged: Path) -> None:
    """Whoever adds one; `ledger verify` judges the lines themselves."""
    add = "INSERT INTO journal_block SELECT account_id, entry, 99, ? FROM journal_block"
    with raw(unchanged) as connection:
        for lines in ("", "[[", "[[]] x", "{}", '{"a": []}', "[]", "null", "5", "[1]", "[[], 1]"):
            with pytest.raises(sa.exc.DatabaseError, match=r"lists of lines|malformed JSON"):
                connection.exec_driver_sql(add, (lines,))
        connection.exec_driver_sql("BEGIN")
        assert connection.exec_driver_sql(add, ("[[], []]",)).rowcount == 1  # the control
        connection.exec_driver_sql("ROLLBACK")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET after = NULL",
        "DELETE FROM journal",
        "INSERT INTO journal SELECT * FROM journal",
        "REPLACE INTO journal SELECT * FROM journal",
    ],
)
def test_the_lines_of_the_journal_are_to_be_read_only(statement: str, unchanged: Path) -> None:
    """As rows of a view, which has no rows of its own."""
    with raw(unchanged) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM journal").scalar() == 5
        with pytest.raises(sa.exc.DatabaseError, match="it is a view"):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE otc SET used = 51",
        "UPDATE otc SET used = -1",
        "UPDATE otc SET total = 11",
        "UPDATE otc SET total = 0, used = 0",
        "UPDATE otc SET total = 1000001",
        "UPDATE subscription SET licenses = 0",
        "UPDATE subscription SET licenses = -5",
        "UPDATE otc SET total = 'fifty'",
        "UPDATE otc SET used = 1.5",
        "UPDATE subscription SET licenses = 'five'",
        "UPDATE subscription SET licenses = NULL",
        "UPDATE otc SET email = NULL",
        "UPDATE otc SET company = x'00'",
        "UPDATE customer SET managed_by = 'nobody'",
        "UPDATE customer SET status = 'gone'",
        "UPDATE customer SET name_key = 'norte'",
        "INSERT INTO otc SELECT * FROM otc",
    ],
)
def test_the_database_refuses_what_cannot_be(statement: str, unchanged: Path) -> None:
    """Used licences between 0 and total, at least one licence a subscription, and no value of
    another type: the tables prove it, not only the program."""
    with raw(unchanged) as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql(statement)
