"""The journal: every change with its images, and a chain of hashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import A, Sheets, customer, edit, otc, write_workbook
from command_line import CommandLine
from importer.ledger.opening import open_ledger
from importer.ledger.tables import account, batch, journal_block
from importer.ledger.writing import apply as writing
from importer.ledger.writing.chain import hash_of_batch
from journals import hash_of_blocks
from ledgers import raw
from scripts import ROOT
from sound_ledger import StoredRow, stored_rows

pytestmark = pytest.mark.both_engines

WORKBOOKS: list[Sheets] = [
    [("Add OTC", [otc(A, 9, company="Peña")]), ("Add Customer", [customer("Uno", 2)])],
    [("Edit Customer", [edit("Uno", licenses=5)])],
]

Tables = dict[sa.Table, list[StoredRow]]


@pytest.fixture
def filled(
    command: CommandLine, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """What `--ledger` is for a ledger after two workbooks, with two journal lines in a block."""
    monkeypatch.setattr(writing, "LINES_OF_A_BLOCK", 2)
    for sheets in WORKBOOKS:
        assert command("apply", write_workbook(tmp_path / "x.xlsx", sheets)).exit_code == 0
    return where


@pytest.fixture
def tables(filled: str) -> Tables:
    """The rows of accounts, batches and journal blocks."""
    with open_ledger(filled).reading() as connection:
        return {table: stored_rows(connection, table) for table in (account, batch, journal_block)}


@pytest.fixture
def lines(filled: str) -> list[StoredRow]:
    """The lines of the journal, as somebody with SQL sees them."""
    with raw(filled) as connection:
        query = sa.text("SELECT * FROM journal ORDER BY entry, line")
        return [dict(row) for row in connection.execute(query).mappings()]


def test_each_batch_has_the_hash_of_its_lines_and_of_the_batch_before(tables: Tables) -> None:
    """The hashes can be computed from what is stored, and the account has the last one."""
    head = ""
    for row in tables[batch]:
        blocks = [block for block in tables[journal_block] if block["entry"] == row["entry"]]
        assert blocks
        assert row["lines_hash"] == hash_of_blocks("default", blocks)
        assert row["previous_hash"] == head
        assert row["hash"] == hash_of_batch(row)
        head = row["hash"]
    assert [(row["head"], row["last_batch"]) for row in tables[account]] == [(head, 2)]


def test_a_change_anywhere_in_a_batch_changes_its_hash(tables: Tables) -> None:
    """Every column of the batch and of each block counts, and so does the order of blocks."""
    first, _ = tables[batch]
    for name in first.keys() - {"hash"}:
        assert hash_of_batch(first | {name: "other"}) != first["hash"], name
    blocks = [block for block in tables[journal_block] if block["entry"] == first["entry"]]
    assert len(blocks) == 2
    changed = (
        {
            f"{name} of block {number}": [
                *blocks[:number],
                block | {name: "x"},
                *blocks[number + 1 :],
            ]
            for number, block in enumerate(blocks)
            for name in block.keys() - {"account_id", "entry"}  # they come from the batch
        }
        | {"order": blocks[::-1], "number": blocks[:-1]}
    )
    original = first["lines_hash"]
    same = [name for name, rows in changed.items() if hash_of_blocks("default", rows) == original]
    assert same == []
    assert hash_of_blocks("another", blocks) != original


def test_each_image_starts_from_the_last_one_of_its_entity(lines: list[StoredRow]) -> None:
    last: dict[tuple[str, str], str | None] = {}
    for line in lines:
        key = (line["kind"], line["key"])
        assert line["before"] == last.get(key), line
        last[key] = line["after"]
    subscription = json.loads(str(last["subscription", f"1/{A}"]))
    assert subscription == {"customer": 1, "otc": A, "licenses": 5}
    assert json.loads(str(last["otc", A]))["company"] == "Peña"


def test_a_line_has_the_sheet_and_row_that_asked_for_it(lines: list[StoredRow]) -> None:
    assert [tuple(line.values())[:7] for line in lines] == [
        ("default", 1, 1, "Add OTC", 2, "otc", A),
        ("default", 1, 2, "Add Customer", 2, "customer", "1"),
        ("default", 1, 3, "Add Customer", 2, "subscription", f"1/{A}"),
        ("default", 2, 1, "Edit Customer", 2, "subscription", f"1/{A}"),
    ]
    assert list(lines[0])[7:] == ["before", "after"]


def test_the_lines_are_visible_to_programs_that_trust_no_schema(
    filled: str, lines: list[StoredRow]
) -> None:
    """As this program does: SQLite then runs only harmless functions for a view."""
    with open_ledger(filled).reading() as connection:
        rows = connection.execute(sa.text("SELECT * FROM journal ORDER BY entry, line"))
        assert [dict(row) for row in rows.mappings()] == lines
        names = [column["name"] for column in sa.inspect(connection).get_columns("journal")]
    assert names == list(lines[0])


def test_the_statement_of_docs_ledger_reads_the_licences_of_an_otc(filled: str) -> None:
    """On either engine, as the document says."""
    docs = (ROOT / "docs" / "ledger.md").read_text("utf-8")
    statement = docs.partition("```sql\nSELECT")[2].partition("```")[0]
    statement = f"SELECT{statement}".replace("ABCDE-12345-ABCDE-12345", A)
    if "://" in filled:
        assert "`after::json ->> 'licenses'`" in docs
        for name in ("before", "after"):
            statement = statement.replace(f"{name} ->>", f"{name}::json ->>")
    with raw(filled) as connection:
        rows = connection.exec_driver_sql(statement.replace("%", "%%" if "://" in filled else "%"))
        changes = [(*row[3:5], *(value and int(value) for value in row[5:])) for row in rows]
    assert changes == [("Add Customer", 2, None, 2), ("Edit Customer", 2, 2, 5)]
