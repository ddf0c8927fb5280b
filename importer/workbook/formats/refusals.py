"""The reasons to refuse a file."""

from __future__ import annotations

from importer.base.texts import N_, Text, text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.markup import LAST_COLUMN, LAST_ROW, cell_name

_GET_IT_AGAIN = text(N_("Get the file again, or open it in Excel and save it."))


class RefusedError(Exception):
    """A file that is refused, and why; the caller adds its name.

    `fix` replaces the usual advice for the code. `detail` is for the log: a parser's own words.
    """

    def __init__(
        self, code: Code, reason: Text | str, fix: Text | None = None, detail: str | None = None
    ) -> None:  # fmt: skip
        super().__init__(code, reason, fix)
        self.code = code
        self.reason = reason
        self.fix = fix
        self.detail = detail


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


def too_much_memory(limits: Limits) -> RefusedError:
    """A file that takes more memory than it may."""
    return too_large(text(N_("reading it takes too much memory")), "memory_mb", limits.memory_mb)


def reader_failed(detail: str) -> RefusedError:
    """A file that breaks a parser in a way that is not foreseen."""
    reason = text(N_("the reader failed on it"))
    return RefusedError(Code.UNREADABLE_FILE, reason, detail=detail)


def damaged() -> RefusedError:
    """A file of which some bytes are missing or wrong."""
    return unreadable(text(N_("it is damaged or incomplete")), _GET_IT_AGAIN)


def unreadable_list() -> RefusedError:
    """A file whose sheets cannot be found, or not what they share."""
    reason = N_("the list of its sheets, or the texts and formats they share, cannot be read")
    return unreadable(text(reason), _GET_IT_AGAIN)


def unreadable_part(part: str) -> RefusedError:
    """A file of which a part is incomplete or invalid."""
    return unreadable(text(N_("its part {part} cannot be read"), part=part), _GET_IT_AGAIN)


def unreadable_sheet(name: str, reason: Text | None = None) -> RefusedError:
    """A file of which a sheet is invalid."""
    if reason is None:
        return unreadable(text(N_("sheet {sheet} cannot be read"), sheet=name), _GET_IT_AGAIN)
    message = N_("sheet {sheet} cannot be read, since {reason}")
    return unreadable(text(message, sheet=name, reason=reason), _GET_IT_AGAIN)


def same_row_twice(name: str, row: int) -> RefusedError:
    """A file of which a sheet has a row twice, so that one would be lost."""
    return unreadable_sheet(name, text(N_("two of its rows have the number {row}"), row=row))


def no_such_text(name: str, row: int, column: int) -> RefusedError:
    """A file of which a cell refers to a shared string that is not there."""
    reason = N_("the text of cell {cell} does not exist")
    return unreadable_sheet(name, text(reason, cell=cell_name(row, column)))


def outside_grid() -> RefusedError:
    """A file with cells that no sheet has."""
    return hostile(text(N_("it has cells outside the grid of a sheet")))


def check_on_grid(row: int, column: int) -> None:
    """Raise RefusedError for a cell that no sheet has."""
    if row > LAST_ROW or column > LAST_COLUMN:
        raise outside_grid()


def same_sheet_twice() -> RefusedError:
    """A file of 1 MB that would take hours, because the same part is read again and again."""
    return hostile(text(N_("two of its sheets are stored in the same part")))


def password_protected() -> RefusedError:
    """An encrypted file."""
    return RefusedError(Code.PASSWORD_PROTECTED, text(N_("it is encrypted")))
