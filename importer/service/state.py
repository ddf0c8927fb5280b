"""What the service remembers between its runs: when each export was last due and made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from importer.base.files import whole_file
from importer.config.service import ExportSettings, ServiceSettings

EXPORTS_FILE = "exports.json"


def state_folder(settings: ServiceSettings) -> Path:
    """The folder of the service's state: that which is configured, else one of the user's own for
    each configuration file."""
    if settings.state is not None:
        return settings.state
    of_file = hashlib.sha256(str(settings.file.resolve()).encode(errors="surrogateescape"))
    return user_state_path("avira-importer", appauthor=False) / of_file.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Runs:
    """When an export was last due, None before the first, and whether it was `made` then or is only
    reckoned from there; how often it has failed since, and when it is tried again. Instants are in
    UTC."""

    last: dt.datetime | None = None
    made: bool = True
    failures: int = 0
    again: dt.datetime | None = None


NO_RUNS = Runs()


class KeptRuns:
    """The runs of each export, kept in a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / EXPORTS_FILE

    def of(self, export: ExportSettings) -> Runs:
        """What is kept of an export."""
        kept = self._read().get(_key(export))
        if not isinstance(kept, dict):
            return NO_RUNS
        failures = kept.get("failures")
        return Runs(
            _instant(kept.get("last")),
            kept.get("made") is not False,
            failures if isinstance(failures, int) else 0,
            _instant(kept.get("again")),
        )

    def keep(self, export: ExportSettings, runs: Runs) -> None:
        """Keep what became of an export; raises OutputError."""
        fact = {
            "last": None if runs.last is None else runs.last.isoformat(),
            "made": runs.made,
            "failures": runs.failures,
            "again": None if runs.again is None else runs.again.isoformat(),
        }
        kept = {**self._read(), _key(export): fact}
        with whole_file(self._path) as path:
            path.write_text(json.dumps(kept, indent=2), "utf-8")

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):  # none, or none that can be read: then it begins anew
            return {}
        return found if isinstance(found, dict) else {}


def _instant(kept: object) -> dt.datetime | None:
    if not isinstance(kept, str):
        return None
    try:
        found = dt.datetime.fromisoformat(kept)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _key(export: ExportSettings) -> str:
    """What tells an export from the others, whatever else of it is changed; no URL's password."""
    facts = json.dumps([export.folder, export.format, export.name])
    return f"{export.name} ({export.format}) {hashlib.sha256(facts.encode()).hexdigest()[:16]}"
