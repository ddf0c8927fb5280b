"""Where faults of the program itself are written down, for whoever mends them."""

from __future__ import annotations

import traceback
from pathlib import Path

from importer import __version__
from importer.base import clock
from importer.messages.masking import without_otcs

MOST_KEPT = 1_000_000
"""Bytes after which the log begins anew; the last one before is kept."""


def log_fault() -> Path | None:
    """Write the traceback to the log, with all but the last five characters of any OTC hidden.

    Gives the log's place, or None where it cannot be written.
    """
    from platformdirs import user_log_path

    path = user_log_path("avira-importer", appauthor=False) / "avira-importer.log"
    story = without_otcs(traceback.format_exc())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MOST_KEPT:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{clock.now().isoformat()} avira-importer {__version__}\n{story}\n")
    except OSError:
        return None
    return path
