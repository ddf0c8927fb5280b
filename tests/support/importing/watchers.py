"""A reader that checks snapshots of a ledger while others import into it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import sqlalchemy as sa

from importer.ledger.database import Ledger
from journals import hash_of_blocks

ACCOUNT = "default"

_ORPHANED_LINES = """
    SELECT count(*) FROM journal_block WHERE NOT EXISTS
        (SELECT 1 FROM batch WHERE batch.entry = journal_block.entry)
"""
_BLOCKS = "SELECT * FROM journal_block WHERE entry = :entry ORDER BY first_line"
_FIGURES = """
    SELECT code, total, used, coalesce((SELECT sum(licenses) FROM subscription
        WHERE subscription.otc = otc.code), 0) AS assigned FROM otc
"""
_ALL_ASSIGNED = "SELECT coalesce(sum(licenses), 0) FROM subscription"


@dataclass(slots=True)
class Watcher:
    """Checks one snapshot after the other, and notes what no reader should ever see."""

    snapshots: int = 0
    changes: int = 0
    faults: set[str] = field(default_factory=set)
    last_batch: int = 0
    by_journal: Counter[str] = field(default_factory=Counter)

    def check(self, connection: sa.Connection) -> None:
        """Compare a snapshot with itself, and with those before it."""
        before = self.last_batch
        self._check_batches(connection)
        self._check_figures(connection)
        self.snapshots += 1
        self.changes += self.last_batch > before

    def _check_batches(self, connection: sa.Connection) -> None:
        """Numbers are consecutive; each batch has all its lines, and no line lacks its batch."""
        new = sa.text("SELECT batch, entry, lines_hash FROM batch WHERE batch > :last ORDER BY 1")
        for number, entry, lines_hash in connection.execute(new, {"last": self.last_batch}).all():
            if number != self.last_batch + 1:
                self.faults.add(f"batch {number} follows on {self.last_batch}")
            self.last_batch = number
            blocks = connection.execute(sa.text(_BLOCKS), {"entry": entry}).mappings().all()
            if hash_of_blocks(ACCOUNT, map(dict, blocks)) != lines_hash:
                self.faults.add(f"batch {number} has only some of its lines")
            for block in blocks:
                for *_place, kind, key, before, after in json.loads(block["lines"]):
                    if kind == "subscription":
                        code = key.partition("/")[2]
                        self.by_journal[code] += _licenses(after) - _licenses(before)
        if orphaned := connection.scalar(sa.text(_ORPHANED_LINES)):
            self.faults.add(f"{orphaned} blocks of journal lines without their batch")

    def _check_figures(self, connection: sa.Connection) -> None:
        """What is used of each OTC is what is assigned, by the tables and by the journal."""
        rows = connection.execute(sa.text(_FIGURES)).all()
        for code, total, used, assigned in rows:
            if used > total:
                self.faults.add(f"overallocated: {used} of {total} used")
            if not used == assigned == self.by_journal[code]:
                journal = self.by_journal[code]
                self.faults.add(f"{used} used, {assigned} assigned, {journal} by the journal")
        if sum(row.used for row in rows) != connection.scalar(sa.text(_ALL_ASSIGNED)):
            self.faults.add("licences are assigned of an OTC that does not exist")


def _licenses(image: dict[str, Any] | None) -> int:
    return 0 if image is None else int(image["licenses"])


def watch(ledger: Ledger, stop: Event) -> Watcher:
    """Check the ledger again and again until `stop` is set, and once more then."""
    watcher = Watcher()
    last = False
    while not last:
        last = stop.wait(0.03)
        with ledger.reading() as connection:
            watcher.check(connection)
    return watcher
