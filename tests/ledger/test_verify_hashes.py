"""`ledger verify` and the chain of hashes, up to a hash that an export shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from builders import B, E, customer, write_workbook
from command_line import CommandLine
from importer.ledger.tables import account, batch, journal, otc
from importer.ledger.writing.chain import hash_of_batch, hash_of_lines
from prepared import all_rows, unguarded
from prepared import database as database
from prepared import ledger as ledger
from prepared import where as where
from sound_ledger import faults, has_key_of
from sound_ledger import filled as filled

pytestmark = pytest.mark.both_engines


def test_batches_that_changed_places_are_found(command: CommandLine, where: str) -> None:
    """Even where the hash of each is computed again."""
    with unguarded(where) as connection:
        for number, new_number in ((1, 99), (2, 1), (99, 2)):
            this = sa.and_(batch.c.account_id == "default", batch.c.batch == number)
            connection.execute(batch.update().where(this).values(batch=new_number))
        assert {"chain-broken", "batch-changed"} <= set(faults(command))
        for row in all_rows(connection, batch):
            values = {"hash": hash_of_batch(row)}
            connection.execute(batch.update().where(has_key_of(row, batch)).values(values))
        codes = faults(command)
    assert "chain-broken" in codes
    assert "batch-changed" not in codes


@pytest.mark.contract
def test_a_batch_cut_off_the_end_is_found_by_a_noted_hash_only(
    command: CommandLine, where: str
) -> None:
    """Somebody removes the last batch and everything that it added: the rest is a sound ledger,
    but not the one whose hash an export has printed."""
    *_, previous, last = command("history", "--json").json
    assert faults(command, "default", "--expect-head", last["hash"]) == []
    of_last = journal.c.entry.in_(sa.select(batch.c.entry).where(batch.c.batch == last["batch"]))
    with unguarded(where) as connection:
        for statement in (
            otc.delete().where(otc.c.account_id == "default", otc.c.code == E),
            journal.delete().where(journal.c.account_id == "default", of_last),
            batch.delete().where(batch.c.account_id == "default", batch.c.batch == last["batch"]),
            account.update().where(account.c.account_id == "default").values(
                last_batch=previous["batch"], head=previous["hash"], last_entry=previous["batch"]
            ),
        ):  # fmt: skip
            assert connection.execute(statement).rowcount == 1, statement
    assert faults(command) == []
    assert faults(command, "default", "--expect-head", previous["hash"]) == []
    assert faults(command, "default", "--expect-head", last["hash"]) == ["head-missing"]


@pytest.mark.contract
def test_an_image_changed_together_with_its_balance_is_found_by_its_hash(
    command: CommandLine, where: str
) -> None:
    """An OTC gets more licences in the journal and in the tables alike. Computing the hashes again
    up to the account's hides it, but a noted hash finds that too."""
    head = command("history", "--json").json[-1]["hash"]
    with unguarded(where) as connection:
        [line] = (line for line in all_rows(connection, journal) if line["key"] == E)
        image = json.dumps(json.loads(line["after"]) | {"total": 500})
        connection.execute(journal.update().where(has_key_of(line, journal)).values(after=image))
        connection.execute(otc.update().where(otc.c.code == E).values(total=500))
        assert faults(command) == ["lines-changed"]

        last = all_rows(connection, batch)[-1]
        last["lines_hash"] = hash_of_lines("default", [line | {"after": image}])
        last["hash"] = hash_of_batch(last)
        connection.execute(batch.update().where(has_key_of(last, batch)).values(last))
        default = account.c.account_id == "default"
        connection.execute(account.update().where(default).values(head=last["hash"]))
        assert faults(command) == []
        assert faults(command, "default", "--expect-head", head) == ["head-missing"]


def test_an_image_that_does_not_follow_on_is_found(command: CommandLine, where: str) -> None:
    """Whatever the hashes say: the next image starts from another one."""
    with unguarded(where) as connection:
        lines = all_rows(connection, journal)
        line = next(one for one in lines if (one["account_id"], one["key"]) == ("default", B))
        image = json.dumps(json.loads(line["after"]) | {"email": "x@msp.example"})
        connection.execute(journal.update().where(has_key_of(line, journal)).values(after=image))
    assert faults(command) == ["lines-changed", "images-apart"]


def test_the_hash_that_an_export_shows_is_known_ever_after(
    command: CommandLine, tmp_path: Path
) -> None:
    """It is in the Summary and in the JSON; after further batches it is known, in the account of
    the export and in no other."""
    head = command("export", "-o", tmp_path / "details.xlsx", "--json").json["head"]
    summary = load_workbook(tmp_path / "details.xlsx")["Summary"]
    shown = [row[row.index("Ledger hash") :] for row in summary.values if "Ledger hash" in row]
    assert [list(filter(None, row)) for row in shown] == [["Ledger hash", head]]
    path = write_workbook(tmp_path / "x.xlsx", [("Add Customer", [customer("Oeste")])])
    assert command("apply", path).exit_code == 0
    assert command("undo", "6").exit_code == 0
    assert faults(command, "default", "--expect-head", head) == []
    assert faults(command, "another", "--expect-head", head) == ["head-missing"]
    assert faults(command, "default", "--expect-head", "0" * 64) == ["head-missing"]
    result = command("ledger", "verify", "--expect-head", head[:-1])
    assert (result.exit_code, len(result.err.splitlines())) == (2, 1)


def test_an_export_before_the_first_batch_has_no_hash(command: CommandLine, tmp_path: Path) -> None:
    """Nothing can have been lost since."""
    target = tmp_path / "x.xlsx"
    assert command("export", "-o", target, "--json", "--account", "new").json["head"] == ""
    for account_id in ("new", "default"):
        assert faults(command, account_id, "--expect-head", "") == [], account_id
