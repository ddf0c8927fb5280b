"""Lay out a mail as plain text and as HTML.

Typed text can add neither headers nor HTML, and shows only the last five characters of an OTC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from importer.base import clock
from importer.base.errors import MisuseError
from importer.base.texts import N_, _, current_language, printable, shortened, text
from importer.config.types import email_address
from importer.messages.masking import without_otcs

WEB = Path(__file__).parent / "web"

_POLICY = SMTP.clone(cte_type="7bit")  # every server accepts that
_QUOTED = re.compile(r'[()<>\[\]:;@\\,."]')
_LONGEST_NAME = 60


class Grid(NamedTuple):
    """Rows of values as they are shown, the first of each a label; all is `safe`.

    `numeric` is true for each column of numbers. Title and headers may be empty.
    """

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of a mail; `subject` is `safe_line`, all else `safe`.

    `report` holds lines whose leading spaces count.
    """

    subject: str
    heading: str
    sentences: Sequence[str]
    grids: Sequence[Grid] = ()
    report: Sequence[str] = ()

    def message(self, sender: str, to: Sequence[str]) -> EmailMessage:
        """The mail to all of `to`; raises MisuseError where an address is invalid."""
        assert to, "a mail has a recipient"
        author = address(sender)
        domain = author.domain if author.domain.isascii() else "localhost"
        message = EmailMessage(_POLICY)
        message["From"] = author
        message["To"] = [address(words) for words in dict.fromkeys(to)]
        message["Subject"] = self.subject
        message["Date"] = clock.now()
        message["Message-ID"] = make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
        message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
        fixed = {
            "no_rows": _("There are none."),
            "signature": _(N_("This mail was sent by avira-importer.")),
        }
        message.set_content("\n".join(_plain_text(self, **fixed)), cte="quoted-printable")
        template = _environment().get_template("mail.html.jinja")
        page = template.render(letter=self, language=current_language(), **fixed)
        message.add_alternative(page, subtype="html", cte="quoted-printable")
        return message


def address(words: str) -> Address:
    """The address `words`, which may have a name: `Licences <licences@msp.example>`.

    Raises MisuseError if it is invalid.
    """
    parts = email_address(words)
    if parts is None:
        message = N_("{words} is not an email address. Correct it in the configuration file.")
        raise MisuseError(text(message, words=words))
    name, user, host = parts
    if len(words) > _LONGEST_NAME:
        name = _QUOTED.sub(" ", name)  # Python loses the quotes where it folds a line
    return Address(safe_line(name), user, host)


def safe(words: str) -> str:
    """`words` with OTCs masked, and without characters that could change a mail."""
    return without_otcs(printable(words))


def safe_line(words: object) -> str:
    """`words` safe for a header: on one line, without encoded words, which may have line breaks."""
    return safe(" ".join(str(words).split()).replace("=?", "= ?"))


def _plain_text(letter: Letter, no_rows: str, signature: str) -> Iterator[str]:
    yield letter.heading
    for sentence in letter.sentences:
        yield from ("", sentence)
    for grid in letter.grids:
        yield ""
        if grid.title:
            yield from (grid.title, "")
        yield from _aligned(grid) if grid.rows else [no_rows]
    if letter.report:
        yield from ("", *letter.report)
    yield from ("", "-- ", signature)  # mail programs recognise a signature by the dashes


def _aligned(grid: Grid) -> Iterator[str]:
    """The rows below their headers, each column as wide as its widest value."""
    shown = [grid.headers, *grid.rows] if grid.headers else grid.rows
    rows = [(shortened(label), *values) for label, *values in shown]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for value, width, numeric in zip(row, widths, grid.numeric, strict=True):
            padding = " " * (width - _width(value))
            cells.append(padding + value if numeric else value + padding)
        yield "  ".join(cells).rstrip()


def _width(words: str) -> int:
    """The number of columns that `words` take in a font of fixed width."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in words)
    return len(words) + wide - sum(unicodedata.category(c) in ("Mn", "Cf") for c in words)


def _indented(line: str) -> str:
    """`line` with leading spaces that no mail program joins; an empty line keeps its height."""
    rest = line.lstrip(" ")
    return "\u00a0" * max(len(line) - len(rest), not rest) + rest


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(WEB)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.filters["indented"] = _indented
    return environment
