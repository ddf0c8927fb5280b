"""`ledger upgrade` of a ledger in use, to a revision made up here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from builders import otc, write_workbook
from command_line import CommandLine
from every_sheet import ACCOUNTS, name_in_messages
from importer.ledger import database, migrate
from importer.ledger.database import REVISION
from importer.ledger.opening import open_ledger
from ledgers import all_rows, raw
from servers import EMPTY, Server
from statements import listening
from structures import guards, structure

NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9998", "{REVISION}"

def upgrade():
    op.add_column("otc", sa.Column("note", sa.Text))
    op.execute("UPDATE otc SET note = company")
    op.create_index("ix_otc_note", "otc", ["account_id", "note"])
    op.create_table("tag", sa.Column("account_id", sa.Text, primary_key=True))
"""


pytest_plugins = "two_account_fixtures"


@pytest.fixture
def old(filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `--ledger` is for a ledger in use, of the version before the program's."""
    folder = tmp_path / "migrations"
    shutil.copytree(database.MIGRATIONS, folder)
    (folder / "versions" / "9998_next.py").write_text(NEXT)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    monkeypatch.setattr(database, "REVISION", "9998")
    return filled


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook that adds an OTC."""
    return write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc("ZZZZZ-11111-22222-33333")])])


def otcs(ledger: str) -> list[tuple[Any, ...]]:
    """All rows of `otc`."""
    with raw(ledger) as connection:
        query = "SELECT * FROM otc ORDER BY account_id, code"
        return list(map(tuple, connection.exec_driver_sql(query)))


def heads(command: CommandLine, *options: str) -> list[tuple[int, str]]:
    """The number of batches and the last hash of each account, which must be sound.

    A new ledger lacks what the made-up revision adds.
    """
    verified = [
        command("ledger", "verify", "--account", account, "--json", *options).json
        for account in ACCOUNTS
    ]
    faults = [fault for result in verified for fault in result["faults"]]
    assert {fault["key"] for fault in faults} <= {
        "column otc.note",
        "index ix_otc_note",
        "table otc",
    }
    return [(result["batches"], result["head"]) for result in verified]


@pytest.mark.both_engines
def test_an_older_ledger_must_be_upgraded(command: CommandLine, old: str, workbook: Path) -> None:
    """Every command fails with the command that helps, and nothing is changed."""
    before = all_rows(old)
    for words in (
        ["check", str(workbook)], ["apply", str(workbook)], ["undo", "1"], ["show", "otcs"],
        ["history"], ["export"], ["template"], ["ledger", "init"], ["ledger", "verify"],
    ):  # fmt: skip
        command(*words).assert_error("avira-importer ledger upgrade", name_in_messages(old))
    assert all_rows(old) == before


@pytest.mark.contract
@pytest.mark.both_engines
def test_an_upgraded_ledger_keeps_what_it_holds_and_goes_on(
    command: CommandLine, old: str, workbook: Path
) -> None:
    """Its journal and hashes too; what was done before can be undone."""
    before, otcs_before = all_rows(old), otcs(old)
    expected = {"ledger": name_in_messages(old), "from": REVISION, "to": "9998"}
    assert command("ledger", "upgrade", "--json").json == expected
    after = all_rows(old)
    for table in before.keys() - {"otc", "alembic_version"}:
        assert after[table] == before[table], table
    assert otcs(old) == [(*row, row[3]) for row in otcs_before]
    assert command("ledger", "upgrade", "--json").json == expected | {"from": "9998"}
    assert all_rows(old) == after
    assert [batches for batches, _ in heads(command)] == [3, 1]
    assert command("apply", workbook).exit_code == 0
    assert command("undo", "3").exit_code == 0
    assert command("undo", "1", "--account", "another").exit_code == 0
    assert [batches for batches, _ in heads(command)] == [5, 2]


@pytest.mark.both_engines
def test_an_upgraded_ledger_has_all_tables_and_guards_of_a_new_one(
    command: CommandLine, old: str, new_ledger: Callable[[str], str]
) -> None:
    """Column by column and trigger by trigger, beside what the made-up revision adds."""
    new = new_ledger("new.db")
    assert command("ledger", "upgrade").exit_code == 0
    assert command("ledger", "init", "--ledger", new).exit_code == 0
    with open_ledger(old).reading() as upgraded, open_ledger(new).reading() as created:
        assert len(structure(upgraded)) > len(structure(created))
        assert {*structure(upgraded)} >= {*structure(created)}
        assert {*guards(upgraded)} >= {*guards(created)} != set()


def test_a_copy_can_be_made_before_the_upgrade(command: CommandLine, old: str) -> None:
    """As the message advises: the copy is of the old version, and can be upgraded in its turn."""
    assert command("ledger", "backup", "copy.db").exit_code == 0
    assert all_rows("copy.db") == all_rows(old)
    assert command("ledger", "upgrade").exit_code == 0
    copy = ("--ledger", "copy.db")
    assert command("show", "otcs", *copy).exit_code == 4
    assert command("ledger", "upgrade", *copy).exit_code == 0
    assert heads(command, *copy) == heads(command)


def test_a_file_is_copied_into_a_server_only_after_its_upgrade(
    command: CommandLine, old: str, server: Server
) -> None:
    """Before it is refused; afterwards both accounts come with their hashes."""
    with server.database(EMPTY) as name:
        target = ("--ledger", server.url(name))
        command("ledger", "init", "--from", old, *target).assert_error(old, "ledger upgrade")
        assert command("ledger", "upgrade").exit_code == 0
        assert command("ledger", "init", "--from", old, *target).exit_code == 0
        assert heads(command, *target) == heads(command)


class MachineFailsError(Exception):
    """Stands for whatever may end an upgrade in the middle."""


@contextmanager
def failing_at(last: int) -> Iterator[list[str]]:
    """Raise at the `last` statement that changes anything; the statements executed so far."""
    executed: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if re.match(r"\s*(ALTER|CREATE|DROP|INSERT|UPDATE|REVOKE)", statement):
            executed.append(statement)
            if len(executed) == last:
                raise MachineFailsError

    with listening("before_cursor_execute", note):
        yield executed


@pytest.mark.both_engines
def test_an_upgrade_that_fails_in_the_middle_leaves_the_old_ledger(
    command: CommandLine, old: str, engine: str
) -> None:
    """Whichever statement it gets to: all is as it was, and the next upgrade succeeds."""
    before = all_rows(old)
    last, step = 1, 1 if engine == "sqlite" else 4
    while True:
        with failing_at(last) as executed:
            exit_code = command("ledger", "upgrade").exit_code
        if exit_code != 70:
            break
        assert len(executed) == last
        assert all_rows(old) == before, executed[-1]
        last += step
    assert last > 5
    assert [batches for batches, _ in heads(command)] == [3, 1]
