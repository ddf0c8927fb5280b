"""The same rows, written by the programs that people's files come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

from command_line import CommandLine
from importer.domain.contents import Contents
from importer.ledger.opening import open_ledger
from importer.pipeline import show
from importer.pipeline.job import Job
from producer_rows import BOOKS
from producers import FILES, KEPT, VARIANTS, Output, write
from tiers import needs

Outcome = dict[str, Any]
EMAIL = "it@msp.example"


def stated(**values: Any) -> dict[str, Any]:
    """The values that are not blank, dates as ISO text."""
    return {
        key: str(value) if isinstance(value, dt.date) else value
        for key, value in values.items()
        if value not in (None, {})
    }


def in_full(contents: Contents) -> Outcome:
    """Everything that a ledger holds, without what is blank."""
    otcs = {}
    for holding in contents.otcs:
        otc = stated(**asdict(holding.otc), used=holding.used)
        assert otc.pop("email") == EMAIL
        otcs[otc.pop("code")] = otc
    customers = {}
    for holder in contents.customers:
        devices = {device.id: stated(**asdict(device)) for device in holder.devices}
        for device in devices.values():
            del device["customer"], device["id"]
        customer = stated(
            **asdict(holder.customer), devices=devices,
            subscriptions={s.otc: s.licenses for s in holder.subscriptions},
        )  # fmt: skip
        del customer["id"]
        customers[customer.pop("name")] = customer
    return {"otcs": otcs, "customers": customers}


def applied(command: CommandLine, paths: Sequence[Path], tmp_path: Path) -> Outcome:
    """What comes of applying files one after the other, as far as a workbook promises it."""
    corrections = tmp_path / "corrections"
    corrections.mkdir(parents=True)
    reports = command("apply", "--partial", "--json", "--corrections", corrections, *paths).json
    rows = [report["rows"] for report in reports]
    job = Job(open_ledger(command.ledger), "default", dt.date.today())
    return {
        "rows": (sum(r["applied"] for r in rows), sum(r["rejected"] for r in rows)),
        "problems": sorted(
            (problem["code"], problem["sheet"], problem["cell"] or problem["row"])
            for report in reports
            for problem in report["problems"]
        ),
        **in_full(show.contents(job)),
    }


def expected(output: Output, book: str) -> Outcome:
    """What the workbook promises."""
    promised = BOOKS[book]
    otcs = {
        code: otc | {"description": otc["description"].replace(*output.letters)}
        if "description" in otc else otc
        for code, otc in promised.otcs.items()
    }  # fmt: skip
    return {
        "rows": promised.rows,
        "problems": sorted(promised.problems),
        "otcs": otcs,
        "customers": promised.customers,
    }


def kept_files() -> list[Any]:
    """The files that are read, each as an output and the name of the workbook.

    By default the good workbook of each program, and the bad one once per format.
    """
    formats = set()
    cases = []
    for output in KEPT:
        if not output.refusal:
            is_first = output.suffix not in formats
            formats.add(output.suffix)
            for book in output.books:
                marks = () if is_first or book == "good" else pytest.mark.thorough
                cases.append(pytest.param(output, book, id=f"{output.name}-{book}", marks=marks))
    return cases


@pytest.mark.usefixtures("no_corrections")
@pytest.mark.parametrize(("output", "book"), kept_files())
def test_a_kept_file_gives_the_promised_ledger_and_problems(
    output: Output, book: str, command: CommandLine, tmp_path: Path
) -> None:
    assert applied(command, output.paths(FILES, book), tmp_path) == expected(output, book)


def assert_refused(output: Output, path: Path, command: CommandLine) -> None:
    """The file is refused for the declared reason."""
    assert output.refusal is not None
    result = command("check", "--json", "--corrections", "refused.xlsx", path)
    (report,) = result.json
    (problem, *_) = [p for p in report["problems"] if p["severity"] == "error"]
    assert result.exit_code != 0
    assert problem["code"] == output.refusal.code
    assert output.refusal.word in problem["message"] + problem["fix"]


@pytest.mark.parametrize(
    "output", [pytest.param(kept, id=kept.name) for kept in KEPT if kept.refusal]
)
def test_a_kept_file_in_another_format_is_refused_for_what_it_is(
    output: Output, command: CommandLine
) -> None:
    assert_refused(output, output.paths(FILES, "good")[0], command)


def test_every_kept_file_is_declared() -> None:
    kept = {(book, output.name) for output in KEPT for book in output.books}
    assert {(p.parent.name, p.name) for p in FILES.glob("*/*")} == kept


@pytest.mark.parametrize(
    "output", [pytest.param(form, marks=needs(form.tool), id=form.name) for form in KEPT + VARIANTS]
)
def test_a_program_writes_files_that_give_the_promised_ledger_and_problems(
    output: Output, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    write(output, folder)
    for book in output.books:
        command = CommandLine(str(tmp_path / f"{book}.db"), capsys)
        if output.refusal:
            assert_refused(output, output.paths(folder, book)[0], command)
        else:
            outcome = applied(command, output.paths(folder, book), tmp_path / book)
            assert outcome == expected(output, book)
