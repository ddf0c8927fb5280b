"""The options that every command has, and what comes of them."""

from __future__ import annotations

import functools
import locale
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from importer.base.texts import LANGUAGES, N_, use_language
from importer.cli.translated import Option
from importer.config.settings import LONGEST_WAIT, Settings, load_settings

DEFAULT_ACCOUNT = "default"
LANG_VARIABLE = "AVIRA_IMPORTER_LANG"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class Common:
    """What every command is told: whose ledger, how long to wait, how much to say.

    `settings` are those of the configuration file.
    """

    account: str
    ledger: str | None
    wait: float | None
    settings: Settings
    json: bool
    quiet: bool
    verbose: bool


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the common options; it gets a Common as its first argument."""

    @functools.wraps(command)
    def with_common(
        account: str | None,
        ledger: str | None,
        wait: float | None,
        lang: str | None,
        config: Path | None,
        as_json: bool,
        quiet: bool,
        verbose: bool,
        **own: Any,
    ) -> Any:
        settings = load_settings(config, _nothing if lang else use_language)
        common = Common(
            storable(account or settings.account or DEFAULT_ACCOUNT),
            ledger or settings.ledger,
            settings.wait if wait is None else wait,
            settings,
            as_json,
            quiet,
            verbose,
        )
        return command(common, **own)

    for option in reversed(_OPTIONS):
        with_common = option(with_common)
    return with_common


def _nothing(_language: str) -> None:
    """The language was chosen on the command line."""


def storable(name: str) -> str:
    """`name` with what is no text replaced; a command line may hold any bytes."""
    return name.encode("utf-8", "replace").decode()


def first_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language to speak before the command line is parsed: `--lang`, environment, locale."""
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        said = following if argument == "--lang" else argument.removeprefix("--lang=")
        if argument.startswith("--lang") and said in LANGUAGES:
            return said
    if environment.get(LANG_VARIABLE) in LANGUAGES:
        return environment[LANG_VARIABLE]
    if os.name == "nt":
        spoken = locale.getlocale()[0] or ""
    else:
        spoken = next((environment[one] for one in _LOCALE_VARIABLES if environment.get(one)), "")
    return "es" if spoken.lower().startswith(("es", "spanish")) else "en"


def _speak(_context: click.Context, _option: click.Parameter, language: str | None) -> str | None:
    if language:
        use_language(language)
    return language


_OPTIONS = (
    click.option(
        "--account",
        metavar="NAME",
        envvar="AVIRA_IMPORTER_ACCOUNT",
        cls=Option,
        help=N_("Whose part of the ledger to use; one ledger can serve many providers."),
    ),
    click.option(
        "--ledger",
        metavar="URL",
        envvar="AVIRA_IMPORTER_LEDGER",
        cls=Option,
        help=N_("The ledger's file, or its SQLAlchemy URL."),
    ),
    click.option(
        "--wait",
        metavar="SECONDS",
        type=click.FloatRange(0, LONGEST_WAIT),
        envvar="AVIRA_IMPORTER_WAIT",
        cls=Option,
        help=N_("How long to wait for others that are using the ledger; 30 if not given."),
    ),
    click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        envvar=LANG_VARIABLE,
        is_eager=True,
        callback=_speak,
        cls=Option,
        help=N_("The language of messages and workbooks."),
    ),
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        cls=Option,
        help=N_("The configuration file."),
    ),
    click.option(
        "--json",
        "as_json",
        is_flag=True,
        cls=Option,
        help=N_("Print one JSON document instead of words."),
    ),
    click.option("-q", "--quiet", is_flag=True, cls=Option, help=N_("Say only what went wrong.")),
    click.option("-v", "--verbose", is_flag=True, cls=Option, help=N_("Say everything.")),
)
