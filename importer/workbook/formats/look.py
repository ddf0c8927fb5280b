"""What the program's own look at a file gives, before calamine reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from importer.workbook.markup import Markup

Positions = list[tuple[int, int]]
"""Rows and columns of cells, counted from 1."""


class Look(NamedTuple):
    """The markup of each sheet, by its name or in the file's order, and the file for calamine.

    `filled` takes the same key; it looks at that sheet again and gives the positions of all cells
    with a value, one that occurs twice also twice. It raises RefusedError for an invalid sheet.
    """

    markups: dict[str, Markup] | list[Markup]
    content: bytes
    filled: Callable[[Any], Iterable[tuple[int, int]]]
