"""The reasons to refuse a file."""

from __future__ import annotations

from importer.base.texts import N_, Text, text
from importer.domain.problems import Code


class RefusedError(Exception):
    """A file that is refused, and why; the caller adds its name.

    `fix` replaces the usual advice for the code.
    """

    def __init__(self, code: Code, reason: Text | str, fix: Text | None = None) -> None:
        super().__init__(code, reason, fix)
        self.code = code
        self.reason = reason
        self.fix = fix


def hostile(reason: Text) -> RefusedError:
    """A file that no spreadsheet program would write."""
    return RefusedError(Code.HOSTILE_FILE, reason)


def too_large(reason: Text, limit: str, most: int) -> RefusedError:
    """A file beyond the limit of that name in the configuration."""
    message = N_("{reason}; the limit {limit} is {most}")
    return RefusedError(Code.TOO_LARGE, text(message, reason=reason, limit=limit, most=most))


def unreadable(reason: Text | str, fix: Text | None = None) -> RefusedError:
    """A file that cannot be read."""
    return RefusedError(Code.UNREADABLE_FILE, reason, fix)


def damaged() -> RefusedError:
    """A file that is incomplete or invalid."""
    reason = text(N_("it is damaged, incomplete, or in an unknown variant of its format"))
    fix = text(N_("Get the file again, or open it in Excel and save it."))
    return unreadable(reason, fix)


def same_sheet_twice() -> RefusedError:
    """A file of 1 MB that would take hours, because the same part is read again and again."""
    return hostile(text(N_("two of its sheets are stored in the same part")))


def password_protected() -> RefusedError:
    """An encrypted file."""
    return RefusedError(Code.PASSWORD_PROTECTED, text(N_("it is encrypted")))
