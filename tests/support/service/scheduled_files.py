"""The files of scheduled exports, and the times that the state of the service records."""

from __future__ import annotations

import datetime as dt
import json
import re

from service_folders import Folders

NAME = "Export Avira Details"
"""The name of an export that is given none."""

_STAMP = re.compile(r" (\d{8}T\d{6}Z)")


def export_files(folders: Folders, name: str = NAME) -> list[str]:
    """The names of an export's files, in order."""
    own = re.compile(rf"{re.escape(name)}{_STAMP.pattern}.*")
    return sorted(path.name for path in folders.exports.iterdir() if own.fullmatch(path.name))


def instant_of(name: str) -> dt.datetime:
    """The instant in the name of a file."""
    stamp = _STAMP.search(name)
    assert stamp, name
    return dt.datetime.strptime(stamp[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def last_due(folders: Folders, name: str = NAME) -> dt.datetime:
    """When the last run of an export was due, by the state."""
    runs = json.loads((folders.state / "exports.json").read_text("utf-8"))
    [last] = [value["last"] for key, value in runs.items() if key.startswith(f"{name} (")]
    return dt.datetime.fromisoformat(last)
