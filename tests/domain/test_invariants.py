"""The rules that every ledger keeps."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from builders import A, B
from importer.domain.entities import Customer, Device, Entity, ManagedBy, Otc, Subscription
from importer.domain.invariants import State, violations
from importer.domain.problems import Code

SHARED, DEDICATED = Otc(A, "it@msp.example", "Acme", 10), Otc(B, "it@msp.example", "Acme", 5)
NORTE = Customer(1, "Norte", ManagedBy.ADMIN, email="same@site.example")
SUR = Customer(2, "Sur", ManagedBy.CUSTOMER, email="same@site.example")

BROKEN: dict[str, tuple[list[Entity], Code, str]] = {
    "more used than there is": (
        [Otc(A, "", "", 9), NORTE, Subscription(1, A, 10)], Code.OVERALLOCATION, "Norte (10)",
    ),
    "a part of a dedicated OTC": (
        [DEDICATED, SUR, Subscription(2, B, 4)], Code.DEDICATED_NEEDS_ALL, "Sur (4)",
    ),
    "a dedicated OTC with two customers": (
        [DEDICATED, NORTE, SUR, Subscription(1, B, 1), Subscription(2, B, 5)],
        Code.DEDICATED_NEEDS_ALL, "Norte (1), Sur (5)",
    ),
    "one name twice": ([NORTE, replace(SUR, name="NORTE ")], Code.ALREADY_EXISTS, "Norte, NORTE"),
    "one email twice": (
        [SUR, replace(SUR, id=3, name="Este", email="SAME@site.example")],
        Code.EMAIL_IN_USE, "Sur, Este",
    ),
    "no OTC": ([NORTE, Subscription(1, A, 1)], Code.UNKNOWN_OTC, "Norte"),
    "no customer for licences": ([SHARED, Subscription(7, A, 1)], Code.UNKNOWN_CUSTOMER, "Gone"),
    "no customer for devices": (
        [Device(7, f"PC-{number}") for number in range(12)], Code.UNKNOWN_CUSTOMER, "(+2)",
    ),
}  # fmt: skip
"""Entities that break a rule, its code, and who is named as breaking it."""


def test_a_sound_ledger_breaks_no_rule() -> None:
    """A customer that somebody else manages may share an email."""
    entities: list[Entity] = [
        SHARED, DEDICATED, NORTE, SUR, Subscription(1, A, 10), Subscription(2, B, 5),
        Device(1, "PC-1"),
    ]  # fmt: skip
    assert list(violations(State(entities, {}))) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found_once_with_its_code(rule: str) -> None:
    entities, code, names = BROKEN[rule]
    [violation] = violations(State(entities, {7: "Gone"}))
    assert violation.code is code
    assert names in str(violation.message)
