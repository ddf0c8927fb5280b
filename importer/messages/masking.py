"""Mask OTCs, which are secrets: logs and terminals show their last five characters.

Text is masked by its form. A cell of a report, which may have any, is by its column (`report.py`).
"""

from __future__ import annotations

import re

from importer.base.texts import INVISIBLE
from importer.domain.otc_code import masked
from importer.domain.tidying import ODD_DASHES, SPACES

_BLANK = (
    rf"(?:[{INVISIBLE}{SPACES}\u2400-\u2421]|‹U\+[0-9A-F]+›"  # also as messages show it
    r"|\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))"  # or Python
)
_SPACES = rf"(?:\s|{_BLANK}){{0,3}}"
_BETWEEN = rf"(?:{_SPACES}[-{ODD_DASHES}]{_SPACES}|{_BLANK}{{1,3}})"
_OTC = (  # compiled when it is first used, which takes 5 ms, as the next one
    rf"[A-Za-z0-9]{{5}}(?:{_BETWEEN}[A-Za-z0-9]{{5}}){{3,}}"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]{20}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9-])[A-Za-z0-9]{4,6}(?:-[A-Za-z0-9]{4,6}){3}(?![A-Za-z0-9-])"
)
"""Possible OTCs, however they were typed; without dashes, as a word of their own. An OTC with a
character missing or too many gives away as much as a correct one."""

_SET_OFF = (
    r"(?<![A-Za-z0-9])(?=(?:[A-Z]|[\s_./\u2400-\u241f-])*\d)"  # no words of a sentence
    r"[A-Z0-9]{5}(?:[\s_./\u2400-\u241f-]{0,4}[A-Z0-9]{5}){3}(?![A-Za-z0-9])"
)
"""Possible OTCs with other separators than dashes, or none between some groups."""

_SAMPLE = "XXXXX-XXXXX-XXXXX-XXXXX"
"""The pattern of an OTC in messages."""


def without_otcs(words: str) -> str:
    """`words` with everything masked that may be an OTC."""
    words = re.sub(_OTC, lambda otc: otc[0] if otc[0] == _SAMPLE else masked(otc[0]), words)
    return re.sub(_SET_OFF, lambda otc: masked(otc[0]), words)
