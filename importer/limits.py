"""How much of a file is taken before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much; the names are the keys of `[limits]` in the configuration file.

    The defaults take every workbook that Excel can make of a million rows, and little more.
    """

    file_mb: int = 256
    """Size of the file. A million rows are some 60 MB."""
    parts: int = 10_000
    """Files in the archive that a workbook is. Excel makes a few for each sheet and picture."""
    inflated_mb: int = 2_048
    """Size of all parts together, counted while they are inflated. A million rows are 600 MB."""
    ratio: int = 200
    """How many times its size a part may grow when it is inflated. Real sheets grow 5 to 60 times;
    the method that they are packed with can do 1,032."""
    rows: int = 1_048_576
    """Rows of a sheet, down to the last one with a value. The default is Excel's grid."""
    columns: int = 16_384
    """Columns of a sheet, up to the last one with a value. The default is Excel's grid."""
    cells: int = 50_000_000
    """Cells of a sheet from A1 to the last one with a value: blank ones take memory, too."""
    seconds: int = 300
    """Time that reading a file may take."""
    memory_mb: int = 4_096
    """Memory that reading a file may take, where the system can limit it (not on Windows)."""


DEFAULT_LIMITS = Limits()
