"""Run commands to their end and measure time, processor time and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.02
MB = 1024**2

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Job:
    """Commands to run one after the other, each a whole process.

    Each must end with `exit_code`. `verify`, which is not measured, then asserts that the work was
    done.
    """

    commands: Sequence[Command]
    verify: Callable[[], None] = lambda: None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Resources that a job used.

    `wall` is seconds by the clock, `processor` seconds of user and system time of its processes and
    their children. `memory` is the largest resident size in MB of all of them together, if it was
    watched.
    """

    wall: float
    processor: float
    memory: float = 0


def run(job: Job, folder: Path, *, memory: bool = False) -> Usage:
    """Run `job` in the working folder `folder`, without the user's configuration.

    Raises AssertionError with a command's output if it ends with another exit code.
    """
    usages = [_run(command, job.exit_code, folder, memory)[0] for command in job.commands]
    job.verify()
    return Usage(
        sum(usage.wall for usage in usages),
        sum(usage.processor for usage in usages),
        max(usage.memory for usage in usages),
    )


def output_of(command: Command, folder: Path) -> str:
    """Run a command like those that are measured and return its output."""
    return _run(command, 0, folder, memory=False)[1]


def spread(values: Sequence[float], places: int = 2) -> str:
    """The lowest and the highest value."""
    return f"{min(values):,.{places}f}-{max(values):,.{places}f}"


def ratio(values: Sequence[float]) -> str:
    """The median of ratios, the lowest and the highest."""
    return f"{statistics.median(values):.2f} × ({spread(values)})"


def _run(command: Command, exit_code: int, folder: Path, memory: bool) -> tuple[Usage, str]:
    with tempfile.TemporaryFile() as stream:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, cwd=folder,
            env=_environment(folder),
        )  # fmt: skip
        peak = _peak_memory(process.pid) if memory else 0
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        stream.seek(0)
        output = stream.read().decode(errors="replace")
    ending = f"{command} ended with {process.returncode}: {output[-2_000:]}"
    assert process.returncode == exit_code, ending
    return Usage(wall, usage.ru_utime + usage.ru_stime, peak), output


def _environment(folder: Path) -> Mapping[str, str]:
    """The environment without variables that configure the program."""
    prefixes = ("AVIRA_IMPORTER_", "PYTHONPROFILE", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    return {**kept, "AVIRA_IMPORTER_LANG": "en", "XDG_CONFIG_HOME": str(folder / "no-config")}


def _peak_memory(pid: int) -> float:
    """The largest size in MB of a process and its descendants, sampled until the process ends."""
    import psutil  # belongs to the extra `bench`, which the guard does without

    peak = 0
    top = psutil.Process(pid)
    while True:
        total = 0
        try:
            if top.status() == psutil.STATUS_ZOMBIE:
                break
            for process in (top, *top.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
        except psutil.NoSuchProcess:
            break
        peak = max(peak, total)
        time.sleep(SAMPLE_SECONDS)
    return peak / MB
