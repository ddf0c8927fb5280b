"""The folders that the configuration names: those that must be there, and those that are made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from importer.base.errors import MisuseError
from importer.base.files import make_folder, os_error_reason
from importer.base.texts import N_, text
from importer.config.service import InboxSettings, ServiceSettings
from importer.service.state import state_folder


def make_places(settings: ServiceSettings, *, checked: bool = False) -> None:
    """Make the folders of the service's own, and look for the others, unless they are `checked`.

    Raises MisuseError with the key of one that is missing or is the inbox, OutputError where one
    cannot be made.
    """
    state = state_folder(settings)
    try:
        state.mkdir(mode=0o700, parents=settings.state is None, exist_ok=True)
    except OSError as error:
        raise MisuseError(
            text(N_("{path}: {key} cannot be used: {folder}: {reason}."), path=settings.file,
                 key="service.state", folder=state, reason=os_error_reason(error))
        ) from error  # fmt: skip
    for key, path in must_exist(settings):
        if not path.is_dir() and not checked:
            raise missing(settings, key, path)
        if settings.inbox is not None and key != "inbox.folder" and _same(path, settings.inbox):
            raise MisuseError(
                text(N_("{path}: {key} is the inbox itself; name another folder."),
                     path=settings.file, key=key)
            )  # fmt: skip
    for path in made_if_missing(settings):
        if path.parent.is_dir():
            make_folder(path)


def _same(path: Path, inbox: InboxSettings) -> bool:
    return path.resolve() == inbox.folder.resolve()


def must_exist(settings: ServiceSettings) -> Iterator[tuple[str, Path]]:
    """Folders that are none of ours to make, each with the key that names it."""
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


def made_if_missing(settings: ServiceSettings) -> Iterator[Path]:
    """Folders in the inbox."""
    inbox = settings.inbox
    if inbox is not None:
        yield from (one for one in (inbox.applied, inbox.rejected) if one.parent == inbox.folder)


def missing(settings: ServiceSettings, key: str, path: Path) -> MisuseError:
    """What to say of a folder that is not there."""
    return MisuseError(
        text(N_("{path}: {key}: there is no folder {folder}. Make it, or name another."),
             path=settings.file, key=key, folder=path)
    )  # fmt: skip
