"""Connect to the local or remote folder of an export."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from importer.base.errors import OutputError
from importer.base.files import os_error_reason
from importer.base.texts import N_, text
from importer.config.service import ExportSettings
from importer.service.exports import local_files
from importer.service.exports.folder import Folder
from importer.service.exports.redaction import shown, without_secrets


@contextmanager
def open_folder(settings: ExportSettings) -> Iterator[Folder]:
    """Open the folder, which must exist if it is local; raise OutputError for any failure."""
    try:
        with _connection(settings) as folder:
            yield folder
    except Exception as error:  # each library has its own
        raise OutputError(text(
            N_("{folder} cannot be used: {reason}. Check {key}.folder."), folder=shown(settings),
            reason=_reason(error, settings), key=settings.key)) from error  # fmt: skip


def _connection(settings: ExportSettings) -> AbstractContextManager[Folder]:
    if not settings.is_remote:
        return nullcontext(local_files.connect(settings.folder))
    if settings.folder.startswith(("sftp://", "ssh://")):
        try:
            from importer.service.exports import sftp
        except ImportError as error:
            command = 'pip install "avira-importer[sftp]"'
            raise OutputError(text(N_("a package is missing. Install it with: {command}"),
                                   command=command)) from error  # fmt: skip
        return sftp.connect(settings)
    if "::" in settings.folder:  # fsspec chains file systems with it
        raise OutputError(text(N_("it must not contain ::")))
    from importer.service.exports import fsspec_files

    return nullcontext(fsspec_files.connect(settings))


def _reason(error: Exception, settings: ExportSettings) -> object:
    """What went wrong, without secrets."""
    if isinstance(error, OutputError):
        return error.message
    if isinstance(error, TimeoutError):
        return text(N_("the server does not answer"))
    if isinstance(error, OSError) and not settings.is_remote:
        return os_error_reason(error)
    return without_secrets(str(error) or type(error).__name__, settings)
