"""Applying workbooks: as a whole, in part, again, several at once, and for several accounts."""

from __future__ import annotations

import getpass
import hashlib
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import A, B, C, customer, edit, otc, self_managed, subscription, write_workbook
from command_line import CommandLine, CommandResult
from workbooks import GOOD, bad_workbook, good_workbook

pytestmark = pytest.mark.both_engines
contract = pytest.mark.contract


def outcome(result: CommandResult) -> tuple[int, str, int | None]:
    """Exit code, status and batch."""
    return result.exit_code, result.report["status"], result.report["batch"]


# As a whole, or in part


@contract
def test_one_refused_row_stops_the_whole_workbook(command: CommandLine) -> None:
    """The counts say what --partial would do."""
    command.apply(*GOOD)
    before = command.contents()
    result = command.apply(("Add Customer", [customer("Este", 1), customer("Oeste", 500)]))
    assert outcome(result) == (1, "rejected", None)
    assert result.row_counts == (2, 1, 0, 1)
    assert command.contents() == before
    assert len(command("history", "--json").json) == 1


@contract
def test_partial_applies_the_good_rows(command: CommandLine) -> None:
    result = command("apply", bad_workbook(), "--partial", "--json")
    assert outcome(result) == (1, "partly-applied", 1)
    assert result.row_counts == (5, 2, 0, 3)
    otcs, customers = command.contents()
    assert [(entry["otc"], entry["used"]) for entry in otcs] == [(A, 5)]
    assert [entry["name"] for entry in customers] == ["Norte"]


@contract
def test_partial_makes_no_batch_where_no_row_is_new_and_good(command: CommandLine) -> None:
    """Every row is refused; then one is unchanged and the other refused."""
    result = command.apply(("Add OTC", [otc(total="x")]), options=["--partial"])
    assert outcome(result) == (1, "rejected", None)
    command.apply(("Add OTC", [otc()]))
    result = command.apply(("Add OTC", [otc(), otc(B, "x")]), options=["--partial"])
    assert outcome(result) == (1, "rejected", None)
    assert result.row_counts == (2, 0, 1, 1)
    assert len(command("history", "--json").json) == 1


@contract
def test_a_good_workbook_is_applied_as_a_whole(command: CommandLine) -> None:
    good = good_workbook()
    result = command("apply", good, "--json")
    assert result.exit_code == 0
    assert list(result.report) == [
        "file", "sha256", "status", "batch", "rows", "changes", "otcs", "problems", "corrections",
        "further_problems",
    ]  # fmt: skip
    assert result.report | {"changes": result.changes, "otcs": []} == {
        "file": str(good), "sha256": hashlib.sha256(good.read_bytes()).hexdigest(),
        "status": "applied", "batch": 1,
        "rows": {"read": 5, "applied": 5, "unchanged": 0, "rejected": 0},
        "changes": {"otcs_added": 2, "customers_added": 2, "subscriptions_added": 3},
        "otcs": [], "problems": [], "corrections": None, "further_problems": [],
    }  # fmt: skip
    assert list(good.parent.glob("*corrections*")) == []


@contract
def test_applying_a_workbook_again_changes_nothing(command: CommandLine) -> None:
    good = good_workbook()
    command("apply", good)
    before = command.contents()
    for verb, status in (("apply", "unchanged"), ("check", "valid")):
        result = command(verb, good, "--json")
        assert outcome(result) == (0, status, None)
        assert result.row_counts == (5, 0, 5, 0)
    assert command.contents() == before
    assert len(command("history", "--json").json) == 1


@contract
def test_of_a_longer_copy_only_the_new_rows_are_applied(command: CommandLine) -> None:
    command.apply(*GOOD)
    [(_, otcs), (_, customers), (_, subscriptions)] = GOOD
    result = command.apply(
        ("Add OTC", [*otcs, otc(C, 10)]),
        ("Add Customer", [customer("Este", 10, C), *customers]),
        ("Add Avira Subscription", [*subscriptions, subscription("Este", 1)]),
    )
    assert result.row_counts == (8, 3, 5, 0)
    lines = command("history", "2", "--json").json["lines"]
    assert [(line["sheet"], line["row"]) for line in lines] == [
        ("Add OTC", 4), ("Add Customer", 2), ("Add Customer", 2), ("Add Avira Subscription", 3),
    ]  # fmt: skip


def test_check_reports_what_apply_does_and_does_nothing(command: CommandLine, ledger: Path) -> None:
    """Neither of them creates a ledger for a workbook that is refused."""
    for path, exit_code, status, counts in (
        (bad_workbook(), 1, "invalid", (5, 2, 0, 3)), (good_workbook(), 0, "valid", (5, 5, 0, 0)),
    ):  # fmt: skip
        checked = command("check", path, "--json")
        assert not ledger.exists()
        applied = command("apply", path, "--json")
        assert checked.exit_code == applied.exit_code == exit_code
        assert (checked.report["status"], checked.row_counts) == (status, counts)
        for key in ("sha256", "rows", "changes", "otcs", "problems"):
            assert checked.report[key] == applied.report[key], key


@contract
def test_the_demand_on_each_otc_is_reported(command: CommandLine) -> None:
    """Of 50 licences, 47 are assigned and 55 requested."""
    customers = [customer("Norte", 40), customer("Sur", 7), customer("Este", 8)]
    result = command.apply(
        ("Add OTC", [otc(), otc(B, 9)]), ("Add Customer", customers), options=["--partial"]
    )
    assert result.report["otcs"] == [
        {"otc": A, "total": 50, "used": 47, "pending": 3, "requested": 55, "short_by": 5}
    ]
    [problem] = result.report["problems"]
    assert (problem["code"], problem["cell"], problem["value"]) == ("overallocation", "D4", "8")
    numbers = set(map(int, re.findall(r"\b\d+\b", problem["message"].replace(A, ""))))
    assert {50, 47, 3, 8, 55, 5} <= numbers, problem["message"]


@contract
def test_customers_may_exchange_names(command: CommandLine) -> None:
    """Through a third name. A new customer may take one that was given up."""
    customers = [customer("Norte", 5), customer("Sur", 7)]
    command.apply(("Add OTC", [otc()]), ("Add Customer", customers))
    names = [("Norte", "tmp"), ("Sur", "Norte"), ("tmp", "Sur"), ("Sur", "Este")]
    result = command.apply(
        ("Edit Customer", [edit(old, new_name=new) for old, new in names]),
        ("Add Customer", [customer("Sur", 9)]),
    )
    assert result.row_counts == (5, 5, 0, 0)
    _, customers = command.contents()
    assert {entry["name"]: entry["subscriptions"][0]["licenses"] for entry in customers} == {
        "Norte": 7, "Este": 5, "Sur": 9,
    }  # fmt: skip


@contract
def test_self_managed_customers_may_exchange_emails(command: CommandLine) -> None:
    """Through a third address; without it, the first row takes one that is in use."""
    north, south, spare = "norte@site.example", "sur@site.example", "tmp@site.example"
    customers = [self_managed("Norte", A, north), self_managed("Sur", B, south)]
    command.apply(("Add OTC", [otc(A), otc(B)]), ("Add Customer", customers))
    emails = [("Norte", spare), ("Sur", north), ("Norte", south)]
    rows = [edit(name, email=email) for name, email in emails]
    assert command.apply(("Edit Customer", rows)).row_counts == (3, 3, 0, 0)
    _, customers = command.contents()
    assert [(entry["name"], entry["email"]) for entry in customers] == [
        ("Norte", south), ("Sur", north),
    ]  # fmt: skip
    rows = [edit("Norte", email=north), edit("Sur", email=south)]
    first, *_ = command.apply(("Edit Customer", rows)).errors
    assert (first["row"], first["column"], first["code"]) == (2, "Email", "email-in-use")


# Several files, several accounts, and what else an apply does


@pytest.mark.parametrize("verb", ["check", pytest.param("apply", marks=contract)])
def test_files_follow_one_another(verb: str, command: CommandLine) -> None:
    """Each sees what the earlier ones add and take, but nothing of those that are refused."""
    sheets = [
        [("Add OTC", [otc(total=10)])],
        [("Add Customer", [customer("Norte", 3), customer("Sur", 3)])],
        [("Add Customer", [customer("Este", 5)])],
        [("Add OTC", [otc(B), otc(C, "x")])],
        [("Add Customer", [customer("Oeste", 1, B)])],
    ]
    paths = [write_workbook(Path(f"{n}.xlsx"), sheets) for n, sheets in enumerate(sheets)]
    result = command(verb, *paths, "--json")
    assert result.exit_code == 1
    assert [report["rows"]["applied"] for report in result.json[:2]] == [1, 2]
    assert [[problem["code"] for problem in report["problems"]] for report in result.json] == [
        [], [], ["overallocation"], ["bad-number"], ["unknown-otc"],
    ]  # fmt: skip
    assert result.json[1]["otcs"][0]["pending"] == 4
    assert result.json[2]["otcs"][0]["short_by"] == 1


@contract
def test_accounts_cannot_see_each_other(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same codes and names exist in two accounts of one ledger, each with its own batches. Of
    an account without any, `show` says so, as its name may be mistyped."""
    command.apply(*GOOD)
    before = command.contents()
    assert command.contents("--account", "other") == ([], [])
    assert command("history", "--json", "--account", "other").json == []
    errors = [command("show", "summary", "--account", name).err for name in ("default", "other")]
    assert errors == ["", "Nothing was ever applied to the account other of this ledger.\n"]
    result = command.apply(
        ("Add OTC", [otc(total=7)]), ("Add Customer", [customer("Norte", 7)]),
        options=["--account", "other"],
    )  # fmt: skip
    assert outcome(result) == (0, "applied", 1)
    assert command.contents() == before
    monkeypatch.setenv("AVIRA_IMPORTER_ACCOUNT", "other")
    otcs, customers = command.contents()
    assert [(entry["otc"], entry["total"], entry["used"]) for entry in otcs] == [(A, 7, 7)]
    assert [entry["name"] for entry in customers] == ["Norte"]
    assert command("show", "customers", "Sur").exit_code == 2
    assert [batch["file"] for batch in command("history", "--json").json] == ["2.xlsx"]
    assert command("show", "customers", "Sur", "--account", "default").exit_code == 0
    assert command("export", "--json").json["sheets"]["OTC Details"] == 1


def test_the_history_names_the_actor_or_the_systems_user(command: CommandLine) -> None:
    command.apply(*GOOD)
    command.apply(("Add OTC", [otc(C)]), options=["--actor", "Ana Ruiz"])
    actors = [batch["actor"] for batch in command("history", "--json").json]
    assert actors == [getpass.getuser(), "Ana Ruiz"]


def test_an_export_may_follow_an_apply(command: CommandLine) -> None:
    """--export writes the ledger as it then is, whether or not rows were refused."""
    target = Path("details.xlsx").absolute()
    result = command("apply", good_workbook(), "--export", target)
    assert (result.exit_code, str(target) in result.out) == (0, True)
    assert len(list(load_workbook(target)["OTC Details"].iter_rows())) == 4
    target.unlink()
    result = command("apply", bad_workbook(), "--partial", "--export", target)
    assert (result.exit_code, target.exists()) == (1, True)
