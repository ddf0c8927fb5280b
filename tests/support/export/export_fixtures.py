"""Fixtures of ledgers and their exports. Test modules name this module as a pytest plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

from export_ledgers import write_exports
from export_story import LARGE
from export_truth import Truth


@pytest.fixture(scope="session")
def small_export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of 120 OTCs, and with its export in every format."""
    return write_exports(tmp_path_factory)


@pytest.fixture(scope="session")
def small_truth(small_export: Path) -> Truth:
    """What SQL says of the small ledger."""
    return Truth(small_export / "ledger.db")


@pytest.fixture(
    scope="session", params=["small", pytest.param("large", marks=pytest.mark.thorough)]
)
def export_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, and with its export in every format: the small one or one of 1,000
    OTCs."""
    if request.param == "large":
        return write_exports(tmp_path_factory, LARGE)
    return Path(request.getfixturevalue("small_export"))


@pytest.fixture(scope="session")
def truth(export_folder: Path) -> Truth:
    """What SQL says of the ledger in `export_folder`."""
    return Truth(export_folder / "ledger.db")
