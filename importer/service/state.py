"""What the service remembers between its runs: when each export was last due and made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

from platformdirs import user_state_path

from importer.files import whole_file
from importer.service_settings import ExportSettings, ServiceSettings

EXPORTS_FILE = "exports.json"


def state_folder(settings: ServiceSettings) -> Path:
    """The folder of the service's state: that which is configured, else one of the user's own for
    each configuration file."""
    if settings.state is not None:
        return settings.state
    of_file = hashlib.sha256(str(settings.file.resolve()).encode(errors="surrogateescape"))
    return user_state_path("avira-importer", appauthor=False) / of_file.hexdigest()[:16]


class LastRuns:
    """When each export was last due, as instants in UTC, kept in a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / EXPORTS_FILE

    def of(self, export: ExportSettings) -> dt.datetime | None:
        """The last time that was made or passed over; None before the first."""
        kept = self._read().get(_key(export))
        try:
            return None if kept is None else dt.datetime.fromisoformat(kept)
        except (TypeError, ValueError):
            return None

    def keep(self, export: ExportSettings, due: dt.datetime) -> None:
        """Remember that the run of the instant `due` is done; raises OutputError."""
        kept = {**self._read(), _key(export): due.isoformat()}
        with whole_file(self._path) as path:
            path.write_text(json.dumps(kept, indent=2), "utf-8")

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _key(export: ExportSettings) -> str:
    """What tells an export from the others, whatever else of it is changed; no URL's password."""
    facts = json.dumps([export.folder, export.format, export.name])
    return f"{export.name} ({export.format}) {hashlib.sha256(facts.encode()).hexdigest()[:16]}"
