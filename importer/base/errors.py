"""Errors that end a command, each with its exit code (docs/cli.md)."""

from __future__ import annotations

import signal
from typing import NoReturn

from importer.base.texts import Text

EXIT_DONE = 0
EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_FILE = 3
EXIT_LEDGER = 4
EXIT_UNDO = 5
EXIT_FAULT = 70
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it
EXIT_TERMINATED = 143  # 128 + SIGTERM


class TerminatedError(KeyboardInterrupt):
    """SIGTERM, which ends the work as Ctrl-C does."""


def terminate(*_: object) -> NoReturn:
    """Handle SIGTERM; another one, such as timeout(1) sends, does not disturb the cleaning up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise TerminatedError


class ImporterError(Exception):
    """An error outside the program; `message` says what is wrong and what to do."""

    exit_code = EXIT_FAULT

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


class MisuseError(ImporterError):
    """Wrong usage that only shows once the command runs."""

    exit_code = EXIT_USAGE


class FileError(ImporterError):
    """A file that cannot be read.

    `code` is the problem's: unreadable-file, not-a-workbook, too-large, password-protected or
    hostile-file; `fix` says what to do about it. `detail` is for the log: a parser's own words.
    """

    exit_code = EXIT_FILE

    def __init__(self, code: str, message: Text, fix: Text, detail: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.fix = fix
        self.detail = detail


class LedgerError(ImporterError):
    """A ledger that cannot be used: missing, unreachable, locked, foreign or damaged."""

    exit_code = EXIT_LEDGER


class StrangeLedgerError(LedgerError):
    """An unknown error of the database; the rows may have caused it."""


class OutputError(ImporterError):
    """A file that cannot be written; the file in its place is unchanged."""

    exit_code = EXIT_FILE
