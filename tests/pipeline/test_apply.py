"""Applying workbooks: as a whole, in part, again, several at once, and for several accounts."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from builders import A, B, C, Sheets, customer, otc, subscription, write_workbook
from command_line import CommandLine, CommandResult
from workbooks import GOOD, bad_workbook, good_workbook

pytestmark = pytest.mark.both_engines


def outcome(result: CommandResult) -> tuple[int, str, int | None]:
    """Exit code, status and batch."""
    return result.exit_code, result.report["status"], result.report["batch"]


# As a whole, or in part


@pytest.mark.contract
def test_one_refused_row_stops_the_whole_workbook(command: CommandLine, tmp_path: Path) -> None:
    """The counts say what --partial would do."""
    command("apply", good_workbook(tmp_path))
    before = command.contents()
    sheets = [("Add Customer", [customer("Este", 1), customer("Oeste", 500)])]
    result = command("apply", write_workbook(tmp_path / "x.xlsx", sheets), "--json")
    assert outcome(result) == (1, "rejected", None)
    assert result.row_counts == (2, 1, 0, 1)
    assert command.contents() == before
    assert len(command("history", "--json").json) == 1


def test_a_refused_workbook_creates_no_ledger(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    result = command("apply", bad_workbook(tmp_path), "--json")
    assert outcome(result) == (1, "rejected", None)
    assert result.row_counts == (5, 2, 0, 3)
    assert not ledger.exists()


@pytest.mark.contract
def test_partial_applies_the_good_rows(command: CommandLine, tmp_path: Path) -> None:
    result = command("apply", bad_workbook(tmp_path), "--partial", "--json")
    assert outcome(result) == (1, "partly-applied", 1)
    assert result.row_counts == (5, 2, 0, 3)
    otcs, customers = command.contents()
    assert [(entry["otc"], entry["used"]) for entry in otcs] == [(A, 5)]
    assert [entry["name"] for entry in customers] == ["Norte"]


@pytest.mark.contract
def test_partial_makes_no_batch_where_no_row_is_new_and_good(
    command: CommandLine, tmp_path: Path
) -> None:
    """Every row is refused; then one is unchanged and the other refused."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(total="x")])])
    result = command("apply", path, "--partial", "--json")
    assert outcome(result) == (1, "rejected", None)
    command("apply", write_workbook(tmp_path / "y.xlsx", [("Add OTC", [otc()])]))
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(), otc(B, "x")])])
    result = command("apply", path, "--partial", "--json")
    assert outcome(result) == (1, "rejected", None)
    assert result.row_counts == (2, 0, 1, 1)
    assert len(command("history", "--json").json) == 1


@pytest.mark.contract
def test_a_good_workbook_is_applied_as_a_whole(command: CommandLine, tmp_path: Path) -> None:
    good = good_workbook(tmp_path)
    result = command("apply", good, "--json")
    assert result.exit_code == 0
    assert list(result.report) == [
        "file", "sha256", "status", "batch", "rows", "changes", "otcs", "problems", "corrections",
    ]  # fmt: skip
    assert result.report | {"changes": result.changes, "otcs": []} == {
        "file": str(good), "sha256": hashlib.sha256(good.read_bytes()).hexdigest(),
        "status": "applied", "batch": 1,
        "rows": {"read": 5, "applied": 5, "unchanged": 0, "rejected": 0},
        "changes": {"otcs_added": 2, "customers_added": 2, "subscriptions_added": 3},
        "otcs": [], "problems": [], "corrections": None,
    }  # fmt: skip
    assert list(tmp_path.glob("*corrections*")) == []


@pytest.mark.contract
def test_applying_a_workbook_again_changes_nothing(command: CommandLine, tmp_path: Path) -> None:
    good = good_workbook(tmp_path)
    command("apply", good)
    before = command.contents()
    for verb, status in (("apply", "unchanged"), ("check", "valid")):
        result = command(verb, good, "--json")
        assert outcome(result) == (0, status, None)
        assert result.row_counts == (5, 0, 5, 0)
    assert command.contents() == before
    assert len(command("history", "--json").json) == 1


@pytest.mark.contract
def test_of_a_longer_copy_only_the_new_rows_are_applied(
    command: CommandLine, tmp_path: Path
) -> None:
    command("apply", good_workbook(tmp_path))
    [(add_otc, otcs), (add_customer, customers), (subscribe, subscriptions)] = GOOD
    longer: Sheets = [
        (add_otc, [*otcs, otc(C, 10)]),
        (add_customer, [customer("Este", 10, C), *customers]),
        (subscribe, [*subscriptions, subscription("Este", 1)]),
    ]
    result = command("apply", write_workbook(tmp_path / "longer.xlsx", longer), "--json")
    assert result.row_counts == (8, 3, 5, 0)
    lines = command("history", "2", "--json").json["lines"]
    assert [(line["sheet"], line["row"]) for line in lines] == [
        ("Add OTC", 4), ("Add Customer", 2), ("Add Customer", 2), ("Add Avira Subscription", 3),
    ]  # fmt: skip


def test_check_reports_what_apply_does_and_changes_nothing(
    command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    for path, exit_code, status in (
        (bad_workbook(tmp_path), 1, "invalid"), (good_workbook(tmp_path), 0, "valid"),
    ):  # fmt: skip
        checked = command("check", path, "--json")
        assert not ledger.exists()
        applied = command("apply", path, "--json")
        assert checked.exit_code == applied.exit_code == exit_code
        assert checked.report["status"] == status
        for key in ("sha256", "rows", "changes", "otcs", "problems"):
            assert checked.report[key] == applied.report[key], key


@pytest.mark.contract
def test_the_demand_on_each_otc_is_reported(command: CommandLine, tmp_path: Path) -> None:
    """The worked example of the console's guide: of 50 licences 47 are assigned, 55 requested."""
    sheets = [
        ("Add OTC", [otc(), otc(B, 9)]),
        ("Add Customer", [customer("Norte", 40), customer("Sur", 7), customer("Este", 8)]),
    ]
    result = command("apply", write_workbook(tmp_path / "x.xlsx", sheets), "--partial", "--json")
    assert result.report["otcs"] == [
        {"otc": A, "total": 50, "used": 47, "pending": 3, "requested": 55, "short_by": 5}
    ]
    [problem] = result.report["problems"]
    assert (problem["code"], problem["cell"], problem["value"]) == ("overallocation", "D4", "8")
    numbers = set(map(int, re.findall(r"\b\d+\b", problem["message"].replace(A, ""))))
    assert {50, 47, 3, 8, 55, 5} <= numbers, problem["message"]


# Several files


@pytest.mark.parametrize(
    "verb", ["check", pytest.param("apply", marks=pytest.mark.contract)]
)  # fmt: skip
def test_a_file_may_use_what_an_earlier_one_adds(
    verb: str, command: CommandLine, tmp_path: Path
) -> None:
    first = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc(total=10)])])
    second = write_workbook(
        tmp_path / "2.xlsx", [("Add Customer", [customer("Norte", 6), customer("Sur", 4)])]
    )
    result = command(verb, first, second, "--json")
    assert result.exit_code == 0
    assert [report["rows"]["applied"] for report in result.json] == [1, 2]
    assert result.json[1]["otcs"][0]["pending"] == 0


@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_file_cannot_use_what_a_refused_one_would_have_added(
    verb: str, command: CommandLine, tmp_path: Path
) -> None:
    """The first file is refused as a whole, so its good OTC does not exist for the second."""
    first = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc(), otc(B, "x")])])
    second = write_workbook(tmp_path / "2.xlsx", [("Add Customer", [customer("Norte")])])
    result = command(verb, first, second, "--json")
    assert result.exit_code == 1
    assert [problem["code"] for problem in result.json[1]["problems"]] == ["unknown-otc"]


@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_file_cannot_use_licences_that_an_earlier_one_takes(
    verb: str, command: CommandLine, tmp_path: Path
) -> None:
    """Of ten licences the first file takes six; the second requests five and is one short."""
    sheets: Sheets = [("Add OTC", [otc(total=10)]), ("Add Customer", [customer("Norte", 6)])]
    first = write_workbook(tmp_path / "1.xlsx", sheets)
    second = write_workbook(tmp_path / "2.xlsx", [("Add Customer", [customer("Sur", 5)])])
    result = command(verb, first, second, "--json")
    assert result.exit_code == 1
    assert [len(report["problems"]) for report in result.json] == [0, 1]
    assert result.json[1]["otcs"][0]["short_by"] == 1


# Several accounts


@pytest.mark.contract
def test_accounts_do_not_see_each_other(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same codes and names exist in two accounts of one ledger, each with its own batches."""
    command("apply", good_workbook(tmp_path))
    before = command.contents()
    sheets: Sheets = [("Add OTC", [otc(total=7)]), ("Add Customer", [customer("Norte", 7)])]
    other = write_workbook(tmp_path / "x.xlsx", sheets)
    report = command("apply", other, "--account", "other", "--json").report
    assert (report["status"], report["batch"]) == ("applied", 1)
    assert command.contents() == before
    monkeypatch.setenv("AVIRA_IMPORTER_ACCOUNT", "other")
    otcs, customers = command.contents()
    assert [(entry["otc"], entry["total"], entry["used"]) for entry in otcs] == [(A, 7, 7)]
    assert [entry["name"] for entry in customers] == ["Norte"]
    assert command("show", "customers", "Sur").exit_code == 2
    assert [batch["file"] for batch in command("history", "--json").json] == ["x.xlsx"]
    assert command("show", "customers", "Sur", "--account", "default").exit_code == 0
    assert command("export", "--json").json["sheets"]["OTC Details"] == 1


@pytest.mark.contract
def test_an_account_without_batches_is_empty(command: CommandLine, tmp_path: Path) -> None:
    command("apply", good_workbook(tmp_path))
    assert command.contents("--account", "new") == ([], [])
    assert command("history", "--json", "--account", "new").json == []
    assert command("show", "summary", "--json", "--account", "new").json["total"] == 0
