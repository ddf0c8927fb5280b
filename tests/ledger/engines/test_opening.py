"""Which ledger `--ledger` names, how long it is waited for, and what happens without one."""

from __future__ import annotations

import json
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
    """The driver may be omitted; password and settings are never shown."""
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
def test_what_is_not_a_ledger_is_refused_with_how_to_name_one(setting: str) -> None:
    with pytest.raises(LedgerError, match=r"postgresql\+psycopg://USER@HOST/DATABASE"):
        open_ledger(setting)


def test_a_ledger_is_waited_for_as_long_as_is_configured() -> None:
    """Half a minute by default; not at all with 0."""
    assert open_ledger("x.db").patience == PATIENCE
    assert open_ledger("x.db", 0).patience == 0
    assert open_ledger("postgresql://db.example/x", 1.5).patience == 1.5
    assert isinstance(open_ledger(None), FileLedger)


def test_the_configuration_file_says_how_long_to_wait(command: CommandLine, tmp_path: Path) -> None:
    """A number of seconds; anything else is exit 2 with the name of the setting."""
    config = tmp_path / "avira-importer.toml"
    for setting in ('"30"', "-1", "true", "100000", "[1]"):
        config.write_text(f"wait = {setting}\n")
        result = command("show", "summary")
        assert result.exit_code == 2, setting
        assert "wait" in result.err, setting
    config.write_text("wait = 0.5\n")
    assert command("show", "summary").exit_code == 4  # no ledger yet


def test_every_command_reports_an_unreachable_server_in_one_line(
    command: CommandLine, tmp_path: Path
) -> None:
    """And in one JSON document, without the password."""
    url = f"postgresql://anna:secret@/x?host={tmp_path}"
    for words in (["show", "summary"], ["history"], ["ledger", "verify"], ["ledger", "init"],
                  ["undo", "1"]):  # fmt: skip
        result = command(*words, "--ledger", url, "--json", "--wait", "0")
        assert result.exit_code == 4, words
        assert len(result.err.splitlines()) == 1, result.err
        assert "cannot be reached" in result.err, words
        assert "secret" not in result.err + result.out, words
        assert json.loads(result.out)["exit_code"] == 4, words


def test_without_the_driver_the_error_says_what_to_install(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = command("show", "summary", "--ledger", "postgresql://without-driver.example/x")
    assert result.exit_code == 4
    [line] = result.err.splitlines()
    assert 'pip install "psycopg[binary]"' in line
