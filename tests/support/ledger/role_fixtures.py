"""Fixtures of ledgers with roles; test modules name this module as a pytest plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import write_workbook
from roles import MORE, LedgerWithRoles, ledger_with_roles
from servers import Server


@pytest.fixture(scope="session")
def shared_ledger_with_roles(server: Server) -> Iterator[LedgerWithRoles]:
    """The ledger of all tests that change nothing."""
    with ledger_with_roles(server) as ledger:
        yield ledger


@pytest.fixture
def shared(shared_ledger_with_roles: LedgerWithRoles) -> Iterator[LedgerWithRoles]:
    """The same, which must be as it was after the test."""
    before = shared_ledger_with_roles.rows()
    yield shared_ledger_with_roles
    assert shared_ledger_with_roles.rows() == before


@pytest.fixture
def own(server: Server) -> Iterator[LedgerWithRoles]:
    """A ledger of the test's own."""
    with ledger_with_roles(server) as ledger:
        yield ledger


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """A workbook that an importer may apply, more.xlsx."""
    return write_workbook(tmp_path / "more.xlsx", MORE)
