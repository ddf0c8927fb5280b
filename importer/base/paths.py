"""Compare paths, and tell which no file can have."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, text


def same_place(path: Path, other: Path) -> bool:
    """Whether two paths lead to the same file or folder, through links or by another case too."""
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):  # one of them does not exist
        return real_path(path) == real_path(other)


def real_path(path: Path) -> Path:
    """`path` as an absolute one without links, or as it is if no file can have it."""
    try:
        return Path(os.path.normcase(os.path.realpath(path)))
    except ValueError:
        return path


def unusable_path(path: str | os.PathLike[str]) -> object | None:
    """The reason why no file can ever have that path; None if one can."""
    if os.path.abspath(path).startswith("\\\\.\\"):  # NUL, and CON.xlsx before Windows 11
        return text(N_("Windows reserves that name for a device"))
    try:
        os.lstat(path)
    except UnicodeError:
        return None
    except ValueError:
        return text(N_("it contains a null character"))
    except OSError as error:
        return os_error_reason(error) if error.errno == errno.ENAMETOOLONG else None
    return None
