"""What logs and terminals may show of OTCs, which are secrets: their last five characters."""

from __future__ import annotations

import io
import re
from typing import TextIO

from importer.domain.otc_code import INVISIBLE, ODD_DASHES, masked

_BLANK = rf"(?:[{INVISIBLE}]|\\(?:x[0-9a-f]{{2}}|u[0-9a-f]{{4}}))"  # also as Python shows it
_SPACES = rf"(?:\s|{_BLANK}){{0,3}}"
_BETWEEN = rf"(?:{_SPACES}[-{ODD_DASHES}]{_SPACES}|{_BLANK}{{1,3}})"
_OTC = re.compile(
    rf"[A-Za-z0-9]{{5}}(?:{_BETWEEN}[A-Za-z0-9]{{5}}){{3,}}"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]{20}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9-])[A-Za-z0-9]{4,6}(?:-[A-Za-z0-9]{4,6}){3}(?![A-Za-z0-9-])"
)
"""What may be an OTC, however it was typed; without dashes it stands alone. One that lacks a
character, or has one too many, tells as much as a right one."""

_SET_OFF = re.compile(
    r"(?<![A-Za-z0-9])(?=(?:[A-Z]|[\s_./\u2400-\u241f-])*\d)"  # no words of a sentence
    r"[A-Z0-9]{5}(?:[\s_./\u2400-\u241f-]{0,4}[A-Z0-9]{5}){3}(?![A-Za-z0-9])"
)
"""The same with other separators than dashes, or none between some of its groups."""

_SAMPLE = "XXXXX-XXXXX-XXXXX-XXXXX"
"""What messages show to say how an OTC looks."""


class Masked(io.TextIOBase):
    """Standard error, on which no more of an OTC is shown than its last five characters."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a class attribute there
        """The stream's encoding."""
        return self._stream.encoding

    def write(self, words: str) -> int:
        """Write `words`, masked; as many characters as were given."""
        self._stream.write(without_otcs(words))
        return len(words)

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The stream's number to the system."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """It is."""
        return True


def without_otcs(words: str) -> str:
    """`words` with whatever may be an OTC in them masked."""
    words = _OTC.sub(lambda otc: otc[0] if otc[0] == _SAMPLE else masked(otc[0]), words)
    return _SET_OFF.sub(lambda otc: masked(otc[0]), words)
