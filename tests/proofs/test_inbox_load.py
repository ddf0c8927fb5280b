"""Many programs that put workbooks into the inbox of a service that is killed again and again."""

from __future__ import annotations

import random
import re
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing

import pytest

from builders import write_workbook
from inbox_workbooks import STAMP, bad, batches, good, names
from service_folders import Folders
from services import running_process
from systems import posix_only
from waiting import PATIENCE

pytest_plugins = ["service_fixtures"]


def drop_all(folders: Folders, numbers: Sequence[int], rng: random.Random) -> None:
    """Drop workbooks as different programs and people do; every tenth is damaged, or rejected."""
    for number in numbers:
        target = folders.inbox / f"{number}.xlsx"
        sheets = bad(number) if number % 10 == 1 else good(number)
        path = write_workbook(folders.folder / f"{number}.unfinished.xlsx", sheets)
        content = path.read_bytes()
        if number % 10 == 2:
            content = content[: len(content) // 2]
        match rng.randrange(4):
            case 0:
                path.write_bytes(content)
                path.rename(target)
            case 1:
                part = target.with_name(f"{target.name}.part")
                part.write_bytes(content)
                time.sleep(rng.random())
                part.rename(target)
            case 2:
                target.write_bytes(content)
            case _:
                with target.open("wb", buffering=0) as file:
                    for start in range(0, len(content), 2000):
                        file.write(content[start : start + 2000])
                        time.sleep(rng.random() / 5)


def filed(folders: Folders) -> Counter[str]:
    """How often a workbook of each name was filed."""
    return Counter(
        re.sub(f"^{STAMP}", "", path.name)
        for folder in (folders.applied, folders.rejected)
        for path in folder.glob("*")
        if not path.name.endswith((".report.txt", ".corrections.xlsx"))
    )


@posix_only("Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("workbooks", "writers", "kills"),
    [
        pytest.param(30, 4, 2, id="few", marks=pytest.mark.thorough),
        pytest.param(500, 8, 10, id="many", marks=pytest.mark.long),
    ],
)
def test_every_workbook_is_filed_once_although_the_service_is_killed(
    folders: Folders, workbooks: int, writers: int, kills: int
) -> None:
    """Some come slowly, some are damaged: every good one is in the ledger once, every bad one is
    returned, none is lost."""
    rng = random.Random(workbooks)
    numbers = list(range(workbooks))
    rng.shuffle(numbers)
    threads = [
        threading.Thread(
            target=drop_all, args=(folders, numbers[writer::writers], random.Random(writer))
        )
        for writer in range(writers)
    ]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        with running_process(folders) as service:
            time.sleep(rng.uniform(0.5, 4))
            service.end(signal.SIGKILL)
    with running_process(folders) as service:
        for thread in threads:
            thread.join()
        end = time.monotonic() + PATIENCE + 3 * workbooks
        while sum(filed(folders).values()) < workbooks:
            assert time.monotonic() < end, filed(folders)
            time.sleep(0.2)
        assert service.end() == 0
    good_ones = [number for number in numbers if number % 10 not in (1, 2)]
    rejected = [number for number in numbers if number % 10 == 1]
    damaged = [number for number in numbers if number % 10 == 2]
    assert filed(folders) == Counter(f"{number}.xlsx" for number in numbers)
    assert folders.waiting == []
    assert sorted(batches(folders)) == sorted(f"{number}.xlsx" for number in good_ones)
    assert set(names(folders.rejected)) >= {f"{number}.xlsx" for number in rejected + damaged}
    assert len(list(folders.rejected.glob("*.report.txt"))) == len(rejected + damaged)
    assert len(list(folders.rejected.glob("*.corrections.xlsx"))) == len(rejected)
    with closing(sqlite3.connect(folders.ledger)) as connection:
        [row] = connection.execute("SELECT count(*), sum(licenses) FROM subscription")
    assert row == (len(good_ones), 2 * len(good_ones))
