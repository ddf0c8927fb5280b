"""Say in words why the system refuses a file."""

from __future__ import annotations

import errno
import os
import sys

from importer.base.texts import N_, text

_NOT_SHARED = (32, 33)  # ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
_DELETE, _SHARE_ALL = 0x10000, 7
_LONG_PATH = 240
"""Characters from which on Windows may say that a folder does not exist: its limit is 260, or
less for a temporary file beside."""

_REASONS = {
    errno.ENOENT: N_("the folder does not exist"),
    errno.ENOTDIR: N_("the folder does not exist"),
    errno.ENODEV: N_("it is not a regular file"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.EISDIR: N_("it is a folder"),
    errno.EEXIST: N_("it is a file, not a folder"),
    errno.EACCES: N_("permission denied, or the file is open in another program"),
    errno.EPERM: N_("permission denied, or the file is open in another program"),
    errno.EROFS: N_("the disk or the file is read-only"),
    errno.ENOSPC: N_("the disk is full"),
}


def os_error_reason(error: OSError) -> object:
    """The reason of `error` for a person; the system's own words where no text is known."""
    if is_in_use(error):
        return text(N_("it is open in another program"))
    number = error.errno or 0
    if os.name == "nt" and len(str(error.filename2 or error.filename)) >= _LONG_PATH:
        number = errno.ENAMETOOLONG if number in (errno.ENOENT, errno.EINVAL) else number
    reason = _REASONS.get(number)
    return text(reason) if reason else error.strerror or error


def is_in_use(error: OSError) -> bool:
    """Whether another program has the file open and does not share it, as only Windows has it."""
    if sys.platform != "win32" or error.errno != errno.EACCES:
        return False
    import _winapi

    if error.winerror not in _NOT_SHARED:  # Python opens, and Windows replaces, without saying so
        path = error.filename2 or error.filename
        if path is None:  # reading an open file, a part of which another program has locked
            return True
        try:
            _winapi.CloseHandle(_winapi.CreateFile(path, _DELETE, _SHARE_ALL, 0, 3, 0, 0))
        except OSError as again:
            error = again
    return error.winerror in _NOT_SHARED
