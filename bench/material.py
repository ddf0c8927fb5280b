"""What is measured with: workbooks, ledgers and frames, each made when it is first asked for."""

from __future__ import annotations

import itertools
import json
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bench.timing import said_by
from bench.workbooks import make_workbook

if TYPE_CHECKING:
    from servers import Server

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
OURS = (sys.executable, "-m", "importer")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Customers in each kind of workbook, and how many workbooks are applied at once."""

    few: int
    many: int
    most: int
    workbooks: int

    @property
    def some(self) -> int:
        """Ten times as many as few."""
        return 10 * self.few


FULL = Sizes(few=1_000, many=100_000, most=1_000_000, workbooks=100)
SMALL = Sizes(few=100, many=10_000, most=100_000, workbooks=10)
"""A tenth of it, to try the benchmark itself."""


@dataclass
class Material:
    """All that is made in `folder`, and lasts, and in `scratch`, and goes with the run.

    What is in `folder` bears its size in its name, so that runs of different sizes can share it.
    """

    folder: Path
    scratch: Path
    sizes: Sizes
    say: Callable[[str], None]
    _names: Iterator[int] = field(default_factory=itertools.count)
    _open: ExitStack = field(default_factory=ExitStack)

    # Workbooks

    def workbook(self, customers: int) -> Path:
        """Customers and their OTCs, nothing wrong with them."""
        return self._made(f"{customers}.xlsx", lambda path: make_workbook(path, customers))

    def bad_workbook(self, customers: int) -> Path:
        """The same with a tenth of the customers refused, each for one problem."""
        return self._made(
            f"{customers}-bad.xlsx", lambda path: make_workbook(path, customers, bad_every=10)
        )

    def further_workbook(self, customers: int) -> Path:
        """Customers and OTCs that no other workbook and no ledger of this run has."""
        first = 2 * self.sizes.most + next(self._names) * self.sizes.few
        assert customers <= self.sizes.few
        path = self.scratch / f"further-{first}.xlsx"
        make_workbook(path, customers, first=first)
        return path

    @cached_property
    def many_workbooks(self) -> list[Path]:
        """Small workbooks, each with customers and OTCs of its own."""
        return [self.further_workbook(self.sizes.few) for _ in range(self.sizes.workbooks)]

    # Ledgers

    def new_file(self, suffix: str) -> Path:
        """The name of a file that is not there yet; `clear` takes it away again."""
        return self.scratch / f"new-{next(self._names)}{suffix}"

    def clear(self) -> None:
        """Remove what a job has left."""
        for path in self.scratch.glob("new-*"):
            path.unlink()

    @cached_property
    def _empty(self) -> Path:
        path = self.scratch / "empty.db"
        self._do("ledger", "init", "--ledger", path)
        return path

    def empty_ledger(self) -> Path:
        """A ledger of one's own with nothing in it."""
        return Path(shutil.copyfile(self._empty, self.new_file(".db")))

    def ledger(self, customers: int) -> Path:
        """A ledger that many use, to read from, with so many customers."""
        workbook = self.workbook(customers)

        def make(path: Path) -> None:
            self._do("apply", "-q", "--ledger", path, workbook)

        return self._made(f"{customers}-{_form_of_ledgers()}.db", make)

    @cached_property
    def largest_ledger(self) -> Path:
        """A copy, to change, of the ledger with the most customers."""
        return Path(shutil.copyfile(self.ledger(self.sizes.most), self.scratch / "largest.db"))

    def applied(self, ledger: Path, workbook: Path) -> int:
        """Apply a workbook; the number of its batch."""
        [report] = json.loads(self._do("apply", "--json", "--ledger", ledger, workbook))
        assert report["status"] == "applied", report
        return int(report["batch"])

    @cached_property
    def server(self) -> Server:
        """A PostgreSQL server with the settings that it comes with."""
        sys.path.append(str(ROOT / "tests"))
        from servers import Server, make_template, new_folder, remove

        self.say("starting a PostgreSQL server")
        server = Server(new_folder())
        self._open.callback(remove, server)
        server.make()
        server.start()
        make_template(server)
        return server

    def database(self) -> str:
        """The URL of an empty ledger on the server; the one before it is gone then."""
        server = self.server
        self._databases.close()
        return server.url(self._databases.enter_context(server.database()))

    @cached_property
    def _databases(self) -> ExitStack:
        """What drops the database; made after the server, so that it goes before it."""
        return self._open.enter_context(ExitStack())

    # Exports

    @cached_property
    def export(self) -> Path:
        """An export of the ledger with many customers."""
        path = self.scratch / "export.xlsx"
        ledger = self.ledger(self.sizes.many)
        self.say("making an export")
        self._do("export", "-q", "--ledger", ledger, "-o", path)
        return path

    @cached_property
    def frames(self) -> Path:
        """A pickle of the frames that the export consists of: by sheet, cells as objects."""
        import pandas as pd

        sheets = pd.read_excel(self.export, sheet_name=None, engine="calamine", dtype=object)
        plain = {name: sheet.where(sheet.notna(), None) for name, sheet in sheets.items()}
        path = self.scratch / "frames.pickle"
        path.write_bytes(pickle.dumps(plain))
        return path

    # How all of it is made

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        path = self.folder / name
        if not path.exists():
            self.say(f"making {name}")
            unfinished = self.scratch / name  # a run that is broken off leaves no half
            make(unfinished)
            shutil.move(unfinished, path)
        return path

    def close(self) -> None:
        """Stop what was started."""
        self._open.close()

    def _do(self, *arguments: str | Path) -> str:
        return said_by([*OURS, *arguments], self.scratch)


def _form_of_ledgers() -> str:
    """What tells the ledgers that this version makes from those of others."""
    versions = ROOT / "importer" / "ledger" / "migrations" / "versions"
    return max(path.stem.partition("_")[0] for path in versions.glob("[0-9]*.py"))
