"""Exports in processes that are killed."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
from itertools import count
from multiprocessing.process import BaseProcess

from importer.base import clock
from importer.cli import main as program

WRITTEN = 1
"""The flush of the first file, beside the old one."""


def renamed(files: int) -> int:
    """The flush after a file, or a folder of `files`, has replaced the old one."""
    return files + 2 if files else 2


def start_export(words: list[str], now: dt.datetime, today: dt.date, kill_at: int) -> BaseProcess:
    """Start an export in a process of its own, which is killed at that flush if it is not 0.

    The process is forked from one that has imported what exports need.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["importer.cli.export", "importer.pipeline.export", "importer.export.writers.csv_folder",
         "importer.export.writers.json_file", "importer.export.writers.ods",
         "importer.export.writers.page", "importer.export.writers.xlsx",
         "sqlalchemy.dialects.sqlite"]
    )  # fmt: skip
    process = context.Process(target=_export, args=(words, now, today, kill_at))
    process.start()
    return process


def _export(words: list[str], now: dt.datetime, today: dt.date, kill_at: int) -> None:
    flush, flushes = os.fsync, count(1)

    def flush_or_die(handle: int) -> None:
        if next(flushes) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        flush(handle)

    for module, name, value in (
        (os, "fsync", flush_or_die), (clock, "now", lambda: now), (clock, "today", lambda: today),
    ):  # fmt: skip
        setattr(module, name, value)
    raise SystemExit(program.run(words))


def exit_code(process: BaseProcess) -> int | None:
    """The exit code of a process, once it has ended."""
    process.join()
    return process.exitcode
