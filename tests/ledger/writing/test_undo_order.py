"""The order in which batches that depend on each other can be undone."""

from __future__ import annotations

import re

import pytest

from builders import F, customer, device, disable, edit, edit_otc, otc, subscription
from histories import History, Step

pytest_plugins = "filled_ledgers"
pytestmark = pytest.mark.both_engines

HANDED_OUT_AND_RAISED: list[Step] = [
    [("Add OTC", [otc(F, 9)])],
    [("Add Customer", [customer("Oeste", 5, F)])],
    [("Edit Customer", [subscription("Oeste", 6, F)])],
]
ORDERS: dict[str, tuple[list[Step], int, list[int]]] = {
    "backwards": (
        [*HANDED_OUT_AND_RAISED, [("Edit OTC", [edit_otc(F, runtime=1)])]], 2, [5, 4, 3, 2],
    ),
    "past devices of the same customer": (
        [[("Add Customer", [customer("Oeste")])], [("Devices", [device("Oeste", "PC-8")])],
         [("Devices", [device("Oeste", "PC-9"), device("Oeste", "PC-8", avira_status="On")])]],
        2, [4, 3, 2],
    ),
    "past what is already undone": ([*HANDED_OUT_AND_RAISED, 4], 2, [3, 2]),
    "past an undo that is undone": ([*HANDED_OUT_AND_RAISED, 4, 5], 2, [4, 3, 2]),
    "past a batch that left it as it was": (
        [*HANDED_OUT_AND_RAISED[:2],
         [("Edit Customer", [subscription("Oeste", 6, F), subscription("Oeste", 5, F)])]],
        2, [3, 2],
    ),
    "past a change taken back by hand and by an undo": (
        [[("Edit Customer", [edit("Norte", new_name="N2"), edit("Sur", new_name="S2")])],
         [("Edit Customer", [edit("N2", new_name="N3")])],
         [("Edit Customer", [edit("N3", new_name="N2"), edit("S2", new_name="S3")])]],
        2, [4, 3, 2],
    ),
    "an undo of an earlier batch first": (
        [[("Edit Customer", [subscription("Norte", 1)])],
         [("Edit Customer", [subscription("Sur", 9)])],
         [("Edit Customer", [subscription("Sur", 2)])], 2],
        4, [5, 4],
    ),
    "what disabled the customer first, whatever its name is now": (
        [[("Edit Customer", [edit("Norte", licenses=1)])],
         [("Disable Customer", [disable("Norte")])],
         [("Edit Customer", [edit("Norte", new_name="N2")])]],
        2, [4, 3, 2],
    ),
}  # fmt: skip
"""The batches after batch 1, the one to undo, and those that are undone in the end, in order."""


@pytest.mark.parametrize("order", ORDERS)
def test_undoing_the_batches_that_refusals_name_comes_to_an_end(
    order: str, history: History
) -> None:
    """And does not go round in a circle of undos of undos."""
    steps, number, expected = ORDERS[order]
    history.make(*steps)
    undone: list[int] = []
    wanted = [number]
    while wanted:
        assert len(undone) < 10, f"round in a circle: {undone}"
        result = history.command("undo", str(wanted[-1]), "--json")
        if result.exit_code == 0:
            undone.append(wanted.pop())
            continue
        fixes = [problem["fix"] for problem in result.json["problems"]]
        named = [re.search(r"batch (\d+) first\.$", fix) for fix in fixes]
        assert all(named), fixes
        wanted.append(max(int(match[1]) for match in named if match))
    assert undone == expected
    history.assert_sound()
