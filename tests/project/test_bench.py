"""The benchmark, its page and its guard."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from command_line import CommandLine
from scripts import ROOT
from systems import posix_only

pytestmark = posix_only("it measures with os.wait4")

TINY = 100
"""Customers."""


@pytest.fixture(autouse=True)
def _bench_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not installed with the program."""
    monkeypatch.syspath_prepend(ROOT)


def measured(monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    """The result of `python -m bench` with tiny workbooks, and a run of each job."""
    from bench import __main__, guard
    from bench.material import Sizes

    tiny = Sizes(few=TINY, some=TINY, many=TINY, most=TINY)
    monkeypatch.setattr(__main__, "SMALL", tiny)
    monkeypatch.setattr(guard, "SIZES", tiny)
    monkeypatch.setattr(guard, "TIMES", 1)
    return CliRunner().invoke(__main__.main, ["--small", "--times", "1", *options])


def test_a_figure_is_measured_and_printed() -> None:
    """A row has both times, the ratio with its spread, the target, and whether it is met."""
    result = subprocess.run(
        [sys.executable, "-m", "bench", "--small", "--only", "help", "--times", "2"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    row = next(line for line in result.stdout.splitlines() if line.startswith("| `help` |"))
    number, usage = r"\d+\.\d\d", r"\d+\.\d\d s, \d+ MB"
    assert re.search(
        rf"\| {usage} \| {usage} \| {number} × \({number}-{number}\) \| ≤ 3 × \| \S+ \|$", row
    ), row
    assert "help 2/2" in result.stderr


def test_the_start_can_be_left_out_of_the_cost_of_a_row() -> None:
    """Without it, a row of a longer workbook would always look cheaper."""
    from bench.figures import Figure, Limit
    from bench.timing import Usage

    runs = {"long": [Usage(11.0, 0, 0)], "short": [Usage(2.0, 0, 0)], "start": [Usage(1.0, 0, 0)]}
    figure = Figure("growth", "", "long", Limit(1.1), "short", per=10, start="start")
    assert figure.values(runs) == [1.0]


def test_every_peer_says_what_it_does_not_do() -> None:
    """The table of peers has each script, with its figures."""
    from bench import table
    from bench.figures import FIGURES, JOBS
    from bench.material import PEERS
    from bench.timing import Usage

    rows = table.peers_table(FIGURES, {job: [Usage(1, 1, 1)] for job in JOBS}).splitlines()[2:]
    scripts = {f"`{path.name}`" for path in PEERS.glob("*.py")}
    assert {row.split(" | ")[0].strip("| ") for row in rows} == scripts
    for row in rows:
        assert re.search(r" \| It does not [^|]+\. \| `[a-z-]+` 1.00 ×", row), row


@pytest.mark.thorough
def test_the_peers_do_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stores all OTCs and customers, or writes all rows of the export."""
    names = ("floor", "storage", "pandas", "pandas-calamine", "export", "openpyxl")
    result = measured(monkeypatch, *(option for name in names for option in ("--only", name)))
    assert result.exit_code == 0, result.output
    assert all(f"| `{name}` |" in result.stdout for name in names)


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
@pytest.mark.parametrize("limit", [1_000, 0.01])
def test_the_guard_reports_ratios_beyond_their_limits(
    monkeypatch: pytest.MonkeyPatch, limit: float
) -> None:
    from bench import guard

    monkeypatch.setattr(guard, "LIMITS", {"floor": limit})
    result = measured(monkeypatch, "--guard")
    if limit == 1_000:
        assert (result.exit_code, result.stdout) == (0, "")
        return
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
