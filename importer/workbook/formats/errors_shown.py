"""The error values of Excel's binary formats, as a cell shows them: [MS-XLS], 2.5.10, BErr."""

from __future__ import annotations

_SHOWN = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def error_shown(value: int) -> str:
    """What the cell with that error shows."""
    return _SHOWN.get(value, "#N/A")
