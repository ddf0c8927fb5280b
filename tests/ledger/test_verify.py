"""`ledger verify` finds whatever is not as it was written; a noted hash finds what was cut off.

Ledgers are tampered with by a connection for which nothing holds: no constraint, no foreign key,
no trigger. Raising `account.last_entry` or `account.last_customer` is not found, by design: they
are counters from which tries that failed have taken too, so that gaps mean nothing.
"""

from __future__ import annotations

import inspect
import json
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from builders import Sheets, write_workbook
from command_line import CommandLine
from importer.cli import main as program
from importer.domain.rules import subscriptions
from importer.ledger.tables import (
    account,
    batch,
    customer,
    device,
    journal,
    metadata,
    otc,
    subscription,
)
from importer.ledger.upkeep import soundness
from importer.ledger.upkeep import verify as proving
from importer.ledger.writing.chain import hash_of_batch, hash_of_lines
from scripts import ROOT
from servers import Server

pytestmark = pytest.mark.both_engines

CODES = [f"{letter * 5}-11111-22222-33333" for letter in "ABCDE"]

Row = dict[str, Any]


def one_otc(code: str, total: int = 50, **cells: Any) -> Row:
    """A row of Add OTC; `cells` by header with `_` for a space."""
    row = {"OTC": code, "Email": "it@msp.example", "Company Name": f"Empresa {code[0]}",
           "Total Licenses": total}  # fmt: skip
    return row | {header.replace("_", " "): value for header, value in cells.items()}


def one_customer(name: str, code: str, licenses: int | None, **cells: Any) -> Row:
    """A row of Add Customer; one with a last name manages its devices itself."""
    row = {"Customer (Site) Name": name, "Avira OTC": code, "No of Licenses": licenses,
           "Managed By": "Customer" if "Last_Name" in cells else "Admin"}  # fmt: skip
    return row | {header.replace("_", " "): value for header, value in cells.items()}


DETAILS: Row = {"Description": "Clinic", "Purchase_Date": "2026-01-31", "Expiry_Date": "2039-12-31",
           "Product_ID": "AVPRO", "Runtime": 36}  # fmt: skip
DEVICE: Row = {
    "Operating System": "Windows 11 Pro", "Model No.": "X1", "Avira Installed": "2026-01-20",
    "Avira Uninstalled": "2026-03-31", "NH Installed": "2026-01-21", "NH Uninstalled": "2026-04-01",
    "Avira Status": "Removed", "Product Name": "Avira Pro",
}  # fmt: skip
PERSON: Row = {"Email": "b@site.example", "First_Name": "Admin", "Last_Name": "Norte"}

FIRST: Sheets = [
    ("Add OTC", [one_otc(CODES[0], **DETAILS), one_otc(CODES[1], 20), one_otc(CODES[2], 7)]),
    ("Add Customer", [
        one_customer("Peña", CODES[0], 5, Email="a@site.example"),
        one_customer("Sur", CODES[0], 9),
        one_customer("Notaría", CODES[2], None, **PERSON),
    ]),
    ("Add Avira Subscription", [
        {"Customer (Site) Name": "Sur", "Avira OTC": CODES[1], "No of Licenses": 3},
    ]),
    ("Devices", [
        {"Customer (Site) Name": "Peña", "Device ID": "Recepción 1"} | DEVICE,
        {"Customer (Site) Name": "Sur", "Device ID": "PC-2", "Avira Installed": "2026-02-01"},
    ]),
]  # fmt: skip
SECOND: Sheets = [
    ("Edit OTC", [{"OTC": CODES[1], "Total Licenses": 30, "Description": "Topped up"}]),
    ("Edit Customer", [{"Customer (Site) Name": "Peña", "New Name": "Peña Alta",
                        "No of Licenses": 6}]),
    ("Disable Customer", [{"Customer (Site) Name": "Sur", "Reason": "Closed in winter"}]),
    ("Devices", [
        {"Customer (Site) Name": "Peña Alta", "Device ID": "recepción 1", "Model No.": "X2"},
        {"Customer (Site) Name": "Peña Alta", "Device ID": "PC-2", "Avira Status": "Active"},
    ]),
]  # fmt: skip
THIRD: Sheets = [
    ("Add OTC", [one_otc(CODES[3])]),
    ("Add Customer", [one_customer("Este", CODES[3], 2)]),
    ("Devices", [{"Customer (Site) Name": "Este", "Device ID": "PC-1"}]),
]
LAST: Sheets = [("Add OTC", [one_otc(CODES[4])])]


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance; a test that fails tells the seed, which TEST_SEED gives it again."""
    seed = int(os.environ.get("TEST_SEED") or random.randrange(2**32))
    request.node.add_report_section("setup", "seed", f"TEST_SEED={seed}")
    return random.Random(seed)


# A sound ledger


def fill(where: str, folder: Path) -> None:
    """Two accounts; in `default` five batches, of which the fourth takes back the third."""
    for number, (words, sheets) in enumerate([
        (["--account", "default"], FIRST),
        (["--account", "another"], FIRST),
        (["--account", "default"], SECOND),
        (["--account", "default"], THIRD),
        (["--account", "default"], None),
        (["--account", "default"], LAST),
    ]):  # fmt: skip
        command = ["undo", "3"]
        if sheets is not None:
            command = ["apply", str(write_workbook(folder / f"{number}.xlsx", sheets))]
        assert program.run([*command, *words, "--ledger", where, "-q"]) == 0


@pytest.fixture(scope="module")
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sound ledger in a file, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("sound")
    fill(str(folder / "ledger.db"), folder)
    return folder / "ledger.db"


@pytest.fixture(scope="module")
def sound_database(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[sa.Table, list[Row]]]]:
    """The sound ledger in a database, and its rows, which each test finds there again."""
    with server.database() as name:
        url = server.url(name)
        fill(url, tmp_path_factory.mktemp("sound"))
        with unguarded(url) as connection:
            rows = {table: all_rows(connection, table) for table in metadata.sorted_tables}
        yield url, rows


@pytest.fixture
def where(engine: str, ledger: Path, request: pytest.FixtureRequest) -> str:
    """What `--ledger` names: a sound ledger of the test's own."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("sound_file"), ledger)
        return str(ledger)
    url, rows = request.getfixturevalue("sound_database")
    with unguarded(url) as connection:
        for table, sound in rows.items():
            connection.execute(table.delete())
            connection.execute(table.insert(), sound)
    return str(url)


@contextmanager
def unguarded(where: str) -> Iterator[sa.Connection]:
    """A connection for which no constraint, foreign key or trigger holds, each statement for good.

    Not even PostgreSQL's owner of the tables has one: it is the superuser's.
    """
    with _engine(where).connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.exec_driver_sql(names).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c'" \
                     " AND connamespace = current_schema()::regnamespace"  # fmt: skip
            for table, name in connection.exec_driver_sql(checks).all():
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield connection


@cache
def _engine(where: str) -> sa.Engine:
    url = where if "://" in where else f"sqlite:///{where}"
    return sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")


def all_rows(connection: sa.Connection, table: sa.Table) -> list[Row]:
    """Every row of a table, in the order of its key."""
    query = sa.select(table).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(query).mappings()]


def is_row(table: sa.Table, row: Row) -> sa.ColumnElement[bool]:
    """Which one of the table's rows has the key of `row`."""
    return sa.and_(*(key == row[key.name] for key in table.primary_key))


def faults(command: CommandLine, account_id: str = "default", *options: str) -> list[str]:
    """The codes of what verify finds; its exit code, words and JSON say the same."""
    said = command("ledger", "verify", "--account", account_id, "--json", *options)
    proof = said.json
    assert list(proof) == ["ok", "batches", "head", "faults"]
    for fault in proof["faults"]:
        assert list(fault) == ["code", "key", "message"]
        assert all(fault["message"].split("\n"))
    assert proof["ok"] is (proof["faults"] == [])
    assert said.exit_code == (0 if proof["ok"] else 4)
    nothing_yet = proof["ok"] and proof["batches"] == 0
    assert ("Nothing was ever applied" in said.err) if nothing_yet else (said.err == "")
    return [fault["code"] for fault in proof["faults"]]


def test_a_sound_ledger_is_well(command: CommandLine, where: str) -> None:
    """Exit 0 in both accounts, with the number of batches and the hash of the last one."""
    for name, batches in (("default", 5), ("another", 1)):
        history = command("history", "--account", name, "--json").json
        said = command("ledger", "verify", "--account", name, "--json")
        assert said.exit_code == 0
        assert said.json == {
            "ok": True, "batches": batches, "head": history[-1]["hash"], "faults": [],
        }  # fmt: skip
    said = command("ledger", "verify")
    assert said.exit_code == 0
    assert "verified" in said.out


def test_a_ledger_that_is_not_well_is_told_in_words(command: CommandLine, where: str) -> None:
    """Exit 4; what to do comes first, then a line for each fault that begins with its code."""
    with unguarded(where) as connection:
        connection.execute(otc.update().where(otc.c.code == CODES[0]).values(total=51, used=16))
        connection.execute(customer.delete().where(customer.c.name_key == "sur"))
    said = command("ledger", "verify", "-q")
    assert said.exit_code == 4
    advice, *lines = said.out.splitlines()
    assert "Restore an earlier copy" in advice
    assert {"balance-wrong", "used-wrong", "balance-missing", "reference-broken"} <= {
        line.strip().partition(":")[0] for line in lines
    }


# One value that is not as it was


COLUMNS = [column for table in metadata.sorted_tables for column in table.c]
COUNTERS = (account.c.last_entry, account.c.last_customer)
"""What may be higher than what was taken from it, and never lower."""


def other_values(column: sa.Column[Any], was: Any, others: list[Any]) -> Iterator[Any]:
    """What a value may be turned into: a little other, another row's, beyond every bound, none."""
    if column in COUNTERS:
        yield from range(was)
        return
    if isinstance(column.type, sa.Integer):
        yield from ((was or 0) - 1, (was or 0) + 1, -5, 2**31 - 1)
    else:
        word = was or "x"
        yield from (f"{word} ", word[:-1], word.swapcase(), "", '{"id": 1}', "[" * 3000)
    yield from others
    if column.nullable:
        yield None


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_one_tampered_value_is_found(
    column: sa.Column[Any], command: CommandLine, where: str, dice: random.Random
) -> None:
    """Twice over: one column of one row is turned into something else, and is found in the
    account that the row was of; once it is back as it was, all is well again."""
    table = column.table
    assert isinstance(table, sa.Table)
    with unguarded(where) as connection:
        rows = all_rows(connection, table)
        tampered = 0
        while tampered < 2:
            row = dice.choice(rows)
            was, taken = row[column.name], [one[column.name] for one in rows]
            value = dice.choice([*other_values(column, was, taken)] or [was])
            if value == was:
                continue
            try:
                connection.execute(table.update().where(is_row(table, row)).values({column: value}))
            except sa.exc.IntegrityError:  # another row has that key
                continue
            found = faults(command, row["account_id"])
            assert found != [], f"{row} with {value!r}"
            assert column not in COUNTERS or found == ["counter-wrong"]
            now = is_row(table, row | {column.name: value})
            assert connection.execute(table.update().where(now).values({column: was})).rowcount == 1
            tampered += 1
    assert faults(command) == faults(command, "another") == []


@pytest.mark.parametrize("counter", COUNTERS, ids=str)
def test_a_counter_that_was_raised_does_no_harm(
    counter: sa.Column[int], command: CommandLine, where: str, tmp_path: Path
) -> None:
    """Some numbers will not be used, as after tries that failed: all is well, and an import goes
    on from there."""
    with unguarded(where) as connection:
        connection.execute(account.update().values({counter: counter + 7}))
    assert faults(command) == []
    added: Sheets = [("Add Customer", [one_customer("Oeste", CODES[0], 1)])]
    assert command("apply", write_workbook(tmp_path / "x.xlsx", added)).exit_code == 0
    assert faults(command) == []


UNREADABLE = {
    "nothing": "",
    "blank": " ",
    "two at once": '{"customer":2,"otc":"%s","licenses":9},{"customer":2,"otc":"%s","licenses":9}',
    "no JSON": "{",
    "nested without end": "[" * 100_000,
    "of another shape": '["AAAAA", 5]',
    "with a fact too many": '{"customer":2,"otc":"%s","licenses":9,"more":1}',
    "with a fact too few": '{"customer":2,"otc":"%s"}',
    "with words for a number": '{"customer":2,"otc":"%s","licenses":"9"}',
    "with nothing for a number": '{"customer":2,"otc":"%s","licenses":null}',
    "with half a number": '{"customer":2,"otc":"%s","licenses":9.5}',
    "of another entity": '{"customer":3,"otc":"%s","licenses":9}',
}


@pytest.mark.parametrize("image", UNREADABLE.values(), ids=UNREADABLE)
def test_an_image_that_says_nothing_is_a_fault_of_the_ledger(
    image: str, command: CommandLine, where: str
) -> None:
    """Whatever stands in the journal: a list of faults, and none of the program itself."""
    with unguarded(where) as connection:
        key = f"2/{CODES[0]}"
        mine = sa.and_(journal.c.account_id == "default", journal.c.key == key)
        text = image.replace("%s", CODES[0])
        assert connection.execute(journal.update().where(mine).values(after=text)).rowcount == 1
    assert {"lines-changed", "image-broken"} <= set(faults(command))


# Rows that are gone, or too many


GONE = {
    account: {"head-wrong"},
    otc: {"balance-missing"},
    customer: {"balance-missing"},
    subscription: {"balance-missing", "used-wrong"},
    device: {"balance-missing"},
    batch: {"lines-stray", "head-wrong"},
    journal: {"lines-changed"},
}
"""What is said, among other things, of a row that is gone."""


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_a_row_that_is_gone_is_found(
    table: sa.Table, command: CommandLine, where: str, dice: random.Random
) -> None:
    """One row of any table, deleted."""
    with unguarded(where) as connection:
        row = dice.choice(all_rows(connection, table))
        assert connection.execute(table.delete().where(is_row(table, row))).rowcount == 1
    assert set(faults(command, row["account_id"])) >= GONE[table], row


TOO_MANY: dict[sa.Table, tuple[Row, set[str]]] = {
    account: ({"account_id": "a third"}, {"head-wrong"}),
    otc: ({"code": "ZZZZZ-11111-22222-33333"}, {"balance-unknown"}),
    customer: (
        {"customer_id": 77, "name_key": "nobody", "email_key": "z@site.example"},
        {"balance-unknown"},
    ),
    subscription: ({"customer_id": 77}, {"balance-unknown", "reference-broken", "used-wrong"}),
    device: ({"customer_id": 77}, {"balance-unknown", "reference-broken"}),
    batch: ({"batch": 9, "entry": 9}, {"batch-missing", "batch-changed", "head-wrong"}),
    journal: ({"line": 99}, {"lines-changed", "images-apart"}),
}
"""What makes a copy of a row another row, and what is said of that, among other things."""


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_a_row_too_many_is_found(
    table: sa.Table, command: CommandLine, where: str, dice: random.Random
) -> None:
    """A row like another one, under a key of its own."""
    own, said = TOO_MANY[table]
    with unguarded(where) as connection:
        row = dice.choice(all_rows(connection, table)) | own
        connection.execute(table.insert().values(row))
    assert set(faults(command, row["account_id"])) >= said, row


def test_lines_of_no_batch_are_found(command: CommandLine, where: str) -> None:
    """Under an entry that no batch has, whether before the last one or after it."""
    with unguarded(where) as connection:
        [line, *_] = all_rows(connection, journal)
        for entry in (0, 99):
            connection.execute(journal.insert().values(line | {"entry": entry}))
    assert faults(command, "another").count("lines-stray") == 2


def test_a_row_of_no_account_is_found(command: CommandLine, where: str, engine: str) -> None:
    """It refers to an account that is not there: a file says so to everybody; a server's foreign
    keys hold for all but its superuser, and verify looks at one account."""
    with unguarded(where) as connection:
        [row, *_] = all_rows(connection, otc)
        connection.execute(otc.insert().values(row | {"account_id": "nobody"}))
    assert faults(command, "nobody") != []
    assert (faults(command) != []) is (engine == "sqlite")


# Batches


def test_batches_that_changed_places_are_found(command: CommandLine, where: str) -> None:
    """Two of them bear each other's number, even where the hash of each is made anew."""
    with unguarded(where) as connection:
        mine = batch.c.account_id == "default"
        for number, instead in ((1, 99), (2, 1), (99, 2)):
            connection.execute(
                batch.update().where(mine, batch.c.batch == number).values(batch=instead)
            )
        assert {"chain-broken", "batch-changed"} <= set(faults(command))
        for row in all_rows(connection, batch):
            connection.execute(
                batch.update().where(is_row(batch, row)).values(hash=hash_of_batch(row))
            )
        assert "chain-broken" in faults(command)
        assert "batch-changed" not in faults(command)


def test_a_batch_cut_off_the_end_is_found_by_a_noted_hash_only(
    command: CommandLine, where: str
) -> None:
    """Somebody takes the last batch out with all that came of it, and puts the account back: the
    rest is a sound ledger, but not the one whose hash an export has printed."""
    *_, before, last = command("history", "--json").json
    assert faults(command, "default", "--expect-head", last["hash"]) == []
    with unguarded(where) as connection:
        mine = account.c.account_id == "default"
        entries = sa.select(batch.c.entry).where(batch.c.batch == last["batch"])
        for statement in (
            otc.delete().where(otc.c.account_id == "default", otc.c.code == CODES[4]),
            journal.delete().where(journal.c.account_id == "default", journal.c.entry.in_(entries)),
            batch.delete().where(batch.c.account_id == "default", batch.c.batch == last["batch"]),
            account.update().where(mine).values(
                last_batch=before["batch"], head=before["hash"], last_entry=before["batch"]
            ),
        ):  # fmt: skip
            assert connection.execute(statement).rowcount == 1
    assert faults(command) == []
    assert faults(command, "default", "--expect-head", before["hash"]) == []
    assert faults(command, "default", "--expect-head", last["hash"]) == ["head-missing"]


def test_an_image_changed_together_with_its_balance_is_found_by_its_hash(
    command: CommandLine, where: str
) -> None:
    """An OTC gets more licences in the journal and in the tables alike. Who makes the hashes anew
    up to the account's hides it; a noted hash finds that, too."""
    head = command("history", "--json").json[-1]["hash"]
    with unguarded(where) as connection:
        [line] = (one for one in all_rows(connection, journal) if one["key"] == CODES[4])
        more = json.dumps(json.loads(line["after"]) | {"total": 500})
        connection.execute(journal.update().where(is_row(journal, line)).values(after=more))
        connection.execute(otc.update().where(otc.c.code == CODES[4]).values(total=500))
        assert faults(command) == ["lines-changed"]

        last = all_rows(connection, batch)[-1]
        last["lines_hash"] = hash_of_lines("default", [line | {"after": more}])
        last["hash"] = hash_of_batch(last)
        connection.execute(batch.update().where(is_row(batch, last)).values(last))
        ours = account.c.account_id == "default"
        connection.execute(account.update().where(ours).values(head=last["hash"]))
        assert faults(command) == []
        assert faults(command, "default", "--expect-head", head) == ["head-missing"]


def test_an_image_that_does_not_join_up_is_found(command: CommandLine, where: str) -> None:
    """One in the middle, whatever the hashes say: the next one begins where none has ended."""
    with unguarded(where) as connection:
        ours = (one for one in all_rows(connection, journal) if one["account_id"] == "default")
        line = next(one for one in ours if one["key"] == CODES[1])
        more = json.dumps(json.loads(line["after"]) | {"email": "x@msp.example"})
        connection.execute(journal.update().where(is_row(journal, line)).values(after=more))
    assert faults(command) == ["lines-changed", "images-apart"]


def test_one_account_says_nothing_of_another(command: CommandLine, where: str) -> None:
    """What is wrong in one is found there and only there."""
    with unguarded(where) as connection:
        theirs = customer.c.account_id == "another"
        connection.execute(customer.update().where(theirs).values(status="disabled"))
    assert faults(command) == []
    assert set(faults(command, "another")) == {"balance-wrong"}


# The hash that an export shows


def test_the_hash_that_an_export_shows_is_known_ever_after(
    command: CommandLine, where: str, tmp_path: Path
) -> None:
    """It stands in the Summary and in the JSON; after further batches it is found, in the account
    of the export and in no other."""
    target = tmp_path / "details.xlsx"
    written = command("export", "-o", target, "--json").json
    summary = load_workbook(target)["Summary"]
    shown = [
        [cell.value for cell in row[row.index(label) + 1 :] if cell.value]
        for row in summary.iter_rows()
        for label in row
        if label.value == "Ledger hash"
    ]
    assert shown == [[written["head"]]]
    more: Sheets = [("Add Customer", [one_customer("Oeste", CODES[0], 1)])]
    assert command("apply", write_workbook(tmp_path / "x.xlsx", more)).exit_code == 0
    assert command("undo", "6").exit_code == 0
    expected = ("--expect-head", written["head"])
    assert faults(command, "default", *expected) == []
    assert faults(command, "another", *expected) == ["head-missing"]
    assert faults(command, "default", "--expect-head", "0" * 64) == ["head-missing"]
    said = command("ledger", "verify", "--expect-head", written["head"][:-1])
    assert (said.exit_code, len(said.err.splitlines())) == (2, 1)


def test_the_hash_of_an_export_before_the_first_batch_is_none(
    command: CommandLine, where: str, tmp_path: Path
) -> None:
    """An account to which nothing was applied yet: nothing can have been lost since."""
    written = command("export", "-o", tmp_path / "x.xlsx", "--json", "--account", "new").json
    assert written["head"] == ""
    assert faults(command, "new", "--expect-head", "") == []
    assert faults(command, "default", "--expect-head", "") == []


def test_a_rule_that_rows_and_journal_break_alike_is_found(
    command: CommandLine, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program without rule 10 gave a customer that manages itself a part of an OTC: nothing was
    tampered with, but the ledger is not one that this program could have written."""
    monkeypatch.setattr(subscriptions, "hand_out", lambda *_facts: None)
    part: Sheets = [
        ("Add Customer", [one_customer("Oeste", CODES[1], 2, **PERSON | {"Email": "o@x.example"})])
    ]
    assert command("apply", write_workbook(tmp_path / "x.xlsx", part)).exit_code == 0
    assert faults(command) == ["rule-broken"]


def test_every_fault_is_explained() -> None:
    """Each code has its row in docs/ledger.md, and each row its code."""
    code = "".join(map(inspect.getsource, (proving, soundness)))
    codes = set(re.findall(r'[Ff]ault\("([a-z-]+)"', code))
    docs = (ROOT / "docs" / "ledger.md").read_text("utf-8")
    _, _, table = docs.partition("| fault | meaning |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    assert codes == {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)} != set()


# Whether these tests would notice


def a_value(table: sa.Table, column: str, value: object) -> Callable[[sa.Connection], object]:
    """A tampering that sets a column everywhere."""
    return lambda connection: connection.execute(table.update().values({column: value}))


def a_stray_line(connection: sa.Connection) -> object:
    """A tampering that adds a journal line under an entry that is taken, but has no batch."""
    [line, *_] = all_rows(connection, journal)
    return connection.execute(journal.insert().values(line | {"entry": 0, "line": 1}))


NEEDED: dict[str, Callable[[sa.Connection], object]] = {
    "_batch_faults": a_value(batch, "actor", "nobody"),
    "_row_faults": a_value(customer, "accentless_key", "nobody"),
    "_account_faults": a_value(account, "head", "0" * 64),
    "_balance_faults": a_value(otc, "used", 4),
    "_stray_lines": a_stray_line,
}


@pytest.mark.parametrize("check", NEEDED)
def test_without_one_of_its_checks_something_is_missed(
    check: str, command: CommandLine, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each check finds something that no other does, so leaving it out would fail these tests."""
    with unguarded(where) as connection:
        NEEDED[check](connection)
    assert faults(command, "another") != []
    monkeypatch.setattr(proving, check, lambda *_arguments: iter(()))
    assert faults(command, "another") == []


# The engine's own check


INDEX = "ix_otc_company_key"
SPOIL = {
    "sqlite": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'company_key)', 'company)') "
        f"WHERE name = '{INDEX}'",
    ],
    "postgresql": [
        f"UPDATE pg_index SET indisready = false WHERE indexrelid = '{INDEX}'::regclass",
        "INSERT INTO otc SELECT 'nobody', code, email, company, company_key, total, used FROM otc "
        "WHERE account_id = 'default'",
        f"UPDATE pg_index SET indisready = true WHERE indexrelid = '{INDEX}'::regclass",
    ],
}
"""What makes an index hold other things than its table."""


def test_an_index_that_is_not_as_its_table_is_found(
    command: CommandLine, where: str, engine: str
) -> None:
    """By the engine's own check; on a server that is one of the extension amcheck, where it is
    there, and of the indexes that it knows."""
    with unguarded(where) as connection:
        if engine == "postgresql":
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
            connection.exec_driver_sql("CREATE INDEX odd ON otc USING hash (code)")  # none of ours
            assert faults(command) == []
        for statement in SPOIL[engine]:
            connection.exec_driver_sql(statement)
    try:
        assert faults(command)[0] == "database-damaged"
    finally:
        if engine == "postgresql":  # the database is used again
            with unguarded(where) as connection:
                connection.exec_driver_sql(f"REINDEX INDEX {INDEX}")
                connection.exec_driver_sql("DROP INDEX odd")


def contents(path: Path) -> dict[str, list[Any]]:
    """All rows of the ledger's tables."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in metadata.tables
        }


def test_flipped_bytes_are_found_wherever_they_matter(
    command: CommandLine, where: str, ledger: Path, dice: random.Random
) -> None:
    """One byte of the file, anywhere: exit 4 and one line or a list of faults, never a fault of
    the program; exit 0 in both accounts only where every row is as it was, as in free pages."""
    sound, rows = ledger.read_bytes(), contents(ledger)
    found = 0
    for _ in range(60):
        place, flip = dice.randrange(len(sound)), dice.choice([1 << dice.randrange(8), 255])
        ledger.write_bytes(sound[:place] + bytes([sound[place] ^ flip]) + sound[place + 1 :])
        exit_codes = set()
        for name in ("default", "another"):
            said = command("ledger", "verify", "--account", name)
            exit_codes.add(said.exit_code)
            assert "Traceback" not in said.out + said.err
            assert len(said.err.splitlines()) == (0 if said.out else 1), (place, flip)
        assert exit_codes <= {0, 4}, (place, flip)
        if exit_codes == {0}:
            assert contents(ledger) == rows, (place, flip)
        found += 4 in exit_codes
    assert found > 0


def test_a_name_in_the_schema_that_is_no_text_is_damage_too(
    command: CommandLine, where: str, ledger: Path
) -> None:
    """SQLite complains of a malformed schema in words that are no text themselves: exit 4."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET name = CAST(x'ff' AS text), sql = 'CREATE' "
            "WHERE name = 'ix_otc_company_key'"
        )
    said = command("ledger", "verify")
    assert said.exit_code == 4
    assert len(said.err.splitlines()) == 1
