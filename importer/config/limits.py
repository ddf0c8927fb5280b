"""How much of a file is taken before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

MB = 1024**2


def _limit(default: int, explained: str) -> int:
    """A limit's default, and what it limits; docs/limits.md tells it."""
    limit: int = field(default=default, metadata={"explained": explained})
    return limit


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much; the names are the keys of `[limits]` in the configuration file.

    The defaults take every workbook of a million rows that Excel makes, and little more.
    """

    file_mb: int = _limit(200, "Size of the file. A million rows are some 60 MB.")
    parts: int = _limit(
        10_000, "Files in the archive that a workbook is. Excel makes a few a sheet and picture."
    )
    inflated_mb: int = _limit(
        2_048,
        "Size of all these files together, counted while they are inflated. A million rows are "
        "some 600 MB.",
    )
    ratio: int = _limit(
        200,
        "How many times its size one of them may grow, beyond 16 MB. Sheets grow 5 to 60 times; "
        "the method could make it 1,032.",
    )
    rows: int = _limit(
        1_048_576, "Rows of a sheet, down to the last one with a value. So many has Excel."
    )
    columns: int = _limit(
        16_384, "Columns of a sheet, up to the last one with a value. So many has Excel."
    )
    cells: int = _limit(
        50_000_000,
        "Cells of a sheet from A1 to the last one with a value; blank ones take memory, too.",
    )
    seconds: int = _limit(300, "Seconds that reading a file may take.")
    memory_mb: int = _limit(
        4_096,
        "Memory that reading a file may take, where the system can limit it: on Linux.",
    )


DEFAULT_LIMITS = Limits()

LEAST_MEMORY = 64
"""MB without which the process that reads cannot even say that it has too little."""
