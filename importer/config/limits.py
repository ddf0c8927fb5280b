"""Limits on the files that are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

MB = 1024**2


@dataclass(frozen=True, slots=True)
class Range:
    """The whole numbers that a setting may have; pydantic reads it without being imported here."""

    least: int = 1
    most: int = 2**31 - 1

    def __get_pydantic_core_schema__(self, *_: object) -> dict[str, object]:
        return {"type": "int", "strict": True, "ge": self.least, "le": self.most}


_ANY = Range()


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of the table [limits], with what docs/limits.md says of them.

    The defaults allow a workbook of a million rows with the columns of the template, and little
    more.
    """

    file_mb: Annotated[int, _ANY, "Size of the file. A million rows take about 60 MB."] = 200
    parts: Annotated[int, _ANY, "Files in the archive. Excel writes a few per sheet."] = 5_000
    inflated_mb: Annotated[int, _ANY, "Size inflated. A million rows take about 600 MB."] = 2_048
    ratio: Annotated[int, _ANY, "Inflated size by size, beyond 16 MB. Sheets have 5 to 60."] = 200
    rows: Annotated[int, _ANY, "Rows of a sheet, up to the last value. Excel's limit."] = 1_048_576
    repetitions: Annotated[int, _ANY, "Rows of an ODS file that only repeat the row above."] = (
        10_000
    )
    columns: Annotated[int, _ANY, "Columns, up to the last value. Excel's limit."] = 16_384
    cells: Annotated[int, _ANY, "Cells of a sheet, from A1 to the last value."] = 30_000_000
    seconds: Annotated[
        int, Range(most=86_400), "Processor time of a large file; small ones get a twentieth."
    ] = 30
    # With a third of less memory, the reading process could not even report the lack.
    memory_mb: Annotated[int, Range(192), "Memory of a large file; small ones get a third."] = 1_024


DEFAULT_LIMITS = Limits()
