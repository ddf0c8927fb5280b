"""Fixtures of the tests of the service."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from pathlib import Path

import pytest

from builders import code_of, customer, otc, write_workbook
from importer.cli import main as program
from importer.service.inbox import wholeness
from service_folders import Folders
from services import Events, Logged, Serve
from slow_uploads import WITHOUT_LEASES


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """The folders of a service that has no ledger yet."""
    return Folders(tmp_path / "service")


@pytest.fixture
def serve(folders: Folders, capsys: pytest.CaptureFixture[str]) -> Serve:
    """Runs `serve` with these folders in this process, until it ends by itself."""
    return Serve(folders, capsys)


@pytest.fixture(scope="session")
def ledger_of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with two customers, to be copied."""
    folder = tmp_path_factory.mktemp("ledger")
    workbook = write_workbook(folder / "in.xlsx", [
        ("Add OTC", [otc(code_of(0), 100)]),
        ("Add Customer", [customer("Uno", 5, code_of(0)), customer("Dos", 7, code_of(0))]),
    ])  # fmt: skip
    arguments = ["apply", str(workbook), "--ledger", str(folder / "ledger.db"), "-q"]
    assert program.run(arguments) == 0
    return folder / "ledger.db"


@pytest.fixture
def full_folders(folders: Folders, ledger_of_two: Path) -> Folders:
    """The folders of a service whose ledger has two customers."""
    shutil.copyfile(ledger_of_two, folders.ledger)
    return folders


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Events:
    """Gives the events that were logged since it was last called."""
    caplog.set_level(logging.INFO, "avira-importer")

    def since() -> list[Logged]:
        logged = [(str(record.__dict__["event"]), dict(record.__dict__["facts"]))
                  for record in caplog.records if "event" in record.__dict__]  # fmt: skip
        caplog.clear()
        return logged

    return since


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has failed is tried again within a second, and a missing ledger looked for as often."""
    pause = dt.timedelta(seconds=0.5)
    monkeypatch.setattr("importer.service.exports.run.LEDGER_PAUSE", pause)
    for module in ("exports.run", "mail.outbox"):
        for name in ("FIRST_PAUSE", "LONGEST_PAUSE"):
            monkeypatch.setattr(f"importer.service.{module}.{name}", pause)


@pytest.fixture
def no_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system cannot be asked who writes to a file."""
    monkeypatch.setattr(wholeness, "fcntl", WITHOUT_LEASES["another's file"])
