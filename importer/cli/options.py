"""The common options of all commands, with the ledger and job that they describe."""

from __future__ import annotations

import datetime as dt
import functools
import getpass
import locale
import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from importer.base.texts import LANGUAGES, N_, _, printable, text, use_language
from importer.cli.output import print_json, print_lines, progress
from importer.cli.translated import flag, option
from importer.config.file import load_settings
from importer.config.settings import LONGEST_WAIT, Settings

if TYPE_CHECKING:
    from importer.base.progress import Progress
    from importer.ledger.database import Ledger
    from importer.pipeline.job import Job

DEFAULT_ACCOUNT = "default"
LANG_VARIABLE = "AVIRA_IMPORTER_LANG"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_LAST_BATCH = 2**31 - 1

BATCH = click.IntRange(1, _LAST_BATCH)
"""The number of a batch."""


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """The values of the common options, and the settings of the configuration file."""

    account: str
    ledger: str | None
    wait: float | None
    settings: Settings
    json: bool
    quiet: bool
    verbose: bool

    def open_ledger(self) -> Ledger:
        """Open the ledger."""
        from importer.ledger.opening import open_ledger

        return open_ledger(self.ledger, self.wait, self.account)

    def job(self, progress: Progress | None = None, *, actor: str | None = None) -> Job:
        """The job that the options describe."""
        from importer.base import clock
        from importer.base.progress import NoProgress
        from importer.pipeline.job import Job

        return Job(
            self.open_ledger(), self.account, clock.today(), printable(actor or _user()),
            dates=self.settings.dates, limits=self.settings.limits,
            progress=progress or NoProgress(),
            inputs=() if self.settings.service is None else (self.settings.service.file,),
        )  # fmt: skip

    def progress(self) -> AbstractContextManager[Progress]:
        """Show progress, except with --quiet."""
        return progress(wanted=not self.quiet)

    def print_result(self, document: object, *lines: object) -> None:
        """Print `document` with --json; otherwise `lines`, except with --quiet."""
        if self.json:
            print_json(document)
        elif not self.quiet:
            print_lines(lines)

    def note_if_empty(self, batches: int, as_of: dt.date | int | None = None) -> None:
        """Mention that no batch was ever applied to the account: its name may be mistyped."""
        if batches == 0 and not self.quiet:
            nothing = N_("Nothing was ever applied to the account {account} of this ledger.")
            if as_of is not None:
                nothing = N_("Nothing had been applied to the account {account} of this ledger by "
                             "then.")  # fmt: skip
            click.echo(text(nothing, account=self.account), err=True)


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the common options, as CommonOptions in its first argument."""

    @functools.wraps(command)
    def with_options(
        account: str | None, ledger: str | None, wait: float | None, lang: str | None,
        config: Path | None, as_json: bool, quiet: bool, verbose: bool, **own: Any,
    ) -> Any:  # fmt: skip
        settings = load_settings(config, (lambda _language: None) if lang else use_language)
        options = CommonOptions(
            printable(account or settings.account or DEFAULT_ACCOUNT), ledger or settings.ledger,
            settings.wait if wait is None else wait, settings, as_json, quiet, verbose,
        )  # fmt: skip
        return command(options, **own)

    for add_option in reversed(_OPTIONS):
        with_options = add_option(with_options)
    return with_options


class _Seconds(click.FloatRange):
    """A number in a range; `nan` is in none."""

    def convert(self, value: Any, *where: Any) -> Any:
        """The number."""
        number = super().convert(value, *where)
        if math.isnan(number):
            self.fail(str(text(N_("{value} is not a number of seconds."), value=value)), *where)
        return number


def first_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language until the command line is parsed: of `--lang`, the environment or the locale."""
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        language = following if argument == "--lang" else argument.removeprefix("--lang=")
        if argument.startswith("--lang") and language in LANGUAGES:
            return language
    if environment.get(LANG_VARIABLE) in LANGUAGES:
        return environment[LANG_VARIABLE]
    if os.name == "nt":
        name = locale.getlocale()[0] or ""
    else:
        name = next(filter(None, map(environment.get, _LOCALE_VARIABLES)), "")
    return "es" if name.lower().startswith(("es", "spanish")) else "en"


def _use_language(_context: click.Context, _option: object, language: str | None) -> str | None:
    if language:
        use_language(language)
    return language


def _user() -> str:
    """The operating system's name for the user, if it has one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _day_or_batch(value: str) -> dt.date | int:
    if value.isdecimal() and 1 <= int(value) <= _LAST_BATCH:
        return int(value)
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        reason = _(N_("{value!r} is neither a date (YYYY-MM-DD) nor a batch number."))
        raise click.BadParameter(reason.format(value=value)) from None


actor_option = option(
    "--actor", metavar="NAME", help=N_("Name to record in the history. Default: your user name.")
)
as_of_option = option(
    "--as-of",
    type=_day_or_batch,
    metavar="DATE|BATCH",
    help=N_("The ledger as it was at the end of a day (UTC), or after a batch."),
)
force_option = flag("--force", help=N_("Overwrite an existing file."))

_OPTIONS = (
    option(
        "--account", metavar="NAME", envvar="AVIRA_IMPORTER_ACCOUNT",
        help=N_("Part of the ledger to use. One ledger can serve several providers."),
    ),
    option(
        "--ledger", metavar="URL", envvar="AVIRA_IMPORTER_LEDGER",
        help=N_("Ledger file, or SQLAlchemy URL."),
    ),
    option(
        "--wait", metavar="SECONDS", type=_Seconds(0, LONGEST_WAIT),
        envvar="AVIRA_IMPORTER_WAIT",
        help=N_("How long to wait while others use the ledger. Default: 30."),
    ),
    option(
        "--lang", type=click.Choice(LANGUAGES), envvar=LANG_VARIABLE, is_eager=True,
        callback=_use_language, help=N_("Language of messages and workbooks."),
    ),
    option(
        "--config", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
        help=N_("Configuration file."),
    ),
    flag("--json", "as_json", help=N_("Print one JSON document instead of text.")),
    flag("-q", "--quiet", help=N_("Print only problems.")),
    flag("-v", "--verbose", help=N_("Print everything.")),
)  # fmt: skip
