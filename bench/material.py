"""Workbooks, ledgers and frames for the measurements, made on first use."""

from __future__ import annotations

import hashlib
import itertools
import json
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.timing import output_of
from bench.workbooks import make_workbook

if TYPE_CHECKING:
    from servers import Server

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
PROGRAM = (sys.executable, "-m", "importer")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Customers in each kind of workbook, and the number of workbooks applied together."""

    few: int
    some: int
    many: int
    most: int
    workbooks: int = 20
    tiny: int = 10


FULL = Sizes(few=1_000, some=10_000, many=100_000, most=1_000_000)
SMALL = Sizes(few=100, some=1_000, many=10_000, most=100_000)
"""A tenth of `FULL`, to try the benchmark itself."""


@contextmanager
def prepare(folder: Path | None, sizes: Sizes) -> Iterator[Material]:
    """The material of one run; `folder` keeps workbooks and ledgers for later runs."""
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as name, ExitStack() as run:
        scratch = Path(name)
        yield Material(folder or scratch, scratch, sizes, run)


def log(message: str) -> None:
    """Print progress to standard error."""
    click.echo(message, err=True)


@dataclass
class Material:
    """Files in `folder`, which are kept, and in `scratch`, which are deleted after the run.

    Names in `folder` contain the size, so that runs of different sizes can share it. `run` closes
    what the run has opened.
    """

    folder: Path
    scratch: Path
    sizes: Sizes
    run: ExitStack
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _databases: ExitStack = field(default_factory=ExitStack)

    # Workbooks

    def workbook(self, customers: int) -> Path:
        """A workbook of customers and their OTCs without problems."""
        return self._keep(f"{customers}.xlsx", lambda path: make_workbook(path, customers))

    def bad_workbook(self, customers: int) -> Path:
        """The same, but a tenth of the customers is rejected, each for one problem."""
        return self._keep(
            f"{customers}-bad.xlsx", lambda path: make_workbook(path, customers, bad_every=10)
        )

    def further_workbook(self, customers: int) -> Path:
        """A workbook of customers and OTCs that are in no other workbook or ledger of this run."""
        first = 2 * self.sizes.most + next(self._numbers) * self.sizes.many
        assert customers <= self.sizes.many
        path = self.scratch / f"further-{first}.xlsx"
        make_workbook(path, customers, first=first)
        return path

    @cached_property
    def many_workbooks(self) -> list[Path]:
        """Small workbooks with different customers and OTCs."""
        return [self.further_workbook(self.sizes.few) for _ in range(self.sizes.workbooks)]

    # Ledgers

    def new_file(self, suffix: str) -> Path:
        """The path of a file that does not exist yet; `clear` deletes it."""
        return self.scratch / f"new-{next(self._numbers)}{suffix}"

    def clear(self) -> None:
        """Delete the files and databases of the last job."""
        self._databases.close()
        for path in self.scratch.glob("new-*"):
            path.unlink()

    def empty_ledger(self) -> Path:
        """A new ledger without rows."""
        path = self.new_file(".db")
        self._output("ledger", "init", "--ledger", path)
        return path

    def ledger(self, customers: int) -> Path:
        """A ledger with `customers` customers, shared by jobs that only read it."""
        workbook, schema = self.workbook(customers), _schema_hash()
        return self._keep(
            f"{customers}-{schema}.db",
            lambda path: self._output("apply", "-q", "--ledger", path, workbook),
        )

    @cached_property
    def largest_ledger(self) -> Path:
        """A copy of the ledger with the most customers, which jobs may change."""
        return Path(shutil.copyfile(self.ledger(self.sizes.most), self.scratch / "largest.db"))

    def apply(self, ledger: Path | str, workbook: Path) -> int:
        """Apply a workbook and return the number of its batch."""
        [report] = json.loads(self._output("apply", "--json", "--ledger", ledger, workbook))
        assert report["status"] == "applied", report
        return int(report["batch"])

    @cached_property
    def server(self) -> Server:
        """A PostgreSQL server with its default settings."""
        sys.path += [str(ROOT / "tests" / "support" / room) for room in (".", "ledger")]
        from servers import Server, make_template, new_folder, remove

        log("starting a PostgreSQL server")
        server = Server(new_folder())
        self.run.callback(remove, server)
        self.run.callback(self._databases.close)  # before the server is removed
        server.make()
        server.start()
        make_template(server)
        return server

    def database(self) -> str:
        """The URL of an empty ledger on the server; `clear` drops it."""
        return self.server.url(self._databases.enter_context(self.server.database()))

    # Exports

    @cached_property
    def export(self) -> Path:
        """An export of a ledger of many customers."""
        path = self.scratch / "export.xlsx"
        ledger = self.ledger(self.sizes.many)
        log("making an export")
        self._output("export", "-q", "--ledger", ledger, "-o", path)
        return path

    @cached_property
    def frames(self) -> Path:
        """A pickle of the export's frames: a dictionary by sheet, cells as objects."""
        import pandas as pd

        sheets = pd.read_excel(self.export, sheet_name=None, engine="calamine", dtype=object)
        plain = {name: sheet.where(sheet.notna(), None) for name, sheet in sheets.items()}
        path = self.scratch / "frames.pickle"
        path.write_bytes(pickle.dumps(plain))
        return path

    def _keep(self, name: str, make: Callable[[Path], object]) -> Path:
        path = self.folder / name
        if not path.exists():
            log(f"making {name}")
            unfinished = self.scratch / name  # so that an interrupted run leaves no partial file
            make(unfinished)
            shutil.move(unfinished, path)
        return path

    def _output(self, *arguments: str | Path) -> str:
        return output_of([*PROGRAM, *arguments], self.scratch)


def _schema_hash() -> str:
    """A hash of the ledger's migrations: ledgers of another schema are not reused."""
    versions = ROOT / "importer" / "ledger" / "migrations" / "versions"
    contents = b"".join(path.read_bytes() for path in sorted(versions.glob("*.py")))
    return hashlib.sha256(contents).hexdigest()[:8]
