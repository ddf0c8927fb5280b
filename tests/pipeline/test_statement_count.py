"""How many SQL statements an apply and an undo take."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import Sheets, customer, device, disable, edit, edit_otc, move, otc, write_workbook
from command_line import CommandLine
from histories import History
from statements import recorded_statements
from workbooks import good_workbook

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines


def workbooks(count: int) -> list[Sheets]:
    """Workbooks of `count` customers: one that adds them, one that changes them all, and one that
    stands in the way of undoing the first one."""
    codes = [f"{number:05}-AAAAA-AAAAA-AAAAA" for number in range(2 * count)]
    names = [f"Site {number}" for number in range(count)]
    moves = zip(names, codes, codes[count:], strict=False)
    return [
        [
            ("Add OTC", [otc(code, 10) for code in codes]),
            ("Add Customer", [customer(n, 5, c) for n, c in zip(names, codes, strict=False)]),
            ("Devices", [device(name, "PC-1") for name in names]),
        ],
        [
            ("Edit OTC", [edit_otc(code, total=11) for code in codes]),
            ("Edit Customer", [edit(n, new_name=f"{n} b", licenses=6) for n in names]),
            ("Update OTC", [move(old, new, f"{name} b") for name, old, new in moves]),
            ("Disable Customer", [disable(f"{name} b", release="Yes") for name in names]),
            ("Devices", [device(f"{n} b", pc, avira_status="On")
                         for n in names for pc in ("pc-1", "pc-2")]),
        ],
        [("Add Customer", [customer(f"Late {n}", 1, code) for n, code in enumerate(codes)])],
    ]  # fmt: skip


def test_the_statements_of_an_apply_do_not_grow_with_the_rows(
    command: CommandLine, tmp_path: Path
) -> None:
    """Of 130 and 270 customers. SQLite is sent new rows a hundred at a time and then the rest,
    so both take the same statements."""
    assert command("apply", good_workbook()).exit_code == 0  # so that there is a ledger
    counts: dict[int, list[int]] = {130: [], 270: []}
    for size in counts:
        for number, sheets in enumerate(workbooks(size)[:2]):
            path = write_workbook(tmp_path / f"{size}-{number}.xlsx", sheets)
            with recorded_statements() as statements:
                assert command("apply", path, "--account", str(size)).exit_code == 0
            counts[size].append(len(statements))
    assert counts[130] == counts[270]
    assert min(counts[130]) > 3


@pytest.mark.parametrize(
    "sizes",
    [(3, 12), pytest.param((130, 270), marks=pytest.mark.thorough)],
    ids=["few", "more than one statement writes"],
)
def test_the_statements_of_an_undo_do_not_grow_with_the_rows(
    sizes: tuple[int, int], history: History
) -> None:
    """Of undos of edits, moves, releases and additions, and of one that is refused."""
    counts: list[list[int]] = []
    for size in sizes:
        account = f"of {size}"
        history.make(*workbooks(size), account=account)
        counts.append([])
        for number, exit_code in ((2, 0), (1, 5), (3, 0), (1, 0)):
            with recorded_statements() as statements:
                result = history.command("undo", str(number), "--account", account, "-q")
            assert result.exit_code == exit_code, result.out
            counts[-1].append(len(statements))
        assert history.tables(account) == []
        history.assert_sound(account)
    small, large = counts
    assert small == large
    assert min(small) > 3
