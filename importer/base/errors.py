"""What stops a whole command, as a tree; each error knows its exit code (CLI.md)."""

from __future__ import annotations

from importer.base.texts import Text

EXIT_DONE = 0
EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_FILE = 3
EXIT_LEDGER = 4
EXIT_UNDO = 5
EXIT_FAULT = 70
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class ImporterError(Exception):
    """Something outside the program is not as it must be; `message` says what and what to do."""

    exit_code = EXIT_FAULT

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


class MisuseError(ImporterError):
    """The command was used wrongly in a way that only shows once it runs."""

    exit_code = EXIT_USAGE


class FileError(ImporterError):
    """A file cannot be read or written.

    `code` is the problem's: unreadable-file, not-a-workbook, too-large, password-protected or
    hostile-file; `fix` says what to do about it.
    """

    exit_code = EXIT_FILE

    def __init__(self, code: str, message: Text, fix: Text) -> None:
        super().__init__(message)
        self.code = code
        self.fix = fix


class LedgerError(ImporterError):
    """The ledger cannot be used: missing, unreachable, locked too long, foreign, broken."""

    exit_code = EXIT_LEDGER


class StrangeLedgerError(LedgerError):
    """The database refuses for a reason that we have no words for; it may be due to the rows."""


class OutputError(ImporterError):
    """A file cannot be written; what stood in its place is as it was."""

    exit_code = EXIT_FILE
