"""The program's entry: its commands, and every error as one line and an exit code."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from typing import NoReturn

import click

from importer import __version__
from importer.base.errors import EXIT_FAULT, EXIT_INTERRUPTED, ImporterError
from importer.base.texts import N_, text, use_language
from importer.cli import apply, check, export, history, ledger, serve, show, template, undo
from importer.cli.options import first_language
from importer.cli.output import say_json
from importer.cli.translated import Group, Option
from importer.messages.fault_log import log_fault
from importer.messages.masking import Masked


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

_GARBAGE = (3_000_000, 10, 10)
"""How many objects more than before make Python look for garbage. By default it is 700, and among
the million small objects of a large workbook, hardly any of which is garbage, looking took a fifth
of the time."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program with `arguments` (the command line's where None) and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack a letter or an arrow
            stream.reconfigure(errors="replace")
    exit_code = run(sys.argv[1:] if arguments is None else arguments)
    gc.freeze()  # or Python would look through all that is left for garbage once more
    sys.exit(exit_code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code (CLI.md); nothing but words reaches the user."""
    if sys.stderr is None:  # a program without a window has none
        return _run(arguments)
    with redirect_stderr(Masked(sys.stderr)):
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    gc.set_threshold(*_GARBAGE)
    use_language(first_language(arguments, os.environ))
    try:
        result = cli.main(list(arguments), prog_name="avira-importer", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        if "--json" in arguments:
            say_json({"error": error.format_message(), "exit_code": error.exit_code})
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(str(text(N_("Interrupted."))), err=True)
        return EXIT_INTERRUPTED
    except ImporterError as error:
        _complain(str(error.message), error.exit_code, arguments)
        return error.exit_code
    except BrokenPipeError:  # whoever read our output has had enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for the interpreter's last flush
        return 0
    except Exception:
        log = log_fault()
        message = text(N_("The program has a fault and stopped. See {log}."), log=log)
        if log is None:
            message = text(N_("The program has a fault and stopped; its log cannot be written."))
        _complain(str(message), EXIT_FAULT, arguments)
        return EXIT_FAULT
    return result if isinstance(result, int) else 0


def _complain(message: str, exit_code: int, arguments: Sequence[str]) -> None:
    click.echo(message, err=True)
    if "--json" in arguments:
        say_json({"error": message, "exit_code": exit_code})
