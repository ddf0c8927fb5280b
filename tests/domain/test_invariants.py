"""The rules that every ledger keeps: each violation is found, and a sound ledger has none."""

from __future__ import annotations

import pytest

from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Subscription
from importer.domain.invariants import State, violations
from importer.domain.problems import Code

A, B = "AAAAA-11111-22222-33333", "BBBBB-11111-22222-33333"
SHARED, WHOLE = Otc(A, "it@msp.example", "Acme", 10), Otc(B, "it@msp.example", "Acme", 5)
NORTE = Customer(1, "Norte", ManagedBy.ADMIN, email="same@site.example")
SUR = Customer(2, "Sur", ManagedBy.CUSTOMER, email="same@site.example")
SOUND: list[Entity] = [
    SHARED, WHOLE, NORTE, SUR, Subscription(1, A, 10), Subscription(2, B, 5), Device(1, "PC-1"),
]  # fmt: skip

BROKEN: dict[str, tuple[list[Entity], Code, str]] = {
    "more used than there is": (
        [Otc(A, "", "", 9), NORTE, Subscription(1, A, 10)], Code.OVERALLOCATION, "Norte (10)",
    ),
    "a part of a dedicated OTC": (
        [WHOLE, SUR, Subscription(2, B, 4)], Code.DEDICATED_NEEDS_ALL, "Sur (4)",
    ),
    "a dedicated OTC with two customers": (
        [WHOLE, NORTE, SUR, Subscription(1, B, 1), Subscription(2, B, 5)],
        Code.DEDICATED_NEEDS_ALL, "Norte (1), Sur (5)",
    ),
    "one name twice": ([NORTE, SUR._replace(name="NORTE ")], Code.ALREADY_EXISTS, "Norte, NORTE"),
    "one email twice": (
        [SUR, SUR._replace(id=3, name="Este", email="SAME@site.example")],
        Code.EMAIL_IN_USE, "Sur, Este",
    ),
    "no OTC": ([NORTE, Subscription(1, A, 1)], Code.UNKNOWN_OTC, "Norte"),
    "no customer for licences": ([SHARED, Subscription(7, A, 1)], Code.UNKNOWN_CUSTOMER, "Gone"),
    "no customer for devices": (
        [Device(7, f"PC-{number}") for number in range(12)], Code.UNKNOWN_CUSTOMER, "(+2)",
    ),
}  # fmt: skip


def test_a_sound_ledger_breaks_no_rule() -> None:
    """A customer that somebody else manages may share an email."""
    assert list(violations(State(SOUND, {}))) == []


@pytest.mark.parametrize("what", BROKEN)
def test_each_broken_rule_is_found(what: str) -> None:
    """Once, with its code and who breaks it."""
    entities, code, word = BROKEN[what]
    [violation] = violations(State(entities, {7: "Gone"}))
    assert violation.code is code
    assert word in str(violation.message)
