"""What a run of a command works on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from importer.ledger.database import Ledger
from importer.limits import DEFAULT_LIMITS, Limits
from importer.progress import NoProgress, Progress


@dataclass(frozen=True, slots=True)
class Job:
    """What a run works on: whose ledger, on which day, for whom, and where corrections go.

    `corrections` is a file or a folder; None puts them beside each workbook. `sheet` is what a
    file of text holds, `limits` how much of a file is taken.
    """

    ledger: Ledger
    account: str
    today: dt.date
    actor: str = ""
    corrections: Path | None = None
    sheet: str | None = None
    limits: Limits = DEFAULT_LIMITS
    progress: Progress = field(default_factory=NoProgress)
