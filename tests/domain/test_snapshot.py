"""What a workbook must see of what earlier ones left in the ledger, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from builders import Sheets, write_workbook
from command_line import CommandLine

pytestmark = pytest.mark.both_engines

ONE, TWO, THREE = (f"AAAAA-AAAAA-AAAAA-AAAA{number}" for number in (1, 2, 3))


def otc(code: str, company: str = "Empresa") -> dict[str, Any]:
    """A row of Add OTC: five licences."""
    return {"OTC": code, "Email": "a@x.example", "Company Name": company, "Total Licenses": 5}


def alone(name: str, code: str, email: str) -> dict[str, Any]:
    """A row of Add Customer for one that manages itself."""
    return {
        "Customer (Site) Name": name, "Managed By": "Customer", "Avira OTC": code, "Email": email,
        "First Name": "Admin", "Last Name": name,
    }  # fmt: skip


def managed(name: str, code: str, licenses: int = 1) -> dict[str, Any]:
    """A row of Add Customer for one that you manage."""
    return {
        "Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
        "No of Licenses": licenses,
    }  # fmt: skip


BEFORE: Sheets = [
    ("Add OTC", [otc(ONE), otc(TWO), otc(THREE, "Peña")]),
    ("Add Customer", [alone("Sola", ONE, "it@sola.example"), managed("Niño", TWO, 2)]),
]

LATER: list[tuple[str, dict[str, Any], str]] = [
    ("Add Customer", managed("Uno", ONE), "otc-dedicated"),
    ("Add Customer", alone("Otra", THREE, "IT@sola.example"), "email-in-use"),
    ("Add Customer", managed("SOLA", THREE), "already-exists"),
    ("Add Customer", managed("Nino", TWO), "similar-name"),
    ("Add OTC", otc("AAAAA-AAAAA-AAAAA-AAAA9", "Pena"), "similar-name"),
    ("Edit Customer", {"Customer (Site) Name": "Niño", "New Name": "sola"}, "already-exists"),
    ("Edit Customer", {"Customer (Site) Name": "Niño", "No of Licenses": 9}, "overallocation"),
    ("Edit OTC", {"OTC": TWO, "Total Licenses": 1}, "total-below-used"),
    ("Update OTC", {"Current OTC": TWO, "New OTC": ONE}, "otc-dedicated"),
    ("Update OTC", {"Current OTC": THREE, "New OTC": TWO}, ""),
]


@pytest.mark.parametrize(("sheet", "row", "code"), LATER, ids=lambda one: str(one)[:40])
def test_a_later_workbook_meets_what_an_earlier_one_left(
    sheet: str, row: dict[str, Any], code: str, command: CommandLine, tmp_path: Path
) -> None:
    """Each row stands alone in its workbook and names nothing but what it is about."""
    assert command("apply", write_workbook(tmp_path / "1.xlsx", BEFORE)).exit_code == 0
    path = write_workbook(tmp_path / "2.xlsx", [(sheet, [row])])
    (report,) = command("check", path, "--json").json
    assert [one["code"] for one in report["problems"] if one["code"] != "console-limit"] == (
        [code] if code else []
    )


def test_a_small_workbook_reads_little_of_a_large_ledger(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """One row that names one customer fetches as many rows from a ledger of 200 as of two."""
    fetched: list[int] = []
    for number, size in enumerate((2, 200)):
        database = ledger.with_name(f"{number}.db")
        many: Sheets = [
            ("Add OTC", [otc(ONE) | {"Total Licenses": 500}]),
            ("Add Customer", [managed(f"Norte {one}", ONE) for one in range(size)]),
        ]
        assert command(
            "apply", write_workbook(tmp_path / "many.xlsx", many), "--ledger", database
        ).exit_code == 0  # fmt: skip
        one = write_workbook(tmp_path / "one.xlsx", [
            ("Edit Customer", [{"Customer (Site) Name": "Norte 1", "No of Licenses": 2}]),
        ])  # fmt: skip
        fetched.append(_rows_fetched(command, one, database))
    assert fetched[0] == fetched[1] > 0


def _rows_fetched(command: CommandLine, workbook: Path, database: Path) -> int:
    """How many customers, OTCs and subscriptions a check of `workbook` reads."""
    from importer.domain.planning.snapshot import Snapshot

    counted = 0
    put = {
        name: getattr(Snapshot, name) for name in ("put_otc", "put_customer", "put_subscription")
    }

    def counting(name: str) -> Any:
        def count(self: Snapshot, *given: Any) -> None:
            nonlocal counted
            counted += 1
            put[name](self, *given)

        return count

    with pytest.MonkeyPatch.context() as patch:
        for name in put:
            patch.setattr(Snapshot, name, counting(name))
        assert command("check", workbook, "--ledger", database).exit_code == 0
    return counted


def test_the_queries_of_a_snapshot_use_the_keys(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """No query of a check reads a whole table, however large the ledger."""
    assert command("apply", write_workbook(tmp_path / "1.xlsx", BEFORE)).exit_code == 0
    plans: list[str] = []
    explaining = False

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        nonlocal explaining
        if statement.startswith("SELECT") and "sqlite_master" not in statement and not explaining:
            explaining = True
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(str(row[3]) for row in found)
            explaining = False

    sa.event.listen(sa.Engine, "before_cursor_execute", explain)
    try:
        path = write_workbook(
            tmp_path / "2.xlsx", [(sheet, [row]) for sheet, row, _ in LATER[-4:-2]]
        )
        command("check", path)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", explain)
    tables = ("otc", "customer", "subscription")
    assert any(f"SEARCH {table}" in plan for plan in plans for table in tables)
    assert not [plan for plan in plans if plan.startswith(tuple(f"SCAN {one}" for one in tables))]
