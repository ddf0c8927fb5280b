"""Connect to the folder of an export, on this computer or where a URL says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from importer.base.errors import OutputError
from importer.base.files import os_error_reason
from importer.base.texts import N_, text
from importer.config.service import ExportSettings
from importer.service.exports import local_files
from importer.service.exports.address import Address
from importer.service.exports.folder import Folder

_SFTP = ("sftp", "ssh")


@contextmanager
def open_folder(settings: ExportSettings) -> Iterator[Folder]:
    """Give the folder; whatever goes wrong there is an OutputError.

    A folder of this computer must exist; others are made.
    """
    address = Address(settings.folder, settings.options)
    try:
        with _connection(address, settings.key) as folder:
            yield folder
    except Exception as error:  # each library has its own
        raise OutputError(
            text(N_("{folder} cannot be used: {reason}. Check {key}.folder."),
                 folder=address.shown, reason=_reason(error, address), key=settings.key)
        ) from error  # fmt: skip


def shown(settings: ExportSettings) -> str:
    """The path or URL of the folder, without secrets."""
    return Address(settings.folder, settings.options).shown


def _connection(address: Address, key: str) -> AbstractContextManager[Folder]:
    if not address.protocol:
        return nullcontext(local_files.connect(address.url))
    if address.protocol in _SFTP:
        try:
            from importer.service.exports import sftp
        except ImportError as error:
            raise OutputError(
                text(N_("a package is missing. Install it with: {command}"),
                     command='pip install "avira-importer[sftp]"')
            ) from error  # fmt: skip
        return sftp.connect(address, key)
    if "::" in address.url:  # with which fsspec reaches one place through another
        raise OutputError(text(N_("it must not have :: in it")))
    from importer.service.exports import fsspec_files

    return nullcontext(fsspec_files.connect(address))


def _reason(error: Exception, address: Address) -> object:
    """What went wrong, without secrets."""
    if isinstance(error, OutputError):
        return error.message
    if isinstance(error, TimeoutError):
        return text(N_("the server does not answer"))
    if isinstance(error, OSError) and not address.protocol:
        return os_error_reason(error)
    return address.cleaned(str(error) or type(error).__name__)
