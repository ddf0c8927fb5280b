"""Fixtures of exported pages and Chromium. Test modules name this module as a pytest plugin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser import Chromium, started_chromium
from page_ledger import Exported, export_pages


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The pages of a ledger of 40 OTCs and 60 customers."""
    return export_pages(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")  # tests of other modules may run an event loop
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """Chromium, started once for all tests of a module."""
    with started_chromium(tmp_path_factory.mktemp("home")) as chromium:
        yield chromium
