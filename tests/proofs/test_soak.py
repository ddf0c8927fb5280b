"""A service that runs for long takes no more of the computer than at first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import pytest

from builders import write_workbook
from drops import bad, good
from importer.cli.main import run
from importers import code_of, customer, otc
from services import PATIENCE, Place, changed, running, table, until

FORMATS = ("xlsx", "ods", "csv", "json", "html")

Sample = Mapping[str, int]
"""What is in use at a moment: `memory` and `peak` in KB, and numbers of all else."""

ALLOWED = {"memory": 4_000, "peak": 4_000}
"""KB by which memory may grow: the allocator's pieces come and go; all else may not grow at all."""

DAYS_WORK = """
import datetime as dt, json, os, sys, threading
from pathlib import Path
from importer.base import clock
from importer.pipeline.job import Job
from importer.ledger.opening import open_ledger
from importer.service.exports.run import Exports
from importer.service.folders import prepare_folders
from importer.service.context import ServiceContext
from importer.config.file import load_settings

config, rounds, leaks = Path(sys.argv[1]), int(sys.argv[2]), bool(sys.argv[3])
settings = load_settings(config)
assert settings.service is not None
prepare_folders(settings.service)
job = Job(open_ledger(settings.ledger, 5, "default"), "default", clock.today())
context = ServiceContext(settings.service, job)
exports = Exports(
    settings.service, context.folder, context.job("exports"), context.ledger, context.notices,
    context.metrics, context.stopping,
)
folders = [Path(one.folder) for one in settings.service.exports[:1]]
folders += [context.folder, Path(os.environ["TMPDIR"])]
kept, samples = [], []

def sample():
    status = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
    )
    return {
        "memory": int(status["VmRSS"].split()[0]), "peak": int(status["VmHWM"].split()[0]),
        "handles": len(os.listdir("/proc/self/fd")), "threads": int(status["Threads"]),
        "files": sum(len(list(folder.rglob("*"))) for folder in folders),
    }

begun = now = dt.datetime(2026, 11, 26, 6, tzinfo=dt.UTC)
exports.begin(now)
for number in range(rounds):
    due = exports.round(lambda: now)
    assert due == now + dt.timedelta(seconds=10), due
    now = due
    if leaks:
        kept.append(bytearray(os.urandom(1000) * 200))
        kept.append(open(os.devnull))
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        Path(os.environ["TMPDIR"], str(number)).touch()
    if number % max(1, rounds // 200) == 0:  # all would themselves take megabytes
        samples.append(sample())
assert exports.failing == []
print(json.dumps(samples))
"""
"""Makes exports as the service does, by a clock that goes as fast as they do."""


def growing(samples: Sequence[Sample]) -> list[str]:
    """What is in use more and more, by its usual use in the second quarter and in the last."""
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    return [
        name
        for name in samples[0]
        if median(one[name] for one in late) - median(one[name] for one in early)
        > ALLOWED.get(name, 0)
    ]


def place_with_exports(folder: Path, more: str) -> Place:
    """A place with exports of a small ledger."""
    (folder / "exports").mkdir(parents=True)
    place = Place(folder)
    place.configure(more, inbox=None)
    rows = [customer(f"Site {number}", code_of(number % 5), 2) for number in range(50)]
    workbook = write_workbook(folder / "in.xlsx", [
        ("Add OTC", [otc(code_of(number), 50) for number in range(5)]), ("Add Customer", rows),
    ])  # fmt: skip
    assert run(["apply", str(workbook), "--ledger", place.ledger, "-q"]) == 0
    return place


def worked(place: Place, rounds: int, *, leaks: bool = False) -> list[dict[str, int]]:
    """What was in use after each round of exports, or after some of many."""
    temporary = place.folder / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", DAYS_WORK, str(place.config), str(rounds), "1" if leaks else ""],
        stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )  # fmt: skip
    samples: list[dict[str, int]] = json.loads(done.stdout)
    assert len(samples) >= min(rounds, 200)
    return samples


@pytest.mark.parametrize(
    ("formats", "rounds"),
    [(("xlsx", "json"), 150), pytest.param(FORMATS, 200, marks=pytest.mark.long)],
)
def test_hundreds_of_exports_take_no_more_than_the_first(
    tmp_path: Path, formats: Sequence[str], rounds: int
) -> None:
    """300 exports, or 1,000 of all formats in turn: memory, open files, threads, and what lies in
    the folders stay what they were."""
    more = "".join(table(every="10s", format=one, name=one, keep=3) for one in formats)
    place = place_with_exports(tmp_path / "place", more)
    samples = worked(place, rounds)
    assert growing(samples) == [], (samples[len(samples) // 4], samples[-1])
    made = [path.name for path in (place.folder / "exports").iterdir()]
    assert len(made) == 3 * len(formats)
    assert sorted(place.state.glob("*making*")) == []


@pytest.mark.long
def test_a_days_exports_take_no_more_than_the_first(tmp_path: Path) -> None:
    """8,640 exports, one every ten seconds."""
    place = place_with_exports(tmp_path / "place", table(every="10s", keep=30))
    samples = worked(place, 8_640)
    assert growing(samples) == [], (samples[len(samples) // 4], samples[-1])
    assert len(list((place.folder / "exports").iterdir())) == 30


def test_what_grows_would_be_seen(tmp_path: Path) -> None:
    """The control: 200 KB, an open file, a thread and a file that each export leaves behind."""
    place = place_with_exports(tmp_path / "place", table(every="10s", format="json", keep=3))
    assert growing(worked(place, 40, leaks=True)) == [
        "memory", "peak", "handles", "threads", "files",
    ]  # fmt: skip


# The inbox


FORGETFUL = (
    "import functools",
    "keep = functools.lru_cache",
    "least = lambda most: most if callable(most) else min(most or 64, 64)",
    "functools.lru_cache = lambda maxsize=128, typed=False: keep(least(maxsize), typed)",
)
"""With these, what is kept of cells on purpose (up to 65,536 values of a kind) is full at once, so
that whatever grows after that is not meant to."""

QUICK = ("import importer.service.inbox.arrivals", "importer.service.inbox.arrivals.STILL = 0.2")
LEAKS = (
    *QUICK,
    "import os, importer.pipeline.apply",
    "made, kept = importer.pipeline.apply.apply, []",
    "def leaking(*given, **more):",
    "    kept.append(open(os.devnull))",
    "    return made(*given, **more)",
    "importer.pipeline.apply.apply = leaking",
)
"""With these, each workbook leaves an open file behind."""


def family(pid: int) -> list[int]:
    """A process, and those that it has started."""
    found = [pid]
    for one in found:  # which grows
        with suppress(FileNotFoundError):
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
            found += map(int, children)
    return found


def in_use(pid: int) -> Sample:
    """What a service and the processes that it has started use."""
    total = {"memory": 0, "handles": 0, "threads": 0, "processes": 0}
    for one in family(pid):
        status = Path(f"/proc/{one}/status").read_text()
        facts = dict(line.split(":", 1) for line in status.splitlines())
        total["memory"] += int(facts["VmRSS"].split()[0])
        total["threads"] += int(facts["Threads"])
        total["handles"] += len(os.listdir(f"/proc/{one}/fd"))
        total["processes"] += 1
    return total


def dropped(folder: Path, portions: int, size: int, program: Sequence[str]) -> list[Sample]:
    """What is in use after each portion of so many workbooks, every tenth of which is refused."""
    place = Place(folder)
    samples = []
    with running(place, program=program) as service:
        for portion in range(portions):
            for number in range(portion * size, (portion + 1) * size):
                place.drop(f"{number}.xlsx", bad(number) if number % 10 == 9 else good(number))
            until(lambda: all(name == ".claimed" for name in place.left), PATIENCE + 2 * size)
            time.sleep(0.6)  # until it rests
            samples.append(in_use(service.service.pid))
            for filed in (place.applied, place.rejected):
                shutil.rmtree(filed)
                filed.mkdir()
        service.end()
    assert len(service.named("workbook-rejected")) == portions * size // 10
    assert service.named("fault") == []
    return samples


@pytest.mark.parametrize(
    ("portions", "size"), [(4, 50), pytest.param(50, 100, marks=pytest.mark.long)]
)
def test_hundreds_of_workbooks_take_no_more_than_the_first(
    tmp_path: Path, portions: int, size: int
) -> None:
    """Open files, threads and processes stay what they were, and memory but for the allocator's
    pieces."""
    samples = dropped(tmp_path / "place", portions, size, changed(*FORGETFUL, *QUICK))
    assert growing(samples) == [], samples


def test_a_workbook_that_leaves_something_open_would_be_seen(tmp_path: Path) -> None:
    """The control."""
    samples = dropped(tmp_path / "place", 4, 2, changed(*LEAKS))
    assert growing(samples) == ["handles"]
