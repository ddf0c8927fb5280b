"""The sheet Devices: a row adds or updates a customer's device."""

from __future__ import annotations

import datetime as dt

import pytest

from builders import device, row
from device_ledger import FACTS, DeviceLedger, known
from device_ledger import devices as devices

both_engines = pytest.mark.both_engines


@both_engines
@pytest.mark.contract
def test_a_row_adds_a_device_with_all_that_it_states(devices: DeviceLedger) -> None:
    """Dates may be dates or ISO text."""
    as_dates = {
        field: dt.date.fromisoformat(value) if value[:2] == "20" else value
        for field, value in FACTS.items()
    }
    result = devices.record(
        device("Norte", "PC-1", **FACTS), device("norte", "PC-2", **as_dates), device("Sur", "PC-1")
    )
    assert (result.report["status"], result.report["batch"]) == ("applied", 2)
    assert result.changes == {"devices_added": 3}
    assert devices.devices() == {
        "Norte": {"PC-1": known(**FACTS), "PC-2": known(**FACTS)}, "Sur": {"PC-1": {}},
    }  # fmt: skip
    devices.verify()


@both_engines
@pytest.mark.contract
def test_a_blank_cell_or_a_known_value_changes_nothing(devices: DeviceLedger) -> None:
    """Nor does a value that is known, nor a row about another customer's device of that id; if
    nothing changes, there is no batch."""
    before = [device("Norte", "PC-1", **FACTS), device("Sur", "PC-1")]
    devices.record(*before)
    known_already = device("Norte", "PC-1", nh_installed=dt.date(2026, 1, 21))
    for rows in (before, [known_already, device("Norte", "PC-1")]):
        result = devices.record(*rows)
        assert (result.report["status"], result.report["batch"]) == ("unchanged", None)
        assert (result.changes, result.row_counts) == ({}, (2, 0, 2, 0))
    stated = {"avira_status": "Active", "avira_uninstalled": None, "product_name": "  "}
    result = devices.record(device("Norte", "PC-1", **stated), device("Sur", "PC-1"))
    assert result.changes == {"devices_edited": 1}
    assert result.row_counts == (2, 1, 1, 0)
    assert devices.devices() == {
        "Norte": {"PC-1": known(**FACTS) | known(avira_status="Active")}, "Sur": {"PC-1": {}},
    }  # fmt: skip
    devices.verify()


@both_engines
def test_an_id_is_the_same_however_it_is_spelt(devices: DeviceLedger) -> None:
    """Case, Unicode form and spaces do not matter, and the first spelling stays. Accents and
    dashes make another device; so does another customer."""
    devices.record(device("Norte", "Señal  Nº 1"), device("Sur", "señal nº 1"))
    for number, spelling in enumerate(
        ["SEÑAL Nº 1", " sen\u0303al\u00a0nº   1 ", "Señal No 1", "ｓeñal nº 1"]
    ):
        result = devices.record(device("Norte", spelling, avira_status=f"s{number}"))
        assert result.changes == {"devices_edited": 1}, spelling
    result = devices.record(device("Norte", "Senal Nº 1"), device("Norte", "Señal Nº-1"))
    assert result.changes == {"devices_added": 2}
    assert devices.devices() == {
        "Norte": {"Senal Nº 1": {}, "Señal Nº 1": known(avira_status="s3"), "Señal Nº-1": {}},
        "Sur": {"señal nº 1": {}},
    }
    devices.verify()


@both_engines
def test_rows_about_a_known_device_are_applied_in_order(devices: DeviceLedger) -> None:
    """The last value counts, and each change has its line in the journal, even if the second
    takes back the first."""
    devices.record(device("Norte", "PC-1", avira_status="Active"))
    result = devices.record(
        device("Norte", "PC-1", avira_status="Old", product_name="Pro"),
        device("Norte", "pc-1", avira_status="New"),
        device("Norte", "PC-1", avira_status="New"),
    )
    assert result.row_counts == (3, 2, 1, 0)
    after = {"Norte": {"PC-1": known(product_name="Pro", avira_status="New")}}
    assert devices.devices() == after
    result = devices.record(
        device("Norte", "PC-1", avira_status="Other"), device("Norte", "PC-1", avira_status="New")
    )
    assert (result.changes, len(devices.lines(4))) == ({"devices_edited": 2}, 2)
    assert devices.devices() == after
    devices.verify()


def test_a_second_row_about_a_device_that_is_added_is_a_duplicate(devices: DeviceLedger) -> None:
    """Even if the rows are equal; the first one is named."""
    for second in (device("Norte", "PC-1"), device(" NORTE", "pc-1", avira_status="Active")):
        [error] = devices.refuse(("Devices", [device("Norte", "PC-1"), second]))
        assert (error["code"], error["sheet"], error["row"], error["column"]) == (
            "duplicate-row", "Devices", 3, "Device ID",
        )  # fmt: skip
        assert "Row 2 of Devices" in error["message"]


def test_partial_leaves_out_refused_devices_and_names_bad_cells(devices: DeviceLedger) -> None:
    bad = row(
        "Devices", avira_installed="03/04/2026", avira_uninstalled="soon", nh_installed=12.5,
        nh_uninstalled="2026-02-30", operating_system="x" * 101, avira_status="a\nb",
    )  # fmt: skip
    rows = [
        device("Norte", "PC-1") | bad, device("Norte", "x" * 101), row("Devices", customer="Norte"),
        row("Devices", device_id="PC-1"), device("Norte", "x" * 100), device("Nadie", "PC-2"),
        device("Norte", "X" * 100), device("Sur", "PC-4"),
    ]  # fmt: skip
    result = devices.command.apply(("Devices", rows), options=["--partial"])
    assert (result.exit_code, result.row_counts) == (1, (8, 2, 0, 6))
    assert {(error["row"], error["column"], error["code"]) for error in result.errors} == {
        (2, "Avira Installed", "bad-date"), (2, "Avira Uninstalled", "bad-date"),
        (2, "NH Installed", "bad-date"), (2, "NH Uninstalled", "bad-date"),
        (2, "Operating System", "too-long"), (2, "Avira Status", "bad-characters"),
        (3, "Device ID", "too-long"), (4, "Device ID", "missing-value"),
        (5, "Customer (Site) Name", "missing-value"),
        (7, "Customer (Site) Name", "unknown-customer"), (8, "Device ID", "duplicate-row"),
    }  # fmt: skip
    assert devices.devices() == {"Norte": {"x" * 100: {}}, "Sur": {"PC-4": {}}}
    devices.verify()


def test_a_number_may_be_an_id(devices: DeviceLedger) -> None:
    """An inventory number that Excel keeps as a number is what Excel shows."""
    number = row("Devices", customer="Norte", device_id=4711)
    [error] = devices.refuse(("Devices", [number, device("Norte", "4711")]))
    assert (error["code"], error["row"]) == ("duplicate-row", 3)
    devices.record(number)
    assert devices.devices() == {"Norte": {"4711": {}}}
