"""The journal: every change with its images, and a chain of hashes that holds it together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders import Sheets, write_workbook
from command_line import CommandLine
from importer.ledger.database import Ledger
from importer.ledger.opening import open_ledger
from importer.ledger.tables import account, batch, journal
from importer.ledger.writing.chain import hash_of_batch, hash_of_lines

OTC = "AAAAA-AAAAA-AAAAA-AAAA1"
FIRST: Sheets = [
    ("Add OTC", [{"OTC": OTC, "Email": "a@x.example", "Company Name": "Peña",
                  "Total Licenses": 9}]),
    ("Add Customer", [{"Customer (Site) Name": "Uno", "Managed By": "Admin", "Avira OTC": OTC,
                       "No of Licenses": 2}]),
]  # fmt: skip
SECOND: Sheets = [("Edit Customer", [{"Customer (Site) Name": "Uno", "No of Licenses": 5}])]

Row = dict[str, Any]

pytestmark = pytest.mark.both_engines


@pytest.fixture
def two_batches(command: CommandLine, where: str, tmp_path: Path) -> Ledger:
    """A ledger to which two workbooks were applied."""
    for number, sheets in enumerate((FIRST, SECOND), start=1):
        assert command("apply", write_workbook(tmp_path / f"{number}.xlsx", sheets)).exit_code == 0
    return open_ledger(where)


def read(ledger: Ledger, table: sa.Table) -> list[Row]:
    """All rows of a table, in the order of its key."""
    with ledger.reading() as connection:
        query = sa.select(table).order_by(*table.primary_key)
        return [dict(row._mapping) for row in connection.execute(query)]


def test_each_batch_carries_the_hash_of_its_lines_and_of_the_batch_before(
    two_batches: Ledger,
) -> None:
    """The hashes can be made again from what is stored, and the account holds the last one."""
    batches, lines = read(two_batches, batch), read(two_batches, journal)
    before = ""
    for stored in batches:
        own = [line for line in lines if line["entry"] == stored["entry"]]
        assert own
        assert stored["lines_hash"] == hash_of_lines("default", own)
        assert stored["previous_hash"] == before
        assert stored["hash"] == hash_of_batch(stored)
        before = stored["hash"]
    (ours,) = read(two_batches, account)
    assert (ours["head"], ours["last_batch"]) == (before, 2)


def test_a_change_anywhere_in_a_batch_changes_its_hash(two_batches: Ledger) -> None:
    """Every column of the batch and of each line takes part, and so does the order of lines."""
    (stored, _) = read(two_batches, batch)
    lines = [line for line in read(two_batches, journal) if line["entry"] == stored["entry"]]
    for name in stored:
        if name != "hash":
            assert hash_of_batch(stored | {name: "other"}) != stored["hash"], name
    right = stored["lines_hash"]
    assert hash_of_lines("another", lines) != right
    for number, line in enumerate(lines):
        for name in line:
            if name not in ("account_id", "entry"):  # the account's is given, the batch has both
                other = [*lines[:number], line | {name: "other"}, *lines[number + 1 :]]
                assert hash_of_lines("default", other) != right, name
    assert hash_of_lines("default", lines[::-1]) != right
    assert hash_of_lines("default", lines[:-1]) != right


def test_the_images_of_an_entity_join_up(two_batches: Ledger) -> None:
    """What a line says was before is what the line before it left; the last is what is there."""
    last: dict[tuple[str, str], str | None] = {}
    for line in read(two_batches, journal):
        key = (line["kind"], line["key"])
        assert line["before"] == last.get(key)
        last[key] = line["after"]
    held = json.loads(str(last["subscription", f"1/{OTC}"]))
    assert held == {"customer": 1, "otc": OTC, "licenses": 5}
    assert json.loads(str(last["otc", OTC]))["company"] == "Peña"


def test_a_line_remembers_the_sheet_and_row_that_asked(two_batches: Ledger) -> None:
    """So that history can say who wanted what."""
    asked = [(line["sheet"], line["row"], line["kind"]) for line in read(two_batches, journal)]
    assert asked == [
        ("Add OTC", 2, "otc"),
        ("Add Customer", 2, "customer"),
        ("Add Customer", 2, "subscription"),
        ("Edit Customer", 2, "subscription"),
    ]
