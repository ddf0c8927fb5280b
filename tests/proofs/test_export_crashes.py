"""Exports that are killed, after which the old file or the new one is there, whole."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from export_ledgers import FORMATS, export, in_format
from export_story import NOW, TODAY
from killed_exports import WRITTEN, exit_code, renamed, start_export
from old_and_new_exports import copy_export, versions, write_old_and_new
from systems import posix_only

pytestmark = posix_only("Windows has no fork")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, its old exports and its new ones."""
    return write_old_and_new(tmp_path_factory)


def hidden_files(folder: Path) -> set[Path]:
    """The temporary files of exports."""
    return {file for file in folder.iterdir() if file.name.startswith(".")}


def wait_for_temporary(folder: Path, process: BaseProcess) -> None:
    """Wait until a temporary file exists, or the process has ended."""
    while not hidden_files(folder) and process.is_alive():
        time.sleep(0.0005)


@pytest.mark.parametrize(
    "form",
    [form if form in ("json", "csv") else pytest.param(form, marks=pytest.mark.thorough)
     for form in FORMATS],
)  # fmt: skip
def test_an_export_that_is_killed_leaves_the_old_file_or_the_new_one(
    form: str, exports: Path, tmp_path: Path
) -> None:
    """With kill -9 at once, while it writes, when a file is written, when it has replaced the old
    one, at random, and at the end: byte for byte the one or the other, a folder as a whole. All
    that remains besides is hidden, and does not disturb the next export."""
    results = Path(shutil.copytree(exports / "old", tmp_path / "results"))
    path = in_format(results, form)
    replaced = renamed(len(list(path.iterdir())) if path.is_dir() else 0)
    names = {file.name for file in results.iterdir()}
    words = ["export", "--ledger", str(exports / "ledger.db"), "-o", str(path), "--format", form,
             "-q", "--lang", "en"]  # fmt: skip
    chance = random.SystemRandom()
    start = time.monotonic()
    process = start_export(words, NOW, TODAY, kill_at=0)
    wait_for_temporary(results, process)
    writing = time.monotonic()
    assert exit_code(process) == 0
    end = time.monotonic()
    assert versions(path, exports) == {"new"}
    outcomes = Counter[str]()
    remains: list[Path] = []
    for point in ("at once", "writing", "written", "renamed", "at random", "at the end"):
        copy_export(exports / "old", path)
        kill_at = {"written": WRITTEN, "renamed": replaced}.get(point, 0)
        process = start_export(words, NOW, TODAY, kill_at)
        if point == "writing":
            wait_for_temporary(results, process)
            time.sleep(chance.uniform(0, end - writing))
        elif point == "at random":
            time.sleep(chance.uniform(0, end - start))
        if point in ("at once", "writing", "at random"):
            process.kill()
        assert exit_code(process) in (0, -signal.SIGKILL), point
        hidden = hidden_files(results)
        if point == "written":
            assert hidden
            remains = [file.rename(tmp_path / file.name) for file in hidden]
        for file in hidden_files(results):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        outcomes.update(versions(path, exports))
        assert {file.name for file in results.iterdir()} == names, point
    assert outcomes["old"] > 0, outcomes
    assert outcomes["new"] > 1, outcomes
    for file in remains:
        file.rename(results / file.name)
    copy_export(exports / "old", path)
    export(exports / "ledger.db", path)
    assert versions(path, exports) == {"new"}
