"""A row of a prefilled workbook is refused where others have changed what it edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import A, B, Row, Sheets, customer, edit, edit_otc, otc, row, write_workbook
from command_line import CommandLine
from workbook_files import substitute

FIRST: Sheets = [
    ("Add OTC", [otc(A, 50), otc(B, 50)]),
    ("Add Customer", [customer("Norte", 5), customer("Sur", 2), customer("Este", 3, B)]),
]


@pytest.fixture
def prefilled(command: CommandLine, tmp_path: Path) -> Path:
    """A ledger of two OTCs and three customers, as a workbook to edit."""
    assert command("apply", write_workbook(tmp_path / "first.xlsx", FIRST)).exit_code == 0
    path = tmp_path / "mine.xlsx"
    assert command("template", "--prefill", "-o", path).exit_code == 0
    return path


def edited(path: Path, sheet: str, name: str, cells: Row) -> Path:
    """The workbook at `path` with these cells edited in the row whose first cell holds `name`."""
    workbook = load_workbook(path)
    worksheet = workbook[sheet]
    [found] = [cell.row for cell in worksheet["A"] if cell.value == name]
    columns = {str(cell.value).rstrip(" *"): cell.coordinate[0] for cell in worksheet[1]}
    for header, value in cells.items():
        worksheet[f"{columns[header]}{found}"] = value
    workbook.save(path)
    return path


def by_others(command: CommandLine, tmp_path: Path, *sheets: Sheets) -> None:
    """Apply each of these workbooks as a batch of its own, from batch 2 on."""
    for number, content in enumerate(sheets, start=2):
        path = write_workbook(tmp_path / f"theirs-{number}.xlsx", content)
        assert command("apply", path, "--json").report["batch"] == number


def licenses_of(command: CommandLine, name: str) -> int:
    """The licences of the customer's only subscription."""
    [shown] = command("show", "customers", name, "--json").json
    [subscription] = shown["subscriptions"]
    return int(subscription["licenses"])


TO_20: Sheets = [("Edit Customer", [edit("Norte", licenses=20)])]


@pytest.mark.both_engines
def test_a_number_that_others_have_changed_is_not_overwritten(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """It was 5, it is 20 since batch 2, and the workbook says 6. The row names all three."""
    by_others(command, tmp_path, TO_20)
    mine = edited(prefilled, "Edit Customer", "Norte", {"No of Licenses": 6})
    result = command("apply", mine, "--json")
    [problem] = result.report["problems"]
    assert (result.exit_code, problem["code"], problem["value"]) == (1, "changed-since", "6")
    assert "was 5 when" in problem["message"]
    assert "is 20 since batch 2" in problem["message"]
    assert licenses_of(command, "Norte") == 20
    assert command("check", mine, "--json").report["problems"] == [problem]


def test_otherwise_it_would_be_overwritten(
    command: CommandLine, prefilled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A control of the test above."""
    by_others(command, tmp_path, TO_20)
    mine = edited(prefilled, "Edit Customer", "Norte", {"No of Licenses": 6})
    monkeypatch.setattr("importer.domain.prefilled._changed_since", lambda *_arguments: ())
    assert command("apply", mine).exit_code == 0
    assert licenses_of(command, "Norte") == 6


def test_a_number_on_which_both_agree_is_unchanged(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """So is a workbook that is applied twice."""
    by_others(command, tmp_path, TO_20)
    mine = edited(prefilled, "Edit Customer", "Norte", {"No of Licenses": 20})
    assert command("apply", mine, "--json").report["status"] == "unchanged"
    edited(mine, "Edit OTC", B, {"Total Licenses": 60})
    assert command("apply", mine, "--json").report["rows"]["applied"] == 1
    assert command("apply", mine, "--json").report["status"] == "unchanged"


@pytest.mark.parametrize(
    ("sheet", "name", "cells", "theirs", "told"),
    [
        ("Edit OTC", A, {"Total Licenses": 60},
         [[("Edit OTC", [edit_otc(A, total=70)])], [("Edit OTC", [edit_otc(A, company="Other")])]],
         ("50", "70", "batch 2")),
        ("Edit Customer", "Norte", {"Email": "mine@norte.example"},
         [[("Edit Customer", [edit("Sur", email="it@sur.example")])],
          [("Edit Customer", [edit("Norte", email="it@norte.example")])]],
         ("blank", "it@norte.example", "batch 3")),
        ("Edit Customer", "Norte", {"New Name": "Norte Uno"},
         [[("Edit Customer", [edit("Norte", new_name="Norte Dos")])]],
         ("Norte", "Norte Dos", "batch 2")),
        ("Edit Customer", "Norte", {"Email": "mine@norte.example"},
         [[("Edit Customer", [edit("Norte", new_name="Oeste"), edit("Sur", new_name="Norte")])]],
         ("Norte", "Oeste", "batch 2")),
        ("Edit Customer", "Norte", {"No of Licenses": 6},
         [[("Update OTC", [row("Update OTC", current_otc=A, new_otc=B)])]],
         ("5", "0", "batch 2")),
        ("Edit Customer", "Norte", {"Avira OTC": None, "No of Licenses": 6},
         [[("Update OTC", [row("Update OTC", customer="Norte", current_otc=A, new_otc=B)])]],
         ("5", "0", "batch 2")),
        ("Edit Customer", "Este", {"Avira OTC": A, "No of Licenses": 6},
         [[("Add Avira Subscription", [row("Add Avira Subscription", customer="Este", otc=A,
                                           licenses=4)])]],
         ("0", "4", "batch 2")),
    ],
    ids=["total", "email", "name", "bearer", "moved", "moved-only", "given"],
)  # fmt: skip
def test_the_row_says_what_was_what_is_and_by_which_batch(
    command: CommandLine, prefilled: Path, tmp_path: Path, sheet: str, name: str, cells: Row,
    theirs: list[Sheets], told: tuple[str, ...],
) -> None:  # fmt: skip
    """The batch is the one that changed this very cell. Rows that nobody edited ask for nothing."""
    by_others(command, tmp_path, *theirs)
    result = command("check", edited(prefilled, sheet, name, cells), "--json")
    problems = [p for p in result.report["problems"] if p["severity"] == "error"]
    assert {problem["code"] for problem in problems} == {"changed-since"}
    assert any(all(fact in problem["message"] for fact in told) for problem in problems), problems
    assert result.report["rows"] == {"read": 5, "applied": 0, "unchanged": 4, "rejected": 1}


@pytest.mark.both_engines
def test_an_otc_that_was_removed_is_said_to_be(
    command: CommandLine, tmp_path: Path, prefilled: Path
) -> None:
    """By the undo of the batch that added it."""
    new = write_workbook(tmp_path / "new.xlsx", [("Add OTC", [otc(A.replace("A", "G"), 9)])])
    assert command("apply", new).exit_code == 0
    assert command("template", "--prefill", "-o", prefilled, "--force").exit_code == 0
    assert command("undo", "2").exit_code == 0
    mine = edited(prefilled, "Edit OTC", A.replace("A", "G"), {"Total Licenses": 10})
    [problem] = command("check", mine, "--json").report["problems"]
    assert (problem["code"], "removed since batch 3" in problem["message"]) == (
        "changed-since", True,
    )  # fmt: skip


def test_rows_of_one_workbook_follow_each_other(command: CommandLine, prefilled: Path) -> None:
    """They are no changes of others: the last one counts, as if keyed one after the other."""
    workbook = load_workbook(prefilled)
    sheet = workbook["Edit OTC"]
    for total in (60, 70):
        sheet.append([A, None, None, total])
    workbook.save(prefilled)
    assert command("apply", prefilled, "--json").report["rows"]["applied"] == 2
    assert command("show", "otcs", A, "--json").json[0]["total"] == 70


def test_workbooks_that_are_checked_together_may_contradict_each_other(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """The first one has no batch yet."""
    mine = edited(prefilled, "Edit Customer", "Norte", {"No of Licenses": 6})
    theirs = write_workbook(tmp_path / "theirs.xlsx", TO_20)
    files = command("check", theirs, mine, "--json").json
    assert [file["status"] for file in files] == ["valid", "invalid"]
    [problem] = files[1]["problems"]
    assert problem["code"] == "changed-since"
    assert "is 20 now" in problem["message"]


def test_in_its_corrections_the_row_can_agree(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """The corrections are still a prefilled workbook; the value of the ledger settles the row."""
    by_others(command, tmp_path, TO_20)
    mine = edited(prefilled, "Edit Customer", "Norte", {"No of Licenses": 6})
    corrections = Path(command("apply", mine, "--json").report["corrections"])
    assert command("check", corrections).exit_code == 1
    edited(corrections, "Edit Customer", "Norte", {"No of Licenses": 20})
    assert command("apply", corrections, "--json").report["status"] == "unchanged"


def test_a_mark_that_is_no_batch_is_no_mark(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """The row is judged as in any workbook: what others have changed is overwritten."""
    by_others(command, tmp_path, TO_20)
    mine = edited(prefilled, "Edit Customer", "Norte", {"No of Licenses": 6})
    assert command("check", mine, "--json").row_counts[1] == 0
    part = f"xl/worksheets/sheet{load_workbook(mine).sheetnames.index('_meta') + 1}.xml"
    for batch in ("inf", "-inf", "nan", "1e300", "1e19", "-1", "0"):
        marked = substitute(mine, part, "(prefilled.*?<v>)[^<]*", rf"\g<1>{batch}")
        assert command("check", marked, "--json").row_counts[1] == 1, batch
