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

RUNS, LEDGER_NAME, STATE_LOCK, MAIL = "exports.json", "ledger", "service.lock", "mail"
"""The files of the state folder, and its folder for mail.

The service that holds the lock writes exports and sends mail.
"""


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


def load_runs(folder: Path, export: ExportSettings) -> Runs:
    """The runs of an export that the state `folder` has kept."""
    return _all_runs(folder).get(_key(export), NO_RUNS)


def save_runs(folder: Path, export: ExportSettings, runs: Runs) -> None:
    """Keep the runs of an export in the state `folder`; raise OutputError on failure."""
    kept = {**_all_runs(folder), _key(export): runs}
    with whole_file(folder / RUNS) as path:
        path.write_bytes(_FILE.dump_json(kept, indent=2))


def _all_runs(folder: Path) -> dict[str, Runs]:
    try:
        return _FILE.validate_json((folder / RUNS).read_bytes())
    except (OSError, ValueError):  # missing or damaged: start anew
        return {}


def _key(export: ExportSettings) -> str:
    """Identifies an export whatever else in its settings changes; shows no password of a URL."""
    facts = json.dumps([export.folder, export.format, export.name])
    return f"{export.name} ({export.format}) {hashlib.sha256(facts.encode()).hexdigest()[:16]}"
