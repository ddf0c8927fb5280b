"""The configured paths, no two of which may lead to the same place."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from importer.base.errors import MisuseError
from importer.base.paths import real_path, same_place
from importer.base.texts import N_, Text, text
from importer.config.service import ExportSettings, ServiceSettings
from importer.ledger.database import Ledger
from importer.service.inbox.claims import CLAIMED
from importer.service.state import LEDGER_NAME, MAIL, RUNS, STATE_LOCK, state_folder

_SAME = N_("{path}: {key} and {other} lead to the same place: {place}. Choose another place for "
           "one of them.")  # fmt: skip
_IN_INBOX = N_("{path}: {key} must not be in the inbox, whose files are taken as workbooks: "
               "{place}. Choose another folder for one of them.")  # fmt: skip
_OWN = N_("{path}: {key} is in a folder that the service needs for itself: {place}. Choose another "
          "place.")  # fmt: skip


class ConfiguredPath(NamedTuple):
    """A file or folder, and the setting that it follows from."""

    key: str
    path: Path


def require_separate_paths(settings: ServiceSettings, ledger: Ledger) -> None:
    """Raise MisuseError if paths meet."""
    for message in meeting_paths(settings, ledger).values():
        raise MisuseError(message)


def meeting_paths(settings: ServiceSettings, ledger: Ledger) -> dict[str, Text]:
    """Each setting whose path meets another, with what is wrong."""
    files, folders, private = _configured_paths(settings, ledger)
    faults: dict[str, Text] = {}

    def add(template: str, path: ConfiguredPath, **facts: object) -> None:
        facts |= {"path": settings.file, "key": path.key, "place": path.path}
        faults.setdefault(path.key, text(template, **facts))

    for first, second in combinations([*files, *folders], 2):
        both_export = first.key.startswith("exports") and second.key.startswith("exports")
        if first.key != second.key and not both_export and same_place(first.path, second.path):
            add(_SAME, second, other=first.key)
    for path in files:
        if settings.inbox and same_place(path.path.parent, settings.inbox.folder):
            add(_IN_INBOX, path)
    for path in [*files, *folders]:
        if any(real_path(path.path).is_relative_to(real_path(folder)) for folder in private):
            add(_OWN, path)
    return faults


def _configured_paths(
    settings: ServiceSettings, ledger: Ledger
) -> tuple[list[ConfiguredPath], list[ConfiguredPath], list[Path]]:
    """The files, the folders, and the folders that nothing else may be in."""
    state, inbox, smtp = state_folder(settings), settings.inbox, settings.smtp
    files = [ConfiguredPath("ledger", path) for path in ledger.files]
    files.append(ConfiguredPath("--config", settings.file))
    files += [ConfiguredPath("service.state", state / n) for n in (RUNS, LEDGER_NAME, STATE_LOCK)]
    if settings.metrics_file is not None:
        files.append(ConfiguredPath("service.metrics_file", settings.metrics_file))
    if smtp is not None and smtp.password_file is not None:
        files.append(ConfiguredPath("smtp.password_file", smtp.password_file))
    folders, private = [ConfiguredPath("service.state", state)], [state / MAIL]
    if inbox is not None:
        folders.append(ConfiguredPath("inbox.folder", inbox.folder))
        folders.append(ConfiguredPath("inbox.applied", inbox.applied))
        folders.append(ConfiguredPath("inbox.rejected", inbox.rejected))
        private.append(inbox.folder / CLAIMED)
    for export in settings.exports:
        if (folder := _local_folder(export)) is not None:
            folders.append(ConfiguredPath(f"{export.key}.folder", folder))
    return files, folders, private


def _local_folder(export: ExportSettings) -> Path | None:
    """The folder of an export on this computer, which a URL may name too."""
    protocol, separator, rest = export.folder.partition("://")
    if not separator:
        return Path(export.folder)
    return Path(rest) if protocol in ("file", "local") else None
