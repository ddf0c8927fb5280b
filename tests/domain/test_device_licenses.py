"""The warning about a customer that has Avira installed on more devices than it has licences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from builders import A, B, C, Row, customer, device, disable, edit, self_managed, subscription
from command_line import CommandResult
from device_ledger import AGAIN, GONE, OFF, ON, DeviceLedger
from device_ledger import devices as devices

both_engines = pytest.mark.both_engines


def warnings(result: CommandResult) -> list[dict[str, Any]]:
    """The warnings of this kind."""
    problems = result.report["problems"]
    warnings = [p for p in problems if p["code"] == "more-devices-than-licenses"]
    assert {warning["severity"] for warning in warnings} <= {"warning"}
    return warnings


def message(name: str, installed: int, licences: int) -> str:
    """What a warning says."""
    return (f"{name} has Avira installed on more devices than it has licences. "
            f"Devices: {installed}; licences: {licences}.")  # fmt: skip


Facts = Mapping[str, Any]


class Case(NamedTuple):
    """A customer's licences, what is known of its devices, and the rows about them; which row,
    counted from 1, the warning is at, and how many installed devices it mentions."""

    licenses: int
    before: dict[str, Facts]
    rows: list[tuple[str, Facts]]
    warned: int | None = None
    installed: int = 0


CASES = {
    "one too many": Case(2, {}, [("1", ON), ("2", ON), ("3", ON)], 3, 3),
    "as many": Case(2, {}, [("1", ON), ("2", ON)]),
    "two too many": Case(1, {}, [("1", ON), ("2", ON), ("3", ON)], 3, 3),
    "never installed": Case(1, {}, [("1", {}), ("2", {"nh_installed": "2026-02-01"})]),
    "uninstalled at once": Case(1, {}, [("1", ON), ("2", OFF), ("3", GONE)]),
    "installed again": Case(1, {}, [("1", ON), ("2", AGAIN)], 2, 2),
    "the last row installs nothing": Case(1, {}, [("1", ON), ("2", ON), ("3", {})], 2, 2),
    "known before": Case(2, {"1": ON, "2": ON}, [("3", ON)], 1, 3),
    "known and stated again": Case(1, {"1": ON}, [("1", {"avira_status": "x"})]),
    "edited to be installed": Case(1, {"1": ON, "2": {}}, [("2", ON)], 1, 2),
    "installed again later": Case(1, {"1": ON, "2": OFF}, [("2", AGAIN)], 1, 2),
    "uninstalled in the end": Case(1, {"1": ON, "2": {}}, [("2", ON), ("2", GONE)]),
    "one for another": Case(1, {"1": ON}, [("2", ON), ("1", GONE)]),
    "too many already, fewer now": Case(1, {"1": ON, "2": ON, "3": ON}, [("1", GONE)]),
    "too many already, nothing new": Case(1, {"1": ON, "2": ON}, [("1", ON)]),
}
"""By name of the customer."""


@both_engines
@pytest.mark.contract
def test_a_customer_with_too_many_devices_is_warned_about(devices: DeviceLedger) -> None:
    """Once, at the last row that installs Avira, with the figures that all rows leave."""
    devices.apply(
        ("Add Customer", [customer(name, case.licenses) for name, case in CASES.items()]),
        ("Devices", [device(name, key, **facts) for name, case in CASES.items()
                     for key, facts in case.before.items()]),
    )  # fmt: skip
    rows: list[Row] = []
    expected = {}
    for name, case in CASES.items():
        if case.warned is not None:
            text = message(name, case.installed, case.licenses)
            expected[1 + len(rows) + case.warned] = ("Customer (Site) Name", name, text)
        rows += [device(name, key, **facts) for key, facts in case.rows]
    checked = devices.command.check(("Devices", rows))
    applied = devices.record(*rows)
    assert warnings(applied) == warnings(checked)
    assert {
        warning["row"]: (warning["column"], warning["value"], warning["message"])
        for warning in warnings(applied)
    } == expected
    assert len(warnings(applied)) == len(expected)
    assert applied.report["rows"]["rejected"] == 0
    counts = devices.counts()
    for name, case in CASES.items():
        assert case.warned is None or counts[name] == case.installed, name


@both_engines
def test_the_licences_are_those_that_the_whole_workbook_leaves(devices: DeviceLedger) -> None:
    """Of all OTCs and whatever the order of the sheets; releasing leaves none."""
    three = [device("Norte", str(number), **ON) for number in range(3)]
    more = ("Add Avira Subscription", [subscription("Norte", 1, B)])
    assert warnings(devices.apply(("Devices", three), more)) == []
    fewer = ("Edit Customer", [edit("Norte", otc=A, licenses=1, new_name="Fin")])
    [warning] = warnings(devices.apply(("Devices", [device("Norte", "2", model="x")]), fewer))
    assert warning["message"] == message("Fin", 3, 2)
    released = ("Disable Customer", [disable("Sur", release="Yes")])
    [warning] = warnings(devices.apply(released, ("Devices", [device("Sur", "1", **ON)])))
    assert warning["message"] == message("Sur", 1, 0)
    whole = ("Add Customer", [self_managed("Whole", C)])
    rows = [device("Whole", str(number), **ON) for number in range(3)]
    assert warnings(devices.apply(whole, ("Devices", rows))) == []
    assert len(warnings(devices.record(device("Whole", "x", **ON)))) == 1


def test_refused_rows_do_not_count_for_the_warning(devices: DeviceLedger) -> None:
    """Where the applied rows are too many, the warning is at one of them."""
    rows = [device("Norte", key, **ON) for key in "122"]
    refused = device("Norte", "3", avira_installed="x")
    result = devices.command.apply(("Devices", [*rows, refused]), options=["--partial"])
    assert warnings(result) == []
    rows = [device("Norte", "4", **ON), rows[2], refused, refused]
    result = devices.command.check(("Devices", rows))
    assert [warning["row"] for warning in warnings(result)] == [2]
    assert result.exit_code == 1
