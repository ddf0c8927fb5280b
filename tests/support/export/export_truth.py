"""What an export must hold, and where one differs."""

from __future__ import annotations

import datetime as dt
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import export_sql as sql
from export_sql import SHEETS
from export_story import NOW, TODAY

Grid = list[list[Any]]
"""The cells of a sheet or table, row by row, the headers first."""
Convert = Callable[[Any], Any]
"""Makes of a value of the ledger what a reader of some format returns for it."""


class Anything:
    """Equal to every value: for wording that contains no figure."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "anything"


ANYTHING = Anything()


class Table(NamedTuple):
    """A sheet, or a ranking on the Summary."""

    title: str
    headers: Sequence[str]
    rows: list[tuple[Any, ...]]

    def differences(self, grid: Grid, convert: Convert) -> list[str]:
        """Where `grid` is something else; at most three differences."""
        width = len(self.headers)
        differences = []
        if grid[0][:width] != list(self.headers) or any(any(row[width:]) for row in grid):
            differences.append(f"{self.title}: headers {grid[0]}, not {self.headers}")
        if len(grid) - 1 != len(self.rows):
            differences.append(f"{self.title}: {len(grid) - 1} rows, not {len(self.rows)}")
        for number, (row, cells) in enumerate(zip(self.rows, grid[1:], strict=False), 2):
            expected = [value if value is ANYTHING else convert(value) for value in row]
            if expected != cells[:width]:
                differences.append(f"{self.title}, row {number}: {cells}, not {expected}")
        return differences[:3]


class Reading(NamedTuple):
    """What a reader of an export returns, and how it returns a value of the ledger."""

    sheets: dict[str, Grid]
    figures: dict[str, Any]
    rankings: dict[str, Grid]
    convert: Convert


class Truth:
    """What the export of a ledger must hold, or that of its customer `only`."""

    def __init__(self, ledger: Path, only: str | None = None) -> None:
        with closing(sqlite3.connect(ledger)) as self._connection:
            self._connection.create_function("without_accents", 1, _without_accents)
            self._values: dict[str, Any] = {
                "today": TODAY.isoformat(), "utc_day": NOW.date().isoformat(), "only": None,
            }  # fmt: skip
            if only is not None:
                query = "SELECT customer_id FROM customer WHERE name = ?"
                [(self._values["only"],)] = self._connection.execute(query, (only,))
            for statement in sql.TEMPORARY_TABLES.split(";"):
                self._connection.execute(statement, self._values)
            self._forget_undone_batches()
            balances = self._select("SELECT used, assigned FROM otc JOIN o USING (code)")
            assert only is not None or all(used == assigned for used, assigned in balances)
            self.sheets = {
                name: self._sheet(name)
                for name in SHEETS
                if only is None or name != "OTC Activation Details"
            }
            figures = sql.FIGURES if only is None else sql.FIGURES_OF_CUSTOMER
            self.labels = {key: label for key, (label, _) in figures.items()}
            self.figures = {key: self._select(query)[0][0] for key, (_, query) in figures.items()}
            rankings = sql.RANKINGS if only is None else sql.RANKINGS_OF_CUSTOMER
            self.rankings = {
                key: Table(title, headers, self._select(query))
                for key, (title, headers, query) in rankings.items()
            }

    def _select(self, query: str) -> list[tuple[Any, ...]]:
        """The rows; text in columns named "d" is a date, in those named "i" an instant."""
        cursor = self._connection.execute(query, self._values)
        names = [column[0] for column in cursor.description]
        return [tuple(map(_typed, names, row)) for row in cursor]

    def _forget_undone_batches(self) -> None:
        """Leave in the table `standing` the batches that no standing batch has undone."""
        undos = self._select("SELECT batch, undoes FROM batch WHERE undoes > 0 ORDER BY batch DESC")
        for batch, undoes in undos:
            if self._select(f"SELECT 1 FROM standing WHERE batch = {batch}"):
                self._connection.execute("DELETE FROM standing WHERE batch = ?", (undoes,))

    def _sheet(self, name: str) -> Table:
        query, headers = SHEETS[name]
        rows = self._select(query)
        if name in ("Exceptions", "Movements"):
            rows = [(*row, ANYTHING) for row in rows]
        if name == "Exceptions":
            rows = [(*row[:3], ANYTHING if row[3] is None else row[3], row[4]) for row in rows]
        hidden = () if self._values["only"] is None else sql.NOT_FOR_CUSTOMERS.get(name, ())
        columns = [at for at, header in enumerate(headers) if header not in hidden]
        return Table(
            name,
            [headers[at] for at in columns],
            [tuple(row[at] for at in columns) for row in rows],
        )

    def differences(self, reading: Reading) -> list[str]:
        """Where an export holds something else; at most three differences of each table."""
        assert list(reading.sheets) == list(self.sheets)
        assert reading.figures.keys() == self.figures.keys()
        assert reading.rankings.keys() == self.rankings.keys()
        differences = []
        for name, sheet in self.sheets.items():
            differences += sheet.differences(reading.sheets[name], reading.convert)
        for key, figure in self.figures.items():
            value = reading.figures[key]
            same = reading.convert(figure) == value
            if isinstance(figure, float):
                same = abs(_share(value) - figure) < 1e-9
            if not same:
                differences.append(f"{key}: {value!r}, not {figure!r}")
        for key, ranking in self.rankings.items():
            differences += ranking.differences(reading.rankings[key], reading.convert)
        return differences


def _without_accents(name: str) -> str:
    """A name in which accents and case make no difference."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _typed(column: str, value: Any) -> Any:
    if value is None or column not in ("d", "i"):
        return value
    if column == "d":
        return dt.date.fromisoformat(value)
    return dt.datetime.fromisoformat(value).replace(tzinfo=None)


def _share(value: Any) -> float:
    """A share, which a spreadsheet program may write as a percentage."""
    if isinstance(value, str) and value.endswith("%"):
        return float(value[:-1]) / 100
    return float(value)
