"""A service that crashes before each of its steps in turn: renames, links, removals and commits."""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from service_folders import Folders
from systems import linux_only

T = TypeVar("T")

CRASHED = 9
"""The exit code of a crash."""

needs_fork = linux_only("only Linux forks without risk")

_STEPS = {
    "os": ("rename", "replace", "link", "unlink", "rmdir", "mkdir"),
    "importer.ledger.writing.apply": ("apply_changes",),
    "importer.pipeline.apply": ("note_batch",),  # and soon after, the commit
    "importer.pipeline.export": ("export",),
}


class Trial:
    """A service with work to do, in folders of its own, for one crash."""

    def __init__(self, folder: Path) -> None:
        self.folders = Folders(folder)

    def plant_bug(self) -> None:
        """Change the program in the process that runs it."""

    def after_crash(self) -> None:
        """Look at what the crash has left."""

    def faults(self) -> list[str]:
        """What is wrong in the end."""
        raise NotImplementedError


def replace(module: str, **values: Any) -> None:
    """Replace attributes of a module in this process."""
    for name, value in values.items():
        assert hasattr(importlib.import_module(module), name), name
        setattr(importlib.import_module(module), name, value)


def faults_by_step(
    new_trial: Callable[[Path], Trial], folder: Path, stride: int = 1, *, until_fault: bool = False
) -> dict[int, list[str]]:
    """What is wrong after a crash before each step, or each `stride`-th, and a run after that.

    With `until_fault` the first fault is enough.
    """
    return in_a_new_process(_crash_before_each_step, new_trial, folder, stride, until_fault)


def in_a_new_process(work: Callable[..., T], *arguments: Any) -> T:
    """Call `work` in a process with one thread, which may fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["importer.cli.serve", "importer.pipeline.export", "importer.service.service", "pytest"]
    )
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sending, work, *arguments))
    process.start()
    sending.close()
    result: T = receiving.recv()
    process.join()
    return result


def _send(channel: Connection, work: Callable[..., object], *arguments: Any) -> None:
    channel.send(work(*arguments))


def _crash_before_each_step(
    new_trial: Callable[[Path], Trial], folder: Path, stride: int, until_fault: bool
) -> dict[int, list[str]]:
    os.environ["HOME"] = str(folder)
    trial = new_trial(folder / "0")
    _run_once(trial.folders, trial.plant_bug)  # so that the forks import and prepare less
    faults = {0: trial.faults()}
    for step in count(1, stride):
        trial = new_trial(folder / str(step))
        exit_code = run_once(trial.folders, step, trial.plant_bug)
        has_crashed = exit_code == CRASHED
        if has_crashed:
            trial.after_crash()
            exit_code = run_once(trial.folders, None, trial.plant_bug)
        faults[step] = trial.faults()
        if exit_code not in (0, 1):
            faults[step].append(f"exit code {exit_code}")
        shutil.rmtree(trial.folders.folder)
        if not has_crashed or (until_fault and faults[step]):
            break
    return faults


def run_once(folders: Folders, crash_before: int | None, change: Callable[[], None]) -> int:
    """Run `serve --once` in a fork that crashes before a step; gives its exit code."""
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
            _count_steps(crash_before)
            exit_code = _run_once(folders, change)
        except BaseException:
            exit_code = 99
        os._exit(exit_code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _run_once(folders: Folders, change: Callable[[], None]) -> int:
    """It reads workbooks itself: the steps are the same, and no other process needs to start."""
    from importer.cli.main import run
    from importer.workbook.reading.file import read_file
    from importer.workbook.reading.protocol import Work, assembled
    from importer.workbook.reading.raw import RawWorkbook

    def read_workbook(path: Path, *settings: Any) -> RawWorkbook:
        content = path.read_bytes()
        raw = assembled(read_file(Work(str(path), *settings), content))
        raw.sha256 = hashlib.sha256(content).hexdigest()
        return raw

    replace("importer.workbook.reading.file", allow=lambda _size: None)
    replace("importer.service.inbox.arrivals", STILL=0.0)
    replace("importer.service.loops", LOOK_SOON=0.01)
    replace("importer.pipeline.apply", read_workbook=read_workbook)
    change()
    return run(["serve", "--once", "-q", "--config", str(folders.config)])


def _count_steps(crash_before: int | None) -> None:
    steps = count(1)

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            if next(steps) == crash_before:
                os._exit(CRASHED)
            return work(*arguments, **options)

        return step

    for module, names in _STEPS.items():
        for name in names:
            work = getattr(importlib.import_module(module), name)
            replace(module, **{name: counted(work)})
