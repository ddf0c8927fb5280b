"""Read a workbook with calamine and insert its rows with `sqlite3.executemany`, in one transaction.

`python floor.py WORKBOOK DATABASE`. No Python program can be much faster.
"""
# It does not check anything: it stores whatever stands in the cells. It has no more keys than one
# for each table, no constraints and no journal.

import sqlite3
import sys

from python_calamine import CalamineWorkbook

TABLES = {
    "Add OTC": ("otc", "code TEXT PRIMARY KEY, email TEXT, company TEXT, total INTEGER"),
    "Add Customer": (
        "customer",
        "name TEXT PRIMARY KEY, managed_by TEXT, otc TEXT, licenses INTEGER, email TEXT",
    ),
}


def main(workbook: str, database: str) -> None:
    """Store each sheet in its own table."""
    book = CalamineWorkbook.from_path(workbook)
    connection = sqlite3.connect(database)
    with connection:
        for sheet, (table, columns) in TABLES.items():
            _header, *rows = book.get_sheet_by_name(sheet).to_python()
            connection.execute(f"CREATE TABLE {table} ({columns})")
            places = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
