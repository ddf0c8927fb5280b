"""Which ledger `--ledger` names, how long it is waited for, and what is said of none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import CommandLine
from importer.base.errors import LedgerError
from importer.ledger.database import PATIENCE
from importer.ledger.engines.postgresql import ServerLedger
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.opening import open_ledger


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql", "postgres"])
def test_a_server_is_named_as_its_own_tools_name_it(scheme: str) -> None:
    """The driver need not be said; password and settings are never shown."""
    ledger = open_ledger(f"{scheme}://anna:secret@db.example/x?sslpassword=hidden")
    assert isinstance(ledger, ServerLedger)
    assert ledger.name == "postgresql+psycopg://anna@db.example/x"
    assert ledger.url.password == "secret"
    assert dict(ledger.url.query) == {"sslpassword": "hidden"}


@pytest.mark.parametrize(
    "setting",
    ["postgresql://", "postgresql://db.example", "postgresql+psycopg2://db.example/x",
     "mysql://db.example/x", "sqlite://", "sqlite:///", "sqlite:///x.db?mode=ro", ":memory:",
     "postgresql://db.example:port/x"],
)  # fmt: skip
def test_what_is_no_ledger_is_refused_with_what_to_name(setting: str) -> None:
    """Neither a file nor a database of a PostgreSQL server."""
    with pytest.raises(LedgerError, match=r"postgresql\+psycopg://USER@HOST/DATABASE"):
        open_ledger(setting)


def test_a_ledger_is_waited_for_as_long_as_is_said() -> None:
    """Half a minute where nothing is said; not at all where 0 is."""
    assert open_ledger("x.db").patience == PATIENCE
    assert open_ledger("x.db", 0).patience == 0
    assert open_ledger("postgresql://db.example/x", 1.5).patience == 1.5
    assert isinstance(open_ledger(None), FileLedger)


def test_the_configuration_file_says_how_long_to_wait(
    command: CommandLine, tmp_path: Path
) -> None:  # fmt: skip
    """A number of seconds; anything else is exit 2 with the key's name."""
    config = tmp_path / "avira-importer.toml"
    for said in ('"30"', "-1", "true", "100000", "[1]"):
        config.write_text(f"wait = {said}\n")
        refused = command("show", "summary")
        assert refused.exit_code == 2
        assert "wait" in refused.err
    config.write_text("wait = 0.5\n")
    assert command("show", "summary").exit_code == 4  # no ledger yet


def test_a_server_that_is_not_there_is_one_line(command: CommandLine, tmp_path: Path) -> None:
    """Exit 4 at once, for every command, and one JSON document; nothing is waited for."""
    url = f"postgresql://anna:secret@/x?host={tmp_path}"
    for words in (["show", "summary"], ["history"], ["ledger", "verify"], ["ledger", "init"],
                  ["undo", "1"]):  # fmt: skip
        said = command(*words, "--ledger", url, "--json", "--wait", "0")
        assert said.exit_code == 4
        assert len(said.err.splitlines()) == 1
        assert "cannot be reached" in said.err
        assert "secret" not in said.err + said.out
        assert json.loads(said.out)["exit_code"] == 4


def test_a_server_without_the_driver_says_what_to_install(tmp_path: Path) -> None:
    """Whoever installed the program without it is told how; exit 4, one line."""
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from importer.cli.main import main; main(sys.argv[1:])"
    )
    words = ["show", "summary", "--ledger", "postgresql://db.example/x"]
    said = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True,
                          cwd=tmp_path, check=False)  # fmt: skip
    assert said.returncode == 4
    assert len(said.stderr.splitlines()) == 1
    assert 'pip install "psycopg[binary]"' in said.stderr
