"""The ledger as of a batch or the end of a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from builders import A, B, Sheets, customer, edit, otc
from command_line import CommandLine
from dated_history import LATER, Past, Recording, View, cells_of, instant

pytest_plugins = "filled_ledgers"
pytestmark = [pytest.mark.both_engines, pytest.mark.thorough]


def without_what_days_change(view: View) -> list[Any]:
    """OTC Details without the columns that change as the days go by."""
    header, *rows = view.cells["OTC Details"]
    kept = [at for at, name in enumerate(header) if name not in ("Status", "Days Left")]
    return [[row[at] for at in kept] for row in rows]


def test_every_cell_and_figure_is_as_it_was_then(past: Past, recording: Recording) -> None:
    """As of each batch and at the end of each day, byte for byte, though all was changed further
    and then undone to the last OTC."""
    batches = (recording.views[str(number)] for number in range(1, 8))
    first, renamed, moved, *undone = map(without_what_days_change, batches)
    assert first != renamed != moved != first
    assert undone == [renamed, moved, renamed, first]
    past.at(instant(20)).make(LATER, 8, 1)
    assert past.view().otcs == []
    for as_of, view in recording.views.items():
        assert past.view("--as-of", as_of) == view, as_of


def test_before_the_first_batch_the_ledger_was_empty(past: Past) -> None:
    """No rows, no licences, batch 0 without a hash; on the day before, and centuries ago."""
    past.at(instant(9))
    for day in ("2026-03-01", "1900-01-01", "0001-01-01"):
        view = past.view("--as-of", day)
        assert view.otcs == view.customers == [], day
        assert set(view.summary.values()) == {0}, day
        assert view.export == {
            "as_of": f"{day}T23:59:59Z", "batch": 0, "head": "",
            "sheets": {"OTC Details": 0, "Customer's Details": 0, "Customer's Devices": 0,
                       "OTC Activation Details": 0, "Exceptions": 0, "Movements": 0},
        }  # fmt: skip
        cells = [cell for name, rows in view.cells.items() if name != "Summary"
                 for row in rows[1:] for cell in row]  # fmt: skip
        assert set(cells) <= {None}, day
    result = past.command("show", "otcs", "--as-of", "2026-03-01")
    assert result.exit_code == 0
    assert result.err == "Nothing had been applied to the account default of this ledger by then.\n"


def test_a_day_ends_at_midnight_in_utc(past: Past) -> None:
    """A batch of the last second belongs to that day, one of the next second does not."""
    past.at(instant(9))
    exports = [past.export("--as-of", f"2026-03-0{day}")[1] for day in (3, 4, 5)]
    assert [(export["batch"], export["as_of"]) for export in exports] == [
        (1, "2026-03-03T23:59:59Z"), (3, "2026-03-04T23:59:59Z"), (5, "2026-03-05T23:59:59Z"),
    ]  # fmt: skip


def test_a_day_that_is_not_over_is_as_it_is_now(past: Past, recording: Recording) -> None:
    """The same cells without and with today's date, batches of this second included."""
    past.at(instant(8, 13))
    assert past.view("--as-of", "2026-03-08") == recording.views["7"]
    past.make(LATER)
    assert past.view("--as-of", "2026-03-08") == past.view()


@pytest.mark.contract
def test_an_export_shows_the_hash_of_its_last_batch(past: Past) -> None:
    """In the Summary and in the JSON; `ledger verify --expect-head` knows it."""
    past.at(instant(9))
    hashes = [batch["hash"] for batch in past.command("history", "--json").json]
    assert len(set(hashes)) == 7
    for as_of, number in (("1", 1), ("2", 2), ("7", 7), ("2026-03-03", 1), ("2026-03-07", 5)):
        path, printed = past.export("--as-of", as_of)
        assert (printed["batch"], printed["head"]) == (number, hashes[number - 1])
        summary = {row[0]: row[1] for row in cells_of(path)["Summary"]}
        assert (summary["Last batch"], summary["Ledger hash"]) == (number, hashes[number - 1])
        assert past.command("ledger", "verify", "--expect-head", printed["head"]).exit_code == 0


def test_an_otc_is_active_since_its_first_subscription_that_was_not_undone(past: Past) -> None:
    """An undo leaves no trace but in the Summary and on Movements; as of a batch that was undone,
    the OTC was active. Later changes and customers make no difference."""
    norte: Sheets = [("Add Customer", [customer("Norte", 4)])]
    more: Sheets = [
        ("Edit Customer", [edit("Norte", licenses=5)]), ("Add Customer", [customer("Sur")]),
    ]  # fmt: skip
    past.at(instant(2)).make([("Add OTC", [otc(A, 10), otc(B)])], account="new")
    before = past.view("--account", "new").cells
    past.at(instant(3)).make(norte, account="new")
    past.at(instant(4)).make(2, account="new")
    after = past.view("--account", "new").cells
    for sheet in ("Summary", "Movements"):
        del before[sheet], after[sheet]
    assert after == before

    past.at(instant(5)).make(norte, account="new")
    past.at(instant(6)).make(more, account="new")
    never = (None, None)
    assert {as_of: activations(past, "--as-of", as_of) for as_of in "1235"} == {
        "1": {A: never, B: never},
        "2": {A: (instant(3).date(), 0), B: never},
        "3": {A: never, B: never},
        "5": {A: (instant(5).date(), 1), B: never},
    }


def activations(past: Past, *options: str) -> dict[str, tuple[dt.date | None, int | None]]:
    """The first day of each OTC of the account `new`, and how many days it has been active."""
    header, *rows = cells_of(past.export("--account", "new", *options)[0])["OTC Activation Details"]
    activations = {}
    for row in rows:
        values = dict(zip(header, row, strict=True))
        day = values["FirstActivationDate"]
        activations[values["OTC"]] = (day and day.date(), values["DaysActive"])
    return activations


def test_otcs_and_customers_are_known_by_their_codes_and_names_of_then(past: Past) -> None:
    """Not by those that they got later or had before."""
    past.at(instant(9)).make(1)
    [shown] = past.command("show", "otcs", A, "--as-of", "2", "--json").json
    assert (shown["used"], shown["pending"]) == (6, 4)
    [shown] = past.command("show", "customers", "norte VIEJO", "--as-of", "3", "--json").json
    assert shown["subscriptions"] == [{"otc": B, "licenses": 6}]
    assert "Norte viejo" in past.command("show", "otcs", A, "--as-of", "2").out
    for words in (
        ["otcs", A, "--as-of", "2026-03-01"], ["otcs", A],
        ["customers", "Norte viejo", "--as-of", "1"], ["customers", "Norte viejo"],
    ):  # fmt: skip
        assert past.command("show", *words).exit_code == 2, words


@pytest.mark.contract
def test_each_account_has_a_past_of_its_own(past: Past) -> None:
    """Batch 1 and the day before are those of the account that is asked about."""
    past.at(instant(9)).make([("Add OTC", [otc(A, 1)])], account="other")
    for account, as_of, total in (
        ("other", "1", 1), ("other", "2026-03-08", 0), ("other", "2026-03-09", 1),
        ("default", "1", 35),
    ):  # fmt: skip
        options = ("--as-of", as_of, "--account", account)
        summary = past.command("show", "summary", "--json", *options).json
        assert summary["total"] == total, options
    result = past.command("show", "otcs", "--as-of", "2", "--account", "other")
    assert (result.exit_code, result.out) == (2, "")


NOT_A_TIME = {
    "2026-03-09": "The day 2026-03-09 is in the future; today is 2026-03-08 (UTC).",
    "9999-12-31": "The day 9999-12-31 is in the future; today is 2026-03-08 (UTC).",
    "8": "The account default has no batch 8. To list its batches: avira-importer history",
    "20260302": "The account default has no batch 20260302. "
    "To list its batches: avira-importer history",
    **{
        nonsense: f"Error: Invalid value for '--as-of': {nonsense!r} is neither a date "
        "(YYYY-MM-DD) nor a batch number."
        for nonsense in ("yesterday", "2026-02-30", "02/03/2026", "2026-03", "0", "-1", "1.0",
                         "2026-03-02T12:00", "99999999999")
    },
}  # fmt: skip
"""The last line of the error, by what is asked for."""


@pytest.mark.parametrize("words", [("export",), ("show", "otcs"), ("show", "summary")])
def test_what_is_no_time_of_the_past_is_misuse(
    words: tuple[str, ...], past: Past, tmp_path: Path
) -> None:
    """A future day, a batch that does not exist, and nonsense; no export is written."""
    past.at(instant(8, 13))
    results = {as_of: past.command(*words, "--as-of", as_of) for as_of in NOT_A_TIME}
    assert {as_of: result.err.splitlines()[-1] for as_of, result in results.items()} == NOT_A_TIME
    assert {(result.exit_code, result.out) for result in results.values()} == {(2, "")}
    assert list(tmp_path.glob("*.xlsx")) == []


@pytest.mark.parametrize("words", [("export",), ("show", "customers")])
@pytest.mark.parametrize("as_of", ["1", "2026-03-01"])
def test_without_a_ledger_there_is_no_past(
    words: tuple[str, ...], as_of: str, command: CommandLine, ledger: Path
) -> None:
    """And no ledger is created."""
    result = command(*words, "--as-of", as_of)
    assert result.exit_code == 4
    assert len(result.err.splitlines()) == 1
    assert not ledger.exists()
