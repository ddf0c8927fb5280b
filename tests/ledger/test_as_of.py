"""The ledger as it stood: after a batch or at the end of a day, the same for ever after."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from builders import Row, Sheets, write_workbook
from command_line import CommandLine
from importer.base import clock

pytestmark = pytest.mark.both_engines

A, B, C = (f"{letter * 5}-11111-22222-33333" for letter in "ABC")
NAME, LICENSES = "Customer (Site) Name", "No of Licenses"
SHOWN = ("otcs", "customers", "summary")

Cells = dict[str, list[tuple[Any, ...]]]
"""Every cell of a workbook, row by row, by sheet; with how each is shown."""

Told = dict[str, Any]
"""What `show` tells in JSON, by what is shown."""


def day(number: int, hour: int = 12, minute: int = 0, second: int = 0) -> dt.datetime:
    """An instant of the month in which all happens."""
    return dt.datetime(2026, 3, number, hour, minute, second, tzinfo=dt.UTC)


def otc(code: str, total: int, expiry: str | None = None) -> Row:
    """A row of Add OTC."""
    return {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme",
            "Total Licenses": total, "Expiry Date": expiry}  # fmt: skip


def customer(name: str, licenses: int, code: str) -> Row:
    """A row of Add Customer, managed by the administrator."""
    return {NAME: name, "Managed By": "Admin", "Avira OTC": code, LICENSES: licenses}


def self_managed(name: str, code: str) -> Row:
    """A row of Add Customer, managed by itself, and so with the whole of `code`."""
    contact = {"Email": f"{name}@site.example", "First Name": "First", "Last Name": "Last"}
    return {NAME: name, "Managed By": "Customer", "Avira OTC": code} | contact


ADDED: Sheets = [
    ("Add OTC", [otc(A, 10, "2026-03-06"), otc(B, 20), otc(C, 5, "2027-01-31")]),
    ("Add Customer", [customer("Norte", 4, A), self_managed("whole", C)]),
]
RENAMED: Sheets = [
    ("Edit OTC", [{"OTC": C, "Total Licenses": 8, "Company Name": "Other"}]),
    ("Edit Customer", [{NAME: "Norte", "New Name": "Norte viejo", LICENSES: 6}]),
    ("Add Customer", [customer("Norte", 7, B)]),
]
MOVED: Sheets = [
    ("Update OTC", [{NAME: "Norte viejo", "Current OTC": A, "New OTC": B}]),
    ("Disable Customer", [{NAME: "whole", "Release Licenses": "Yes"}]),
]
LATER: Sheets = [
    ("Edit OTC", [{"OTC": A, "Total Licenses": 77}, {"OTC": B, "Description": "later"}]),
    ("Enable Customer", [{NAME: "whole"}]),
]

HISTORY: list[tuple[dt.datetime, Sheets | int]] = [
    (day(2), ADDED),
    (day(4, 9), RENAMED),
    (day(4, 23, 59, 59), MOVED),
    (day(5, 0, 0, 0), 3),
    (day(5, 8), 4),
    (day(8), 5),
    (day(8, 13), 2),
]
"""When each batch is made, and the workbook applied or the batch undone."""

DAYS = range(1, 9)
"""The days of which the ledger is looked at: before the first batch, between them, and after."""


class Past:
    """A ledger, at an instant that is chosen; and what it told at others."""

    def __init__(
        self, command: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:  # fmt: skip
        self.command, self.folder, self._monkeypatch = command, folder, monkeypatch
        self._files = 0
        self.after_batch: dict[str, tuple[Cells, Told]] = {}
        self.at_end_of_day: dict[str, tuple[Cells, Told]] = {}

    def at(self, instant: dt.datetime) -> None:
        """Let it be `instant`, here and in UTC."""
        self._monkeypatch.setattr(clock, "now", lambda: instant)
        self._monkeypatch.setattr(clock, "today", instant.date)

    def make(self, step: Sheets | int, *options: str) -> None:
        """Apply a workbook or undo a batch."""
        if isinstance(step, int):
            said = self.command("undo", str(step), *options)
        else:
            self._files += 1
            path = write_workbook(self.folder / f"in{self._files}.xlsx", step)
            said = self.command("apply", path, *options)
        assert said.exit_code == 0, said.out

    def export(self, *options: str) -> tuple[Path, dict[str, Any]]:
        """Export, and what the command says of it."""
        self._files += 1
        path = self.folder / f"out{self._files}.xlsx"
        said = self.command("export", "-o", path, "--json", *options)
        assert said.exit_code == 0, said.err
        found: dict[str, Any] = said.json
        return path, found

    def told(self, *options: str) -> tuple[Cells, Told]:
        """All that the export and `show` tell."""
        path, found = self.export(*options)
        shown = {what: self.command("show", what, "--json", *options).json for what in SHOWN}
        kept = {key: found[key] for key in ("as_of", "sheets", "batch", "head")}
        return cells(path), shown | {"export": kept}


def cells(path: Path) -> Cells:
    """What every cell of a workbook holds and how it is shown."""
    return {
        sheet.title: [
            tuple((cell.value, cell.number_format) for cell in row) for row in sheet.iter_rows()
        ]
        for sheet in load_workbook(path)
    }


def summary_of(found: Cells) -> dict[Any, Any]:
    """The labels and values of the Summary's figures."""
    return {row[0][0]: row[1][0] for row in found["Summary"] if row[0][0] is not None}


@pytest.fixture
def past(command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    """A ledger without batches."""
    return Past(command, tmp_path, monkeypatch)


@pytest.fixture
def lived(past: Past) -> Past:
    """A ledger with HISTORY, and what was told after each batch and as each day ended."""
    made = 0
    for number in DAYS:
        for instant, step in HISTORY[made:]:
            if instant.day == number:
                past.at(instant)
                past.make(step)
                made += 1
                past.after_batch[str(made)] = past.told()
        if made:
            past.at(day(number, 23, 59, 59))
            past.at_end_of_day[day(number).date().isoformat()] = past.told()
    assert made == len(HISTORY)
    return past


def without_what_days_change(rows: list[Any]) -> list[Any]:
    """OTC Details without the columns that change as the days go by."""
    kept = [at for at, (value, _) in enumerate(rows[0]) if value not in ("Status", "Days Left")]
    return [[row[at] for at in kept] for row in rows]


def test_it_tells_what_was_told_then(lived: Past) -> None:
    """As of each batch, what was exported and shown when it was made; as of each day, what was in
    its last second: every cell of every sheet, Summary included, though all was changed further
    and then undone, to the last OTC."""
    first, renamed, moved, *undone = [
        without_what_days_change(sheets["OTC Details"]) for sheets, _ in lived.after_batch.values()
    ]
    assert first != renamed != moved != first
    assert undone == [renamed, moved, renamed, first]
    told = [*lived.after_batch.items(), *lived.at_end_of_day.items()]
    assert len(told) == len(HISTORY) + 7
    lived.at(day(20))
    for further in (LATER, 8, 1):
        lived.make(further)
    assert lived.command("show", "otcs", "--json").json == []
    for as_of, then in told:
        assert lived.told("--as-of", as_of) == then, as_of


def test_an_export_as_of_then_is_the_same_file_for_ever(past: Past) -> None:
    """Every part of it byte for byte, but for when the file was written."""
    past.at(day(2))
    past.make(ADDED)
    past.at(day(3))
    past.make(RENAMED)
    before = parts(past.export("--as-of", "1")[0])
    past.at(day(9))
    past.make(MOVED)
    past.make(3)
    assert parts(past.export("--as-of", "1")[0]) == before


def parts(path: Path) -> dict[str, bytes]:
    """The parts of a workbook that hold cells, how they are shown, and charts."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: archive.read(name) for name in archive.namelist() if name.startswith("xl/")
        }  # fmt: skip


def test_before_the_first_batch_there_was_nothing(past: Past) -> None:
    """No rows, no licences, batch 0 without a hash; on the day before, and centuries ago."""
    past.at(day(2))
    past.make(ADDED)
    for then in ("2026-03-01", "1900-01-01", "0001-01-01"):
        found, told = past.told("--as-of", then)
        assert told["otcs"] == told["customers"] == []
        assert set(told["summary"].values()) == {0}
        assert told["export"] == {
            "as_of": f"{then}T23:59:59Z", "batch": 0, "head": "",
            "sheets": {"OTC Details": 0, "Customer's Details": 0, "Customer's Devices": 0,
                       "OTC Activation Details": 0, "Exceptions": 0, "Movements": 0},
        }  # fmt: skip
        assert all(
            cell[0] is None
            for name, sheet in found.items() if name != "Summary"
            for row in sheet[1:] for cell in row
        )  # fmt: skip
    said = past.command("show", "otcs", "--as-of", "2026-03-01")
    assert said.exit_code == 0
    assert said.err == "Nothing had been applied to the account default of this ledger by then.\n"


def test_a_day_ends_at_midnight_in_utc(past: Past) -> None:
    """A batch of the last second is of that day, one of the next second is not."""
    past.at(day(4, 23, 59, 59))
    past.make(ADDED)
    past.at(day(5, 0, 0, 0))
    past.make(RENAMED)
    past.at(day(6))
    found = {n: past.export("--as-of", f"2026-03-0{n}")[1] for n in (3, 4, 5)}
    assert {n: one["batch"] for n, one in found.items()} == {3: 0, 4: 1, 5: 2}
    assert found[4]["as_of"] == "2026-03-04T23:59:59Z"


def test_a_day_that_is_not_over_is_as_it_is_now(past: Past) -> None:
    """The same cells without and with today's date, this second's batches included."""
    past.at(day(2))
    past.make(ADDED)
    past.at(day(4))
    past.make(RENAMED)
    assert past.told("--as-of", "2026-03-04") == past.told()
    past.make(MOVED)
    assert past.told("--as-of", "2026-03-04") == past.told()


def test_the_hash_is_that_of_the_batch(past: Past) -> None:
    """In the Summary and in the JSON: whoever holds an export can ask whether the ledger still
    has what it shows."""
    past.at(day(2))
    past.make(ADDED)
    past.at(day(4))
    past.make(RENAMED)
    past.make(2)
    past.at(day(6))
    hashes = [one["hash"] for one in past.command("history", "--json").json]
    assert len(set(hashes)) == 3
    for as_of, number in (("1", 1), ("2", 2), ("3", 3), ("2026-03-03", 1), ("2026-03-05", 3)):
        path, told = past.export("--as-of", as_of)
        assert (told["batch"], told["head"]) == (number, hashes[number - 1])
        summary = summary_of(cells(path))
        assert (summary["Last batch"], summary["Ledger hash"]) == (number, hashes[number - 1])
        proved = past.command("ledger", "verify", "--expect-head", told["head"])
        assert proved.exit_code == 0


def test_an_undo_leaves_no_trace_in_the_export(past: Past) -> None:
    """An OTC was handed out by mistake: after the undo it was never activated, in the export as
    it is now, but for the sheet that tells of everything that was done; as of the batch it was.
    Handed out again, it is activated on the later day."""
    past.at(day(2))
    past.make([("Add OTC", [otc(A, 10)])])
    before, _ = past.told()
    past.at(day(3))
    past.make([("Add Customer", [customer("Norte", 4, A)])])
    past.at(day(4))
    past.make(2)
    after, _ = past.told()
    for name in ("Summary", "Movements"):
        del before[name], after[name]
    assert after == before

    past.at(day(5))
    past.make([("Add Customer", [customer("Norte", 4, A)])])
    past.at(day(6))
    assert [activated(past, *options) for options in
            ((), ("--as-of", "3"), ("--as-of", "2"), ("--as-of", "1"))] == [
        dt.datetime(2026, 3, 5), None, dt.datetime(2026, 3, 3), None,
    ]  # fmt: skip
    past.make(4)
    past.make(3)
    assert activated(past) == dt.datetime(2026, 3, 3)


def activated(past: Past, *options: str) -> Any:
    """The first activation day of the only OTC."""
    header, row = cells(past.export(*options)[0])["OTC Activation Details"]
    return dict(zip((name for name, _ in header), (value for value, _ in row), strict=True))[
        "FirstActivationDate"
    ]


def test_what_is_gone_or_called_otherwise_is_found_as_of_then(past: Past) -> None:
    """An OTC by its code and a customer by its name of then; and not by what came later."""
    past.at(day(2))
    past.make([("Add OTC", [otc(B, 20)])])
    past.make([("Add OTC", [otc(A, 10)]), ("Add Customer", [customer("Norte", 4, A)])])
    past.make([("Edit Customer", [{NAME: "Norte", "New Name": "Sur"}])])
    past.make(3)
    past.make(2)
    [found] = past.command("show", "otcs", A, "--as-of", "3", "--json").json
    assert (found["used"], found["pending"]) == (4, 6)
    [found] = past.command("show", "customers", "sur", "--as-of", "3", "--json").json
    assert found["subscriptions"] == [{"otc": A, "licenses": 4}]
    assert "Norte" in past.command("show", "otcs", A, "--as-of", "2").out
    for words in (["otcs", A, "--as-of", "1"], ["otcs", A], ["customers", "Norte", "--as-of", "3"],
                  ["customers", "Sur", "--as-of", "2"]):  # fmt: skip
        assert past.command("show", *words).exit_code == 2, words


def test_each_account_has_a_past_of_its_own(past: Past) -> None:
    """Batch 1 and the day before are those of the account that is asked about."""
    past.at(day(2))
    past.make(ADDED)
    past.at(day(4))
    past.make([("Add OTC", [otc(A, 1)])], "--account", "other")
    past.at(day(6))
    found = [past.told("--as-of", as_of, "--account", "other")[1]["summary"]["total"]
             for as_of in ("1", "2026-03-03", "2026-03-04")]  # fmt: skip
    assert found == [1, 0, 1]
    assert past.told("--as-of", "1")[1]["summary"]["total"] == 35
    said = past.command("show", "otcs", "--as-of", "2", "--account", "other")
    assert (said.exit_code, said.out) == (2, "")


WRONG = {
    "2026-03-06": "The day 2026-03-06 is in the future; today is 2026-03-05 (UTC).",
    "9999-12-31": "The day 9999-12-31 is in the future; today is 2026-03-05 (UTC).",
    "2": "The account default has no batch 2. To list its batches: avira-importer history",
    "20260302": "The account default has no batch 20260302. "
    "To list its batches: avira-importer history",
    **{
        nonsense: f"Error: Invalid value for '--as-of': {nonsense!r} is neither a date "
        "(YYYY-MM-DD) nor a batch number."
        for nonsense in ("yesterday", "2026-02-30", "02/03/2026", "2026-03", "0", "-1", "1.0", "",
                         "2026-03-02T12:00", "99999999999")
    },
}  # fmt: skip


@pytest.mark.parametrize("words", [("export",), ("show", "otcs"), ("show", "summary")])
def test_what_never_was_is_misuse(words: tuple[str, ...], past: Past) -> None:
    """Exit 2 and one clear line, for a day to come, a batch that is not there and nonsense; no
    export is written."""
    past.at(day(5))
    past.make(ADDED)
    for as_of, line in WRONG.items():
        said = past.command(*words, "--as-of", as_of)
        assert said.exit_code == 2, as_of
        assert said.err.splitlines()[-1] == line
        assert said.out == ""
    assert list(past.folder.glob("*.xlsx")) == [past.folder / "in1.xlsx"]


@pytest.mark.parametrize("words", [("export",), ("show", "customers")])
@pytest.mark.parametrize("as_of", ["1", "2026-03-01"])
def test_without_a_ledger_there_is_no_past(
    words: tuple[str, ...], as_of: str, command: CommandLine, ledger: Path
) -> None:
    """Exit 4, and none comes to be."""
    said = command(*words, "--as-of", as_of)
    assert said.exit_code == 4
    assert len(said.err.splitlines()) == 1
    assert not ledger.exists()
