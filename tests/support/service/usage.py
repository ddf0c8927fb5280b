"""What a process uses of the computer, over time."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

Sample = Mapping[str, int]
"""What is in use at a moment: `memory` and `peak` in KB, and numbers of all else."""

ALLOWED = {"memory": 4_000, "peak": 4_000, "handles": 1}
"""KB by which memory may grow, since the allocator's pieces come and go, and a handle, which may be
open just when somebody looks. All else may not grow at all."""


def growing(samples: Sequence[Sample]) -> list[str]:
    """What is in use more and more, by its usual use in the second quarter and in the last."""
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    return [
        name
        for name in samples[0]
        if median(sample[name] for sample in late) - median(sample[name] for sample in early)
        > ALLOWED.get(name, 0)
    ]


def usage_of(pid: int) -> Sample:
    """What a process and those that it has started use."""
    total = {"memory": 0, "handles": 0, "threads": 0, "processes": 0}
    for process in _family(pid):
        status = Path(f"/proc/{process}/status").read_text()
        facts = dict(line.split(":", 1) for line in status.splitlines())
        total["memory"] += int(facts["VmRSS"].split()[0])
        total["threads"] += int(facts["Threads"])
        total["handles"] += len(os.listdir(f"/proc/{process}/fd"))
        total["processes"] += 1
    return total


def _family(pid: int) -> list[int]:
    family = [pid]
    for process in family:  # which grows
        with suppress(FileNotFoundError):
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
            family += map(int, children)
    return family
