"""Whatever moment ends the service, each workbook is applied once and filed, and none is lost."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from builders import Sheets, write_workbook
from drops import STAMP, bad, batches, good, names
from importer.pipeline import apply as pipeline
from importer.pipeline.job import ApplyOnce
from importer.workbook.checking import check as requests
from importer.workbook.reading import sandbox as apart
from importers import code_of, customer, otc
from services import Place, Running

WHOLE = "Whole"
"""The customer that is disabled and enabled: a workbook that does it twice shows in the journal."""


def prepare(place: Place) -> None:
    """A ledger with a customer in it."""
    place.drop("first.xlsx", [
        ("Add OTC", [otc(code_of(0), 10)]), ("Add Customer", [customer(WHOLE, code_of(0), 1)]),
    ])  # fmt: skip
    assert run_once(place, None) == 0
    shutil.rmtree(place.applied)


def twice_would_show(number: int, licenses: int) -> Sheets:
    """A workbook that changes the ledger each time it is applied."""
    return [
        *good(number, licenses),
        ("Disable Customer", [{"Customer (Site) Name": WHOLE}]),
        ("Enable Customer", [{"Customer (Site) Name": WHOLE}]),
    ]


SCENARIOS: dict[str, tuple[str, Sheets]] = {
    "applied": ("", twice_would_show(1, 2)),
    "applied in part": ("partial = true", twice_would_show(1, 11)),
    "refused": ("", bad(1)),
}


# The service, ended at the n-th thing that it does to files or to the ledger


def run_once(place: Place, ends_at: int | None, bug: str = "") -> int:
    """Run `serve --once` in a process that ends itself just before the step `ends_at`.

    Gives its exit code: 9 if it was ended.
    """
    return in_a_fork(lambda: _run(place, ends_at, bug))


def in_a_fork(work: Callable[[], int]) -> int:
    """Run `work` in a forked process; its result is the exit code, 99 if it raised."""
    pid = os.fork()
    if pid == 0:
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
            code = 99
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _run(place: Place, ends_at: int | None, bug: str) -> int:
    from importer.cli.main import run

    change("importer.service.inbox.arrivals", STILL=0.0)
    change("importer.service.loops", LOOK_SOON=0.01)
    if bug == "no hash is asked for":
        change("importer.pipeline.apply", batch_of_file=lambda *_: None)
    if bug == "nothing is kept before the commit":
        change(
            "importer.service.inbox.worker",
            ApplyOnce=lambda since, _: ApplyOnce(since, lambda _: None),
        )
    steps = iter(range(1, 10_000))

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            if next(steps) == ends_at:
                os._exit(9)
            return work(*arguments, **options)

        return step

    for name in ("rename", "replace", "link", "unlink", "rmdir", "mkdir"):
        setattr(os, name, counted(getattr(os, name)))
    for name in ("apply_changes", "note_batch"):  # and soon after these, the commit
        change("importer.pipeline.apply", **{name: counted(getattr(pipeline, name))})
    return run(["serve", "--once", "-q", "--config", str(place.config)])


def change(module: str, **names: Any) -> None:
    """Put other things in the place of a module's own, in this process."""
    for name, value in names.items():
        assert hasattr(importlib.import_module(module), name)
        setattr(importlib.import_module(module), name, value)


def everywhere(folder: Path, scenario: str, bug: str, stride: int, channel: Any) -> None:
    """End the service at each step in turn, or each `stride`-th; let another finish, and send what
    was found. With a bug, the first fault is enough."""
    import importer.cli.serve
    import importer.pipeline.export
    import importer.service.service  # noqa: F401 - so that the forks need not

    os.environ["HOME"] = str(folder)
    inbox, sheets = SCENARIOS[scenario]
    found: list[tuple[int, int, list[str]]] = []
    step = 1 - stride
    ended = 9
    origin = Place(folder / "origin")
    prepare(origin)
    while ended == 9 and not (bug and found and found[-1][2]):
        step += stride
        place = Place(folder / str(step))
        place.configure(inbox=inbox)
        shutil.copy(origin.ledger, place.ledger)
        place.drop("work.xlsx", sheets)
        ended = run_once(place, step, bug)
        if ended == 9:
            run_once(place, None, bug)
        found.append((step, ended, faults(place, scenario)))
        shutil.rmtree(place.folder)
    channel.send(found)


def faults(place: Place, scenario: str) -> list[str]:
    """What is not as it must be after all is settled."""
    said = []
    if place.left:
        said.append(f"left in the inbox: {place.left}")
    made = batches(place)[1:]
    wanted = [] if scenario == "refused" else ["work.xlsx"]
    if made != wanted:
        said.append(f"batches: {made}")
    applied = names(place.applied) if place.applied.exists() else []
    rejected = names(place.rejected) if place.rejected.exists() else []
    whole = ["work.xlsx", "work.xlsx.report.txt"]
    if scenario == "applied" and (applied, rejected) != (whole, []):
        said.append(f"filed: {applied} {rejected}")
    if scenario != "applied" and (applied, rejected) != ([], ["work.corrections.xlsx", *whole]):
        said.append(f"filed: {applied} {rejected}")
    for report in [*place.inbox.glob("*/*.report.txt")]:
        words = report.read_text("utf-8")
        if scenario == "applied" and "work.xlsx: applied" not in words:
            said.append(words)
        if scenario == "applied in part" and "1 rejected" not in words:
            said.append(words)
    return said


def crash_everywhere(
    folder: Path, scenario: str, bug: str = "", stride: int = 1
) -> list[tuple[int, list[str]]]:
    """The steps after which something was wrong, and what."""
    here, there = multiprocessing.Pipe(duplex=False)
    spawned = multiprocessing.get_context("spawn")
    process = spawned.Process(target=everywhere, args=(folder, scenario, bug, stride, there))
    process.start()
    there.close()
    found: list[tuple[int, int, list[str]]] = here.recv()
    process.join()
    assert bug or found[-1][1] in (0, 1), "the last run met no end"
    assert bug or len(found) > 20 // stride, "there are that many steps"
    return [(step, wrong) for step, _, wrong in found if wrong]


@pytest.mark.parametrize(
    "stride", [pytest.param(4, id="some"), pytest.param(1, id="all", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_service_that_is_ended_at_any_step_loses_and_repeats_nothing(
    tmp_path: Path, scenario: str, stride: int
) -> None:
    """Before each rename, link, removal and commit in turn; the next run settles all: one batch or
    none, the workbook filed once, its report and corrections beside it, the inbox empty."""
    assert crash_everywhere(tmp_path, scenario, stride=stride) == []


@pytest.mark.parametrize("bug", ["no hash is asked for", "nothing is kept before the commit"])
def test_a_service_that_forgets_a_precaution_is_found_out(tmp_path: Path, bug: str) -> None:
    """A control: without either, some moment of the end is one too many."""
    assert crash_everywhere(tmp_path, "applied in part", bug) != []


# Poison


def test_a_workbook_that_ends_the_program_is_given_up_and_stops_no_other(tmp_path: Path) -> None:
    """One at which the service dies each time: after five times it is returned with a report;
    what lies beside it is applied by then."""
    place = Place(tmp_path / "place")
    place.drop("poison.xlsx", good(1))
    os.utime(place.inbox / "poison.xlsx", (0, 0))  # it comes first
    place.drop("good.xlsx", good(2))

    def die_of_poison() -> int:
        read = apart.read_workbook

        def deadly(path: Path, *rest: Any) -> Any:
            if path.name == "poison.xlsx":
                os._exit(9)
            return read(path, *rest)

        change("importer.pipeline.apply", read_workbook=deadly)
        return _run(place, None, "")

    codes = [in_a_fork(die_of_poison) for _ in range(7)]
    assert codes == [9, 9, 9, 9, 9, 1, 0]
    assert batches(place) == ["good.xlsx"]
    assert names(place.rejected) == ["poison.xlsx", "poison.xlsx.report.txt"]
    [report] = place.rejected.glob("*.report.txt")
    assert "5" in report.read_text("utf-8")
    assert place.left == []


def test_a_fault_at_one_workbook_stops_no_other(tmp_path: Path) -> None:
    """A fault of ours, in one process that goes on: the others are applied meanwhile."""
    place = Place(tmp_path / "place")
    place.drop("poison.xlsx", good(1))
    place.drop("good.xlsx", good(2))

    def fail() -> int:
        check = requests.check_workbook

        def faulty(path: Path, *rest: Any) -> Any:
            if path.name == "poison.xlsx":
                raise RuntimeError("a fault")
            return check(path, *rest)

        change("importer.pipeline.apply", check_workbook=faulty)
        return _run(place, None, "")

    assert in_a_fork(fail) == 3
    assert batches(place) == ["good.xlsx"]
    assert place.left == ["poison.xlsx"]  # for the next run, which may be a mended program's


# Everything at once


def drop_all(place: Place, numbers: Sequence[int], rng: random.Random) -> None:
    """Drop workbooks as different programs and people do; every tenth is broken or refused."""
    for number in numbers:
        name = f"{number}.xlsx"
        sheets = bad(number) if number % 10 == 1 else good(number)
        made = write_workbook(place.folder / f"{number}.making.xlsx", sheets)
        content = made.read_bytes()
        if number % 10 == 2:
            content = content[: len(content) // 2]
        way = rng.randrange(4)
        if way == 0:
            made.write_bytes(content)
            made.rename(place.inbox / name)
        elif way == 1:
            (place.inbox / f"{name}.part").write_bytes(content)
            time.sleep(rng.random())
            (place.inbox / f"{name}.part").rename(place.inbox / name)
        elif way == 2:
            (place.inbox / name).write_bytes(content)
        else:
            with (place.inbox / name).open("wb", buffering=0) as file:
                for start in range(0, len(content), 2000):
                    file.write(content[start : start + 2000])
                    time.sleep(rng.random() / 5)


def settled(place: Place) -> Counter[str]:
    """How often a workbook of each name was filed."""
    return Counter(
        re.sub(f"^{STAMP}", "", path.name)
        for folder in (place.applied, place.rejected)
        if folder.exists()
        for path in folder.iterdir()
        if not path.name.endswith((".report.txt", ".corrections.xlsx"))
    )


@pytest.mark.parametrize(
    ("workbooks", "writers", "kills"),
    [
        pytest.param(30, 4, 2, id="few"),
        pytest.param(500, 8, 10, id="many", marks=pytest.mark.long),
    ],
)
def test_many_writers_and_a_service_that_is_killed_again_and_again(
    tmp_path: Path, workbooks: int, writers: int, kills: int
) -> None:
    """Workbooks come in random order and speed, some slowly, some broken, and the service is killed
    with -9 meanwhile: every good one is in the ledger once, every bad one returned, none lost."""
    place = Place(tmp_path / "place")
    rng = random.Random(workbooks)
    numbers = list(range(workbooks))
    rng.shuffle(numbers)
    threads = [
        threading.Thread(target=drop_all, args=(place, numbers[one::writers], random.Random(one)))
        for one in range(writers)
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 20 * 60
    for _ in range(kills):
        service = Running(place)
        service.wait_for("service-started")
        time.sleep(rng.uniform(0.5, 4))
        service.end(signal.SIGKILL)
    service = Running(place)
    service.wait_for("service-started")
    for thread in threads:
        thread.join()
    while sum(settled(place).values()) < workbooks:
        assert time.monotonic() < until, settled(place)
        assert service.service.poll() is None
        time.sleep(0.2)
    time.sleep(1)
    code, took = service.end()
    assert (code, took < 5) == (0, True)
    wrong = [number for number in numbers if number % 10 in (1, 2)]
    right = sorted(set(numbers) - set(wrong))
    assert settled(place) == Counter(f"{number}.xlsx" for number in numbers)
    assert place.left == []
    assert sorted(batches(place)) == sorted(f"{number}.xlsx" for number in right)
    assert set(names(place.rejected)) >= {f"{number}.xlsx" for number in wrong}
    assert len(list(place.rejected.glob("*.report.txt"))) == len(wrong)
    refused = [number for number in wrong if number % 10 == 1]
    assert len(list(place.rejected.glob("*.corrections.xlsx"))) == len(refused)
    with closing(sqlite3.connect(place.ledger)) as connection:
        [(sites, used)] = connection.execute("SELECT count(*), sum(licenses) FROM subscription")
    assert (sites, used) == (len(right), 2 * len(right))
