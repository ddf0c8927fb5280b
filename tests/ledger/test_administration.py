"""`ledger init`, `ledger upgrade` and `ledger backup`, and taking a file over into a server.

How a ledger of an earlier version is brought up to date stands in test_migrations.py, what roles
may do in test_roles.py.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa

from builders import Sheets, write_workbook
from command_line import CommandLine, CommandResult
from importer.ledger.database import REVISION
from servers import Server

CODES = [f"{letter * 5}-11111-22222-33333" for letter in "ABCDE"]
FIRST: Sheets = [
    ("Add OTC", [
        {"OTC": code, "Email": "it@msp.example", "Company Name": "Peña", "Total Licenses": 50,
         "Expiry Date": "2039-12-31", "Runtime": 36}
        for code in CODES[:2]
    ]),
    ("Add Customer", [
        {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": CODES[0],
         "No of Licenses": 5}
        for name in ("Norte", "Peña Alta")
    ]),
    ("Devices", [
        {"Customer (Site) Name": "Norte", "Device ID": "Señal 1", "Avira Installed": "2026-01-20"},
    ]),
]  # fmt: skip
SECOND: Sheets = [
    ("Edit Customer", [{"Customer (Site) Name": "Norte", "New Name": "Sur", "No of Licenses": 9}]),
    ("Disable Customer", [{"Customer (Site) Name": "Peña Alta", "Release Licenses": "Yes"}]),
    ("Devices", [
        {"Customer (Site) Name": "Sur", "Device ID": "señal  1", "Avira Status": "Active"},
        {"Customer (Site) Name": "Peña Alta", "Device ID": "Señal 1", "NH Installed": "2026-02-01"},
    ]),
]  # fmt: skip

both_engines = pytest.mark.both_engines


@pytest.fixture
def where(engine: str, ledger: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """What `--ledger` names: a file that is not there yet, or a database without any tables."""
    if engine == "sqlite":
        yield str(ledger)
        return
    server: Server = request.getfixturevalue("server")
    with server.database("template0") as name:
        yield server.url(name)


@contextmanager
def raw(where: str) -> Iterator[sa.Connection]:
    """A connection of our own beside the program's, each statement a transaction."""
    with _engine(where).connect() as connection:
        yield connection


@cache
def _engine(where: str) -> sa.Engine:
    url = where if "://" in where else f"sqlite:///{where}"
    return sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")


def everything_in(where: str) -> dict[str, list[str]]:
    """All rows of all tables, by table."""
    with raw(where) as connection:
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}")))
            for name in sa.inspect(connection).get_table_names()
        }


def assert_one_clear_line(said: CommandResult, *words: str, exit_code: int = 4) -> None:
    """That exit code, one line with all of `words`, and no traceback."""
    assert said.exit_code == exit_code, said
    [line] = said.err.splitlines()
    for word in words:
        assert word in line
    assert "Traceback" not in said.out


def shown(where: str) -> str:
    """What the ledger is called in messages: a URL without its settings."""
    return where.partition("?")[0]


@pytest.fixture
def filled(command: CommandLine, where: str, tmp_path: Path) -> str:
    """A ledger of two accounts: in `default` three batches of which the last is an undo."""
    first = write_workbook(tmp_path / "first.xlsx", FIRST)
    second = write_workbook(tmp_path / "second.xlsx", SECOND)
    for words in (
        ["ledger", "init"], ["apply", str(first)], ["apply", str(second)], ["undo", "2"],
        ["apply", str(first), "--account", "another"],
    ):  # fmt: skip
        assert command(*words, "-q").exit_code == 0
    return where


def told(command: CommandLine, where: str) -> dict[tuple[str, ...], Any]:
    """All that both accounts of a ledger tell, by account and command; and both are well."""
    said: dict[tuple[str, ...], Any] = {}
    for account in ("default", "another"):
        for words in (
            ["ledger", "verify"], ["history"], ["history", "1"], ["show", "otcs"],
            ["show", "customers"],
        ):  # fmt: skip
            done = command(*words, "--json", "--account", account, "--ledger", where)
            assert done.exit_code == 0, done
            said[account, *words] = done.json
    return said


# Making


@both_engines
def test_init_makes_an_empty_ledger_once(command: CommandLine, where: str) -> None:
    """Made once, it is left as it is; every command can be used on it at once."""
    said = command("ledger", "init", "--json")
    assert said.exit_code == 0
    assert said.json == {"ledger": shown(where), "account": "default", "made": True}
    made = everything_in(where)
    assert made["alembic_version"] == [f"('{REVISION}',)"]
    assert [rows for name, rows in made.items() if name != "alembic_version"] == [[]] * 7
    for words in (["show", "summary"], ["history"], ["ledger", "verify"], ["export"]):
        assert command(*words).exit_code == 0
    again = command("ledger", "init", "--account", "another", "--json")
    assert again.json == {"ledger": shown(where), "account": "another", "made": False}
    assert everything_in(where) == made


@both_engines
def test_init_leaves_a_ledger_that_is_in_use(
    command: CommandLine, filled: str, tmp_path: Path
) -> None:
    """What it holds stays, and the next batch follows."""
    before = told(command, filled)
    assert "already exists" in command("ledger", "init").out
    assert command("ledger", "init", "-q") == CommandResult(0, "", "")
    assert told(command, filled) == before
    said = command("apply", tmp_path / "second.xlsx", "--json")
    assert said.json[0]["batch"] == 4


def test_the_file_that_init_makes_is_its_owners_alone(command: CommandLine, ledger: Path) -> None:
    """Mode 0600 even where the umask takes nothing off."""
    before = os.umask(0)
    try:
        said = command("ledger", "init")
    finally:
        os.umask(before)
    assert said.exit_code == 0
    assert said.out == f"Created: {ledger}\n"
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "options", [["--importer", "x"], ["--reader", "x"], ["--distributed"]], ids=str
)
def test_a_file_has_no_roles(options: list[str], command: CommandLine, ledger: Path) -> None:
    """Exit 2, and no file comes to be."""
    assert_one_clear_line(command("ledger", "init", *options), str(ledger), exit_code=2)
    assert not ledger.exists()


@both_engines
def test_a_database_of_something_else_is_left_alone(
    command: CommandLine, where: str, tmp_path: Path
) -> None:
    """Exit 4 for each command, and what to do; not one row or table is other than before."""
    with raw(where) as connection:
        connection.exec_driver_sql("CREATE TABLE journal (article text, price int)")
        connection.exec_driver_sql("INSERT INTO journal VALUES ('bread', 2)")
    before = everything_in(where)
    workbook = write_workbook(tmp_path / "x.xlsx", FIRST)
    for words in (
        ["ledger", "init"], ["ledger", "upgrade"], ["ledger", "verify"], ["apply", str(workbook)],
        ["ledger", "backup", "copy.db"], ["check", str(workbook)],
    ):  # fmt: skip
        assert_one_clear_line(command(*words), shown(where), "--ledger")
    assert everything_in(where) == before
    assert not Path("copy.db").exists()


@both_engines
def test_a_ledger_of_a_newer_version_is_left_alone(command: CommandLine, filled: str) -> None:
    """Exit 4; the line has both versions. Neither init nor upgrade makes it this one's."""
    with raw(filled) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = everything_in(filled)
    for words in (["ledger", "init"], ["ledger", "upgrade"], ["ledger", "verify"], ["history"]):
        assert_one_clear_line(command(*words), shown(filled), "9999", REVISION)
    assert everything_in(filled) == before


@both_engines
def test_where_there_is_no_ledger_the_command_that_makes_one_is_named(
    command: CommandLine, where: str, engine: str
) -> None:
    """Upgrade, verify and backup: exit 4, and nothing comes to be."""
    begin = {"sqlite": "avira-importer apply", "postgresql": "avira-importer ledger init"}
    for words in (["ledger", "upgrade"], ["ledger", "verify"], ["ledger", "backup", "copy.db"]):
        assert_one_clear_line(command(*words), shown(where), begin[engine])
        as_json = command(*words, "--json")
        assert json.loads(as_json.out)["exit_code"] == 4
    assert os.listdir() == []


@both_engines
def test_what_is_up_to_date_stays_as_it_is(command: CommandLine, filled: str) -> None:
    """Exit 0, in JSON the same revision twice."""
    before = everything_in(filled)
    said = command("ledger", "upgrade", "--json")
    assert said.exit_code == 0
    assert said.json == {"ledger": shown(filled), "from": REVISION, "to": REVISION}
    assert "already up to date" in command("ledger", "upgrade").out
    assert everything_in(filled) == before


def test_a_ledger_is_made_wholly_or_not_at_all(server: Server, command: CommandLine) -> None:
    """A role that is not there: the database is as empty as before."""
    with server.database("template0") as name:
        where = server.url(name)
        words = ["ledger", "init", "--importer", "postgres", "--reader", "nobody here"]
        assert_one_clear_line(command(*words, "--ledger", where), "nobody here")
        assert everything_in(where) == {}


# Copies


@both_engines
def test_a_copy_is_a_ledger_like_the_one_it_was_made_of(
    command: CommandLine, filled: str, tmp_path: Path
) -> None:
    """Both accounts, with the same hashes; it is its owner's alone; an import goes on in it and
    leaves the other as it was."""
    before = told(command, filled)
    beside = set(os.listdir())
    said = command("ledger", "backup", "copy.db", "--json")
    assert (said.exit_code, said.json) == (0, {"file": "copy.db"})
    assert set(os.listdir()) - beside == {"copy.db"}
    assert stat.S_IMODE(Path("copy.db").stat().st_mode) == 0o600
    assert told(command, "copy.db") == before
    said = command("apply", tmp_path / "second.xlsx", "--json", "--ledger", "copy.db")
    assert said.json[0]["batch"] == 4
    assert command("ledger", "verify", "--ledger", "copy.db").exit_code == 0
    assert told(command, filled) == before


@both_engines
def test_a_copy_is_written_over_a_file_only_by_force(command: CommandLine, filled: str) -> None:
    """Exit 2 without --force, and the file stays."""
    Path("copy.db").write_text("notes")
    assert_one_clear_line(command("ledger", "backup", "copy.db"), "copy.db", "--force", exit_code=2)
    assert Path("copy.db").read_text() == "notes"
    assert command("ledger", "backup", "copy.db", "--force").out == "Written: copy.db\n"
    assert told(command, "copy.db") == told(command, filled)
    for place in ("no such folder/copy.db", "copy.db/copy.db"):
        assert_one_clear_line(command("ledger", "backup", place), "copy.db", exit_code=3)


def test_a_copy_is_never_written_over_the_ledger(
    command: CommandLine, filled: str, ledger: Path
) -> None:
    """By whatever name it goes."""
    before = ledger.read_bytes()
    Path("folder").mkdir()
    Path("link.db").symlink_to(ledger)
    for name in (str(ledger), "ledger.db", "folder/../ledger.db", "link.db"):
        said = command("ledger", "backup", name, "--force")
        assert_one_clear_line(said, name, "is the ledger", exit_code=2)
    assert ledger.read_bytes() == before


@both_engines
def test_a_copy_for_which_there_is_no_room_leaves_the_old_one(
    command: CommandLine, filled: str
) -> None:
    """However little fits: exit 3 and one line with the name that was asked for, and no half of a
    file is left."""
    Path("copy.db").write_text("the old one")
    beside = set(os.listdir())
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, 5_000, 40_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
        try:
            said = command("ledger", "backup", "copy.db", "--force")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        assert_one_clear_line(said, "copy.db cannot be written", exit_code=3)
        assert Path("copy.db").read_text() == "the old one"
        assert set(os.listdir()) == beside


@both_engines
def test_a_copy_that_is_interrupted_leaves_the_old_one(
    command: CommandLine, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C when all is written and nothing is in place."""

    def stop(*_arguments: Any) -> NoReturn:
        raise KeyboardInterrupt

    Path("copy.db").write_text("the old one")
    beside = set(os.listdir())
    with monkeypatch.context() as patch:
        patch.setattr("importer.base.files.os.replace", stop)
        assert command("ledger", "backup", "copy.db", "--force").exit_code == 130
    assert Path("copy.db").read_text() == "the old one"
    assert set(os.listdir()) == beside


KILLED = """
import os, signal, sys
from importer.cli.main import run

os.replace = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
run(["ledger", "backup", "copy.db", "--force", "--ledger", sys.argv[1]])
"""
"""Makes a copy in a process that is killed before the copy takes its place."""


@both_engines
def test_a_copy_that_is_killed_leaves_the_old_one(command: CommandLine, filled: str) -> None:
    """As when the machine fails; and another try goes through."""
    Path("copy.db").write_text("the old one")
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", KILLED, filled], check=False)
    assert done.returncode == -signal.SIGKILL
    assert Path("copy.db").read_text() == "the old one"
    assert command("ledger", "backup", "copy.db", "--force").exit_code == 0
    assert told(command, "copy.db") == told(command, filled)


def test_what_an_import_into_the_old_copy_left_does_not_spoil_the_new_one(
    command: CommandLine, filled: str, ledger: Path
) -> None:
    """An import into the copy was cut off; its `-journal`, which SQLite would put into whatever
    file has that name, goes with the old copy."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")  # so that it writes before it commits
        connection.execute("BEGIN")
        connection.execute("UPDATE account SET head = ''")
        connection.execute("CREATE TABLE more (x)")
        connection.executemany("INSERT INTO more VALUES (?)", [("x" * 2000,)] * 50)
        shutil.copy(ledger, "copy.db")
        shutil.copy(f"{ledger}-journal", "copy.db-journal")
        connection.execute("ROLLBACK")
    assert command("apply", "second.xlsx", "--account", "another").exit_code == 0
    assert command("ledger", "backup", "copy.db", "--force").exit_code == 0
    assert told(command, "copy.db") == told(command, filled)


def test_a_damaged_ledger_is_not_blamed_on_the_copy(
    command: CommandLine, filled: str, ledger: Path
) -> None:
    """Half of the file: exit 4, and the line names the ledger."""
    os.truncate(ledger, ledger.stat().st_size // 2)
    assert_one_clear_line(command("ledger", "backup", "copy.db"), str(ledger), "damaged")


IMPORTING = """
import sys
from pathlib import Path
from importer.cli.main import run

*ledgers, number, folder = sys.argv[1:]
stop = Path(folder, "stop")
for workbook in sorted(Path(folder).glob(f"{number}-*.xlsx")):
    for ledger in ledgers:
        if stop.exists():
            sys.exit(0)
        assert run(["apply", str(workbook), "--ledger", ledger, "-q"]) == 0, workbook
"""
"""Applies workbooks one after the other to both ledgers, until it is stopped."""


def test_copies_made_while_others_import_are_sound(
    server: Server, command: CommandLine, ledger: Path, tmp_path: Path
) -> None:
    """Three processes import all the time, sharing an OTC, into a file and into a server: every
    copy is a ledger as some batch left it, and nobody is cut off."""
    with server.database() as name:
        ledgers = [str(ledger), server.url(name)]
        shared = {"OTC": CODES[4], "Email": "a@x.example", "Company Name": "X",
                  "Total Licenses": 900_000}  # fmt: skip
        for where in ledgers:
            first = write_workbook(tmp_path / "first.xlsx", [("Add OTC", [shared])])
            assert command("apply", first, "--ledger", where).exit_code == 0
        work = tmp_path / "work"
        work.mkdir()
        for number in range(3):
            for turn in range(20):
                names = [f"Site {number} {turn} {one}" for one in range(3)]
                added = [{"Customer (Site) Name": one, "Managed By": "Admin",
                          "Avira OTC": CODES[4], "No of Licenses": 2} for one in names]  # fmt: skip
                write_workbook(work / f"{number}-{turn:02}.xlsx", [("Add Customer", added)])
        running = [
            subprocess.Popen([sys.executable, "-W", "ignore", "-c", IMPORTING, *ledgers,
                              str(number), str(work)], stderr=subprocess.PIPE)
            for number in range(3)
        ]  # fmt: skip
        batches: dict[str, list[int]] = {where: [] for where in ledgers}
        try:
            while min(max([0, *seen]) for seen in batches.values()) < 12:
                assert not any(process.poll() for process in running), "one of them has failed"
                for where, seen in batches.items():
                    backup = ["ledger", "backup", "copy.db", "--force", "--ledger", where]
                    assert command(*backup).exit_code == 0
                    said = command("ledger", "verify", "--ledger", "copy.db", "--json")
                    assert said.json["faults"] == []
                    seen.append(said.json["batches"])
                    [held] = command("show", "otcs", "--ledger", "copy.db", "--json").json
                    assert held["used"] == 3 * 2 * (seen[-1] - 1)
                time.sleep(0.05)
        finally:
            (work / "stop").touch()
            failures = [process.communicate(timeout=60)[1] for process in running]
        assert [process.returncode for process in running] == [0, 0, 0], failures
    for seen in batches.values():
        assert seen == sorted(seen)
        assert len(set(seen)) > 2, "nobody imported meanwhile"


# Taking a file over


@pytest.fixture
def source(command: CommandLine, filled: str, ledger: Path, tmp_path: Path) -> Path:
    """A file to take over."""
    return Path(shutil.copy(ledger, tmp_path / "source.db"))


@pytest.fixture
def target(server: Server) -> Iterator[str]:
    """A database on the server without any tables."""
    with server.database("template0") as name:
        yield server.url(name)


def test_a_file_is_taken_over_with_all_its_accounts(
    command: CommandLine, source: Path, target: str, tmp_path: Path
) -> None:
    """The server tells what the file told, hash by hash, and goes on with the next batch, the
    next customer, and an undo of what was done in the file."""
    before = told(command, str(source))
    said = command("ledger", "init", "--from", source, "--ledger", target, "--json")
    assert said.exit_code == 0
    assert said.json == {"ledger": shown(target), "account": "default", "made": True}
    assert told(command, target) == before
    assert command("undo", "1", "--ledger", target).exit_code == 0
    for file, account, number in (("first.xlsx", "default", 5), ("second.xlsx", "another", 2)):
        further = command("apply", tmp_path / file, "--account", account, "--ledger", target,
                          "--json")  # fmt: skip
        assert (further.exit_code, further.json[0]["batch"]) == (0, number)
    after = told(command, target)
    heads = [one["hash"] for one in after["default", "history"]]
    assert before["default", "ledger", "verify"]["head"] == heads[2]
    assert {one["name"] for one in after["default", "show", "customers"]} == {"Norte", "Peña Alta"}


def test_a_ledger_that_holds_something_takes_nothing_over(
    command: CommandLine, source: Path, target: str
) -> None:
    """Exit 4, and it is as it was; one that was made and not used yet does take it over."""
    assert command("ledger", "init", "--ledger", target, "--reader", "postgres").exit_code == 0
    said = command("ledger", "init", "--from", source, "--ledger", target)
    assert said.exit_code == 0
    assert f"Copied: {source}" in said.out
    before = everything_in(target)
    again = command("ledger", "init", "--from", source, "--ledger", target)
    assert_one_clear_line(again, str(source), "an empty ledger")
    assert everything_in(target) == before


UNFIT = {
    "more used than there are": ("UPDATE otc SET used = 51", "ck_otc_used"),
    "licences that are not used": ("UPDATE otc SET used = 0", "overallocation"),
    "a subscription of nothing": ("UPDATE subscription SET otc = 'x'", "fk_subscription_otc"),
    "a device of nobody": ("UPDATE device SET customer_id = 99", "fk_device_customer"),
}


def test_a_file_is_taken_over_wholly_or_not_at_all(
    command: CommandLine, source: Path, target: str
) -> None:
    """The server refuses a row of the second account: exit 4, its reason under its own name, and
    not even the tables are there."""
    for statement, said_of_it in UNFIT.values():
        unfit = shutil.copy(source, "unfit.db")
        with closing(sqlite3.connect(unfit, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(f"{statement} WHERE account_id = 'another'")
        said = command("ledger", "init", "--from", unfit, "--ledger", target)
        assert_one_clear_line(said, shown(target), said_of_it)
        assert re.search(r"[A-E]{5}-1", said.err) is None  # no OTC is shown in full
        assert everything_in(target) == {}


def test_what_is_no_ledger_is_not_taken_over(
    command: CommandLine, source: Path, target: str, tmp_path: Path
) -> None:
    """A file that is not there, is none of ours, or is damaged: exit 4, and no tables are made."""
    (tmp_path / "notes.txt").write_text("Not a database at all.\n" * 100)
    os.truncate(source, source.stat().st_size // 2)
    for file in (tmp_path / "missing.db", tmp_path / "notes.txt", source):
        said = command("ledger", "init", "--from", file, "--ledger", target)
        assert_one_clear_line(said, str(file))
        assert everything_in(target) == {}
    assert not (tmp_path / "missing.db").exists()
