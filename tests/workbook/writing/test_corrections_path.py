"""Where corrections are written, and what they never overwrite."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import A, B, C, edit_workbook, otc, set_cells, write_workbook
from command_line import CommandLine
from workbooks import bad_workbook, good_workbook


def test_corrections_are_beside_the_workbook_or_where_the_option_says(command: CommandLine) -> None:
    """The option names a folder or a file."""
    bad = bad_workbook()
    beside = bad.with_name("bad.corrections.xlsx")
    Path("to fix").mkdir()
    for options, expected in (
        ([], beside),
        (["--corrections", "to fix"], Path("to fix/bad.corrections.xlsx")),
        (["--corrections", "mine.xlsx"], Path("mine.xlsx")),
    ):
        assert command("check", bad, "--json", *options).corrections == expected
        assert load_workbook(expected).sheetnames[0] == "Problems"
        expected.unlink()
        assert not beside.exists()


def test_two_workbooks_cannot_share_one_corrections_file(
    command: CommandLine, ledger: Path
) -> None:
    good, bad = good_workbook(), bad_workbook()
    result = command("apply", good, bad, "--corrections", "both.xlsx")
    assert (result.exit_code, "--corrections" in result.err) == (2, True), result.err
    assert not ledger.exists()


def test_workbooks_of_the_same_name_get_corrections_of_their_own(command: CommandLine) -> None:
    """north/x.xlsx and south/x.xlsx, with one folder for corrections."""
    paths = []
    for name, code in (("north", A), ("south", B)):
        Path(name).mkdir()
        sheets = [("Add OTC", [otc(code, "x")])]
        paths.append(write_workbook(Path(name, "x.xlsx"), sheets))
    Path("to fix").mkdir()
    reports = command("apply", *paths, "--corrections", "to fix", "--json").json
    workbooks = [load_workbook(report["corrections"]) for report in reports]
    assert [workbook["Add OTC"]["A2"].value for workbook in workbooks] == [A, B]


def test_corrections_are_never_written_over_the_workbook_itself(command: CommandLine) -> None:
    bad = bad_workbook()
    before = bad.read_bytes()
    command("apply", bad, "--corrections", bad)
    assert bad.read_bytes() == before


def test_untouched_corrections_are_replaced(command: CommandLine) -> None:
    """However often a workbook is checked, one corrections workbook stands beside it."""
    bad = bad_workbook()
    command("check", bad)
    edit_workbook(bad, lambda book: book["Add OTC"].append([C, "nobody", "Acme", 5]))
    path = command("check", bad, "--json").corrections
    assert list(bad.parent.glob("*corrections*")) == [path]
    assert load_workbook(path)["Add OTC"].max_row == 4


def test_corrections_with_any_value_are_recognised_as_untouched(command: CommandLine) -> None:
    values = [
        dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4, 5), 0.1, 51_926, 0, True, "a\nb",
    ]  # fmt: skip
    rows = [otc(total="x", description=value, expiry_date=value) for value in values]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", rows)])
    first, second = (command("check", path, "--json").corrections for _ in range(2))
    assert first == second


@pytest.mark.parametrize("options", [[], ["--corrections", "mine.xlsx"]])
def test_corrections_that_somebody_worked_on_are_never_overwritten(
    options: list[str], command: CommandLine
) -> None:
    """New corrections get another name."""
    bad = bad_workbook()
    path = command("check", bad, "--json", *options).corrections
    set_cells(path, {"Add OTC": {"D3": 20}})
    before = path.read_bytes()
    assert command("check", bad, "--json", *options).corrections != path
    assert path.read_bytes() == before


def test_corrections_never_overwrite_a_file_of_another_program(command: CommandLine) -> None:
    """One that is not a workbook, or a damaged one."""
    taken = Path("bad.corrections.xlsx").absolute()
    with zipfile.ZipFile(good_workbook()) as archive, zipfile.ZipFile("damaged", "w") as damaged:
        for name in archive.namelist():
            damaged.writestr(name, archive.read(name)[: 100 if "workbook.xml" in name else None])
    damaged_content = Path("damaged").read_bytes()
    for content in (b"", b"not a workbook", b"PK\x03\x04 neither", damaged_content):
        taken.write_bytes(content)
        assert command("check", bad_workbook(), "--json").corrections != taken
        assert taken.read_bytes() == content


@pytest.mark.both_engines
def test_corrections_that_cannot_be_written_hide_no_batch(
    command: CommandLine,
) -> None:
    bad, nowhere = bad_workbook(), Path("no such folder", "mine.xlsx").absolute()
    result = command("apply", bad, "--partial", "--corrections", nowhere)
    assert result.exit_code == 1
    assert "Batch 1" in result.out
    assert str(nowhere) in result.out + result.err
    result = command("apply", bad, "--partial", "--corrections", nowhere, "--json")
    assert result.report["corrections"] is None
    assert str(nowhere) in result.err
