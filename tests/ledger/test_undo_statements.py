"""How many statements an undo needs."""

from __future__ import annotations

import pytest

from builders import Sheets, customer, device, disable, edit, edit_otc, move, otc
from histories import History
from statements import recorded_statements

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize(
    "sizes",
    [(3, 12), pytest.param((130, 270), marks=pytest.mark.thorough)],
    ids=["few", "more than one statement writes"],
)
def test_the_number_of_statements_does_not_grow_with_the_rows(
    sizes: tuple[int, int], history: History
) -> None:
    """Of undos of edits, moves, releases and additions, and of one that is refused."""
    counts: list[list[int]] = []
    for size in sizes:
        account = f"of {size}"
        history.make(*batches_of(size), account=account)
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


def batches_of(count: int) -> list[Sheets]:
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
            ("Devices", [device(f"{n} b", pc) for n in names for pc in ("pc-1", "pc-2")]),
        ],
        [("Add Customer", [customer(f"Late {n}", 1, code) for n, code in enumerate(codes)])],
    ]  # fmt: skip
