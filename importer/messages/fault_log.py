"""The log of internal errors, and of the reasons of parsers."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from importer import __version__
from importer.base import clock
from importer.base.errors import ImporterError
from importer.base.texts import N_, text
from importer.domain.otc_code import masked
from importer.messages.masking import without_otcs

MAX_BYTES = 1_000_000
"""Above this size a new log is started; the previous one is kept."""


def internal_error() -> ImporterError:
    """The error to show for the exception that is being handled, which is logged."""
    log = log_fault()
    if log is None:
        return ImporterError(text(N_("Internal error. Its log could not be written.")))
    return ImporterError(text(N_("Internal error. Details are in {log}."), log=log))


def log_fault() -> Path | None:
    """Write the current traceback to the log; see `log_detail`.

    A message may quote a cell of any form: what it quotes, and words with digits, are masked unless
    they are short.
    """
    return log_detail(_MESSAGE.sub(_without_quotes, traceback.format_exc()))


_MESSAGE = re.compile(r'^(?!  File "|    ).+', re.MULTILINE)
"""A line of the message in a traceback, not of the source code that it shows."""
_QUOTED = re.compile(r"""(['"]).*?\1|\S*\d\S*""")
_SHORT = 12
"""Characters in which no OTC fits."""


def _without_quotes(message: re.Match[str]) -> str:
    return _QUOTED.sub(
        lambda quoted: quoted[0] if len(quoted[0]) <= _SHORT else masked(quoted[0].strip("'\"")),
        message[0],
    )


def log_detail(entry: str) -> Path | None:
    """Write to the log what a message leaves out, with OTCs masked.

    Returns the path of the log, or None if it cannot be written.
    """
    from platformdirs import user_log_path

    path = user_log_path("avira-importer", appauthor=False) / "avira-importer.log"
    entry = without_otcs(entry)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MAX_BYTES:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{clock.now().isoformat()} avira-importer {__version__}\n{entry}\n")
    except OSError:
        return None
    return path
