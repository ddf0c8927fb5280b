"""What `serve --check` reports as wrong."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from importer.cli import main as program
from ledgers import set_revision
from mail_server import MailServer, make_certificate
from ports import HOST
from serve_checks import failed, files
from servers import Server
from service_folders import CRON, NO_MAIL, Folders, smtp_table, table
from services import Serve
from systems import IS_ROOT, IS_WINDOWS

pytest_plugins = ["service_fixtures"]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """The folders of a service that makes an export by cron, and has no ledger yet."""
    return Folders(tmp_path / "service", more=CRON)


def with_config(more: str, inbox: str | None = "") -> Callable[[Folders], None]:
    """Writes another configuration."""
    return lambda folders: folders.configure(more, inbox)


def ledger_at(ledger: str) -> Callable[[Folders], None]:
    """Names another ledger."""

    def configure(folders: Folders) -> None:
        folders.ledger = ledger.format(folder=folders.folder)
        folders.configure(CRON)

    return configure


def of_another_program(folders: Folders) -> None:
    """Makes the ledger a database of another program."""
    with closing(sqlite3.connect(folders.ledger)) as connection:
        connection.execute("CREATE TABLE something (else_ TEXT)")


def of_an_older_version(folders: Folders) -> None:
    """Makes a ledger that must be upgraded."""
    assert program.run(["ledger", "init", "--ledger", folders.ledger, "-q"]) == 0
    set_revision(folders.ledger, "0000")


def state_in_a_missing_folder(folders: Folders) -> None:
    """Names a state folder that cannot be created."""
    config = folders.config.read_text("utf-8").replace("'state'", "'none/state'")
    folders.config.write_text(config, "utf-8")


def replace_by_a_file(path: Path) -> None:
    """Puts a file where a folder should be."""
    path.rmdir()
    path.touch()


MISSING = "does not exist"
WRONG: dict[str, tuple[Callable[[Folders], object], str, int, str]] = {
    "no applied": (with_config(CRON, "applied = 'none/done'"), "inbox.applied", 2, MISSING),
    "no rejected": (with_config(CRON, "rejected = 'none/back'"), "inbox.rejected", 2, MISSING),
    "the inbox is a file": (
        lambda folders: replace_by_a_file(folders.inbox), "inbox.folder", 2, MISSING),
    "no exports": (
        with_config(table(folder="none/x", every="1h")), "exports[1].folder", 2, MISSING),
    "no folder for figures": (
        with_config("metrics_file = 'none/x.prom'\n" + CRON), "service.metrics_file", 2, MISSING),
    "no folder for the state": (state_in_a_missing_folder, "service.state", 2, "service.state"),
    "the state is a file": (
        lambda folders: replace_by_a_file(folders.state), "service.state", 2, "it is a file"),
    "the ledger is a folder": (lambda folders: Path(folders.ledger).mkdir(), "ledger", 4, "folder"),
    "the ledger is no database": (
        lambda folders: Path(folders.ledger).write_text("no ledger " * 100), "ledger", 4,
        "not an SQLite database"),
    "the ledger is another program's": (of_another_program, "ledger", 4, "not a ledger"),
    "the ledger's server is away": (
        ledger_at(f"postgresql+psycopg://importer@{HOST}:9/licences"), "ledger", 4,
        "cannot be reached"),
    "the ledger's folder is missing": (
        ledger_at("{folder}/nowhere/ledger.db"), "ledger", 4, "nowhere"),
    "an invalid cron expression": (
        with_config(table(cron="61 * * * *")), "exports[1]", 2, "exports[1].cron"),
    "a time that never comes": (
        with_config(table(cron="0 0 30 2 *")), "exports[1]", 2, "exports[1].cron"),
    "an unknown time zone": (
        with_config(table(cron="* * * * *", timezone="Mars/Olympus")), "exports[1]", 2,
        "exports[1].timezone"),
    "a destination that is away": (
        with_config(table(every="1h", folder=f"sftp://{HOST}:9/x")), "exports[1].folder", 2,
        f"sftp://{HOST}:9/x"),
    "a destination of an unknown kind": (
        with_config(table(every="1h", folder="nonsense://x")), "exports[1].folder", 2, "nonsense"),
    "no mail server": (with_config(NO_MAIL + CRON), "smtp", 2, "Connection refused"),
    "the ledger is of an older version": (of_an_older_version, "ledger", 4, "ledger upgrade"),
}  # fmt: skip
"""What can be wrong: how it is brought about, what is named, the exit code, some words."""


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_is_named_alone(folders: Folders, serve: Serve, fault: str) -> None:
    """In a line, in JSON and with -q; no file is changed."""
    bring_about, what, exit_code, words = WRONG[fault]
    bring_about(folders)
    before = files(folders.folder)
    result, as_json, quiet = serve("--check"), serve("--check", "--json"), serve("--check", "-q")
    assert (result.exit_code, as_json.exit_code, quiet.exit_code) == (exit_code,) * 3
    assert failed(result) == {what}
    [line] = [line for line in result.out.splitlines() if line.startswith("✗")]
    assert words in line
    assert quiet.out.splitlines() == [line]
    assert as_json.json["ok"] is False
    assert [check["what"] for check in as_json.json["checks"] if not check["ok"]] == [what]
    assert result.err == as_json.err == ""
    assert files(folders.folder) == before


def test_a_rejected_login_is_reported_without_the_password(
    folders: Folders, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", "hunter2")
    with MailServer(certificate, passwords={"me": "another"}).running() as server:
        folders.configure(smtp_table(server, user="me", encryption="starttls") + CRON)
        result = serve("--check")
    assert (result.exit_code, failed(result)) == (2, {"smtp"})
    assert "(535 " in result.out
    assert "hunter2" not in result.out


def test_the_exit_code_of_the_ledger_comes_before_others(folders: Folders, serve: Serve) -> None:
    of_another_program(folders)
    folders.configure(NO_MAIL + table(cron="bad") + table(every="1h", folder="none/x"))
    result = serve("--check")
    assert result.exit_code == 4
    assert failed(result) == {"ledger", "exports[1]", "exports[2].folder", "smtp"}


def test_a_ledger_file_locked_by_another_program_is_reported(
    full_folders: Folders, serve: Serve
) -> None:
    with closing(sqlite3.connect(full_folders.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = serve("--check", "--wait", "0.2")
    assert result.exit_code == 4
    assert "in use by another program" in result.out


def test_a_server_that_accepts_no_changes_is_reported(
    server: Server, folders: Folders, serve: Serve
) -> None:
    """As a replica does: it can be read, but no workbook can be applied."""
    with server.database() as name:
        ledger_at(server.url(name))(folders)
        assert serve("--check").exit_code == 0
        read_only = "&options=-c%20default_transaction_read_only%3Don"
        ledger_at(server.url(name) + read_only)(folders)
        arguments = ["show", "summary", "--config", str(folders.config), "-q"]
        assert program.run(arguments) == 0, "the control: it can be read"
        result = serve("--check")
    assert (result.exit_code, failed(result)) == (4, {"ledger"})


def test_a_ledger_used_before_that_is_missing_is_reported(
    full_folders: Folders, serve: Serve
) -> None:
    full_folders.configure(table(every="1h"), inbox=None)
    assert serve("--once").exit_code == 0
    Path(full_folders.ledger).unlink()
    result = serve("--check")
    assert (result.exit_code, failed(result)) == (4, {"ledger"})


@pytest.mark.skipif(
    IS_WINDOWS or (IS_ROOT and shutil.which("setpriv") is None),
    reason="root can use every folder (setpriv takes rights away: apt-get install util-linux)",
)
def test_folders_and_a_ledger_without_rights_are_reported(full_folders: Folders) -> None:
    """Those that the user of the service may not write, or not even look into."""
    folders = full_folders
    figures = folders.folder / "figures"
    figures.mkdir()
    folders.configure("metrics_file = 'figures/x.prom'\n" + CRON)
    rights = {
        "inbox.folder": (folders.inbox, 0o500), "exports[1].folder": (folders.exports, 0),
        "service.metrics_file": (figures, 0o600), "ledger": (Path(folders.ledger), 0o400),
        "service.state": (folders.state, 0o500),
    }  # fmt: skip
    without_rights = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]

    def faults() -> tuple[int, set[str]]:
        process = subprocess.run(
            [*(without_rights if IS_ROOT else []), sys.executable, "-m", "importer",
             "serve", "--check", "--json", "--config", str(folders.config)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert process.stderr == ""
        checks = json.loads(process.stdout)["checks"]
        return process.returncode, {check["what"] for check in checks if not check["ok"]}

    assert faults() == (0, set()), "the control: with these rights all is well"
    for path, mode in rights.values():
        path.chmod(mode)
    result = faults()
    for path, _ in rights.values():
        path.chmod(0o700)
    assert result == (4, set(rights))
