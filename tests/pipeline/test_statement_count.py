"""How many SQL statements an apply takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import (
    Sheets,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    move,
    otc,
    write_workbook,
)  # fmt: skip
from command_line import CommandLine
from statements import recorded_statements
from workbooks import good_workbook


def workbooks(count: int) -> list[Sheets]:
    """Two workbooks of `count` rows a sheet: one fills a ledger, one changes all of it."""
    codes = [f"{number:05}-AAAAA-AAAAA-AAAAA" for number in range(2 * count)]
    names = [f"Site {number}" for number in range(count)]
    renamed = [f"{name} b" for name in names]
    add: Sheets = [
        ("Add OTC", [otc(code, 10) for code in codes]),
        ("Add Customer", [customer(n, 5, code) for n, code in zip(names, codes, strict=False)]),
        ("Devices", [device(name, "PC-1") for name in names]),
    ]
    change: Sheets = [
        ("Edit OTC", [edit_otc(code, total=11) for code in codes]),
        ("Edit Customer", [edit(name, new_name=f"{name} b", licenses=6) for name in names]),
        ("Update OTC", [
            move(old, new, name)
            for name, old, new in zip(renamed, codes, codes[count:], strict=False)
        ]),
        ("Disable Customer", [disable(name, release="Yes") for name in renamed]),
        ("Devices", [
            device(name, key, avira_status="On") for name in renamed for key in ("pc-1", "pc-2")
        ]),
    ]  # fmt: skip
    return [add, change]


@pytest.mark.both_engines
def test_the_number_of_statements_does_not_grow_with_the_rows(
    command: CommandLine, tmp_path: Path
) -> None:
    """Of 130 and 270 customers. SQLite is sent new rows a hundred at a time and then the rest,
    so both take the same statements."""
    assert command("apply", good_workbook()).exit_code == 0  # so that there is a ledger
    counts: dict[int, list[int]] = {130: [], 270: []}
    for size in counts:
        for number, sheets in enumerate(workbooks(size)):
            path = write_workbook(tmp_path / f"{size}-{number}.xlsx", sheets)
            with recorded_statements() as statements:
                assert command("apply", path, "--account", str(size)).exit_code == 0
            counts[size].append(len(statements))
    assert counts[130] == counts[270]
    assert min(counts[130]) > 3
