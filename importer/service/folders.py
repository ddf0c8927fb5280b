"""Create the service's own folders, and require those in the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from importer.base.errors import MisuseError
from importer.base.files import make_folder, os_error_reason
from importer.base.texts import N_, text
from importer.config.service import ServiceSettings
from importer.service.state import state_folder


def prepare_folders(settings: ServiceSettings) -> None:
    """Make and require them; raise MisuseError with the setting of an unusable folder."""
    make_own_folders(settings)
    for key, path in required_folders(settings):
        require_folder(settings, key, path)


def make_own_folders(settings: ServiceSettings) -> list[Path]:
    """Create the state folder, and `applied` and `rejected` in the inbox; return them."""
    state, inbox = state_folder(settings), settings.inbox
    try:
        state.mkdir(mode=0o700, parents=settings.state is None, exist_ok=True)
    except OSError as error:
        raise MisuseError(text(
            N_("{path}: {key} cannot be used: {folder}: {reason}."), path=settings.file,
            key="service.state", folder=state, reason=os_error_reason(error))
        ) from error  # fmt: skip
    folders = [state]
    if inbox is not None and inbox.folder.is_dir():
        for path in (inbox.applied, inbox.rejected):
            if path.parent == inbox.folder:
                make_folder(path)
                folders.append(path)
    return folders


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
    """Raise MisuseError if a folder does not exist or is the inbox."""
    facts = {"path": settings.file, "key": key, "folder": path}
    if not path.is_dir():
        raise MisuseError(text(
            N_("{path}: {key}: the folder does not exist: {folder}. Create it, or name another."),
            **facts))  # fmt: skip
    inbox = settings.inbox
    if inbox is not None and key != "inbox.folder" and path.resolve() == inbox.folder.resolve():
        message = N_("{path}: {key} must not be the inbox itself. Name another folder.")
        raise MisuseError(text(message, **facts))
