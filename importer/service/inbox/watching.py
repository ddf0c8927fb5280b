"""Wake the inbox when its folder changes, where the system reports changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.service.events import Event, log

LOOK_EVERY = 5.0
"""Seconds between two looks in any case: changes of a network share are not reported."""

LOOK_SOON = 0.5
"""Seconds between two looks while a file arrives."""


@contextmanager
def watch(folder: Path, wake: threading.Event) -> Iterator[None]:
    """Set `wake` whenever something in `folder` changes, as long as the block runs."""
    end = threading.Event()
    watcher = threading.Thread(target=_watch, args=(folder, wake, end), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        end.set()
        watcher.join()


def _watch(folder: Path, wake: threading.Event, end: threading.Event) -> None:
    from watchfiles import watch as changes

    try:
        for _ in changes(
            folder, watch_filter=None, debounce=200, stop_event=end, rust_timeout=1000,
            raise_interrupt=False, recursive=False,
        ):  # fmt: skip
            wake.set()
    except (OSError, RuntimeError) as error:  # no more watches, or the folder is away
        if not end.is_set():
            reason = " ".join(str(error).split()) or type(error).__name__
            log(Event.POLLING, folder=folder, reason=reason, seconds=round(LOOK_EVERY))
