"""Lines of text whose parts have a tone, for a terminal, a mail or a file to render."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from importer.base.texts import Text, printable


class Tone(Enum):
    """The weight of a word, shown as a colour. The words say the same."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


class Span(NamedTuple):
    """A part of a line."""

    text: str
    tone: Tone | None = None
    bold: bool = False


class ReportLine(NamedTuple):
    """A line, indented by so many spaces; `str` gives it without tones."""

    spans: tuple[Span, ...] = ()
    indent: int = 0

    def __str__(self) -> str:
        return " " * self.indent + "".join(span.text for span in self.spans)

    @property
    def is_plain(self) -> bool:
        """True if no part of the line stands out."""
        return not any(span.tone or span.bold for span in self.spans)


def line(indent: int, *parts: str | Text | Span) -> ReportLine:
    """A line of `parts`, without characters that could act on a terminal."""
    spans = (part if isinstance(part, Span) else Span(str(part)) for part in parts)
    return ReportLine(tuple(span._replace(text=printable(span.text)) for span in spans), indent)


BLANK = ReportLine()
