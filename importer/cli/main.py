"""The entry point, which turns every error into a message and an exit code."""

from __future__ import annotations

import codecs
import errno
import gc
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import NoReturn

import click

from importer import __version__
from importer.base.errors import EXIT_DONE, EXIT_FILE, terminate
from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, printable, text, use_language
from importer.cli import apply, check, export, history, ledger, serve, show, template, undo
from importer.cli.options import first_language
from importer.cli.output import StandardStream, print_json, report_failure
from importer.cli.translated import Group, Option


@click.group(
    cls=Group,
    name="avira-importer",
    context_settings={"help_option_names": ["--help"], "max_content_width": 100},
    help=N_("From a spreadsheet of OTCs and customers to a ledger of Avira licences, and back."),
)
@click.version_option(
    __version__,
    prog_name="avira-importer",
    message="%(prog)s %(version)s",
    cls=Option,
    help=N_("Show the version and exit."),
)
def cli() -> None:
    """The group of all commands."""


for command in (
    template.template, check.check, apply.apply, export.export, show.show, history.history,
    undo.undo, serve.serve, ledger.ledger,
):  # fmt: skip
    cli.add_command(command)

_GARBAGE_THRESHOLDS = (3_000_000, 10, 10)
"""For gc.set_threshold. A large workbook takes a million small objects, hardly any of them garbage;
with Python's default of 700, collecting took a fifth of the time."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program with `arguments`, by default those of the command line, and exit."""
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_legacy = sys.platform == "win32" and not os.environ.get("PYTHONIOENCODING")
            stream.reconfigure(encoding="utf-8" if is_legacy else None, errors="plain")
    signal.signal(signal.SIGTERM, terminate)
    exit_code = run(sys.argv[1:] if arguments is None else arguments)
    for number in (signal.SIGINT, signal.SIGTERM):  # everything is done
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()  # spares a last collection
    sys.exit(exit_code)


_PLAIN = {"→": "->", "✓": "+", "✗": "x", "…": "...", "–": "-", "—": "-"}
_PLAIN |= dict.fromkeys("“”‘’«»‹›", "'")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace what a terminal lacks, by nothing that ends a text in JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _PLAIN.get(error.object[error.start], "?"), error.start + 1


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; no traceback reaches the user."""
    output, errors = StandardStream(sys.stdout), StandardStream(sys.stderr, masked=True)
    with redirect_stdout(output), redirect_stderr(errors):
        exit_code = _run(arguments)
        if output.error is not None and output.error.errno not in _READER_HAS_GONE:
            reason = os_error_reason(output.error)
            message = N_("Standard output cannot be written: {reason}.")
            click.echo(text(message, reason=reason), err=True)
            return max(exit_code, EXIT_FILE)
    return exit_code


_READER_HAS_GONE = (errno.EPIPE, errno.EINVAL)  # as Windows has it


def _run(arguments: Sequence[str]) -> int:
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    use_language(first_language(arguments, os.environ))
    try:
        result = cli.main(list(arguments), prog_name="avira-importer", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()  # it may quote a name that the shell has filled in
        error.show(shown)
        click.echo("\n".join(map(printable, shown.getvalue().splitlines())), err=True)
        return _failed(error.format_message(), error.exit_code, arguments)
    except (KeyboardInterrupt, Exception) as error:
        return _failed(*report_failure(error), arguments)
    return result if isinstance(result, int) else EXIT_DONE


def _failed(message: str, exit_code: int, arguments: Sequence[str]) -> int:
    """Print the JSON document of a failed command with --json; return `exit_code`."""
    if "--json" in arguments:
        print_json({"error": message, "exit_code": exit_code})
    return exit_code
