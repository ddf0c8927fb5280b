"""The base of values that never change and of which a workbook makes hundreds of thousands."""

from __future__ import annotations

from typing import dataclass_transform

from msgspec import Struct, field


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Made, compared and put into JSON by msgspec, in a third of the time of a named tuple.

    It refers to nothing that refers back to it, so garbage collection need not look at it.
    """
