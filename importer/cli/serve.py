"""`avira-importer serve`."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

from importer.base.errors import EXIT_DONE, EXIT_FILE, EXIT_REFUSED, MisuseError
from importer.base.texts import N_, text
from importer.cli.options import CommonOptions, actor_option, common_options
from importer.cli.output import print_json, print_report, report_failure
from importer.cli.translated import command, flag
from importer.messages.lines import Span, Tone, line

if TYPE_CHECKING:
    from importer.config.service import ServiceSettings
    from importer.pipeline.job import Job

_GARBAGE_THRESHOLDS = (700, 10, 10)
"""Python's default. With the thresholds of a short command, the memory of a service would grow with
every workbook."""


@command(
    N_(
        "Apply the workbooks put into a folder, and export on a schedule, as the configuration "
        "file says, until stopped."
    ),
    "serve --config avira-importer.toml --check",
    "serve --config avira-importer.toml",
    "serve --config avira-importer.toml --once",
)
@flag(
    "--once", "only_once",
    help=N_("Do what is due now, then exit. For cron and the Windows Task Scheduler."),
)  # fmt: skip
@flag(
    "--check", "only_check",
    help=N_("Try folders, ledger, schedules and mail, and show what is wrong. Missing folders are "
            "created, but nothing is applied, exported or sent."),
)  # fmt: skip
@actor_option
@common_options
def serve(options: CommonOptions, only_once: bool, only_check: bool, actor: str | None) -> int:
    """Run the service that the configuration file describes."""
    if only_once and only_check:
        raise MisuseError(text(N_("--once and --check cannot be used together.")))
    _require_extra()
    settings = _settings(options)
    job = options.job(actor=actor)
    if only_check:
        return _check(options, settings, job)
    from importer.messages.report import Result
    from importer.service.events import begin_logging
    from importer.service.folders import prepare_folders
    from importer.service.paths import require_separate_paths
    from importer.service.service import once, serve

    as_json = options.json or not sys.stderr.isatty()
    logged = begin_logging(
        as_json=as_json,
        least=logging.WARNING if options.quiet else logging.INFO,
        libraries=logging.INFO if options.verbose else logging.WARNING,
    )
    with _private_files():
        require_separate_paths(settings, job.ledger)
        prepare_folders(settings)
        if not only_once:
            gc.set_threshold(*_GARBAGE_THRESHOLDS)
            serve(settings, job)
            return EXIT_DONE
        done = once(settings, job)
    workbooks = [
        {"file": result.file, "status": result.result, "batch": result.batch,
         "rows": result.rows, "filed_as": result.name or None}
        for result in done.results
    ]  # fmt: skip
    exports = [export._asdict() for export in done.written_exports]
    document = {
        "workbooks": workbooks, "exports": exports, "failed_exports": done.failed_exports,
    }  # fmt: skip
    unreadable = any(result.result == Result.UNREADABLE for result in done.results)
    exit_code = EXIT_DONE
    if (done.inbox is not None and done.inbox.has_left) or done.failed_exports or unreadable:
        exit_code = EXIT_FILE
    elif any(result.returned for result in done.results):
        exit_code = EXIT_REFUSED
    if done.error is not None:
        try:
            raise done.error
        except (KeyboardInterrupt, Exception) as error:
            message, failure = report_failure(error)
        exit_code = max(exit_code, failure)
        document |= {"error": message, "exit_code": exit_code}
    if options.json:
        print_json(document)
    elif not (done.error or as_json or options.quiet or logged.has_events):
        click.echo(text(N_("There was nothing to do.")), err=True)
    if done.is_stuck:
        os._exit(exit_code)
    return exit_code


@contextmanager
def _private_files() -> Iterator[None]:
    """Let only this user and group read the files written in the block, which hold secrets."""
    before = os.umask(0o077)
    os.umask(before | 0o007)
    try:
        yield
    finally:
        os.umask(before)


def _settings(options: CommonOptions) -> ServiceSettings:
    settings = options.settings.service
    if settings is None:
        raise MisuseError(text(
            N_("serve needs a configuration file. Name it with --config FILE, or put "
               "avira-importer.toml into this folder.")))  # fmt: skip
    if settings.inbox is None and not settings.exports:
        message = N_("{path}: nothing to do. Add a table [inbox] or [[exports]].")
        raise MisuseError(text(message, path=settings.file))
    return settings


def _check(options: CommonOptions, settings: ServiceSettings, job: Job) -> int:
    from importer.service.check import check_all

    results = []
    for result in check_all(settings, job):
        results.append(result)
        if not options.json and not (options.quiet and result.ok and not result.is_warning):
            sign = Span("✓", Tone.GOOD) if result.ok else Span("✗", Tone.BAD)
            if result.is_warning:
                sign = Span("!", Tone.WATCH)
            print_report([line(0, sign, f" {result.what}: {result.message}")])
    if options.json:
        checks = [
            {"what": result.what, "ok": result.ok, "message": str(result.message)}
            | ({"warning": True} if result.is_warning else {})
            for result in results
        ]
        print_json({"ok": all(result.ok for result in results), "checks": checks})
    return max(result.exit_code for result in results)


def _require_extra() -> None:
    """Refuse to serve without the extra `serve` of pyproject.toml."""
    try:
        import_module("importer.service.check")
    except ModuleNotFoundError as error:
        if str(error.name).startswith("importer"):
            raise
        raise MisuseError(text(
            N_("serve needs packages that are not installed, such as {name}. Install them with: "
               'pip install "avira-importer[serve]"'), name=error.name)) from error  # fmt: skip
