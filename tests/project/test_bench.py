"""The benchmark, its page and its guard."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from command_line import CommandLine
from scripts import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it measures with os.wait4")

TINY = 100
"""Customers."""


@pytest.fixture(autouse=True)
def _bench_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not installed with the program."""
    monkeypatch.syspath_prepend(ROOT)


def guard_with(monkeypatch: pytest.MonkeyPatch, limit: float) -> Result:
    """The result of `python -m bench --guard` with a limit, on tiny workbooks."""
    from bench import guard
    from bench.__main__ import main
    from bench.figures import Limit
    from bench.material import Sizes

    monkeypatch.setattr(guard, "SIZES", Sizes(few=TINY, many=TINY, most=TINY, workbooks=1))
    floor = replace(guard.GUARDED[0], limit=Limit(limit), times=1)
    monkeypatch.setattr(guard, "GUARDED", (floor,))
    return CliRunner().invoke(main, ["--guard"])


def test_a_figure_is_measured_and_printed() -> None:
    """A row has both times, the ratio with its spread, the target, and whether it is met."""
    result = subprocess.run(
        [sys.executable, "-m", "bench", "--small", "--only", "help", "--times", "2"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    row = next(line for line in result.stdout.splitlines() if line.startswith("| `help` |"))
    number = r"\d+\.\d\d"
    assert re.search(
        rf"\| {number} s \| {number} s \| {number} × \({number}-{number}\) \| ≤ 3 × \| \S+ \|$", row
    ), row
    assert "help 2/2" in result.stderr


def test_the_page_has_a_row_for_each_figure() -> None:
    """docs/performance.md has the figures in order, with their descriptions and targets."""
    from bench.figures import FIGURES
    from bench.material import FULL

    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "A trial of the benchmark" not in page
    rows = [line.split(" | ") for line in page.splitlines() if re.match(r"\| `[a-z-]+` \|", line)]
    assert [(row[0].strip("| `"), row[1], row[5]) for row in rows] == [
        (figure.name, figure.describe(FULL), str(figure.limit)) for figure in FIGURES
    ]


def test_a_report_replaces_the_previous_one(tmp_path: Path) -> None:
    """The text around it stays."""
    from bench import table

    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    for report in ("first", "second"):
        table.replace_report(report, page)
    assert page.read_text() == f"before\n{table.BEGIN}\n\nsecond\n{table.END}\nafter\n"


def test_a_tenth_of_a_bad_workbook_is_rejected(command: CommandLine, tmp_path: Path) -> None:
    """There is one problem for each rejected row, and they are of many kinds."""
    from bench.workbooks import make_workbook

    path = tmp_path / "bad.xlsx"
    make_workbook(path, 2 * TINY, bad_every=10)
    report = command("check", "--json", path).report
    assert report["rows"]["rejected"] == 20
    problems = Counter(problem["code"] for problem in report["problems"])
    assert problems.total() == 20
    assert len(problems) >= 6, problems


@pytest.mark.thorough
def test_the_guard_accepts_a_ratio_within_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    result = guard_with(monkeypatch, limit=1_000)
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.thorough
def test_the_guard_reports_a_ratio_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    result = guard_with(monkeypatch, limit=0.01)
    assert result.exit_code == 1
    [line] = [line for line in result.output.splitlines() if "expected" in line]
    assert re.search(r"expected ≤ 0.01 × the processor time, measured \d+\.\d\d ×", line), line


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    """A peer that ends early, or has not done its work, would look fast."""
    from bench.timing import Job, run

    with pytest.raises(AssertionError, match="ended with 3: gave up"):
        run(Job([[sys.executable, "-c", "print('gave up'); exit(3)"]]), tmp_path)

    def verify() -> None:
        assert list(tmp_path.iterdir()), "no file was written"

    with pytest.raises(AssertionError, match="no file was written"):
        run(Job([[sys.executable, "-c", ""]], verify), tmp_path)
