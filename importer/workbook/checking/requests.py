"""The requests of a workbook, made as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import compress, repeat
from typing import Any

from importer.domain.problems import Place, SheetPlace
from importer.domain.requests import Request
from importer.domain.sheets import Sheet
from importer.workbook.checking.cells import Value


class Requests:
    """The requests of the good rows, sheet by sheet.

    Each iteration makes them anew, so that they never all exist at once.
    """

    def __init__(self) -> None:
        self._sheets: list[tuple[Any, SheetPlace, Sequence[int], list[Any]]] = []

    def add(
        self, sheet: Sheet, place: SheetPlace, numbers: Sequence[int],
        values: Mapping[str, Sequence[Value]], bad: Set[int],
    ) -> None:  # fmt: skip
        """Add the rows of a sheet; those at the indices `bad` ask for nothing."""
        fields = sheet.request.__struct_fields__[1:]
        columns: list[Any] = [values.get(field, repeat(None)) for field in fields]
        if bad:
            good = [index not in bad for index in range(len(numbers))]
            numbers, *columns = (list(compress(column, good)) for column in (numbers, *columns))
        self._sheets.append((sheet.request, place, numbers, columns))

    def __len__(self) -> int:
        return sum(len(numbers) for _make, _place, numbers, _columns in self._sheets)

    def __iter__(self) -> Iterator[Request]:
        # The schema guarantees the types of the fields.
        for make, place, numbers, columns in self._sheets:
            yield from map(make, map(Place, repeat(place), numbers), *columns)
