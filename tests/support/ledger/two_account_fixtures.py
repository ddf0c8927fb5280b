"""Fixtures of a ledger of two accounts; test modules name this module as a pytest plugin."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from every_sheet import fill_two_accounts
from importer.cli import main as program


@pytest.fixture(scope="session")
def two_accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ledger.db and the workbooks that made it, first.xlsx and second.xlsx."""
    folder = tmp_path_factory.mktemp("two_accounts")
    fill_two_accounts(str(folder / "ledger.db"), folder)
    return folder


@pytest.fixture
def filled(where: str, two_accounts: Path, tmp_path: Path, engine: str) -> str:
    """What `--ledger` is for a ledger of two accounts; the workbooks are in the test's folder."""
    if engine == "sqlite":
        shutil.copytree(two_accounts, tmp_path, dirs_exist_ok=True)
    else:
        assert program.run(["ledger", "init", "-q", "--ledger", where]) == 0
        fill_two_accounts(where, tmp_path)
    return where
