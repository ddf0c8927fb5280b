"""What the service writes to people: of an export, a refused workbook, or what else needs them."""

from __future__ import annotations

import datetime as dt
import tempfile
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import IO, NamedTuple

from importer.base.errors import OutputError
from importer.base.texts import N_, Text, first_of, text
from importer.config.service import SmtpSettings
from importer.export.book import Block, Line, Shown, Summary, readable
from importer.service.mail.letter import Grid, Letter, safe, safe_in_short, safe_line

MOST_ATTACHED = 20_000_000
"""Bytes of an attachment; in a mail it is larger by a third, and many servers take 25 to 35 MB."""

MOST_LINES = 500
"""Of a report; whoever has more to correct opens the workbook."""

_TYPES = {
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": ("application", "vnd.oasis.opendocument.spreadsheet"),
    "json": ("application", "json"),
    "html": ("text", "html"),
    "zip": ("application", "zip"),
}
_OTHER = ("application", "octet-stream")
_NUMERIC = (Shown.NUMBER, Shown.PERCENT)


class _Attachment(NamedTuple):
    """`size` is in bytes; `content` is None if that is too much."""

    name: str
    size: int
    content: bytes | None


def export_mail(
    smtp: SmtpSettings, to: Sequence[str], name: str, summary: Summary, made: Path, place: str
) -> EmailMessage:
    """That the export `name` was made, what its `summary` says, and the file itself attached.

    `made` is the file, under the name that it is to have, or the folder of CSV files, which is
    attached as one zip; above MOST_ATTACHED the mail only says that it lies at `place`. Raises
    OutputError if it cannot be read, MisuseError where an address is none.
    """
    attached = _attachment(made)
    if attached.content is None:
        told = text(N_("The export “{name}” has been made. With {size} MB it is too large to be "
                       "attached (at most {most} MB). It lies here: {place}"),
                    name=name, place=place, size=f"{attached.size / 1e6:.1f}",
                    most=MOST_ATTACHED // 1_000_000)  # fmt: skip
    else:
        told = text(N_("The export “{name}” has been made. It is attached as {file}, and lies "
                       "here: {place}"), name=name, file=attached.name, place=place)  # fmt: skip
    grids = [_lines(summary.origin), _lines(summary.figures), *map(_block, summary.blocks)]
    letter = Letter(_subject(name, summary), safe(summary.heading), [safe(str(told))], grids)
    message = letter.message(smtp.sender, to)
    if attached.content is not None:
        ending = attached.name.rpartition(".")[2].lower()
        maintype, subtype = _TYPES.get(ending, _OTHER)
        message.add_attachment(
            attached.content, maintype=maintype, subtype=subtype, filename=attached.name
        )
    return message


def refusal_mail(smtp: SmtpSettings, name: str, words: Sequence[str], place: str) -> EmailMessage:
    """That the workbook `name` was refused, or a part of it; it goes to `smtp.alerts_to`.

    `words` are the lines of its report, and `place` is the folder that it was returned to.
    """
    subject = text(N_("{file} could not be applied as it is"), file=safe_in_short(name))
    told = text(N_("The workbook {file} could not be applied as it is. It lies here: {place}"),
                file=name, place=place)  # fmt: skip
    report = [safe(line.expandtabs()) for line in first_of(words, MOST_LINES)]
    letter = Letter(safe_line(subject), safe(str(subject)), [safe(str(told))], report=report)
    return letter.message(smtp.sender, smtp.alerts_to)


def alert_mail(smtp: SmtpSettings, subject: Text, lines: Sequence[Text]) -> EmailMessage:
    """That something else needs a person; `lines` say what, and what to do. The same go to."""
    sentences = [safe(str(line)) for line in lines]
    letter = Letter(safe_line(subject), safe(str(subject)), sentences)
    return letter.message(smtp.sender, smtp.alerts_to)


def _subject(name: str, summary: Summary) -> str:
    told = {line.key: line.value for line in summary.origin}
    at = told["as_of"]
    assert isinstance(at, dt.datetime), "every export is of an instant"
    day = at.replace(tzinfo=dt.UTC).astimezone().date()  # the day where the computer stands
    if "customer" not in told:
        return safe_line(f"{name}, {day}")
    return safe_line(f"{name}: {safe_in_short(str(told['customer']))}, {day}")


def _lines(lines: Sequence[Line]) -> Grid:
    rows = [(safe(line.label), safe(readable(line.value, line.shown))) for line in lines]
    return Grid("", (), rows, (False, all(line.shown in _NUMERIC for line in lines)))


def _block(block: Block) -> Grid:
    columns = block.table.columns
    return Grid(
        safe(block.table.title),
        [safe(column.header) for column in columns],
        [
            [
                safe(readable(value, column.shown))
                for column, value in zip(columns, row, strict=True)
            ]
            for row in block.table.rows
        ],
        [column.shown in _NUMERIC for column in columns],
    )


def _attachment(made: Path) -> _Attachment:
    try:
        if made.is_dir():
            return _zip(made)
        size = made.stat().st_size
        content = made.read_bytes() if size <= MOST_ATTACHED else None
        return _Attachment(safe_line(made.name), size, content)
    except OSError as error:
        raise OutputError(
            text(N_("{path} cannot be read: {reason}."), path=made, reason=error.strerror)
        ) from error


def _zip(folder: Path) -> _Attachment:
    """The CSV files of `folder` as one; it is put together on the disk, since it may be large."""
    with tempfile.TemporaryFile() as stream:
        _write_zip(stream, folder)
        size = stream.tell()
        stream.seek(0)
        content = stream.read() if size <= MOST_ATTACHED else None
    return _Attachment(f"{safe_line(folder.name)}.zip", size, content)


def _write_zip(stream: IO[bytes], folder: Path) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in sorted(folder.glob("[!.]*.csv")):
            archive.write(path, f"{safe_line(folder.name)}/{path.name}")
