"""`avira-importer check`, and what it shares with `apply`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from importer.base.errors import EXIT_DONE, EXIT_FILE, EXIT_REFUSED, ImporterError, MisuseError
from importer.base.texts import N_, current_language, text
from importer.cli.job import actor_option, job_of
from importer.cli.options import Common, common_options
from importer.cli.output import progress, say, say_json, say_report
from importer.cli.translated import Command, Option

if TYPE_CHECKING:
    from importer.messages.report import Report
    from importer.pipeline.job import Job

_OPTIONS = (
    click.argument(
        "files",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path, readable=False),
        metavar="FILE...",
    ),
    click.option(
        "--corrections",
        type=click.Path(path_type=Path),
        metavar="FILE|DIR",
        cls=Option,
        help=N_("Where the refused rows go; beside the workbook if not given."),
    ),
    actor_option,
    click.option(
        "--sheet",
        metavar="NAME",
        cls=Option,
        help=N_("Which sheet a CSV file holds, where neither its name nor its headers tell."),
    ),
)


def workbook_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the files and options that `check` and `apply` share."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def make_job(
    common: Common,
    files: tuple[Path, ...],
    corrections: Path | None,
    actor: str | None,
    sheet: str | None,
) -> Job:
    """The job that the options describe; the first file is read meanwhile."""
    from importer.workbook.reading.sandbox import read_ahead

    read_ahead(files[0], common.settings.limits, sheet)
    from importer.pipeline.export import writable

    if sheet is not None:
        _check_sheet(sheet, files)

    if corrections is not None and len(files) > 1 and not corrections.is_dir():
        raise MisuseError(
            text(N_("--corrections must be a folder that exists when there are several files."))
        )
    job = job_of(common, actor=actor, corrections=corrections, sheet=sheet)
    if corrections is not None:
        writable(corrections, job)
    return job


def _check_sheet(sheet: str, files: tuple[Path, ...]) -> None:
    from importer.domain.sheets import SHEETS
    from importer.workbook.formats.csv_file import SUFFIXES
    from importer.workbook.labels import sheet_named

    if sheet_named(sheet) is None:
        titles = [one.title(current_language()) for one in SHEETS]
        raise MisuseError(
            text(N_("There is no sheet {sheet}; there are: {known}."), sheet=sheet, known=titles)
        )
    if not any(path.suffix.lower() in SUFFIXES for path in files):
        raise MisuseError(text(N_("--sheet is for CSV files; a workbook names its sheets itself.")))


def say_reports(common: Common, reports: Iterable[Report]) -> int:
    """Say what became of each workbook, as soon as that is known; give the exit code."""
    from importer.messages.report import Result, to_json
    from importer.messages.report_text import report_lines

    said: list[Report] = []
    fault = None
    try:
        for report in reports:
            said.append(report)
            if report.corrections_fault is not None and common.json:
                click.echo(str(report.corrections_fault), err=True)
            if common.json or (common.quiet and not _went_wrong(report)):
                continue
            if len(said) > 1:
                say([""])
            say_report(report_lines(report, everything=common.verbose))
    except ImporterError as error:
        if not said:
            raise
        fault = error
    if common.json:
        say_json([to_json(report) for report in said])
    if fault is not None:  # what was done before it is told all the same
        click.echo(str(fault.message), err=True)
        return fault.exit_code
    if any(report.result is Result.UNREADABLE for report in said):
        return EXIT_FILE
    return EXIT_REFUSED if any(report.refused for report in said) else EXIT_DONE


def _went_wrong(report: Report) -> bool:
    from importer.messages.report import Result

    return report.refused or report.result is Result.UNREADABLE


@click.command(
    cls=Command,
    help=N_("Say what applying workbooks would do, and every problem; change nothing.")
    + "\n\n\b\n  avira-importer check onboarding.xlsx"
    + '\n  avira-importer check --sheet "Add OTC" may.csv',
)
@workbook_options
@common_options
def check(
    common: Common,
    files: tuple[Path, ...],
    corrections: Path | None,
    actor: str | None,
    sheet: str | None,
) -> int:
    """Read, check and plan; the ledger stays as it is."""
    job = make_job(common, files, corrections, actor, sheet)
    from importer.pipeline import apply as pipeline

    with progress(wanted=not common.quiet) as shown:
        reports = pipeline.check(files, replace(job, progress=shown))
    return say_reports(common, reports)
