"""Create missing folders, and require those in the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from importer.base.errors import MisuseError
from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, text
from importer.config.service import ServiceSettings
from importer.service.state import state_folder


def prepare_folders(settings: ServiceSettings) -> None:
    """Make and require them; raise MisuseError with the setting of an unusable folder."""
    make_folders(settings)
    make_state_folder(settings)
    for key, path in required_folders(settings):
        require_folder(settings, key, path)


def make_folders(settings: ServiceSettings) -> None:
    """Create the folders of inbox and exports where only the last part of the path is missing."""
    inbox = settings.inbox
    paths = [] if inbox is None else [inbox.folder, inbox.applied, inbox.rejected]
    for path in [*paths, *(Path(e.folder) for e in settings.exports if not e.is_remote)]:
        with suppress(OSError):  # `require_folder` reports what is not there
            path.mkdir(exist_ok=True)


def make_state_folder(settings: ServiceSettings) -> Path:
    """Create the state folder; raise MisuseError where that fails."""
    state = state_folder(settings)
    try:
        state.mkdir(mode=0o700, parents=settings.state is None, exist_ok=True)
    except OSError as error:
        raise MisuseError(text(
            N_("{path}: {key} cannot be used: {folder}: {reason}."), path=settings.file,
            key="service.state", folder=state, reason=os_error_reason(error))
        ) from error  # fmt: skip
    return state


def required_folders(settings: ServiceSettings) -> Iterator[tuple[str, Path]]:
    """The folders that must exist, each with its setting."""
    inbox = settings.inbox
    if inbox is not None:
        yield "inbox.folder", inbox.folder
        for key, path in (("inbox.applied", inbox.applied), ("inbox.rejected", inbox.rejected)):
            if path.parent != inbox.folder:
                yield key, path
    for export in settings.exports:
        if not export.is_remote:
            yield f"{export.key}.folder", Path(export.folder)
    if settings.metrics_file is not None:
        yield "service.metrics_file", settings.metrics_file.parent


def require_folder(settings: ServiceSettings, key: str, path: Path) -> None:
    """Raise MisuseError if a folder does not exist."""
    if not path.is_dir():
        raise MisuseError(text(
            N_("{path}: {key}: the folder does not exist: {folder}. Create it, or name another."),
            path=settings.file, key=key, folder=path))  # fmt: skip
