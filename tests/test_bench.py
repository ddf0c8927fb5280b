"""The benchmark works, its page lags behind nothing, and its guard notices what became slow."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import CommandLine

ROOT = Path(__file__).parent.parent
TINY = 100
"""Customers."""


@pytest.fixture(autouse=True)
def _bench_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not installed with the program."""
    monkeypatch.syspath_prepend(ROOT)


def guarded(monkeypatch: pytest.MonkeyPatch, limit: float) -> Result:
    """What `python -m bench --guard` does with a limit, on workbooks that are tiny."""
    from bench import guard
    from bench.__main__ import main
    from bench.figures import Limit
    from bench.material import Sizes

    monkeypatch.setattr(guard, "SIZES", Sizes(few=TINY, many=TINY, most=TINY, workbooks=1))
    floor = replace(guard.GUARDED[0], limit=Limit(limit), times=1)
    monkeypatch.setattr(guard, "GUARDED", (floor,))
    return CliRunner().invoke(main, ["--guard"])


def test_a_figure_is_measured_and_printed() -> None:
    """A row with both times, the ratio with its spread, the target, and whether it is met."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--small", "--only", "help", "--times", "2"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    row = next(line for line in done.stdout.splitlines() if line.startswith("| `help` |"))
    number = r"\d+\.\d\d"
    assert re.search(
        rf"\| {number} s \| {number} s \| {number} × \({number}-{number}\) \| ≤ 3 × \| \S+ \|$", row
    ), row
    assert "help 2/2" in done.stderr


def test_the_page_has_a_row_for_each_figure() -> None:
    """docs/performance.md, in the order in which the figures are declared."""
    from bench.figures import FIGURES

    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "A trial of the benchmark" not in page
    rows = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    assert rows == [figure.name for figure in FIGURES]
    for figure in FIGURES:
        assert str(figure.limit) in next(
            line for line in page.splitlines() if line.startswith(f"| `{figure.name}` |")
        ), f"another target is declared for {figure.name}"


def test_a_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """All around it stays."""
    from bench import table

    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    for said in ("first", "second"):
        table.put(said, page)
    assert page.read_text() == f"before\n{table.BEGIN}\n\nsecond\n{table.END}\nafter\n"


def test_a_bad_workbook_is_refused_by_the_tenth(command: CommandLine, tmp_path: Path) -> None:
    """One problem for each refused row, of many kinds."""
    from bench.workbooks import make_workbook

    path = tmp_path / "bad.xlsx"
    make_workbook(path, 2 * TINY, bad_every=10)
    said = command("check", "--json", path)
    [report] = json.loads(said.out)
    assert report["rows"]["rejected"] == 20
    problems = Counter(one["code"] for one in report["problems"])
    assert problems.total() == 20
    assert len(problems) >= 6, problems


def test_the_guard_passes_what_is_within_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 0, and nothing on standard output."""
    said = guarded(monkeypatch, limit=1_000)
    assert (said.exit_code, said.stdout) == (0, "")


def test_the_guard_says_what_is_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: exit 1, and one line with what was expected and what was measured."""
    said = guarded(monkeypatch, limit=0.01)
    assert said.exit_code == 1
    [line] = [line for line in said.output.splitlines() if "expected" in line]
    assert re.search(r"expected ≤ 0.01 × the processor time, measured \d+\.\d\d ×", line), line


def test_a_command_that_fails_is_no_figure(tmp_path: Path) -> None:
    """A peer that ends early, or has not done its work, would look fast."""
    from bench.timing import Job, take

    with pytest.raises(AssertionError, match="ended with 3: gave up"):
        take(Job([[sys.executable, "-c", "print('gave up'); exit(3)"]]), tmp_path)

    def nothing_there() -> None:
        assert list(tmp_path.iterdir()), "nothing was made"

    with pytest.raises(AssertionError, match="nothing was made"):
        take(Job([[sys.executable, "-c", ""]], nothing_there), tmp_path)
