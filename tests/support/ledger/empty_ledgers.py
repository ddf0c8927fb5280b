"""Ledgers without rows, each a copy, so that not every example makes its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from importer.ledger.database import Ledger
from importer.ledger.engines.sqlite import FileLedger
from servers import Server

EmptyLedger = Callable[[], AbstractContextManager[Ledger]]


@contextmanager
def in_database(server: Server) -> Iterator[Ledger]:
    """An empty ledger on `server`, removed afterwards."""
    with server.database() as name:
        yield server.ledger(name)


@contextmanager
def in_file(empty: Path) -> Iterator[Ledger]:
    """A copy of the SQLite ledger `empty`, removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield FileLedger(Path(shutil.copy(empty, folder)))
