"""Tell which cell of a workbook a field of a text file is, and guard text from being a formula."""

from __future__ import annotations

import re

from importer.domain.problems import Code
from importer.workbook.cell import BadCell, Cell, error_in

_SEPARATORS = frozenset(",;\t|\r\n")
_START = r"(?:\A|(?<=[,;\t|\r\n]))"
"""The start of a field, also where a program takes another character for the separator."""
_DANGEROUS = re.compile(_START + r"""(?=['"]*[=+\-@\t\r\n＝＋－＠])""")
_GUARDED = re.compile(_START + r"""'(?=['"]*[=+\-@\t\r\n＝＋－＠])""")
_QUOTED = re.compile(r'=\s*"((?:[^"]|"")*)"')
"""Text that was written as a formula so that Excel keeps its zeros: ="00123"."""
_FORMULA = re.compile(
    r"=.+"
    r"|[+\-@][A-Za-z][\w.]*\(.*\).*"  # @SUM(A1:A9)
    r"|[+\-]\$?[A-Z]{1,3}\$?[0-9]{1,7}([+\-*/^&].*)?"  # -B2*3
    r"|[+\-][0-9.,%]+[+*^&].+",  # +1+1, not -5 or +34-600-123-456
    re.DOTALL,
)
"""What Excel would calculate, apart from numbers and what may be a telephone number."""


def cell_of(field: str) -> Cell:
    """The cell of a workbook that a spreadsheet program would write as `field`."""
    if error := error_in(field):
        return error
    stripped = field.strip()
    if quoted := _QUOTED.fullmatch(stripped):
        return quoted[1].replace('""', '"') or None
    if _FORMULA.fullmatch(stripped):
        return BadCell(Code.FORMULA_WITHOUT_VALUE, stripped)
    return unguarded(field) or None


def guarded(value: str) -> str:
    """Keep spreadsheet programs from reading `value`, or a part of it, as a formula.

    An apostrophe goes before each beginning of one; `unguarded` takes it away.
    """
    if value[:1].isalnum() and _SEPARATORS.isdisjoint(value):  # as most are
        return value
    return _DANGEROUS.sub("'", value)


def unguarded(value: str) -> str:
    """Undo `guarded`."""
    return _GUARDED.sub("", value)
