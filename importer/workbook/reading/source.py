"""Open a file that is to be read, and send its bytes to another process."""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
from pathlib import Path
from typing import IO, BinaryIO

from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, Text, text
from importer.config.limits import MB, Limits
from importer.workbook.formats import refusals

_CHUNK = MB


def open_source(path: Path, limits: Limits) -> BinaryIO:
    """Open a regular file within `limits`; raise RefusedError if that fails."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refusals.unreadable(text(N_("it is a folder")))
        if not stat.S_ISREG(status.st_mode):
            raise refusals.unreadable(text(N_("it is not a regular file")))
        if status.st_size > limits.file_mb * MB:
            reason = text(N_("it has {size} MB"), size=status.st_size // MB)
            raise refusals.too_large(reason, "file_mb", limits.file_mb)
        if not status.st_size:
            raise refusals.unreadable(text(N_("it is empty")))
        return path.open("rb")
    except FileNotFoundError as error:
        raise refusals.unreadable(text(N_("it does not exist"))) from error
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error


def send(work: object, source: BinaryIO, receiver: IO[bytes]) -> str:
    """Send `work` and the bytes of `source`; return their SHA-256.

    Raises RefusedError if the file cannot be read to its end, and OSError if nobody receives it.
    """
    size = os.fstat(source.fileno()).st_size
    pickle.dump((work, size), receiver, pickle.HIGHEST_PROTOCOL)
    digest = hashlib.sha256()
    while size:
        try:
            chunk = source.read(min(size, _CHUNK))
        except OSError as error:
            raise _unreadable(error) from error
        if not chunk:
            raise refusals.unreadable(text(N_("it changed while it was read")))
        digest.update(chunk)
        receiver.write(chunk)
        size -= len(chunk)
    receiver.flush()
    return digest.hexdigest()


def _unreadable(error: OSError | ValueError) -> refusals.RefusedError:
    reason = os_error_reason(error) if isinstance(error, OSError) else error
    return refusals.unreadable(reason if isinstance(reason, Text) else str(reason))
