"""The forms that an export can have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from importer.base.errors import MisuseError
from importer.base.texts import N_, text

MOVEMENTS = 10_000
"""How many of the newest changes an export lists by default.

The history of a ledger grows for ever, but nobody reads more: 10,000 rows take a few percent of the
time of a large export, and a mail can carry them.
"""
MOST_MOVEMENTS = 2**31 - 1
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Format(StrEnum):
    """A format: its name, the type of a mail's attachment, and its writer in export/writers/.

    `is_folder` formats write a folder, which a mail attaches as a zip. `only_read` formats are
    for people to read: they show an overview in place of the tables.
    """

    mail_type: str
    writer: str
    is_folder: bool
    only_read: bool

    XLSX = "xlsx", _OFFICE, "xlsx.write_xlsx"
    ODS = "ods", "application/vnd.oasis.opendocument.spreadsheet", "ods.write_ods"
    CSV = "csv", "application/zip", "csv_folder.write_csv", True
    JSON = "json", "application/json", "json_file.write_json"
    HTML = "html", "text/html", "page.write_page", False, True

    def __new__(
        cls, name: str, mail_type: str = "", writer: str = "", is_folder: bool = False,
        only_read: bool = False,
    ) -> Format:  # fmt: skip
        """One line above declares a format."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.mail_type, member.writer = mail_type, writer
        member.is_folder, member.only_read = is_folder, only_read
        return member

    @property
    def ending(self) -> str:
        """The ending of a file's name; none for a folder."""
        return "" if self.is_folder else f".{self.value}"

    @classmethod
    def of(cls, path: Path) -> Format:
        """The format for the ending of a file's name, or MisuseError; xlsx for an existing folder,
        which cannot be written to."""
        if path.is_dir():
            return cls.XLSX
        by_ending = {member.ending: member for member in cls if member.ending}
        if path.suffix.lower() in by_ending:
            return by_ending[path.suffix.lower()]
        message = N_("{path} must end in one of {endings}. For a folder of CSV files: --format csv")
        raise MisuseError(text(message, path=path, endings=by_ending))
