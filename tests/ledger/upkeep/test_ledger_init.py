"""`ledger init`, and `ledger upgrade` of what needs none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import write_workbook
from command_line import CommandLine, CommandResult
from every_sheet import FIRST, name_in_messages, overview
from importer.ledger.database import REVISION
from importer.ledger.engines import postgresql
from ledgers import all_rows, raw, set_revision
from servers import EMPTY, Server

pytest_plugins = "two_account_fixtures"
both_engines = pytest.mark.both_engines


@pytest.fixture
def where(new_ledger: Callable[[str], str]) -> str:
    """What `--ledger` is: a file that does not exist yet, or a database without any tables."""
    return new_ledger("ledger.db")


@pytest.mark.contract
@both_engines
def test_init_makes_an_empty_ledger_once(command: CommandLine, where: str) -> None:
    """It is left alone the second time; every command can be used on it at once."""
    name = name_in_messages(where)
    result = command("ledger", "init", "--json")
    assert result.exit_code == 0
    assert result.json == {"ledger": name, "account": "default", "made": True}
    before = all_rows(where)
    assert before["alembic_version"] == [f"('{REVISION}',)"]
    assert [rows for table, rows in before.items() if table != "alembic_version"] == [[]] * 7
    for words in (["show", "summary"], ["history"], ["ledger", "verify"], ["export"]):
        assert command(*words).exit_code == 0, words
    again = command("ledger", "init", "--account", "another", "--json")
    assert again.json == {"ledger": name, "account": "another", "made": False}
    assert all_rows(where) == before


@both_engines
def test_init_and_upgrade_leave_a_ledger_in_use_alone(
    command: CommandLine, filled: str, tmp_path: Path
) -> None:
    """What it holds stays, and the next batch follows."""
    before = all_rows(filled)
    assert command("ledger", "init").out.count("already exists") == 1
    assert command("ledger", "init", "-q") == CommandResult(0, "", "")
    expected = {"ledger": name_in_messages(filled), "from": REVISION, "to": REVISION}
    assert command("ledger", "upgrade", "--json").json == expected
    assert "already up to date" in command("ledger", "upgrade").out
    assert all_rows(filled) == before
    overview(command, filled)
    assert command("apply", tmp_path / "second.xlsx", "--json").report["batch"] == 4


def test_init_names_the_file_it_makes(command: CommandLine, ledger: Path) -> None:
    """In one line."""
    assert command("ledger", "init") == CommandResult(0, f"Created: {ledger}\n", "")


@pytest.mark.parametrize(
    "options", [["--importer", "x"], ["--reader", "x"], ["--distributed"]], ids=str
)
def test_a_file_has_no_roles(options: list[str], command: CommandLine, ledger: Path) -> None:
    """Exit 2, and no file is made."""
    command("ledger", "init", *options).assert_error(str(ledger), exit_code=2)
    assert not ledger.exists()


@both_engines
def test_a_database_of_something_else_is_left_alone(
    command: CommandLine, where: str, tmp_path: Path
) -> None:
    """Each command says what to do; not one row or table is changed."""
    with raw(where) as connection:
        connection.exec_driver_sql("CREATE TABLE journal_block (article text, price int)")
        connection.exec_driver_sql("INSERT INTO journal_block VALUES ('bread', 2)")
    before = all_rows(where)
    workbook = write_workbook(tmp_path / "x.xlsx", FIRST)
    for words in (
        ["ledger", "init"], ["ledger", "upgrade"], ["ledger", "verify"], ["apply", str(workbook)],
        ["ledger", "backup", "copy.db"], ["check", str(workbook)],
    ):  # fmt: skip
        command(*words).assert_error(name_in_messages(where), "--ledger")
    assert all_rows(where) == before
    assert not Path("copy.db").exists()


@both_engines
def test_a_ledger_of_a_newer_version_is_left_alone(
    command: CommandLine, filled: str, tmp_path: Path
) -> None:
    """The line has both versions. Neither init nor upgrade changes it."""
    set_revision(filled, "9999")
    before = all_rows(filled)
    workbook = str(write_workbook(tmp_path / "x.xlsx", FIRST))
    for words in (
        ["ledger", "init"], ["ledger", "upgrade"], ["ledger", "verify"], ["history"],
        ["show", "otcs"], ["check", workbook], ["apply", workbook],
    ):  # fmt: skip
        command(*words).assert_error(name_in_messages(filled), "9999", REVISION)
    assert all_rows(filled) == before


@both_engines
def test_where_there_is_no_ledger_the_command_that_makes_one_is_named(
    command: CommandLine, where: str, engine: str
) -> None:
    """By upgrade, verify and backup, which make nothing."""
    advice = {"sqlite": "avira-importer apply", "postgresql": "avira-importer ledger init"}
    for words in (["ledger", "upgrade"], ["ledger", "verify"], ["ledger", "backup", "copy.db"]):
        command(*words).assert_error(name_in_messages(where), advice[engine])
        assert command(*words, "--json").json["exit_code"] == 4
    assert os.listdir() == []


def test_a_ledger_is_made_completely_or_not_at_all(server: Server, command: CommandLine) -> None:
    """If a role does not exist, the database is as empty as before."""
    with server.database(EMPTY) as name:
        words = ["ledger", "init", "--importer", "postgres", "--reader", "no such role"]
        command(*words, "--ledger", server.url(name)).assert_error("no such role")
        assert all_rows(server.url(name)) == {}


def test_a_server_that_is_too_old_is_named_with_its_version(
    server: Server, command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, and nothing is made: its views would show every account to everybody."""
    monkeypatch.setattr(postgresql, "OLDEST_VERSION", 99)
    with server.database(EMPTY) as name:
        result = command("ledger", "init", "--ledger", server.url(name))
        result.assert_error(f"/{name} runs PostgreSQL 1", "version 99 or newer")
        assert all_rows(server.url(name)) == {}
