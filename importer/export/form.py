"""The formats that an export can have; light to import, for the command line's help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from importer.base.errors import MisuseError
from importer.base.texts import N_, text


class Format(StrEnum):
    """What an export can be written as."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"
    JSON = "json"
    HTML = "html"

    @classmethod
    def of(cls, path: Path) -> Format:
        """The format that the ending of a file's name tells; xlsx for a folder, which is refused
        when it is written to. Raises MisuseError where it tells none."""
        ending = path.suffix.lower().removeprefix(".")
        if path.is_dir():
            return cls.XLSX
        if ending not in (cls.XLSX, cls.ODS, cls.JSON, cls.HTML):
            raise MisuseError(
                text(N_("The ending of {path} is that of no export. Let it be .xlsx, .ods, .json "
                        "or .html; --format csv writes a folder."), path=path)
            )  # fmt: skip
        return cls(ending)
