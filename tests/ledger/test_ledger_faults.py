"""Ledgers that cannot be used, and what the ledger itself keeps from going wrong."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from builders import write_workbook
from command_line import CommandLine, CommandResult
from importer.cli import main as program
from importer.ledger import database
from importer.ledger.writing.apply import apply_changes

CODES = [f"{letter * 5}-11111-22222-33333" for letter in "ABC"]


def otc(code: str, total: int = 50) -> dict[str, Any]:
    """A row of Add OTC."""
    return {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": total}


def customer(name: str, code: str, licenses: int) -> dict[str, Any]:
    """A row of Add Customer."""
    return {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
            "No of Licenses": licenses}  # fmt: skip


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A good workbook: an OTC and two customers."""
    customers = [customer("Norte", CODES[0], 5), customer("Sur", CODES[0], 7)]
    sheets = [("Add OTC", [otc(CODES[0])]), ("Add Customer", customers)]
    return write_workbook(tmp_path / "first.xlsx", sheets)


@pytest.fixture
def further_workbook(tmp_path: Path) -> Path:
    """Another: an OTC, a customer of it and a change to each thing of the first workbook."""
    sheets = [
        ("Add OTC", [otc(CODES[1])]),
        ("Edit OTC", [{"OTC": CODES[0], "Total Licenses": 60}]),
        ("Add Customer", [customer("Este", CODES[1], 9)]),
        ("Edit Customer", [{"Customer (Site) Name": "Norte", "No of Licenses": 6}]),
        ("Disable Customer", [{"Customer (Site) Name": "Sur", "Release Licenses": "Yes"}]),
    ]
    return write_workbook(tmp_path / "second.xlsx", sheets)


@contextmanager
def raw(ledger: Path) -> Iterator[sqlite3.Connection]:
    """A connection of our own beside the program's, each statement a transaction."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        yield connection


def everything_in(ledger: Path) -> list[str]:
    """The whole database as SQL, seen through a connection of its own."""
    with raw(ledger) as connection:
        return list(connection.iterdump())


def assert_one_clear_line(said: CommandResult, name: str) -> None:
    """Exit 4, one line on standard error that names the ledger, and no traceback."""
    assert said.exit_code == 4
    [line] = said.err.splitlines()
    assert name in line
    assert line.endswith(".")
    assert "Traceback" not in said.out


# Where there is no ledger


def file_in_the_way(folder: Path) -> Path:
    """A place below a file."""
    (folder / "file").write_text("in the way")
    return folder / "file" / "folder" / "ledger.db"


def a_folder(folder: Path) -> Path:
    """A folder where the file should be."""
    (folder / "ledger").mkdir()
    return folder / "ledger"


def another_database(folder: Path) -> Path:
    """An SQLite file with tables of its own."""
    with raw(folder / "shop.db") as connection:
        connection.execute("CREATE TABLE journal (article TEXT, price REAL)")
        connection.execute("INSERT INTO journal VALUES ('bread', 1.5)")
    return folder / "shop.db"


def no_database(folder: Path) -> Path:
    """A file of text."""
    (folder / "notes.txt").write_text("Not a database at all.\n" * 100)
    return folder / "notes.txt"


def link_to_itself(folder: Path) -> Path:
    """A link that leads nowhere."""
    (folder / "loop.db").symlink_to("loop.db")
    return folder / "loop.db"


UNUSABLE = [file_in_the_way, a_folder, another_database, no_database, link_to_itself]


@pytest.mark.parametrize("verb", ["check", "apply", "show", "history"])
@pytest.mark.parametrize("make", UNUSABLE)
def test_a_ledger_that_cannot_be_used_is_one_line_and_exit_4(
    make: Callable[[Path], Path], verb: str, command: CommandLine, workbook: Path, tmp_path: Path
) -> None:
    """The line names the file; with --json standard output is one document; no file changes."""
    place = make(tmp_path)
    words: dict[str, list[str | Path]] = {
        "check": ["check", workbook],
        "apply": ["apply", workbook],
        "show": ["show", "otcs"],
        "history": ["history"],
    }
    before = {path: path.read_bytes() for path in tmp_path.glob("*") if path.is_file()}
    said = command(*words[verb], "--ledger", place)
    assert_one_clear_line(said, place.name)
    assert said.out == ""
    as_json = command(*words[verb], "--ledger", place, "--json")
    assert_one_clear_line(as_json, place.name)
    json.loads(as_json.out)
    after = {path: path.read_bytes() for path in tmp_path.glob("*") if path.is_file()}
    assert after == before


def in_no_folder(folder: Path) -> Path:
    """A place in a folder that is not there."""
    return folder / "typo" / "ledger.db"


def link_into_no_folder(folder: Path) -> Path:
    """A link to a place in a folder that is not there."""
    (folder / "link.db").symlink_to(folder / "typo" / "ledger.db")
    return folder / "link.db"


def full_disk(_folder: Path) -> Path:
    """A device on which every write fails for want of room."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    return Path("/dev/full")


def kernel_file(_folder: Path) -> Path:
    """A place where the kernel lets nobody make files."""
    if not Path("/proc/self").exists():
        pytest.skip("this system has no /proc")
    return Path("/proc/self/ledger.db")


@pytest.mark.parametrize("make", [in_no_folder, link_into_no_folder, full_disk, kernel_file])
def test_a_ledger_that_cannot_be_made_is_one_line_and_exit_4(
    make: Callable[[Path], Path], command: CommandLine, workbook: Path, tmp_path: Path
) -> None:
    """The first apply cannot make it there; it makes no folders that nobody asked for."""
    place = make(tmp_path)
    assert_one_clear_line(command("apply", workbook, "--ledger", place), place.name)
    as_json = command("apply", workbook, "--ledger", place, "--json")
    assert_one_clear_line(as_json, place.name)
    json.loads(as_json.out)
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    "url", ["mysql://anna:secret@db.example/x", "postgresql+asyncpg://a:secret@b/x", "odd://"]
)
def test_a_database_that_this_version_cannot_use_is_named_without_its_password(
    url: str, command: CommandLine, workbook: Path
) -> None:
    """Exit 4 for every command; the URL may hold a password, so only its scheme is shown."""
    for words in (["check", str(workbook)], ["apply", str(workbook)], ["show", "otcs"]):
        said = command(*words, "--ledger", url, "--json")
        assert_one_clear_line(said, url.partition("://")[0])
        assert "secret" not in said.err + said.out
        json.loads(said.out)


@pytest.mark.parametrize(
    "words", [["show", "otcs"], ["show", "customers"], ["show", "summary"], ["export"], ["history"]]
)
@pytest.mark.parametrize("empty", [False, True])
def test_what_needs_a_ledger_says_how_to_begin(
    words: list[str], empty: bool, command: CommandLine, ledger: Path, tmp_path: Path
) -> None:
    """No ledger, or an empty file: exit 4, the line names the command to begin with, and no file
    comes to be."""
    if empty:
        ledger.touch()
    before = set(tmp_path.iterdir())
    said = command(*words)
    assert_one_clear_line(said, str(ledger))
    assert "avira-importer apply" in said.err
    assert set(tmp_path.iterdir()) == before


def test_check_and_template_make_no_ledger(
    command: CommandLine, workbook: Path, ledger: Path, tmp_path: Path
) -> None:
    """They take a missing ledger for an empty one."""
    assert command("check", workbook).exit_code == 0
    assert command("template", "-o", tmp_path / "template.xlsx").exit_code == 0
    assert program.run(["check", str(workbook)]) == 0
    assert not ledger.exists()
    assert not (tmp_path / "home").exists()


# Where the ledger is


def test_the_ledger_is_its_owners_alone(command: CommandLine, workbook: Path, ledger: Path) -> None:
    """Codes are worth money: the file's mode is 0600 even where the umask takes nothing off."""
    before = os.umask(0)
    try:
        assert command("apply", workbook).exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600


def test_without_a_word_the_ledger_is_in_the_users_data_folder(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first apply makes folder and file there, for the user alone, and names the file."""
    assert program.run(["apply", str(workbook)]) == 0
    [made] = (tmp_path / "home").rglob("*.db")
    assert made.parent.name == "avira-importer"
    assert str(made) in capsys.readouterr().out
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert program.run(["show", "otcs", CODES[0]]) == 0


def test_the_environment_and_a_url_name_the_ledger_too(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AVIRA_IMPORTER_LEDGER as a file name; --ledger as an SQLAlchemy URL of the same file."""
    place = tmp_path / "elsewhere.db"
    monkeypatch.setenv("AVIRA_IMPORTER_LEDGER", str(place))
    assert program.run(["apply", str(workbook)]) == 0
    assert place.exists()
    monkeypatch.delenv("AVIRA_IMPORTER_LEDGER")
    assert program.run(["show", "otcs", CODES[0], "--ledger", f"sqlite:///{place}"]) == 0


def test_an_empty_file_becomes_the_ledger(
    command: CommandLine, workbook: Path, ledger: Path
) -> None:
    """What `mktemp` or `touch` has left is no ledger yet, nor a database of something else."""
    ledger.touch()
    assert command("apply", workbook).exit_code == 0
    assert command("show", "otcs", CODES[0]).exit_code == 0


# A ledger in trouble


def test_a_ledger_that_another_program_writes_to_is_not_waited_for_forever(
    command: CommandLine, workbook: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4 after the timeout; what only reads goes on; once it is free, apply goes through."""
    assert command("apply", workbook).exit_code == 0
    monkeypatch.setenv("AVIRA_IMPORTER_WAIT", "0.1")
    with raw(ledger) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_one_clear_line(command("apply", workbook), str(ledger))
        json.loads(command("apply", workbook, "--json").out)
        assert command("show", "otcs").exit_code == 0
        assert command("check", workbook).exit_code == 0
        other.execute("ROLLBACK")
    assert command("apply", workbook).exit_code == 0


def test_a_ledger_that_is_wholly_locked_cannot_be_read_either(
    command: CommandLine, workbook: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4 for commands that read, too, and the line says that it is in use."""
    assert command("apply", workbook).exit_code == 0
    monkeypatch.setenv("AVIRA_IMPORTER_WAIT", "0.1")
    with raw(ledger) as other:
        other.execute("BEGIN EXCLUSIVE")
        for words in (
            ["show", "otcs"],
            ["history"],
            ["check", str(workbook)],
            ["apply", str(workbook)],
        ):
            said = command(*words)
            assert_one_clear_line(said, str(ledger))
            assert "in use" in said.err


@pytest.mark.parametrize("words", [["show", "otcs"], ["history"], ["check"], ["apply"]])
def test_a_ledger_of_a_newer_version_is_left_alone(
    words: list[str], command: CommandLine, workbook: Path, ledger: Path
) -> None:
    """Exit 4, and the line names both versions."""
    assert command("apply", workbook).exit_code == 0
    with raw(ledger) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = everything_in(ledger)
    said = command(*words, *([workbook] if words[0] in ("check", "apply") else []))
    assert_one_clear_line(said, str(ledger))
    assert "9999" in said.err
    assert database.REVISION in said.err
    assert everything_in(ledger) == before


def test_a_ledger_that_was_cut_short_is_called_damaged(
    command: CommandLine, workbook: Path, ledger: Path
) -> None:
    """Half of the file: exit 4 for reading and writing, not a fault of the program."""
    assert command("apply", workbook).exit_code == 0
    os.truncate(ledger, ledger.stat().st_size // 2)
    for words in (
        ["show", "otcs"],
        ["history"],
        ["check", str(workbook)],
        ["apply", str(workbook)],
    ):
        assert_one_clear_line(command(*words), str(ledger))


def test_several_first_applies_at_once_come_one_after_the_other(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """Four processes, no ledger yet: each makes its own batch, and none fails."""
    running = []
    for number in range(4):
        code = f"{number}AAAA-11111-22222-33333"
        path = write_workbook(tmp_path / f"{number}.xlsx", [("Add OTC", [otc(code)])])
        words = [sys.executable, "-m", "importer", "apply", str(path), "--ledger", str(ledger)]
        running.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for process in running:
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b"")
    assert [one["batch"] for one in command("history", "--json").json] == [1, 2, 3, 4]
    assert len(command("show", "otcs", "--json").json) == 4


@pytest.mark.parametrize(
    "words",
    [
        ["export", "-o", "ledger.db"],
        ["apply", "bad.xlsx", "--partial", "--export", "ledger.db"],
        ["apply", "bad.xlsx", "--partial", "--corrections", "ledger.db"],
        ["check", "bad.xlsx", "--corrections", "ledger.db"],
        ["template", "--force", "-o", "ledger.db"],
    ],
)
def test_no_output_is_written_over_the_ledger(
    words: list[str], command: CommandLine, workbook: Path, ledger: Path, tmp_path: Path
) -> None:
    """A slip in a file name costs an error message, not every batch that was ever applied."""
    assert command("apply", workbook).exit_code == 0
    write_workbook(tmp_path / "bad.xlsx", [("Add OTC", [otc(CODES[2]) | {"Email": "nobody"}])])
    assert command(*words).exit_code != 0
    assert command("show", "otcs", CODES[0]).exit_code == 0


# Failing in the middle


FAULTS = {
    "in the journal": "BEFORE INSERT ON journal WHEN NEW.line = 3",
    "in the OTCs": f"BEFORE INSERT ON otc WHEN NEW.code = '{CODES[1]}'",
    "in the customers": "BEFORE UPDATE ON customer",
    "in the subscriptions": "BEFORE INSERT ON subscription",
    "at the very end": "BEFORE UPDATE ON account",
}


@pytest.mark.parametrize("when", FAULTS.values(), ids=FAULTS)
def test_an_apply_that_fails_in_the_middle_leaves_nothing_behind(
    when: str, command: CommandLine, workbook: Path, further_workbook: Path, ledger: Path
) -> None:
    """The database refuses one of the writes: seen through a second connection, nothing has
    changed; once the cause is gone, the same workbook is batch 2."""
    assert command("apply", workbook).exit_code == 0
    with raw(ledger) as connection:
        connection.execute(f"CREATE TRIGGER fault {when} BEGIN SELECT RAISE(ABORT, 'no'); END")
    before = everything_in(ledger)
    said = command("apply", further_workbook, "--json")
    assert_one_clear_line(said, str(ledger))
    json.loads(said.out)
    assert everything_in(ledger) == before
    with raw(ledger) as connection:
        connection.execute("DROP TRIGGER fault")
    [done] = command("apply", further_workbook, "--json").json
    assert (done["status"], done["batch"]) == ("applied", 2)


@pytest.mark.parametrize(
    ("raised", "exit_code"), [(RuntimeError("a mistake"), 70), (KeyboardInterrupt(), 130)]
)
@pytest.mark.parametrize("is_first", [True, False])
def test_an_apply_that_is_stopped_after_writing_leaves_nothing_behind(
    raised: BaseException,
    exit_code: int,
    is_first: bool,
    command: CommandLine,
    workbook: Path,
    further_workbook: Path,
    ledger: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault of ours or Ctrl-C between the last write and the commit, in the first apply of all
    or a later one."""
    if not is_first:
        assert command("apply", workbook).exit_code == 0
    before = everything_in(ledger) if ledger.exists() else None

    def write_and_stop(*arguments: Any) -> NoReturn:
        apply_changes(*arguments)
        raise raised

    with monkeypatch.context() as patch:
        patch.setattr("importer.pipeline.apply.apply_changes", write_and_stop)
        said = command("apply", workbook if is_first else further_workbook)
    assert said.exit_code == exit_code
    assert "Traceback" not in said.out + said.err
    if before is None:
        assert command("history").exit_code == 4
    else:
        assert everything_in(ledger) == before
    [done] = command("apply", workbook if is_first else further_workbook, "--json").json
    assert (done["status"], done["batch"]) == ("applied", 1 if is_first else 2)


def test_what_was_applied_before_a_fault_is_told(
    command: CommandLine, workbook: Path, further_workbook: Path, ledger: Path, tmp_path: Path
) -> None:
    """The first of two files is in the ledger when the second fails: one JSON document says so,
    and the exit code is the ledger's."""
    assert command("apply", workbook).exit_code == 0
    with raw(ledger) as connection:
        connection.execute(
            "CREATE TRIGGER fault BEFORE INSERT ON batch WHEN NEW.batch = 3 "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    third = write_workbook(tmp_path / "third.xlsx", [("Add OTC", [otc(CODES[2])])])
    said = command("apply", further_workbook, third, "--json")
    assert_one_clear_line(said, str(ledger))
    assert [(one["file"], one["batch"]) for one in said.json] == [(str(further_workbook), 2)]
    assert len(command("history", "--json").json) == 2


# What the database itself keeps


@pytest.fixture
def filled(command: CommandLine, workbook: Path, ledger: Path) -> Path:
    """The ledger with one batch: 50 licences of which 12 are used."""
    assert command("apply", workbook).exit_code == 0
    return ledger


REWRITES = [
    "UPDATE journal SET after = '{}'",
    "UPDATE journal SET row = row + 1 WHERE line = 1",
    "DELETE FROM journal",
    "DELETE FROM journal WHERE line = 1",
    "UPDATE batch SET actor = 'somebody else'",
    "DELETE FROM batch",
    "REPLACE INTO journal SELECT account_id, entry, line, sheet, 99, kind, key, before, after "
    "FROM journal",
    "REPLACE INTO batch SELECT account_id, batch, entry, kind, at, 'somebody else', file, sha256, "
    "applied, unchanged, rejected, undoes, lines_hash, previous_hash, hash FROM batch",
    "REPLACE INTO batch SELECT account_id, batch + 1, entry, kind, at, actor, file, sha256, "
    "applied, unchanged, rejected, undoes, lines_hash, previous_hash, hash FROM batch",
]


@pytest.mark.parametrize("statement", REWRITES)
def test_what_was_journalled_cannot_be_rewritten(statement: str, filled: Path) -> None:
    """Batches and journal lines can be added and nothing else, whoever writes the SQL."""
    before = everything_in(filled)
    with raw(filled) as connection, pytest.raises(sqlite3.DatabaseError, match="append-only"):
        connection.execute(statement)
    assert everything_in(filled) == before


IMPOSSIBLE = [
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
]


@pytest.mark.parametrize("statement", IMPOSSIBLE)
def test_the_database_refuses_what_cannot_be(statement: str, filled: Path) -> None:
    """Used between 0 and total, at least one licence a subscription, and no value of another
    type: proved by the tables, not only by the program."""
    with raw(filled) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


def test_used_is_never_other_than_what_the_subscriptions_hold(
    command: CommandLine, filled: Path, further_workbook: Path
) -> None:
    """After additions, an edit and a release, the stored figure is the sum of the subscriptions."""
    assert command("apply", further_workbook).exit_code == 0
    with raw(filled) as connection:
        figures = connection.execute(
            "SELECT code, used, (SELECT COALESCE(SUM(licenses), 0) FROM subscription "
            "WHERE otc = code) FROM otc ORDER BY code"
        ).fetchall()
    assert figures == [(CODES[0], 6, 6), (CODES[1], 9, 9)]
