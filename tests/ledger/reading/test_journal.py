"""The journal: every change with its images, and a chain of hashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import A, Sheets, customer, edit, otc, write_workbook
from command_line import CommandLine
from importer.ledger.opening import open_ledger
from importer.ledger.tables import account, batch, journal
from importer.ledger.writing.chain import hash_of_batch, hash_of_lines
from sound_ledger import StoredRow, stored_rows

pytestmark = pytest.mark.both_engines

WORKBOOKS: list[Sheets] = [
    [("Add OTC", [otc(A, 9, company="Peña")]), ("Add Customer", [customer("Uno", 2)])],
    [("Edit Customer", [edit("Uno", licenses=5)])],
]

Tables = dict[sa.Table, list[StoredRow]]


@pytest.fixture
def tables(command: CommandLine, where: str, tmp_path: Path) -> Tables:
    """The rows of accounts, batches and journal after two workbooks."""
    for sheets in WORKBOOKS:
        assert command("apply", write_workbook(tmp_path / "x.xlsx", sheets)).exit_code == 0
    with open_ledger(where).reading() as connection:
        return {table: stored_rows(connection, table) for table in (account, batch, journal)}


def test_each_batch_has_the_hash_of_its_lines_and_of_the_batch_before(tables: Tables) -> None:
    """The hashes can be computed from what is stored, and the account has the last one."""
    head = ""
    for row in tables[batch]:
        lines = [line for line in tables[journal] if line["entry"] == row["entry"]]
        assert lines
        assert row["lines_hash"] == hash_of_lines("default", lines)
        assert row["previous_hash"] == head
        assert row["hash"] == hash_of_batch(row)
        head = row["hash"]
    assert [(row["head"], row["last_batch"]) for row in tables[account]] == [(head, 2)]


def test_a_change_anywhere_in_a_batch_changes_its_hash(tables: Tables) -> None:
    """Every column of the batch and of each line counts, and so does the order of lines."""
    first, _ = tables[batch]
    for name in first.keys() - {"hash"}:
        assert hash_of_batch(first | {name: "other"}) != first["hash"], name
    lines = [line for line in tables[journal] if line["entry"] == first["entry"]]
    changed = (
        {
            f"{name} of line {number}": [*lines[:number], line | {name: "x"}, *lines[number + 1 :]]
            for number, line in enumerate(lines)
            for name in line.keys() - {"account_id", "entry"}  # they come from the batch
        }
        | {"order": lines[::-1], "number": lines[:-1]}
    )
    original = first["lines_hash"]
    same = [name for name, lines in changed.items() if hash_of_lines("default", lines) == original]
    assert same == []
    assert hash_of_lines("another", lines) != original


def test_each_image_starts_from_the_last_one_of_its_entity(tables: Tables) -> None:
    last: dict[tuple[str, str], str | None] = {}
    for line in tables[journal]:
        key = (line["kind"], line["key"])
        assert line["before"] == last.get(key), line
        last[key] = line["after"]
    subscription = json.loads(str(last["subscription", f"1/{A}"]))
    assert subscription == {"customer": 1, "otc": A, "licenses": 5}
    assert json.loads(str(last["otc", A]))["company"] == "Peña"


def test_a_line_has_the_sheet_and_row_that_asked_for_it(tables: Tables) -> None:
    assert [(line["sheet"], line["row"], line["kind"]) for line in tables[journal]] == [
        ("Add OTC", 2, "otc"),
        ("Add Customer", 2, "customer"),
        ("Add Customer", 2, "subscription"),
        ("Edit Customer", 2, "subscription"),
    ]
