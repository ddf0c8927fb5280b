"""Run commands to their end and measure time, processor time and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.02
PAGES_PER_MB = 1024**2 // os.sysconf("SC_PAGE_SIZE")

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
    their children. `memory` is the largest resident size in MB of all of them together.
    """

    wall: float
    processor: float
    memory: float


def run(job: Job, folder: Path) -> Usage:
    """Run `job` in the working folder `folder`, without the user's configuration.

    Raises AssertionError with a command's output if it ends with another exit code.
    """
    usages = [_run(command, job.exit_code, folder)[0] for command in job.commands]
    job.verify()
    return Usage(
        sum(usage.wall for usage in usages),
        sum(usage.processor for usage in usages),
        max(usage.memory for usage in usages),
    )


def output_of(command: Command, folder: Path) -> str:
    """Run a command like those that are measured and return its output."""
    return _run(command, 0, folder)[1]


def spread(values: Sequence[float], places: int = 2) -> str:
    """The lowest and the highest value."""
    return f"{min(values):,.{places}f}-{max(values):,.{places}f}"


def ratio(values: Sequence[float]) -> str:
    """The median of ratios, the lowest and the highest."""
    return f"{statistics.median(values):.2f} × ({spread(values)})"


def _run(command: Command, exit_code: int, folder: Path) -> tuple[Usage, str]:
    with tempfile.TemporaryFile() as stream:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, cwd=folder,
            env=_environment(folder),
        )  # fmt: skip
        memory = _Memory(process.pid)
        memory.start()
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        memory.ended.set()
        memory.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        stream.seek(0)
        output = stream.read().decode(errors="replace")
    ending = f"{command} ended with {process.returncode}: {output[-2_000:]}"
    assert process.returncode == exit_code, ending
    return Usage(wall, usage.ru_utime + usage.ru_stime, memory.peak / PAGES_PER_MB), output


def _environment(folder: Path) -> Mapping[str, str]:
    """The environment without variables that configure the program, or have Python compile it at
    each start."""
    prefixes = ("AVIRA_IMPORTER_", "PYTHONPROFILE", "PYTHONDONTWRITE", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    return {**kept, "AVIRA_IMPORTER_LANG": "en", "XDG_CONFIG_HOME": str(folder / "no-config")}


class _Memory(threading.Thread):
    """Samples the memory of a process and its descendants, in pages, until `ended` is set."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        """Keep the largest of the samples."""
        while not self.ended.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, _resident(self.pid))


def _resident(pid: int) -> int:
    """The resident pages of a process and its descendants, if there are any; 0 without Linux."""
    process = Path(f"/proc/{pid}")
    try:
        pages = int((process / "statm").read_text().split()[1])
        children = " ".join(path.read_text() for path in process.glob("task/*/children"))
    except OSError:  # it has ended
        return 0
    return pages + sum(map(_resident, map(int, children.split())))
