"""A service that runs for long uses no more of the computer than at first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

import pytest

from builders import code_of, customer, otc, write_workbook
from importer.cli.main import run
from inbox_workbooks import bad, good
from service_folders import Folders, table
from services import program_with, running_process
from systems import linux_only
from usage import Sample, growing, usage_of
from waiting import wait_until

pytest_plugins = ["service_fixtures"]

pytestmark = [
    pytest.mark.thorough,
    linux_only("only Linux has /proc"),
]

FORMATS = ("xlsx", "ods", "csv", "json", "html")

EXPORTS_FOR_DAYS = """
import datetime as dt, json, os, sys, threading
from pathlib import Path
from importer.service.exports.run import Exports
from service_folders import Folders, context_of

folders, rounds, leaks = Folders.__new__(Folders), int(sys.argv[2]), sys.argv[3:]
folders.config = Path(sys.argv[1])
context = context_of(folders)
exports = Exports(context)
watched = [folders.config.parent / "exports", context.folder, Path(os.environ["TMPDIR"])]
kept, samples = [], []

def sample():
    status = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
    )
    return {
        "memory": int(status["VmRSS"].split()[0]), "peak": int(status["VmHWM"].split()[0]),
        "handles": len(os.listdir("/proc/self/fd")), "threads": int(status["Threads"]),
        "files": sum(len(list(folder.rglob("*"))) for folder in watched),
    }

now = dt.datetime(2026, 11, 26, 6, tzinfo=dt.UTC)
for number in range(rounds):
    due = exports.round(lambda: now)
    assert due == now + dt.timedelta(seconds=10), due
    now = due
    if leaks:
        kept.append(bytearray(os.urandom(1000) * 1000))
        kept.append(open(os.devnull))
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        Path(os.environ["TMPDIR"], str(number)).touch()
    if number % max(1, rounds // 200) == 0:  # all would themselves take megabytes
        samples.append(sample())
assert exports.failing == []
print(json.dumps(samples))
"""
"""Makes exports as the service does, by a clock that goes as fast as they do."""


def fill(folders: Folders) -> None:
    """Put fifty customers into the ledger."""
    workbook = write_workbook(folders.folder / "in.xlsx", [
        ("Add OTC", [otc(code_of(number), 50) for number in range(5)]),
        ("Add Customer",
         [customer(f"Site {number}", 2, code_of(number % 5)) for number in range(50)]),
    ])  # fmt: skip
    assert run(["apply", str(workbook), "--ledger", folders.ledger, "-q"]) == 0


def make_exports(folders: Folders, rounds: int, *options: str) -> list[dict[str, int]]:
    """Samples after each round of exports, or after some of many."""
    temporary = folders.folder / "temporary"
    temporary.mkdir()
    output = subprocess.run(
        [sys.executable, "-c", EXPORTS_FOR_DAYS, str(folders.config), str(rounds), *options],
        stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout  # fmt: skip
    samples: list[dict[str, int]] = json.loads(output)
    assert len(samples) >= min(rounds, 200)
    return samples


@pytest.mark.parametrize(
    ("formats", "rounds"),
    [
        pytest.param(("json",), 60, id="few"),
        pytest.param(("xlsx", "json"), 150, id="some", marks=pytest.mark.thorough),
        pytest.param(FORMATS, 200, id="all formats", marks=pytest.mark.long),
        pytest.param(("xlsx",), 8_640, id="a day's", marks=pytest.mark.long),
    ],
)
def test_many_exports_use_no_more_than_the_first(
    folders: Folders, formats: Sequence[str], rounds: int
) -> None:
    """Memory, open files, threads, and the files in the folders stay what they were."""
    tables = [table(every="10s", format=form, name=form, keep=3) for form in formats]
    folders.configure("".join(tables), inbox=None)
    fill(folders)
    samples = make_exports(folders, rounds)
    assert growing(samples) == [], (samples[len(samples) // 4], samples[-1])
    assert len(list(folders.exports.iterdir())) == 3 * len(formats)
    assert sorted(folders.state.glob("*making*")) == []


def test_what_each_export_left_behind_would_be_found(folders: Folders) -> None:
    """A megabyte, an open file, a thread and a file."""
    folders.configure(table(every="10s", format="json", keep=3), inbox=None)
    fill(folders)
    assert growing(make_exports(folders, 24, "leaks")) == [
        "memory", "peak", "handles", "threads", "files",
    ]  # fmt: skip


# The inbox


QUICK = ("import importer.service.inbox.arrivals", "importer.service.inbox.arrivals.STILL = 0.2")
FORGETFUL = (
    *QUICK,
    "import functools",
    "keep = functools.lru_cache",
    "least = lambda most: most if callable(most) else min(most or 64, 64)",
    "functools.lru_cache = lambda maxsize=128, typed=False: keep(least(maxsize), typed)",
)
"""With these, what is kept of cells on purpose (up to 65,536 values of a kind) is full at once, so
that whatever grows after that is not meant to."""

LEAKS = (
    *QUICK,
    "import os, importer.pipeline.apply",
    "apply, kept = importer.pipeline.apply.apply, []",
    "def leaking(*arguments, **options):",
    "    kept.append(open(os.devnull))",
    "    return apply(*arguments, **options)",
    "importer.pipeline.apply.apply = leaking",
)
"""With these, each workbook leaves an open file behind."""


def apply_many(folders: Folders, portions: int, size: int, changes: Sequence[str]) -> list[Sample]:
    """Samples after each portion of so many workbooks, every tenth of which is rejected."""
    samples = []
    with running_process(folders, program=program_with(*changes)) as service:
        for portion in range(portions):
            for number in range(portion * size, (portion + 1) * size):
                folders.drop(f"{number}.xlsx", bad(number) if number % 10 == 9 else good(number))
            filed = (portion + 1) * size
            service.wait_for("workbook-applied", "workbook-rejected", count=filed)
            wait_until(lambda: not list(folders.inbox.glob(".claimed/*/*")))
            samples.append(usage_of(service.pid))
            for folder in (folders.applied, folders.rejected):
                shutil.rmtree(folder)
                folder.mkdir()
    assert len(service.named("workbook-rejected")) == portions * size // 10
    assert service.named("fault") == []
    return samples


@pytest.mark.parametrize(
    ("portions", "size"),
    [
        pytest.param(4, 5, id="few"),
        pytest.param(4, 30, id="some", marks=pytest.mark.thorough),
        pytest.param(50, 100, id="many", marks=pytest.mark.long),
    ],
)
def test_many_workbooks_use_no_more_than_the_first(
    folders: Folders, portions: int, size: int
) -> None:
    """Open files, threads and processes stay what they were, and memory but for the allocator's
    pieces."""
    samples = apply_many(folders, portions, size, FORGETFUL)
    assert growing(samples) == [], samples


def test_an_open_file_that_each_workbook_left_behind_would_be_found(folders: Folders) -> None:
    samples = apply_many(folders, 4, 2, LEAKS)
    assert "handles" in growing(samples), samples
