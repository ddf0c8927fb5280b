"""Importers that stop at a step until they are let through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Semaphore
from types import ModuleType

import pytest

from builders import Sheets, write_workbook
from importer.ledger.database import Ledger
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importers import job_of
from waiting import PATIENCE

STOPPED = "stopped"
"""The actor who stops at gates; all others pass."""

_actor = ContextVar("_actor", default="")


class Gate:
    """Where the actor STOPPED waits until it is let through, each time it arrives."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._arrived = Semaphore(0)
        self._released = Semaphore(0)

    def before(self, module: ModuleType, step: str) -> None:
        """Stand before a function of a module."""
        function: Callable[..., object] = getattr(module, step)

        def wait_and_call(*arguments: object) -> object:
            self._pass()
            return function(*arguments)

        self._monkeypatch.setattr(module, step, wait_and_call)

    def after(self, module: ModuleType, step: str) -> None:
        """Stand after a function of a module."""
        function: Callable[..., object] = getattr(module, step)

        def call_and_wait(*arguments: object) -> object:
            result = function(*arguments)
            self._pass()
            return result

        self._monkeypatch.setattr(module, step, call_and_wait)

    def _pass(self) -> None:
        if _actor.get() == STOPPED:
            self._arrived.release()
            assert self._released.acquire(timeout=PATIENCE)

    def wait_for(self, importing: Future[Report]) -> None:
        """Wait until STOPPED has arrived."""
        while not self._arrived.acquire(timeout=0.01):
            assert not importing.done(), f"it never arrived: {importing.result()}"

    def let_through(self, times: int = 1) -> None:
        """Let it go on."""
        self._released.release(times)


Start = Callable[[str, Sheets], "Future[Report]"]


@contextmanager
def importers_of(ledger: Ledger, folder: Path, *gates: Gate) -> Iterator[Start]:
    """Begin to apply a workbook for an actor, beside the test; all gates are opened at its end."""

    def begin(actor: str, sheets: Sheets) -> Future[Report]:
        path = write_workbook(folder / f"{actor}.xlsx", sheets)
        return threads.submit(apply_as, actor, path)

    def apply_as(actor: str, path: Path) -> Report:
        _actor.set(actor)
        return pipeline.apply(path, job_of(actor, ledger, folder))

    with ThreadPoolExecutor(2) as threads:
        try:
            yield begin
        finally:
            for gate in gates:
                gate.let_through(9)
