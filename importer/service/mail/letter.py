"""A mail as text and as HTML, in which whatever a person has typed is text.

Neither a header nor an element comes of it, and no more of an OTC is shown than its last five
characters.
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
from importer.base.texts import N_, _, current_language, shortened, text
from importer.config.types import email_address
from importer.messages.masking import without_otcs

WEB = Path(__file__).parent / "web"

_POLICY = SMTP.clone(cte_type="7bit")  # every server takes that
_QUOTED = re.compile(r'[()<>\[\]:;@\\,."]')
_ONE_LINE = 60
_NEVER = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What breaks lines or turns them round, and what is no character."""


class Grid(NamedTuple):
    """Rows of values as they are shown, the first of each a label.

    `numeric` says of each column whether it holds numbers; without a title or headers, none stand
    above. All is `safe`.
    """

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says; `subject` is `safe_line`, all else `safe`.

    `report` are lines whose first spaces count.
    """

    subject: str
    heading: str
    sentences: Sequence[str]
    grids: Sequence[Grid] = ()
    report: Sequence[str] = ()

    @property
    def none(self) -> str:
        """What stands for a table without rows."""
        return _("There are none.")

    @property
    def signed(self) -> str:
        """Who has written it."""
        return _(N_("This mail was written by avira-importer."))

    def message(self, sender: str, to: Sequence[str]) -> EmailMessage:
        """The mail to all of `to`; raises MisuseError where an address is none."""
        assert to, "whoever writes a mail knows to whom"
        author = address(sender)
        domain = author.domain if author.domain.isascii() else "localhost"
        message = EmailMessage(_POLICY)
        message["From"] = author
        message["To"] = [address(one) for one in dict.fromkeys(to)]
        message["Subject"] = self.subject
        message["Date"] = clock.now()
        message["Message-ID"] = make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
        message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
        message.set_content("\n".join(_in_text(self)), cte="quoted-printable")
        template = _environment().get_template("mail.html.jinja")
        page = template.render(letter=self, language=current_language())
        message.add_alternative(page, subtype="html", cte="quoted-printable")
        return message


def address(words: str) -> Address:
    """The address `words`, which may have a name: `Licences <licences@msp.example>`.

    Raises MisuseError if it is none.
    """
    found = email_address(words)
    if found is None:
        raise MisuseError(
            text(N_("{words} is no email address. Correct it in the configuration file."),
                 words=words)
        )  # fmt: skip
    name, user, host = found
    if len(words) > _ONE_LINE:
        name = _QUOTED.sub(" ", name)  # where a line is folded, Python loses the quotes
    return Address(safe_line(name), user, host)


def safe(words: str) -> str:
    """`words` with OTCs masked, and without characters that would do something to a mail."""
    shown = "".join(chr(0x2400 + ord(c)) if c < " " else c for c in words)
    return without_otcs(_NEVER.sub("\ufffd", shown))


def safe_line(words: object) -> str:
    """The same for a header: on one line, and nothing in it is taken for an encoded word, which may
    hold a line break."""
    return safe(" ".join(str(words).split()).replace("=?", "= ?"))


def safe_in_short(words: str) -> str:
    """The same, its end left off where it is long; an OTC is masked before it is cut in two."""
    return shortened(safe_line(words))


def _in_text(letter: Letter) -> Iterator[str]:
    yield letter.heading
    for sentence in letter.sentences:
        yield from ("", sentence)
    for grid in letter.grids:
        yield ""
        if grid.title:
            yield from (grid.title, "")
        yield from _aligned(grid) if grid.rows else [letter.none]
    if letter.report:
        yield from ("", *letter.report)
    yield from ("", "-- ", letter.signed)  # programs know a signature by these dashes


def _aligned(grid: Grid) -> Iterator[str]:
    """The rows below their headers, each column as wide as its widest value."""
    rows = [[shortened(value) if at == 0 else value for at, value in enumerate(row)]
            for row in ([grid.headers] if grid.headers else []) + list(grid.rows)]  # fmt: skip
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for value, width, numeric in zip(row, widths, grid.numeric, strict=True):
            room = " " * (width - _width(value))
            cells.append(room + value if numeric else value + room)
        yield "  ".join(cells).rstrip()


def _width(words: str) -> int:
    """How many columns `words` take where all letters are equally wide."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in words)
    return len(words) + wide - sum(unicodedata.category(c) in ("Mn", "Cf") for c in words)


def _indented(line: str) -> str:
    """A line whose first spaces stay, even in programs that join spaces; an empty one is seen."""
    rest = line.lstrip(" ")
    return "\u00a0" * max(len(line) - len(rest), not rest) + rest


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined,
    )  # fmt: skip
    environment.filters["indented"] = _indented
    return environment
