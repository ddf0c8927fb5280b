"""Fixtures of importers that meet; test modules name this module as a pytest plugin."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import write_workbook
from command_line import CommandLine
from importers import about, begin


@pytest.fixture
def three_otcs(command: CommandLine, tmp_path: Path) -> str:
    """What `--ledger` is for a ledger with three OTCs, each with a customer."""
    return begin(command, tmp_path)


@pytest.fixture
def database(three_otcs: str) -> str:
    """The database of that ledger on a server."""
    return str(sa.make_url(three_otcs).database)


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    """A workbook with rows of each sheet, about one of those OTCs."""
    return write_workbook(tmp_path / "second.xlsx", about(0))
