"""Runs commands to their end, and tells what they took: time, processor time, memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.02
MB = 1024**2


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Job:
    """Commands to be run one after the other, each a whole process.

    `exit_code` is what each must end with; `done` then asserts that the work was done, and is not
    measured.
    """

    commands: Sequence[Sequence[str | Path]]
    done: Callable[[], None] = _nothing
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a job took.

    `wall` and `processor` are seconds, the latter user and system time of the processes and all
    that they have started and waited for. `memory` is the most MB that these had resident at any
    one moment; None where that was not watched.
    """

    wall: float
    processor: float
    memory: float | None = None


def take(job: Job, folder: Path, *, memory: bool = False) -> Taken:
    """Run `job` in the working folder `folder`, where nothing configures the program.

    Raises AssertionError with what a command said where it ends otherwise than it should.
    """
    taken = [_run(command, job.exit_code, folder, memory)[0] for command in job.commands]
    job.done()
    return Taken(
        sum(one.wall for one in taken),
        sum(one.processor for one in taken),
        max(one.memory or 0 for one in taken) if memory else None,
    )


def said_by(command: Sequence[str | Path], folder: Path) -> str:
    """What a command writes, run as those that are measured are."""
    return _run(command, 0, folder, memory=False)[1]


def _run(
    command: Sequence[str | Path], exit_code: int, folder: Path, memory: bool
) -> tuple[Taken, str]:
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - programs of ours, on files of ours
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder,
            env=_environment(folder),
        )  # fmt: skip
        peak = _watch(process.pid) if memory else None
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read().decode(errors="replace")
    ended = f"{command} ended with {process.returncode}: {words[-2_000:]}"
    assert process.returncode == exit_code, ended
    return Taken(wall, used.ru_utime + used.ru_stime, peak), words


def _environment(folder: Path) -> Mapping[str, str]:
    """This one's, but for what would configure the program."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AVIRA_IMPORTER_", "PYTHONPROFILE", "COVERAGE_"))
    }
    return {**kept, "AVIRA_IMPORTER_LANG": "en", "XDG_CONFIG_HOME": str(folder / "no-config")}


def _watch(pid: int) -> float:
    """The most MB that a process and its descendants had at once, until the process has ended."""
    import psutil  # only here, so that the guard needs nothing of the extra `bench`

    most = 0
    top = psutil.Process(pid)
    while True:
        total = 0
        try:
            if top.status() == psutil.STATUS_ZOMBIE:
                break
            for one in (top, *top.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                except psutil.NoSuchProcess:  # it ended just now
                    continue
        except psutil.NoSuchProcess:
            break
        most = max(most, total)
        time.sleep(SAMPLE_SECONDS)
    return most / MB
