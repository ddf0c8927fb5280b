"""`avira-importer serve`."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from importer.base.errors import EXIT_DONE, EXIT_FILE, EXIT_REFUSED, MisuseError
from importer.base.texts import N_, text
from importer.cli.job import actor_option, job_of
from importer.cli.options import Common, common_options
from importer.cli.output import say, say_json
from importer.cli.translated import Command, Option

if TYPE_CHECKING:
    from importer.config.service import ServiceSettings
    from importer.pipeline.job import Job

_GARBAGE = (700, 10, 10)
"""When Python looks for garbage by default, and a service that runs for months does: with what
suits a command that soon ends, its memory grows with every workbook."""


@click.command(
    cls=Command,
    help=N_(
        "Apply what is dropped into a folder and make exports on a schedule, as the configuration "
        "file says, until stopped."
    )
    + "\n\n\b\n  avira-importer serve --config avira-importer.toml --check"
    + "\n  avira-importer serve --config avira-importer.toml"
    + "\n  avira-importer serve --config avira-importer.toml --once",
)
@click.option(
    "--once",
    "only_once",
    is_flag=True,
    cls=Option,
    help=N_("Do what is to be done now, and end: for cron and the Windows Task Scheduler."),
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    cls=Option,
    help=N_(
        "Try folders, ledger, schedules and mail, and say what is wrong. The service's own folders "
        "are made, but nothing is applied, exported or sent."
    ),
)
@actor_option
@common_options
def serve(common: Common, only_once: bool, only_check: bool, actor: str | None) -> int:
    """Run the service that the configuration file describes."""
    if only_once and only_check:
        raise MisuseError(text(N_("--once and --check exclude each other.")))
    settings = _settings(common)
    job = job_of(common, actor=actor)
    if only_check:
        return _check(common, settings, job)
    from importer.messages.report import Result
    from importer.service.events import begin_logging
    from importer.service.places import make_places
    from importer.service.service import once, serve

    as_json = common.json or not sys.stderr.isatty()
    said = begin_logging(
        as_json=as_json,
        least=logging.WARNING if common.quiet else logging.INFO,
        libraries=logging.INFO if common.verbose else logging.WARNING,
    )
    with _for_nobody_else():
        make_places(settings)
        if not only_once:
            gc.set_threshold(*_GARBAGE)
            serve(settings, job)
            return EXIT_DONE
        done = once(settings, job)
    if common.json:
        say_json(
            {
                "workbooks": [
                    {
                        "file": one.facts["file"], "status": one.result, "batch": one.batch,
                        "rows": one.rows, "filed_as": one.name,
                    }
                    for one in done.results
                ],
                "exports": [one._asdict() for one in done.written_exports],
                "failed_exports": done.failed_exports,
            }
        )  # fmt: skip
    elif not (as_json or common.quiet or said.has_events):
        click.echo(text(N_("There was nothing to do.")), err=True)
    if (
        done.has_left
        or done.failed_exports
        or any(one.result == Result.UNREADABLE for one in done.results)
    ):
        return EXIT_FILE
    return EXIT_REFUSED if any(one.returned for one in done.results) else EXIT_DONE


@contextmanager
def _for_nobody_else() -> Iterator[None]:
    """What is written meanwhile can be read by this user and group alone: it holds secrets."""
    before = os.umask(0o077)
    os.umask(before | 0o007)
    try:
        yield
    finally:
        os.umask(before)


def _settings(common: Common) -> ServiceSettings:
    settings = common.settings.service
    if settings is None:
        raise MisuseError(
            text(N_("serve needs a configuration file; name it with --config FILE, or put "
                    "avira-importer.toml into this folder."))
        )  # fmt: skip
    if settings.inbox is None and not settings.exports:
        raise MisuseError(
            text(N_("{path}: there is nothing to do: it has neither [inbox] nor [[exports]]."),
                 path=settings.file)
        )  # fmt: skip
    return settings


def _check(common: Common, settings: ServiceSettings, job: Job) -> int:
    from importer.service.check import check_all, exit_code

    results = []
    for one in check_all(settings, job):
        results.append(one)
        if not common.json and not (common.quiet and one.ok and not one.is_doubtful):
            sign, colour = ("✗", "red") if not one.ok else ("✓", "green")
            if one.is_doubtful:
                sign, colour = "!", "yellow"
            say([f"{click.style(sign, fg=colour)} {one.what}: {one.message}"])
    if common.json:
        say_json(
            {
                "ok": all(one.ok for one in results),
                "checks": [
                    {"what": one.what, "ok": one.ok, "message": str(one.message)}
                    | ({"warning": True} if one.is_doubtful else {})
                    for one in results
                ],
            }
        )
    return exit_code(results)
