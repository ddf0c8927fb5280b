"""Text or JSON on standard output, and progress on standard error."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import textwrap
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from importer.base.errors import (
    EXIT_INTERRUPTED,
    EXIT_TERMINATED,
    ImporterError,
    TerminatedError,
)
from importer.base.progress import NoProgress, Progress, Tick
from importer.base.texts import N_, Text, printable, text
from importer.messages.fault_log import internal_error
from importer.messages.lines import ReportLine, Tone
from importer.messages.masking import without_otcs

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

_COLOURS = {None: None, Tone.GOOD: "green", Tone.WATCH: "yellow", Tone.BAD: "red"}

PATIENCE = 1.0
"""Seconds of work that need no progress bar."""


class StandardStream(io.TextIOBase):
    """Standard output or error, which drops everything once it cannot be written.

    `error` says why. Whoever reads it may have gone, or its disk may be full: that is no fault of
    the work, which goes on. If it is `masked`, it shows no OTC.
    """

    def __init__(self, stream: TextIO | None, *, masked: bool = False) -> None:
        self._stream = stream or io.StringIO()  # a program without a window has none
        self._is_masked = masked
        self.error: OSError | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a class attribute there
        """The encoding of the stream."""
        return self._stream.encoding or ""

    @property
    def buffer(self) -> BinaryIO | None:
        """What click writes bytes to, unless they have to be masked."""
        return None if self._is_masked else getattr(self._stream, "buffer", None)

    def write(self, words: str) -> int:
        """Write `words`."""
        with self._noting_errors():
            self._stream.write(without_otcs(words) if self._is_masked else words)
        return len(words)

    def flush(self) -> None:
        """Flush the stream."""
        with self._noting_errors():
            self._stream.flush()

    def isatty(self) -> bool:
        """True if the stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The file descriptor of the stream."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """Always true."""
        return True

    @contextmanager
    def _noting_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.error = self.error or error
            with suppress(OSError), open(os.devnull, "w") as nowhere:  # also for the last flush
                os.dup2(nowhere.fileno(), self._stream.fileno())


def report_failure(error: BaseException) -> tuple[str, int]:
    """Print on standard error why the work has ended; the message and the exit code.

    Called while the error is handled.
    """
    message, exit_code = text(N_("Interrupted.")), EXIT_INTERRUPTED
    if isinstance(error.__cause__ or error, TerminatedError):  # click raises another
        exit_code = EXIT_TERMINATED
    elif not isinstance(error, click.Abort | KeyboardInterrupt):
        known = error if isinstance(error, ImporterError) else internal_error()
        message, exit_code = known.message, known.exit_code
    click.echo(message, err=True)
    return str(message), exit_code


def print_json(document: object) -> None:
    """Print `document` as JSON; dates become ISO text, what a terminal might act on is escaped."""
    words = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    plain = words.replace("\n", "")
    if (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8") or printable(plain) != plain:
        words = json.dumps(document, indent=2, default=str)
    click.echo(words)


def print_lines(lines: Iterable[object]) -> None:
    """Print `lines`."""
    for line in lines:
        click.echo(printable(str(line)))


def print_report(lines: Iterable[ReportLine]) -> None:
    """Print the lines of a report, wrapped if standard output is a terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo("\n".join(chain.from_iterable(rendered(line, width) for line in lines)))


def rendered(line: ReportLine, width: int | None) -> list[str]:
    """`line` in colour, or a plain one wrapped to `width`, with further lines indented alike."""
    if not line.is_plain:
        spans = (
            click.style(span.text, fg=_COLOURS[span.tone], bold=span.bold or None)
            if span.tone or span.bold
            else span.text
            for span in line.spans
        )
        return [" " * line.indent + "".join(spans)]
    plain = str(line)
    if width is None or len(plain) <= width:
        return [plain]
    indent = " " * (line.indent + 2 * plain.lstrip().startswith("→ "))
    return textwrap.wrap(plain, max(width, 40), subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False)  # fmt: skip


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """`rows` in columns under `headers`, numbers to the right, nothing cut off."""
    body = [list(row) for row in rows]
    texts = [["" if value is None else printable(str(value)) for value in row] for row in body]
    widths = [max(map(len, column)) for column in zip(headers, *texts, strict=True)]
    numeric = [body != [] and isinstance(body[0][index], int) for index in range(len(headers))]
    for line in (headers, *texts):
        cells = (
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, numeric, strict=True)
        )
        yield "  ".join(cells).rstrip()


class _TerminalProgress:
    """Progress bars on standard error, shown once the work has taken a while."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars

    def stage(self, description: Text, total: int | None = None) -> Tick:
        for task in self.bars.task_ids:
            self.bars.remove_task(task)
        task = self.bars.add_task(str(description), total=total)
        return lambda: self.bars.advance(task)


@contextmanager
def progress(*, wanted: bool) -> Iterator[Progress]:
    """Progress bars if `wanted` and standard error is a terminal; otherwise nothing."""
    if not (wanted and sys.stderr.isatty()):
        yield NoProgress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars = Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(),
        TimeElapsedColumn(), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    patience = threading.Timer(PATIENCE, bars.start)
    patience.daemon = True
    patience.start()
    try:
        yield _TerminalProgress(bars)
    finally:
        patience.cancel()
        patience.join()
        bars.stop()
