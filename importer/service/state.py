"""The state folder, and the last runs of each export in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path
from pydantic import AwareDatetime, TypeAdapter

from importer.base.files import whole_file
from importer.config.service import ExportSettings, ServiceSettings


def state_folder(settings: ServiceSettings) -> Path:
    """The configured folder, or one of the user's own for each configuration file."""
    if settings.state is not None:
        return settings.state
    file = hashlib.sha256(str(settings.file.resolve()).encode(errors="surrogateescape"))
    return user_state_path("avira-importer", appauthor=False) / file.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Runs:
    """When an export was `last` due, None before the first time.

    `exported` is false if times only count from then. `failures` counts those since, and `again`
    is the time of the next retry.
    """

    last: AwareDatetime | None = None
    exported: bool = True
    failures: int = 0
    again: AwareDatetime | None = None


NO_RUNS = Runs()
_FILE = TypeAdapter(dict[str, Runs])


class KeptRuns:
    """The runs of each export, in a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "exports.json"

    def of(self, export: ExportSettings) -> Runs:
        """The runs of an export."""
        return self._read().get(_key(export), NO_RUNS)

    def keep(self, export: ExportSettings, runs: Runs) -> None:
        """Save the runs of an export; raise OutputError on failure."""
        kept = {**self._read(), _key(export): runs}
        with whole_file(self._path) as path:
            path.write_bytes(_FILE.dump_json(kept, indent=2))

    def _read(self) -> dict[str, Runs]:
        try:
            return _FILE.validate_json(self._path.read_bytes())
        except (OSError, ValueError):  # missing or damaged: start anew
            return {}


def _key(export: ExportSettings) -> str:
    """Identifies an export whatever else in its settings changes; shows no password of a URL."""
    facts = json.dumps([export.folder, export.format, export.name])
    return f"{export.name} ({export.format}) {hashlib.sha256(facts.encode()).hexdigest()[:16]}"
