"""Import with a script: pandas reads both sheets, pandera checks whole columns, `to_sql` stores.

`python pandas_script.py WORKBOOK DATABASE ENGINE`. It also checks that each OTC exists. ENGINE is
`openpyxl`, which pandas takes by itself, or `calamine`, which is its fastest.
"""
# It does not see overallocation or any rule beyond cells, look up what the database already has,
# normalise what people type, name cells with a fix, or keep a journal.

import sqlite3
import sys
from typing import Literal

import pandas as pd
import pandera.pandas as pa

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
CODE = r"^[A-Z0-9]{5}(-[A-Z0-9]{5}){3}$"

OTCS = pa.DataFrameSchema(
    {
        "OTC": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "Email": pa.Column(str, pa.Check.str_matches(EMAIL)),
        "Company Name": pa.Column(str, pa.Check.str_length(1, 100)),
        "Total Licenses": pa.Column(int, pa.Check.in_range(1, 1_000_000)),
    },
    strict=True,
)
CUSTOMERS = pa.DataFrameSchema(
    {
        "Customer (Site) Name": pa.Column(str, pa.Check.str_length(1, 100), unique=True),
        "Managed By": pa.Column(str, pa.Check.isin(["Admin", "Customer"])),
        "Avira OTC": pa.Column(str, pa.Check.str_matches(CODE)),
        "No of Licenses": pa.Column(int, pa.Check.in_range(1, 1_000_000)),
        "Email": pa.Column(str, pa.Check.str_matches(EMAIL), nullable=True),
    },
    strict=True,
)


def main(workbook: str, database: str, engine: Literal["openpyxl", "calamine"]) -> None:
    """Check both sheets and store each in one transaction."""
    frames = pd.read_excel(workbook, sheet_name=None, engine=engine)
    otcs = OTCS.validate(frames["Add OTC"], lazy=True)
    customers = CUSTOMERS.validate(frames["Add Customer"], lazy=True)
    unknown = ~customers["Avira OTC"].isin(otcs["OTC"])
    if unknown.any():
        sys.exit(f"unknown OTCs: {unknown.sum()}")
    connection = sqlite3.connect(database)
    otcs.to_sql("otc", connection, index=False, dtype={"OTC": "TEXT PRIMARY KEY"})
    customers.to_sql(
        "customer", connection, index=False, dtype={"Customer (Site) Name": "TEXT PRIMARY KEY"}
    )
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
