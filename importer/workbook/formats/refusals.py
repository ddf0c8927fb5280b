"""Why a file is refused, before anybody knows what it is called."""

from __future__ import annotations

from importer.base.texts import N_, Text, text
from importer.domain.problems import Code


class RefusedError(Exception):
    """The file is not taken; `code` and `reason` say why, and the caller says which file it is.

    `fix` is what to do about it, where that is not the same for all files with that code.
    """

    def __init__(self, code: Code, reason: Text | str, fix: Text | None = None) -> None:
        super().__init__(code, reason, fix)
        self.code = code
        self.reason = reason
        self.fix = fix


def hostile(reason: Text) -> RefusedError:
    """A file that no spreadsheet program would have written so."""
    return RefusedError(Code.HOSTILE_FILE, reason)


def too_large(what: Text, limit: str, most: int) -> RefusedError:
    """More than the limit of that name in the configuration."""
    reason = text(N_("{what}; the limit {limit} is {most}"), what=what, limit=limit, most=most)
    return RefusedError(Code.TOO_LARGE, reason)


def unreadable(reason: Text | str, fix: Text | None = None) -> RefusedError:
    """A file that cannot be read."""
    return RefusedError(Code.UNREADABLE_FILE, reason, fix)


def damaged() -> RefusedError:
    """A file that is not whole."""
    reason = text(N_("it is damaged, cut short, or built in a way that is not understood"))
    fix = text(N_("Get the file once more, or open it in Excel and save it again."))
    return unreadable(reason, fix)


def same_sheet_twice() -> RefusedError:
    """A file of 1 MB that would be read for hours, the same part again and again."""
    return hostile(text(N_("two of its sheets are the same part of it")))


def password_protected() -> RefusedError:
    """A file that is encrypted."""
    return RefusedError(Code.PASSWORD_PROTECTED, text(N_("it is encrypted")))
